"""Benchmark: replaying past days.

make bench
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from aicycle.model.instants import end_of_day
from aicycle.settings.configuration import load_configuration
from flows.embedded import run_pipeline
from flows.runtime import build_runtime
from flows.steps.deriving import View, quoted_closes, view_of
from transforms.scenarios.answer import assess_company
from transforms.walking.days import walk
from warehouse import Warehouse

FIRST, DAYS = date(2025, 1, 1), 250


@pytest.fixture(scope="module")
def view(recording_dir, tmp_path_factory, root) -> View:
    home = tmp_path_factory.mktemp("walk") / "home"
    clock = lambda: datetime(2026, 11, 28, tzinfo=UTC)  # noqa: E731
    run_pipeline(build_runtime(home=str(home), recording=str(recording_dir), clock=clock), None)
    with Warehouse(home).read() as reader:
        found = view_of(reader, load_configuration(root / "config"), None)
    assert found is not None
    return found


@pytest.mark.recording
@pytest.mark.benchmark(group="250 daily replays of the recording; baseline: one answer a day by assess_company")
class TestWalk:
    INSTANTS = tuple(end_of_day(FIRST + timedelta(days=n)) for n in range(DAYS))

    def test_walk(self, benchmark, view):
        def replay():
            return walk(
                view.facts,
                received=view.received,
                configuration=view.configuration,
                companies=["Alibaba"],
                days=self.INSTANTS,
            )

        assert benchmark.pedantic(replay, rounds=3).height == DAYS

    def test_baseline_one_answer_a_day(self, benchmark, view):
        (scenario_set,) = (s for s in view.configuration.scenario_sets if s.company == "Alibaba")

        def answer(day: datetime):
            known = view.facts.known_by(day)
            return assess_company(
                prices=quoted_closes(view, "Alibaba", day),
                actions=view.facts.corporate_actions,
                events=view.facts.cycle_events,
                members=view.facts.event_members,
                announcements=view.facts.announcements,
                figures=known.reported_figures,
                fx=known.fx_rates,
                scenario_set=scenario_set,
                universe=view.configuration.universe,
                as_of=day,
            )

        answers = benchmark.pedantic(lambda: [answer(day) for day in self.INSTANTS], rounds=3)
        assert len(answers) == DAYS
