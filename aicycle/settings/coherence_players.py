"""Whether `config/players.toml` can be believed.

Here: waves, weights, the players and indicators that checks name. Not here: types and missing keys (`configuration`),
other files (`coherence`).
"""

from __future__ import annotations

from aicycle.model.parameters import INDEX, INDICATORS, PlayerCheck, PlayerRules, Universe, Wave
from aicycle.settings.refusal import refuse


def check_players(rules: PlayerRules, file: str, universe: Universe) -> None:
    """Refuse waves without weight, indicators that do not exist, checks of nobody, and windows of no length."""
    for name in ("event_window_years", "home_window_years", "oldest_figure_days"):
        if not getattr(rules, name).value > 0:
            refuse(
                f"{getattr(rules, name).value:g} is not positive",
                file=file,
                key=f"{name}.value",
                expected="more than 0",
            )
    if not rules.waves:
        refuse("there is no wave", file=file, key="waves", expected="at least one")
    _distinct([str(wave.number) for wave in rules.waves], file, "waves[].number")
    _distinct([check.check_id for check in rules.checks], file, "checks[].check_id")
    for i, wave in enumerate(rules.waves):
        _check_wave(wave, file, f"waves[{i}]")
    for i, check in enumerate(rules.checks):
        _check_check(check, rules, file, f"checks[{i}]", universe)


def _check_wave(wave: Wave, file: str, key: str) -> None:
    _distinct([line.indicator for line in wave.weights], file, f"{key}.weights[].indicator")
    for i, line in enumerate(wave.weights):
        if line.indicator not in INDICATORS:
            refuse(
                f"indicator '{line.indicator}' does not exist",
                file=file,
                key=f"{key}.weights[{i}].indicator",
                expected="one of " + ", ".join(INDICATORS),
            )
        is_shared = INDICATORS[line.indicator] != "fraction"
        if line.weight.value < 0 or (line.weight.value > 0 and not is_shared):
            refuse(
                f"a weight of {line.weight.value:g} for '{line.indicator}'",
                file=file,
                key=f"{key}.weights[{i}].weight.value",
                expected="0 or more" if is_shared else "0: a fraction is shown, not shared out",
            )
    if not any(line.weight.value > 0 for line in wave.weights):
        refuse(f"wave {wave.number} has no weight", file=file, key=f"{key}.weights", expected="at least one above 0")


def _check_check(check: PlayerCheck, rules: PlayerRules, file: str, key: str, universe: Universe) -> None:
    if not check.above:
        refuse("nobody is to be above", file=file, key=f"{key}.above", expected="at least one player")
    for side in ("above", "below"):
        for name in getattr(check, side):
            if universe.company(name) is None:
                refuse(
                    f"'{name}' is not watched", file=file, key=f"{key}.{side}", expected="companies of universe.toml"
                )
        wave = rules.wave(getattr(check, f"{side}_wave"))
        if wave is None:
            refuse(
                f"wave {getattr(check, f'{side}_wave')} does not exist",
                file=file,
                key=f"{key}.{side}_wave",
                expected="one of " + ", ".join(str(wave.number) for wave in rules.waves),
            )
        if check.indicator not in {INDEX, *(line.indicator for line in wave.weights)}:
            refuse(
                f"indicator '{check.indicator}' is not shown in wave {wave.number}",
                file=file,
                key=f"{key}.indicator",
                expected=f"{INDEX}, or one with a weight (0 is enough) in the waves that are compared",
            )


def _distinct(names: list[str], file: str, key: str) -> None:
    for name in names:
        if names.count(name) > 1:
            refuse(f"'{name}' stands twice", file=file, key=key, expected="each once")
