"""For which time: phrases such as "over three years", "by 2027", "im laufenden Geschäftsjahr", 未来三年.

Here: what a phrase means, from the day of publication and the end of the company's fiscal year. Not here: which amount
it belongs to (`transforms.announcements.horizons`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from transforms.announcements.compiling import Rules
from transforms.announcements.numerals import number_value

PAST = frozenset(
    {
        "last_quarter",
        "year_to_date",
        "past_quarters",
        "past_months",
        "past_years",
        "last_year",
        "year_ago",
        "since_year",
        "past_year_to_month",
        "each_quarter",
    }
)
"""Meanings that lie before the day of publication."""
SAME_TIME = "same_time"
CENTURY = 100
FIRST_HALF = "上"
RESULTS_UNTIL = 4
"""Month up to which "the full year" is the one whose results are being told."""
LONGEST_YEARS = 50
MONTHS, QUARTER = 12, 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase for a time in a sentence."""

    start: int
    end: int
    means: str
    groups: dict[str, int]
    """Numbers it names: n, year, year2, month, month2, quarter, half (1 or 2)."""


Horizon = tuple[str, str]
"""First and last year or month."""


def phrases(sentence: str, rules: Rules) -> list[Phrase]:
    """Return the phrases of a sentence in order; of those that overlap the longest."""
    found: list[Phrase] = []
    for span in rules.spans:
        for match in span.pattern.finditer(sentence):
            groups = _groups(match, rules)
            if groups is not None:
                found.append(Phrase(match.start(), match.end(), span.means, groups))
    kept: list[Phrase] = []
    for phrase in sorted(found, key=lambda p: (p.start - p.end, p.start)):
        if all(phrase.end <= other.start or other.end <= phrase.start for other in kept):
            kept.append(phrase)
    return sorted(kept, key=lambda p: p.start)


def with_same_times(found: list[Phrase]) -> list[Phrase]:
    """Let "over the same period" mean the phrase before it; without one it means nothing."""
    kept: list[Phrase] = []
    for phrase in found:
        if phrase.means != SAME_TIME:
            kept.append(phrase)
        elif kept:
            kept.append(replace(kept[-1], start=phrase.start, end=phrase.end))
    return kept


def _groups(match: re.Match[str], rules: Rules) -> dict[str, int] | None:
    groups: dict[str, int] = {}
    for name, written in match.groupdict().items():
        if written is None:
            continue
        value = _number(name, written, rules)
        if value is None or (name in {"month", "month2"} and not 1 <= value <= MONTHS):
            return None
        groups[name] = value
    if "year2" in groups and groups["year2"] < CENTURY and "year" in groups:
        groups["year2"] += groups["year"] // CENTURY * CENTURY
    if "year" in groups and groups["year"] < CENTURY:
        groups["year"] += 2000
    if "year2" in groups and groups["year2"] < groups.get("year", 0):
        return None
    return groups


def _number(name: str, written: str, rules: Rules) -> int | None:
    word = written.casefold()
    if word.isdigit() and word.isascii():
        return int(word)
    if name in {"month", "month2"}:
        return rules.language.months.get(word)
    if name == "quarter":
        return rules.language.ordinals.get(word)
    if name == "half":
        return 1 if word == FIRST_HALF or rules.language.ordinals.get(word) == 1 else 2
    value = number_value(written, decimal_mark=rules.language.decimal_mark, words=rules.number_words)
    return int(value) if value is not None and value == int(value) else None


def is_past(phrase: Phrase, published: date | None) -> bool:
    """Say whether a phrase lies before the day of publication."""
    if phrase.means in PAST:
        return True
    if phrase.means == "full_year":
        return published is not None and published.month <= RESULTS_UNTIL
    if published is None or phrase.means not in {"year", "fiscal_year"}:
        return False
    return phrase.groups.get("year2", phrase.groups["year"]) < published.year


def resolved(phrase: Phrase, *, published: date | None, fiscal_year_end_month: int, is_ahead: bool) -> Horizon | None:
    """Return the first and last year or month of a phrase; None where the day of publication is needed and not known.

    Args:
        phrase: the phrase.
        published: day of publication.
        fiscal_year_end_month: 1 to 12, of the company that speaks.
        is_ahead: whether the amount is still to be spent: "in the second quarter" is then the next one, else the last.
    """
    g = phrase.groups
    fixed = _without_a_day(phrase, fiscal_year_end_month, published)
    if fixed is not None or published is None:
        return fixed
    year = published.year
    this_month = year * MONTHS + published.month - 1
    fiscal = _fiscal_year_of(this_month, fiscal_year_end_month)
    relative: dict[str, Callable[[], Horizon]] = {
        "for_years": lambda: _years(year, min(g["n"], LONGEST_YEARS), is_ahead=is_ahead),
        "for_decades": lambda: _years(year, min(10 * g["n"], LONGEST_YEARS), is_ahead=is_ahead),
        "past_year_to_month": lambda: _twelve_to(_last_month(this_month, g["month"])),
        "decade": lambda: (str(year), str(year + 10)),
        "end_of_decade": lambda: (str(year), str(year // 10 * 10 + 10)),
        "for_months": lambda: (
            (_month(this_month), _month(this_month + g["n"]))
            if is_ahead
            else _months_to(_quarter_end_before(this_month), g["n"])
        ),
        "next_twelve_months": lambda: (str(year), str(year + 1)),
        "since_year": lambda: (str(g["year"]), str(year)),
        "until_year": lambda: (str(year), str(g["year"])),
        "until_month": lambda: (str(year), _month(g["year"] * MONTHS + g["month"] - 1)),
        "fiscal_year_to_month": lambda: _twelve_to(_next_month(this_month, g["month"])),
        "quarter_to_month": lambda: _quarter_to(
            _next_month(this_month, g["month"]) if is_ahead else _last_month(this_month, g["month"])
        ),
        "fiscal_quarter": lambda: _nearest_quarter(this_month, g["quarter"], fiscal_year_end_month, is_ahead=is_ahead),
        "quarter": lambda: _nearest_quarter(this_month, g["quarter"], fiscal_year_end_month, is_ahead=is_ahead),
        "months_of_year": lambda: _months_of_year(this_month, g["month"], g["month2"]),
        "full_year": lambda: _fiscal_year(
            fiscal - (not is_ahead and _months_into(this_month, fiscal_year_end_month) < RESULTS_UNTIL),
            fiscal_year_end_month,
        ),
        "half_year": lambda: (_month(year * MONTHS + (g["half"] - 1) * 6), _month(year * MONTHS + g["half"] * 6 - 1)),
        "last_quarter": lambda: _quarter_before(this_month),
        "this_quarter": lambda: _quarter_at(this_month),
        "next_quarter": lambda: _quarter_at(this_month + QUARTER),
        "year_to_date": lambda: (_month(g.get("year", year) * MONTHS), _quarter_before(this_month)[1]),
        "past_quarters": lambda: _months_to(_quarter_end_before(this_month), g["n"] * QUARTER),
        "past_months": lambda: _months_to(_quarter_end_before(this_month), g["n"]),
        "past_years": lambda: (str(year - g["n"]), str(year)),
        "this_fiscal_year": lambda: _fiscal_year(fiscal, fiscal_year_end_month),
        "next_fiscal_year": lambda: _fiscal_year(fiscal + 1, fiscal_year_end_month),
        "last_year": lambda: (str(year - 1), str(year - 1)),
        "this_year": lambda: (str(year), str(year)),
        "next_year": lambda: (str(year + 1), str(year + 1)),
        "year_ago": lambda: _year_ago(this_month),
    }
    meaning = relative.get(phrase.means)
    if meaning is None:
        return None
    start, end = meaning()
    # "by 2020", told in 2025, began before its end, not today.
    return min(start, end), end


def _without_a_day(phrase: Phrase, end_month: int, published: date | None) -> Horizon | None:
    """Return what a phrase says by itself."""
    g = phrase.groups
    year = g.get("year")
    if year is None:
        return None
    month = year * MONTHS + g.get("month", 1) - 1
    half = year * MONTHS + (g.get("half", 1) - 1) * 6
    said: dict[str, Callable[[], Horizon]] = {
        "year": lambda: (str(year), str(year)),
        "between_years": lambda: (str(year), str(g["year2"])),
        # 2025/26 ends in 2026.
        "fiscal_year": lambda: _fiscal_year(g.get("year2", year), end_month),
        "fiscal_year_to_month": lambda: _twelve_to(month),
        "past_year_to_month": lambda: _twelve_to(month),
        "quarter_to_month": lambda: _quarter_to(month),
        "fiscal_quarter": lambda: _fiscal_quarter(year, g["quarter"], end_month),
        "quarter": lambda: _fiscal_quarter(year, g["quarter"], MONTHS),
        "half_year": lambda: (_month(half), _month(half + 5)),
        "months_span": lambda: (_month(month), _month(month + (g["month2"] - g["month"]) % MONTHS)),
    }
    if published is None:
        said |= {"until_year": lambda: (str(year), str(year)), "until_month": lambda: (_month(month), _month(month))}
    meaning = said.get(phrase.means)
    return meaning() if meaning is not None else None


def _month(index: int) -> str:
    return f"{index // MONTHS:04d}-{index % MONTHS + 1:02d}"


def _years(year: int, count: int, *, is_ahead: bool) -> Horizon:
    return (str(year), str(year + count)) if is_ahead else (str(year - count), str(year))


def _months_to(last: int, count: int) -> Horizon:
    return _month(last - count + 1), _month(last)


def _twelve_to(last: int) -> Horizon:
    return _months_to(last, MONTHS)


def _quarter_to(last: int) -> Horizon:
    return _months_to(last, QUARTER)


def _fiscal_year_of(month: int, end_month: int) -> int:
    """Return the fiscal year a month lies in, called by the calendar year in which it ends."""
    return month // MONTHS + (1 if month % MONTHS + 1 > end_month else 0)


def _months_into(month: int, end_month: int) -> int:
    """Return how many whole months of its fiscal year lie before a month."""
    return (month % MONTHS - end_month) % MONTHS


def _fiscal_year(year: int, end_month: int) -> Horizon:
    if end_month == MONTHS:
        return str(year), str(year)
    return _twelve_to(year * MONTHS + end_month - 1)


def _fiscal_quarter(year: int, quarter: int, end_month: int) -> Horizon:
    return _quarter_to(year * MONTHS + end_month - 1 - (4 - quarter) * QUARTER)


def _nearest_quarter(this_month: int, quarter: int, end_month: int, *, is_ahead: bool) -> Horizon:
    """Return the last such quarter that has ended; of what lies ahead, the first that has not."""
    year = _fiscal_year_of(this_month, end_month)
    ends = [(y * MONTHS + end_month - 1 - (4 - quarter) * QUARTER) for y in (year - 1, year, year + 1)]
    ended = [end for end in ends if end < this_month]
    ahead = [end for end in ends if end >= this_month]
    return _quarter_to(ahead[0] if is_ahead and ahead else ended[-1])


def _quarter_end_before(this_month: int) -> int:
    return this_month // QUARTER * QUARTER - 1


def _quarter_before(this_month: int) -> Horizon:
    return _quarter_to(_quarter_end_before(this_month))


def _quarter_at(month: int) -> Horizon:
    return _quarter_to(month // QUARTER * QUARTER + QUARTER - 1)


def _year_ago(this_month: int) -> Horizon:
    return _quarter_to(_quarter_end_before(this_month) - MONTHS)


def _next_month(this_month: int, month: int) -> int:
    """Return the next time a calendar month comes, this one included."""
    index = this_month // MONTHS * MONTHS + month - 1
    return index if index >= this_month else index + MONTHS


def _months_of_year(this_month: int, first: int, last: int) -> Horizon:
    """Return the last time those months have passed."""
    end = _last_month(this_month, last)
    return _month(end - (last - first) % MONTHS), _month(end)


def _last_month(this_month: int, month: int) -> int:
    """Return the last time a calendar month came to its end."""
    index = this_month // MONTHS * MONTHS + month - 1
    return index if index < this_month else index - MONTHS
