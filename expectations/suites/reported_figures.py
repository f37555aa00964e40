"""What reported figures need beyond their contract: a unit we can name, a period that is over, and agreement.

Agreement with their own history, with the figures they are made of, with their days and their source
(`transforms.gate.measures`).
"""

from aicycle.model.kinds import CURRENCIES, KnownPrecision, Severity
from expectations.checks import FETCHED_ON, Check, CheckKind, Condition, pattern, stated, within

USUAL_MONTHS = (0, 1, 3, 6, 9, 12)

CURRENCY_LIKE = "|".join((*CURRENCIES, "ADS", "[A-Za-z/]{2}", "[A-Za-z/]{4,}", "[A-Za-z/]*[a-z/][A-Za-z/]*"))
"""Three capital letters are a currency, and then one we know; any other unit names itself."""

ADDITIONS = (
    pattern("unit", CURRENCY_LIKE, name="known_currency", reason="unit {unit} is not a known currency"),
    Check(
        name="period_end.not_ahead",
        kind=CheckKind.AT_LEAST,
        expectation="expect_column_pair_values_a_to_be_greater_than_b",
        columns=("fetched_at", "period_end"),
        arguments={
            "column_A": FETCHED_ON,
            "column_B": "period_end",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        # With a stated publication day it is an estimate or a target, and may lie ahead.
        condition=Condition("known_precision", KnownPrecision.ASSUMED.value),
        reason="lies in the future: period_end {period_end} without a publication day, fetched {fetched_at}",
    ),
    Check(
        name="duration_months.usual",
        kind=CheckKind.DOMAIN,
        expectation="expect_column_values_to_be_in_set",
        columns=("duration_months",),
        arguments={"column": "duration_months", "value_set": list(USUAL_MONTHS)},
        severity=Severity.ADVISORY,
        reason=f"duration_months {{duration_months}} is none of {', '.join(map(str, USUAL_MONTHS))}",
    ),
    stated("source", reason="no source is stated: nobody can look this figure up"),
    within("value.size", ("value",), reason="the value is far from what its history leads to expect"),
    within("value.sign", ("value",), reason="the value is below zero, which it can't be"),
    within("value.possible", ("value",), reason="a share or growth that can't be"),
    within("value.scale", ("value",), reason="the value is of another order than all else of the company"),
    within("value.repeated", ("value",), reason="the value is another period's or segment's, digit for digit"),
    within("value.in_its_place", ("segment", "value"), reason="the value is another segment's, which has this one's"),
    within(
        "value.accumulated",
        ("value", "duration_months"),
        reason="the value may hold the quarters before it as well",
        severity=Severity.ADVISORY,
    ),
    within("value.restated", ("value",), reason="the value restates an earlier one by more than a revision"),
    within("unit.usual", ("unit", "value"), reason="the unit is not the one this metric is given in"),
    within(
        "unit.reporting_currency",
        ("unit",),
        reason="a translation into another currency than it is reported in",
        severity=Severity.ADVISORY,
    ),
    within("segments.add_up", ("value",), reason="segments and total do not fit"),
    within(
        "segments.complete",
        ("segment",),
        reason="not all segments are there: the total can't be checked",
        severity=Severity.ADVISORY,
    ),
    within("periods.add_up", ("value", "duration_months"), reason="the shorter periods do not add up to the longer"),
    within("growth.agrees", ("value",), reason="stated growth and figures do not agree"),
    within("shares.agree", ("value",), reason="ordinary and depositary shares do not agree"),
    within("bases.agree", ("value",), reason="one total has two values on two segment bases"),
    within("period_end.over", ("period_end",), reason="known before its period was over"),
    within("duration_months.fits", ("duration_months", "period_start"), reason="the period is of another length"),
    within("period_end.of_its_report", ("period_end",), reason="the figure may be of the quarter reported that day"),
    within("period_end.fiscal", ("period_end",), reason="the company's quarters end on other days"),
    within(
        "reported_on.usual",
        ("reported_on",),
        reason="reported unusually soon or late",
        severity=Severity.ADVISORY,
    ),
    within("reported_on.with_its_period", ("reported_on",), reason="the rest of its period was reported later"),
    within("reported_on.of_its_report", ("reported_on",), reason="the rest of its report is of another day"),
    within(
        "reported_on.of_its_source",
        ("reported_on",),
        reason="the rest of its source is of another day",
        severity=Severity.ADVISORY,
    ),
    within("source.of_its_company", ("source",), reason="the filing is another company's"),
    within(
        "source.of_one_company",
        ("source",),
        reason="the source is otherwise about another company",
        severity=Severity.ADVISORY,
    ),
    within("text.whole", ("company", "segment", "source", "note"), reason="a text is broken"),
)
