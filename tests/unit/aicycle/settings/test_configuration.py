"""What config/ must say, and how each thing that can't be believed is refused: with file and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aicycle.errors import ConfigError
from aicycle.model.kinds import EventType, MarketState, Status
from aicycle.model.provenance import parameters_within
from aicycle.settings.configuration import load_configuration

UNIVERSE, PHASES, SCENARIOS, RULES = "universe.toml", "phases.toml", "scenarios/alibaba.toml", "alert_rules.toml"
MAP = "article_map.toml"

Edit = Callable[..., Path]


@pytest.fixture
def edited(root: Path, tmp_path: Path) -> Edit:
    """Copies config/ and replaces one text in one file, once."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "config"
        if not folder.exists():
            shutil.copytree(root / "config", folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}: the test does not test what it says"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


def refusal(folder: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_configuration(folder)
    return caught.value


# --- what is in the project's own config ----------------------------------------------------------------------------


def test_the_articles_bands_are_the_articles(root: Path) -> None:
    scenario_set = load_configuration(root / "config").scenario_set("Alibaba")
    assert scenario_set is not None
    bands = [(b.name, b.target_low_usd.value, b.target_high_usd.value) for b in scenario_set.scenarios]
    assert bands == [("pessimistic", 70, 90), ("realistic", 140, 180), ("optimistic", 200, 240)]
    assert scenario_set.bands_known_at == date(2025, 9, 28)
    for band in scenario_set.scenarios:
        for edge in (band.target_low_usd, band.target_high_usd):
            assert (edge.status, edge.known_at) == (Status.ARTICLE, date(2025, 9, 28))
        assert band.prior_probability.status is Status.ASSUMPTION, "the article gives no probabilities"


def test_what_the_article_says_of_growth_and_cloud_shares_is_a_driver_and_nothing_more(root: Path) -> None:
    scenario_set = load_configuration(root / "config").scenario_set("Alibaba")
    assert scenario_set is not None
    assert scenario_set.projection is not None
    said = {
        (scenario.scenario, driver, end): parameter.value
        for scenario in scenario_set.projection.scenarios
        for driver in ("revenue_growth_frac", "lead_share_frac")
        for end in ("low", "mode", "high")
        if (parameter := getattr(getattr(scenario, driver), end)).status is Status.ARTICLE
    }
    assert said == {
        ("realistic", "revenue_growth_frac", "low"): 0.08,
        ("realistic", "revenue_growth_frac", "high"): 0.1,
        ("realistic", "lead_share_frac", "mode"): 0.25,
        ("optimistic", "lead_share_frac", "mode"): 0.3,
    }


def test_nothing_of_ours_is_passed_off_as_older_than_its_registration(root: Path) -> None:
    configuration = load_configuration(root / "config")
    assumed = [(path, p) for path, p in parameters_within(configuration) if p.status is Status.ASSUMPTION]
    assert len(assumed) > 20
    first_registered = date(2026, 11, 23)
    assert [(path, p.known_at) for path, p in assumed if p.known_at < first_registered] == []


def test_the_baseline_of_the_phases_is_the_dictionary(root: Path) -> None:
    configuration = load_configuration(root / "config")
    votes = {v.event_type: (v.phase.value, v.half_life_years.value) for v in configuration.phases.baseline}
    assert votes == {
        EventType.REGION_LAUNCH: (1, 1),
        EventType.FINANCING: (1, 1),
        EventType.MODEL_RELEASE: (2, 1),
        EventType.CHIP_RELEASE: (2, 1),
        EventType.CHIP_RESTRICTION: (2, 1),
        EventType.PARTNERSHIP: (2, 1),
        EventType.REGULATION: (3, 4),
        EventType.COMPETITION: (3, 1),
        EventType.CONSOLIDATION: (3, 1),
    }


def test_phase_rules_name_no_company_and_no_segment(root: Path) -> None:
    configuration = load_configuration(root / "config")
    names = {s.name for c in configuration.universe.companies for s in c.segments}
    names |= {c.name for c in configuration.universe.companies}
    rules = configuration.phases
    said = [p.why + p.source for _, p in parameters_within(replace(rules, baseline=()))]
    keys = [f.name for f in rules.features] + [f.family for f in rules.features]
    assert {f.family for f in rules.features} == {"investment", "growth", "platform", "competition", "stability"}
    assert not names & set(keys)
    assert not [text for text in said for company in configuration.universe.companies if company.name in text]


def test_the_map_is_the_articles(root: Path) -> None:
    article = load_configuration(root / "config").article_map
    assert article is not None
    assert article.company == "Alibaba"
    assert {s.segment: s.phase.value for s in article.segments} == {
        "cloud": 1, "models": 2, "chips": 2, "e-commerce": 3, "fintech": 3, "logistics": 3,
    }  # fmt: skip
    assert {(s.phase.status, s.phase.known_at) for s in article.segments} == {(Status.ARTICLE, date(2025, 9, 28))}


def test_the_segments_that_take_capex_are_those_data_centres_are_built_for(root: Path) -> None:
    companies = load_configuration(root / "config").universe.companies
    takers = {(c.name, s.name) for c in companies for s in c.segments if s.takes_capex}
    clouds = {(c.name, s.name) for c in companies for s in c.segments if s.name == "cloud"}
    assert takers == clouds | {("Meta", "models")}


def test_universe_knows_alibabas_segments_and_where_they_compare(root: Path) -> None:
    universe = load_configuration(root / "config").universe
    alibaba = universe.company("Alibaba")
    assert alibaba is not None
    segments = {s.name: s for s in alibaba.segments}
    assert list(segments) == ["group", "cloud", "models", "chips", "e-commerce", "fintech", "logistics"]
    assert segments["fintech"].event_companies == ("Ant",)
    across_june_2025 = {
        name
        for name, segment in segments.items()
        for old in segment.reported_as
        for new in segment.reported_as
        if (old.basis, new.basis) == ("2023_six_groups", "2025_four_segments")
        and old.comparable
        and old.comparable == new.comparable
    }
    assert across_june_2025 == {"group", "cloud"}
    primary = universe.primary_listing("Alibaba")
    assert primary is not None
    assert (primary.symbol, primary.shares_per_unit.value) == ("BABA", 8)


def test_one_rule_stands_at_each_band_edge_and_agrees_with_the_market_state(root: Path) -> None:
    configuration = load_configuration(root / "config")
    edges = {
        edge.value
        for band in configuration.scenario_sets[0].scenarios
        for edge in (band.target_low_usd, band.target_high_usd)
    }
    rules = {rule.enter_level.value: rule for rule in configuration.alert_rules}
    # The article has bands and no alerts; the level is per unit of the bands' day.
    assert {(r.enter_level.status, r.enter_level.known_at) for r in rules.values()} == {
        (Status.DERIVED, date(2025, 9, 28))
    }
    assert set(rules) == edges
    # A band owns its edges: on a lower edge the state begins at, on an upper one above, and the reverse from above.
    assert {level: rule.comparison for level, rule in rules.items()} == {
        70: "below",
        90: "at_or_below",
        140: "below",
        180: "above",
        200: "at_or_above",
        240: "above",
    }


@pytest.mark.recording
def test_universe_names_what_the_recording_holds(root: Path, recording_dir: Path) -> None:
    universe = load_configuration(root / "config").universe

    def column(file: str, *positions: int) -> set[tuple[str, ...]]:
        lines = (recording_dir / file).read_text(encoding="utf-8").splitlines()[1:]
        return {tuple(line.split(",")[p] for p in positions) for line in lines}

    assert column("prices.csv", 0) == {(li.symbol,) for c in universe.companies for li in c.listings}
    assert column("fx.csv", 0) == {(pair,) for pair in universe.fx_pairs}
    reported = column("reported_figures.csv", 0, 1, 2)
    named = {(c.name, r.name, r.basis) for c in universe.companies for s in c.segments for r in s.reported_as}
    assert named <= reported


# --- digest ---------------------------------------------------------------------------------------------------------


def test_digest_follows_values_and_not_spelling(root: Path, edited: Edit) -> None:
    digest = load_configuration(root / "config").digest
    assert load_configuration(edited(PHASES, "# How a segment's", "# Anew: how a segment's")).digest == digest
    assert load_configuration(edited(UNIVERSE, "value = 15\n", "value = 15.0\n")).digest == digest
    assert load_configuration(edited(SCENARIOS, "value = 1.5", "value = 1.25")).digest != digest


def test_a_folder_without_scenarios_is_a_configuration_without_scenario_sets(edited: Edit) -> None:
    folder = edited(RULES, "# When", "# When")
    shutil.rmtree(folder / "scenarios")
    configuration = load_configuration(folder)
    assert configuration.scenario_sets == ()
    assert configuration.scenario_set("Alibaba") is None


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("companion", ["value", "unit", "status", "source", "why", "known_at"])
def test_a_number_without_any_of_its_companions_is_refused(edited: Edit, companion: str) -> None:
    folder = edited(SCENARIOS, "[tempering]\n", "[tempering]\n#cut#")
    text = (folder / SCENARIOS).read_text(encoding="utf-8")
    head, tail = text.split("#cut#")
    lines = tail.splitlines(keepends=True)
    cut = next(i for i, line in enumerate(lines) if line.startswith(companion + " ="))
    (folder / SCENARIOS).write_text(head + "".join(lines[:cut] + lines[cut + 1 :]), encoding="utf-8")
    error = refusal(folder)
    assert f"config/{SCENARIOS}, key tempering.{companion}" in error.where
    assert "missing" in error.what


@pytest.mark.parametrize("companion", ["why", "source", "unit"])
def test_an_empty_companion_is_refused(edited: Edit, companion: str) -> None:
    text = (edited(PHASES, "#", "#") / PHASES).read_text(encoding="utf-8")
    line = next(li for li in text.splitlines() if li.startswith(f"{companion} ="))
    error = refusal(edited(PHASES, line, f'{companion} = "  "'))
    assert error.where == f"config/{PHASES}, key abstain_below.{companion}"


REFUSED = {
    "a key twice": (SCENARIOS, "horizon = 2030-12-31", "horizon = 2030-12-31\ntempering = 0.25", "TOML"),
    "a number as text": (PHASES, "value = 0.5", 'value = "0.5"', "abstain_below.value"),
    "true for one": (PHASES, "value = 1.0", "value = true", "min_votes.value"),
    "no finite number": (PHASES, "value = 1.0", "value = inf", "min_votes.value"),
    "no number at all": (PHASES, "value = 1.0", "value = nan", "min_votes.value"),
    "a time for a day": (SCENARIOS, "horizon = 2030-12-31", "horizon = 2030-12-31T00:00:00Z", "horizon"),
    "an unknown status": (PHASES, 'status = "assumption"', 'status = "guess"', "abstain_below.status"),
    "an unknown key": (PHASES, 'version = "filter-1"', 'version = "filter-1"\nsmooth = 1', "smooth"),
    "an unknown key in a number": (PHASES, "value = 0.5", "value = 0.5\nvalu = 0.5", "abstain_below.valu"),
    "an unknown table": (RULES, "\n[[rules]]\n", "\n[rulez]\n\n[[rules]]\n", RULES),
    "a table too many": (RULES, "\n[[rules]]\n", "\nrulez = []\n\n[[rules]]\n", "rulez"),
    "an unknown event type": (PHASES, 'event_type = "financing"', 'event_type = "finance"', "baseline[1].event_type"),
    "broken TOML": (RULES, "\n[[rules]]\n", "\n[[rules]\n", RULES),
    "probabilities that do not sum to one": (SCENARIOS, "value = 0.5\n", "value = 0.500001\n", "prior_probability"),
    "a certain scenario": (SCENARIOS, "value = 0.5\n", "value = 1.0\n", "scenarios[1].prior_probability"),
    "a band upside down": (SCENARIOS, "value = 90.0", "value = 60.0", "scenarios[0].target_high_usd"),
    "a band without width": (SCENARIOS, "value = 90.0", "value = 70.0", "scenarios[0].target_high_usd"),
    "bands that overlap": (SCENARIOS, "value = 90.0", "value = 150.0", "scenarios[1].target_low_usd"),
    "bands that touch": (SCENARIOS, "value = 90.0", "value = 140.0", "scenarios[1].target_low_usd"),
    "a band at or below nothing": (SCENARIOS, "value = 70.0", "value = 0.0", "scenarios[0].target_low_usd"),
    "scenarios out of order": (SCENARIOS, 'name = "realistic"', 'name = "optimistic"', "scenarios"),
    "an unknown reference": (SCENARIOS, 'reference_scenario = "realistic"', 'reference_scenario = "base"', "reference"),
    "evidence for the reference": (SCENARIOS, 'scenario = "optimistic"', 'scenario = "realistic"', "evidence[0]"),
    "evidence for nobody": (SCENARIOS, 'scenario = "optimistic"', 'scenario = "glorious"', "evidence[0].scenario"),
    "a direction of zero": (SCENARIOS, "direction = 1", "direction = 0", "evidence[0].direction"),
    "a family called prior": (SCENARIOS, 'family = "expansion"', 'family = "prior"', "evidence[0].family"),
    "one weight twice": (SCENARIOS, "direction = -1", "direction = 1", "evidence"),
    "a company nobody watches": (SCENARIOS, 'company = "Alibaba"', 'company = "Alibabar"', "company"),
    "a projection without a scenario": (
        SCENARIOS,
        'scenario = "realistic"\nmultiple',
        'scenario = "r"\nmultiple',
        "projection.scenarios",
    ),
    "tempering that inflates": (SCENARIOS, "value = 0.25", "value = 4.0", "tempering.value"),
    "no fading": (SCENARIOS, "value = 1.0", "value = 0.0", "evidence_half_life_years.value"),
    "two primary listings": (UNIVERSE, 'symbol = "9988.HK"', 'symbol = "9988.HK"\nis_primary = true', "is_primary"),
    "a symbol twice": (UNIVERSE, 'symbol = "9988.HK"', 'symbol = "BABA"', "listings"),
    "a company twice": (UNIVERSE, 'name = "Nvidia"', 'name = "Alibaba"', "companies"),
    "a segment twice": (UNIVERSE, 'name = "models"', 'name = "cloud"', "companies[0].segments"),
    "a pair twice": (UNIVERSE, '"USDBRL"', '"USDAUD"', "fx_pairs"),
    "half a pair": (UNIVERSE, '"USDBRL"', '"BRL"', "fx_pairs[1]"),
    "an unknown exchange": (UNIVERSE, 'exchange = "NYSE"', 'exchange = "NYSX"', "companies[0].listings[0].exchange"),
    "an unknown currency": (UNIVERSE, 'currency = "HKD"', 'currency = "HKX"', "companies[0].listings[1].currency"),
    "an unknown time zone": (UNIVERSE, "America/New_York", "America/Gotham", "exchanges[0].timezone"),
    "no clock time": (
        UNIVERSE,
        'close_local = "16:00"\n\n[exchanges',
        'close_local = "4pm"\n\n[exchanges',
        "close_local",
    ),
    "a delay into the past": (UNIVERSE, "value = 25", "value = -25", "exchanges[2].delay_minutes.value"),
    "a phase without a name": (PHASES, "value = 3\n", "value = 5\n", "baseline[6].phase.value"),
    "a phase in halves": (PHASES, "value = 3\n", "value = 2.5\n", "baseline[6].phase.value"),
    "five phases": (PHASES, '"maturity"]', '"maturity", "decay"]', "phase_names"),
    "an event type twice": (PHASES, 'event_type = "financing"', 'event_type = "region_launch"', "baseline"),
    "three weights": (PHASES, "[3.0, 0.5, -1.0, -1.0]", "[3.0, 0.5, -1.0]", "features[0].weights.value"),
    "a weight in words": (PHASES, "[3.0, 0.5, -1.0, -1.0]", '[3.0, "much"]', "features[0].weights.value"),
    "a ramp of no metric": (PHASES, 'metric = "capex"', 'metric = "capexx"', "features[3].ramps[0].metric"),
    "a ramp of a metric by plan": (PHASES, 'metric = "capex"', 'metric = "plan_spent_frac"', "ramps[0].metric"),
    "a ramp of all companies": (
        PHASES,
        'metric = "capex"',
        'metric = "tracked_cloud_revenue_hhi_index"',
        "ramps[0].metric",
    ),
    "a map of a company nobody watches": (MAP, 'company = "Alibaba"', 'company = "Alibabar"', "company"),
    "a map with a phase too many": (MAP, "value = 1\n", "value = 5\n", "segments[0].phase.value"),
    "a rule version twice": (RULES, 'rule_id = "baba-at-or-below-90"', 'rule_id = "baba-below-70"', "rules"),
    "a rule left before it is entered, below": (RULES, "value = 70.7", "value = 69.3", "rules[0].exit_level"),
    "a rule left before it is entered, above": (RULES, "value = 178.2", "value = 181.8", "rules[3].exit_level"),
    "an unknown comparison": (RULES, 'comparison = "below"', 'comparison = "under"', "rules[0].comparison"),
    "an unknown metric": (RULES, 'metric = "price_usd"', 'metric = "price"', "rules[0].metric"),
    "an unknown scenario": (RULES, 'metric = "price_usd"', 'metric = "probability:glorious"', "rules[0].metric"),
    "a rule for nobody": (RULES, 'company = "Alibaba"', 'company = "Alibabar"', "rules[0].company"),
    "a rule that says nothing": (RULES, 'message = "Alibaba', 'message = ""#', "rules[0].message"),
    "version nought": (RULES, "version = 1", "version = 0", "rules[0].version"),
}


@pytest.mark.parametrize("named", REFUSED)
def test_refused_with_file_and_key(edited: Edit, named: str) -> None:
    file, old, new, key = REFUSED[named]
    error = refusal(edited(file, old, new))
    assert f"config/{file}" in error.where
    assert key in error.where or key in error.what
    assert error.expected
    assert error.next_command


def test_a_scenario_without_band_is_refused(edited: Edit) -> None:
    error = refusal(edited(SCENARIOS, "[scenarios.target_low_usd]", "[scenarios.target_usd]"))
    assert error.where.startswith(f"config/{SCENARIOS}, key scenarios[0].target")


def test_a_bare_number_is_refused_with_what_it_lacks(edited: Edit) -> None:
    text = (edited(PHASES, "#", "#") / PHASES).read_text(encoding="utf-8")
    start, end = text.index("[abstain_below]"), text.index("[min_votes]")
    edited(PHASES, text[start:end], "")
    error = refusal(edited(PHASES, "version =", "abstain_below = 0.5\nversion ="))
    assert error.where == f"config/{PHASES}, key abstain_below"
    assert "value, unit, status, source, why, known_at" in error.expected


def test_a_company_without_primary_listing_has_no_scenarios(edited: Edit) -> None:
    error = refusal(edited(UNIVERSE, "  is_primary = true\n", ""))
    assert error.where == f"config/{SCENARIOS}, key company"


def test_two_files_for_one_company_are_refused(edited: Edit) -> None:
    folder = edited(SCENARIOS, "#", "#")
    shutil.copy(folder / SCENARIOS, folder / "scenarios" / "second.toml")
    error = refusal(folder)
    assert error.where == "config/scenarios/second.toml, key company"
    assert SCENARIOS in error.what


@pytest.mark.parametrize("file", [UNIVERSE, PHASES, MAP, RULES])
def test_a_missing_file_is_refused(edited: Edit, file: str) -> None:
    folder = edited(file, "#", "#")
    (folder / file).unlink()
    error = refusal(folder)
    assert "missing" in error.what
    assert file in error.where


def test_text_that_is_no_utf8_is_refused(edited: Edit) -> None:
    folder = edited(PHASES, "#", "#")
    (folder / PHASES).write_bytes(b"version = '\xff'")
    assert PHASES in refusal(folder).where


def test_a_changed_rule_is_a_new_version_beside_the_old(edited: Edit) -> None:
    folder = edited(RULES, "#", "#")
    text = (folder / RULES).read_text(encoding="utf-8")
    first = text.split("\n[[rules]]\n")[1]
    amended = "\n[[rules]]\n" + first.replace("version = 1", "version = 2")
    (folder / RULES).write_text(text + amended, encoding="utf-8")
    versions = [(r.rule_id, r.version) for r in load_configuration(folder).alert_rules if r.rule_id == "baba-below-70"]
    assert versions == [("baba-below-70", 1), ("baba-below-70", 2)]


def test_market_state_names_cover_the_scenarios(root: Path) -> None:
    names = {b.name for s in load_configuration(root / "config").scenario_sets for b in s.scenarios}
    assert names <= {state.value for state in MarketState}
