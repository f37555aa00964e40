"""Reads `config/announcements/`: what texts are read by.

Here: the files of the lexicon, and whether they contradict each other. Not here: the shapes
(`aicycle.model.parameters.lexicon`), or reading texts (`transforms.announcements`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict
from importlib.resources.abc import Traversable
from pathlib import Path

from aicycle.model.parameters.lexicon import KnownCompany, KnownPlace, Language, Lexicon, MoneySigns
from aicycle.settings.refusal import refuse
from aicycle.settings.shaped import read_list, read_shape
from aicycle.settings.toml_content import file_in

COMPANIES, PLACES, MONEY = "announcements/companies.toml", "announcements/places.toml", "announcements/money.toml"
LANGUAGES = "announcements/languages"


def load_lexicon(folder: Traversable | Path) -> Lexicon:
    """Read and check all of `config/announcements/`.

    Args:
        folder: `config/`.

    Raises:
        aicycle.errors.ConfigError: a file is missing, is no TOML, or names something twice. Names file and key.
    """
    known = (str(folder), _digest_of_files(folder))
    if known not in _LOADED:
        # Each stage of a run asks for it, and to check and compile it takes half a second.
        _LOADED[known] = _loaded(folder)
    return _LOADED[known]


_LOADED: dict[tuple[str, str], Lexicon] = {}
"""Lexicons by folder and what its files hold: an edited file is read again."""


def _digest_of_files(folder: Traversable | Path) -> str:
    """Return a digest of all files of the lexicon; one that is missing counts as empty, and is refused when read."""
    whole = hashlib.sha256()
    languages = file_in(folder, LANGUAGES)
    names = sorted(entry.name for entry in languages.iterdir()) if languages.is_dir() else []
    for name in (COMPANIES, PLACES, MONEY, *(f"{LANGUAGES}/{name}" for name in names)):
        file = file_in(folder, name)
        content = file.read_bytes() if file.is_file() else b""
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def _loaded(folder: Traversable | Path) -> Lexicon:
    companies = read_list(folder, COMPANIES, "companies", KnownCompany)
    places = read_list(folder, PLACES, "places", KnownPlace)
    money = read_shape(folder, MONEY, MoneySigns)
    by_file = {name: read_shape(folder, name, Language) for name in _language_files(folder)}
    languages = tuple(by_file.values())
    _refuse_shared(COMPANIES, [name for c in companies for name in (c.name, *c.aliases)])
    _refuse_shared(PLACES, [name for p in places for name in p.names])
    for file, language in by_file.items():
        _check_language(language, file)
    named = [[asdict(company) for company in companies], [asdict(place) for place in places]]
    content = json.dumps(
        [named, asdict(money), [asdict(language) for language in languages]], sort_keys=True, default=str
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Lexicon(companies=companies, places=places, money=money, languages=languages, digest=digest)


def _language_files(folder: Traversable | Path) -> list[str]:
    languages = file_in(folder, LANGUAGES)
    names = [entry.name for entry in languages.iterdir() if entry.name.endswith(".toml")] if languages.is_dir() else []
    if not names:
        refuse("there is no language to read texts in", file=LANGUAGES, expected="one file per language, e.g. en.toml")
    return sorted(f"{LANGUAGES}/{name}" for name in names)


def _check_language(language: Language, file: str) -> None:
    """Refuse what can't be compiled, marks that mean two things, and a second file for a language."""
    if file != f"{LANGUAGES}/{language.code}.toml":
        refuse(f"the file is not that of {language.code!r}", file=file, key="code", expected="the file's name")
    if language.decimal_mark not in {".", ","}:
        refuse("it is neither . nor ,", file=file, key="decimal_mark", expected="the mark before decimals")
    if len(language.fold.traditional) != len(language.fold.simplified):
        refuse("the two rows differ in length", file=file, key="fold", expected="one character for one")
    for table, cues in (("cues", language.cues), ("cues_of_events", language.cues_of_events)):
        for name, patterns in cues.items():
            for pattern in patterns:
                _check_pattern(pattern, file, f"{table}.{name}")
    for name, pattern in language.phrases.items():
        _check_pattern(pattern, file, f"phrases.{name}")
    for index, span in enumerate(language.spans):
        _check_pattern(span.pattern, file, f"spans[{index}].pattern", is_one_of_many=True)


def _check_pattern(pattern: str, file: str, key: str, *, is_one_of_many: bool = False) -> None:
    # Alternatives of a span may name the same group: they are compiled one by one, so here names are taken out.
    tried = re.sub(r"\(\?P<\w+>", "(", pattern) if is_one_of_many else pattern
    try:
        re.compile(tried)
    except re.error as error:
        refuse(f"{pattern!r} is no regular expression: {error}", file=file, key=key, expected="one that compiles")


def _refuse_shared(file: str, names: list[str]) -> None:
    """Refuse a name that stands for two things, or twice for one."""
    shared = [name for name, count in Counter(names).items() if count > 1]
    if shared:
        refuse("a name stands twice", file=file, key=", ".join(shared[:5]), expected="each name once")
