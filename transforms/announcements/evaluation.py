"""Extraction against labels, as one document: by language and field, with intervals, beside the baseline.

Here: rows of numbers for people and programs. Not here: counting (`scoring`), rates (`rates`), reading and printing
(`aicycle.cli`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.announcements.agreement import is_same_company, is_same_horizon, is_same_kind
from transforms.announcements.equivalents import Equivalents, countries_of
from transforms.announcements.labels import GoldDocument, Label
from transforms.announcements.rates import HOW, Rate, Rates, mean_over_texts, rates_of
from transforms.announcements.scoring import Counts, Field, Score, score_document, total
from transforms.announcements.verdicts import Judged, Verdict

Content = dict[str, Any]
ALL = "all"
UNSAID = "not said"
"""The language of documents that are labelled with none."""

ERRORS = [verdict for verdict in Verdict if verdict not in {Verdict.RIGHT, Verdict.NEUTRAL, Verdict.THIRD_PARTY}]


@dataclass(frozen=True, slots=True)
class Reading:
    """A labelled document, and what was found in it."""

    document: GoldDocument
    found: tuple[Label, ...]
    by_baseline: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Scores of one reading."""

    reading: Reading
    ours: Score
    baseline: Score

    @property
    def language(self) -> str:
        return self.reading.document.language or UNSAID


def evaluate_extraction(
    readings: Sequence[Reading], names: Equivalents, *, seed: int = 0, third_parties_count: bool = False
) -> Content:
    """Hold what was found against what is labelled.

    Args:
        readings: one or more documents.
        names: what names of companies and regions stand for.
        seed: of the bootstrap over texts.
        third_parties_count: asserting a third party's claim is wrong, rather than neither right nor wrong.

    Returns:
        `fields`: per language and field counts, rates and intervals, the baseline's under `baseline`; `spans`: how
        quotes overlap; `errors`: per language and kind how many; `mistakes`: each wrong, missed or partly wrong
        amount; `unknown_regions`: labelled names that stand for no known country.
    """

    def scored(document: GoldDocument, found: Sequence[Label]) -> Score:
        return score_document(document.announcements, found, names, third_parties_count=third_parties_count)

    each = [_Scored(r, scored(r.document, r.found), scored(r.document, r.by_baseline)) for r in readings]
    languages = sorted({one.language for one in each})
    groups = {ALL: each} | {name: [one for one in each if one.language == name] for name in languages}
    return {
        "documents": {name: len(group) for name, group in groups.items()},
        "intervals": HOW,
        "seed": seed,
        "third_parties_count": third_parties_count,
        "fields": [row for name, group in groups.items() for row in _field_rows(name, group)],
        "spans": [_span_row(name, group, seed) for name, group in groups.items()],
        "errors": [row for name, group in groups.items() for row in _error_rows(name, group)],
        "mistakes": [row for one in each for row in _mistakes(one, names)],
        "unknown_regions": _unknown_regions(readings, names),
    }


def _field_rows(language: str, group: list[_Scored]) -> list[Content]:
    ours, baseline = total(one.ours for one in group).counts, total(one.baseline for one in group).counts
    return [
        {"language": language, "field": field.value} | _rated(ours[field]) | {"baseline": _rated(baseline[field])}
        for field in Field
    ]


def _rated(counts: Counts) -> Content:
    rates = rates_of(counts)
    shown = {"labelled": counts.labelled, "found": counts.found, "right": counts.right}
    return shown | {
        key: value for name in Rates.__dataclass_fields__ for key, value in _spread(name, getattr(rates, name)).items()
    }


def _spread(name: str, rate: Rate | None) -> Content:
    value, low, high = (None, None, None) if rate is None else (rate.value, rate.low, rate.high)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _span_row(language: str, group: list[_Scored], seed: int) -> Content:
    overlaps = [overlap for one in group for overlap in one.ours.overlaps]
    baseline = [overlap for one in group for overlap in one.baseline.overlaps]
    return {
        "language": language,
        "quotes": len(overlaps),
        "overlapping": sum(overlap > 0 for overlap in overlaps),
        **_spread("mean_overlap", mean_over_texts([one.ours.overlaps for one in group], seed=seed)),
        "baseline_mean_overlap": sum(baseline) / len(baseline) if baseline else None,
    }


def _error_rows(language: str, group: list[_Scored]) -> list[Content]:
    ours, baseline = total(one.ours for one in group), total(one.baseline for one in group)

    def row(name: str, count: Callable[[Score], int], of: int | None = None) -> Content:
        return {
            "language": language, "error": name, "count": count(ours), "of": of, "baseline_count": count(baseline),
        }  # fmt: skip

    def of_kind(verdict: Verdict) -> Callable[[Score], int]:
        return lambda score: score.verdicts[verdict]

    return [
        *(row(verdict.value, of_kind(verdict)) for verdict in ERRORS),
        row(Verdict.THIRD_PARTY.value, lambda score: score.third_party_asserted),
        row("texts without capex, some asserted", lambda s: s.without_capex - s.kept_clean, ours.without_capex),
    ]


def _mistakes(one: _Scored, names: Equivalents) -> Iterable[Content]:
    for judged in one.ours.judged:
        what = [judged.verdict.value] if judged.verdict in ERRORS else _wrong_fields(judged, names)
        if what:
            yield {
                "document": one.reading.document.id,
                "what": what,
                "labelled": judged.label and _shown(judged.label),
                "found": judged.found and _shown(judged.found),
            }


def _wrong_fields(judged: Judged, names: Equivalents) -> list[str]:
    label, found = judged.label, judged.found
    if judged.verdict is not Verdict.RIGHT or label is None or found is None:
        return []
    agrees = {
        "company": is_same_company(label, found, names),
        "kind": is_same_kind(label, found),
        "horizon": is_same_horizon(label, found),
        "direction": label.direction in {None, found.direction},
        "regions": countries_of(label.regions, names) == countries_of(found.regions, names),
    }
    return [f"{name} wrong" for name, is_right in agrees.items() if not is_right]


def _shown(label: Label) -> Content:
    return {
        "company": label.company,
        "kind": label.kind.value,
        "currency": label.currency,
        "amount_low": label.amount_low,
        "amount_high": label.amount_high,
        "horizon_start": label.horizon_start,
        "horizon_end": label.horizon_end,
        "regions": list(label.regions),
        "direction": label.direction,
        "span": [label.quote_start, label.quote_end],
    }


def _unknown_regions(readings: Sequence[Reading], names: Equivalents) -> list[str]:
    labelled = (label.regions for reading in readings for label in reading.document.announcements)
    return sorted({c for regions in labelled for c in countries_of(regions, names) if not c.isupper()})
