"""Votes, shares, abstention and honesty of the dictionary baseline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Configuration, PhaseRules
from aicycle.settings.configuration import load_configuration
from transforms.event_members import event_members
from transforms.phases import assess_phases
from transforms.staging import stage
from transforms.staging.batch import Payload

AS_OF = end_of_day(date(2025, 9, 28))
YEAR = timedelta(days=365.25)
NO_ANNOUNCEMENTS = CONTRACTS["core.announcements"].polars_schema().to_frame()


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


def event_rows(*given: dict[str, Any]) -> pl.DataFrame:
    common = {
        "event_time": date(2025, 9, 1),
        "company": "Alibaba",
        "segment": "cloud",
        "direction": 1,
        "country": "CN",
        "is_realised": True,
        "title": "something",
        "source": "somewhere",
        "verification": "source",
        "known_at": AS_OF,
        "known_precision": "day",
        "revision": 0,
        "load_seq": 1,
        "payload_sha256": "0" * 64,
        "byte_start": 0,
        "byte_end": 1,
    }
    numbered = [
        common | {"cycle_event_id": f"row {i}", "announcement_id": f"announcement {i}"} | row
        for i, row in enumerate(given)
    ]
    return pl.DataFrame(numbered, schema=CONTRACTS["core.cycle_events"].polars_schema())


@pytest.fixture
def assessed(configuration: Configuration):
    """`assessed(*events, segment=...)`: one row of the answer, reasons parsed."""

    def assess(*events: dict[str, Any], segment="cloud", company="Alibaba", rules=None, as_of=AS_OF) -> dict[str, Any]:
        frame = event_rows(*events)
        answer = assess_phases(
            frame,
            event_members(NO_ANNOUNCEMENTS, frame),
            universe=configuration.universe,
            rules=rules or configuration.phases,
            as_of=as_of,
        )
        row = answer.row(by_predicate=(pl.col("company") == company) & (pl.col("segment") == segment), named=True)
        return row | {"reasons": json.loads(row["reasons"])}

    return assess


REGION = {"type": "region_launch"}
MODEL = {"type": "model_release"}
RULING = {"type": "regulation"}


def shares(row: dict[str, Any]) -> list[float]:
    return [row[f"probability_{phase}"] for phase in (1, 2, 3, 4)]


def test_shares_of_votes_are_the_probabilities(assessed) -> None:
    row = assessed(REGION, REGION, REGION, MODEL)
    assert (row["phase"], row["is_abstained"]) == (1, False)
    assert shares(row) == pytest.approx([0.75, 0.25, 0.0, 0.0])


def test_one_announcement_votes_once_whatever_its_rows(assessed) -> None:
    eight = [REGION | {"announcement_id": "eight countries"} for _ in range(8)]
    assert shares(assessed(*eight, MODEL, MODEL)) == pytest.approx([1 / 3, 2 / 3, 0.0, 0.0])


def test_one_announcement_votes_for_each_phase_it_speaks_for(assessed) -> None:
    both = [REGION | {"announcement_id": "a"}, MODEL | {"announcement_id": "a"}]
    assert shares(assessed(*both)) == pytest.approx([0.5, 0.5, 0.0, 0.0])


def test_votes_fade_and_rulings_fade_slower(assessed) -> None:
    old = {"known_at": AS_OF - 4 * YEAR}
    row = assessed(MODEL | old, RULING | old, MODEL)
    assert shares(row) == pytest.approx([0.0, (1 + 1 / 16) / (1.5 + 1 / 16), 0.5 / (1.5 + 1 / 16), 0.0])


def test_a_restated_row_keeps_its_age(assessed) -> None:
    first = MODEL | {"cycle_event_id": "m", "announcement_id": "m", "known_at": AS_OF - YEAR}
    again = first | {"known_at": AS_OF, "title": "corrected", "load_seq": 2, "revision": 1}
    row = assessed(first, again, REGION)
    assert shares(row) == pytest.approx([2 / 3, 1 / 3, 0.0, 0.0])
    assert any("corrected" in reason for reason in row["reasons"])


def test_without_events_it_abstains_and_says_so(assessed) -> None:
    row = assessed()
    assert (row["phase"], row["is_abstained"], row["evidence"]) == (None, True, "no events")
    assert shares(row) == [None] * 4
    assert "no known event" in row["reasons"][0]


def test_with_too_little_it_abstains(assessed) -> None:
    row = assessed(REGION | {"known_at": AS_OF - YEAR})
    assert (row["phase"], row["is_abstained"]) == (None, True)
    assert shares(row) == [None] * 4
    assert "0.50" in row["reasons"][0]
    assert not assessed(REGION)["is_abstained"], "one announcement of today is just enough"


def test_outvoted_it_abstains(assessed) -> None:
    row = assessed(REGION, REGION, REGION, MODEL, MODEL, RULING, RULING)
    assert (row["phase"], row["is_abstained"]) == (None, True)
    assert "43%" in row["reasons"][0]
    assert shares(row) == pytest.approx([3 / 7, 2 / 7, 2 / 7, 0.0])


def test_a_tie_is_no_answer(assessed) -> None:
    row = assessed(REGION, MODEL)
    assert (row["phase"], row["is_abstained"]) == (None, True)
    assert "50% each" in row["reasons"][0]


def test_a_bare_majority_is_an_answer(assessed) -> None:
    assert assessed(REGION, REGION, MODEL, RULING)["phase"] == 1, "half is not below half"


def test_whose_events_vote(assessed) -> None:
    others = [
        {"company": "none"},
        {"company": "Nvidia"},
        {"company": "Ant"},
        {"segment": "models"},
        {"segment": "group"},
    ]
    assert assessed(*(REGION | other for other in others))["evidence"] == "no events"
    ant = MODEL | {"company": "Ant", "segment": "fintech"}
    assert assessed(ant, segment="fintech")["phase"] == 2


def test_the_whole_company_has_no_phase_and_every_other_segment_is_assessed(configuration) -> None:
    answer = assess_phases(
        event_rows(),
        event_members(NO_ANNOUNCEMENTS, event_rows()),
        universe=configuration.universe,
        rules=configuration.phases,
        as_of=AS_OF,
    )
    alibaba = answer.filter(pl.col("company") == "Alibaba")["segment"].to_list()
    assert alibaba == ["cloud", "models", "chips", "e-commerce", "fintech", "logistics"]
    assert "group" not in answer["segment"].to_list()
    assert {c.name for c in configuration.universe.companies} == set(answer["company"])


def test_what_is_known_later_does_not_vote(assessed) -> None:
    later = MODEL | {"known_at": AS_OF + timedelta(microseconds=1)}
    assert assessed(REGION, later, later) == assessed(REGION)


def test_reasons_name_the_strongest_first_the_weak_sources_and_the_blind_spot(assessed) -> None:
    row = assessed(MODEL | {"title": "M1"}, MODEL | {"title": "M2", "verification": "unchecked"}, RULING)
    assert row["reasons"][0].startswith("Phase 2, models and platforms: 2.00 of 3.00")
    assert "2 model_release" in row["reasons"][0]
    assert row["reasons"][1].startswith("Phase 3")
    assert "1 of 3 announcements rest on unchecked sources." in row["reasons"]
    assert "Phase 4, maturity: no event type speaks for it" in row["reasons"][-1]
    assert row["probability_4"] == 0.0


def test_basis_and_status(assessed, configuration: Configuration) -> None:
    assert (assessed(REGION)["basis"], assessed(REGION)["status"]) == ("hindsight", "assumption")
    assert assessed(as_of=end_of_day(date(2026, 11, 22)))["basis"] == "hindsight"
    assert assessed(as_of=end_of_day(date(2026, 11, 23)))["basis"] == "live"


def test_status_follows_the_weakest_source_where_the_rules_are_better(assessed, configuration: Configuration) -> None:
    def reported(p):
        return replace(p, status=Status.REPORTED)

    rules = configuration.phases
    better = PhaseRules(
        version="test",
        phase_names=rules.phase_names,
        votes=tuple(
            replace(v, phase=reported(v.phase), half_life_years=reported(v.half_life_years)) for v in rules.votes
        ),
        abstain_below=reported(rules.abstain_below),
        min_votes=reported(rules.min_votes),
    )
    weak = REGION | {"announcement_id": "a", "verification": "unchecked"}
    strong = REGION | {"announcement_id": "a", "cycle_event_id": "0"}
    assert assessed(REGION, rules=better)["status"] == "reported"
    assert assessed(strong, weak, rules=better)["status"] == "assumption"


def test_the_answer_fits_its_contract(configuration: Configuration) -> None:
    answer = assess_phases(
        event_rows(REGION),
        event_members(NO_ANNOUNCEMENTS, event_rows(REGION)),
        universe=configuration.universe,
        rules=configuration.phases,
        as_of=AS_OF,
    )
    schema = CONTRACTS["marts.phase_assessments"].polars_schema()
    assert answer.schema == {name: schema[name] for name in answer.schema}
    with_what_it_was_made = {
        "run_id", "is_stale", "stale_since", "held_because", "facts_as_of", "load_seq", "facts_digest",
        "parameters_digest", "gate_digest", "code_version", "libraries", "created_at",
    }  # fmt: skip
    assert set(schema) - set(answer.schema) == with_what_it_was_made


# --- the recorded data ----------------------------------------------------------------------------------------------

ARTICLE = {"cloud": 1, "models": 2, "chips": 2, "e-commerce": 3, "fintech": 3, "logistics": 3}


@pytest.fixture(scope="module")
def recorded(recording_dir: Path, configuration: Configuration) -> pl.DataFrame:
    content = (recording_dir / "cycle_events.csv").read_bytes()
    payload = Payload(
        source="recording",
        name="cycle_events.csv",
        format="recording/cycle_events.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    (batch,) = stage(payload, universe=configuration.universe, siblings={})
    ledger = {"revision": pl.lit(0, pl.Int64), "load_seq": pl.lit(1, pl.Int64)}
    readable = batch.frame.filter(pl.col("unreadable").is_null())
    return readable.with_columns(**ledger).select(batch.contract.column_names)


def alibabas_map(events: pl.DataFrame, configuration: Configuration, rules: PhaseRules) -> dict[str, int | None]:
    answer = assess_phases(
        events,
        event_members(NO_ANNOUNCEMENTS, events),
        universe=configuration.universe,
        rules=rules,
        as_of=AS_OF,
    ).filter(pl.col("company") == "Alibaba")
    assert set(answer["probability_4"].drop_nulls()) <= {0.0}
    return dict(zip(answer["segment"], answer["phase"], strict=True))


@pytest.mark.recording
def test_recorded_events_give_the_articles_map(recorded: pl.DataFrame, configuration: Configuration) -> None:
    assert alibabas_map(recorded, configuration, configuration.phases) == ARTICLE


@pytest.mark.recording
def test_events_of_whole_markets_would_not_change_the_map(recorded: pl.DataFrame, configuration: Configuration) -> None:
    of_market = pl.col("company") == "none"
    with_markets = recorded.with_columns(
        company=pl.when(of_market & (pl.col("segment") != "group")).then(pl.lit("Alibaba")).otherwise("company")
    )
    assert recorded.filter(of_market).height > 10
    assert alibabas_map(with_markets, configuration, configuration.phases) == ARTICLE


@pytest.mark.recording
def test_with_one_half_life_for_all_fintech_would_turn(recorded: pl.DataFrame, configuration: Configuration) -> None:
    votes = tuple(replace(v, half_life_years=replace(v.half_life_years, value=1.0)) for v in configuration.phases.votes)
    turned = alibabas_map(recorded, configuration, replace(configuration.phases, votes=votes))
    assert turned == ARTICLE | {"fintech": 2}
