"""What a company's parts were last reported to take and earn: trailing revenue, the mix, margins.

Here: the company's own quarterly figures, segment by segment, as `config/scenarios/` maps them. Not here: cash, units,
rates (`transforms.valuation.start`).

The mix is that of the newest quarter in which the total and every segment are reported on one basis; its margins too. A
share of eliminations and costs that no segment bears is carried on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.model.parameters import Company, Number, ProjectedSegment, Projection, Universe
from transforms.point_in_time import known_by
from transforms.quarters import GROUP, QUARTER_MONTHS, TOTAL, VERIFICATIONS, quarterly_figures, trailing_year
from transforms.valuation.gathering import Gathering, MissingError, StartingValue, positive, projection_path
from transforms.valuation.horizon import month_end, month_of

QUARTERS_A_YEAR = 4

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What the group's revenue consists of, and what each part keeps of it."""

    mix_month: int
    """Month in which its quarter ends, counted since year 0."""
    segments_per_group_revenue: float
    """Sum of the segments' revenue per group revenue: above 1 by what is eliminated between them."""
    lead_share_frac: float
    """The lead segment's revenue per group revenue."""
    rest_weights_frac: tuple[float, ...]
    """The others among themselves, in the projection's order."""
    margins_frac: tuple[float, ...]
    """Adjusted EBITA margins of all segments, in the projection's order."""
    unallocated_frac: float
    """Adjusted EBITA that no segment bears, per group revenue."""


class Parts:
    """One company's quarterly revenue and adjusted EBITA known by an instant, in its reporting currency."""

    def __init__(
        self,
        projection: Projection,
        company: Company,
        own: pl.DataFrame,
        *,
        universe: Universe,
        as_of: datetime,
        gathered: Gathering,
    ) -> None:
        self._projection, self._company, self._own, self._gathered = projection, company.name, own, gathered
        numbered = own.with_row_index("row")
        self._totals = quarterly_figures(
            numbered, universe=universe, metrics=("revenue",), as_of=as_of, keep=("row",)
        ).filter(pl.col("segment") == GROUP)
        wanted = own.filter(
            (pl.col("duration_months") == QUARTER_MONTHS)
            & pl.col("metric").is_in(["revenue", "adj_ebita"])
            & (pl.col("unit") == company.reporting_currency)
        )
        known = known_by(wanted, REPORTED_FIGURES.key, as_of, order=REPORTED_FIGURES.version_order)
        # Two ends within one month are two spellings of one quarter: the later known stands last and wins.
        rows = known.sort("known_at", "period_end").iter_rows(named=True)
        self._rows: dict[tuple[str, str, str, int], Row] = {
            (r["segment_basis"], r["segment"], r["metric"], month_of(r["period_end"])): r for r in rows
        }

    def trailing_revenue(self) -> tuple[float, int]:
        """Return the group's revenue of the newest four quarters in a row, and the month in which they end.

        Without any total: the sum of the segments' own years, or of the years registered for them.

        Raises:
            MissingError: there are no such four quarters, or they sum to nothing.
        """
        if self._totals.is_empty():
            return self._summed_revenue()
        years = trailing_year(self._totals).sort("month", "known_at", "comparison")
        complete = years.filter(pl.col("value").is_not_null())
        if complete.is_empty():
            raise MissingError(f"revenue: {years['null_reason'][-1]}")
        row = complete.row(-1, named=True)
        four = [row["series"] - QUARTER_MONTHS * back for back in range(QUARTERS_A_YEAR)]
        summed = self._totals.filter(pl.col("series").is_in(four)).sort("series")["row"]
        self._gathered.fact(
            StartingValue.REVENUE,
            f"revenue of four quarters to {row['period_end']}: {row['value']:.6g} {row['unit']}",
            *self._own[summed].iter_rows(named=True),
            verification=VERIFICATIONS[row["weakness"]],
        )
        return positive(row["value"], f"revenue of the four quarters to {row['period_end']}"), row["month"]

    def _summed_revenue(self) -> tuple[float, int]:
        years = {segment.name: self._year_of(segment) for segment in self._projection.segments}
        month = min((found[0] for found in years.values() if found), default=None)
        if month is None:
            raise MissingError("revenue: neither of the group nor of any segment are four quarters in a row known")
        amounts = []
        for segment in self._projection.segments:
            found = years[segment.name]
            if found is not None:
                for row in found[1]:
                    said = f"revenue of {row['segment']} to {row['period_end']}: {row['value']:.6g}"
                    self._gathered.fact(StartingValue.REVENUE, said, row)
                amounts.append(math.fsum(row["value"] for row in found[1]))
            elif segment.revenue_per_year is not None:
                amounts.append(self._registered_year(StartingValue.REVENUE, segment, segment.revenue_per_year))
            else:
                raise MissingError(f"revenue: that of the group is not known, and of {segment.name} neither")
        return positive(math.fsum(amounts), "revenue of a year"), month

    def _registered_year(self, value_of: StartingValue, segment: ProjectedSegment, number: Number) -> float:
        path = projection_path(self._company, f"segments[{segment.name}].revenue_per_year")
        return self._gathered.registered(value_of, number, f"{segment.name}: revenue of a year", path)

    def _year_of(self, segment: ProjectedSegment) -> tuple[int, list[Row]] | None:
        """Return the last month and the rows of the newest four quarters in a row, on one basis."""
        newest: tuple[int, list[Row]] | None = None
        for reported in segment.reported_as:
            for month in sorted({key[3] for key in self._rows if key[0] == reported.basis}):
                months = [month - QUARTER_MONTHS * back for back in range(QUARTERS_A_YEAR)]
                year = [self._of(reported.basis, reported.names, "revenue", m) for m in months]
                if all(year) and (newest is None or month > newest[0]):
                    newest = month, [row for rows in year if rows for row in rows]
        return newest

    def _of(self, basis: str, names: tuple[str, ...], metric: str, month: int) -> list[Row] | None:
        """Return the rows of all these names, or None where one is missing."""
        rows = [self._rows.get((basis, name, metric, month)) for name in names]
        found = [row for row in rows if row is not None]
        return found if found and len(found) == len(rows) else None

    def _of_segment(self, segment: ProjectedSegment, basis: str, metric: str, month: int) -> list[Row] | None:
        names = next((reported.names for reported in segment.reported_as if reported.basis == basis), ())
        return self._of(basis, names, metric, month)

    def mix(self) -> Mix:
        """Return the newest complete mix.

        Raises:
            MissingError: there is none, or a part has no margin.
        """
        quarters = {(month, basis) for basis, _, metric, month in self._rows if metric == "revenue"}
        for month, basis in sorted(quarters, key=lambda found: (-found[0], found[1])):
            found = self._mix_of(basis, month)
            if found is not None:
                return found
        raise MissingError(
            "segments: no quarter is known in which "
            + ("" if self._totals.is_empty() else "the total and ")
            + ", ".join(segment.name for segment in self._projection.segments)
            + " are all reported on one basis"
        )

    def _mix_of(self, basis: str, month: int) -> Mix | None:
        segments = self._projection.segments
        revenues = [self._of_segment(segment, basis, "revenue", month) for segment in segments]
        total = self._rows.get((basis, TOTAL, "revenue", month))
        has_totals = not self._totals.is_empty()
        if not any(revenues) or (has_totals and (total is None or not all(revenues))):
            return None
        amounts = []
        for segment, rows in zip(segments, revenues, strict=True):
            if rows:
                amounts.append(math.fsum(row["value"] for row in rows))
            elif segment.revenue_per_year is not None:
                amounts.append(segment.revenue_per_year.value / QUARTERS_A_YEAR)
            else:
                return None
        for row in [row for rows in revenues if rows for row in rows] + ([total] if total else []):
            said = f"revenue of {row['segment']} to {row['period_end']}: {row['value']:.6g}"
            self._gathered.fact(StartingValue.MIX, said, row)
        for segment, rows in zip(segments, revenues, strict=True):
            if not rows and segment.revenue_per_year is not None:
                self._registered_year(StartingValue.MIX, segment, segment.revenue_per_year)
        group = total["value"] if total else math.fsum(amounts)
        positive(group, f"revenue of the quarter to {month_end(month)}")
        names = [segment.name for segment in segments]
        if min(amounts) < 0:
            raise MissingError(f"segments: revenue of {names[amounts.index(min(amounts))]} is negative")
        return self._shares(basis, month, amounts, group)

    def _shares(self, basis: str, month: int, amounts: list[float], group: float) -> Mix:
        segments = self._projection.segments
        lead = [segment.name for segment in segments].index(self._projection.lead_segment)
        rest = [amount for i, amount in enumerate(amounts) if i != lead]
        if rest:
            positive(math.fsum(rest), f"revenue beside {self._projection.lead_segment}")
        profits = [self._profit(s, basis, month, a) for s, a in zip(segments, amounts, strict=True)]
        total = self._rows.get((basis, TOTAL, "adj_ebita", month))
        if total:
            said = f"adjusted EBITA to {total['period_end']}: {total['value']:.6g}"
            self._gathered.fact(StartingValue.MARGINS, said, total)
        return Mix(
            mix_month=month,
            segments_per_group_revenue=math.fsum(amounts) / group,
            lead_share_frac=amounts[lead] / group,
            rest_weights_frac=tuple(amount / math.fsum(rest) for amount in rest),
            margins_frac=tuple(p / a if a else 0.0 for p, a in zip(profits, amounts, strict=True)),
            unallocated_frac=(total["value"] - math.fsum(profits)) / group if total else 0.0,
        )

    def _profit(self, segment: ProjectedSegment, basis: str, month: int, revenue: float) -> float:
        rows = self._of_segment(segment, basis, "adj_ebita", month)
        if rows:
            for row in rows:
                said = f"adjusted EBITA of {row['segment']} to {row['period_end']}: {row['value']:.6g}"
                self._gathered.fact(StartingValue.MARGINS, said, row)
            return math.fsum(row["value"] for row in rows)
        if segment.adj_ebita_margin_frac is None:
            raise MissingError(f"margins: adjusted EBITA of {segment.name} to {month_end(month)} is not known")
        path = projection_path(self._company, f"segments[{segment.name}].adj_ebita_margin_frac")
        margin = segment.adj_ebita_margin_frac
        return revenue * self._gathered.registered(StartingValue.MARGINS, margin, f"{segment.name}: margin", path)
