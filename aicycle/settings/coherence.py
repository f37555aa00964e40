"""Whether the numbers in `config/` fit each other. Each check refuses with file and key.

Here: sums, orders, sides, names that must exist, keys that must not stand twice. Not here: types and missing keys
(`configuration`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aicycle.contracts import CORE_TABLES
from aicycle.model.kinds import CURRENCIES, MarketState
from aicycle.model.parameters import (
    AlertRule,
    Company,
    FreshnessLimit,
    ScenarioSet,
    Universe,
)
from aicycle.model.parameters.scenarios import MOST_FAMILIES
from aicycle.model.provenance import parameters_within
from aicycle.settings.limits import distinct as _distinct
from aicycle.settings.limits import positive as _positive
from aicycle.settings.limits import within as _within
from aicycle.settings.refusal import key_path, refuse

SUM_TOLERANCE = 1e-9
ABOVE = ("above", "at_or_above")
BELOW = ("below", "at_or_below")
STATES = (MarketState.PESSIMISTIC.value, MarketState.REALISTIC.value, MarketState.OPTIMISTIC.value)


def check_parameters(content: object, file: str) -> None:
    """Refuse a number whose unit, source or why is empty: provenance that says nothing is none."""
    for path, parameter in parameters_within(content):
        for companion in ("unit", "source", "why"):
            if not getattr(parameter, companion).strip():
                refuse(
                    f"'{companion}' is empty",
                    file=file,
                    key=key_path((*path, companion)),
                    expected="text: a number without provenance is not used",
                )


def check_universe(universe: Universe, file: str) -> None:
    """Refuse unknown exchanges, currencies and time zones, duplicates, and a second primary listing."""
    _distinct((e.name for e in universe.exchanges), file, "exchanges", "name")
    _distinct((c.name for c in universe.companies), file, "companies", "name")
    _distinct(universe.fx_pairs, file, "fx_pairs", "pair")
    _distinct((li.symbol for c in universe.companies for li in c.listings), file, "companies[].listings", "symbol")
    for i, exchange in enumerate(universe.exchanges):
        _zone(exchange.timezone, file, f"exchanges[{i}].timezone")
        _clock_time(exchange.close_local, file, f"exchanges[{i}].close_local")
        _within(exchange.delay_minutes, file, f"exchanges[{i}].delay_minutes", low=0, high=math.inf)
        # Whether the library has it is not asked here: it takes a second to load, and every command reads this file.
        if exchange.calendar and not re.fullmatch(r"[A-Z0-9_/]{3,16}", exchange.calendar):
            refuse(
                f"'{exchange.calendar}' is no calendar",
                file=file,
                key=f"exchanges[{i}].calendar",
                expected="a code of exchange_calendars such as XNYS, or nothing",
            )
    _zone(universe.fx_timezone, file, "fx_timezone")
    _clock_time(universe.fx_close_local, file, "fx_close_local")
    _within(universe.fx_delay_minutes, file, "fx_delay_minutes", low=0, high=math.inf)
    _within(universe.reporting_delay_days, file, "reporting_delay_days", low=0, high=math.inf)
    for i, pair in enumerate(universe.fx_pairs):
        if not re.fullmatch(r"[A-Z]{6}", pair):
            refuse(
                f"'{pair}' is no currency pair", file=file, key=f"fx_pairs[{i}]", expected="two ISO 4217 codes in a row"
            )
    for i, company in enumerate(universe.companies):
        _check_company(company, universe, file, f"companies[{i}]")


def check_scenarios(scenario_set: ScenarioSet, file: str, universe: Universe) -> None:
    """Refuse bands upside down or in disorder, probabilities that do not sum to one, and names that do not exist."""
    company = universe.company(scenario_set.company)
    if company is None:
        refuse(
            f"company '{scenario_set.company}' is not watched",
            file=file,
            key="company",
            expected="one of universe.toml",
        )
    if universe.primary_listing(scenario_set.company) is None:
        refuse(
            f"'{scenario_set.company}' has no primary listing: its bands have no price to be held against",
            file=file,
            key="company",
            expected="is_primary = true on one of its listings in universe.toml",
        )
    bands = scenario_set.scenarios
    names = [band.name for band in bands]
    if names != list(STATES):
        # The market states are named after the scenarios: other names, or another number, would have no words.
        refuse(
            f"the scenarios are {', '.join(names) or 'none'}",
            file=file,
            key="scenarios",
            expected=", ".join(STATES) + ", in this order, from the lowest band to the highest",
        )
    if scenario_set.reference_scenario not in names:
        refuse(
            f"reference scenario '{scenario_set.reference_scenario}' is not among the scenarios",
            file=file,
            key="reference_scenario",
            expected=f"one of {', '.join(names)}",
        )
    _check_bands(scenario_set, file)
    _check_evidence(scenario_set, names, file)
    total = math.fsum(band.prior_probability.value for band in bands)
    if abs(total - 1.0) > SUM_TOLERANCE:
        refuse(
            f"the prior probabilities sum to {total:.12g}",
            file=file,
            key="scenarios[].prior_probability",
            expected="1, within 1e-9",
        )
    _positive(scenario_set.family_cap_nats, file, "family_cap_nats")
    _positive(scenario_set.evidence_half_life_years, file, "evidence_half_life_years")
    _positive(scenario_set.evidence_stale_days, file, "evidence_stale_days")
    _positive(scenario_set.price_stale_days, file, "price_stale_days")
    _within(scenario_set.tempering, file, "tempering", low=0, high=1)


def check_one_set_each(scenario_sets: Mapping[str, ScenarioSet]) -> None:
    """Refuse two files that speak for the same company."""
    first: dict[str, str] = {}
    for name, scenario_set in scenario_sets.items():
        if scenario_set.company in first:
            refuse(
                f"'{scenario_set.company}' has scenarios already, in config/{first[scenario_set.company]}",
                file=name,
                key="company",
                expected="one file a company",
            )
        first[scenario_set.company] = name


def check_freshness(limits: Sequence[FreshnessLimit], file: str) -> None:
    """Refuse limits for what is no table of facts, twice for one, or of no length."""
    _distinct((limit.table for limit in limits), file, "limits", "table")
    for i, limit in enumerate(limits):
        if limit.table not in CORE_TABLES:
            refuse(
                f"'{limit.table}' is no table of facts",
                file=file,
                key=f"limits[{i}].table",
                expected="one of " + ", ".join(CORE_TABLES),
            )
        if limit.max_age_days.value <= 0:
            refuse(
                f"a limit of {limit.max_age_days.value} days",
                file=file,
                key=f"limits[{i}].max_age_days.value",
                expected="more than 0",
            )


def check_alert_rules(
    rules: Sequence[AlertRule], file: str, universe: Universe, scenario_sets: Mapping[str, ScenarioSet]
) -> None:
    """Refuse rules that stand twice, ask for what does not exist, or leave before they enter."""
    _distinct((f"{r.rule_id} version {r.version}" for r in rules), file, "rules", "rule_id and version")
    scenarios = {s.company: {band.name for band in s.scenarios} for s in scenario_sets.values()}
    for i, rule in enumerate(rules):
        key = f"rules[{i}]"
        if rule.version < 1:
            refuse(f"version {rule.version}", file=file, key=f"{key}.version", expected="1 or more")
        if universe.company(rule.company) is None:
            refuse(
                f"company '{rule.company}' is not watched",
                file=file,
                key=f"{key}.company",
                expected="one of universe.toml",
            )
        kind, _, scenario = rule.metric.partition(":")
        if not (
            (kind == "price_usd" and not scenario)
            or (kind == "probability" and scenario in scenarios.get(rule.company, set()))
        ):
            refuse(
                f"metric '{rule.metric}' does not exist for {rule.company}",
                file=file,
                key=f"{key}.metric",
                expected="price_usd, or probability:<scenario> with a scenario of the company",
            )
        if rule.comparison not in ABOVE + BELOW:
            refuse(
                f"comparison '{rule.comparison}'",
                file=file,
                key=f"{key}.comparison",
                expected=" | ".join(ABOVE + BELOW),
            )
        side = 1 if rule.comparison in ABOVE else -1
        if (rule.enter_level.value - rule.exit_level.value) * side < 0:
            refuse(
                f"'{rule.rule_id}' is left at {rule.exit_level.value:g}, on the far side of its enter level",
                file=file,
                key=f"{key}.exit_level.value",
                expected=f"{'at most' if side > 0 else 'at least'} the enter level: hysteresis lies behind the edge",
            )
        if not rule.message.strip():
            refuse("the message is empty", file=file, key=f"{key}.message", expected="what a person is told")


def _check_company(company: Company, universe: Universe, file: str, key: str) -> None:
    _currency(company.reporting_currency, file, f"{key}.reporting_currency")
    for i, listing in enumerate(company.listings):
        if universe.exchange(listing.exchange) is None:
            refuse(
                f"exchange '{listing.exchange}' of {listing.symbol} is not known",
                file=file,
                key=f"{key}.listings[{i}].exchange",
                expected="one of " + ", ".join(e.name for e in universe.exchanges),
            )
        _currency(listing.currency, file, f"{key}.listings[{i}].currency")
        _positive(listing.shares_per_unit, file, f"{key}.listings[{i}].shares_per_unit")
    primaries = [listing.symbol for listing in company.listings if listing.is_primary]
    if len(primaries) > 1:
        refuse(
            f"{company.name} has {len(primaries)} primary listings: {', '.join(primaries)}",
            file=file,
            key=f"{key}.listings[].is_primary",
            expected="at most one: scenarios are stated in one line",
        )
    _distinct((segment.name for segment in company.segments), file, f"{key}.segments", "name")
    for i, segment in enumerate(company.segments):
        _distinct((r.basis for r in segment.reported_as), file, f"{key}.segments[{i}].reported_as", "basis")


def _check_bands(scenario_set: ScenarioSet, file: str) -> None:
    below = -math.inf
    for i, band in enumerate(scenario_set.scenarios):
        low, high = band.target_low_usd.value, band.target_high_usd.value
        _positive(band.target_low_usd, file, f"scenarios[{i}].target_low_usd")
        if not low < high:
            refuse(
                f"the band of '{band.name}' is upside down: {low:g} to {high:g}",
                file=file,
                key=f"scenarios[{i}].target_high_usd.value",
                expected="more than the low edge",
            )
        if low <= below:
            refuse(
                f"the band of '{band.name}' begins at {low:g}, not above {below:g} where the one before it ends",
                file=file,
                key=f"scenarios[{i}].target_low_usd.value",
                expected="scenarios ordered from the lowest band to the highest, without overlap",
            )
        below = high
        # Log-odds of 0 and 1 are infinite: no evidence could ever move them.
        _within(band.prior_probability, file, f"scenarios[{i}].prior_probability", low=0, high=1, is_open=True)


def _check_evidence(scenario_set: ScenarioSet, names: Sequence[str], file: str) -> None:
    for i, weight in enumerate(scenario_set.evidence):
        key = f"evidence[{i}]"
        if weight.scenario not in names or weight.scenario == scenario_set.reference_scenario:
            refuse(
                f"scenario '{weight.scenario}' can't have evidence",
                file=file,
                key=f"{key}.scenario",
                expected="a scenario other than the reference, against which all evidence is counted",
            )
        if weight.direction not in (-1, 1):
            refuse(f"direction {weight.direction}", file=file, key=f"{key}.direction", expected="1 or -1")
        if weight.family == "prior":
            refuse("'prior' is no family", file=file, key=f"{key}.family", expected="a name that is not taken")
    families = {weight.family for weight in scenario_set.evidence}
    if len(families) > MOST_FAMILIES:
        refuse(
            f"there are {len(families)} families of evidence",
            file=file,
            key="evidence[].family",
            expected=f"at most {MOST_FAMILIES}: every subset of them is weighed to say which moved what",
        )
    _distinct(
        (f"{w.family}, {t}, {w.direction}, {w.scenario}" for w in scenario_set.evidence for t in w.event_types),
        file,
        "evidence",
        "family, event type, direction and scenario",
    )


def _currency(code: str, file: str, key: str) -> None:
    if code not in CURRENCIES:
        refuse(f"currency '{code}' is not known", file=file, key=key, expected="one of " + ", ".join(CURRENCIES))


def _zone(name: str, file: str, key: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        refuse(f"time zone '{name}' is not known", file=file, key=key, expected="an IANA name such as America/New_York")


def _clock_time(text: str, file: str, key: str) -> None:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        refuse(f"'{text}' is no clock time", file=file, key=key, expected="HH:MM")
