"""What the sample states is what was recorded elsewhere, in the same columns and in other words.

Here: the sample against the folder of recorded data. Not here: the sample by itself (`test_sample.py`).
"""

from __future__ import annotations

import csv
import json
import math
import re
import tomllib
from pathlib import Path

import pytest

from aicycle.model.kinds import PriceBasis, Verification

pytestmark = pytest.mark.recording

FIGURE_KEY = ("company", "segment", "segment_basis", "metric", "period_end", "duration_months", "unit")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def header(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")


@pytest.mark.parametrize(
    "name",
    ["prices", "fx", "actions", "reported_figures", "capex_events", "cycle_events", "feeds"],
)
def test_columns_are_those_of_the_recording_format(sample_dir, recording_dir, name):
    assert header(sample_dir / f"{name}.csv") == header(recording_dir / f"{name}.csv")


@pytest.mark.parametrize("name", ["documents", "gold", "clusters", "headlines", "gold_headlines"])
def test_fields_are_those_of_the_recording_format(sample_dir, recording_dir, name):
    known = {field for line in lines(recording_dir / f"{name}.jsonl") for field in line}
    always = set.intersection(*(set(line) for line in lines(recording_dir / f"{name}.jsonl")))
    for line in lines(sample_dir / f"{name}.jsonl"):
        assert always <= set(line) <= known
        labels = [set(said) for r in lines(recording_dir / f"{name}.jsonl") for said in r.get("announcements", [])]
        for said in line.get("announcements", []):
            assert set.intersection(*labels) <= set(said) <= set.union(*labels)


def test_real_closes_equal_the_recorded_ones(sample_dir, recording_dir):
    recorded = {(b["symbol"], b["session"]): b for b in rows(recording_dir / "prices.csv")}
    splits = [a for a in rows(recording_dir / "actions.csv") if a["kind"] == "split"]
    compared = 0
    for bar in rows(sample_dir / "prices.csv"):
        if bar["price_basis"] != PriceBasis.AS_TRADED:
            continue
        known = recorded[bar["symbol"], bar["session"]]
        later = [float(a["ratio"]) for a in splits if a["symbol"] == bar["symbol"] and a["ex_date"] > bar["session"]]
        assert float(known["volume"]) > 0
        # The recorded file is rounded to the cent after dividing.
        assert float(bar["close"]) / math.prod(later) == pytest.approx(float(known["close"]), abs=0.0051), bar
        compared += 1
    assert compared == 151
    own = {(a["symbol"], a["ex_date"], a["ratio"]) for a in rows(sample_dir / "actions.csv") if a["kind"] == "split"}
    assert own == {("NVDA", "2024-06-10", "10")}


def test_figures_equal_the_recorded_ones(sample_dir, recording_dir):
    recorded = {tuple(f[name] for name in FIGURE_KEY): f for f in rows(recording_dir / "reported_figures.csv")}
    order = list(Verification)
    for figure in rows(sample_dir / "reported_figures.csv"):
        known = recorded[tuple(figure[name] for name in FIGURE_KEY)]
        assert (float(figure["value"]), figure["reported_on"]) == (float(known["value"]), known["reported_on"])
        assert order.index(figure["verification"]) >= order.index(known["verification"])


def test_rates_equal_the_recorded_ones(sample_dir, recording_dir):
    recorded = {(r["pair"], r["session"]): float(r["rate"]) for r in rows(recording_dir / "fx.csv")}
    for row in rows(sample_dir / "fx.csv"):
        assert float(row["rate"]) == recorded[row["pair"], row["session"]]


def shingles(text: str) -> set[str]:
    """Runs long enough to be somebody's wording: eight words, or twelve Chinese characters."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    latin = [word for word in words if not re.search(r"[\u4e00-\u9fff]", word)]
    runs = {" ".join(latin[at : at + 8]) for at in range(len(latin) - 7)}
    chinese = re.findall(r"[\u4e00-\u9fff]{12,}", text)
    return runs | {run[at : at + 12] for run in chinese for at in range(len(run) - 11)}


def test_nothing_is_worded_as_recorded(root, sample_dir, recording_dir):
    texts = tomllib.loads((root / "scripts" / "sample_facts" / "texts.toml").read_text("utf-8"))
    theirs = [path for path in recording_dir.glob("*") if path.suffix in {".csv", ".jsonl"}]
    theirs = [path for path in theirs if path.stem not in {"prices", "fx", "feeds"}]
    theirs += sorted((recording_dir / "documents").iterdir())
    recorded = set().union(*(shingles(line) for path in theirs for line in path.read_text("utf-8").splitlines()))
    prose = [
        *(bulletin["body"] for bulletin in texts["bulletin"]),
        *(headline["title"] for headline in lines(sample_dir / "headlines.jsonl")),
    ]
    for name in ("capex_events", "cycle_events"):
        for row in rows(sample_dir / f"{name}.csv"):
            prose += [row.get("title", ""), row.get("wording", ""), row["note"]]
    for text in prose:
        assert not shingles(text) & recorded, text
    titles = {row["title"].lower() for row in rows(recording_dir / "cycle_events.csv")}
    titles |= {row["wording"].lower() for row in rows(recording_dir / "capex_events.csv")}
    assert not titles & {text.lower() for text in prose}
