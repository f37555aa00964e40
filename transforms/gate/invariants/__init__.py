"""Invariants: what must be true of whole tables where no row is to blame, as of sessions that did not come.

Here: what an invariant is, the registry, and the one way to take them. Not here: the verdict (`expectations.findings`
lets Great Expectations judge the frame of metrics), what becomes of a finding (`flows.steps.auditing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from aicycle.model.kinds import Severity
from transforms.gate.context import GateContext
from transforms.gate.invariants.schema import METRICS_SCHEMA
from transforms.gate.invariants.sessions import (
    bars_behind,
    closed_sessions,
    missing_bars,
    missing_rates,
    rates_behind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One function over whole tables, one check."""

    check_name: str
    table: str
    """Full name of the table it is about: a later good row there lifts what it holds."""
    severity: Severity
    take: Callable[[GateContext], pl.DataFrame]
    """context -> METRICS_SCHEMA. Pure, and the same whatever order the rows came in."""


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(check_name="sessions.missing", table="core.daily_bars", severity=Severity.BLOCKING, take=missing_bars),
    Invariant(check_name="sessions.behind", table="core.daily_bars", severity=Severity.BLOCKING, take=bars_behind),
    Invariant(check_name="sessions.closed", table="core.daily_bars", severity=Severity.ADVISORY, take=closed_sessions),
    Invariant(check_name="rates.missing", table="core.fx_rates", severity=Severity.BLOCKING, take=missing_rates),
    Invariant(check_name="rates.behind", table="core.fx_rates", severity=Severity.BLOCKING, take=rates_behind),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What all invariants said."""

    metrics: pl.DataFrame
    """In `METRICS_SCHEMA`, in the order of the invariants."""
    broken: dict[str, str]
    """Check -> why it could not be measured: nothing that it is about is to be believed."""


def take_invariants(context: GateContext, invariants: Sequence[Invariant] = INVARIANTS) -> Taken:
    """Return what the invariants measure of everything that is believed.

    Args:
        context: what is believed and declared.
        invariants: with unique check names.
    """
    parts: list[pl.DataFrame] = [METRICS_SCHEMA.to_frame()]
    broken: dict[str, str] = {}
    for invariant in invariants:
        try:
            parts.append(_held_to_its_word(invariant, invariant.take(context)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding and does not end the run
            broken[invariant.check_name] = str(error).strip() or type(error).__name__
    return Taken(metrics=pl.concat(parts), broken=broken)


def _held_to_its_word(invariant: Invariant, metrics: pl.DataFrame) -> pl.DataFrame:
    metrics = metrics.match_to_schema(METRICS_SCHEMA)
    odd = set(metrics["check_name"]) - {invariant.check_name}
    if odd:
        raise ValueError(f"metrics of checks it is not: {', '.join(sorted(map(str, odd)))}")
    # To the library NaN is a missing value, and a missing value is passed over.
    vague = metrics.filter(pl.any_horizontal(pl.col("value", "limit").is_null() | pl.col("value", "limit").is_nan()))
    if not vague.is_empty():
        raise ValueError(f"no number in {vague.height} of {metrics.height} metrics")
    return metrics


__all__ = ["INVARIANTS", "METRICS_SCHEMA", "Invariant", "Taken", "take_invariants"]
