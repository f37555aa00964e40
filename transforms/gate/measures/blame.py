"""Who is wrong where figures contradict each other.

Here: the choice among the members of identities that do not hold. Not here: which identities there are (`identities`).

An identity says that something is wrong, not what. Each member is asked twice: how odd is its value to its own series,
and how odd would be the value that the others imply. Whose replacement makes things so much better that no other comes
near is to blame, and he alone: his neighbours are innocent, however many identities he spoils. Where nobody can be told
from the others, all that came last are stopped: as if they had come one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from transforms.gate.measures.figure_habits import Habits

CLEARLY = 0.25
"""Of a limit: how much better the replacement of one member must be than that of any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """An identity that does not hold."""

    check: str
    implied: dict[int, float]
    """Member (number of the figure) -> the value that all others together imply."""
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is known about the figures that may be to blame."""

    row_ids: list[int | None]
    known_on: list[date]
    values: list[float]
    habits: Habits
    accused: frozenset[int]
    """Figures that are stopped for what they are: whatever they contradict is explained."""

    @classmethod
    def of(cls, figures: pl.DataFrame, habits: Habits, accused: Iterable[int]) -> Bench:
        """Seat the figures of `figure_series.figures_of`."""
        return cls(
            row_ids=figures["row_id"].to_list(),
            known_on=figures["known_on"].to_list(),
            values=figures["value"].to_list(),
            habits=habits,
            accused=frozenset(accused),
        )

    def relief(self, figure: int, implied: float) -> float | None:
        """Return how much less odd the implied value would be, in limits; None where there is no history."""
        habit = self.habits.of(np.array([figure]))
        if not habit.is_known[0]:
            return None
        both = [float(habit.distance(np.array([value]))[0]) for value in (self.values[figure], implied)]
        now, then = (min(distance / float(habit.limit[0]), 3.0) for distance in both)
        return now - then


def blamed(contradictions: list[Contradiction], bench: Bench, cleared: frozenset[int]) -> dict[str, dict[int, str]]:
    """Return who is stopped by what.

    Args:
        contradictions: identities that do not hold.
        bench: the figures.
        cleared: figures that an identity confirms: not to blame as long as there is somebody else.

    Returns:
        check -> row_id -> sentence.
    """
    stopped: dict[str, dict[int, str]] = {}
    explained = set(bench.accused)
    cases = [(case, _suspects(case, bench, cleared)) for case in contradictions if not explained & case.implied.keys()]
    # The clearest first: one wrong figure spoils many identities, and explains them all.
    for case, (_, suspects) in sorted(cases, key=lambda found: (len(found[1][1]), -found[1][0], found[1][1])):
        if explained & case.implied.keys():
            continue
        if len(suspects) == 1:
            explained |= set(suspects)
        last = max(bench.known_on[suspect] for suspect in suspects)
        for suspect in suspects:
            row_id = bench.row_ids[suspect]
            # What is believed can't be stopped: if it alone is to blame, it explains; else what came last is doubted.
            if row_id is not None and (len(suspects) == 1 or bench.known_on[suspect] == last):
                stopped.setdefault(case.check, {}).setdefault(row_id, case.said)
    return stopped


def _suspects(case: Contradiction, bench: Bench, cleared: frozenset[int]) -> tuple[float, list[int]]:
    """Return the greatest relief, and the members that can't be told from the one that would give it."""
    members = sorted(member for member in case.implied if member not in cleared) or sorted(case.implied)
    reliefs = {member: bench.relief(member, case.implied[member]) for member in members}
    known = {member: relief for member, relief in reliefs.items() if relief is not None}
    unknown = [member for member in members if member not in known]
    best = max(known.values(), default=0.0)
    # Nobody's value is replaced by a worse one as long as somebody is there whose history can't speak for him.
    least = max(best, 0.0) - CLEARLY if unknown else best - CLEARLY
    near = [member for member, relief in known.items() if relief >= least]
    # Whoever has no history may be wrong as well, unless somebody's replacement explains all.
    return best, near if best >= CLEARLY else sorted([*near, *unknown])
