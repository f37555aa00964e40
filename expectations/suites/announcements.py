"""What announcements need beyond their contract: no amount without a currency; half a range is said; and agreement.

Agreement with their twin, their wording, and the company's other amounts (`transforms.gate.measures`).
"""

from aicycle.model.kinds import Severity
from expectations.checks import Condition, given_when, stated, within

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
    within("amount.twin", ("amount_high", "twin_amount"), reason="the amount and its twin are not the same money"),
    within(
        "amount.twin_rounding",
        ("amount_high", "twin_amount"),
        reason="the twin is rounded freely",
        severity=Severity.ADVISORY,
    ),
    within("amount.not_too_large", ("amount_high",), reason="more than can be meant"),
    within("amount.not_too_small", ("amount_high",), reason="less than any company announces"),
    within("amount.as_worded", ("amount_high", "wording"), reason="the wording gives it in another unit"),
    within(
        "amount.in_its_wording",
        ("amount_high", "wording"),
        reason="the wording gives other amounts",
        severity=Severity.ADVISORY,
    ),
    within("currency.as_worded", ("currency", "wording"), reason="the wording gives it in another currency"),
    within("amount.as_reported", ("amount_high",), reason="far from the capital expenditure that is reported"),
    within("currency.of_the_amount", ("currency",), reason="the same number stands in another currency"),
    within("horizon_end.after_start", ("horizon_start", "horizon_end"), reason="the period ends before it begins"),
    within("horizon.about_then", ("horizon_start", "horizon_end"), reason="the period is far from the announcement"),
    within("announcement_id.of_its_day", ("announcement_id",), reason="the announcement's id is of another day"),
    within("company.of_its_announcement", ("company",), reason="the announcement is another company's"),
    within(
        "announcement.told_once",
        ("announcement_id",),
        reason="told before under another announcement",
        severity=Severity.ADVISORY,
    ),
    within("text.whole", ("company", "wording", "source", "note"), reason="a text is broken"),
)
