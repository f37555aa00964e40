"""When reported figures were true, when they were known, and where they were read.

Here: days and sources of a figure against each other and against those of its neighbours. Not here: its value.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.parameters.gate_statements import ReportRules
from transforms.gate.context import GateContext
from transforms.gate.measures.figure_series import OUTLOOK, VIEW, metric_kinds
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.saying import Row, numbers

OVER, LENGTH, FISCAL, LATE, SAME_DAY, ONE_DAY, OWN_SOURCE, NEW_SOURCE = CHECKS = (
    "period_end.over",
    "duration_months.fits",
    "period_end.fiscal",
    "reported_on.usual",
    "reported_on.of_its_report",
    "reported_on.of_its_source",
    "source.of_its_company",
    "source.of_one_company",
)
MONTH_DAYS = 365.25 / 12
QUARTER = 3
ADDRESS = r"https?://[^\s)]+"
REGISTRANT = r"(?:/data/|CIK=?)0*([1-9][0-9]{3,9})"
"""The number of the company that files, where an address holds one."""
LEAST_WITNESSES = 3
SAME_REPORT = 2
SLACK_DAYS = 3
CYCLE_FRAC = 0.7
"""Of a company's quarters, when they are said to end in certain months."""


def measure_reports(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure a figure's days and source against each other and against its neighbours'.

    Args:
        rows: staged rows of `core.reported_figures`.
        context: what is believed.

    Returns:
        Numbers of `CHECKS`, in days, but `source.*`: how many others speak against it.
    """
    rules, words = context.rules.statements.reports, context.rules.statements.words
    columns = [*REPORTED_FIGURES.key, "period_start", "reported_on", "source", "source_known_at", "known_precision"]
    believed = context.rows(REPORTED_FIGURES.full_name).select(columns)
    # What is loaded again is no witness for itself.
    statement = [*REPORTED_FIGURES.key, "source_known_at"]
    together = pl.concat(
        [
            rows.select("row_id", *columns),
            believed.join(rows, on=statement, how="anti").select(pl.lit(None, pl.Int64).alias("row_id"), *columns),
        ]
    ).with_columns(
        address=pl.col("source").str.extract(f"({ADDRESS})"),
        known_on=pl.col("source_known_at").dt.date(),
        off=_days_off(),
    )
    together = together.join(metric_kinds(together["metric"], words), on="metric").with_columns(
        is_outlook=(pl.col("kind") == OUTLOOK) | pl.col("company").str.contains(VIEW, literal=True)
    )
    new = together.filter(pl.col("row_id").is_not_null())
    return pl.concat(
        [
            _over(new),
            _length(new, rules),
            _fiscal(new, together),
            _late(together, rules),
            _of_its_report(new, together),
            _of_its_source(new, together),
            _of_its_company(together, rules),
        ]
    )


def _days_off() -> pl.Expr:
    """Return by how many days a period ends after the month end nearest to it (before: negative)."""
    near = pl.col("period_end").dt.offset_by("-15d").dt.month_end()
    return (pl.col("period_end") - near).dt.total_days()


def _over(new: pl.DataFrame) -> pl.DataFrame:
    return numbers(
        OVER,
        new.filter(~pl.col("is_outlook")),
        value=(pl.col("period_end") - pl.col("known_on")).dt.total_days(),
        limit=pl.lit(0),
        said=lambda row: f"{name_of(row)} was known on {row['known_on']}: a measurement before its period was over",
    )


def _length(new: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    periods = new.filter((pl.col("duration_months") > 0) & pl.col("period_start").is_not_null()).with_columns(days=days)
    return numbers(
        LENGTH,
        periods,
        value=(pl.col("days") - pl.col("duration_months") * MONTH_DAYS).abs(),
        limit=pl.lit(rules.period_slack_days.value),
        said=lambda row: (
            f"{name_of(row)}: from {row['period_start']} that are {row['days']} days, "
            f"not {row['duration_months']} months"
        ),
    )


def _fiscal(new: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Compare the last day of a quarter with those of the company's other quarters."""

    def fiscal(frame: pl.DataFrame) -> pl.DataFrame:
        month = pl.col("period_end").dt.offset_by("-15d").dt.month().cast(pl.Int64)
        return frame.filter((pl.col("duration_months") == QUARTER) & ~pl.col("is_outlook")).with_columns(
            cycle=month % QUARTER
        )

    ends = fiscal(together).unique(["company", "period_end"]).sort("company", "period_end")
    habits = ends.group_by("company", maintain_order=True).agg(
        pl.len(),
        usual_cycle=pl.col("cycle").mode().sort().first(),
        share=(pl.col("cycle") == pl.col("cycle").mode().sort().first()).mean(),
        # A wrong one among them must not widen what is usual: the second furthest counts.
        usual_off=pl.col("off").abs().top_k(2).min(),
    )
    judged = fiscal(new).join(habits.filter(pl.col("len") > LEAST_WITNESSES), on="company")
    is_other_month = (pl.col("cycle") != pl.col("usual_cycle")) & (pl.col("share") >= CYCLE_FRAC)
    return numbers(
        FISCAL,
        judged,
        value=pl.when(is_other_month).then(MONTH_DAYS).otherwise(pl.col("off").abs()),
        limit=pl.col("usual_off") + SLACK_DAYS,
        said=lambda row: f"{name_of(row)}: no other quarter of {row['company']} ends around that day of the year",
    )


def _late(together: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Compare the time a report took with what can be, and with what its own series takes."""
    series = ["company", "segment", "metric", "duration_months"]
    flows = together.filter(
        pl.col("reported_on").is_not_null() & ~pl.col("is_outlook") & (pl.col("duration_months") > 0)
    ).with_columns(lag=(pl.col("reported_on") - pl.col("period_end")).dt.total_days())
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


def _of_its_report(new: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Compare the report day with that of the other figures for the same period from the same source."""
    report = ["source", "company", "period_end"]
    return numbers(
        SAME_DAY,
        _against_others(new, together.filter(pl.col("source").is_not_null()), report, SAME_REPORT),
        value=(pl.col("reported_on") - pl.col("others_day")).dt.total_days().abs(),
        limit=pl.lit(SLACK_DAYS),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and all else of that period from that "
            f"source on {row['others_day']}"
        ),
    )


def _of_its_source(new: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """The same for all figures from one address: a table of several years has several report days."""
    return numbers(
        ONE_DAY,
        _against_others(new, together.filter(pl.col("address").is_not_null()), ["address"], LEAST_WITNESSES),
        value=(pl.col("reported_on") - pl.col("others_day")).dt.total_days().abs(),
        limit=pl.lit(SLACK_DAYS),
        said=lambda row: (
            f"{name_of(row)} was reported on {row['reported_on']}, and all else from that address on "
            f"{row['others_day']}"
        ),
    )


def _against_others(new: pl.DataFrame, together: pl.DataFrame, same: list[str], least: int) -> pl.DataFrame:
    """Return the new rows whose others are all of one report day, with that day."""
    dated = together.filter(pl.col("reported_on").is_not_null())
    days = dated.group_by(*same, "reported_on").agg(pl.len().alias("rows"))
    groups = days.group_by(same).agg(total=pl.col("rows").sum(), days=pl.struct("reported_on", "rows"))
    by_day = groups.explode("days").unnest("days").rename({"reported_on": "others_day"})
    mine = (
        new.filter(pl.col("reported_on").is_not_null()).join(days, on=[*same, "reported_on"]).rename({"rows": "alike"})
    )
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


def _of_its_company(together: pl.DataFrame, rules: ReportRules) -> pl.DataFrame:
    """Find a source that is otherwise one other company's: a filing is its own, a page may be about several."""
    source = pl.col("source").str.to_lowercase()
    is_filing = pl.any_horizontal(
        pl.lit(value=False), *(source.str.contains(part.lower(), literal=True) for part in rules.filing_addresses)
    )
    sources = together.filter(pl.col("source").is_not_null()).select("source").unique()
    sources = sources.with_columns(
        is_filing=is_filing,
        registrant=pl.col("source").str.extract(REGISTRANT),
        place=pl.coalesce(
            pl.col("source").str.extract(REGISTRANT), pl.col("source").str.extract(f"({ADDRESS})"), "source"
        ),
    )
    addressed = together.join(sources, on="source")
    judged = (
        addressed.filter(pl.col("row_id").is_not_null())
        .join(_only_other(addressed, "place", "company", "owner", "others"), on=["place", "company"], how="left")
        .join(
            _only_other(addressed.filter("is_filing"), "company", "registrant", "usual_registrant", "filings"),
            on=["company", "registrant"],
            how="left",
        )
        .with_columns(pl.col("others", "filings").fill_null(0))
    )

    def said(row: Row) -> str:
        if row["others"]:
            return (
                f"{name_of(row)} is said to stand in {row['place']}, from where {row['others']} figures of "
                f"{row['owner']} were read and none of another company"
            )
        return (
            f"{name_of(row)} is said to stand in a filing of registrant {row['registrant']}, while all "
            f"{row['filings']} others of {row['company']} are of {row['usual_registrant']}"
        )

    against = pl.max_horizontal("others", pl.when(pl.col("filings") >= LEAST_WITNESSES).then("filings").otherwise(0))
    return pl.concat(
        [
            numbers(OWN_SOURCE, judged.filter("is_filing"), value=against, limit=pl.lit(0.0), said=said),
            numbers(
                NEW_SOURCE,
                judged.filter(~pl.col("is_filing")),
                value=pl.col("others"),
                limit=pl.lit(LEAST_WITNESSES),
                said=said,
            ),
        ]
    )


def _only_other(frame: pl.DataFrame, group: str, mine: str, other: str, rows: str) -> pl.DataFrame:
    """Return where a value of `mine` is the exception in its group: all else there has one other value, and is more.

    Returns:
        group, mine, other (that value), rows (how many have it).
    """
    counted = frame.filter(pl.col(mine).is_not_null()).group_by(group, mine).agg(count=pl.len())
    two = counted.filter(pl.len().over(group) == 2)  # noqa: PLR2004 - itself and one other
    return (
        two.join(two.rename({mine: other, "count": rows}), on=group)
        .filter((pl.col(mine) != pl.col(other)) & (pl.col(rows) > pl.col("count")))
        .select(group, mine, other, rows)
    )
