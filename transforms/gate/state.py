"""The gate's state at an instant: per subject and metric open or held, which outputs that keeps back, what checks said.

Here: the state from observations, holds and audits. Not here: which holds there are (`holds`), how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from aicycle.contracts.ops_holds import SUBJECT
from aicycle.contracts.schema import POLARS, DType
from aicycle.model.parameters import ScenarioSet, Universe
from transforms.lineage import downstream, last_good_instant, standing

OPEN, HELD = "open", "held"

SUBJECTS_SCHEMA = pl.Schema(
    {
        **dict.fromkeys(SUBJECT, pl.String()),
        "state": pl.String(),
        "since": POLARS[DType.INSTANT],
        "until": POLARS[DType.INSTANT],
        "cause": pl.String(),
        "outputs": pl.List(pl.String()),
        "last_known_at": POLARS[DType.INSTANT],
    }
)
OUTPUTS_SCHEMA = pl.Schema(
    {
        "output": pl.String(),
        "company": pl.String(),
        "segment": pl.String(),
        "stale_since": POLARS[DType.INSTANT],
        "last_good_at": POLARS[DType.INSTANT],
        "because": pl.List(pl.String()),
    }
)
CHECKS_SUMMARY_SCHEMA = pl.Schema(
    {
        "table_name": pl.String(),
        "check_name": pl.String(),
        "severity": pl.String(),
        "batches": pl.Int64(),
        "batches_failed": pl.Int64(),
        "rows_failed": pl.Int64(),
        "rows_evaluated": pl.Int64(),
    }
)


def subjects_at(
    observations: pl.DataFrame,
    holds: pl.DataFrame,
    universe: Universe,
    scenario_sets: Sequence[ScenarioSet],
    *,
    as_of: datetime,
) -> pl.DataFrame:
    """Return every subject and metric that was spoken of by an instant, open or held.

    Args:
        observations: of all tables, as `transforms.gate.holds.observations_of` gives them.
        holds: `ops.holds`.
        universe: whom a hold reaches.
        scenario_sets: likewise.
        as_of: instant with a time zone.

    Returns:
        `SUBJECTS_SCHEMA`, held ones first. `until` is set where the hold was lifted after `as_of`; `outputs` are the
        full table names with company and segment; `last_known_at` is when the newest good row became known.
    """
    known = observations.filter(pl.col("known_at") <= as_of)
    newest = known.group_by(SUBJECT).agg(last_known_at=pl.col("known_at").max())
    held = standing(holds, as_of).sort("since").unique(SUBJECT, keep="first", maintain_order=True)
    reached = downstream(held, universe, scenario_sets)
    name = pl.concat_str("output", "company", "segment", separator="/", ignore_nulls=True)
    outputs = reached.group_by(SUBJECT).agg(outputs=name.unique().sort())
    return (
        newest.join(held.select(*SUBJECT, "since", "until", "cause"), on=list(SUBJECT), how="full", coalesce=True)
        .join(outputs, on=list(SUBJECT), how="left")
        .with_columns(
            state=pl.when(pl.col("since").is_null()).then(pl.lit(OPEN)).otherwise(pl.lit(HELD)),
            outputs=pl.col("outputs").fill_null([]),
        )
        .select(SUBJECTS_SCHEMA.names())
        .match_to_schema(SUBJECTS_SCHEMA)
        .sort("state", *SUBJECT)
    )


def held_outputs_at(
    holds: pl.DataFrame, universe: Universe, scenario_sets: Sequence[ScenarioSet], *, as_of: datetime
) -> pl.DataFrame:
    """Return the outputs that keep their last good values at an instant.

    Returns:
        `OUTPUTS_SCHEMA`: `stale_since` is the first instant at which one of the standing holds stood, `last_good_at`
        the last at which none did.
    """
    spread = downstream(holds, universe, scenario_sets)
    where = ["output", "company", "segment"]
    rows = []
    for key, mine in spread.group_by(where, maintain_order=True):
        now = standing(mine, as_of)
        if now.is_empty():
            continue
        because = now.sort("since")["cause"].unique(maintain_order=True).to_list()
        rows.append((*key, now["since"].min(), last_good_instant(mine, as_of), because))
    return pl.DataFrame(rows, schema=OUTPUTS_SCHEMA, orient="row").sort(where, nulls_last=True)


def audit_summary(audits: pl.DataFrame) -> pl.DataFrame:
    """Return what each check said over all batches.

    Args:
        audits: `ops.audits`.

    Returns:
        `CHECKS_SUMMARY_SCHEMA`, the check that stopped most rows first.
    """
    return (
        audits.group_by("table_name", "check_name", "severity")
        .agg(
            batches=pl.len().cast(pl.Int64),
            batches_failed=(~pl.col("is_passed")).sum().cast(pl.Int64),
            rows_failed=pl.col("rows_failed").sum(),
            rows_evaluated=pl.col("rows_evaluated").sum(),
        )
        .match_to_schema(CHECKS_SUMMARY_SCHEMA)
        .sort("rows_failed", "table_name", "check_name", descending=[True, False, False], nulls_last=True)
    )
