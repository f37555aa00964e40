"""What was knowable on each of many days: price, market state, probabilities.

Here: the walk, from the functions that single answers use; it gives what they give, to the last bit, only without
computing anew what did not change. Not here: those functions (`transforms.scenarios`, `transforms.prices`), the alerts
of a walk (`transforms.walking.alerts`).

Holds take no part: a hold says what the gate thought on a day of ours, and days are walked that lie before our first
run. What was refused for good is not among the facts.

What is computed when: happenings are gathered and weighed once for all days that know the same, and faded every day;
prices are quoted anew, and bands rescaled, only where a split comes between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.errors import ConfigError
from aicycle.model.instants import as_of_instant
from aicycle.model.parameters import Company, Configuration, Listing, ScenarioSet
from transforms.facts import Facts
from transforms.prices import NEWEST_SCHEMA, newest_quotes, spans_between_splits
from transforms.scenarios.bands import STATES, bands_on, market_state
from transforms.scenarios.chances import Chances, chances_from
from transforms.scenarios.evidence import faded_evidence, weighed_happenings
from transforms.scenarios.freshness import why_price_is_stale
from transforms.walking.knowledge import spans_of_equal_knowledge

SCENARIOS = tuple(state.value for state in STATES[1::2])
"""Names of the scenarios, lowest band first: every scenario set has these."""
PROBABILITY = "probability_"
WALK_SCHEMA = pl.Schema(
    {
        "company": pl.String(),
        "as_of": pl.Datetime("us", "UTC"),
        "price_usd": pl.Float64(),
        "price_session": pl.Date(),
        "price_basis": pl.String(),
        "market_state": pl.String(),
        **{f"{PROBABILITY}{name}": pl.Float64() for name in SCENARIOS},
        "evidence_state": pl.String(),
        "evidence_newest_known_at": pl.Datetime("us", "UTC"),
        "null_reason": pl.String(),
    }
)


def walk(
    facts: Facts,
    *,
    received: pl.DataFrame | None,
    configuration: Configuration,
    companies: Sequence[str],
    days: Iterable[datetime],
) -> pl.DataFrame:
    """Return what was knowable about each company on each day.

    Args:
        facts: all versions of all facts; on each day only those known by then count. Holds take no part.
        received: payload_sha256, received_on: as for `transforms.prices.quoted_bars`.
        configuration: universe and scenario sets.
        companies: names of the universe.
        days: as-of instants with a time zone, in any order, each counted once.

    Returns:
        company, as_of, price_usd (USD per unit, as quoted that day), price_session, price_basis, market_state,
        probability_<scenario> (fractions), evidence_state, evidence_newest_known_at, null_reason (why something is
        empty; empty if nothing is); one row per company and day, sorted by them in the given order of companies. What
        a company without scenario set, or a day before all knowledge, does not have is null.

    Raises:
        ConfigError: a company is not in the universe; a scenario set's company has no primary listing; closes of a
            listing in dollars are stored in another currency.
        ValueError: a day has no time zone.
    """
    ordered = sorted({as_of_instant(day) for day in days})
    rows = [row for name in companies for row in _walked(facts, received, configuration, name, ordered)]
    return pl.DataFrame(rows, schema=WALK_SCHEMA)


def _walked(
    facts: Facts,
    received: pl.DataFrame | None,
    configuration: Configuration,
    name: str,
    days: Sequence[datetime],
) -> Iterator[dict[str, object]]:
    company, listing = configuration.universe.company(name), configuration.universe.primary_listing(name)
    scenario_set = configuration.scenario_set(name)
    if company is None or (scenario_set is not None and listing is None):
        raise ConfigError(
            f"'{name}' can't be walked: " + ("it has no primary listing" if company else "it is not watched"),
            where="config/universe.toml",
            expected="a company, with is_primary = true on one of its listings where it has scenarios",
            next_command="correct config/universe.toml, or ask for another company",
        )
    quotes = _quotes(facts, received, listing, days)
    prices = {row["as_of"]: row for row in quotes.iter_rows(named=True)}
    chances = _chances(facts, scenario_set, company, days) if scenario_set else {}
    states = _states(facts, scenario_set, listing, prices) if scenario_set and listing else {}
    for day in days:
        price, chance = prices.get(day), chances.get(day)
        yield {
            "company": name,
            "as_of": day,
            "price_usd": price["close_quoted"] if price else None,
            "price_session": price["session"] if price else None,
            "price_basis": price["price_basis"] if price else None,
            "market_state": states.get(day),
            **{f"{PROBABILITY}{s}": chance.probability[s] if chance else None for s in SCENARIOS},
            "evidence_state": chance.freshness.state.value if chance else None,
            "evidence_newest_known_at": chance.freshness.newest_known_at if chance else None,
            "null_reason": _reason(scenario_set, listing, chance, price),
        }


def _quotes(
    facts: Facts, received: pl.DataFrame | None, listing: Listing | None, days: Sequence[datetime]
) -> pl.DataFrame:
    if listing is None or listing.currency != "USD":
        return NEWEST_SCHEMA.to_frame()
    quotes = newest_quotes(
        facts.daily_bars, facts.corporate_actions, symbol=listing.symbol, instants=days, received=received
    )
    others = sorted(set(quotes["currency"].to_list()) - {"USD"})
    if others:
        raise ConfigError(
            f"closes of {listing.symbol} are in {', '.join(others)}",
            where=f"core.daily_bars, symbol {listing.symbol}",
            expected="USD: target bands are stated in US dollars per unit",
            next_command="name a listing in USD as the primary one in config/universe.toml, or correct the source",
        )
    return quotes


def _chances(
    facts: Facts, scenario_set: ScenarioSet, company: Company, days: Sequence[datetime]
) -> dict[datetime, Chances]:
    found = {}
    tables = (facts.cycle_events, facts.announcements, facts.event_members)
    for span in spans_of_equal_knowledge(tables, days):
        weighed = weighed_happenings(
            scenario_set,
            company,
            events=facts.cycle_events,
            announcements=facts.announcements,
            members=facts.event_members,
            as_of=span[0],
        )
        for day in span:
            found[day] = chances_from(faded_evidence(weighed, scenario_set, as_of=day), scenario_set, as_of=day)
    return found


def _states(
    facts: Facts, scenario_set: ScenarioSet, listing: Listing, prices: dict[datetime, dict[str, Any]]
) -> dict[datetime, str]:
    found = {}
    actions = facts.corporate_actions
    for span in spans_between_splits(actions, symbol=listing.symbol, instants=prices):
        bands = bands_on(scenario_set, actions, symbol=listing.symbol, as_of=span[0])
        for day in span:
            if why_price_is_stale(prices[day]["session"], scenario_set, as_of=day) is None:
                found[day] = market_state(prices[day]["close_quoted"], bands).value
    return found


def _reason(
    scenario_set: ScenarioSet | None, listing: Listing | None, chance: Chances | None, price: dict[str, Any] | None
) -> str | None:
    reasons = []
    if listing is None:
        reasons.append("no primary listing")
    elif listing.currency != "USD":
        reasons.append(f"the primary listing {listing.symbol} is quoted in {listing.currency}, not in US dollars")
    elif price is None:
        reasons.append("no price was known yet")
    elif scenario_set is not None:
        reasons += filter(None, [why_price_is_stale(price["session"], scenario_set, as_of=price["as_of"])])
    if chance is None:
        reasons.append("no scenario set: neither bands nor probabilities")
    elif chance.freshness.why_not is not None:
        reasons.append(chance.freshness.why_not)
    return "; ".join(reasons) or None
