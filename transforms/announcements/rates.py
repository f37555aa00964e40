"""Precision, recall and F1 from counts, each with a 95 % interval.

Here: rates of counts, and a mean over texts. Not here: what is counted (`scoring`).

Shares have Wilson's interval, which is not empty where all was right. F1 is a rising function of one share, of all that
was labelled or found what was both, and has that share's interval carried over. A mean over quotes is drawn anew from
texts, for the quotes of one text resemble each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.announcements.scoring import Counts

CONFIDENCE = 0.95
RESAMPLES = 2_000
HOW = (
    "95 % intervals: Wilson for shares, F1 by the share of all labelled or found that is both, "
    "mean overlap by bootstrap over texts; amounts of one text are counted as independent"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate between 0 and 1 with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What counts come to. A rate of nothing is None: there was nothing to be right or wrong about."""

    precision: Rate | None
    recall: Rate | None
    f1: Rate | None


def share(part: int, whole: int) -> Rate | None:
    """Return a share with Wilson's interval; of nothing, None."""
    # scipy.stats takes a second to load, and only evaluations need it.
    from scipy.stats import binomtest  # noqa: PLC0415

    if whole == 0:
        return None
    interval = binomtest(part, whole).proportion_ci(CONFIDENCE, method="wilson")
    return Rate(part / whole, float(interval.low), float(interval.high))


def rates_of(counts: Counts) -> Rates:
    """Return precision, recall and F1 of counts."""
    either = counts.labelled + counts.found - counts.right
    both = share(counts.right, either)
    return Rates(
        precision=share(counts.right, counts.found),
        recall=share(counts.right, counts.labelled),
        f1=both and Rate(_f1(both.value), _f1(both.low), _f1(both.high)),
    )


def _f1(both: float) -> float:
    """Return F1 from the share, of all labelled or found, that is both."""
    return 2 * both / (1 + both)


def mean_over_texts(values: Sequence[Sequence[float]], *, seed: int) -> Rate | None:
    """Return the mean of all values with a percentile interval of the bootstrap over texts.

    Args:
        values: of each text.
        seed: of the bootstrap.

    Returns:
        The mean; with its interval as wide as the mean itself where there is only one text. None: there is no value.
    """
    from scipy.stats import bootstrap  # noqa: PLC0415 - likewise

    sums = np.array([sum(of_text) for of_text in values if of_text])
    sizes = np.array([len(of_text) for of_text in values if of_text])
    if not sizes.size:
        return None
    mean = float(sums.sum() / sizes.sum())
    if sizes.size == 1:
        return Rate(mean, mean, mean)
    drawn = bootstrap(
        (sums, sizes),
        lambda s, n, axis: s.sum(axis=axis) / n.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Rate(mean, float(drawn.low), float(drawn.high))
