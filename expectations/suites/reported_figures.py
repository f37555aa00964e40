"""What reported figures need beyond their contract: a unit we can name, a period that is over, a usual length."""

from aicycle.model.kinds import CURRENCIES, KnownPrecision, Severity
from expectations.checks import FETCHED_ON, Check, CheckKind, Condition, pattern, stated

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
)
