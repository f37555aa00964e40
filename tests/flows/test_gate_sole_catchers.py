"""Each check that can stop something alone stops something that nothing else stops, or says why it stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aicycle.model.kinds import Severity
from aicycle.settings.configuration import load_configuration
from aicycle.settings.faults import load_faults, load_redundant_checks, load_scoring_rules
from expectations.suite import SUITES
from flows.steps.gate_scoring import SCORING_GATE, blocking_checks, run_trials
from flows.steps.gate_world import world_of
from transforms.gate.faults.score import catchers

SEED = 0


def unstated(root, folder, kinds, checks, *, trials):
    """Return the checks that neither are the sole catcher of one of some faults nor are said to be redundant."""
    rules = load_scoring_rules(root / "config")
    world = world_of(folder, load_configuration(root / "config"), timedelta(hours=rules.fetch_delay_hours.value))
    made = run_trials(world, kinds, rules, seed=SEED, gate=SCORING_GATE, trials=trials)
    _, others = catchers(made, checks(world), load_redundant_checks(root / "config"))
    return [other["check"] for other in others if other["why"] is None]


def of_a_row(world):
    """Return the blocking checks that need nothing but the row."""
    suites = {table: SUITES[table].own for table in world.believed}
    return [f"{t}/{c.name}" for t, suite in suites.items() for c in suite.checks if c.severity is Severity.BLOCKING]


def test_each_rule_of_a_column_is_the_sole_catcher_of_a_fault(root, sample_dir):
    kinds = [kind for kind in load_faults(root / "config") if kind.trials is not None]
    assert unstated(root, sample_dir, kinds, of_a_row, trials=1) == []
