"""The day on which figures were reported, against those of their report, their source and their company.

Here: how many days a figure is from where the others are. Not here: which period it is of, where it was read
(`figure_reports`).

What a company says of a period it says on one day, as does a table of several. How soon a company reports is no measure
by itself: that moves by two weeks from one year to the next.
"""

from __future__ import annotations

import polars as pl

from aicycle.model.parameters.gate_statements import FigureWords, ReportRules
from transforms.gate.measures.figure_series import has_word
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import numbers

LATE, WITH_PERIOD, SAME_DAY, ONE_DAY = CHECKS = (
    "reported_on.usual",
    "reported_on.with_its_period",
    "reported_on.of_its_report",
    "reported_on.of_its_source",
)
PERIOD = ("company", "duration_months", "period_end")
RECENT = 8
"""Reports of two years."""
LEAST_WITNESSES = 3
SAME_TABLE = 2


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
        is_told_by_others=~pl.col("is_outlook") & has_word(words.told_by_others),
    )
    new = dated.filter(pl.col("row_id").is_not_null())
    return pl.concat(
        [
            _late(dated, rules),
            _with_its_period(dated, rules),
            _of_its_report(new, dated, rules),
            _of_its_source(new, dated, rules),
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


def _with_its_period(dated: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Compare it with the first day on which other figures that the company gives for that period were reported.

    Which of two days is wrong, the company's habit says: where the early one is usual, the other is of a later paper.
    """
    # What holds at a moment (shares, cash) is told on days of its own. A day before the period was over is no report's.
    flows = dated.filter(
        ~pl.col("is_outlook") & ~pl.col("is_told_by_others") & (pl.col("duration_months") > 0) & (pl.col("lag") >= 0)
    )
    figure = [*PERIOD, "segment", "segment_basis", "metric", "unit"]
    # Statements about one figure are its revisions: the first of them is as early as it should be.
    firsts = flows.group_by(figure).agg(first_told=pl.col("reported_on").min())
    days = firsts.group_by(*PERIOD, "first_told").agg(told=pl.len()).sort("first_told")
    two_days = days.group_by(PERIOD, maintain_order=True).agg(
        first=pl.col("first_told").first(),
        told=pl.col("told").first(),
        second=pl.col("first_told").get(1, null_on_oob=True),
    )
    is_alone_first = (pl.col("first_told") == pl.col("first")) & (pl.col("told") == 1)
    judged = (
        flows.filter(pl.col("row_id").is_not_null())
        .join(firsts, on=figure)
        .join(two_days, on=PERIOD)
        .with_columns(others_first=pl.when(is_alone_first).then("second").otherwise("first"))
        .with_columns(sooner=(pl.col("others_first") - pl.col("reported_on")).dt.total_days())
        .join(_usual(flows, rules), on=PERIOD)
        .filter(
            # Where all else is dated later by so much, it was told later: as the comparative of another period.
            pl.col("sooner") <= rules.usual_slack_days.value,
            pl.col("lag") < pl.col("usual") - rules.same_report_days.value,
        )
    )
    return numbers(
        WITH_PERIOD,
        judged,
        value=pl.col("sooner"),
        limit=pl.lit(rules.same_report_days.value),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, nothing else that {row['company']} says of that "
            f"period before {row['others_first']}, and {row['usual']:g} days after a period are usual"
        ),
    )


def _usual(flows: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Return how many days after a period a company has reported the recent ones before it: `PERIOD`, usual.

    What comes later must not change a verdict, and comparatives are no report of their period.
    """
    length = [name for name in PERIOD if name != "period_end"]
    reports = flows.filter(pl.col("lag") <= rules.latest_days.value).group_by(PERIOD).agg(lag=pl.col("lag").min())
    before = pl.col("lag").rolling_median(RECENT, min_samples=1).shift(1).over(length)
    return reports.sort(PERIOD).select(*PERIOD, usual=before).drop_nulls("usual")


def _of_its_report(new: pl.DataFrame, dated: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Compare the report day with that of the other figures for the same period from the same source.

    Of two that differ either may be wrong. What others say of several companies is one report as well: its address is
    one, and its period. A figure that is dated much later was told again, beside that of another period.
    """
    told = pl.concat(
        [
            _against_others(new, dated.filter(pl.col("source").is_not_null()), ["source", "company", "period_end"], 1),
            _against_others(
                new.filter("is_told_by_others"),
                dated.filter(pl.col("is_told_by_others") & pl.col("address").is_not_null()),
                ["address", "period_end"],
                SAME_TABLE,
            ),
        ],
        how="diagonal",
    ).with_columns(apart=(pl.col("reported_on") - pl.col("others_day")).dt.total_days().abs())
    return numbers(
        SAME_DAY,
        told.filter(pl.col("apart") <= rules.usual_slack_days.value)
        .sort("row_id", "apart")
        .unique("row_id", keep="last", maintain_order=True),
        value=pl.col("apart"),
        limit=pl.lit(rules.same_report_days.value),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and all else of that period from that "
            f"source on {row['others_day']}"
        ),
    )


def _of_its_source(new: pl.DataFrame, dated: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """The same for all figures from one address: a table of several years has several report days."""
    return numbers(
        ONE_DAY,
        _against_others(new, dated.filter(pl.col("address").is_not_null()), ["address"], LEAST_WITNESSES),
        value=(pl.col("reported_on") - pl.col("others_day")).dt.total_days().abs(),
        limit=pl.lit(rules.same_report_days.value),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and all else from that address on "
            f"{row['others_day']}"
        ),
    )


def _against_others(new: pl.DataFrame, dated: pl.DataFrame, same: list[str], least: int) -> pl.DataFrame:
    """Return the new rows whose others are all of one report day, with that day."""
    days = dated.group_by(*same, "reported_on").agg(pl.len().alias("rows"))
    # More than two days leave nobody whose others agree.
    groups = days.group_by(same).agg(total=pl.col("rows").sum(), days=pl.struct("reported_on", "rows"))
    by_day = groups.filter(pl.col("days").list.len() <= 2).explode("days").unnest("days")  # noqa: PLR2004 - said above
    mine = new.join(days, on=[*same, "reported_on"]).rename({"rows": "alike"})
    return mine.join(by_day.rename({"reported_on": "others_day"}), on=same).filter(
        # All but this row (or, where it agrees, all) are of that day.
        (
            (pl.col("others_day") != pl.col("reported_on"))
            & (pl.col("alike") == 1)
            & (pl.col("rows") == pl.col("total") - 1)
        )
        | ((pl.col("others_day") == pl.col("reported_on")) & (pl.col("rows") == pl.col("total"))),
        pl.col("total") - 1 >= least,
    )
