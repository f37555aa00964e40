"""The day on which figures were reported, against those of their report, their source and their company.

Here: how many days a figure is from where the others are. Not here: which period it is of, where it was read
(`figure_reports`).

What a company says of itself it says of all at once, and about as long after each quarter as after the others. What
others say of it (shares of a market, estimates) has no such day: only their own table gives one.
"""

from __future__ import annotations

import polars as pl

from aicycle.model.parameters.gate_statements import FigureWords, ReportRules
from transforms.gate.measures.figure_series import has_word
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import numbers

LATE, SOONEST, FIRST, SAME_DAY, ONE_DAY = CHECKS = (
    "reported_on.usual",
    "reported_on.soonest",
    "reported_on.with_its_period",
    "reported_on.of_its_report",
    "reported_on.of_its_source",
)
PERIOD = ("company", "duration_months", "period_end")
LEAST_WITNESSES = 3
SAME_REPORT = 2
RECENT = 8
"""Reports of two years."""
WEEKDAYS = range(1, 8)
HABIT_PERIODS = 5
"""Reports from which on the days of the week of a company's reports are a habit."""
SLACK_DAYS = 3


def measure_days(together: pl.DataFrame, rules: ReportRules, words: FigureWords) -> pl.DataFrame:
    """Measure the report days of figures.

    Args:
        together: new and believed figures: key columns, row_id (null where believed), reported_on, source, address
            (null where the source names none), is_outlook.
        rules: how far is far.
        words: which figures others tell of a company.

    Returns:
        Numbers of `CHECKS`, in days.
    """
    dated = together.filter(pl.col("reported_on").is_not_null()).with_columns(
        lag=(pl.col("reported_on") - pl.col("period_end")).dt.total_days(),
        is_own=~pl.col("is_outlook") & ~has_word(words.told_by_others),
    )
    new = dated.filter(pl.col("row_id").is_not_null())
    # What holds at a moment (shares, cash) is told on days of its own. A day before the period was over is no report's.
    flows = dated.filter(pl.col("is_own") & (pl.col("duration_months") > 0) & (pl.col("lag") >= 0))
    usual = _usual(flows)
    return pl.concat(
        [
            _late(dated, rules),
            _soonest(flows, usual, rules),
            _with_its_period(flows, usual, rules),
            _of_its_report(new, dated),
            _of_its_source(new, dated),
        ]
    )


def _late(dated: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Compare the time a report took with what can be, and with what its own series takes."""
    series = ["company", "segment", "metric", "duration_months"]
    flows = dated.filter(~pl.col("is_outlook") & (pl.col("duration_months") > 0))
    # The second longest: a wrong one must not make itself usual.
    usual = flows.group_by(series).agg(pl.len(), longest=pl.col("lag").top_k(2).min())
    early, late = rules.earliest_days.value, rules.latest_days.value
    own = pl.when(pl.col("len") > LEAST_WITNESSES).then(pl.col("longest") + rules.usual_slack_days.value)
    timed = flows.filter(pl.col("row_id").is_not_null()).join(usual, on=series)
    return numbers(
        LATE,
        timed.with_columns(latest=pl.min_horizontal(pl.lit(late), own)),
        # Both sides on one scale: days beyond the latest, or short of the earliest.
        value=pl.max_horizontal(pl.col("lag") - pl.col("latest"), early - pl.col("lag")),
        limit=pl.lit(0.0),
        said=lambda row: (
            f"{name_of(row)} was reported {row['lag']} days after its period, not between {early:g} "
            f"and {row['latest']:g}"
        ),
    )


def _soonest(flows: pl.DataFrame, usual: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Compare it with the soonest that the company ever reported a period, and on which days of the week."""
    weekday = pl.col("reported_on").dt.weekday()
    is_usual_weekday = pl.any_horizontal((weekday == day) & (pl.col(f"on_{day}") > 0) for day in WEEKDAYS)
    return numbers(
        SOONEST,
        flows.filter(pl.col("row_id").is_not_null()).join(
            usual.filter(pl.col("periods") >= LEAST_WITNESSES), on=PERIOD
        ),
        value=pl.col("ever") - pl.col("lag"),
        # Both at once, a day sooner than ever and a day of the week like never, is no coincidence.
        limit=pl.when((pl.col("periods") >= HABIT_PERIODS) & ~is_usual_weekday)
        .then(0)
        .otherwise(rules.sooner_days.value),
        said=lambda row: (
            f"{name_of(row)} was reported {row['lag']} days after its period, on a {row['reported_on']:%A}: in "
            f"{row['periods']} periods {row['company']} was never sooner than {row['ever']} days"
        ),
    )


def _usual(flows: pl.DataFrame) -> pl.DataFrame:
    """Return how a company has reported its earlier periods: what comes later must not change a verdict.

    Returns:
        `PERIOD`, periods (how many there are before), ever and middle (days after a period: the least, and the middle
        of the recent ones), on_1 to on_7 (how many on each day of the week, 1 is Monday).
    """
    length = [name for name in PERIOD if name != "period_end"]

    def before(expression: pl.Expr) -> pl.Expr:
        return expression.shift(1).over(length)

    # A period is reported when the first of its figures is: later ones are comparatives.
    periods = flows.group_by(PERIOD).agg(first=pl.col("lag").min(), weekday=pl.col("reported_on").min().dt.weekday())
    return periods.sort(PERIOD).select(
        *PERIOD,
        periods=pl.int_range(pl.len()).over(length),
        ever=before(pl.col("first").cum_min()),
        middle=before(pl.col("first").rolling_median(RECENT, min_samples=1)),
        **{f"on_{day}": before((pl.col("weekday") == day).cum_sum()) for day in WEEKDAYS},
    )


def _with_its_period(flows: pl.DataFrame, usual: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Compare it with the first day on which other figures that the company gives for that period were reported.

    Which of two days is wrong, the company's habit says, or several figures that agree.
    """
    figure = [*PERIOD, "segment", "segment_basis", "metric", "unit"]
    # Statements about one figure are its revisions: the first of them is as early as it should be.
    firsts = flows.group_by(figure).agg(first_told=pl.col("reported_on").min())
    days = firsts.group_by(*PERIOD, "first_told").agg(told=pl.len()).sort("first_told")
    two_days = days.group_by(PERIOD, maintain_order=True).agg(
        first=pl.col("first_told").first(),
        agreeing=pl.col("told").first(),
        second=pl.col("first_told").get(1, null_on_oob=True),
        agreeing_second=pl.col("told").get(1, null_on_oob=True),
    )
    is_alone_first = (pl.col("first_told") == pl.col("first")) & (pl.col("agreeing") == 1)
    judged = (
        flows.filter(pl.col("row_id").is_not_null())
        .join(firsts, on=figure)
        .join(two_days, on=PERIOD)
        .with_columns(
            others_first=pl.when(is_alone_first).then("second").otherwise("first"),
            agreeing=pl.when(is_alone_first)
            .then("agreeing_second")
            .otherwise(pl.col("agreeing") - (pl.col("first_told") == pl.col("first")).cast(pl.Int64)),
        )
        .with_columns(sooner=(pl.col("others_first") - pl.col("reported_on")).dt.total_days())
        .join(usual, on=PERIOD, how="left")
        # Where all else is dated later by so much, it was told later: as the comparative of another period.
        .filter(
            pl.col("sooner") <= rules.usual_slack_days.value,
            (pl.col("agreeing") >= SAME_REPORT) | (pl.col("lag") < pl.col("middle") - SLACK_DAYS),
        )
    )
    return numbers(
        FIRST,
        judged,
        value=pl.col("sooner"),
        limit=pl.lit(SLACK_DAYS),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and nothing else that {row['company']} says of "
            f"that period before {row['others_first']}"
        ),
    )


def _of_its_report(new: pl.DataFrame, dated: pl.DataFrame) -> pl.DataFrame:
    """Compare the report day with that of the other figures for the same period from the same source.

    What others say of several companies is one report as well: the address is one, and the period.
    """
    own = ["source", "company", "period_end"]
    of_others = ["address", "period_end"]
    return numbers(
        SAME_DAY,
        pl.concat(
            [
                _against_others(
                    new.filter("is_own"), dated.filter("is_own", pl.col("source").is_not_null()), own, SAME_REPORT
                ),
                _against_others(
                    new.filter(~pl.col("is_own")),
                    dated.filter(~pl.col("is_own"), pl.col("address").is_not_null()),
                    of_others,
                    SAME_REPORT,
                ),
            ],
            how="diagonal",
        ),
        value=(pl.col("reported_on") - pl.col("others_day")).dt.total_days().abs(),
        limit=pl.lit(SLACK_DAYS),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and all else of that period from that "
            f"source on {row['others_day']}"
        ),
    )


def _of_its_source(new: pl.DataFrame, dated: pl.DataFrame) -> pl.DataFrame:
    """The same for all figures from one address: a table of several years has several report days."""
    return numbers(
        ONE_DAY,
        _against_others(new, dated.filter(pl.col("address").is_not_null()), ["address"], LEAST_WITNESSES),
        value=(pl.col("reported_on") - pl.col("others_day")).dt.total_days().abs(),
        limit=pl.lit(SLACK_DAYS),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and all else from that address on "
            f"{row['others_day']}"
        ),
    )


def _against_others(new: pl.DataFrame, dated: pl.DataFrame, same: list[str], least: int) -> pl.DataFrame:
    """Return the new rows whose others are all of one report day, with that day."""
    days = dated.group_by(*same, "reported_on").agg(pl.len().alias("rows"))
    groups = days.group_by(same).agg(total=pl.col("rows").sum(), days=pl.struct("reported_on", "rows"))
    by_day = groups.explode("days").unnest("days").rename({"reported_on": "others_day"})
    mine = new.join(days, on=[*same, "reported_on"]).rename({"rows": "alike"})
    return mine.join(by_day, on=same).filter(
        # All but this row (or, where it agrees, all) are of that day.
        (
            (pl.col("others_day") != pl.col("reported_on"))
            & (pl.col("alike") == 1)
            & (pl.col("rows") == pl.col("total") - 1)
        )
        | ((pl.col("others_day") == pl.col("reported_on")) & (pl.col("rows") == pl.col("total"))),
        pl.col("total") - 1 >= least,
    )
