"""Per subject and metric open or held, and which outputs that keeps back."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.settings.configuration import load_configuration
from transforms.gate.holds import OBSERVATIONS_SCHEMA
from transforms.gate.state import audit_summary, held_outputs_at, subjects_at


def at(day: int, hour: int = 20) -> datetime:
    return datetime(2025, 10, day, hour, tzinfo=UTC)


@pytest.fixture(scope="module")
def configuration(root):
    return load_configuration(root / "config")


def seen(*rows: tuple[str, int]) -> pl.DataFrame:
    row = {"table_name": "core.daily_bars", "subject_kind": "symbol", "metric": "close", "key": "k", "load_seq": 1}
    return pl.DataFrame(
        [row | {"subject_id": s, "known_at": at(d), "source_known_at": at(d)} for s, d in rows],
        schema=OBSERVATIONS_SCHEMA,
    )


def holds(*rows: tuple[str, int, int | None]) -> pl.DataFrame:
    row = {"subject_kind": "symbol", "metric": "close", "cause": "broken", "quarantine_id": "q", "load_seq": 1}
    return pl.DataFrame(
        [row | {"subject_id": s, "since": at(a), "until": at(b) if b else None} for s, a, b in rows],
        schema=CONTRACTS["ops.holds"].polars_schema(),
    )


def subjects(configuration, observations, held, day):
    sets = configuration.scenario_sets
    rows = subjects_at(observations, held, configuration.universe, sets, as_of=at(day, 23)).to_dicts()
    return {row["subject_id"]: row for row in rows}


def test_a_subject_is_open_until_it_is_held_and_open_again_after(configuration):
    observations, held = seen(("BABA", 1), ("JD", 1), ("BABA", 6)), holds(("BABA", 3, 6))
    states = [subjects(configuration, observations, held, day)["BABA"]["state"] for day in (2, 3, 5, 6)]
    assert states == ["open", "held", "held", "open"]
    found = subjects(configuration, observations, held, 4)
    assert found["BABA"]["outputs"] == ["marts.forecasts/Alibaba", "marts.scenario_runs/Alibaba"]
    assert (found["JD"]["state"], found["JD"]["outputs"]) == ("open", [])
    assert found["BABA"]["last_known_at"] == at(1)


def test_of_several_holds_the_earliest_says_since_when(configuration):
    found = subjects(configuration, seen(("BABA", 1)), holds(("BABA", 5, None), ("BABA", 3, None)), 6)
    assert found["BABA"]["since"] == at(3)


def test_who_was_never_seen_may_still_be_held(configuration):
    found = subjects(configuration, seen(), holds(("BABA", 3, None)), 4)
    assert (found["BABA"]["state"], found["BABA"]["last_known_at"]) == ("held", None)


def test_what_was_not_known_yet_is_not_there(configuration):
    assert subjects(configuration, seen(("JD", 9)), holds(("BABA", 8, None)), 4) == {}


def test_a_held_output_names_its_last_good_instant_before_all_of_its_holds(configuration):
    held = holds(("BABA", 3, 6), ("BABA", 5, None))
    rows = held_outputs_at(held, configuration.universe, configuration.scenario_sets, as_of=at(7)).to_dicts()
    assert [(row["output"], row["company"]) for row in rows] == [
        ("marts.forecasts", "Alibaba"), ("marts.scenario_runs", "Alibaba"),
    ]  # fmt: skip
    assert {row["stale_since"] for row in rows} == {at(5)}
    assert all(row["last_good_at"] < at(3) for row in rows)
    assert rows[0]["because"] == ["broken"]


def test_audits_are_added_up_over_batches():
    row = {"check_name": "row.readable", "severity": "blocking", "is_broken": False, "rules_version": "g"}
    schema = CONTRACTS["ops.audits"].polars_schema()
    counts = [(1, True, 0), (2, False, 3)]
    audits = pl.DataFrame(
        [row | {"load_seq": n, "table_name": "core.daily_bars", "is_passed": ok, "rows_failed": bad,
                "rows_evaluated": 10} for n, ok, bad in counts],
    ).select(n for n in schema)  # fmt: skip
    assert audit_summary(audits).rows() == [("core.daily_bars", "row.readable", "blocking", 2, 1, 3, 20)]
