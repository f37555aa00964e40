"""Which announcement votes in which feature of which place, since when.

Here: one vote per happening and feature, whatever the number of its rows. Not here: how votes fade and saturate
(`evidence`), which rows are one happening (`transforms.happenings`).

What announcements say of money is read for spending only: a region or a loan they mention is a cycle event of its own,
and reading it here again would be a second vote for one happening. What is said of spending less is no plan to build;
what is said as a possibility, by others or again is no report at all (`transforms.happenings`).
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.model.kinds import EventType, Verification
from aicycle.model.parameters import PhaseRules
from transforms.happenings import known_happenings
from transforms.phases.places import Places

SPENDING = (EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE, EventType.CAPEX_GUIDANCE, EventType.CAPEX_ACTUAL)
INSTANT = pl.Datetime("us", "UTC")
DOUBT = {word.value: rank for rank, word in enumerate(Verification)}
"""How weak a verification is."""

VOTES = pl.Schema(
    {
        "place": pl.Int64(),
        "feature": pl.Int64(),
        "event_id": pl.String(),
        "happening_known_at": INSTANT,
        "known_at": INSTANT,
        "title": pl.String(),
        "doubt": pl.Int64(),
    }
)
"""feature: its position in the rules; known_at: when its newest row became known; doubt: of its weakest row."""

VOTING = ("feature", "place", "happening_known_at", "event_id", "row_id", "title")
"""What the rows of votes are sorted by."""


def votes_of(
    *,
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    places: Places,
    rules: PhaseRules,
    as_of: datetime,
) -> pl.DataFrame:
    """Return every vote known by `as_of`, in `VOTES`; sorted by feature, place, time and happening.

    Arguments and errors as in `voting_rows`.
    """
    rows = voting_rows(
        events=events, announcements=announcements, members=members, places=places, rules=rules, as_of=as_of
    )
    # The row with the least id gives the words; how often the others repeat it does not count.
    return (
        rows.group_by("feature", "place", "event_id", maintain_order=True)
        .agg(pl.col("happening_known_at", "title").first(), pl.col("known_at", "doubt").max())
        .select(VOTES.names())
        .match_to_schema(VOTES)
    )


def voting_rows(
    *,
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    places: Places,
    rules: PhaseRules,
    as_of: datetime,
) -> pl.DataFrame:
    """Return the rows that votes are made of, several of one happening among them.

    Args:
        events: versions of `core.cycle_events`.
        announcements: versions of `core.announcements`.
        members: versions of `core.event_members`.
        places: the segments.
        rules: which type votes in which feature.
        as_of: instant with a time zone.

    Returns:
        The columns of `VOTES`, and table and row_id: its key there; sorted by `VOTING`.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    lines = [
        (feature_index, event_type.value, direction)
        for feature_index, feature in enumerate(rules.features)
        for event_type in feature.event_types
        for direction in feature.directions
    ]
    read_as = pl.DataFrame(lines, schema={"feature": pl.Int64, "type": pl.String, "direction": pl.Int64}, orient="row")
    spending_as = read_as.filter(pl.col("type").is_in([t.value for t in SPENDING])).select("feature", "type").unique()
    of_events = (
        known_happenings(events, members, CYCLE_EVENTS, as_of=as_of)
        .join(read_as, on=["type", "direction"])
        .join(places.sources, on=["company", "segment"])
        .select(
            "place", "feature", "event_id", "happening_known_at", "known_at", "title", "verification",
            row_id="cycle_event_id", table=pl.lit(CYCLE_EVENTS.full_name),
        )
    )  # fmt: skip
    said = known_happenings(announcements, members, ANNOUNCEMENTS, as_of=as_of).filter(
        pl.col("direction").is_null() | (pl.col("direction") != "down")
    )
    of_announcements = (
        said.join(spending_as, left_on="kind", right_on="type")
        .join(places.announcers, on="company")
        .select(
            "place", "feature", "event_id", "happening_known_at", "known_at",
            pl.coalesce("wording", "purpose", "kind").alias("title"), "verification", row_id="item_id",
            table=pl.lit(ANNOUNCEMENTS.full_name),
        )
    )  # fmt: skip
    doubt = pl.col("verification").replace_strict(list(DOUBT), list(DOUBT.values()), return_dtype=pl.Int64)
    return pl.concat([of_events, of_announcements]).with_columns(doubt=doubt).drop("verification").sort(VOTING)
