"""Cycle events against their own days, the universe, and events like them.

Here: what stands around an event. Not here: which events are one happening (`transforms.event_members`), or what they
mean.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.model.kinds import RowOrigin
from aicycle.model.parameters import Universe
from transforms.gate.context import GateContext
from transforms.gate.measures import announced_by
from transforms.gate.measures.announced_by import measure_ids
from transforms.gate.measures.saying import Row, marked, numbers
from transforms.happenings import WHOLE_MARKET
from transforms.quarters import GROUP

HAPPENED, FORESEEN, NEAR, WATCHED, COPIED, DIRECTED = OWN = (
    "event_time.over",
    "event_time.by_then",
    "event_time.near",
    "company.watched",
    "event.told_once",
    "direction.usual",
)
CHECKS = (*OWN, *announced_by.CHECKS)


def measure_events(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure cycle events by their days and by events like them.

    Args:
        rows: staged rows of `core.cycle_events`.
        context: what is believed, and who is watched.

    Returns:
        Numbers of `CHECKS`: days for `event_time.*`, 1 where wrong for the rest.
    """
    rules = context.rules.statements.texts
    columns = [
        *("cycle_event_id", "announcement_id", "event_time", "company", "segment", "type", "direction", "country"),
        *("is_realised", "title", "known_at", "known_precision", "origin"),
    ]
    believed = context.rows(CYCLE_EVENTS.full_name).join(rows, on="cycle_event_id", how="anti").select(columns)
    together = pl.concat(
        [rows.select("row_id", *columns), believed.select(pl.lit(None, pl.Int64).alias("row_id"), *columns)]
    ).with_columns(known_on=pl.col("known_at").dt.date())
    new = together.filter(pl.col("row_id").is_not_null())
    # What was read in texts is told many times, under ids made of its document, and no witness against a source's rows.
    own, stated = (frame.filter(~pl.col("origin").eq_missing(RowOrigin.EXTRACTED)) for frame in (together, new))
    ahead = (pl.col("event_time") - pl.col("known_on")).dt.total_days()
    realised = rows.filter("is_realised").with_columns(known_on=pl.col("known_at").dt.date())

    def foreseen(row: Row) -> str:
        return f"{_name(row)} has happened on {row['event_time']}, and was known on {row['known_on']} already"

    return pl.concat(
        [
            # A source marks a plan as realised when it was, and leaves the day it was first told: a contradiction is
            # only what nobody announces that far ahead.
            numbers(
                HAPPENED,
                realised,
                value=ahead,
                limit=pl.lit(rules.foreseen_days.value),
                said=foreseen,
            ),
            numbers(FORESEEN, realised, value=ahead, limit=pl.lit(0), said=foreseen),
            numbers(
                NEAR,
                new,
                value=ahead.abs(),
                limit=pl.lit(rules.event_distance_days.value),
                said=lambda row: (
                    f"{_name(row)} is of {row['event_time']}, far from {row['known_on']}, when it was known"
                ),
            ),
            _watched(new, context.universe),
            _told_once(stated, own, rules.copy_days.value, rules.alike_frac.value),
            _directed(stated, own, rules.one_direction_events.value),
            *measure_ids(stated, own, "cycle_event_id"),
        ]
    )


def _name(row: Row) -> str:
    return f"{row['type']} of {row['company']}, {row['cycle_event_id']}"


def _watched(new: pl.DataFrame, universe: Universe) -> pl.DataFrame:
    """Find events of nobody who is watched: they count for nothing, perhaps because a name is misspelt."""
    names = {company.name: company for company in universe.companies}
    owners = {alias: c for c in universe.companies for s in c.segments for alias in s.event_companies}
    sentences: dict[int, str] = {}
    for row in new.select("row_id", "company", "segment", "type", "cycle_event_id").iter_rows(named=True):
        company = names.get(row["company"]) or owners.get(row["company"])
        segments = {segment.name for segment in company.segments} if company else set()
        if row["company"] == WHOLE_MARKET:
            continue
        if company is None:
            sentences[row["row_id"]] = f"{_name(row)}: {row['company']} is not watched, so it counts for nothing"
        elif row["segment"] not in {*segments, WHOLE_MARKET, GROUP}:
            sentences[row["row_id"]] = f"{_name(row)}: {company.name} has no segment {row['segment']}"
    return marked(WATCHED, new, sentences)


def _told_once(new: pl.DataFrame, together: pl.DataFrame, days: float, alike: float) -> pl.DataFrame:
    """Find the same event under another announcement a few days before: a copy that was not recognised."""
    others = together.select(
        *("company", "segment", "type", "country"),
        other_announcement="announcement_id",
        other_id="cycle_event_id",
        other_title="title",
        other_on="known_on",
    )
    pairs = new.join(others, on=["company", "segment", "type", "country"]).filter(
        (pl.col("announcement_id") != pl.col("other_announcement"))
        & (pl.col("known_on") - pl.col("other_on")).dt.total_days().is_between(0, days)
    )
    sentences = {
        row[
            "row_id"
        ]: f"{_name(row)}: told on {row['other_on']} already as {row['other_announcement']}: one announcement "
        "has one vote"
        for row in pairs.sort("other_id").iter_rows(named=True)
        if likeness(row["title"], row["other_title"]) >= alike
    }
    return marked(COPIED, new, sentences)


def likeness(one: str, other: str) -> float:
    """Return the share of words that two titles have in common, 0 to 1."""
    words, others = ({w.strip(".,:;'\"()").lower() for w in title.split()} for title in (one, other))
    return len(words & others) / len(words | others) if words | others else 0.0


def _directed(new: pl.DataFrame, together: pl.DataFrame, least: float) -> pl.DataFrame:
    """Find the one event of a kind that is good where all others were bad, or the other way round."""
    kind = ["company", "type"]
    moved = together.filter(pl.col("direction") != 0)
    sides = moved.group_by(kind).agg(total=pl.len(), sum=pl.col("direction").sum())
    odd = (
        new.filter(pl.col("direction") != 0)
        .join(sides, on=kind)
        .filter(
            (pl.col("total") - 1 >= least)
            & ((pl.col("sum") - pl.col("direction")) == -pl.col("direction") * (pl.col("total").cast(pl.Int64) - 1))
        )
    )
    sentences = {
        row[
            "row_id"
        ]: f"{_name(row)}: direction {row['direction']:+d}, and all {row['total'] - 1} others of its kind have "
        "the other"
        for row in odd.iter_rows(named=True)
    }
    return marked(DIRECTED, new, sentences)
