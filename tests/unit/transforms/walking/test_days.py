"""The walk: each day sees what it could know, and what is empty says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.errors import ConfigError
from aicycle.model.instants import end_of_day
from transforms.walking.days import WALK_SCHEMA, walk
from transforms.walking.knowledge import spans_of_equal_knowledge

D = date


@pytest.fixture
def walked(configuration):
    def ask(facts, *days: date, companies=("Alibaba",), **changed):
        return walk(
            facts,
            received=None,
            configuration=replace(configuration, **changed),
            companies=companies,
            days=[end_of_day(day) for day in days],
        )

    return ask


def test_each_day_sees_the_newest_close_known_by_then(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 25), 175.0), (D(2025, 9, 26), 171.91), (D(2025, 9, 29), 190.0)])

    found = walked(facts, D(2025, 9, 26), D(2025, 9, 28), D(2025, 9, 29))

    assert found["price_usd"].to_list() == [171.91, 171.91, 190.0]
    assert found["price_session"].to_list() == [D(2025, 9, 26), D(2025, 9, 26), D(2025, 9, 29)]
    assert found["market_state"].to_list() == ["realistic", "realistic", "gap_upper"]
    assert found.schema == WALK_SCHEMA


def test_a_restated_close_counts_from_when_it_was_known(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 26), 171.91), (D(2025, 9, 26), 99.0, datetime(2025, 9, 28, 12, tzinfo=UTC))])

    assert walked(facts, D(2025, 9, 26), D(2025, 9, 27), D(2025, 9, 28))["price_usd"].to_list() == [171.91, 171.91, 99]


def test_a_late_close_of_an_older_session_is_not_the_newest(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 26), 171.91), (D(2025, 9, 24), 50.0, datetime(2025, 9, 27, 12, tzinfo=UTC))])

    assert walked(facts, D(2025, 9, 28))["price_usd"].to_list() == [171.91]


def test_a_split_is_undone_until_it_is_in_effect_and_moves_the_bands(facts_of, walked) -> None:
    # The vendor divides all history by the split of October.
    facts = facts_of([(D(2025, 9, 26), 17.0), (D(2025, 10, 6), 17.0)], splits=[(D(2025, 10, 6), 10.0, D(2025, 9, 27))])

    found = walked(facts, D(2025, 9, 26), D(2025, 10, 5), D(2025, 10, 6))

    assert found["price_usd"].to_list() == [170.0, 170.0, 17.0]
    assert found["market_state"].to_list() == ["realistic"] * 3


def test_before_all_knowledge_nothing_is_said_and_why(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 26), 171.91)], events=[{"known_at": datetime(2025, 9, 20, tzinfo=UTC)}])

    before, with_event, with_both = walked(facts, D(2025, 9, 1), D(2025, 9, 21), D(2025, 9, 27)).to_dicts()

    assert (before["price_usd"], before["probability_realistic"], before["evidence_state"]) == (None, None, "none")
    assert before["null_reason"] == (
        "no price was known yet; No probabilities are stated: "
        "no evidence for or against a scenario of Alibaba is known."
    )
    assert with_event["market_state"] is None
    assert with_event["probability_optimistic"] > 0.25, "a region launch speaks for it"
    assert with_event["null_reason"] == "no price was known yet"
    assert with_both["null_reason"] is None
    assert with_both["evidence_newest_known_at"] == datetime(2025, 9, 20, tzinfo=UTC)


def test_evidence_fades_from_day_to_day(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 1, 2), 85.0)], events=[{"known_at": datetime(2025, 1, 2, tzinfo=UTC)}])

    chances = walked(facts, D(2025, 1, 2), D(2025, 4, 1), D(2025, 6, 1), D(2025, 12, 1))

    *fading, last = chances["probability_optimistic"].to_list()
    assert fading == sorted(fading, reverse=True)
    assert len(set(fading)) == 3
    assert last is None, "after half a year it is too old to say anything"
    assert chances["evidence_state"].to_list() == ["fresh", "fresh", "fresh", "stale"]


def test_a_company_without_scenarios_has_its_price_alone(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 26), 510.0)], symbol="MSFT")

    microsoft, tencent = walked(facts, D(2025, 9, 28), companies=("Microsoft", "Tencent")).to_dicts()

    assert (microsoft["price_usd"], microsoft["market_state"], microsoft["evidence_state"]) == (510.0, None, None)
    assert microsoft["null_reason"] == "no scenario set: neither bands nor probabilities"
    assert tencent["price_usd"] is None
    assert "quoted in HKD" in tencent["null_reason"]


def test_order_and_repetition_of_days_do_not_matter(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 25), 175.0), (D(2025, 9, 26), 171.91)])
    days = [D(2025, 9, 24), D(2025, 9, 25), D(2025, 9, 26)]

    assert walked(facts, *days).equals(walked(facts, *reversed(days), *days))


def test_who_can_not_be_walked_is_refused(facts_of, walked, configuration) -> None:
    with pytest.raises(ConfigError, match="not watched"):
        walked(facts_of(), D(2025, 9, 28), companies=("Nobody",))
    alibaba = configuration.universe.companies[0]
    bare = replace(configuration.universe, companies=(replace(alibaba, listings=()),))
    with pytest.raises(ConfigError, match="no primary listing"):
        walked(facts_of(), D(2025, 9, 28), universe=bare)


def test_a_listing_in_dollars_with_closes_in_another_currency_is_refused(facts_of, walked) -> None:
    facts = facts_of([(D(2025, 9, 26), 171.91)])
    euros = replace(facts, daily_bars=facts.daily_bars.with_columns(currency=pl.lit("EUR")))

    with pytest.raises(ConfigError, match="closes of BABA are in EUR"):
        walked(euros, D(2025, 9, 28))


def test_no_days_are_no_rows(facts_of, walked) -> None:
    assert walked(facts_of([(D(2025, 9, 26), 171.91)])).is_empty()


def test_spans_end_where_something_becomes_known() -> None:
    known = pl.DataFrame({"known_at": [datetime(2025, 1, 2, 12, tzinfo=UTC)]}).cast(pl.Datetime("us", "UTC"))
    days = [end_of_day(D(2025, 1, n)) for n in (1, 2, 3, 4)]

    assert spans_of_equal_knowledge([known], days) == [(days[0],), tuple(days[1:])]
    assert spans_of_equal_knowledge([], days) == [tuple(days)]
    assert spans_of_equal_knowledge([known], []) == []
