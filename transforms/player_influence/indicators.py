"""What is observed of each player: revenue, spending, happenings, and how much of it is at home.

Here: one figure per player and indicator, or why there is none. Not here: weights and the index (`__init__`).

What a source does not report is missing, never zero. Counts are zero only of a player of whom some event is recorded:
of the others nobody may have looked. And they count what was recorded: news of one company may have been collected more
eagerly than news of another.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import EventType, Status
from aicycle.model.parameters import INDICATORS, PlayerRules, Universe
from transforms.happenings import DAYS_PER_YEAR
from transforms.quarters import CHIPS, CLOUD, GROUP
from transforms.segment_events import segment_events

YEAR = "365d"
YEAR_TOLERANCE = "16d"
"""A year of 52 or 53 weeks ends up to a week off; a quarter's neighbour is three months away."""

ACTIVITY = (EventType.REGION_LAUNCH, EventType.PARTNERSHIP, EventType.COMPETITION)
"""What a cloud does in a country. Results and financing happen where a company is listed."""
FEWEST_ACTIVITIES = 2

OBSERVED = pl.Schema(
    {
        "company": pl.String(),
        "indicator": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "status": pl.String(),
        "null_reason": pl.String(),
    }
)


def indicators(
    metrics: pl.DataFrame,
    events: pl.DataFrame,
    members: pl.DataFrame,
    *,
    universe: Universe,
    rules: PlayerRules,
    as_of: datetime,
) -> pl.DataFrame:
    """Return every indicator of every company.

    Args:
        metrics: `all_metrics` or `segment_metrics` as of the same instant.
        events: versions of `core.cycle_events`.
        members: versions of `core.event_members`.
        universe: companies and where they are at home.
        rules: windows.
        as_of: instant with a time zone.

    Returns:
        `OBSERVED`: company, indicator, value (null with a null_reason), unit, status; sorted by company and indicator.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    fresh = _Fresh(metrics, instant, rules)
    revenue = fresh.newest("revenue_usd", (CLOUD, CHIPS))
    gain = _gains(revenue, fresh.newest("revenue_yoy_frac", (CLOUD, CHIPS)))
    capex = fresh.newest("capex_ttm_usd", (GROUP,))
    found = [
        _summed(revenue, "compute_revenue_usd"),
        _summed(gain, "compute_revenue_increase_usd"),
        _summed(revenue.filter(pl.col("segment") == CLOUD), "cloud_revenue_usd"),
        _summed(gain.filter(pl.col("segment") == CLOUD), "cloud_revenue_increase_usd"),
        _summed(capex, "capex_ttm_usd"),
        _summed(_gains(capex, _capex_growth(metrics, capex)), "capex_ttm_increase_usd"),
        *_from_events(events, members, universe, rules, instant),
    ]
    names = [company.name for company in universe.companies]
    everything = pl.DataFrame({"company": names}, schema={"company": pl.String}).join(
        pl.DataFrame({"indicator": list(INDICATORS), "unit": list(INDICATORS.values())}), how="cross"
    )
    return (
        everything.join(pl.concat(found), on=["company", "indicator"], how="left")
        .with_columns(
            pl.col("status").fill_null(Status.DERIVED.value),
            null_reason=pl.when(pl.col("value").is_null()).then(
                pl.coalesce(
                    "null_reason",
                    pl.when(pl.col("unit") == "USD")
                    .then(pl.lit("no figure is reported"))
                    .otherwise(pl.lit("no event of it is recorded")),
                )
            ),
        )
        .select(OBSERVED.names())
        .match_to_schema(OBSERVED)
        .sort("company", "indicator")
    )


class _Fresh:
    """The newest row of a metric per segment, if it is new enough to speak for the present."""

    def __init__(self, metrics: pl.DataFrame, instant: datetime, rules: PlayerRules) -> None:
        self.metrics = metrics
        self.oldest = (instant - timedelta(days=rules.oldest_figure_days.value)).date()

    def newest(self, metric: str, segments: tuple[str, ...]) -> pl.DataFrame:
        """Return company, segment, period_end, value, status, null_reason; a row too old has no value."""
        is_old = pl.col("period_end") < self.oldest
        too_old = pl.format("the newest figure is of {}", "period_end")
        return (
            self.metrics.filter((pl.col("metric") == metric) & pl.col("segment").is_in(segments))
            .sort("company", "segment", "period_end")
            .unique(["company", "segment"], keep="last", maintain_order=True)
            .select(
                "company",
                "segment",
                "period_end",
                "status",
                value=pl.when(~is_old).then("value"),
                null_reason=pl.when(is_old).then(too_old).otherwise("null_reason"),
            )
        )


def _gains(amounts: pl.DataFrame, growth: pl.DataFrame) -> pl.DataFrame:
    """Turn growth within a year into dollars of today: what was added, free of what the currency did meanwhile."""
    rates = growth.select("company", "segment", "period_end", growth="value", growth_reason="null_reason")
    joined = amounts.join(rates, on=["company", "segment", "period_end"], how="left")
    is_computable = pl.col("growth") > -1
    return joined.with_columns(
        value=pl.when(is_computable).then(pl.col("value") * pl.col("growth") / (1 + pl.col("growth"))),
        status=pl.lit(Status.DERIVED.value),
        null_reason=pl.coalesce(
            "null_reason",
            "growth_reason",
            pl.when(~is_computable.fill_null(value=False)).then(pl.lit("no growth within a year can be computed")),
        ),
    ).drop("growth", "growth_reason")


def _capex_growth(metrics: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """Compare trailing capex with that of a year before, in the currency it is reported in."""
    trailing = (
        metrics.filter((pl.col("metric") == "capex_ttm") & (pl.col("segment") == GROUP))
        .select("company", "segment", "period_end", "value")
        .sort("company", "period_end")
    )
    now = newest.select("company", "segment", "period_end").join(trailing, on=["company", "segment", "period_end"])
    before = trailing.select("company", before_value="value", year_later=pl.col("period_end").dt.offset_by(YEAR))
    return (
        now.sort("period_end", "company")
        .join_asof(
            before.sort("year_later", "company"),
            left_on="period_end",
            right_on="year_later",
            by="company",
            strategy="nearest",
            tolerance=YEAR_TOLERANCE,
            check_sortedness=False,  # sorted just here; with `by` polars can't see it
        )
        .select(
            "company",
            "segment",
            "period_end",
            value=pl.when(pl.col("before_value") > 0).then(pl.col("value") / pl.col("before_value") - 1),
            null_reason=pl.when(~(pl.col("before_value") > 0).fill_null(value=False)).then(
                pl.lit("no trailing capex a year before")
            ),
        )
    )


def _summed(rows: pl.DataFrame, indicator: str) -> pl.DataFrame:
    """Add a company's segments; where one of them has no figure there is no sum."""
    is_complete = pl.col("value").is_not_null().all()
    return (
        rows.sort("company", "segment")
        .group_by("company", maintain_order=True)
        .agg(
            value=pl.when(is_complete).then(pl.col("value").sum()),
            status=pl.col("status").first(),
            null_reason=pl.col("null_reason").drop_nulls().first(),
        )
        .select("company", "value", "status", "null_reason", indicator=pl.lit(indicator))
    )


def _from_events(
    events: pl.DataFrame, members: pl.DataFrame, universe: Universe, rules: PlayerRules, instant: datetime
) -> list[pl.DataFrame]:
    rows = segment_events(events, members, universe=universe, as_of=instant)
    homes = pl.DataFrame(
        [(company.name, company.home_country) for company in universe.companies],
        schema={"owner": pl.String, "home_country": pl.String},
        orient="row",
    )
    seen = rows.select("owner").unique().join(homes, on="owner").sort("owner")
    # One announcement is one happening; of several countries each has its part of it.
    is_known_home = pl.col("home_country") != ""
    happenings = (
        rows.join(homes, on="owner")
        .with_columns(at_home=pl.when(is_known_home).then(pl.col("country") == pl.col("home_country")))
        .group_by("owner", "segment", "type", "event_id")
        .agg(pl.col("first_known_at").min(), at_home=pl.col("at_home").mean(), direction=pl.col("direction").min())
        .sort("owner", "segment", "type", "event_id")
    )
    recent = happenings.filter(pl.col("first_known_at") > _before(instant, rules.event_window_years.value))
    launches = recent.filter(_is_gained(EventType.REGION_LAUNCH)).unique(["owner", "event_id"], maintain_order=True)
    models = recent.filter(_is_gained(EventType.MODEL_RELEASE)).unique(["owner", "event_id"], maintain_order=True)
    activity = happenings.filter(
        (pl.col("first_known_at") > _before(instant, rules.home_window_years.value))
        & pl.col("type").is_in([kind.value for kind in ACTIVITY])
        & (pl.col("segment") == CLOUD)
    )
    no_home = pl.when(~is_known_home).then(pl.lit("config/universe.toml does not say where it is at home"))
    too_few = pl.format("fewer than {} happenings of its cloud in the window", pl.lit(FEWEST_ACTIVITIES))
    home_share = activity.group_by("owner").agg(value=pl.col("at_home").mean(), n=pl.len())
    abroad = launches.group_by("owner").agg(value=(1 - pl.col("at_home")).sum())
    return [
        _count(seen, models.group_by("owner").agg(value=pl.len()), "model_releases_count"),
        _count(seen, launches.group_by("owner").agg(value=pl.len()), "region_launches_count"),
        _observed(
            seen.join(abroad, on="owner", how="left").with_columns(
                value=pl.when(is_known_home).then(pl.col("value").fill_null(0)), null_reason=no_home
            ),
            "region_launches_abroad_count",
        ),
        _observed(
            seen.join(home_share, on="owner", how="left").with_columns(
                value=pl.when(pl.col("n") >= FEWEST_ACTIVITIES).then("value"),
                null_reason=pl.coalesce(no_home, too_few),
            ),
            "cloud_home_share_frac",
        ),
    ]


def _is_gained(kind: EventType) -> pl.Expr:
    """A region that is closed is a row of its type as well; it is none that was gained."""
    return (pl.col("type") == kind.value) & (pl.col("direction") >= 0)


def _before(instant: datetime, years: float) -> datetime:
    return instant - timedelta(days=years * DAYS_PER_YEAR)


def _count(seen: pl.DataFrame, counts: pl.DataFrame, indicator: str) -> pl.DataFrame:
    rows = seen.join(counts, on="owner", how="left").with_columns(
        value=pl.col("value").fill_null(0), null_reason=pl.lit(None, pl.String)
    )
    return _observed(rows, indicator)


def _observed(rows: pl.DataFrame, indicator: str) -> pl.DataFrame:
    return rows.select(
        pl.col("owner").alias("company"),
        pl.col("value").cast(pl.Float64),
        status=pl.lit(Status.DERIVED.value),
        null_reason=pl.col("null_reason").cast(pl.String),
        indicator=pl.lit(indicator),
    )
