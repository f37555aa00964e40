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
from datetime import timedelta
from pathlib import Path
from typing import Any

from aicycle.settings.configuration import load_configuration
from aicycle.settings.faults import load_faults, load_scoring_rules
from flows.steps.gate_scoring import SCORING_GATE, run_trials
from flows.steps.gate_world import World, world_of
from transforms.gate.faults.score import scored, worse_than

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / "tests" / "golden" / "gate_scorecard.json"
SEED = 0


def world(recording: Path) -> World:
    """Return a recording with the checkout's configuration."""
    rules = load_scoring_rules(ROOT / "config")
    delay = timedelta(hours=rules.fetch_delay_hours.value)
    return world_of(recording, load_configuration(ROOT / "config"), delay)


def quick_scorecard(recording: World, *, trials: int = 1, seed: int = SEED) -> dict[str, Any]:
    """Return the scorecard with few trials and one size of each kind."""
    rules, kinds = load_scoring_rules(ROOT / "config"), load_faults(ROOT / "config")
    made = run_trials(recording, kinds, rules, seed=seed, gate=SCORING_GATE, trials=trials, most_sizes=1)
    return scored(kinds, made, rules.false_alarm_budget_frac.value)


def main(arguments: list[str] | None = None) -> int:
    """Run the script and return its exit code."""
    parser = argparse.ArgumentParser(description="write the gate's baseline anew")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a kind has become worse")
    options = parser.parse_args(arguments)
    content = quick_scorecard(world(ROOT / "examples" / "sample"))
    before = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.is_file() else {}
    worse = worse_than(before, content)
    for line in worse:
        print(f"worse: {line}", file=sys.stderr)
    if options.check:
        return 1 if worse else 0
    now = {entry["kind"]: entry["detection"] for entry in content["kinds"]}
    BASELINE.parent.mkdir(parents=True, exist_ok=True)
    BASELINE.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    changed = sum(before.get(kind) != detection for kind, detection in now.items())
    print(f"wrote {BASELINE.relative_to(ROOT)}: {changed} of {len(now)} kinds changed, {len(worse)} for the worse")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
