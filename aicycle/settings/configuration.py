"""Reads `config/` into the frozen parameters of `aicycle.model.parameters`, or refuses it.

Here: dataclasses from files, strict about types and unknown keys, the digest of what was read, and the text from which
the same can be restored. Not here: TOML (`toml_content`), whether the numbers fit each other (`coherence`), or what
follows from them (`transforms`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aicycle.errors import ConfigError
from aicycle.model.parameters import (
    AlertRule,
    ArticleMap,
    BatchRules,
    Configuration,
    ForecastRules,
    FreshnessLimit,
    GateRules,
    MetricRules,
    PhaseRules,
    PlayerRules,
    PriceRules,
    ScenarioSet,
    StatementRules,
    Universe,
)
from aicycle.settings import (
    coherence,
    coherence_forecasts,
    coherence_metrics,
    coherence_phases,
    coherence_players,
    coherence_valuation,
)
from aicycle.settings.refusal import key_path
from aicycle.settings.shaped import read_list, read_shape
from aicycle.settings.toml_content import STRICT

UNIVERSE, PHASES, ALERT_RULES, SCENARIOS = "universe.toml", "phases.toml", "alert_rules.toml", "scenarios"
FRESHNESS, METRICS, PLAYERS, ARTICLE_MAP = "freshness.toml", "metrics.toml", "players.toml", "article_map.toml"
FORECASTS = "forecasts.toml"
GATE_BATCHES, GATE_PRICES, GATE_STATEMENTS = "gate/batches.toml", "gate/prices.toml", "gate/statements.toml"


def load_configuration(folder: Traversable | Path) -> Configuration:
    """Read and check all of `config/`.

    Args:
        folder: holds `universe.toml`, `phases.toml`, `article_map.toml`, `alert_rules.toml`, `freshness.toml`,
            `metrics.toml`, `players.toml`, `forecasts.toml`, `gate/*.toml` and `scenarios/*.toml`.

    Returns:
        The configuration. `digest` is the sha256 of the checked content as canonical JSON: comments, key order and
        spelling of numbers do not change it, values do. `source_names` are the files read, relative to `folder`.

    Raises:
        aicycle.errors.ConfigError: a file is missing, is no TOML, or can't be believed. Names file and key.
    """
    universe = read_shape(folder, UNIVERSE, Universe)
    phases = read_shape(folder, PHASES, PhaseRules)
    article_map = read_shape(folder, ARTICLE_MAP, ArticleMap)
    rules = read_list(folder, ALERT_RULES, "rules", AlertRule)
    forecasts = read_shape(folder, FORECASTS, ForecastRules)
    freshness = read_list(folder, FRESHNESS, "limits", FreshnessLimit)
    metrics = read_shape(folder, METRICS, MetricRules)
    players = read_shape(folder, PLAYERS, PlayerRules)
    gate = GateRules(
        batches=read_shape(folder, GATE_BATCHES, BatchRules),
        prices=read_shape(folder, GATE_PRICES, PriceRules),
        statements=read_shape(folder, GATE_STATEMENTS, StatementRules),
    )
    names = _scenario_names(folder)
    scenario_sets = {name: read_shape(folder, name, ScenarioSet) for name in names}

    coherence.check_universe(universe, UNIVERSE)
    coherence_phases.check_phases(phases, PHASES)
    coherence_phases.check_article_map(article_map, ARTICLE_MAP, universe, phases)
    coherence_metrics.check_home_countries(universe, UNIVERSE)
    coherence_metrics.check_metrics(metrics, METRICS, universe)
    coherence_players.check_players(players, PLAYERS, universe)
    for name, scenario_set in scenario_sets.items():
        coherence.check_scenarios(scenario_set, name, universe)
        coherence_valuation.check_projection(scenario_set, name)
    coherence.check_one_set_each(scenario_sets)
    coherence_forecasts.check_forecasts(forecasts, FORECASTS)
    coherence.check_freshness(freshness, FRESHNESS)
    coherence.check_alert_rules(rules, ALERT_RULES, universe, scenario_sets)

    content = Configuration(
        universe=universe,
        phases=phases,
        metrics=metrics,
        players=players,
        scenario_sets=tuple(scenario_sets.values()),
        alert_rules=rules,
        forecasts=forecasts,
        gate=gate,
        digest="",
        source_names=(
            *(UNIVERSE, PHASES, ARTICLE_MAP, ALERT_RULES, FRESHNESS, METRICS, PLAYERS, FORECASTS),
            *(GATE_BATCHES, GATE_PRICES, GATE_STATEMENTS),
            *names,
        ),
        freshness=freshness,
        article_map=article_map,
    )
    return replace(content, digest=_digest(content))


def dump_configuration(content: Configuration) -> str:
    """Return the checked content as canonical JSON: the text whose sha256 is the configuration's digest.

    What moves no answer (`digest` itself, `source_names`, `freshness`, `article_map`) is not in it.
    """
    plain = TypeAdapter(Configuration).dump_python(
        content, mode="json", exclude={"digest", "source_names", "freshness", "article_map"}
    )
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def restore_configuration(text: str, digest: str) -> Configuration:
    """Return the configuration that `dump_configuration` wrote, possibly with an earlier version of this program.

    Args:
        text: canonical JSON.
        digest: under which it was kept. It stays the configuration's, also where today's shapes have gained a key.

    Raises:
        ConfigError: the text is not what the digest says, or today's shapes have no place for something in it.
    """
    where = f"ops.parameter_sets, parameters_digest {digest}"
    found = hashlib.sha256(text.encode()).hexdigest()
    if found != digest:
        raise ConfigError(
            f"the kept parameters were altered: their sha256 is now {found}",
            where=where,
            expected="the text whose sha256 is its key",
            next_command="restore the home from a backup",
        )
    adapter = TypeAdapter(tuple[Configuration], config=STRICT)
    try:
        restored = adapter.validate_json(json.dumps([json.loads(text) | {"digest": digest}]))[0]
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(
            f"the kept parameters do not fit this version of aicycle: {key_path(first['loc'][1:])}: {first['msg']}",
            where=where,
            expected="parameters of the shapes in aicycle/model/parameters/",
            next_command="replay with the version the run names in its code_version",
        ) from None
    return restored


def _digest(content: Configuration) -> str:
    return hashlib.sha256(dump_configuration(content).encode()).hexdigest()


def _scenario_names(folder: Traversable | Path) -> list[str]:
    scenarios = folder / SCENARIOS
    if not scenarios.is_dir():
        return []
    return sorted(f"{SCENARIOS}/{entry.name}" for entry in scenarios.iterdir() if entry.name.endswith(".toml"))
