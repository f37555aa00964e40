"""Which scenario run is meant by what a person types, and what is said where none is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from aicycle.errors import UsageError
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from flows.steps.explaining_scenarios import scenario_run
from flows.steps.stored_runs import RunKind, StoredRun


def run(run_id: str, month: int) -> StoredRun:
    rows = pl.DataFrame([{"run_id": run_id, "company": "Alibaba", "as_of": datetime(2025, month, 1, tzinfo=UTC)}])
    return StoredRun(kind=RunKind.SCENARIO, run_id=run_id, rows=rows)


RUNS = [run("abcdef01", 1), run("123456aa", 2)]


@pytest.fixture(scope="module")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.mark.parametrize(("text", "found"), [("Alibaba", 1), ("abcdef", 0), (" ABCDEF0 ", 0)])
def test_a_run_is_meant_by_its_company_or_its_id(configuration, text, found) -> None:
    assert scenario_run(RUNS, text, configuration) is RUNS[found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Microsoft", "no scenario run of Microsoft is stored: it has no scenario set"),
        ("Nvidia", "no scenario run of Nvidia is stored\n"),
        ("MicroSoft", "'MicroSoft' is no run, and no company"),
        ("Acme", "'Acme' is no run, and no company"),
    ],
)
def test_a_word_without_a_run_is_refused_as_it_was_typed(configuration, text, said) -> None:
    with pytest.raises(UsageError) as caught:
        scenario_run(RUNS, text, configuration)
    assert said in str(caught.value)
    assert "Alibaba" in caught.value.expected


def test_without_any_run_the_next_command_is_one(configuration) -> None:
    with pytest.raises(UsageError) as caught:
        scenario_run([], "Microsoft", configuration)
    assert caught.value.next_command == "aicycle run"
    with pytest.raises(UsageError, match="begins with ABCDEF"):
        scenario_run([], "ABCDEF", configuration)
