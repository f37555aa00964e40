"""A lexicon made ready for matching, once.

Here: patterns and tables from the lexicon's words. Not here: what a match means (the modules beside this one).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from aicycle.model.parameters.lexicon import KnownCompany, Language, Lexicon, MoneySigns
from transforms.announcements.numerals import DIGITS, HAN_NUMBER

YEAR = r"(?:19|20|21)\d\d(?!\d)"
COUNTRY = re.compile(r"[A-Z]{2}")
TRADITIONAL = {"zh": ("zh", "zh_Hant")}
"""Locales whose territory names count for a language, where they are more than its own."""


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase for a time, ready for matching."""

    means: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """One language, ready for matching."""

    language: Language
    signs: MoneySigns
    money: re.Pattern[str]
    lone_number: re.Pattern[str]
    """A number that begins a range: what stands right before its mark."""
    range_mark: re.Pattern[str]
    change_mark: re.Pattern[str]
    between: re.Pattern[str]
    between_mark: re.Pattern[str]
    change_from: re.Pattern[str]
    twin: re.Pattern[str]
    same_as: re.Pattern[str]
    approximately: re.Pattern[str]
    may_follow_bare: re.Pattern[str]
    spans: tuple[Span, ...]
    cues: Mapping[str, re.Pattern[str]]
    events: Mapping[str, re.Pattern[str]]
    phrases: Mapping[str, re.Pattern[str]]
    function_words: frozenset[str]
    currencies: Mapping[str, str]
    scales: Mapping[str, float]
    number_words: Mapping[str, float]

    def cue(self, name: str) -> re.Pattern[str]:
        """Return the signs of something; a language that has none for it never matches."""
        return self.cues.get(name, NEVER)

    def phrase(self, name: str) -> re.Pattern[str]:
        """Return a pattern; a language that has none for it never matches."""
        return self.phrases.get(name, NEVER)


NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Names:
    """Names by their first word (or first two characters where words are not spaced), longest first."""

    by_first: Mapping[str, tuple[tuple[str, str], ...]]
    """First word -> (whole name, what it stands for)."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A lexicon, ready for matching."""

    rules: Mapping[str, Rules]
    companies: Names
    places: Names
    known: Mapping[str, KnownCompany]
    fold: dict[int, str]
    abbreviations: frozenset[str]
    """Words of any language whose full stop ends no sentence."""
    units: frozenset[str]
    """Scales that are written without a stop: "bn. The company" ends a sentence, "Mrd. Euro" does not."""


@lru_cache(maxsize=4)
def compiled(lexicon: Lexicon) -> Compiled:
    """Return a lexicon ready for matching."""
    fold = {
        ord(old): new
        for language in lexicon.languages
        for old, new in zip(language.fold.traditional, language.fold.simplified, strict=True)
    }
    scales = {scale for language in lexicon.languages for scale in language.scales}
    companies = [(name, company.name) for company in lexicon.companies for name in (company.name, *company.aliases)]
    return Compiled(
        rules={language.code: _rules(language, lexicon) for language in lexicon.languages},
        companies=_names(companies, fold),
        places=_names(_places(lexicon), fold),
        known={company.name: company for company in lexicon.companies},
        fold=fold,
        abbreviations=frozenset(word for language in lexicon.languages for word in language.abbreviations),
        units=frozenset(scale for scale in scales if f"{scale}." not in scales),
    )


def _places(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Return names and codes: the lexicon's own win over those of the Unicode territories."""
    places = {name: place.code for place in lexicon.places for name in place.names}
    for language in lexicon.languages:
        for locale in TRADITIONAL.get(language.code, (language.code,)):
            try:
                territories = Locale.parse(locale).territories
            except UnknownLocaleError:
                continue
            for code, name in territories.items():
                if COUNTRY.fullmatch(code) and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ"}:
                    places.setdefault(name, code)
    return list(places.items())


FIRST_UNSPACED = 0x2E80
LATIN_WORD = re.compile(r"[^\W\u2e80-\uffff]+")
"""A run of letters and digits without Chinese characters, which need no blanks around it."""


def first_key(name: str) -> str:
    """Return what a name is looked up by: its first word; of characters that are not spaced, the first two."""
    if ord(name[0]) >= FIRST_UNSPACED:
        return name[:2]
    found = LATIN_WORD.match(name)
    return found.group() if found else name[0]


def _names(pairs: Iterable[tuple[str, str]], fold: Mapping[int, str]) -> Names:
    by_first: dict[str, list[tuple[str, str]]] = {}
    seen: set[str] = set()
    for name, stands_for in pairs:
        folded = name.translate(fold)
        if folded and folded not in seen:
            seen.add(folded)
            by_first.setdefault(first_key(folded), []).append((folded, stands_for))
    return Names({key: tuple(sorted(names, key=lambda n: (-len(n[0]), n[0]))) for key, names in by_first.items()})


def _any(words: Iterable[str]) -> str:
    """Return what matches any of the words, the longest first; of no words nothing, not even the empty one."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w))) or NEVER.pattern


PART_OF_WORD = r"[^\s()]{0,40}"
"""What `\\S*` in a pattern is read as: unbounded, a text without blanks would be searched over and over to its end."""


def _cue(patterns: Iterable[str], *, is_spaced: bool) -> re.Pattern[str]:
    joined = "|".join(patterns).replace(r"\S*", PART_OF_WORD).replace(r"\S+", PART_OF_WORD.replace("{0,", "{1,"))
    if not joined:
        return NEVER
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)" if is_spaced else f"(?:{joined})", re.IGNORECASE)


def _rules(language: Language, lexicon: Lexicon) -> Rules:
    spaced = language.is_spaced
    flags = re.IGNORECASE
    edge, end = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    words = _any(language.number_words)
    spelt = rf"(?:{words})\s(?:{_any(language.decimal_words)})\s(?:{words})|{words}"
    spelt = spelt if spaced else HAN_NUMBER
    number = rf"(?:{DIGITS}|{spelt})"
    counted = rf"(?:\d{{1,3}}|{_any(w for w, v in language.number_words.items() if v == int(v))})"
    # Nothing stands around a number where words are not spaced: 2026年投资 is no 026年.
    counted = counted if spaced else rf"(?:(?<!\d)\d{{1,3}}|{HAN_NUMBER})"
    months = _any(language.months)
    ordinals = _any(language.ordinals)

    def filled(pattern: str) -> str:
        for word, stands_for in (
            ("NUMBER", counted),
            ("YEAR", YEAR),
            ("MONTH", months),
            ("ORDINAL", ordinals),
        ):
            pattern = pattern.replace(word, f"(?:{stands_for})")
        return pattern

    spans = [
        Span(span.means, re.compile(rf"{edge}(?:{filled(part)}){end}", flags))
        for span in language.spans
        for part in alternatives(span.pattern)
    ]
    return Rules(
        language=language,
        signs=lexicon.money,
        money=_money(language, lexicon, spelt),
        lone_number=re.compile(
            rf"(?:(?P<before>{_any(lexicon.money.before)})\s?|(?<![\w.,]))(?P<number>{number})\s?$"
            if spaced
            else rf"(?P<before>{_any(lexicon.money.before)})?(?<![\d.,])(?P<number>{number})$",
            0 if spaced else flags,
        ),
        range_mark=re.compile(rf"\s?(?:{_any(language.range_marks)})\s?", flags),
        change_mark=re.compile(rf"\s?(?:{_any(language.change_marks)})\s?", flags),
        between=re.compile(rf"{edge}(?:{_any(language.between)})\s?(?:{_any(language.approximately)})?\s?$", flags),
        between_mark=re.compile(rf"\s?(?:{_any(language.between_marks)})\s?", flags),
        change_from=re.compile(
            rf"{edge}(?:{_any(language.change_from)})\s?(?:(?:{_any(language.approximately)})\s?)?$", flags
        ),
        twin=re.compile(rf"[\s,;]*(?:(?:{_any(language.twin)}|{_any(language.approximately)})\s?){{0,3}}$", flags),
        same_as=re.compile(rf"(?:{_any(language.same_as)})", flags),
        approximately=re.compile(rf"{edge}(?:{_any(language.approximately)})\s?$", flags),
        may_follow_bare=re.compile(rf"\s?(?:(?:{_any(language.may_follow_bare)}){end}|[.,;:!?)\]]|$)", flags),
        spans=tuple(spans),
        cues={name: _cue(patterns, is_spaced=spaced) for name, patterns in language.cues.items()},
        events={name: _cue(patterns, is_spaced=spaced) for name, patterns in language.cues_of_events.items()},
        phrases={name: re.compile(pattern, flags) for name, pattern in language.phrases.items()},
        function_words=frozenset(language.function_words),
        currencies={word.casefold(): code for word, code in language.currencies.items()},
        scales={word.casefold(): value for word, value in language.scales.items()},
        number_words={word.casefold(): value for word, value in language.number_words.items()},
    )


def _money(language: Language, lexicon: Lexicon, spelt: str) -> re.Pattern[str]:
    """Return the pattern of a number with a scale or a currency, and perhaps both."""
    before, after = _any(lexicon.money.before), _any(lexicon.money.after)
    scales, words = _any(language.scales), _any(language.currencies)
    if language.is_spaced:
        # Signs are told by case (Rs is none of "rs"), words are not.
        return re.compile(
            rf"(?:(?<![A-Za-z0-9])(?P<before>{before})\s?|(?<![\w.,]))(?P<head>)(?P<head_scale>)"
            rf"(?:(?P<number>{DIGITS})(?:[\s-]{{0,2}}(?P<scale>(?i:{scales}))(?!\w))?"
            # A word is a number of money only before a scale: "a billion", not "a euro".
            rf"|(?P<word>(?i:{spelt}))[\s-]{{1,2}}(?P<scale_of_word>(?i:{scales}))(?!\w))"
            rf"(?:[\s-]{{0,2}}(?P<after>{after}|(?i:{words}))(?!\w))?"
        )
    odd = _any(language.and_some)
    number = f"(?:{DIGITS}|{spelt})"
    return re.compile(
        rf"(?:(?<![A-Za-z0-9])(?P<before>{before}|{words})\s?(?:{_any(language.approximately)})?)?"
        # One sum in two parts: "1亿5000万", "1万2000亿".
        rf"(?:(?P<head>{number})(?P<head_scale>{scales})(?={number}(?:{scales})))?"
        rf"(?P<number>{number})(?P<word>)(?P<scale_of_word>)\s?(?:{odd})?\s?(?P<scale>{scales})?\s?(?:{odd})?"
        rf"(?P<after>{after}|{words})?"
    )


def alternatives(pattern: str) -> list[str]:
    """Return a pattern's alternatives on the outermost level: each may name the same groups."""
    parts, depth, start, index = [], 0, 0, 0
    while index < len(pattern):
        match pattern[index]:
            case "\\":
                index += 1
            case "[":
                index = pattern.index("]", index + 2)
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case "|" if depth == 0:
                parts.append(pattern[start:index])
                start = index + 1
            case _:
                pass
        index += 1
    return [*parts, pattern[start:]]
