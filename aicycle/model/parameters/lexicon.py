"""Shapes of `config/announcements/`: what companies and places are called, and how a language speaks of money.

Here: frozen dataclasses. Not here: reading the files (`aicycle.settings.lexicon`), or reading texts by them
(`transforms.announcements`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCompany:
    """A company by the name of its parent, and all it is called in texts."""

    name: str
    aliases: tuple[str, ...] = ()
    """Other names, of it, its brands and units, in any language. Matched as whole words, case as written."""
    home_country: str = ""
    """ISO 3166-1 alpha-2; empty: not said."""
    currency: str = ""
    """ISO 4217, what it reports in; empty: not said."""
    fiscal_year_end_month: int = 12
    """Month, 1 to 12, in which its fiscal year ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A place and what it is called beyond its name in the Unicode territory names."""

    code: str
    """ISO 3166-1 alpha-2, or ISO 3166-2 for a part of a country."""
    names: tuple[str, ...] = ()
    """Names, adjectives, cities in it, in any language. Matched as whole words, case as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All that texts are read by."""

    companies: tuple[KnownCompany, ...] = ()
    places: tuple[KnownPlace, ...] = ()
