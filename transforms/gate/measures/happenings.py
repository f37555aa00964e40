"""Cycle events against their own days, the universe, and events like them.

Here: what stands around an event. Not here: which events are one happening (`transforms.event_members`), or what they
mean.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.model.parameters import Universe
from transforms.gate.context import GateContext
from transforms.gate.measures.numbers import Row, marked, numbers
from transforms.happenings import WHOLE_MARKET
from transforms.quarters import GROUP

HAPPENED, FORESEEN, NEAR, DATED_ID, WATCHED, COPIED, DIRECTED, ONE_COMPANY = CHECKS = (
    "event_time.over",
    "event_time.by_then",
    "event_time.near",
    "announcement_id.of_its_day",
    "company.watched",
    "event.told_once",
    "direction.usual",
    "company.of_its_announcement",
)
DAY_IN_ID = r"((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})"
ID_SLACK_DAYS = 31
COMPANY_WITNESSES = 2


def measure_events(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure cycle events by their days and by events like them.

    Args:
        rows: staged rows of `core.cycle_events`.
        context: what is believed, and who is watched.

    Returns:
        Numbers of `CHECKS`: days for `event_time.*` and `announcement_id.of_its_day`, 1 where wrong for the rest.
    """
    rules = context.rules.statements.texts
    columns = [
        *("cycle_event_id", "announcement_id", "event_time", "company", "segment", "type", "direction", "country"),
        *("is_realised", "title", "known_at", "known_precision"),
    ]
    believed = context.rows(CYCLE_EVENTS.full_name).join(rows, on="cycle_event_id", how="anti").select(columns)
    together = pl.concat(
        [rows.select("row_id", *columns), believed.select(pl.lit(None, pl.Int64).alias("row_id"), *columns)]
    ).with_columns(known_on=pl.col("known_at").dt.date())
    new = together.filter(pl.col("row_id").is_not_null())
    ahead = (pl.col("event_time") - pl.col("known_on")).dt.total_days()
    unfetched = (pl.col("event_time") - pl.col("fetched_at").dt.date()).dt.total_days()
    realised = rows.filter("is_realised").with_columns(known_on=pl.col("known_at").dt.date())

    def foreseen(row: Row) -> str:
        return f"{_name(row)} has happened on {row['event_time']}, and was known on {row['known_on']} already"

    return pl.concat(
        [
            # A source marks a plan as realised when it was, and leaves the day it was first told: a contradiction is
            # only what had not come when we fetched it, or what nobody announces that far ahead.
            numbers(
                HAPPENED,
                realised,
                value=pl.max_horizontal(ahead - rules.foreseen_days.value, unfetched),
                limit=pl.lit(0.0),
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
            _dated_ids(new, together),
            _watched(new, context.universe),
            _told_once(new, together, rules.copy_days.value, rules.alike_frac.value),
            _directed(new, together, rules.one_direction_events.value),
            _one_company(new, together),
        ]
    )


def _name(row: Row) -> str:
    return f"{row['type']} of {row['company']}, {row['cycle_event_id']}"


def _dated_ids(new: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Compare the day in an announcement's id, where ids carry one, with the day it was known."""
    stated = pl.col("announcement_id").str.extract(DAY_IN_ID).str.to_date("%Y-%m-%d", strict=False)
    off = (pl.col("known_on") - stated).dt.total_days().abs()
    by_day = pl.col("known_precision").is_in(["day", "instant"])
    dated = together.with_columns(id_on=stated, off=off).filter(pl.col("off").is_not_null() & by_day)
    agree = dated.select((pl.col("off") <= ID_SLACK_DAYS).mean()).item()
    if dated.is_empty() or agree is None or agree < 0.8:
        return marked(DATED_ID, new.head(0), {})  # here a day in an id means something else
    return numbers(
        DATED_ID,
        dated.filter(pl.col("row_id").is_not_null()),
        value=pl.col("off"),
        limit=pl.lit(ID_SLACK_DAYS),
        said=lambda row: f"{_name(row)} was known on {row['known_on']}, and its announcement's id says {row['id_on']}",
    )


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


def _one_company(new: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Find a row whose announcement is otherwise another company's."""
    voices = together.group_by("announcement_id", "company").agg(mine=pl.len())
    others = voices.group_by("announcement_id").agg(
        total=pl.col("mine").sum(), companies=pl.len(), owner=pl.col("company").sort_by("mine", "company").last()
    )
    judged = new.join(voices, on=["announcement_id", "company"]).join(others, on="announcement_id")
    wrong = judged.filter(
        (pl.col("companies") == 2)  # noqa: PLR2004 - itself and one other
        & (pl.col("owner") != pl.col("company"))
        & (pl.col("mine") == 1)
        & (pl.col("total") - 1 >= COMPANY_WITNESSES)
    )
    sentences = {
        row["row_id"]: f"{_name(row)}: all else of announcement {row['announcement_id']} is {row['owner']}'s"
        for row in wrong.iter_rows(named=True)
    }
    return marked(ONE_COMPANY, judged, sentences)
