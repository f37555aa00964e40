"""Invariants: what must be true of whole tables where no row is to blame, as of sessions that did not come.

Here: what an invariant is, and the registry. Not here: the verdict (`expectations.findings` lets Great Expectations
judge the frame of metrics), what becomes of a finding (`flows.steps.auditing`).
"""

from __future__ import annotations

from collections.abc import Callable
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

__all__ = ["INVARIANTS", "METRICS_SCHEMA", "Invariant"]
