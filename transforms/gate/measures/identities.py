"""Figures that must agree: segments and total, quarters and year, growth and figures, shares and depositary shares.

Here: which identities there are among the figures, and whether they hold. Not here: who is to blame where they do not
(`blame`).

An identity is checked where all its members are there. Segments never add up to the total, because a group sells to
itself: what they exceed it by is held against the company's own range.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from aicycle.model.parameters import Universe
from aicycle.model.parameters.gate_statements import IdentityRules
from transforms.gate.context import GateContext
from transforms.gate.measures.blame import Bench, Contradiction, blamed
from transforms.gate.measures.figure_habits import Judged
from transforms.gate.measures.figure_series import MONEY, PART, PERCENT, POSITIVE
from transforms.gate.measures.saying import Row, amount, marked
from transforms.quarters import TOTAL, segment_names

SEGMENTS, COVERED, PERIODS, GROWTH, SHARES, BASES = CHECKS = (
    "segments.add_up",
    "segments.complete",
    "periods.add_up",
    "growth.agrees",
    "shares.agree",
    "bases.agree",
)
STATED_GROWTH, GROWN = "yoy_pct", "revenue"
DEPOSITARY, ORDINARY = "ads_outstanding", "ordinary_shares_outstanding"
ANY_BASIS = "any"
LEAST_SEGMENTS, LEAST_RANGES = 2, 2


def measure_identities(judged: Judged, context: GateContext, accused: frozenset[int]) -> pl.DataFrame:
    """Measure whether figures that belong together agree.

    Args:
        judged: new and believed figures.
        context: the universe's names of segments, and how exactly figures must agree.
        accused: row_id of what is stopped for itself: whatever it contradicts is explained, and nobody else's fault.

    Returns:
        Numbers of `CHECKS`: 1 for a row that is to blame; for `segments.complete`, how many segments are missing beside
        a total.
    """
    rules = context.rules.statements
    figures, is_far = judged.figures, judged.is_far
    is_off = is_far | figures["row_id"].is_in(list(accused)).fill_null(value=False).to_numpy()
    # The newest statement about a period speaks; one that is off speaks only where there is no other.
    one_each = (
        figures.with_columns(is_off=pl.Series(is_off))
        .sort("figure")
        .sort("is_off", descending=True, maintain_order=True)
        .unique(["series", "place"], keep="last", maintain_order=True)
        .with_columns(month=_month("period_end"))
        .sort("figure")
    )
    held: set[int] = set()
    cases: list[Contradiction] = []
    segments, missing = _segments(one_each, rules.identities)
    for broken in (
        segments,
        _periods(one_each, rules.identities, held),
        _bases(one_each, rules.identities, held),
        _growth(one_each, context.universe, rules.identities, held),
        _shares(one_each, context.universe, rules.identities, held),
    ):
        cases.extend(broken)
    rows = figures.filter(pl.col("row_id").is_not_null())
    stopped = blamed(cases, Bench.of(figures, judged.habits, np.flatnonzero(is_off)), frozenset(held))
    return pl.concat(
        [
            *(marked(check, rows, stopped.get(check, {})) for check in (SEGMENTS, PERIODS, GROWTH, SHARES, BASES)),
            marked(COVERED, rows, missing),
        ]
    )


def _month(column: str) -> pl.Expr:
    near = pl.col(column).dt.offset_by("-15d")
    return near.dt.year().cast(pl.Int64) * 12 + near.dt.month().cast(pl.Int64)


def _segments(figures: pl.DataFrame, rules: IdentityRules) -> tuple[list[Contradiction], dict[int, str]]:
    """Return where segments and total do not fit, and totals whose segments are not all there."""
    statement = ["company", "segment_basis", "metric", "period_end", "duration_months", "unit"]
    money = figures.filter(pl.col("unit").is_in(MONEY) & (pl.col("duration_months") > 0))
    totals = money.filter(pl.col("segment") == TOTAL)
    parts = money.filter((pl.col("segment") != TOTAL) & ~pl.col("segment").str.starts_with(PART))
    # By metric: what is never told of some segments is told of the others all the same.
    told = ["company", "segment_basis", "metric"]
    needed = (
        parts.join(totals, on=told, how="semi")
        .group_by(told)
        .agg(needed=pl.col("segment").n_unique())
        .filter(pl.col("needed") >= LEAST_SEGMENTS)
    )
    sums = parts.group_by(statement).agg(
        pl.col("value").sum().alias("sum"),
        pl.col("value").abs().sum().alias("size"),
        pl.len().alias("there"),
        pl.col("figure").sort().alias("parts"),
        pl.col("value").sort_by("figure").alias("values"),
    )
    sides = (
        totals.select(*statement, "figure", "row_id", "value", "kind")
        .join(sums, on=statement)
        .join(needed, on=told)
        .with_columns(
            # A profit is small beside the segments it comes from, and may be zero.
            base=pl.when(pl.col("kind") == POSITIVE).then("value").otherwise("size")
        )
        .filter(pl.col("base") > 0)
        .with_columns(excess=(pl.col("sum") - pl.col("value")) / pl.col("base"))
    )
    missing = {
        row["row_id"]: f"{row['metric']} of {row['company']} to {row['period_end']}: {row['needed'] - row['there']} of "
        f"{row['needed']} segments on basis {row['segment_basis']} are not there, so the total can't be checked"
        for row in sides.filter(pl.col("there") < pl.col("needed")).iter_rows(named=True)
        if row["row_id"] is not None
    }
    low, high = rules.elimination_low_frac.value, rules.elimination_high_frac.value
    margin = rules.elimination_margin_frac.value
    is_believable = pl.col("excess").is_between(low, high)
    company = ["company", "metric", "duration_months", "unit"]
    usual = pl.when(is_believable).then("excess")
    ranged = (
        sides.filter(pl.col("there") == pl.col("needed"))
        .sort(*company, "period_end", "segment_basis")
        .with_columns(
            known=is_believable.cast(pl.Int64).cum_sum().shift(1, fill_value=0).over(company),
            least=usual.cum_min().shift(1).forward_fill().over(company),
            most=usual.cum_max().shift(1).forward_fill().over(company),
            together=usual.cum_sum().shift(1).forward_fill().over(company),
        )
        # A company whose segments are not all watched never adds up: that is no fault of today's row.
        .filter(pl.col("known") >= LEAST_RANGES)
        .with_columns(
            # What is kept centrally of profits and losses may grow: their own range only widens what is allowed.
            least=pl.when(pl.col("kind") == POSITIVE)
            .then(pl.max_horizontal(pl.col("least") - margin, pl.lit(low)))
            .otherwise(pl.min_horizontal(pl.col("least") - margin, pl.lit(low))),
            most=pl.when(pl.col("kind") == POSITIVE)
            .then(pl.min_horizontal(pl.col("most") + margin, pl.lit(high)))
            .otherwise(pl.max_horizontal(pl.col("most") + margin, pl.lit(high))),
            middle=pl.col("together") / pl.col("known"),
        )
        .filter(~pl.col("excess").is_between(pl.col("least"), pl.col("most")))
    )
    return [_segment_case(row) for row in ranged.iter_rows(named=True)], missing


def _segment_case(row: Row) -> Contradiction:
    """Return the contradiction of one total and its segments, with what each of them would have to be."""
    total, together = row["value"], row["sum"]
    base = "it" if row["kind"] == POSITIVE else "the segments' sizes"
    eliminated = row["middle"] * row["base"]
    implied = {row["figure"]: together - eliminated}
    for part, value in zip(row["parts"], row["values"], strict=True):
        implied[part] = total + eliminated - (together - value)
    return Contradiction(
        check=SEGMENTS,
        implied=implied,
        said=f"{row['metric']} of {row['company']} to {row['period_end']}: the segments add up to {amount(together)}, "
        f"the total is {amount(total)}: {row['excess']:.1%} of {base} lie between, and {row['least']:.1%} to "
        f"{row['most']:.1%} are allowed",
    )


def _flows(figures: pl.DataFrame) -> pl.DataFrame:
    """Return what adds up over time; a group's revenue is the same on every basis."""
    return figures.filter(pl.col("unit").is_in(MONEY) & (pl.col("duration_months") > 0)).with_columns(
        basis=pl.when((pl.col("segment") == TOTAL) & (pl.col("metric") == GROWN))
        .then(pl.lit(ANY_BASIS))
        .otherwise("segment_basis")
    )


def _periods(figures: pl.DataFrame, rules: IdentityRules, held: set[int]) -> list[Contradiction]:
    """Return where a longer period is not the sum of the shorter ones it is made of."""
    name = ["company", "segment", "basis", "metric", "unit"]
    flows = _flows(figures).sort("figure").unique([*name, "month", "duration_months"], keep="last", maintain_order=True)
    long = flows.filter(pl.col("duration_months").is_in([6, 9, 12]))
    if long.is_empty():
        return []
    flows = flows.join(long, on=name, how="semi")
    pieces = flows.select(*name, end="month", months="duration_months", piece="figure", piece_value="value")
    splits: dict[int, list[tuple[int, ...]]] = {
        6: [(3, 3)],
        9: [(3, 6), (3, 3, 3), (6, 3)],
        12: [(3, 9), (3, 3, 3, 3), (6, 6), (9, 3)],
    }
    cases: list[Contradiction] = []
    for months, ways in splits.items():
        for way in ways:
            whole = long.filter(pl.col("duration_months") == months)
            back = 0
            for k, part in enumerate(way):
                mine = pieces.filter(pl.col("months") == part).select(
                    *name,
                    pl.col("end").alias("month_k"),
                    pl.col("piece").alias(f"p{k}"),
                    pl.col("piece_value").alias(f"v{k}"),
                )
                whole = whole.with_columns(month_k=pl.col("month") - back).join(mine, on=[*name, "month_k"])
                back += part
            cases.extend(_sum_cases(whole, way, rules, held))
    return cases


def _sum_cases(
    whole: pl.DataFrame, way: tuple[int, ...], rules: IdentityRules, held: set[int]
) -> Iterator[Contradiction]:
    for row in whole.iter_rows(named=True):
        members = {row[f"p{k}"]: row[f"v{k}"] for k in range(len(way))}
        total, together = row["value"], sum(members.values())
        size = max(abs(total), *(abs(value) for value in members.values()))
        if abs(total - together) <= rules.periods_tolerance_frac.value * size:
            held |= {row["figure"], *members}
            continue
        yield Contradiction(
            check=PERIODS,
            implied={row["figure"]: together} | {k: total - together + value for k, value in members.items()},
            said=f"{row['metric']} of {row['company']}, {row['segment']}, to {row['period_end']}: "
            f"{' + '.join(map(str, way))} months add up to {amount(together)}, and {row['duration_months']} months "
            f"are given as {amount(total)}",
        )


def _bases(figures: pl.DataFrame, rules: IdentityRules, held: set[int]) -> list[Contradiction]:
    """Return where the group's revenue differs between two segment bases."""
    totals = figures.filter((pl.col("segment") == TOTAL) & (pl.col("metric") == GROWN) & pl.col("unit").is_in(MONEY))
    period = ["company", "period_end", "duration_months", "unit"]
    pairs = totals.join(totals, on=period, suffix="_other").filter(pl.col("figure") < pl.col("figure_other"))
    cases = []
    for row in pairs.iter_rows(named=True):
        one, other = row["value"], row["value_other"]
        if abs(one - other) <= rules.periods_tolerance_frac.value * max(abs(one), abs(other)):
            held |= {row["figure"], row["figure_other"]}
            continue
        cases.append(
            Contradiction(
                check=BASES,
                implied={row["figure"]: other, row["figure_other"]: one},
                said=f"{GROWN} of {row['company']} to {row['period_end']}: {amount(one)} on basis "
                f"{row['segment_basis']} and {amount(other)} on basis "
                f"{row['segment_basis_other']}, for one and the same total",
            )
        )
    return cases


def _growth(figures: pl.DataFrame, universe: Universe, rules: IdentityRules, held: set[int]) -> list[Contradiction]:
    """Return where a stated growth is not the one between the figures of two years."""
    names = segment_names(universe).select(
        "company", "segment_basis", name="segment", segment="reported_segment", tag="comparison"
    )
    named = figures.join(names, on=["company", "segment_basis", "segment"])
    stated = named.filter((pl.col("metric") == STATED_GROWTH) & (pl.col("unit") == PERCENT))
    if stated.is_empty():
        return []
    grown = named.filter((pl.col("metric") == GROWN) & pl.col("unit").is_in(MONEY))
    place = ["company", "name", "tag", "duration_months"]
    now = grown.select(*place, "month", "unit", now="figure", now_value="value")
    before = grown.select(*place, "unit", pl.col("month") + 12, before="figure", before_value="value")
    known = stated.drop("unit").join(now, on=[*place, "month"]).join(before, on=[*place, "month", "unit"])
    cases = []
    for row in known.filter(pl.col("before_value") > 0).sort("figure", "now", "before").iter_rows(named=True):
        growth = (row["now_value"] / row["before_value"] - 1) * 100
        if abs(growth - row["value"]) <= rules.growth_tolerance_points.value:
            held |= {row["figure"], row["now"], row["before"]}
            continue
        factor = 1 + row["value"] / 100
        implied = {row["figure"]: growth, row["now"]: row["before_value"] * factor}
        if factor > 0:
            implied[row["before"]] = row["now_value"] / factor
        cases.append(
            Contradiction(
                check=GROWTH,
                implied=implied,
                said=f"growth of {row['company']}, {row['segment']}, to {row['period_end']}: {amount(row['value'])} "
                f"percent are stated, and {amount(row['before_value'])} to {amount(row['now_value'])} is {growth:.1f}",
            )
        )
    return cases


def _shares(figures: pl.DataFrame, universe: Universe, rules: IdentityRules, held: set[int]) -> list[Contradiction]:
    """Return where ordinary shares are not what the depositary shares stand for."""
    cases = []
    ratios = {
        company.name: max(listing.shares_per_unit.value for listing in company.listings)
        for company in universe.companies
        if company.listings
    }
    day = ["company", "period_end"]
    pairs = figures.filter(pl.col("metric") == DEPOSITARY).join(
        figures.filter(pl.col("metric") == ORDINARY), on=day, suffix="_ordinary"
    )
    for row in pairs.iter_rows(named=True):
        ratio = ratios.get(row["company"])
        if ratio is None:
            continue
        depositary, ordinary = row["value"], row["value_ordinary"]
        if abs(depositary * ratio - ordinary) <= rules.shares_tolerance_frac.value * abs(ordinary):
            held |= {row["figure"], row["figure_ordinary"]}
            continue
        cases.append(
            Contradiction(
                check=SHARES,
                implied={row["figure"]: ordinary / ratio, row["figure_ordinary"]: depositary * ratio},
                said=f"{row['company']} on {row['period_end']}: {amount(depositary)} depositary shares of {ratio:g} "
                f"are not {amount(ordinary)} ordinary shares",
            )
        )
    return cases
