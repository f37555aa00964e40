"""Reads `config/announcements/`: what texts are read by.

Here: the files of the lexicon, and whether they contradict each other. Not here: the shapes
(`aicycle.model.parameters.lexicon`), or reading texts (`transforms.announcements`).
"""

from __future__ import annotations

from collections import Counter
from importlib.resources.abc import Traversable
from pathlib import Path

from aicycle.model.parameters.lexicon import KnownCompany, KnownPlace, Lexicon
from aicycle.settings.refusal import refuse
from aicycle.settings.shaped import read_list

COMPANIES, PLACES = "announcements/companies.toml", "announcements/places.toml"


def load_lexicon(folder: Traversable | Path) -> Lexicon:
    """Read and check all of `config/announcements/`.

    Args:
        folder: `config/`.

    Raises:
        aicycle.errors.ConfigError: a file is missing, is no TOML, or names something twice. Names file and key.
    """
    companies = read_list(folder, COMPANIES, "companies", KnownCompany)
    places = read_list(folder, PLACES, "places", KnownPlace)
    _refuse_shared(COMPANIES, [name for c in companies for name in (c.name, *c.aliases)])
    _refuse_shared(PLACES, [name for p in places for name in p.names])
    return Lexicon(companies=companies, places=places)


def _refuse_shared(file: str, names: list[str]) -> None:
    """Refuse a name that stands for two things, or twice for one."""
    shared = [name for name, count in Counter(names).items() if count > 1]
    if shared:
        refuse("a name stands twice", file=file, key=", ".join(shared[:5]), expected="each name once")
