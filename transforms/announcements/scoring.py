"""What was found in a text, judged against its labels: counts that add up over documents.

Here: the counts of one text and of several. Not here: what an asserted amount is (`verdicts`), when two announcements
agree (`agreement`), rates and intervals (`rates`).

Judged are amounts that are asserted: spending that counts as investment, with an amount, neither hypothetical nor
negated. A label that is optional, superseded or a third party's is neither to be found nor to be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from transforms.announcements.agreement import (
    is_like_kind,
    is_same_company,
    is_same_horizon,
    is_same_kind,
    paired,
    span_overlap,
)
from transforms.announcements.equivalents import Equivalents, countries_of
from transforms.announcements.labels import Label
from transforms.announcements.verdicts import Judged, Verdict, judge, pools_of


class Field(StrEnum):
    """What is counted: labelled, found, and right."""

    AMOUNT = "amount and currency"
    FULL = "full tuple"
    """Amount, company, kind and horizon."""
    FULL_LIKE_KIND = "full tuple, like kind"
    """The same, any kind that lies ahead for any other."""
    COMPANY = "amount and company"
    KIND = "amount and kind"
    HORIZON = "amount and horizon"
    DIRECTION = "direction"
    """Of right amounts; counted are those that are labelled."""
    REGIONS = "regions"
    """Of right amounts; counted are countries."""
    UNREAL = "hypothetical or negated"
    NO_AMOUNT = "without amount"
    FLAG_HYPOTHETICAL = "flag hypothetical"
    """This and the other flags: of all amounts that were found, whatever their kind."""
    FLAG_NEGATED = "flag negated"
    FLAG_THIRD_PARTY = "flag third party"
    FLAG_SUPERSEDED = "flag superseded"
    FLAG_RESTATED = "flag restated"


FLAGS = {
    Field.FLAG_HYPOTHETICAL: attrgetter("hypothetical"),
    Field.FLAG_NEGATED: attrgetter("negated"),
    Field.FLAG_THIRD_PARTY: attrgetter("third_party"),
    Field.FLAG_SUPERSEDED: attrgetter("superseded"),
    Field.FLAG_RESTATED: attrgetter("restated"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there were to find, were found, and were right; for precision and recall."""

    labelled: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.labelled + other.labelled, self.found + other.found, self.right + other.right)


@dataclass(frozen=True, slots=True)
class Score:
    """What one document came to, or several together."""

    documents: int
    counts: dict[Field, Counts]
    judged: tuple[Judged, ...] = ()
    overlaps: tuple[float, ...] = ()
    """Of the quotes of right amounts, 0 to 1."""
    without_capex: int = 0
    """Documents whose labels have no capital spending."""
    kept_clean: int = 0
    """Of these, how many had none asserted."""
    verdicts: Counter[Verdict] = field(init=False, compare=False)
    third_party_asserted: int = field(init=False, compare=False)
    """Third parties' claims that were asserted, whether they count or not."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "verdicts", Counter(one.verdict for one in self.judged))
        thirds = {Verdict.NEUTRAL, Verdict.THIRD_PARTY}
        asserted = (j.label is not None and j.label.third_party for j in self.judged if j.verdict in thirds)
        object.__setattr__(self, "third_party_asserted", sum(asserted))


def total(scores: Iterable[Score]) -> Score:
    """Return several documents' scores together."""
    all_ = list(scores)
    return Score(
        documents=sum(s.documents for s in all_),
        counts={name: sum((s.counts[name] for s in all_), Counts()) for name in Field},
        judged=tuple(one for s in all_ for one in s.judged),
        overlaps=tuple(one for s in all_ for one in s.overlaps),
        without_capex=sum(s.without_capex for s in all_),
        kept_clean=sum(s.kept_clean for s in all_),
    )


def score_document(
    labels: Sequence[Label], found: Sequence[Label], names: Equivalents, *, third_parties_count: bool = False
) -> Score:
    """Judge what was found in one text.

    Args:
        labels: all that is labelled in it.
        found: all that was found in it.
        names: what names of companies and regions stand for.
        third_parties_count: asserting a third party's claim is wrong, rather than neither right nor wrong.
    """
    pools = pools_of(labels, third_parties_count=third_parties_count)
    amounts = [one for one in found if one.is_investment and one.range]
    asserted = [one for one in amounts if not one.is_unreal]
    judged = judge(pools, asserted, labels, names)
    right = [(j.label, j.found) for j in judged if j.verdict is Verdict.RIGHT and j.label and j.found]
    neutral = sum(j.verdict is Verdict.NEUTRAL for j in judged)
    is_without_capex = not any(label.is_investment for label in labels)
    overlaps = (span_overlap(label, one) for label, one in right)
    return Score(
        documents=1,
        counts={
            **_fields(right, Counts(labelled=len(pools.wanted), found=len(asserted) - neutral), names),
            Field.UNREAL: _unreal(labels, [one for one in amounts if one.is_unreal], pools.unreal, names),
            Field.NO_AMOUNT: _without_amount(labels, found, names),
            **_flags(labels, found, names),
        },
        judged=tuple(judged),
        overlaps=tuple(overlap for overlap in overlaps if overlap is not None),
        without_capex=int(is_without_capex),
        kept_clean=int(is_without_capex and not asserted),
    )


def _fields(right: list[tuple[Label, Label]], amounts: Counts, names: Equivalents) -> dict[Field, Counts]:
    """Count the fields of right amounts; those that make up the tuple among all amounts."""
    said = dict.fromkeys((Field.COMPANY, Field.KIND, Field.HORIZON, Field.FULL, Field.FULL_LIKE_KIND), 0)
    directed = Counts()
    regions = Counts()
    for label, found in right:
        has_company, has_horizon = is_same_company(label, found, names), is_same_horizon(label, found)
        said[Field.COMPANY] += has_company
        said[Field.HORIZON] += has_horizon
        said[Field.KIND] += is_same_kind(label, found)
        said[Field.FULL] += has_company and has_horizon and is_same_kind(label, found)
        said[Field.FULL_LIKE_KIND] += has_company and has_horizon and is_like_kind(label, found)
        if label.direction is not None:
            directed += Counts(1, 1, int(label.direction == found.direction))
        wanted, got = countries_of(label.regions, names), countries_of(found.regions, names)
        regions += Counts(len(wanted), len(got), len(wanted & got))
    return {
        Field.AMOUNT: Counts(amounts.labelled, amounts.found, len(right)),
        **{name: Counts(amounts.labelled, amounts.found, count) for name, count in said.items()},
        Field.DIRECTION: directed,
        Field.REGIONS: regions,
    }


def _unreal(labels: Sequence[Label], found: list[Label], wanted: list[Label], names: Equivalents) -> Counts:
    """Count capital spending that is hypothetical or negated and was found as such."""
    pairs = paired(wanted, found, names)
    rest = [one for position, one in enumerate(found) if position not in pairs]
    open_ = [label for label in labels if label.is_unreal and (label.optional or label.third_party)]
    return Counts(len(wanted), len(found) - len(paired(open_, rest, names)), len(pairs))


def _without_amount(labels: Sequence[Label], found: Sequence[Label], names: Equivalents) -> Counts:
    """Count announcements without an amount; they are told by their company."""

    def same(label: Label, one: Label) -> bool:
        return is_same_company(label, one, names)

    bare = [label for label in labels if label.is_investment and not label.range]
    wanted = [label for label in bare if not label.optional]
    got = [one for one in found if one.is_investment and not one.range]
    pairs = paired(wanted, got, names, same)
    rest = [one for position, one in enumerate(got) if position not in pairs]
    forgiven = paired([label for label in bare if label.optional], rest, names, same)
    return Counts(len(wanted), len(got) - len(forgiven), len(pairs))


def _flags(labels: Sequence[Label], found: Sequence[Label], names: Equivalents) -> dict[Field, Counts]:
    """Count flags of all amounts that were found, whatever their kind."""
    pairs = [(labels[place], found[position]) for position, place in paired(labels, found, names).items()]
    return {
        name: Counts(
            sum(flag(label) for label, _ in pairs),
            sum(flag(one) for _, one in pairs),
            sum(flag(label) and flag(one) for label, one in pairs),
        )
        for name, flag in FLAGS.items()
    }
