"""Which home is meant when nobody says: simulated and real data never share one.

Here: the default homes and the choice among them. Not here: what is in a home (`warehouse`).
"""

from __future__ import annotations

from pathlib import Path

DEFAULT_ROOT = Path(".aicycle")
REAL_HOME = DEFAULT_ROOT / "data"
SAMPLE_HOME = DEFAULT_ROOT / "sample"

SIMULATED_MARK = b",simulated"
"""How a row of prices.csv says that it is no price: the value of its last column, price_basis."""


def holds_simulated_prices(recording: Path) -> bool:
    """Return whether a recording's prices are partly simulated; unreadable or absent ones are not."""
    try:
        with (recording / "prices.csv").open("rb") as file:
            return any(SIMULATED_MARK in line for line in iter(lambda: file.readline(1 << 16), b""))
    except OSError:
        return False


def choose_home(given: str | Path | None, recording: Path | None = None) -> Path:
    """Return the home to write to: the given one, else the default for this kind of data."""
    if given:
        return Path(given)
    return SAMPLE_HOME if recording is not None and holds_simulated_prices(recording) else REAL_HOME


def home_to_read(given: str | Path | None) -> Path:
    """Return the home to read: the given one, else real data where there are any, else the sample's."""
    if given:
        return Path(given)
    return SAMPLE_HOME if SAMPLE_HOME.exists() and not REAL_HOME.exists() else REAL_HOME
