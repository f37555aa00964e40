"""When an announcement that was found agrees with one that was labelled, part by part.

Here: company, kind, amount, horizon and span of one pair, and which found one answers to which label. Not here: what
names stand for (`equivalents`), what follows for a document (`verdicts`, `scoring`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from transforms.announcements.equivalents import Equivalents, parents_of
from transforms.announcements.labels import Label
from transforms.announcements.records import CAPEX_KINDS, Amount

AMOUNT_TOLERANCE = 0.005
"""Relative: 52.4 billion and 52.5 are the same amount, rounded twice."""
HORIZON_TOLERANCE_MONTHS = 12
HORIZON_TOLERANCE_YEARS = 1
SHARED_COMPANIES = 0.5
"""Of several companies named together, the share that both name."""

FORWARD_KINDS = frozenset(CAPEX_KINDS) - {"capex_actual"}
"""Kinds of spending that lies ahead: which of them a text means is often a matter of taste."""

_YEAR_AND_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?")


class AmountMatch(Enum):
    """How two amounts agree."""

    NO = 0
    TWIN = 1
    """In the other currency that the text gives."""
    MAIN = 2


def is_same_company(label: Label, found: Label, names: Equivalents) -> bool:
    """Whether the found company is the labelled one, or of several at least half."""
    wanted, got = parents_of(label.company, names), parents_of(found.company, names)
    if not wanted or not got:
        return wanted == got
    if any(parents_of(other, names) & got for other in label.company_alt):
        return True
    return len(wanted & got) / len(wanted | got) >= SHARED_COMPANIES


def is_same_kind(label: Label, found: Label) -> bool:
    """Whether the kind is the labelled one or one that is as right."""
    return found.kind == label.kind or found.kind in label.kind_alt


def is_like_kind(label: Label, found: Label) -> bool:
    """Whether the kind is the labelled one, or both lie ahead."""
    return found.kind == label.kind or (label.kind in FORWARD_KINDS and found.kind in FORWARD_KINDS)


def is_close(one: float, other: float) -> bool:
    """Whether two amounts are the same but for rounding."""
    return math.isclose(one, other, rel_tol=AMOUNT_TOLERANCE, abs_tol=0.0)


def stands_among(amounts: Iterable[Amount], found: Label) -> bool:
    """Whether one of the amounts is the low end of what was found."""
    return found.range is not None and any(
        amount.currency == found.currency and is_close(amount.amount, found.range[0]) for amount in amounts
    )


def amount_match(label: Label, found: Label) -> AmountMatch:
    """Return whether the found amount is the labelled one, or its twin in another currency."""
    if label.range is None or found.range is None:
        return AmountMatch.NO
    (low, high), (found_low, found_high) = label.range, found.range
    if label.currency == found.currency and is_close(low, found_low) and is_close(high, found_high):
        return AmountMatch.MAIN
    twins = () if label.wrong_twin else label.twins
    is_twin = any(
        twin.currency == found.currency and is_close(twin.amount, found_low) and is_close(twin.amount, found_high)
        for twin in twins
    )
    return AmountMatch.TWIN if is_twin else AmountMatch.NO


def is_same_horizon(label: Label, found: Label) -> bool:
    """Whether both ends agree within a year. Without a labelled horizon no end may be invented; a start is forgiven."""
    if not (label.horizon_start or label.horizon_end):
        return not found.horizon_end
    return _agrees(label.horizon_start, found.horizon_start or found.horizon_end) and _agrees(
        label.horizon_end, found.horizon_end or found.horizon_start
    )


def _agrees(labelled: str | None, found: str | None) -> bool:
    wanted, got = _YEAR_AND_MONTH.match(labelled or ""), _YEAR_AND_MONTH.match(found or "")
    if wanted is None or got is None:
        return wanted is None
    if wanted[2] and got[2]:
        months = [12 * int(moment[1]) + int(moment[2]) for moment in (wanted, got)]
        return abs(months[0] - months[1]) <= HORIZON_TOLERANCE_MONTHS
    return abs(int(wanted[1]) - int(got[1])) <= HORIZON_TOLERANCE_YEARS


def span_overlap(label: Label, found: Label) -> float | None:
    """Return what two quotes share, of all that either covers, 0 to 1; None: one of them has no span."""
    ends = (label.quote_start, label.quote_end, found.quote_start, found.quote_end)
    if any(end is None for end in ends):
        return None
    start, end, found_start, found_end = (int(e) for e in ends if e is not None)
    covered = max(end, found_end) - min(start, found_start)
    return max(0.0, (min(end, found_end) - max(start, found_start)) / covered) if covered > 0 else 0.0


def paired(
    labels: Sequence[Label],
    found: Sequence[Label],
    names: Equivalents,
    agrees: Callable[[Label, Label], bool] = lambda label, one: amount_match(label, one) is not AmountMatch.NO,
) -> dict[int, int]:
    """Pair one to one, the most alike first.

    Returns:
        Position of the label by position of the found one; what found no partner is left out.
    """
    candidates = sorted(
        (-_likeness(label, one, names), place, position)
        for place, label in enumerate(labels)
        for position, one in enumerate(found)
        if agrees(label, one)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, position in candidates:
        if place not in taken and position not in pairs:
            pairs[position] = place
            taken.add(place)
    return pairs


def _likeness(label: Label, found: Label, names: Equivalents) -> float:
    """Return how much speaks for a pair; the amount as given counts most, the span breaks ties."""
    return (
        4 * (amount_match(label, found) is AmountMatch.MAIN)
        + 3 * is_same_company(label, found, names)
        + 2 * is_same_kind(label, found)
        + is_same_horizon(label, found)
        + (span_overlap(label, found) or 0.0)
    )
