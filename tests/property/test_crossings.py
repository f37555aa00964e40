"""What must hold for crossings of any history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from aicycle.model.parameters import AlertRule
from aicycle.settings.configuration import load_configuration
from transforms.crossings import COMPARISONS, alerts_from, crossings

RULES = load_configuration(Path(__file__).parents[2] / "config").alert_rules
START = date(2025, 9, 29)
SCHEMA = {
    "observed_on": pl.Date(),
    "known_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
    "price_basis": pl.String(),
}

rules = st.sampled_from(RULES)


@st.composite
def histories(draw: st.DrawFn, rule: AlertRule) -> pl.DataFrame:
    """Values around a rule's levels, on them, and missing."""
    levels = [rule.enter_level.value, rule.exit_level.value]
    near = st.floats(min(levels) - 5, max(levels) + 5)
    values = draw(st.lists(st.one_of(near, st.sampled_from(levels), st.none()), max_size=30))
    rows = []
    for i, value in enumerate(values):
        day = START + timedelta(days=i)
        rows.append((day, datetime.combine(day, datetime.min.time(), UTC), value, "as_traded"))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@given(st.data())
def test_never_two_entries_without_a_leave_between(data: st.DataObject) -> None:
    rule = data.draw(rules)
    found = crossings(data.draw(histories(rule)), rule)
    transitions = found["transition"].to_list()
    assert all(a != b for a, b in pairwise(transitions))
    holds = COMPARISONS[rule.comparison]
    for row in found.iter_rows(named=True):
        if row["transition"] == "entered":
            assert holds(row["value"], rule.enter_level.value)
            assert not holds(row["value_before"], rule.enter_level.value)
        else:
            assert not holds(row["value"], rule.exit_level.value)
            assert holds(row["value_before"], rule.exit_level.value)


@given(st.data())
def test_later_observations_change_no_earlier_crossing(data: st.DataObject) -> None:
    """Backtest is live: what was found as of any day is a prefix of what is found later."""
    rule = data.draw(rules)
    history = data.draw(histories(rule))
    cut = data.draw(st.integers(0, history.height))
    early, late = crossings(history.head(cut), rule), crossings(history, rule)
    assert late.head(early.height).equals(early)
    ids = alerts_from(late, rule, baseline_as_of=datetime(2025, 1, 1, tzinfo=UTC))["alert_id"]
    assert ids.n_unique() == ids.len()


@given(st.data(), st.integers(0, 1000))
def test_order_and_gaps_do_not_matter(data: st.DataObject, seed: int) -> None:
    rule = data.draw(rules)
    history = data.draw(histories(rule))
    shuffled = history.sample(fraction=1.0, shuffle=True, seed=seed)
    assert crossings(shuffled, rule).equals(crossings(history, rule))
    assert crossings(history.drop_nulls("value"), rule).equals(crossings(history, rule))
