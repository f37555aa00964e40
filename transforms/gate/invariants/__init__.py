"""Invariants: what must be true of whole tables where no row is to blame, as of sessions that did not come.

Here: what an invariant is, and the registry. Not here: the verdict (`expectations.findings` lets Great Expectations
judge the frame of metrics), what becomes of a finding (`flows.steps.auditing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from aicycle.contracts.schema import POLARS, DType
from aicycle.model.kinds import Severity
from transforms.gate.context import GateContext

METRICS_SCHEMA = pl.Schema(
    {
        "check_name": pl.String(),
        "value": pl.Float64(),
        "limit": pl.Float64(),
        "said": pl.String(),
        "subject_kind": pl.String(),
        "subject_id": pl.String(),
        "metric": pl.String(),
        "row_key": pl.String(),
        "known_at": POLARS[DType.INSTANT],
    }
)
"""One row per thing that was measured, good or bad: `value` > `limit` fails. `row_key` is the JSON list of the business
key of the row that is missing, where there is one: when it comes, nothing is held any more. `known_at` is the instant
from which on the subject is not to be believed. A failure of an advisory invariant holds nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One function over whole tables, one check."""

    check_name: str
    table: str
    """Full name of the table it is about: a later good row there lifts what it holds."""
    severity: Severity
    take: Callable[[GateContext], pl.DataFrame]
    """context -> METRICS_SCHEMA. Pure, and the same whatever order the rows came in."""


INVARIANTS: tuple[Invariant, ...] = ()
