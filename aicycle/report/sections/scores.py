"""Part of our own record: mean scores per question against two forecasters that need no model.

Here: means on the forecasts that both were scored on, coverage of bands, and sentences that say where we are no better.
Not here: single forecasts (`record`), scoring (`transforms`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aicycle.report.blocks import Cell, Row, Table, headings
from aicycle.report.wording import MISSING, counted, finite, number, percent, plain

MODEL = "model"
BASELINES = ("climatology", "persistence")
FORECASTERS = (MODEL, *BASELINES)
COVERAGE_LOW_FRAC, COVERAGE_HIGH_FRAC = 0.85, 0.95
"""What a 90 % band should cover."""
FEW = 20
"""Below this many outcomes a difference of scores tells little."""
QUESTION_LIMIT = 40


@dataclass(frozen=True, slots=True)
class _Question:
    """One question's scores by forecaster and forecast."""

    words: str
    brier: dict[str, dict[str, float]]
    log_score: dict[str, dict[str, float]]
    covered: tuple[bool, ...]
    """Of our bands: whether the value lay inside."""
    count: int
    """Our forecasts that were scored."""


def question_words(row: Row) -> str:
    """Return a question's name as people read it."""
    return plain(row.get("question"), 60).replace("_", " ")


def score_table(scores: Sequence[Row], caption: str) -> Table:
    """Return mean Brier and log scores per question, with the number of outcomes.

    Args:
        scores: rows of `marts.forecast_scores` of one origin.
        caption: says which origin.
    """
    questions = _questions(scores)
    return Table(
        caption=caption,
        headings=headings(
            "Question",
            "#n",
            "#Brier, ours",
            "#climatology",
            "#persistence",
            "#Log score, ours",
            "#climatology",
            "#persistence",
            "#Bands hit",
        ),
        rows=tuple(
            (
                Cell(question.words),
                Cell(str(question.count)),
                *(Cell(number(_mean(question.brier.get(who, {})), 3)) for who in FORECASTERS),
                *(Cell(number(_mean(question.log_score.get(who, {})), 3)) for who in FORECASTERS),
                Cell(_coverage(question)),
            )
            for question in questions[:QUESTION_LIMIT]
        ),
        omitted_count=max(0, len(questions) - QUESTION_LIMIT),
        query="SELECT * FROM marts.forecast_scores",
        empty_text="None has been resolved yet.",
    )


def score_remarks(scores: Sequence[Row]) -> tuple[str, ...]:
    """Return a sentence per question on whether we beat the forecasters without a model, and on its bands."""
    found: list[str] = []
    for question in _questions(scores)[:QUESTION_LIMIT]:
        verdicts = [said for said in (_verdict(question, baseline) for baseline in BASELINES) if said]
        if verdicts:
            few = f" With {counted(question.count, 'outcome')} that tells little." if question.count < FEW else ""
            found.append(f"{question.words}: our forecast {' and '.join(verdicts)}.{few}")
        if question.covered:
            found.append(_band_remark(question))
    return tuple(found)


def _questions(scores: Sequence[Row]) -> list[_Question]:
    by_question: dict[str, list[Row]] = {}
    for row in scores:
        by_question.setdefault(question_words(row), []).append(row)
    return [_question(words, rows) for words, rows in sorted(by_question.items())]


def _question(words: str, rows: Sequence[Row]) -> _Question:
    ours = [row for row in rows if row.get("forecaster") == MODEL]
    return _Question(
        words,
        _by_forecaster(rows, "brier"),
        _by_forecaster(rows, "log_score"),
        tuple(row.get("is_covered") is True for row in ours if row.get("is_covered") is not None),
        len(ours),
    )


def _by_forecaster(rows: Sequence[Row], name: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        value = finite(row.get(name))
        if value is not None:
            found.setdefault(plain(row.get("forecaster"), 24), {})[plain(row.get("forecast_id"), 200)] = value
    return found


def _verdict(question: _Question, baseline: str) -> str:
    """Compare mean Brier scores on the forecasts that both were scored on."""
    ours, theirs = question.brier.get(MODEL, {}), question.brier.get(baseline, {})
    both = ours.keys() & theirs.keys()
    mine, other = (_mean({key: scores[key] for key in both}) for scores in (ours, theirs))
    if mine is None or other is None:
        return ""
    verb = "beats" if mine < other else "does not beat"
    return f"{verb} {baseline} ({number(mine, 3)} against {number(other, 3)}, n = {len(both)})"


def _mean(scores: dict[str, float]) -> float | None:
    try:
        return finite(math.fsum(scores.values()) / len(scores)) if scores else None
    except OverflowError:
        return None


def _coverage(question: _Question) -> str:
    if not question.covered:
        return MISSING
    return f"{percent(sum(question.covered) / len(question.covered))} of {len(question.covered)}"


def _band_remark(question: _Question) -> str:
    share = sum(question.covered) / len(question.covered)
    aim = f"{percent(COVERAGE_LOW_FRAC)} to {percent(COVERAGE_HIGH_FRAC)}"
    if share < COVERAGE_LOW_FRAC:
        said = f"below the {aim} that are wanted: the bands are too narrow"
    elif share > COVERAGE_HIGH_FRAC:
        said = f"above the {aim} that are wanted: the bands are too wide"
    else:
        said = f"within the {aim} that are wanted"
    few = ", as far as so few can tell" if len(question.covered) < FEW else ""
    return f"{question.words}: bands held {_coverage(question)} values, {said}{few}."
