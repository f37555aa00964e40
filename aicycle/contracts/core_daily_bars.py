"""Contract of `core.daily_bars`: one session of one listing, as the vendor gives it."""

from aicycle.contracts.core import core_table
from aicycle.contracts.schema import AtLeast, Clock, Subject, day, integer, number, text
from aicycle.model.kinds import CURRENCIES, PriceBasis

DAILY_BARS = core_table(
    "daily_bars",
    grain="one daily bar of one listing",
    time="session is the exchange's local date; known_at is its regular close plus the exchange's declared delay",
    key=("symbol", "session"),
    content=(
        text("symbol", "listing, in the vendor's spelling", pattern=r"[A-Z0-9.^=-]{1,16}"),
        day("session", "trading day, exchange's local date"),
        number("open", "first price", unit="currency per unit", above=0),
        number("high", "highest price", unit="currency per unit", above=0),
        number("low", "lowest price", unit="currency per unit", above=0),
        number(
            "close",
            "last price; see price_basis before comparing it with what was traded",
            unit="currency per unit",
            above=0,
        ),
        integer("volume", "units traded; 0 on some Hong Kong half days", unit="units", minimum=0),
        text("currency", "ISO 4217", domain=CURRENCIES),
        text(
            "price_basis",
            "how these prices relate to what was traded; `simulated` is no price at all",
            domain=tuple(PriceBasis),
        ),
    ),
    rules=(
        AtLeast("high", "low"),
        AtLeast("high", "open"),
        AtLeast("high", "close"),
        AtLeast("open", "low"),
        AtLeast("close", "low"),
    ),
    subject=Subject("symbol", ("symbol",), metric="close"),
    clock=Clock.DERIVED,
)
