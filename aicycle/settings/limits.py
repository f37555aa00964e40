"""Checks that every file of `config/` needs: once each, positive, within bounds.

Here: refusing one value. Not here: which value must keep which limit (`coherence`, `coherence_phases`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from aicycle.model.parameters import Number, Parameter
from aicycle.settings.refusal import refuse


def distinct(names: Iterable[str], file: str, key: str, what: str) -> None:
    """Refuse a name that stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            refuse(f"'{name}' stands twice", file=file, key=key, expected=f"each {what} once")
        seen.add(name)


def positive(number: Number, file: str, key: str) -> None:
    """Refuse a number that is not above zero."""
    if not number.value > 0:
        refuse(f"{number.value:g} is not positive", file=file, key=f"{key}.value", expected="more than 0")


def within(
    number: Number | Parameter[int], file: str, key: str, *, low: float, high: float, is_open: bool = False
) -> None:
    """Refuse a number outside `low` to `high`; `is_open`: the ends are outside too."""
    value = number.value
    if not (low < value < high if is_open else low <= value <= high):
        bounds = f"between {low:g} and {high:g}" if high < math.inf else f"{low:g} or more"
        refuse(
            f"{value:g} lies outside",
            file=file,
            key=f"{key}.value",
            expected=bounds + (", exclusive" if is_open else ""),
        )
