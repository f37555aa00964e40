"""One company's scenarios as of one instant: bands, probabilities, market state, and what they rest on.

Here: the whole answer from facts and parameters. Not here: its manifest and digest, or what is held (`flows`); storage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from aicycle.contracts.marts_scenario_bands import SCENARIO_BANDS
from aicycle.errors import ConfigError, NotKnownYetError
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import PriceBasis, Status, weakest
from aicycle.model.parameters import Company, Listing, ScenarioSet, Universe
from aicycle.model.provenance import basis_on, known_dates_of, status_of
from transforms.scenarios.bands import Band, bands_on, market_state
from transforms.scenarios.chances import Chances, chances_from
from transforms.scenarios.evidence import evidence_for
from transforms.scenarios.freshness import why_price_is_stale
from transforms.scenarios.moves import moves_from_prior
from transforms.valuation.projection import Projected, model_of, project

BANDS_SCHEMA = pl.Schema({n: t for n, t in SCENARIO_BANDS.polars_schema().items() if n != "run_id"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenarioAnswer:
    """An answer without its manifest: the columns of four tables, `run_id` left out."""

    run: dict[str, Any]
    """`marts.scenario_runs` without what identifies the run: run_id, digest, created_at and the manifest."""
    bands: pl.DataFrame
    """`marts.scenario_bands`, lowest band first."""
    evidence: pl.DataFrame
    """`marts.scenario_evidence`, sorted by scenario, family, event_id."""
    moves: pl.DataFrame
    """`marts.scenario_moves`, sorted by scenario and family; no rows where no probabilities are stated."""
    paths: pl.DataFrame
    """`marts.scenario_paths`, by scenario and quarter_end; empty while the run says why nothing is projected."""


def assess_company(
    *,
    prices: pl.DataFrame,
    actions: pl.DataFrame,
    events: pl.DataFrame,
    members: pl.DataFrame,
    announcements: pl.DataFrame,
    figures: pl.DataFrame,
    fx: pl.DataFrame,
    universe: Universe,
    scenario_set: ScenarioSet,
    as_of: datetime,
) -> ScenarioAnswer:
    """Assess the scenarios of the company that `scenario_set` is about.

    Args:
        prices: session, close_quoted_usd (USD per unit, as quoted on the as-of day), price_basis, known_at of the
            primary listing, as `transforms.prices.closes_of` gives them.
        actions: versions of `core.corporate_actions`, also those known later: for a day before the bands' own, the
            splits between count as well.
        events: versions of `core.cycle_events`.
        members: versions of `core.event_members`.
        announcements: versions of `core.announcements`.
        figures: versions of `core.reported_figures`: what the projection starts from.
        fx: versions of `core.fx_rates`.
        universe: has the company and its primary listing.
        scenario_set: bands, priors, weights, drivers.
        as_of: instant with a time zone; nothing known later counts.

    Returns:
        The answer. Without a known price its price and market state are empty, with an old one its market state,
        without fresh evidence its probabilities; each with its reason. `is_stale` is false: who knows of a hold asks as
        of the last good instant and says so.

    Raises:
        NotKnownYetError: neither a price nor any evidence was known by `as_of`.
        ConfigError: the universe lacks the company or its primary listing.
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    company, listing = _company(universe, scenario_set)
    evidence = evidence_for(
        scenario_set, company, events=events, announcements=announcements, members=members, as_of=instant
    )
    price = _newest(prices, instant)
    if price is None and evidence["known_at"].null_count() == evidence.height:
        raise NotKnownYetError(
            f"nothing about {company.name} was known by {instant.isoformat()}",
            where=f"as of {instant.date().isoformat()}",
            expected=_first_knowledge(prices, listing),
            next_command="ask for a later day with --as-of, or bring earlier facts",
        )
    bands = bands_on(scenario_set, actions, symbol=listing.symbol, as_of=instant)
    chances = chances_from(evidence, scenario_set, as_of=instant)
    model = model_of(
        scenario_set, company, listing, figures=figures, fx=fx, actions=actions, universe=universe, as_of=instant
    )
    projected = project(scenario_set, model)
    answered = _bands_frame(bands, scenario_set, evidence, projected, chances)
    price_stale = why_price_is_stale(price["session"], scenario_set, as_of=instant) if price else None
    exchange = universe.exchange(listing.exchange)
    is_drawn = price is not None and price["price_basis"] == PriceBasis.SIMULATED.value
    run = {
        "company": company.name,
        "as_of": instant,
        "facts_as_of": instant,
        "basis": basis_on(
            instant, [scenario_set.bands_known_at, *known_dates_of(scenario_set, exchange, listing)]
        ).value,
        "bands_basis": basis_on(instant, [scenario_set.bands_known_at]).value,
        "price_usd": price["close_quoted_usd"] if price else None,
        "price_session": price["session"] if price else None,
        "price_basis": price["price_basis"] if price else None,
        "market_state": market_state(price["close_quoted_usd"], bands).value if price and not price_stale else None,
        "market_state_null_reason": price_stale if price else f"No close of {listing.symbol} is known.",
        "evidence_state": chances.freshness.state.value,
        "evidence_newest_known_at": chances.freshness.newest_known_at,
        "abstained_because": chances.freshness.why_not,
        "projection_null_reason": projected.null_reason,
        "is_stale": False,
        "stale_since": None,
        "held_because": None,
        # A drawn price is nobody's report: whatever else an answer rests on, it is assumed.
        "status": weakest(
            [Status(word) for word in answered["status"].to_list()] + ([Status.ASSUMPTION] if is_drawn else [])
        ).value,
    }
    return ScenarioAnswer(
        run=run,
        bands=answered,
        evidence=evidence.drop("verification"),
        moves=moves_from_prior(evidence if chances.is_stated else evidence.clear()),
        paths=projected.paths,
    )


def _company(universe: Universe, scenario_set: ScenarioSet) -> tuple[Company, Listing]:
    company = universe.company(scenario_set.company)
    listing = universe.primary_listing(scenario_set.company)
    if company is None or listing is None:
        raise ConfigError(
            f"'{scenario_set.company}' has scenarios but no primary listing",
            where="config/universe.toml",
            expected="the company, with is_primary = true on one of its listings",
            next_command="add it, or take the scenario set away",
        )
    return company, listing


def _newest(prices: pl.DataFrame, instant: datetime) -> dict[str, Any] | None:
    known = prices.filter(pl.col("known_at") <= instant).sort("session", "known_at", "close_quoted_usd")
    return known.row(-1, named=True) if known.height else None


def _first_knowledge(prices: pl.DataFrame, listing: Listing) -> str:
    first = prices["known_at"].min()
    if not isinstance(first, datetime):
        return f"a day by which an event, an announcement or a price of {listing.symbol} is known; no price is stored"
    return f"a day by which something is known: the first price of {listing.symbol} is, on {first.date().isoformat()}"


def _bands_frame(
    bands: tuple[Band, ...], scenario_set: ScenarioSet, evidence: pl.DataFrame, projected: Projected, chances: Chances
) -> pl.DataFrame:
    # Probabilities share one sum: the weakest evidence for any scenario is an input of each.
    verifications = evidence["verification"].drop_nulls().unique().sort().to_list()
    shared = status_of(
        scenario_set.evidence,
        scenario_set.family_cap_nats,
        scenario_set.tempering,
        scenario_set.evidence_half_life_years,
        scenario_set.evidence_stale_days,
        verifications=verifications,
    )
    rows = []
    for position, (band, definition) in enumerate(zip(bands, scenario_set.scenarios, strict=True)):
        value = projected.targets.get(band.scenario)
        own = [status_of(definition), shared] + ([projected.status] if value else [])
        rows.append(
            {
                "scenario": band.scenario,
                "position": position,
                "probability": chances.probability[band.scenario],
                "target_low_usd": band.low_usd,
                "target_high_usd": band.high_usd,
                "p10_usd": value.p10_usd if value else None,
                "p50_usd": value.p50_usd if value else None,
                "p90_usd": value.p90_usd if value else None,
                "closed_form_usd": value.closed_form_usd if value else None,
                "status": weakest(own).value,
            }
        )
    return pl.DataFrame(rows, schema=BANDS_SCHEMA)
