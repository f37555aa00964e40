"""What names of companies and regions stand for when labels are compared.

Here: parents of companies, countries of regions. Not here: finding names in texts, or when two labels agree
(`agreement`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from babel import Locale

from aicycle.model.parameters.lexicon import KnownCompany, KnownPlace

_BETWEEN_COMPANIES = re.compile(r"\s*(?:[+,;/、&和]|\s(?:and|und)\s)\s*")
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")
_REGION_CODE = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Equivalents:
    """What names stand for. All names are in lower case."""

    companies: Mapping[str, str] = field(default_factory=dict)
    """The parent's name, by each of its names."""
    countries: Mapping[str, str] = field(default_factory=dict)
    """ISO 3166-1 alpha-2, by each name of a country or of a part of it."""


def equivalents_of(companies: Iterable[KnownCompany], places: Iterable[KnownPlace]) -> Equivalents:
    """Return what names stand for: those of companies and places, and the English names of all countries."""
    territories = Locale("en").territories
    by_name = {name.lower(): code for code, name in territories.items() if _COUNTRY_CODE.fullmatch(code)}
    for place in places:
        by_name.update((name.lower(), place.code[:2]) for name in place.names)
    parents = {name.lower(): c.name.lower() for c in companies for name in (*c.aliases, c.name)}
    return Equivalents(companies=parents, countries=by_name)


def parents_of(company: str | None, names: Equivalents) -> frozenset[str]:
    """Return the parents of all companies that one field names, in lower case."""
    lowered = (company or "").strip().lower()
    if lowered in names.companies:
        return frozenset({names.companies[lowered]})
    return frozenset(names.companies.get(part, part) for part in _BETWEEN_COMPANIES.split(lowered) if part)


def countries_of(regions: Iterable[str], names: Equivalents) -> frozenset[str]:
    """Return the countries of regions given by name or code; a name that is not known stays itself, in lower case."""
    return frozenset(_country_of(region.strip(), names) for region in regions)


def _country_of(region: str, names: Equivalents) -> str:
    if known := names.countries.get(region.lower()):
        return known
    code = _REGION_CODE.fullmatch(region)
    return code[1] if code else region.lower()
