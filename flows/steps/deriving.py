"""Answers from facts: what the transform stage stores and what readers compute for any as-of day.

Here: one view of the facts with its as-of and its holds, and phases and metrics from it. The same functions serve the
flows and the command line: what is stored and what is asked can't differ. Not here: the rules (`transforms`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from aicycle.contracts import CONTRACTS, CORE_TABLES
from aicycle.errors import UsageError
from aicycle.model.instants import TICK, parse_as_of
from aicycle.model.kinds import EventName
from aicycle.model.parameters import Configuration
from transforms.digests import content_digest, frame_digest
from transforms.facts import Facts
from transforms.lineage import downstream, standing
from transforms.phases import assess_phases
from transforms.prices import CLOSES_SCHEMA, RECEIVED_SCHEMA, closes_of, quoted_bars
from transforms.segment_metrics import segment_metrics
from warehouse import Reader, Transaction

MODEL_TABLES = (
    "core.daily_bars",
    "core.corporate_actions",
    "core.fx_rates",
    "core.reported_figures",
    "core.announcements",
    "core.cycle_events",
)
"""Tables whose newest fact sets the default as-of: those the model reads. Documents alone move no answer yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All facts and holds of a warehouse, and the instant an answer is for."""

    facts: Facts
    received: pl.DataFrame
    """payload_sha256, received_on: how far the vendor's adjustments of a bar can reach."""
    holds: pl.DataFrame
    configuration: Configuration
    as_of: datetime
    load_seq: int

    def held_outputs(self, output: str) -> pl.DataFrame:
        """Return the holds standing at `as_of`, spread along the lineage to one output table."""
        spread = downstream(standing(self.holds, self.as_of), self.configuration.universe)
        return spread.filter(pl.col("output") == output)


def instant_of(text: str) -> datetime:
    """Read an as-of day or instant a person typed.

    Raises:
        UsageError: it is neither.
    """
    try:
        return parse_as_of(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no as-of day",
            expected="a day such as 2025-09-28, or an instant with its offset such as 2025-09-28T20:00:00+00:00",
            next_command="aicycle scenario --as-of 2025-09-28",
        ) from None


def view_of(reader: Reader, configuration: Configuration, as_of: str | None) -> View | None:
    """Return the view a run or a question works on, or None while there is no fact at all.

    Args:
        reader: an open database.
        configuration: `config/`, checked.
        as_of: day or instant; by default the instant of the newest fact or hold, so that the same facts always give
            the same answer, whenever they are asked for.

    Raises:
        UsageError: `as_of` is neither a day nor an instant.
    """
    facts = Facts.from_tables(reader.frames(CORE_TABLES))
    holds = reader.frame("ops.holds")
    loads = reader.frame("ops.loads")["load_seq"].max()
    instant = instant_of(as_of) if as_of else newest_instant(facts, holds)
    if instant is None:
        return None
    return View(
        facts=facts,
        received=received_days(reader.frame("raw.payloads")),
        holds=holds,
        configuration=configuration,
        as_of=instant,
        load_seq=loads if isinstance(loads, int) else 0,
    )


def received_days(payloads: pl.DataFrame) -> pl.DataFrame:
    """Return, per payload, the day its bytes were first received."""
    days = payloads.group_by("payload_sha256").agg(received_on=pl.col("fetched_at").min().dt.date())
    return days.sort("payload_sha256").match_to_schema(RECEIVED_SCHEMA)


def quoted_closes(view: View, company: str, as_of: datetime) -> pl.DataFrame:
    """Return the closes of a company's primary listing as quoted at `as_of`; none if it is not traded in US dollars.

    All actions take part, also those known later: they undo what the vendor did to old prices with hindsight.
    """
    listing = view.configuration.universe.primary_listing(company)
    if listing is None or listing.currency != "USD":
        return CLOSES_SCHEMA.to_frame()
    bars = view.facts.daily_bars.filter(pl.col("symbol") == listing.symbol)
    return closes_of(
        quoted_bars(bars, view.facts.corporate_actions, as_of=as_of, received=view.received), listing.symbol
    )


def newest_instant(facts: Facts, holds: pl.DataFrame) -> datetime | None:
    """Return when the newest fact the model reads, or the newest change of a hold, became known."""
    instants = [facts.newest_known_at(MODEL_TABLES), holds["since"].max(), holds["until"].max()]
    return max((i for i in instants if isinstance(i, datetime)), default=None)


def metrics_of(view: View) -> pl.DataFrame:
    """Return `marts.segment_metrics` as of the view."""
    known = view.facts.known_by(view.as_of)
    return segment_metrics(
        known.reported_figures, known.fx_rates, universe=view.configuration.universe, as_of=view.as_of
    )


def phases_of(view: View) -> pl.DataFrame:
    """Return `marts.phase_assessments` as of the view; a held segment keeps its last good answer, marked stale."""
    held = view.held_outputs("marts.phase_assessments")
    answers = [
        _assessed(view, view.as_of).with_columns(is_stale=pl.lit(value=False), held_because=pl.lit(None, pl.String))
    ]
    if held.height:
        first = held.group_by("company", "segment").agg(pl.col("since").min(), pl.col("cause").sort_by("since").first())
        for row in first.sort("company", "segment").iter_rows(named=True):
            mine = (pl.col("company") == row["company"]) & (pl.col("segment") == row["segment"])
            last_good = _assessed(view, row["since"] - TICK).filter(mine)
            answers[0] = answers[0].filter(~mine)
            answers.append(last_good.with_columns(is_stale=pl.lit(value=True), held_because=pl.lit(row["cause"])))
    contract = CONTRACTS["marts.phase_assessments"]
    together = pl.concat(answers).with_columns(as_of=pl.lit(view.as_of).cast(pl.Datetime("us", "UTC")))
    run_id = content_digest(
        {
            "as_of": view.as_of,
            "answer": frame_digest(together),
            "parameters": view.configuration.digest,
        }
    )
    return together.with_columns(run_id=pl.lit(run_id)).select(contract.column_names).sort("company", "segment")


def _assessed(view: View, as_of: datetime) -> pl.DataFrame:
    known = view.facts.known_by(as_of)
    return assess_phases(
        known.cycle_events,
        known.event_members,
        universe=view.configuration.universe,
        rules=view.configuration.phases,
        as_of=as_of,
    )


def record_segment_metrics(transaction: Transaction, view: View) -> bool:
    """Make `marts.segment_metrics` say what all stored figures say; return whether that changed anything.

    The table is as of the newest fact, whatever day the run is for: answers for other days are computed when asked.
    """
    newest = newest_instant(view.facts, view.holds) or view.as_of
    return transaction.replace("marts.segment_metrics", metrics_of(replace(view, as_of=newest)))


def record_phases(transaction: Transaction, view: View) -> int:
    """Add the view's phase assessments, and what changed against the previous ones; return how many are new."""
    before = transaction.frame("marts.phase_assessments").filter(pl.col("as_of") < view.as_of)
    fresh = transaction.append_new("marts.phase_assessments", phases_of(view))
    if fresh.is_empty() or before.is_empty():
        return fresh.height
    latest = before.sort("as_of").unique(["company", "segment"], keep="last", maintain_order=True)
    changed = fresh.join(latest, on=["company", "segment"], suffix="_before").filter(
        ~pl.col("phase").eq_missing(pl.col("phase_before"))
    )
    for row in changed.sort("company", "segment").iter_rows(named=True):
        transaction.record(
            EventName.PHASE_CHANGED,
            f"{row['company']}/{row['segment']}",
            {"from": row["phase_before"], "to": row["phase"], "as_of": view.as_of.isoformat()},
        )
    return fresh.height
