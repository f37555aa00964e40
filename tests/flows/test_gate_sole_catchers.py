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
ENOUGH = 2
"""Trials of kinds that break one rule of a column."""
MEASURED = {
    "split_ratio_typo": 10.0,
    "other_symbols_answer": None, "scale_bar": 1.1, "stale_bar": None, "history_rewritten": 1.1, "shifted_days": -5.0,
    "dropped_bar": None, "dropped_rate": None, "noise_rates": 0.05, "stale_rates": None, "quarter_called_year": None,
    "report_before_period_end": None, "wrong_filing": None, "unit_swapped": None, "restated_over_first_print": 1.15,
    "fiscal_label": -3.0, "announcement_twin_off": 2.0, "million_for_billion": 0.001, "control_characters": None,
    "happened_after_it_was_known": None, "broken_characters": None, "mojibake": None, "scale_figure": 10.0,
    "noise_figures": 0.05,
}  # fmt: skip
"""Kinds, and the size of each, that reach what is measured, beside those that break one check each."""


FIRST_OWN = "market_gone"
"""The first of the kinds that break one measured check each; they end the catalogue."""
UNSURE = frozenset({"fiscal_label", "noise_figures", "total_a_little_off"})
"""Several checks may see these: it takes more of them to find one that a single check sees."""
LIVELY = frozenset({"high_too_low", "low_too_high"})
BESIDE = frozenset(
    {
        "range_upside_down",
        "amount_without_currency",
        "announced_ahead",
        "duplicated_altered",
        "future_session",
        "nan_text",
        "nan_figure",
        "sign_flipped_volume",
        "figure_with_two_values",
        "future_report",
        "split_without_ratio",
    }
)
"""Kinds that break one rule of a column, beside those that are made for nothing else."""
NOT_IN_SAMPLE = frozenset(
    {
        "core.corporate_actions/ratio.range",
        "core.corporate_actions/ratio.given_for_split",
        "core.reported_figures/period_end.not_ahead",
    }
)
"""The bundled sample has no row that could break these."""


@pytest.fixture(scope="module")
def rules(root):
    return load_scoring_rules(root / "config")


@pytest.fixture(scope="module")
def kinds(root):
    return load_faults(root / "config")


@pytest.fixture(scope="module")
def unstated(root, rules):
    """Return the checks that neither are the sole catcher of one of some faults nor are said to be redundant."""

    def found(folder, kinds, is_asked, *, trials):
        delay = timedelta(hours=rules.fetch_delay_hours.value)
        world = world_of(folder, load_configuration(root / "config"), delay)
        made = run_trials(world, kinds, rules, seed=SEED, gate=SCORING_GATE, trials=trials)
        asked = [check for check in blocking_checks(world) if is_asked(check)]
        _, others = catchers(made, asked, load_redundant_checks(root / "config"))
        return [other["check"] for other in others if other["why"] is None]

    return found


def is_of_a_row(check: str) -> bool:
    """Return whether a check needs nothing but the row."""
    table, name = check.split("/")
    return name in {c.name for c in SUITES[table].own.checks if c.severity is Severity.BLOCKING}


def test_each_rule_of_a_column_is_the_sole_catcher_of_a_fault(sample_dir, kinds, unstated):
    certain = [replace(kind, trials=1) for kind in kinds if kind.trials == ENOUGH or kind.name in BESIDE]
    lively = [kind for kind in kinds if kind.name in LIVELY]
    left = unstated(sample_dir, certain + lively, is_of_a_row, trials=4)
    assert set(left) <= NOT_IN_SAMPLE


@pytest.mark.recording
def test_each_measured_check_is_the_sole_catcher_of_a_fault(recording_dir, kinds, unstated):
    chosen = [k for k in kinds if k.name in MEASURED]
    sized = [replace(k, sizes=() if MEASURED[k.name] is None else (MEASURED[k.name],)) for k in chosen]
    few = [replace(k, trials=8 if k.name in UNSURE else 2) for k in sized]
    names = [k.name for k in kinds]
    ending = [k for k in kinds[names.index(FIRST_OWN) :] if k.trials is not None]
    own = [k if k.name in UNSURE else replace(k, trials=ENOUGH) for k in ending]
    own += [k for k in kinds if k.name in {"split_without_ratio", "ratio_not_above_nought", "period_ahead"}]
    own += [k for k in kinds if k.name in {"dividend_in_hundredths", "action_under_two_dates", "action_on_a_weekend"}]
    asked = unstated(recording_dir, few + own, lambda check: check in NOT_IN_SAMPLE or not is_of_a_row(check), trials=8)
    assert asked == [], ", ".join(asked)
