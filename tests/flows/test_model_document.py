"""docs/model.md prints what the commands print: on the recorded data, every line of their tables stands in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aicycle.cli import main
from aicycle.settings.environment import Settings
from flows.embedded import run_pipeline
from flows.runtime import build_runtime

pytestmark = pytest.mark.recording
TIMING = "days a second"


@pytest.fixture(scope="module")
def home(recording_dir, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("document") / "home"
    run_pipeline(build_runtime(home=str(folder), recording=str(recording_dir), settings=Settings()), None)
    return folder


@pytest.fixture
def printed(home, capsys):
    def ask(*words: str) -> str:
        assert main([*words, "--home", str(home)]) == 0
        return capsys.readouterr().out

    return ask


@pytest.fixture(scope="module")
def lines(root) -> set[str]:
    return {line.rstrip() for line in (root / "docs" / "model.md").read_text(encoding="utf-8").splitlines()}


@pytest.mark.parametrize(
    "words",
    [
        ("players", "--as-of", "2025-09-28"),
        ("backtest", "--from", "2023-01-01", "--to", "2025-12-31"),
    ],
    ids=lambda words: words[0],
)
def test_what_is_quoted_is_what_is_printed(printed, lines, words):
    said = [line.rstrip() for line in printed(*words).splitlines() if line.strip() and TIMING not in line]
    assert len(said) > 20
    assert [line for line in said if line not in lines] == []


def test_the_numbers_of_the_phases_are_those_of_the_command(printed, lines):
    found = json.loads(printed("eval", "phases", "--json"))
    table = [line for line in lines if line.startswith("| ")]
    for segment in found["segments"]:
        row = (
            f"| {segment['segment']} | {segment['article_phase']} | {segment['phase']} | {segment['probability']:.3f} "
        )
        assert any(line.startswith(row) for line in table), row
    assert f"- **Hits {found['hits']}, abstentions {found['abstentions']}, errors {found['errors']}.**" in "\n".join(
        lines
    )
    kept = found["sensitivity"]
    assert any(f"{kept['kept']} of {kept['cells']} ({kept['kept_frac']:.0%})".replace("%", " %") in s for s in lines)
    assert (found["hits"], kept["kept_frac"] >= 0.6) == (6, True)
    assert all(line["elsewhere"]["largest_change"] >= 0.02 for line in found["ablation"]), "else the family goes"


def test_the_residuals_are_those_of_the_command(printed, lines):
    found = json.loads(printed("eval", "scenarios", "--company", "Alibaba", "--json"))
    table = [
        line for line in lines if (line.startswith("| ") and "70, 0" in line) or "140, 0" in line or "200, 0" in line
    ]
    assert len(table) == len(found["scenarios"]) == 6
    for row in found["scenarios"]:
        wanted = f"| {row['edge_high_usd']:.0f} | {row['value_high_usd']:.2f} | {row['residual_high_usd']:+.2f} "
        assert any(wanted in line and f" {row['fitted_multiple']:.2f} " in line for line in table), wanted
