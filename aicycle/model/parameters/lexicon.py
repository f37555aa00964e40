"""Shapes of `config/announcements/`: what companies and places are called, and how a language speaks of money.

Here: frozen dataclasses. Not here: reading the files (`aicycle.settings.lexicon`), or reading texts by them
(`transforms.announcements`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from aicycle.model.kinds import Status


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
    is_project: bool = False
    """A project that is spoken of like a company: money goes into it as spending, nobody takes a stake in it."""
    is_government: bool = False
    """A state or its authority: what it pays is support, not a company's investment."""
    is_analyst: bool = False
    """Mostly named for what it says of others: a bank, a broker, a market researcher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A place and what it is called beyond its name in the Unicode territory names."""

    code: str
    """ISO 3166-1 alpha-2, or ISO 3166-2 for a part of a country."""
    names: tuple[str, ...] = ()
    """Names, adjectives, cities in it, in any language. Matched as whole words, case as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DollarRanges:
    """Between what a unit of each currency was worth in US dollars, and where that is from."""

    ranges: dict[str, tuple[float, float]]
    """Lowest and highest by ISO 4217."""
    status: Status
    source: str
    why: str
    known_at: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySigns:
    """What stands for a currency in any language, ISO 4217 by sign or code."""

    before: dict[str, str]
    """Before the number."""
    after: dict[str, str]
    """After it."""
    dollars_per_unit: DollarRanges


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanPhrase:
    """A phrase that says for which time."""

    means: str
    """One of the meanings `transforms.announcements.spans` knows."""
    pattern: str
    """Regular expression; NUMBER, YEAR, MONTH and ORDINAL stand for the language's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Characters that count as others, one for one."""

    traditional: str = ""
    simplified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How one language speaks of money that is spent. Patterns are regular expressions."""

    code: str
    """ISO 639-1."""
    is_spaced: bool
    """Whether blanks stand between words."""
    decimal_mark: str
    """`.` or `,`; the other one groups thousands."""
    function_words: tuple[str, ...]
    """Words by which the language is told from others."""
    abbreviations: tuple[str, ...]
    """Words whose full stop ends no sentence."""
    approximately: tuple[str, ...]
    """What may stand before an amount without changing it."""
    range_marks: tuple[str, ...]
    """What stands between the ends of a range."""
    between: tuple[str, ...]
    """What opens a range whose ends are joined by one of `between_marks`."""
    between_marks: tuple[str, ...]
    change_from: tuple[str, ...]
    """What stands before an amount that is left behind."""
    change_marks: tuple[str, ...]
    """Marks of a range that after one of `change_from` lead to what replaces it: "from 75 to 85"."""
    decimal_words: tuple[str, ...]
    """What stands for the decimal mark where numbers are spelt out."""
    twin: tuple[str, ...]
    """What introduces the same amount in another currency."""
    same_as: tuple[str, ...]
    """What introduces the same amount in another currency even a few words later."""
    and_some: tuple[str, ...]
    """What stands in or behind a number for "and some more"."""
    may_follow_bare: tuple[str, ...]
    """What may follow a number without currency for it still to be money."""
    scales: dict[str, float]
    number_words: dict[str, float]
    currencies: dict[str, str]
    """ISO 4217 by word; empty: the default of language or company."""
    months: dict[str, int]
    ordinals: dict[str, int]
    spans: tuple[SpanPhrase, ...]
    cues: dict[str, tuple[str, ...]]
    """Patterns by what they are a sign of."""
    phrases: dict[str, str]
    """Patterns with their own anchors, for what stands right before or behind an amount or a name."""
    cues_of_events: dict[str, tuple[str, ...]]
    has_capital_names: bool = False
    """Whether a word in capitals within a sentence is a name, so that companies nobody listed can be told."""
    default_currency: str = ""
    """ISO 4217 of an amount whose currency is not said; empty: there is none."""
    fold: Fold = field(default_factory=Fold)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """All that texts are read by. Compared by identity: it is read once and large."""

    companies: tuple[KnownCompany, ...]
    places: tuple[KnownPlace, ...]
    money: MoneySigns
    languages: tuple[Language, ...]
    digest: str
    """sha256 over the content of its files."""
