"""Contract of `core.announcements`: spending that was announced, raised, guided or done, and its look-alikes."""

from aicycle.contracts.core import VERIFICATION, core_table
from aicycle.contracts.schema import AtLeast, Subject, flag, integer, number, text
from aicycle.model.kinds import CURRENCIES, EventType, RowOrigin

PARTIAL_DAY = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"

ANNOUNCEMENTS = core_table(
    "announcements",
    grain="one amount, or stated lack of one, in one announcement",
    time="horizon_start and horizon_end are the period the money is for; known_at is the announcement",
    key=("item_id",),
    content=(
        text("item_id", "the source's id of the item; of an extracted one: document, company, kind and number"),
        text("announcement_id", "the announcement it belongs to: one announcement has one vote"),
        text("company", "who announces, by parent company"),
        text("kind", "capex or a look-alike", domain=tuple(EventType)),
        number(
            "amount_low",
            "lower end; empty: no amount was given, and none is assumed",
            unit="see currency",
            nullable=True,
            minimum=0,
        ),
        number("amount_high", "upper end", unit="see currency", nullable=True, minimum=0),
        text("currency", "ISO 4217", nullable=True, domain=CURRENCIES),
        number(
            "twin_amount",
            "the same amount in a second currency, as the text gives it",
            unit="see twin_currency",
            nullable=True,
            minimum=0,
        ),
        text("twin_currency", "ISO 4217", nullable=True, domain=CURRENCIES),
        text("horizon_start", "day, month or year", nullable=True, pattern=PARTIAL_DAY),
        text("horizon_end", "day, month or year", nullable=True, pattern=PARTIAL_DAY),
        text("regions", "ISO 3166-1 or -2 codes, joined by |", nullable=True),
        text("purpose", "what the money is for", nullable=True),
        text("wording", "the claim in short", nullable=True),
        text("direction", "how it changes an earlier statement", nullable=True, domain=("none", "up", "down")),
        flag("is_hypothetical", "said as a possibility"),
        flag("is_negated", "denied or cancelled", nullable=True),
        flag("is_third_party", "somebody else's claim about the company", nullable=True),
        flag("is_superseded", "named only as what it was before", nullable=True),
        flag("is_restated", "said before and repeated: no new evidence", nullable=True),
        flag("is_retracted", "not to be read in its text any more; empty: it stands", nullable=True),
        text("origin", "read as a row, or extracted from a text", domain=tuple(RowOrigin)),
        text("document_id", "document it was extracted from", nullable=True),
        integer("char_start", "first code point in the document", unit="code points", nullable=True, minimum=0),
        integer("char_end", "one past the last code point", unit="code points", nullable=True, minimum=0),
        text("source", "where it was read; empty: the source of the row is not stated", nullable=True),
        text("source_language", "ISO 639-1", nullable=True, pattern=r"[a-z]{2}"),
        VERIFICATION,
        text("note", "remark of the source", nullable=True),
    ),
    rules=(AtLeast("amount_high", "amount_low"), AtLeast("char_end", "char_start")),
    subject=Subject("company", ("company",), metric="announcements", next_observation_lifts=False),
)
