"""Which period reported figures are of, and where they were read.

Here: periods and sources of a figure against each other and against those of its neighbours. Not here: its value, the
day on which it was reported (`report_days`).
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.parameters.gate_statements import ReportRules
from transforms.gate.context import GateContext
from transforms.gate.measures import report_days
from transforms.gate.measures.figure_series import OUTLOOK, VIEW, metric_kinds
from transforms.gate.measures.figures import name_of
from transforms.gate.measures.report_days import LEAST_WITNESSES, measure_days
from transforms.gate.measures.saying import Row, numbers

OVER, LENGTH, FISCAL, OWN_SOURCE, NEW_SOURCE = OWN_CHECKS = (
    "period_end.over",
    "duration_months.fits",
    "period_end.fiscal",
    "source.of_its_company",
    "source.of_one_company",
)
CHECKS = (*OWN_CHECKS, *report_days.CHECKS)
MONTH_DAYS = 365.25 / 12
SLACK_DAYS = 3
QUARTER = 3
ADDRESS = r"https?://[^\s)]+"
REGISTRANT = r"(?:/data/|CIK=?)0*([1-9][0-9]{3,9})"
"""The number of the company that files, where an address holds one."""
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
            measure_days(together, rules, words),
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
