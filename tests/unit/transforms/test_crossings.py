"""Crossings with hysteresis, the silent baseline, and what a person is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.errors import ConfigError
from aicycle.model.parameters import AlertRule
from aicycle.settings.configuration import load_configuration
from transforms.crossings import QUOTED, alerts_from, crossings, in_units_of_level, probability_observations
from transforms.scenarios.bands import Band, market_state

START = date(2025, 9, 29)
SCHEMA = {
    "observed_on": pl.Date(),
    "known_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
    "price_basis": pl.String(),
}


@pytest.fixture(scope="module")
def rules(root: Path) -> dict[str, AlertRule]:
    return {rule.rule_id: rule for rule in load_configuration(root / "config").alert_rules}


@pytest.fixture(scope="module")
def above_180(rules: dict[str, AlertRule]) -> AlertRule:
    """Entered above 180, left at 178.20 or below."""
    return rules["baba-above-180"]


def known(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=20, minutes=15)


def history(*values: float | None, basis: str | list[str] = "as_traded", start: date = START) -> pl.DataFrame:
    bases = [basis] * len(values) if isinstance(basis, str) else basis
    days = [start + timedelta(days=i) for i in range(len(values))]
    rows = [(day, known(day), value, b) for day, value, b in zip(days, values, bases, strict=True)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def story(found: pl.DataFrame) -> list[tuple[str, float, float, int]]:
    return [
        (row["transition"], row["value_before"], row["value"], (row["crossed_on"] - START).days)
        for row in found.iter_rows(named=True)
    ]


def test_in_and_out(above_180: AlertRule) -> None:
    found = crossings(history(170, 181, 185, 178, 170), above_180)
    assert story(found) == [("entered", 170, 181, 1), ("left", 185, 178, 3)]
    assert found["level"].to_list() == [180.0, 178.2]
    assert found["known_at"].to_list() == [known(START + timedelta(days=1)), known(START + timedelta(days=3))]


def test_trembling_on_the_edge_is_one_crossing(above_180: AlertRule) -> None:
    assert story(crossings(history(179, 181, 179, 181, 178.5, 181, 180), above_180)) == [("entered", 179, 181, 1)]


def test_leaving_needs_the_exit_level_and_entering_again_the_enter_level(above_180: AlertRule) -> None:
    found = crossings(history(181, 178.3, 178.2, 179.9, 180.1), above_180)
    assert story(found) == [("left", 178.3, 178.2, 2), ("entered", 179.9, 180.1, 4)]


def test_standing_beyond_a_level_at_the_start_is_no_crossing(above_180: AlertRule) -> None:
    assert crossings(history(200, 210), above_180).is_empty()
    assert crossings(history(100, 110), above_180).is_empty()
    assert crossings(history(), above_180).is_empty()


@pytest.mark.parametrize(
    ("rule_id", "outside", "on_edge_counts"),
    [
        ("baba-below-70", 75, False),
        ("baba-at-or-below-90", 95, True),
        ("baba-below-140", 150, False),
        ("baba-above-180", 170, False),
        ("baba-at-or-above-200", 190, True),
        ("baba-above-240", 230, False),
    ],
)
def test_each_edge_from_both_sides(rules, rule_id: str, outside: float, on_edge_counts: bool) -> None:
    rule = rules[rule_id]
    edge = rule.enter_level.value
    step = 0.01 if outside < edge else -0.01
    assert crossings(history(outside, edge - step), rule).is_empty(), "still on the outer side"
    assert crossings(history(outside, edge), rule).height == on_edge_counts
    assert crossings(history(outside, edge + step), rule).height == 1


def test_rules_and_market_state_agree_at_every_edge(rules: dict[str, AlertRule]) -> None:
    """A rule is entered exactly where the market state changes."""
    bands = [Band(scenario="", low_usd=lo, high_usd=hi) for lo, hi in ((70, 90), (140, 180), (200, 240))]
    for rule in rules.values():
        edge = rule.enter_level.value
        outside = edge - 5 if "above" in rule.comparison else edge + 5
        for price in (edge - 0.01, edge, edge + 0.01):
            moved = market_state(price, bands) != market_state(outside, bands)
            assert crossings(history(outside, price), rule).height == moved, (rule.rule_id, price)


def test_missing_values_say_nothing(above_180: AlertRule) -> None:
    found = crossings(history(None, 170, None, float("nan"), 181, None, 178), above_180)
    assert story(found) == [("entered", 170, 181, 4), ("left", 181, 178, 6)]


def test_the_order_of_rows_does_not_matter(above_180: AlertRule) -> None:
    observed = history(170, 181, 185, 178, 170)
    assert crossings(observed.reverse(), above_180).equals(crossings(observed, above_180))


def test_an_unknown_comparison_is_refused(above_180: AlertRule) -> None:
    with pytest.raises(ConfigError, match="under"):
        crossings(history(1), replace(above_180, comparison="under"))


# --- alerts ---------------------------------------------------------------------------------------------------------


def test_what_was_known_by_the_first_evaluation_is_baseline(above_180: AlertRule) -> None:
    found = crossings(history(170, 181, 170, 181), above_180)
    baseline_as_of = known(START + timedelta(days=2))
    statuses = alerts_from(found, above_180, baseline_as_of=baseline_as_of)["status"].to_list()
    assert statuses == ["baseline", "baseline", "raised"]
    just_before = baseline_as_of - timedelta(microseconds=1)
    assert alerts_from(found, above_180, baseline_as_of=just_before)["status"].to_list() == [
        "baseline",
        "raised",
        "raised",
    ]


def test_an_alert_has_one_id_however_often_it_is_found(above_180: AlertRule) -> None:
    short, long = (crossings(history(*values), above_180) for values in ((170, 181), (170, 181, 170, 181)))
    first, more = (alerts_from(f, above_180, baseline_as_of=known(START)) for f in (short, long))
    assert more["alert_id"].n_unique() == 3
    assert more["alert_id"].to_list()[:1] == first["alert_id"].to_list()
    amended = alerts_from(short, replace(above_180, version=2), baseline_as_of=known(START))
    assert amended["alert_id"].to_list() != first["alert_id"].to_list()


def test_an_alert_is_live_only_if_its_rule_was_known(above_180: AlertRule) -> None:
    def basis(start: date) -> str:
        found = crossings(history(170, 181, start=start), above_180)
        return alerts_from(found, above_180, baseline_as_of=known(START))["basis"].item()

    assert basis(date(2026, 11, 21)) == "hindsight"
    assert basis(date(2026, 11, 22)) == "live"


def test_alerts_fit_their_contract(above_180: AlertRule) -> None:
    alerts = alerts_from(crossings(history(170, 181), above_180), above_180, baseline_as_of=known(START))
    schema = CONTRACTS["ops.alerts"].polars_schema()
    schema.pop("run_id")
    assert alerts.schema == schema
    row = alerts.row(0, named=True)
    assert (row["company"], row["metric"], row["severity"]) == ("Alibaba", "price_usd", "advisory")


def told(rule: AlertRule, observed: pl.DataFrame) -> list[str]:
    return alerts_from(crossings(observed, rule), rule, baseline_as_of=known(START))["message"].to_list()


def test_a_person_is_told_what_when_and_from_where(above_180: AlertRule) -> None:
    entered, left = told(above_180, history(170, 181, 170))
    assert entered == (
        "Alibaba's ADS stands above 180 USD, the high end of the realistic band. "
        "181.00 USD on 2025-09-30, 170.00 USD before."
    )
    assert left.startswith("No longer: Alibaba's ADS stands above 180 USD")
    assert "170.00 USD on 2025-10-01" in left


def test_a_simulated_price_is_called_simulated(above_180: AlertRule) -> None:
    (drawn,) = told(above_180, history(170, 181, basis="simulated"))
    (after_drawn,) = told(above_180, history(170, 181, basis=["simulated", "as_traded"]))
    (real,) = told(above_180, history(170, 181))
    assert "The price is simulated" in drawn
    assert "The price before is simulated" in after_drawn
    assert "simulated" not in real


def test_a_probability_is_told_in_percent(above_180: AlertRule) -> None:
    levels = {
        "enter_level": replace(above_180.enter_level, value=0.4),
        "exit_level": replace(above_180.exit_level, value=0.35),
    }
    rule = replace(above_180, metric="probability:pessimistic", **levels)
    (text,) = told(rule, history(0.3, 0.42))
    assert "42.0% on 2025-09-30, 30.0% before" in text


def split(ex_date: date, ratio: float, symbol: str = "BABA") -> pl.DataFrame:
    contract = CONTRACTS["core.corporate_actions"]
    row = {"symbol": symbol, "ex_date": ex_date, "kind": "split", "ratio": ratio, "known_at": known(START)}
    ledger = {"revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1}
    return pl.DataFrame([row | ledger], schema=contract.polars_schema())


def test_a_split_crosses_nothing(above_180: AlertRule) -> None:
    as_of = known(START + timedelta(days=9))
    quoted = history(185, 187, 93, 92)
    actions = split(START + timedelta(days=2), 2.0)
    assert crossings(quoted, above_180).height == 1, "as quoted, the split looks like a fall"
    per_old_unit = in_units_of_level(quoted, actions, above_180, symbol="BABA", as_of=as_of)
    assert per_old_unit["value"].to_list() == [185, 187, 186, 184]
    assert per_old_unit[QUOTED].to_list() == quoted["value"].to_list()
    assert crossings(per_old_unit, above_180).is_empty()


def test_a_crossing_after_a_split_tells_both_values(above_180: AlertRule) -> None:
    as_of = known(START + timedelta(days=9))
    observed = in_units_of_level(
        history(170, 85, 92), split(START + timedelta(days=1), 2.0), above_180, symbol="BABA", as_of=as_of
    )
    (text,) = told(above_180, observed)
    assert "184.00 USD on 2025-10-01, 170.00 USD before. Per unit of 2025-09-28" in text
    assert "the quote was 92.00 USD" in text


def test_units_follow_only_known_splits_of_the_listing(above_180: AlertRule) -> None:
    quoted = history(185, None, 93)
    day = START + timedelta(days=2)
    for actions, as_of in (
        (split(day, 2.0, symbol="JD"), known(day)),
        (split(day, 2.0), known(START) - timedelta(hours=1)),
    ):
        observed = in_units_of_level(quoted, actions, above_180, symbol="BABA", as_of=as_of)
        assert observed["value"].to_list() == quoted["value"].to_list()


def test_prices_before_an_older_split_are_divided(above_180: AlertRule) -> None:
    old = date(2024, 1, 1)
    observed = in_units_of_level(
        history(380, 190, start=old), split(date(2024, 1, 2), 2.0), above_180, symbol="BABA", as_of=known(START)
    )
    assert observed["value"].to_list() == [190, 190]


def test_a_day_is_heard_by_its_last_run_and_held_or_belated_runs_are_not():
    def run(run_id, as_of, made, *, is_stale=False, company="Alibaba"):
        return {
            "run_id": run_id, "company": company, "as_of": at(as_of), "created_at": at(made), "is_stale": is_stale,
        }  # fmt: skip

    def at(day):
        return datetime(2025, 1, day, tzinfo=UTC)

    made = [
        run("first", 1, 10), run("again", 1, 11), run("held", 2, 12, is_stale=True), run("newest", 3, 13),
        run("belated", 2, 14), run("future", 9, 15), run("other", 3, 13, company="Nvidia"),
    ]  # fmt: skip
    runs = pl.DataFrame(made)
    bands = pl.DataFrame(
        [
            {"run_id": row["run_id"], "scenario": s, "probability": p}
            for row in made
            for s, p in (("up", 0.5), ("x", 0.1))
        ]
    )
    heard = probability_observations(runs, bands, company="Alibaba", scenario="up", as_of=at(3))
    assert heard["run_id"].to_list() == ["again", "newest"]
    assert heard["value"].to_list() == [0.5, 0.5]
    assert heard["observed_on"].to_list() == [date(2025, 1, 1), date(2025, 1, 3)]
    assert heard["price_basis"].to_list() == [None, None]
    assert heard.equals(
        probability_observations(runs[::-1], bands[::-1], company="Alibaba", scenario="up", as_of=at(3))
    )
