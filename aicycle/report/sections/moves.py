"""Part of the scenarios' section: which family of evidence moved which probability.

Here: moves in percentage points, and what the probabilities would be without a family. Not here: computing either
(`transforms.scenarios.moves`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from aicycle.report.blocks import Cell, Heading, Row, Table, headings
from aicycle.report.wording import finite, percent, plain, points

FAMILY_LIMIT = 40


def move_table(bands: Sequence[Row], moves: Sequence[Row]) -> Table:
    """Return each family's part in each scenario's probability: from the prior, through the families, to the answer.

    Args:
        bands: rows of `marts.scenario_bands`, lowest first.
        moves: rows of `marts.scenario_moves`.
    """
    names = _scenarios(bands, moves)
    stated = {plain(band.get("scenario"), 60): finite(band.get("probability")) for band in bands}
    families = _families(moves)
    totals = {name: _total(moves, name) for name in names}
    lines = [
        (Cell(family), *(Cell(points(_part(moves, name, family, "shapley_frac"))) for name in names))
        for family in families[:FAMILY_LIMIT]
    ]
    if lines:
        before = (Cell(percent(_difference(stated.get(name), totals[name]), 1)) for name in names)
        lines.insert(0, (Cell("before evidence"), *before))
        lines.append((Cell("sum of the moves", tone="sum"), *(Cell(points(totals[name])) for name in names)))
        lines.append((Cell("stated"), *(Cell(percent(stated.get(name), 1)) for name in names)))
    return Table(
        caption="What moved the probabilities, in percentage points",
        headings=(*headings("Family"), *(Heading(name, "number") for name in names)),
        rows=tuple(lines),
        omitted_count=max(0, len(families) - FAMILY_LIMIT),
        query="SELECT family, scenario, shapley_frac FROM marts.scenario_moves",
        empty_text="No probability was moved: nothing but the prior, or none stated.",
    )


def without_table(bands: Sequence[Row], moves: Sequence[Row]) -> Table:
    """Return what each probability would be without one family; these do not add up to anything."""
    names = _scenarios(bands, moves)
    families = _families(moves)
    return Table(
        caption="What each probability would be without one family",
        headings=(*headings("Without"), *(Heading(name, "number") for name in names)),
        rows=tuple(
            (Cell(family), *(Cell(percent(_part(moves, name, family, "without_it_frac"), 1)) for name in names))
            for family in families[:FAMILY_LIMIT]
        ),
        omitted_count=max(0, len(families) - FAMILY_LIMIT),
        query="SELECT family, scenario, without_it_frac FROM marts.scenario_moves",
    )


def _scenarios(bands: Sequence[Row], moves: Sequence[Row]) -> list[str]:
    names = [plain(band.get("scenario"), 60) for band in bands]
    return names + sorted({plain(row.get("scenario"), 60) for row in moves} - set(names))


def _families(moves: Sequence[Row]) -> list[str]:
    """Return the families, the one that moved most first."""
    strength: dict[str, list[float]] = {}
    for row in moves:
        moved = abs(finite(row.get("shapley_frac")) or 0.0)
        strength.setdefault(plain(row.get("family"), 60), []).append(moved)
    return sorted(strength, key=lambda family: (-max(strength[family]), family))


def _part(moves: Sequence[Row], scenario: str, family: str, column: str) -> float | None:
    for row in moves:
        if plain(row.get("scenario"), 60) == scenario and plain(row.get("family"), 60) == family:
            return finite(row.get(column))
    return None


def _total(moves: Sequence[Row], scenario: str) -> float | None:
    parts = [finite(row.get("shapley_frac")) for row in moves if plain(row.get("scenario"), 60) == scenario]
    known = [part for part in parts if part is not None]
    return _sum(known) if known and len(known) == len(parts) else None


def _sum(parts: Sequence[float]) -> float | None:
    try:
        return finite(math.fsum(parts))
    except OverflowError:
        return None


def _difference(stated: float | None, moved: float | None) -> float | None:
    return None if stated is None or moved is None else stated - moved
