"""How much each player weighs in each wave of the cycle, by an index of what is observed.

Here: `marts.player_influence`: shares of the indicators, and their weighted mean. Not here: the indicators
(`indicators`), the article's ordering (`ordering`), which are the weights (`config/players.toml`).

The index is ours: the article gives roles and no numbers. It says how a player stands among those that are tracked and
report, by what can be counted; nothing of it measures influence itself. Sums of dollars are shared out as they are, an
amount that was lost has no share. Counts are damped (log(1 + n)): the twentieth release says less than the first.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.marts_player_influence import PLAYER_INFLUENCE
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Status
from aicycle.model.parameters import INDEX, PlayerRules, Universe
from aicycle.model.provenance import basis_on, known_dates_of, status_of
from transforms.player_influence.indicators import indicators
from transforms.player_influence.ordering import OrderingCheck, ordering_checks

__all__ = ["INFLUENCE_SCHEMA", "OrderingCheck", "ordering_checks", "player_influence"]

INFLUENCE_SCHEMA = pl.Schema(
    {n: t for n, t in PLAYER_INFLUENCE.polars_schema().items() if n not in {"is_stale", "held_because"}}
)
"""The mart's columns but those that say whether an input is held."""
FEWEST = 2
"""One player alone always has all of it: that is no share."""


def player_influence(
    metrics: pl.DataFrame,
    events: pl.DataFrame,
    members: pl.DataFrame,
    *,
    universe: Universe,
    rules: PlayerRules,
    as_of: datetime,
) -> pl.DataFrame:
    """Return indicators and index of every company in every wave, as of an instant.

    Args:
        metrics: `transforms.segment_metrics.all_metrics` as of the same instant.
        events: versions of `core.cycle_events`.
        members: versions of `core.event_members`.
        universe: every company is a player.
        rules: `config/players.toml`.
        as_of: instant with a time zone.

    Returns:
        `INFLUENCE_SCHEMA`, sorted by the mart's key. A missing indicator is left out of the index and the others weigh
        the more, `is_partial` then; without any the index is null with the reason.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    observed = indicators(metrics, events, members, universe=universe, rules=rules, as_of=instant)
    of_waves = _shared_out(observed).join(_weights(rules), on="indicator").sort("company", "wave", "indicator")
    rows = pl.concat([of_waves.select(*ROW), _index(of_waves, status_of(rules)).select(*ROW)])
    return (
        rows.with_columns(
            basis=pl.lit(basis_on(instant, known_dates_of(rules)).value),
            as_of=pl.lit(instant).cast(pl.Datetime("us", "UTC")),
        )
        .select(INFLUENCE_SCHEMA.names())
        .match_to_schema(INFLUENCE_SCHEMA)
        .sort(PLAYER_INFLUENCE.key)
    )


ROW = (
    "company", "wave", "indicator", "value", "unit", "share_frac", "weight", "rank", "is_partial", "null_reason",
    "status",
)  # fmt: skip


def _weights(rules: PlayerRules) -> pl.DataFrame:
    """Return the weights; those of a wave sum to one."""
    rows = []
    for wave in rules.waves:
        total = sum(line.weight.value for line in wave.weights)
        rows += [(wave.label, w.indicator, w.weight.value / total) for w in wave.weights]
    schema = {"wave": pl.String, "indicator": pl.String, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shared_out(observed: pl.DataFrame) -> pl.DataFrame:
    """Add each player's share of the indicator among those of whom it is known."""
    part = pl.col("value").clip(lower_bound=0)
    part = pl.when(pl.col("unit") == "count").then(part.log1p()).otherwise(part)
    known = pl.col("value").is_not_null().sum().over("indicator")
    total = pl.col("part").sum().over("indicator")
    is_fraction = pl.col("unit") == "fraction"
    no_share = pl.coalesce(
        "null_reason",
        pl.when(is_fraction).then(pl.lit("a fraction is not shared out")),
        pl.when(known < FEWEST).then(pl.lit("only one player reports it")),
        pl.when(total <= 0).then(pl.lit("no player has any of it")),
    )
    return (
        observed.sort("indicator", "company")
        .with_columns(part=part)
        .with_columns(
            null_reason=no_share,
            share_frac=pl.when(no_share.is_null()).then(pl.col("part") / total),
            is_partial=known < pl.len().over("indicator"),
            rank=pl.lit(None, pl.Int64),
        )
        .drop("part")
    )


def _index(of_waves: pl.DataFrame, weights_status: Status) -> pl.DataFrame:
    is_wanted = pl.col("weight") > 0
    is_known = is_wanted & pl.col("share_frac").is_not_null()
    weight = pl.col("weight").filter(is_known).sum()
    missing = pl.col("indicator").filter(is_wanted & pl.col("share_frac").is_null())
    return (
        of_waves.group_by("company", "wave", maintain_order=True)
        .agg(
            share_frac=pl.when(weight > 0).then(
                (pl.col("weight") * pl.col("share_frac")).filter(is_known).sum() / weight
            ),
            weight=weight,
            is_partial=missing.len() > 0,
            null_reason=pl.when(weight <= 0).then(
                pl.format("nothing of it is observed: no {}", missing.str.join(", no "))
            ),
        )
        .with_columns(
            indicator=pl.lit(INDEX),
            value=pl.lit(None, pl.Float64),
            unit=pl.lit("index"),
            status=pl.lit(weights_status.value),
            rank=pl.col("share_frac").rank("min", descending=True).over("wave").cast(pl.Int64),
        )
    )
