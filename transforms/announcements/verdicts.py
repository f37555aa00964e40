"""What an amount that was asserted is: right, neither right nor wrong, or wrong and why.

Here: the labels of a text by what it means to assert them, and the verdict on each found amount. Not here: counting
(`scoring`), or when two announcements agree (`agreement`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from transforms.announcements.agreement import AmountMatch, amount_match, is_close, paired, stands_among
from transforms.announcements.equivalents import Equivalents
from transforms.announcements.labels import Label


class Verdict(StrEnum):
    """What became of one labelled or found amount."""

    RIGHT = "right"
    MISSED = "missed"
    NEUTRAL = "neither right nor wrong"
    HYPOTHETICAL = "hypothetical asserted"
    NEGATED = "negated asserted"
    THIRD_PARTY = "third party asserted"
    """Wrong only where third parties' claims count."""
    NOT_CAPEX = "non-capex asserted"
    REPEATED = "twin or repeated mention"
    DELTA = "change taken for the amount"
    HALF_RANGE = "half a range"
    SPURIOUS = "spurious"


@dataclass(frozen=True, slots=True)
class Judged:
    """One amount and what became of it; `label` or `found` is None where there is no such side."""

    verdict: Verdict
    label: Label | None
    found: Label | None


@dataclass(frozen=True, slots=True)
class Pools:
    """The labelled amounts by what it means to assert them; one may stand in several."""

    wanted: list[Label]
    neutral: list[Label]
    unreal: list[Label]
    third_party: list[Label]
    """Only where they count."""
    not_capex: list[Label]


def pools_of(labels: Sequence[Label], *, third_parties_count: bool) -> Pools:
    """Sort the labelled amounts of a text.

    Args:
        labels: all labels of the text.
        third_parties_count: asserting a third party's claim is wrong, rather than neither right nor wrong.
    """
    amounts = [label for label in labels if label.range]
    capex = [label for label in amounts if label.is_investment]

    def is_open(label: Label) -> bool:
        return label.optional or label.superseded

    return Pools(
        wanted=[one for one in capex if not (one.is_unreal or one.third_party or is_open(one))],
        neutral=[one for one in capex if is_open(one) or (one.third_party and not third_parties_count)],
        unreal=[one for one in capex if one.is_unreal and not (one.third_party or one.optional)],
        third_party=[one for one in amounts if one.third_party] if third_parties_count else [],
        not_capex=[one for one in amounts if not (one.is_investment or one.third_party)],
    )


def judge(pools: Pools, asserted: list[Label], labels: Sequence[Label], names: Equivalents) -> list[Judged]:
    """Say of each asserted amount what it is: right first, then by what it is mistaken for."""
    judged: list[Judged] = []
    rest = asserted
    for verdict, pool in (
        (Verdict.RIGHT, pools.wanted),
        (Verdict.NEUTRAL, pools.neutral),
        (Verdict.HYPOTHETICAL, pools.unreal),
        (Verdict.THIRD_PARTY, pools.third_party),
        (Verdict.NOT_CAPEX, pools.not_capex),
    ):
        pairs = paired(pool, rest, names)
        for position, place in pairs.items():
            is_negated = verdict is Verdict.HYPOTHETICAL and pool[place].negated
            judged.append(Judged(Verdict.NEGATED if is_negated else verdict, pool[place], rest[position]))
        if verdict is Verdict.RIGHT:
            answered = set(pairs.values())
            judged += [Judged(Verdict.MISSED, one, None) for n, one in enumerate(pool) if n not in answered]
        rest = [one for position, one in enumerate(rest) if position not in pairs]
    return judged + [_mistaken(one, labels) for one in rest]


def _mistaken(found: Label, labels: Sequence[Label]) -> Judged:
    """Say what an amount that answers to no label was taken from; the last label that explains it is named."""
    for label in reversed(labels):
        if _is_half(label, found):
            return Judged(Verdict.HALF_RANGE, label, found)
        if stands_among(label.delta, found):
            return Judged(Verdict.DELTA, label, found)
        if amount_match(label, found) is not AmountMatch.NO or stands_among(label.twins, found):
            return Judged(Verdict.REPEATED, label, found)
    return Judged(Verdict.SPURIOUS, None, found)


def _is_half(label: Label, found: Label) -> bool:
    """Whether the found amount shares one end with a labelled range."""
    if label.range is None or found.range is None or label.range[0] == label.range[1]:
        return False
    return label.currency == found.currency and any(map(is_close, label.range, found.range))
