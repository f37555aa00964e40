"""Contract of `core.corporate_actions`: what changes a share between two sessions."""

from aicycle.contracts.core import VERIFICATION, core_table
from aicycle.contracts.schema import Subject, day, number, text
from aicycle.model.kinds import CURRENCIES

CORPORATE_ACTIONS = core_table(
    "corporate_actions",
    grain="one split, cash dividend or distribution of one listing",
    time="ex_date is the first session without the right; known_at is the announcement",
    key=("symbol", "ex_date", "kind"),
    content=(
        text("symbol", "listing", pattern=r"[A-Z0-9.^=-]{1,16}"),
        day("ex_date", "first session without the right"),
        text("kind", "what happens", domain=("split", "cash_dividend", "distribution_in_kind")),
        number("ratio", "new units per old unit, for a split", unit="units per unit", nullable=True, above=0),
        number("amount", "cash per unit, for a dividend", unit="currency per unit", nullable=True, above=0),
        text("currency", "of the amount, ISO 4217", nullable=True, domain=CURRENCIES),
        VERIFICATION,
        text("note", "remark of the source", nullable=True),
    ),
    subject=Subject("symbol", ("symbol",), metric="actions", next_observation_lifts=False),
)
