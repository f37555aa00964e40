"""How many happenings became known in the four quarters up to a quarter's end.

Here: `events_4q_count` by type. Not here: whose happening it is (`transforms.segment_events`), or how much it weighs
(`transforms.phases`).

One announcement is one happening, whatever the number of its rows; good and bad ones count alike. A zero is said only
of types the segment has ever had: that somebody looks for them is known then, and nothing else.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import Universe
from transforms.calendar_quarters import QUARTERS, end_instant, last_full_quarter, quarter_end, quarter_of
from transforms.quarters import GROUP, VERIFICATIONS
from transforms.segment_events import capex_announcements, segment_events
from transforms.segment_metrics.shape import METRICS_SCHEMA, verification_of

METRIC = "events_4q_count"
PLACE = ["company", "segment"]


def event_counts(
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    *,
    universe: Universe,
    as_of: datetime,
) -> pl.DataFrame:
    """Return `events_4q_count`, detail = type, for calendar quarters from a segment's first happening to the last over.

    Args:
        events: versions of `core.cycle_events`.
        announcements: versions of `core.announcements`; spending counts for the group.
        members: versions of `core.event_members`.
        universe: companies and segments.
        as_of: instant with a time zone.

    Returns:
        `METRICS_SCHEMA`. A count is known when its window is over, or when the newest version of what it counts is.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    counted = _happenings(events, announcements, members, universe, as_of)
    windows = counted.with_columns(
        quarter=pl.int_ranges(quarter_of("first_known_at"), quarter_of("first_known_at") + QUARTERS, dtype=pl.Int32)
    ).explode("quarter")
    counts = windows.group_by(*PLACE, "type", "quarter").agg(
        value=pl.len().cast(pl.Float64), weakness=pl.col("weakness").max(), newest=pl.col("known_at").max()
    )
    end = end_instant(pl.col("period_end"))
    nothing_counted = VERIFICATIONS.index(Verification.DERIVED)
    return (
        _grid(counted, as_of)
        .join(counts, on=[*PLACE, "type", "quarter"], how="left")
        .with_columns(
            pl.col("value").fill_null(0.0),
            pl.col("weakness").fill_null(nothing_counted),
            period_end=quarter_end(pl.col("quarter")),
        )
        .with_columns(
            metric=pl.lit(METRIC),
            detail="type",
            unit=pl.lit("count"),
            null_reason=pl.lit(None, pl.String),
            segment_basis=pl.lit("events"),
            status=pl.lit(Status.DERIVED.value),
            verification=verification_of("weakness"),
            is_partial=pl.lit(value=False),
            known_at=pl.max_horizontal(end, "newest"),
            first_known_at=end,
        )
        .select(METRICS_SCHEMA.names())
        .match_to_schema(METRICS_SCHEMA)
    )


def _happenings(
    events: pl.DataFrame, announcements: pl.DataFrame, members: pl.DataFrame, universe: Universe, as_of: datetime
) -> pl.DataFrame:
    """Return each happening once per segment and type: when it was first known, its newest version, its weakest row."""
    columns = (*PLACE, "type", "event_id", "first_known_at", "known_at", "weakness")
    of_segments = segment_events(events, members, universe=universe, as_of=as_of)
    of_groups = capex_announcements(announcements, members, universe=universe, as_of=as_of)
    rows = [
        of_segments.select(pl.col("owner").alias("company"), *columns[1:]),
        of_groups.select("company", pl.lit(GROUP).alias("segment"), pl.col("kind").alias("type"), *columns[3:]),
    ]
    return (
        pl.concat(rows)
        .group_by(*PLACE, "type", "event_id")
        .agg(pl.col("first_known_at").min(), pl.col("known_at", "weakness").max())
    )


def _grid(counted: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return every type of a segment with every quarter from its first happening to the last that is over."""
    last = last_full_quarter(as_of)
    spans = counted.group_by(PLACE).agg(first=quarter_of("first_known_at").min())
    quarters = (
        spans.filter(pl.col("first") <= last)
        .with_columns(quarter=pl.int_ranges("first", last + 1, dtype=pl.Int32))
        .explode("quarter")
    )
    return quarters.join(counted.select(*PLACE, "type").unique(), on=PLACE)
