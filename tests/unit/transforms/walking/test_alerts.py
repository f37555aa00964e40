"""The alerts of a walk: as many as looking every day would have found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.kinds import AlertStatus
from transforms.crossings import ALERTS_SCHEMA, alerts_from, crossings, in_units_of_level
from transforms.prices import session_history
from transforms.walking.alerts import alerts_of_walk
from transforms.walking.days import walk

FIRST = date(2025, 9, 22)


def days(n: int) -> list[datetime]:
    return [end_of_day(FIRST + timedelta(days=i)) for i in range(n)]


@pytest.fixture
def alerted(configuration):
    def ask(facts, asked, rules=None):
        rules = configuration.alert_rules if rules is None else rules
        chosen = replace(configuration, alert_rules=rules)
        walked = walk(facts, received=None, configuration=chosen, companies=["Alibaba"], days=asked)
        return alerts_of_walk(walked, facts, received=None, configuration=chosen, company="Alibaba")

    return ask


def looked_every_day(facts, asked, rules) -> pl.DataFrame:
    """What live runs do: the whole history every day, what was found before stays."""
    found = ALERTS_SCHEMA.to_frame()
    for day in asked:
        for rule in rules:
            prices = session_history(facts.daily_bars, facts.corporate_actions, symbol="BABA", as_of=day)
            history = in_units_of_level(prices, facts.corporate_actions, rule, symbol="BABA", as_of=day)
            alerts = alerts_from(crossings(history, rule), rule, baseline_as_of=asked[0])
            found = pl.concat([found, alerts.join(found, on="alert_id", how="anti")])
    return found.sort("known_at", "alert_id")


def closes(*values: float) -> list[tuple[date, float]]:
    return [(FIRST + timedelta(days=i), value) for i, value in enumerate(values)]


def test_what_lies_before_the_first_day_is_baseline(facts_of, alerted) -> None:
    found = alerted(facts_of(closes(170, 181, 170, 185)), days(4)[2:])

    assert found.filter(pl.col("rule_id") == "baba-above-180").select("transition", "status").rows() == [
        ("entered", "baseline"),
        ("left", "baseline"),
        ("entered", "raised"),
    ]


def test_a_restatement_takes_no_alert_back_that_was_raised(facts_of, alerted, configuration) -> None:
    later = datetime(2025, 9, 25, 12, tzinfo=UTC)
    facts = facts_of([*closes(170, 181, 181, 181), (FIRST + timedelta(days=1), 170.0, later)])

    found = alerted(facts, days(4))

    assert found.equals(looked_every_day(facts, days(4), configuration.alert_rules))
    above = found.filter((pl.col("rule_id") == "baba-above-180") & (pl.col("status") == AlertStatus.RAISED.value))
    # The crossing of the second day was told; after the restatement it is found on the third.
    assert above["crossed_on"].to_list() == [FIRST + timedelta(days=1), FIRST + timedelta(days=2)]


def test_a_split_that_becomes_known_late_is_a_reason_to_look_again(facts_of, alerted, configuration) -> None:
    facts = facts_of(closes(17, 18.5, 17, 17), splits=[(FIRST + timedelta(days=2), 10.0, FIRST + timedelta(days=2))])

    assert alerted(facts, days(4)).equals(looked_every_day(facts, days(4), configuration.alert_rules))


def test_a_probability_is_watched_as_the_walk_says_it(facts_of, alerted, configuration) -> None:
    price_rule = configuration.alert_rules[0]
    level = replace(price_rule.enter_level, value=0.265)
    rule = replace(
        price_rule,
        rule_id="likely",
        metric="probability:optimistic",
        comparison="above",
        enter_level=level,
        exit_level=replace(level, value=0.26),
    )
    facts = facts_of(
        closes(170, 170, 170),
        events=[
            {"known_at": datetime(2025, 9, 1, tzinfo=UTC), "type": "model_release"},
            {"known_at": datetime(2025, 9, 23, tzinfo=UTC), "type": "region_launch"},
        ],
    )

    (alert,) = alerted(facts, days(3), rules=(rule,)).to_dicts()

    assert (alert["rule_id"], alert["transition"], alert["status"]) == ("likely", "entered", "raised")
    assert alert["crossed_on"] == date(2025, 9, 23)


def test_no_rules_and_no_days_raise_nothing(facts_of, alerted) -> None:
    assert alerted(facts_of(closes(170, 190)), days(2), rules=()).is_empty()
    assert alerted(facts_of(closes(170, 190)), []).is_empty()
