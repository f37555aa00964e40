"""What documents need beyond their contract: a report is of use only with its text."""

from expectations.checks import Condition, given_when

ADDITIONS = (
    given_when(
        "text_sha256",
        Condition("kind", "report"),
        name="given_for_report",
        reason="a report whose text is not there",
    ),
)
