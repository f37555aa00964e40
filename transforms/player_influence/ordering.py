"""The article's ordering of the players, held against our numbers.

Here: each check with its result, both sides' numbers and a sentence. Not here: the numbers, or any weight that would
make a check hold: a check that fails is printed as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from aicycle.model.parameters import INDEX, PlayerCheck, PlayerRules


class Result(StrEnum):
    """What became of a check."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a check: whose numbers, and the one that decides."""

    companies: tuple[str, ...]
    wave: int
    decides: str | None
    """The weakest of those that should be above, the strongest of those that should be below."""
    value: float | None
    weight_known_frac: float | None
    """Part of the wave's weights of which the deciding index is made: two indices of unlike parts compare badly."""

    def __str__(self) -> str:
        number = "nothing" if self.value is None else f"{self.value:.3f}"
        known = self.weight_known_frac
        on = "" if known is None or known > ALL_OF_IT else f" (from {known:.0%} of the weights)"
        return f"{self.decides} {number} in wave {self.wave}{on}"


ALL_OF_IT = 1 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderingCheck:
    """A statement of the article, checked."""

    check_id: str
    claim: str
    status: str
    """Of the claim: the article's."""
    indicator: str
    result: Result
    above: Side
    below: Side
    sentence: str


def ordering_checks(influence: pl.DataFrame, rules: PlayerRules) -> list[OrderingCheck]:
    """Check every ordering the article states.

    Args:
        influence: `player_influence`.
        rules: the checks, and the waves they name.

    Returns:
        One per check, in the order of the file. Where one side has no number the check is not checkable; players that
        are only meant as `all others` may lack one and are named.
    """
    return [_checked(check, influence, rules) for check in rules.checks]


def _checked(check: PlayerCheck, influence: pl.DataFrame, rules: PlayerRules) -> OrderingCheck:
    others = tuple(name for name in influence["company"].unique().sort() if name not in check.above)
    above_numbers = _numbers(influence, rules, check.above, check.above_wave, check.indicator)
    below_numbers = _numbers(influence, rules, check.below or others, check.below_wave, check.indicator)
    above = _side(above_numbers, check.above_wave, is_least=True)
    below = _side(below_numbers, check.below_wave, is_least=False)
    needed = {**above_numbers, **(below_numbers if check.below else {})}
    unknown = [name for name, (value, _) in needed.items() if value is None]
    left_out = [name for name, (value, _) in below_numbers.items() if value is None and not check.below]
    if unknown or above.value is None or below.value is None:
        result = Result.NOT_CHECKABLE
        sentence = f"no {check.indicator} of {', '.join(unknown) or 'any other player'}"
    else:
        result = Result.HOLDS if above.value > below.value else Result.FAILS
        sentence = f"{above}, {below}" + (f"; without {', '.join(left_out)}: no number" if left_out else "")
    return OrderingCheck(
        check_id=check.check_id,
        claim=check.claim.value,
        status=check.claim.status.value,
        indicator=check.indicator,
        result=result,
        above=above,
        below=below,
        sentence=sentence,
    )


Numbers = dict[str, tuple[float | None, float | None]]
"""By player: the number, and of an index the part of the weights it is made of."""


def _numbers(
    influence: pl.DataFrame, rules: PlayerRules, companies: Sequence[str], wave_number: int, indicator: str
) -> Numbers:
    wave = rules.wave(wave_number)
    is_index = indicator == INDEX
    rows = influence.filter((pl.col("indicator") == indicator) & (pl.col("wave") == (wave.label if wave else "")))
    known = {
        row["company"]: (row["share_frac" if is_index else "value"], row["weight"] if is_index else None)
        for row in rows.iter_rows(named=True)
    }
    return {name: known.get(name, (None, None)) for name in companies}


def _side(numbers: Numbers, wave: int, *, is_least: bool) -> Side:
    """Let the least or the greatest number decide; of equals the first by name."""
    known = sorted((value if is_least else -value, name) for name, (value, _) in numbers.items() if value is not None)
    decides = known[0][1] if known else None
    value, weight = numbers[decides] if decides is not None else (None, None)
    return Side(companies=tuple(numbers), wave=wave, decides=decides, value=value, weight_known_frac=weight)
