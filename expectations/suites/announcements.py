"""What announcements need beyond their contract: no amount without a currency; half a range is said."""

from aicycle.model.kinds import Severity
from expectations.checks import Condition, given_when, stated

ADDITIONS = (
    given_when(
        "currency",
        Condition("amount_low"),
        name="given_with_amount",
        reason="an amount of {amount_low} without a currency",
    ),
    given_when(
        "twin_currency",
        Condition("twin_amount"),
        name="given_with_amount",
        reason="a second amount of {twin_amount} without a currency",
    ),
    given_when(
        "amount_high",
        Condition("amount_low"),
        name="given_with_low",
        reason="a lower end of {amount_low} without an upper end",
        severity=Severity.ADVISORY,
    ),
    given_when(
        "amount_low",
        Condition("amount_high"),
        name="given_with_high",
        reason="an upper end of {amount_high} without a lower end",
        severity=Severity.ADVISORY,
    ),
    stated("source", reason="no source is stated: nobody can look this announcement up"),
)
