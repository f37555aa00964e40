"""Write the gate's baseline on the bundled sample anew: tests/golden/gate_scorecard.json.

Here: the quick scorecard that the test recomputes, and where it is kept. Not here: what is in it
(`transforms.gate.faults.score`).

    python scripts/renew_scorecard.py            writes it and says what changed
    python scripts/renew_scorecard.py --check    writes nothing; ends with 1 when a kind has become worse
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aicycle.settings.configuration import load_configuration
from aicycle.settings.faults import load_faults, load_scoring_rules
from flows.steps.gate_scoring import SCORING_GATE, false_alarms, run_trials
from flows.steps.gate_world import World, world_of
from transforms.gate.faults.score import scored, worse_than

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / "tests" / "golden" / "gate_scorecard.json"
SEED = 0
DAYS_APART = 24
"""Every so many-th real day is searched for alarms: all of them would take a minute."""


def world(recording: Path) -> World:
    """Return a recording with the checkout's configuration."""
    rules = load_scoring_rules(ROOT / "config")
    delay = timedelta(hours=rules.fetch_delay_hours.value)
    return world_of(recording, load_configuration(ROOT / "config"), delay)


def quick_scorecard(recording: World, *, trials: int = 1, seed: int = SEED, every: int = 1) -> dict[str, Any]:
    """Return the scorecard with few trials and one size of each kind, or of every so many-th kind."""
    rules, kinds = load_scoring_rules(ROOT / "config"), load_faults(ROOT / "config")[::every]
    first_sizes = [replace(kind, sizes=kind.sizes[:1]) for kind in kinds]
    made = run_trials(recording, first_sizes, rules, seed=seed, gate=SCORING_GATE, trials=trials)
    return scored(first_sizes, made, rules.false_alarm_budget_frac.value)


def quick_alarms(recording: World) -> dict[str, int]:
    """Return, by check, on how many of some real days of the last year it stops something."""
    rules = load_scoring_rules(ROOT / "config")
    days = [day for day in recording.days if day.year == recording.days[-1].year][::DAYS_APART]
    files = {
        name: replace(file, by_day={day: rows for day, rows in file.by_day.items() if day in days})
        for name, file in recording.files.items()
    }
    found = false_alarms(replace(recording, files=files), rules, gate=SCORING_GATE)
    return dict(sorted(Counter(alarm["check"] for alarm in found["listed"]).items()))


def main(arguments: list[str] | None = None) -> int:
    """Run the script and return its exit code."""
    parser = argparse.ArgumentParser(description="write the gate's baseline anew")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when something is worse")
    options = parser.parse_args(arguments)
    recording = world(ROOT / "examples" / "sample")
    content, alarms = quick_scorecard(recording), quick_alarms(recording)
    before = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.is_file() else {"kinds": {}, "alarms": {}}
    worse = worse_than(before["kinds"], content) + more_alarms(before["alarms"], alarms)
    for line in worse:
        print(f"worse: {line}", file=sys.stderr)
    if options.check:
        return 1 if worse else 0
    now = {entry["kind"]: entry["detection"] for entry in content["kinds"]}
    BASELINE.parent.mkdir(parents=True, exist_ok=True)
    BASELINE.write_text(json.dumps({"kinds": now, "alarms": alarms}, indent=2) + "\n", encoding="utf-8")
    changed = sum(before["kinds"].get(kind) != detection for kind, detection in now.items())
    print(f"wrote {BASELINE.relative_to(ROOT)}: {changed} of {len(now)} kinds changed, {len(worse)} for the worse")
    return 0


def more_alarms(baseline: dict[str, int], now: dict[str, int]) -> list[str]:
    """Return the checks that stop clean data on more days than the baseline says, in words."""
    return [
        f"{check}: alarms on {days} days, were {baseline.get(check, 0)}"
        for check, days in now.items()
        if days > baseline.get(check, 0)
    ]


if __name__ == "__main__":
    raise SystemExit(main())
