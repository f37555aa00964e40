"""What corporate actions need beyond their contract: each kind has its own number, and it fits the bars."""

from aicycle.model.kinds import Severity
from expectations.checks import Condition, given_when, within

ADDITIONS = (
    given_when("ratio", Condition("kind", "split"), name="given_for_split", reason="a split without a ratio"),
    given_when(
        "amount", Condition("kind", "cash_dividend"), name="given_for_dividend", reason="a dividend without an amount"
    ),
    given_when(
        "currency",
        Condition("kind", "cash_dividend"),
        name="given_for_dividend",
        reason="a dividend of {amount} without a currency",
    ),
    within("ex_date.scheduled", ("ex_date",), reason="the ex-date is no session of its exchange"),
    within("key.other_date", ("ex_date",), reason="the same action stands under another date"),
    within("ratio.fits_bars", ("ratio",), reason="the closes around the ex-date deny the split"),
    within("ratio.possible", ("ratio",), reason="no split has such a ratio"),
    within("ratio.usual", ("ratio",), severity=Severity.ADVISORY, reason="nobody splits by such a number"),
    within("amount.of_close", ("amount", "currency"), reason="the dividend is too great a share of the close"),
    within("amount.habit", ("amount",), severity=Severity.ADVISORY, reason="the dividend is not what is usually paid"),
)
