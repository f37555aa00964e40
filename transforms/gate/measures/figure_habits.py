"""What its own past leads to expect of a figure, and how far any value would be from that.

Here: habits of a series, judged place by place so that a figure that is off does not become part of the next one's
habits. Not here: which sentence is said (`figures`), or who is to blame where figures contradict each other (`blame`).

A figure is judged by earlier ones alone: what comes later must not change a verdict, else loading all at once and one
after another would differ. Only where there are too few are others asked: the same metric on other bases and durations,
the later ones included.

Steady figures are compared, in logarithms, with the last one and with last year's carried on: with whichever is nearer
(a season explains one, a change of pace the other), and as soon as both have been seen to miss, with what lies between
them, nearer to the one that missed by less. Signed and intermittent ones have no such expectation: they are
compared with the size that the series has had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from aicycle.model.parameters.gate_statements import HistoryRules
from transforms.gate.measures.figure_series import PERCENT, POSITIVE, SIGNED

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REMEMBERED = 9
"""Observations: two years of quarters and the one before them."""
RECENT = 5
"""Observations: a year of quarters and the same quarter a year before."""
LEAST_YEAR, LONGEST_YEAR = 330, 400
"""Days between the ends of a quarter and the same quarter a year before, weeks of a 53rd one included."""
RECENT_MISSES, LEAST_MISSES = 8, 3
USUAL_GAP_YEARS = 0.3
"""A quarter, and some days."""
OFTEN_MISSED = 0.8
SURE_MISS = 0.02
"""Nobody is trusted to miss by less: a few lucky hits must not silence the other expectation."""
NEIGHBOURS = 5
MOST_ROUNDS = 3
TINY = 1e-300
LEAST_STEP_FRAC = 0.1
"""Of the middle size: a few quarters that happen to agree are no promise."""
UNKNOWN = ("last", "carried", "low", "high", "top", "middle", "least", "limit", "newest", "step")
"""What is NaN as long as nothing is known."""
NEVER = 600.0
"""A distance in logarithms that no two numbers have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is expected of each of n figures; logarithms, NaN where nothing is known."""

    is_steady: Bools
    last: Floats
    carried: Floats
    """Last year's figure carried on by the growth seen since."""
    low: Floats
    high: Floats
    top: Floats
    middle: Floats
    least: Floats
    sign: Floats
    """1 or -1 where the recent ones have one sign and one size, else 0."""
    limit: Floats
    newest: Floats
    """The last value itself, NaN where there are too few."""
    step: Floats
    """How far it usually is to the next value, never less than a little of their size."""
    fall: float
    dried_up: float

    @property
    def is_known(self) -> Bools:
        """Whether there is anything to compare with."""
        return np.isfinite(self.limit)

    def of(self, places: NDArray[np.int64]) -> Habits:
        """Return the habits at some places."""
        taken = {name: getattr(self, name)[places] for name in self.__slots__ if name not in ("fall", "dried_up")}
        return Habits(**taken, fall=self.fall, dried_up=self.dried_up)

    def distance(self, values: Floats) -> Floats:
        """Return how far values are from these habits; beyond `limit` is too far. NaN where nothing is known."""
        size = np.log(np.maximum(np.abs(values), TINY))
        with np.errstate(invalid="ignore"):
            band = np.maximum(0.0, np.maximum(size - self.high, self.low - size))
            steady = np.where(
                np.isnan(self.carried), band, np.minimum(np.abs(size - self.last), np.abs(size - self.carried))
            )
            steady = np.where(values < 0, NEVER, steady)
            up = size - self.top
            down = np.fmax(
                np.where(values == 0, 0.0, (self.middle - size) / self.dried_up),
                np.where((self.sign != 0) & (np.sign(values) == self.sign), (self.least - size) / self.fall, 0.0),
            )
            is_flipped = (self.sign != 0) & (np.sign(values) == -self.sign) & (size >= self.least - np.log(2))
            loose = np.fmax(up, np.where(is_flipped, NEVER, down * self.limit))
        # Whatever is on the other side of zero is far from a sign, not from a size: that it has a sign is said above.
        distance = np.where(self.is_steady, steady, np.maximum(loose, 0.0))
        return np.where(self.is_known, distance, np.nan)

    def expected(self) -> Floats:
        """Return the value that would have been least surprising."""
        with np.errstate(invalid="ignore"):
            steady = np.where(np.isnan(self.carried), (self.low + self.high) / 2, (self.last + self.carried) / 2)
            return np.exp(np.where(self.is_steady, steady, self.middle))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Figures with what is expected of each, one entry per row."""

    figures: pl.DataFrame
    """`figure_series.figures_of`."""
    habits: Habits
    is_far: Bools
    """Its value is too far from its habits: no witness for or against others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What is remembered of each series, newest at the right end of its line."""

    values: Floats
    days: Floats
    missed_by_last: Floats
    """By how much the last value missed the next one, in logarithms, where last year's was there too."""
    missed_by_carried: Floats

    @classmethod
    def of_nothing(cls, series: int) -> _Past:
        return cls(
            values=np.full((series, REMEMBERED), np.nan),
            days=np.full((series, REMEMBERED), np.nan),
            missed_by_last=np.full((series, RECENT_MISSES), np.nan),
            missed_by_carried=np.full((series, RECENT_MISSES), np.nan),
        )

    def at(self, series: NDArray[np.int64]) -> _Past:
        return _Past(
            values=self.values[series],
            days=self.days[series],
            missed_by_last=self.missed_by_last[series],
            missed_by_carried=self.missed_by_carried[series],
        )

    def learn(self, series: NDArray[np.int64], values: Floats, days: Floats, last: Floats, carried: Floats) -> None:
        """Remember one more observation of some series."""
        size = np.log(np.maximum(np.abs(values), TINY))
        self._append(self.values, series, values)
        self._append(self.days, series, days)
        has_both = np.isfinite(carried)
        for line, expected in ((self.missed_by_last, last), (self.missed_by_carried, carried)):
            self._append(line, series[has_both], (size - expected)[has_both])

    @staticmethod
    def _append(lines: Floats, series: NDArray[np.int64], newest: Floats) -> None:
        lines[series] = np.column_stack([lines[series, 1:], newest])


def judge(figures: pl.DataFrame, rules: HistoryRules) -> Judged:
    """Return what is expected of each figure and whether it is too far from that.

    Args:
        figures: `figure_series.figures_of`.
        rules: how far is far.
    """
    is_far = np.zeros(figures.height, dtype=np.bool_)
    if figures.is_empty():
        return Judged(figures=figures, habits=_unknown(figures, rules), is_far=is_far)
    # What is found wrong by its relatives, after its series was gone through, was part of the habits of what follows:
    # the series is gone through again without it.
    for _ in range(MOST_ROUNDS):
        habits = _in_order(figures, is_far, rules)
        far_alone = _is_far(habits, figures)
        _ask_relatives(figures, habits, is_far | far_alone, rules)
        found = _is_far(habits, figures)
        if not np.any(found & ~far_alone & ~is_far):
            break
        is_far = is_far | (found & ~far_alone)
    return Judged(figures=figures, habits=habits, is_far=found)


def _is_far(habits: Habits, figures: pl.DataFrame) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray(habits.distance(figures["value"].to_numpy()) > habits.limit)


def _unknown(figures: pl.DataFrame, rules: HistoryRules) -> Habits:
    """Return habits of figures of which nothing is known."""
    count = figures.height
    return Habits(
        is_steady=(figures["kind"] == POSITIVE).to_numpy(),
        **{name: np.full(count, np.nan) for name in UNKNOWN},
        sign=np.zeros(count),
        fall=float(np.log(rules.fall_factor.value)),
        dried_up=float(np.log(rules.dried_up_factor.value)),
    )


def _in_order(figures: pl.DataFrame, is_wrong: Bools, rules: HistoryRules) -> Habits:
    """Return the habits that follow from each series, gone through place by place; what is wrong is passed over."""
    values = figures["value"].to_numpy()
    days = figures["period_end"].cast(pl.Int32).to_numpy().astype(np.float64)
    series = figures["series"].to_numpy()
    places = figures["place"].to_numpy()
    grows = (figures["unit"] != PERCENT).to_numpy()
    has_size = (figures["kind"] == SIGNED).to_numpy()
    found = _unknown(figures, rules)
    past = _Past.of_nothing(int(series.max()) + 1)
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    for at in np.split(order, starts[1:]):
        learned, last, carried = _learned(past.at(series[at]), days[at], found.is_steady[at], rules)
        learned["sign"] = np.where(has_size[at], learned["sign"], 0.0)  # buybacks may stop at any time
        learned["limit"] += grows[at] * _unseen(days[at] - past.days[series[at], -1], rules)
        learned["limit"] = np.minimum(learned["limit"], np.log(rules.change_cap_factor.value))
        for name, entries in learned.items():
            getattr(found, name)[at] = entries
        here = found.of(at)
        with np.errstate(invalid="ignore"):
            good = np.flatnonzero(~is_wrong[at] & ~(here.distance(values[at]) > here.limit))
        # Several statements about one period: the newest that is not off stands for it. They are sorted by day.
        of_series = series[at][good]
        newest = good[np.append(of_series[1:] != of_series[:-1], np.ones(min(1, good.size), dtype=np.bool_))]
        past.learn(series[at][newest], values[at][newest], days[at][newest], last[newest], carried[newest])
    return found


def _learned(
    past: _Past, days: Floats, is_steady: Bools, rules: HistoryRules
) -> tuple[dict[str, Floats], Floats, Floats]:
    """Return the habits of m series, and what its last value and last year's alone would lead to expect."""
    sizes = np.log(np.maximum(np.abs(past.values), TINY))
    last, last_days = sizes[:, -1], past.days[:, -1]
    year_before = _year_before(sizes, days[:, None] - past.days)
    year_before_last = _year_before(sizes, last_days[:, None] - past.days)
    carried = year_before + last - np.where(np.isnan(year_before_last), year_before, year_before_last)
    recent = sizes[:, -RECENT:]
    least, most = np.fmin.reduce(recent, axis=1), np.fmax.reduce(recent, axis=1)
    step = rules.habit_multiple.value * np.nan_to_num(_middle(np.abs(np.diff(sizes, axis=1))))
    weighed, miss = _weighed(past, last, carried)
    is_weighed = np.isfinite(weighed)
    habit = np.where(is_weighed & is_steady, rules.miss_multiple.value * miss, step)
    change = np.log(np.where(is_steady, rules.change_factor.value, rules.rise_factor.value))
    is_habit = np.isfinite(past.values).sum(axis=1) >= rules.least_observations.value
    values = past.values[:, -RECENT:]
    signs = np.sign(values)
    has_one_sign = np.abs(np.nansum(signs, axis=1)) == RECENT
    is_one_size = has_one_sign & (least - most >= np.log(rules.one_size_frac.value))
    steps = np.maximum(_mean(np.abs(np.diff(values, axis=1))), LEAST_STEP_FRAC * _middle(np.abs(values)))
    learned = {
        "last": np.where(is_weighed, weighed, last),
        "carried": np.where(is_weighed, weighed, carried),
        "low": least,
        "high": most,
        "top": np.fmax.reduce(sizes, axis=1),
        "middle": _middle(sizes),
        "least": least,
        "sign": np.where(is_habit & is_one_size, signs[:, -1], 0.0),
        "limit": np.where(is_habit, change + habit, np.nan),
        "newest": np.where(is_habit, values[:, -1], np.nan),
        "step": np.where(is_habit, steps, np.nan),
    }
    return learned, last, carried


def _unseen(days: Floats, rules: HistoryRules) -> Floats:
    """Return how much further a figure may be that many days after the last one: growth that nobody saw."""
    years: Floats = np.maximum(0.0, days / 365 - USUAL_GAP_YEARS)
    return years * float(np.log(rules.gap_factor.value))


def _weighed(past: _Past, last: Floats, carried: Floats) -> tuple[Floats, Floats]:
    """Return an expectation between the two, nearer to the one that missed by less so far, and what it misses by."""
    known = np.isfinite(past.missed_by_carried).sum(axis=1) >= LEAST_MISSES
    weights = [
        1 / (_middle(np.abs(missed)) + SURE_MISS) ** 2 for missed in (past.missed_by_last, past.missed_by_carried)
    ]
    share = weights[0] / (weights[0] + weights[1])
    missed = np.abs(past.missed_by_last * share[:, None] + past.missed_by_carried * (1 - share)[:, None])
    return (
        np.where(known, share * last + (1 - share) * carried, np.nan),
        np.where(known, _quantile(missed, OFTEN_MISSED), np.nan),
    )


def _year_before(sizes: Floats, ages: Floats) -> Floats:
    """Return per line the newest observation that is a year older, NaN where there is none."""
    is_year = (ages >= LEAST_YEAR) & (ages <= LONGEST_YEAR)
    newest = sizes.shape[1] - 1 - np.argmax(is_year[:, ::-1], axis=1)
    found = sizes[np.arange(sizes.shape[0]), newest]
    return np.where(is_year.any(axis=1), found, np.nan)


def _middle(lines: Floats) -> Floats:
    """Return the median of each line without its NaN."""
    return _quantile(lines, 0.5)


def _mean(lines: Floats) -> Floats:
    """Return the mean of each line without its NaN, NaN where there is nothing else."""
    known = np.isfinite(lines).sum(axis=1)
    return np.where(known > 0, np.nansum(lines, axis=1) / np.maximum(known, 1), np.nan)


def _quantile(lines: Floats, frac: float) -> Floats:
    """Return a quantile of each line without its NaN, which numpy's own is slow and loud about."""
    ordered = np.sort(lines, axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    place = np.maximum(known - 1, 0) * frac
    at, low = np.arange(len(ordered)), np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    between = ordered[at, low] + (ordered[at, high] - ordered[at, low]) * (place - low)
    return np.where(known > 0, between, np.nan)


def _ask_relatives(figures: pl.DataFrame, found: Habits, is_far: Bools, rules: HistoryRules) -> None:
    """Fill in the habits of figures with too little past from the same metric elsewhere, size per month."""
    relation = ["company", "segment", "metric", "unit", "is_moment"]
    is_few = pl.col("len") < rules.least_observations.value
    sized = figures.select(
        *("figure", "kind", "row_id", "series", "place", "period_end", "company", "segment", "metric", "unit", "value"),
        months=pl.max_horizontal("duration_months", 1).log(),
        is_moment=pl.col("duration_months") == 0,
    ).with_columns(size=pl.col("value").abs().clip(TINY).log() - pl.col("months"), is_far=pl.Series(is_far))
    alone = sized.filter(pl.Series(~found.is_known) & pl.col("row_id").is_not_null())
    near = (
        alone.join(sized.filter(~pl.col("is_far")), on=relation, suffix="_other")
        .filter((pl.col("series") != pl.col("series_other")) | (pl.col("place") != pl.col("place_other")))
        .with_columns(age=(pl.col("period_end") - pl.col("period_end_other")).abs())
        .sort("figure", "age", "size_other")
        .group_by("figure", maintain_order=True)
        .head(NEIGHBOURS)
        .group_by("figure", maintain_order=True)
        .agg(
            pl.len(),
            middle=(pl.col("size_other") + pl.col("months")).median(),
            top=(pl.col("size_other") + pl.col("months")).max(),
            kind=pl.col("kind").first(),
            nearest=pl.col("age").min(),
        )
        # One is enough for what neither crosses zero nor comes and goes, if it is of about the same time.
        .filter(~is_few | ((pl.col("kind") == POSITIVE) & (pl.col("nearest") <= pl.duration(days=LONGEST_YEAR))))
    )
    at = near["figure"].to_numpy()
    middle = near["middle"].to_numpy()
    found.carried[at] = np.nan
    found.sign[at] = 0.0
    for name in ("last", "low", "high", "middle", "least"):
        getattr(found, name)[at] = middle
    # A loss may grow tenfold in its first year: without a habit only the largest of the others bounds it.
    found.top[at] = near["top"].to_numpy()
    found.limit[at] = np.log(rules.related_factor.value)
