"""Through the whole pipeline: copies of an announcement count once, and one that is taken back leaves no trace."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aicycle.settings.configuration import load_configuration
from aicycle.settings.resources import config_folder
from flows.steps.deriving import phases_of, view_of
from flows.steps.recomputing import Scenario, scenario_of
from warehouse import Warehouse

DAY = "2026-01-15"
RECEIVED = datetime(2026, 1, 5, 12, tzinfo=UTC)
TAKEN_BACK = datetime(2026, 1, 12, 12, tzinfo=UTC)
PLAN = {
    "event_id": "copy 0",
    "announcement_id": "alibaba-more-2025-11-10",
    "known_on": "2025-11-10",
    "known_precision": "day",
    "company": "Alibaba",
    "kind": "capex_plan",
    "amount_low": "480000000000",
    "amount_high": "480000000000",
    "currency": "CNY",
    "horizon_start": "2025",
    "horizon_end": "2028",
    "wording": "made up for this test",
    "hypothetical": "false",
    "verification": "source",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]], *extra: str) -> None:
    columns = [*rows[0], *extra]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def answer(tmp_path):
    """Alibaba's scenarios and all phases as of one day, from a home's newest snapshot."""

    def ask(home: str) -> tuple[Scenario, list[tuple[object, ...]]]:
        configuration = load_configuration(config_folder())
        with Warehouse(tmp_path / home).read() as reader:
            view = view_of(reader, configuration, DAY)
            assert view is not None
            scenario_set = configuration.scenario_set("Alibaba")
            assert scenario_set is not None
            shown = ["company", "segment", "phase", "probability_1", "probability_2", "probability_3", "probability_4"]
            return scenario_of(view, scenario_set), phases_of(view).select(shown).rows()

    return ask


def numbers(scenario: Scenario) -> tuple[object, ...]:
    bands = scenario.bands.select("scenario", "probability").rows()
    assert scenario.run["abstained_because"] is None
    return bands, scenario.evidence.drop("run_id").rows(), scenario.moves.drop("run_id").rows()


def test_ten_copies_move_the_probabilities_exactly_as_one(recording_copy, run_on, answer):
    spending = recording_copy / "capex_events.csv"
    before = rows_of(spending)
    run_on(recording_copy, home="none", now=RECEIVED)
    write(spending, [*before, PLAN])
    run_on(recording_copy, home="one", now=RECEIVED)
    write(spending, [*before, *(PLAN | {"event_id": f"copy {i}"} for i in range(10))])
    assert run_on(recording_copy, home="ten", now=RECEIVED).total("quarantined") == 0
    one, ten, none = answer("one"), answer("ten"), answer("none")
    assert numbers(ten[0]) == numbers(one[0]) != numbers(none[0])
    assert ten[1] == one[1]


def test_the_eight_regions_of_one_announcement_count_once(recording_copy, run_on, answer):
    events = recording_copy / "cycle_events.csv"
    rows = rows_of(events)
    regions = [r for r in rows if r["type"] == "region_launch" and r["known_on"] == "2025-09-24"]
    assert len(regions) == 8
    assert len({r["announcement_id"] for r in regions}) == 1
    run_on(recording_copy, home="eight", now=RECEIVED)
    write(events, [r for r in rows if r not in regions[1:]])
    run_on(recording_copy, home="one", now=RECEIVED)
    eight, one = answer("eight"), answer("one")
    assert numbers(eight[0]) == numbers(one[0])
    assert eight[1] == one[1]


def test_a_retracted_announcement_restores_the_probabilities(recording_copy, run_on, answer):
    spending, events = recording_copy / "capex_events.csv", recording_copy / "cycle_events.csv"
    plans, happenings = rows_of(spending), rows_of(events)
    run_on(recording_copy, home="never", now=RECEIVED)
    launch = next(r for r in happenings if r["type"] == "region_launch") | {
        "event_id": "made up", "announcement_id": "made up", "date": "2025-11-11", "known_on": "2025-11-11",
        "known_precision": "day",
    }  # fmt: skip
    write(spending, [*plans, PLAN])
    write(events, [*happenings, launch])
    run_on(recording_copy, home="taken back", now=RECEIVED)
    assert numbers(answer("taken back")[0]) != numbers(answer("never")[0])
    # The source sends the same rows again and says that they no longer stand.
    write(spending, [*plans, PLAN | {"negated": "true"}], "negated")
    write(events, [*happenings, launch | {"retracted": "true"}], "retracted")
    assert run_on(recording_copy, home="taken back", now=TAKEN_BACK).total("restated") == 2
    back, never = answer("taken back"), answer("never")
    assert numbers(back[0]) == numbers(never[0])
    assert back[1] == never[1]
