"""Contract of `core.fx_rates`: one reference rate of one pair and day."""

from aicycle.contracts.core import core_table
from aicycle.contracts.schema import Clock, Subject, day, number, text

FX_RATES = core_table(
    "fx_rates",
    grain="one daily rate of one currency pair",
    time="session is the fixing's local date; known_at is the fixing plus its declared delay",
    key=("pair", "session"),
    content=(
        text("pair", "base and quote currency, e.g. USDCNY", pattern=r"[A-Z]{6}"),
        day("session", "fixing day"),
        number("rate", "units of the second currency for one of the first", unit="quote per base", above=0),
    ),
    subject=Subject("pair", ("pair",), metric="rate"),
    clock=Clock.DERIVED,
)
