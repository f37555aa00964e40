"""What documents need beyond their contract: a report is of use only with its text, and a text that is whole."""

from aicycle.model.kinds import DocumentKind, Severity
from expectations.checks import Condition, given_when, within

ADDITIONS = (
    given_when(
        "text_sha256",
        Condition("kind", DocumentKind.REPORT.value),
        name="given_for_report",
        reason="a report whose text is not there",
    ),
    within("language.of_its_script", ("language", "title"), reason="the title is written in another script"),
    within("title.says_something", ("title",), reason="a title without a letter"),
    within("title.length", ("title",), reason="the title has swallowed the text", severity=Severity.ADVISORY),
    within(
        "document.as_before",
        ("text_sha256",),
        reason="another text under a known id",
        severity=Severity.ADVISORY,
    ),
    within(
        "document.told_once",
        ("text_sha256",),
        reason="a known text under another id",
        severity=Severity.ADVISORY,
    ),
    within("text.whole", ("title", "feed"), reason="a text is broken"),
)
