"""What bars need beyond their contract."""

from aicycle.model.kinds import Severity
from expectations.checks import Check, CheckKind

ADDITIONS = (
    Check(
        name="volume.traded",
        kind=CheckKind.RANGE,
        expectation="expect_column_values_to_be_between",
        columns=("volume",),
        arguments={"column": "volume", "min_value": 0, "strict_min": True},
        # Hong Kong half days carry volume 0 and real prices.
        severity=Severity.ADVISORY,
        reason="volume is 0: a half day, or a day without trade",
    ),
)
