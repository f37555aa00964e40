"""Our record: mean scores per question against climatology and persistence, and what they allow to be said.

Here: means, skill, coverage, and one sentence for each comparison. Not here: the scores (`score`), where the sentences
are shown (`aicycle.cli`).

A difference is called one only where it exceeds twice its standard error over the forecasts; scores of companies in the
same quarter resemble each other, so that even this promises more than there is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean, stdev

import polars as pl

from aicycle.model.kinds import Forecaster

OTHERS = (Forecaster.CLIMATOLOGY, Forecaster.PERSISTENCE)
TARGET_LOW, TARGET_HIGH = 0.85, 0.95
"""Share of our 90 % bands that shall hold their outcome: the aim set for this project."""
STANDARD_ERRORS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Our mean Brier score on one question against another forecaster's."""

    against: str
    brier: float
    log_score: float
    skill: float | None
    """1 - ours / theirs: 1 is perfect, 0 is no better; None if theirs is 0."""
    log_skill: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """How one question went."""

    question: str
    n: int
    brier: float
    log_score: float
    comparisons: tuple[Comparison, ...]
    coverage: float | None
    """Share of our bands that held their outcome."""
    coverage_sentence: str | None


def record_of(scores: pl.DataFrame) -> list[QuestionRecord]:
    """Return the record of every question that has a resolved forecast, in alphabetical order.

    Args:
        scores: rows of `marts.forecast_scores`, of one origin.
    """
    records = []
    for question in scores["question"].unique().sort():
        own = scores.filter(pl.col("question") == question).sort("forecast_id")
        ours = own.filter(pl.col("forecaster") == Forecaster.MODEL.value)
        covered = ours["is_covered"].drop_nulls().to_list()
        records.append(
            QuestionRecord(
                question=question,
                n=ours.height,
                brier=fmean(ours["brier"]),
                log_score=fmean(ours["log_score"]),
                comparisons=tuple(_compared(own, ours, other) for other in OTHERS),
                coverage=fmean(covered) if covered else None,
                coverage_sentence=_coverage(covered) if covered else None,
            )
        )
    return records


def _compared(own: pl.DataFrame, ours: pl.DataFrame, other: Forecaster) -> Comparison:
    theirs = own.filter(pl.col("forecaster") == other.value)
    our_mean, their_mean = fmean(ours["brier"]), fmean(theirs["brier"])
    gains = [b - a for a, b in zip(ours["brier"], theirs["brier"], strict=True)]
    figures = f"{our_mean:.3f} against {their_mean:.3f}, n = {len(gains)}"
    if fmean(gains) <= 0:
        sentence = f"does not beat {other.value}: {figures}"
    elif len(gains) < 2 or fmean(gains) <= STANDARD_ERRORS * stdev(gains) / math.sqrt(len(gains)):  # noqa: PLR2004 - a spread takes two
        sentence = f"is ahead of {other.value}, by no more than chance can do: {figures}"
    else:
        sentence = f"beats {other.value}: {figures}"
    our_log, their_log = fmean(ours["log_score"]), fmean(theirs["log_score"])
    return Comparison(
        against=other.value,
        brier=their_mean,
        log_score=their_log,
        skill=1 - our_mean / their_mean if their_mean else None,
        log_skill=1 - our_log / their_log if their_log else None,
        sentence=sentence,
    )


def _coverage(covered: list[bool]) -> str:
    share = fmean(covered)
    verdict = "within" if TARGET_LOW <= share <= TARGET_HIGH else "below" if share < TARGET_LOW else "above"
    return (
        f"{sum(covered)} of {len(covered)} closes lay inside their 90 % band: {share:.0%}, {verdict} the aim of "
        f"{TARGET_LOW:.0%} to {TARGET_HIGH:.0%}"
    )
