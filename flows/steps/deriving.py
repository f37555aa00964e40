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
from aicycle.model.instants import parse_as_of
from aicycle.model.kinds import EventName
from aicycle.model.parameters import Configuration
from aicycle.settings.manifest import code_version, libraries, platform_name
from expectations.suite import rules_version
from flows.steps.accepting import Acceptance
from flows.steps.manifests import gate_digest, keep_manifest
from transforms.digests import content_digest, frame_digest
from transforms.facts import Facts
from transforms.lineage import downstream, last_good_instant, standing
from transforms.phases import PhaseAnswer, assess_phases
from transforms.player_influence import player_influence
from transforms.prices import CLOSES_SCHEMA, RECEIVED_SCHEMA, closes_of, quoted_bars
from transforms.segment_metrics import all_metrics, segment_metrics
from transforms.staging.batch import LEDGER_NAMES
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
    received_at: datetime | None
    """When the newest payload, or a person's newest decision, came."""
    holds: pl.DataFrame
    configuration: Configuration
    as_of: datetime
    load_seq: int
    rules_version: str
    """Of the gate's rules that the holds follow from."""
    kept_holds: pl.DataFrame | None = None
    """Where a stored answer is made again: the holds it saw, already spread. They count instead of `holds`."""

    def held(self, output: str) -> pl.DataFrame:
        """Return all holds, standing or not, spread along the lineage to one output table."""
        spread = self.kept_holds
        if spread is None:
            spread = downstream(self.holds, self.configuration.universe, self.configuration.scenario_sets)
        return spread.filter(pl.col("output") == output)

    def seen(self, spread: pl.DataFrame) -> pl.DataFrame:
        """Return what an answer as of the view can have seen of holds: what became of them later, it could not."""
        until = pl.when(pl.col("until") <= self.as_of).then(pl.col("until"))
        return spread.filter(pl.col("since") <= self.as_of).with_columns(until=until)

    def manifest(self, spread: pl.DataFrame) -> dict[str, str | int]:
        """Return what an answer of this view was computed with, beside its facts.

        Args:
            spread: the holds on this answer, as `held` gives them. Other holds, and what became of these after the
                as-of, can't have moved it.
        """
        return {
            "load_seq": self.load_seq,
            "parameters_digest": self.configuration.digest,
            "gate_digest": gate_digest(self.seen(spread), self.rules_version),
            "code_version": code_version(),
            "libraries": libraries(),
            "platform": platform_name(),
        }


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
            next_command="the same command with --as-of 2025-09-28",
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
    received = reader.frame("raw.payloads")
    heard_at = newest_word(reader)
    instant = instant_of(as_of) if as_of is not None else newest_instant(facts, holds, heard_at)
    if instant is None:
        return None
    return View(
        facts=facts,
        received=received_days(received),
        received_at=heard_at,
        holds=holds,
        configuration=configuration,
        as_of=instant,
        load_seq=loads if isinstance(loads, int) else 0,
        rules_version=rules_version(configuration.gate),
    )


def newest_word(reader: Reader) -> datetime | None:
    """Return when the newest payload, or a person's newest decision, came."""
    ends = [reader.frame("raw.payloads")["fetched_at"].max(), reader.frame("ops.decisions")["decided_at"].max()]
    return max((i for i in ends if isinstance(i, datetime)), default=None)


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


def newest_instant(facts: Facts, holds: pl.DataFrame, received_at: object) -> datetime | None:
    """Return when the newest fact the model reads, or the newest change of a hold, became known.

    Facts count only up to when the newest payload was received: one of today counts as known at the day's end, and an
    answer must not be of an instant that has not come.
    """
    ends = [facts.newest_known_at(MODEL_TABLES), holds["until"].max()]
    come = [i for i in ends if isinstance(i, datetime)]
    if isinstance(received_at, datetime):
        come = [min(i, received_at) for i in come]
    begun = holds["since"].max()
    return max([*come, begun] if isinstance(begun, datetime) else come, default=None)


def metrics_of(view: View) -> pl.DataFrame:
    """Return `marts.segment_metrics` as of the view; metrics of which an input is held are marked."""
    metrics = all_metrics(
        view.facts, universe=view.configuration.universe, rules=view.configuration.metrics, as_of=view.as_of
    )
    held = (
        standing(view.held("marts.segment_metrics"), view.as_of)
        .with_columns(metric_held=pl.col("output_metrics").str.split("|"))
        .explode("metric_held")
        .group_by("company", "segment", "metric_held")
        .agg(held_because=pl.col("cause").unique().sort().str.join("; "))
    )
    marked = metrics.join(
        held, left_on=["company", "segment", "metric"], right_on=["company", "segment", "metric_held"], how="left"
    ).with_columns(is_stale=pl.col("held_because").is_not_null())
    contract = CONTRACTS["marts.segment_metrics"]
    return marked.select(contract.column_names).sort(contract.key)


def players_of(view: View) -> pl.DataFrame:
    """Return `marts.player_influence` as of the view; while an input of any player is held, all of it is marked."""
    rules = view.configuration
    metrics = all_metrics(view.facts, universe=rules.universe, rules=rules.metrics, as_of=view.as_of)
    influence = player_influence(
        metrics,
        view.facts.cycle_events,
        view.facts.event_members,
        universe=rules.universe,
        rules=rules.players,
        as_of=view.as_of,
    )
    causes = standing(view.held("marts.player_influence"), view.as_of)
    contract = CONTRACTS["marts.player_influence"]
    marked = influence.with_columns(
        is_stale=pl.lit(not causes.is_empty()), held_because=pl.lit(joined_causes(causes) or None, pl.String)
    )
    return marked.select(contract.column_names).sort(contract.key)


def phases_of(view: View) -> pl.DataFrame:
    """Return `marts.phase_assessments` but `created_at`, as of the view; held segments keep the last good answer."""
    return phase_answer_of(view).assessments


def phase_answer_of(view: View) -> PhaseAnswer:
    """Return the phases and `marts.phase_features`, as of the view; held segments keep the last good answer of both."""
    spread = view.held("marts.phase_assessments")
    answers = [_assessed(view, view.as_of, None)]
    for company, segment in standing(spread, view.as_of).select("company", "segment").unique().sort(pl.all()).rows():
        mine = (pl.col("company") == company) & (pl.col("segment") == segment)
        held = spread.filter(mine)
        causes = standing(held, view.as_of).sort("since")
        last_good = _assessed(view, last_good_instant(held, view.as_of), causes)
        answers[0] = _filtered(answers[0], ~mine)
        answers.append(_filtered(last_good, mine))
    made_with = view.manifest(spread)
    together = pl.concat([answer.assessments for answer in answers]).with_columns(
        as_of=pl.lit(view.as_of).cast(pl.Datetime("us", "UTC")), **{k: pl.lit(v) for k, v in made_with.items()}
    )
    told = pl.concat([answer.features for answer in answers])
    run_id = phase_run_id(together, told)
    columns = [n for n in CONTRACTS["marts.phase_assessments"].column_names if n != "created_at"]
    features = CONTRACTS["marts.phase_features"]
    return PhaseAnswer(
        assessments=together.with_columns(run_id=pl.lit(run_id), load_seq=pl.col("load_seq").cast(pl.Int64))
        .select(columns)
        .sort("company", "segment"),
        features=told.with_columns(run_id=pl.lit(run_id)).select(features.column_names).sort(features.key),
    )


def phase_run_id(assessments: pl.DataFrame, features: pl.DataFrame) -> str:
    """Return the id of a phase run: the digest of all it says and was made with.

    Loads are not in it: the same facts stored by other loads are the same facts.

    Args:
        assessments: the run's rows of `marts.phase_assessments`, with or without an id.
        features: its rows of `marts.phase_features`, likewise.
    """
    frames = {"marts.phase_assessments": assessments, "marts.phase_features": features}
    unsaid = {"run_id", "load_seq", "created_at"}
    return content_digest(
        {
            table: frame_digest(frame.select(n for n in CONTRACTS[table].column_names if n not in unsaid))
            for table, frame in frames.items()
        }
    )


def _filtered(answer: PhaseAnswer, mine: pl.Expr) -> PhaseAnswer:
    return PhaseAnswer(assessments=answer.assessments.filter(mine), features=answer.features.filter(mine))


def phase_metrics_of(view: View, as_of: datetime) -> pl.DataFrame:
    """Return the metrics that phases are read from, as of an instant, with `first_known_at`."""
    # All versions: a figure is placed in time at its first print.
    return segment_metrics(
        view.facts.reported_figures, view.facts.fx_rates, universe=view.configuration.universe, as_of=as_of
    )


def _assessed(view: View, facts_as_of: datetime, causes: pl.DataFrame | None) -> PhaseAnswer:
    answer = assess_phases(
        events=view.facts.cycle_events,
        announcements=view.facts.announcements,
        members=view.facts.event_members,
        metrics=phase_metrics_of(view, facts_as_of),
        universe=view.configuration.universe,
        rules=view.configuration.phases,
        as_of=facts_as_of,
    )
    is_stale = causes is not None
    read = (view.facts.cycle_events, view.facts.announcements, view.facts.event_members, view.facts.reported_figures)
    names = ("events", "announcements", "members", "figures")
    facts = {name: frame_digest(versions_by(frame, facts_as_of)) for name, frame in zip(names, read, strict=True)}
    instants = pl.Datetime("us", "UTC")
    assessments = answer.assessments.with_columns(
        is_stale=pl.lit(is_stale),
        stale_since=pl.lit(causes["since"].min() if causes is not None else None).cast(instants),
        held_because=pl.lit(joined_causes(causes) if causes is not None else None, pl.String),
        facts_as_of=pl.lit(facts_as_of).cast(instants),
        facts_digest=pl.lit(content_digest(facts)),
    )
    return replace(answer, assessments=assessments)


def joined_causes(causes: pl.DataFrame) -> str:
    """Return why something is held, oldest hold first, each cause once."""
    return "; ".join(causes.sort("since")["cause"].unique(maintain_order=True))


def without_ledger(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop when we stored a row and where it was read: from other files, in another order, they are the same facts."""
    return frame.drop(LEDGER_NAMES)


def versions_by(frame: pl.DataFrame, instant: datetime) -> pl.DataFrame:
    """Return every version of facts known by an instant: an answer also depends on when a fact was first printed."""
    return without_ledger(frame.filter(pl.col("known_at") <= instant)).unique()


def record_segment_metrics(transaction: Transaction, view: View, acceptance: Acceptance) -> bool:
    """Make `marts.segment_metrics` say what all stored figures say; return whether that changed anything.

    The table is as of the newest fact, whatever day the run is for: answers for other days are computed when asked.
    """
    newest = newest_instant(view.facts, view.holds, view.received_at) or view.as_of
    answer = metrics_of(replace(view, as_of=newest))
    return _replace_accepted(transaction, "marts.segment_metrics", answer, newest, acceptance)


def record_player_influence(transaction: Transaction, view: View, acceptance: Acceptance) -> bool:
    """Make `marts.player_influence` say what all stored facts say; return whether that changed anything.

    As of the newest fact, like the segment metrics.
    """
    newest = newest_instant(view.facts, view.holds, view.received_at) or view.as_of
    answer = players_of(replace(view, as_of=newest))
    return _replace_accepted(transaction, "marts.player_influence", answer, newest, acceptance)


def _replace_accepted(
    transaction: Transaction, table: str, answer: pl.DataFrame, as_of: datetime, acceptance: Acceptance
) -> bool:
    # What stands there was accepted when it was stored: an unchanged answer is not judged again.
    if transaction.frame(table).equals(answer, null_equal=True):
        return False
    if not acceptance.accepts({table: answer}, output=table, subject="", as_of=as_of):
        return False
    return transaction.replace(table, answer)


def record_phases(transaction: Transaction, view: View, acceptance: Acceptance) -> int:
    """Add the view's phase assessments with their features, and what changed; return how many are new."""
    stored = transaction.frame("marts.phase_assessments")
    found = phase_answer_of(view)
    answer = found.assessments.with_columns(created_at=pl.lit(transaction.clock()).cast(pl.Datetime("us", "UTC")))
    frames = {"marts.phase_assessments": answer, "marts.phase_features": found.features}
    is_known = not answer.is_empty() and answer["run_id"][0] in stored["run_id"]
    if is_known or not acceptance.accepts(frames, output="marts.phase_assessments", subject="", as_of=view.as_of):
        return 0
    before = stored.filter(pl.col("as_of") < view.as_of)
    fresh = transaction.append_new("marts.phase_assessments", answer)
    transaction.append_new("marts.phase_features", found.features)
    if fresh.height:
        seen = view.seen(view.held("marts.phase_assessments"))
        keep_manifest(transaction, view.configuration, seen, view.rules_version)
    if fresh.is_empty() or before.is_empty():
        return fresh.height
    latest = before.sort("as_of", "load_seq", "created_at", "run_id").unique(
        ["company", "segment"], keep="last", maintain_order=True
    )
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
