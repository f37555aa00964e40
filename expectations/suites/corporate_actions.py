"""What corporate actions need beyond their contract: each kind is of use only with its own number."""

from expectations.checks import Condition, given_when

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
)
