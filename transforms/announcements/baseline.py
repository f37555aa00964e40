"""What a quick regular expression would find: the baseline beside which extraction is shown.

Here: amounts with currency and scale in three languages, the nearest company before them, and whether the sentence
speaks of investing. Not here: ranges, twins, horizons, regions, doubt and denial; extraction proper is
`transforms.announcements`.

It is as good as an hour makes it and is not to be improved: what it gets right needs no rules of a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from aicycle.model.kinds import EventType
from aicycle.model.parameters.lexicon import KnownCompany
from transforms.announcements.labels import Label

SCALES = {
    "million": 1e6, "millionen": 1e6, "mio": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "milliarden": 1e9, "mrd": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "billionen": 1e12, "tn": 1e12,
    "万": 1e4, "亿": 1e8, "万亿": 1e12,
}  # fmt: skip
CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "us-dollar": "USD", "美元": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR",
    "£": "GBP", "pounds": "GBP", "hk$": "HKD", "港元": "HKD",
    "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "人民币": "CNY", "元": "CNY", "¥": "CNY",
}  # fmt: skip
INVESTS = re.compile(r"(?i)invest|spend|capex|capital expenditure|build|steckt|ausgeben|投资|资本开支|投入")

_NUMBER = r"(?P<number>[0-9][0-9.,]*)"
_ENGLISH_SCALE = "(?P<scale>million|billion|trillion|mn|bn|tn|m|b)"
_GERMAN_SCALE = r"(?P<scale>Mio|Millionen|Mrd|Milliarden|Billionen)\.?"
_REGEXES = {
    "en": (
        re.compile(rf"(?i)(?P<currency>US\$|HK\$|\$|€|£|¥|RMB|CNY|USD|EUR)\s?{_NUMBER}\s?{_ENGLISH_SCALE}?\b"),
        re.compile(rf"(?i){_NUMBER}\s?{_ENGLISH_SCALE}\s(?P<currency>dollars|euros|pounds|yuan)"),
    ),
    "de": (re.compile(rf"(?i){_NUMBER}\s{_GERMAN_SCALE}\s(?P<currency>US-Dollar|Dollar|Euro|Yuan|€|\$)"),),
    "zh": (re.compile(rf"{_NUMBER}(?P<scale>万亿|亿|万)?(?P<currency>美元|欧元|港元|人民币|元)"),),
}
_SENTENCE = re.compile(r"(?:[^.!?。\uff01\uff1f\n]|[.!?](?!\s)|(?<=Mrd)\.|(?<=Mio)\.)+")
_WORD = re.compile(r"[A-Z][\w&-]+(?:\s[A-Z][\w&-]+)?|[\u4e00-\u9fff]")
_LONGEST_CHINESE_NAME = 5


def names_for_baseline(companies: Iterable[KnownCompany]) -> dict[str, str]:
    """Return the parent's name by each name of a company, as written."""
    return {name: company.name for company in companies for name in (*company.aliases, company.name)}


def baseline(text: str, *, names: Mapping[str, str], language: str | None) -> tuple[Label, ...]:
    """Return the amounts of a text.

    Args:
        text: the document.
        names: of companies (`names_for_baseline`).
        language: de, en or zh; of any other language, English patterns are tried.
    """
    found: list[Label] = []
    latest = None
    for sentence in _SENTENCE.finditer(text):
        kind = EventType.CAPEX_PLAN if INVESTS.search(sentence.group()) else EventType.OTHER_NOT_CAPEX
        named = list(_named(text, sentence.start(), sentence.end(), names))
        for pattern in _REGEXES.get(language or "en", _REGEXES["en"]):
            for amount in pattern.finditer(text, sentence.start(), sentence.end()):
                before = [company for place, company in named if place < amount.start()]
                value = _number(amount["number"], is_german=language == "de")
                value *= SCALES.get((amount["scale"] or "").lower(), 1.0)
                found.append(
                    Label(
                        company=before[-1] if before else latest,
                        kind=kind,
                        currency=CURRENCIES[amount["currency"].lower()],
                        amount_low=value,
                        amount_high=value,
                        quote_start=amount.start(),
                        quote_end=amount.end(),
                    )
                )
        latest = named[-1][1] if named else latest
    return tuple(found)


def _named(text: str, start: int, end: int, names: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Yield companies and where they stand."""
    for word in _WORD.finditer(text, start, end):
        if word.group().isascii():
            tries = [word.group(), word.group().split()[0]]
        else:
            tries = [text[word.start() : word.start() + length] for length in range(_LONGEST_CHINESE_NAME, 1, -1)]
        if company := next((names[one] for one in tries if one in names), None):
            yield word.start(), company


def _number(text: str, *, is_german: bool) -> float:
    """Read a number; what is no number is 0."""
    point, grouping = (",", ".") if is_german else (".", ",")
    try:
        return float(text.rstrip(".,").replace(grouping, "").replace(point, "."))
    except ValueError:
        return 0.0
