"""Where a stated target would have something stand by now, if it came there at an even pace.

Here: `expected_path_index`, a geometric path from the target's base (1) to its multiple. Not here: where it does stand:
of what the targets speak (sites, machines) nobody reports a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from aicycle.model.instants import as_of_instant, end_of_day
from aicycle.model.kinds import Status, Verification, weakest
from aicycle.model.parameters import StatedTarget
from transforms.calendar_quarters import QUARTERS, last_full_quarter, quarter_end_day
from transforms.segment_metrics.shape import METRICS_SCHEMA

METRIC = "expected_path_index"


def expected_paths(targets: Sequence[StatedTarget], *, as_of: datetime) -> pl.DataFrame:
    """Return the path of each target stated by `as_of`, detail = target, per calendar quarter end from its base on.

    Args:
        targets: `config/metrics.toml`.
        as_of: instant with a time zone.

    Returns:
        `METRICS_SCHEMA`; index, 1 at the base. Every point is known since the target is: the path follows from it.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    last = last_full_quarter(as_of)
    rows = []
    for target in targets:
        known_at = end_of_day(target.multiple.known_at)
        if known_at > as_of_instant(as_of):
            continue
        base = target.base_on.year * QUARTERS + (target.base_on.month - 1) // 3
        due = target.due_on.year * QUARTERS + (target.due_on.month - 1) // 3
        rows += [
            {
                "company": target.company,
                "segment": target.segment,
                "metric": METRIC,
                "detail": target.target_id,
                "period_end": quarter_end_day(quarter),
                "value": target.multiple.value ** ((quarter - base) / (due - base)),
                "unit": "index",
                "segment_basis": "target",
                "status": weakest([target.multiple.status, Status.DERIVED]).value,
                "verification": Verification.UNCHECKED.value,
                "is_partial": False,
                "known_at": known_at,
                "first_known_at": known_at,
            }
            for quarter in range(base, last + 1)
        ]
    return pl.DataFrame(rows, schema=METRICS_SCHEMA, orient="row")
