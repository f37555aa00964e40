"""Which levels were crossed when: a pure function of history, the same for live runs and backtests.

Here: crossings with hysteresis, and the alerts that follow from them. Not here: the rules (`config/alert_rules.toml`),
what becomes of an alert (`flows`).

A crossing is an event, standing beyond a level a state. The first observation shows only where the value stands; what
is crossed is crossed between two observations.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts.ops_alerts import ALERTS
from aicycle.errors import ConfigError
from aicycle.model.instants import as_of_instant, end_of_day
from aicycle.model.kinds import AlertStatus, PriceBasis
from aicycle.model.parameters import AlertRule
from aicycle.model.provenance import basis_on, known_dates_of
from transforms.units import UnitRatio, units_per_unit

CROSSING_COLUMNS = ("transition", "level", "value_before", "value", "crossed_on", "known_at", "price_basis")
QUOTED = "value_quoted"
"""Optional column: the value as quoted, where `value` is per unit of another day."""
CROSSINGS_SCHEMA = pl.Schema(
    {name: ALERTS.polars_schema()[name] for name in CROSSING_COLUMNS}
    | {QUOTED: pl.Float64(), "is_before_simulated": pl.Boolean()}
)
ALERTS_SCHEMA = pl.Schema({n: t for n, t in ALERTS.polars_schema().items() if n != "run_id"})

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "above": lambda value, level: value > level,
    "at_or_above": lambda value, level: value >= level,
    "below": lambda value, level: value < level,
    "at_or_below": lambda value, level: value <= level,
}


def in_units_of_level(
    observations: pl.DataFrame, actions: pl.DataFrame, rule: AlertRule, *, symbol: str, as_of: datetime
) -> pl.DataFrame:
    """Return prices per unit of the day a rule's level is stated for: after a split, one old unit is several new ones.

    Args:
        observations: observed_on, known_at, value (per unit of its own day), price_basis.
        actions: versions of `core.corporate_actions`; those known after the later of `as_of` and the level's day do not
            count.
        rule: its enter level's `known_at` is the day.
        symbol: listing.
        as_of: instant with a time zone.

    Returns:
        The observations with `value` in the level's unit, and `value_quoted`.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    level_day = rule.enter_level.known_at
    instant = max(as_of_instant(as_of), end_of_day(level_day))
    ex_dates = actions.filter((pl.col("symbol") == symbol) & (pl.col("kind") == "split"))["ex_date"].to_list()
    # Between two ex-dates nothing changes: one ratio for each span, not for each day.
    ratios: dict[tuple[bool, ...], UnitRatio] = {}
    values: list[float | None] = []
    for day, value in observations.select("observed_on", "value").iter_rows():
        span = (day <= level_day, *(ex_date <= day for ex_date in ex_dates))
        if span not in ratios:
            ratios[span] = units_per_unit(
                actions, symbol=symbol, from_day=day, to_day=level_day, known_by_instant=instant
            )
        values.append(None if value is None else ratios[span].rescaled(value))
    return observations.with_columns(
        pl.col("value").alias(QUOTED), pl.Series("value", values, dtype=pl.Float64, strict=False)
    )


def probability_observations(
    runs: pl.DataFrame, bands: pl.DataFrame, *, company: str, scenario: str, as_of: datetime
) -> pl.DataFrame:
    """Return what our own runs said of one scenario, one observation per day: the last run's; held ones say nothing.

    Args:
        runs: `marts.scenario_runs`.
        bands: `marts.scenario_bands`.
        company: whose scenarios.
        scenario: which of them.
        as_of: instant with a time zone; runs of later days do not count.

    Returns:
        observed_on, known_at, value (probability, a fraction), price_basis (null: it is no price), run_id; by day.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    heard = runs.filter((pl.col("company") == company) & (pl.col("as_of") <= instant) & ~pl.col("is_stale"))
    # Runs for a past day, made after those of later days, are no news of that day.
    heard = heard.sort("created_at", "as_of").filter(pl.col("as_of") == pl.col("as_of").cum_max())
    return (
        heard.join(bands.filter(pl.col("scenario") == scenario), on="run_id")
        .sort("as_of", "created_at", "run_id")
        .select(
            observed_on=pl.col("as_of").dt.date(),
            known_at="as_of",
            value="probability",
            price_basis=pl.lit(None, pl.String),
            run_id="run_id",
        )
        .unique("observed_on", keep="last", maintain_order=True)
    )


def crossings(observations: pl.DataFrame, rule: AlertRule) -> pl.DataFrame:
    """Return each crossing of a rule's levels, in order.

    The rule's state is entered when its comparison holds against the enter level, and left when it no longer holds
    against the exit level; between the two nothing changes. A missing value (empty, or no number) says nothing.

    Args:
        observations: observed_on (Date, each once), known_at, value, price_basis; optionally value_quoted. Any order.
        rule: comparison and levels.

    Returns:
        transition (entered | left), level, value_before, value, crossed_on, known_at, price_basis, value_quoted,
        is_before_simulated; sorted by crossed_on. Transitions alternate.

    Raises:
        ConfigError: the rule has a comparison that does not exist.
    """
    holds = COMPARISONS.get(rule.comparison)
    if holds is None:
        raise ConfigError(
            f"comparison '{rule.comparison}' of {rule.rule_id} does not exist",
            where="config/alert_rules.toml",
            expected=" | ".join(COMPARISONS),
            next_command="correct the rule",
        )
    enter, leave = rule.enter_level.value, rule.exit_level.value
    found: list[dict[str, Any]] = []
    is_inside: bool | None = None
    before: dict[str, Any] = {}
    for row in observations.sort("observed_on", "known_at").iter_rows(named=True):
        value = row["value"]
        if value is None or not math.isfinite(value):
            continue
        if is_inside is None:
            is_inside = holds(value, enter)
        elif is_inside != (holds(value, leave) if is_inside else holds(value, enter)):
            found.append(
                {
                    "transition": "left" if is_inside else "entered",
                    "level": leave if is_inside else enter,
                    "value_before": before["value"],
                    "value": value,
                    "crossed_on": row["observed_on"],
                    "known_at": row["known_at"],
                    "price_basis": row["price_basis"],
                    QUOTED: row.get(QUOTED, value),
                    "is_before_simulated": before["price_basis"] == PriceBasis.SIMULATED.value,
                }
            )
            is_inside = not is_inside
        before = row
    return pl.DataFrame(found, schema=CROSSINGS_SCHEMA)


def alerts_from(found: pl.DataFrame, rule: AlertRule, *, baseline_as_of: datetime) -> pl.DataFrame:
    """Return the alerts of a rule's crossings.

    Args:
        found: result of `crossings`.
        rule: the same rule.
        baseline_as_of: as-of instant of the rule's first evaluation. What was known up to then is baseline, never sent.

    Returns:
        `ops.alerts` without run_id, sorted by crossed_on. `basis` is live if the rule's levels were known on the day
        the crossing was.

    Raises:
        ValueError: `baseline_as_of` has no time zone.
    """
    baseline = as_of_instant(baseline_as_of)
    dates = known_dates_of(rule)
    rows = [
        {
            **{name: crossing[name] for name in CROSSING_COLUMNS},
            "alert_id": alert_id(rule, crossing),
            "rule_id": rule.rule_id,
            "rule_version": rule.version,
            "company": rule.company,
            "metric": rule.metric,
            "severity": rule.severity.value,
            "grouping_key": rule.grouping_key,
            "status": (AlertStatus.BASELINE if crossing["known_at"] <= baseline else AlertStatus.RAISED).value,
            "basis": basis_on(crossing["known_at"], dates).value,
            "message": message(rule, crossing),
        }
        for crossing in found.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=ALERTS_SCHEMA)


def alert_id(rule: AlertRule, crossing: dict[str, Any]) -> str:
    """Return the sha256 of rule, version, transition and day: a crossing found again has the same id."""
    parts = (rule.rule_id, str(rule.version), crossing["transition"], crossing["crossed_on"].isoformat())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def message(rule: AlertRule, crossing: dict[str, Any]) -> str:
    """Return what a person is told: what happened, both values, the day, and whether the price is one."""
    is_price = rule.metric == "price_usd"

    def said(value: float) -> str:
        return f"{value:.2f} USD" if is_price else f"{value:.1%}"

    if crossing["transition"] == "entered":
        opening = rule.message
    else:
        opening = f"No longer: {rule.message} (ends at {said(crossing['level'])})"
    text = f"{opening}. {said(crossing['value'])} on {crossing['crossed_on'].isoformat()}, "
    text += f"{said(crossing['value_before'])} before."
    if crossing[QUOTED] != crossing["value"]:
        unit_day = rule.enter_level.known_at.isoformat()
        text += f" Per unit of {unit_day}: a split lies between, the quote was {said(crossing[QUOTED])}."
    if crossing["price_basis"] == PriceBasis.SIMULATED.value:
        text += " The price is simulated: it was drawn for the sample and never traded."
    elif crossing["is_before_simulated"]:
        text += " The price before is simulated: it was drawn for the sample and never traded."
    return text
