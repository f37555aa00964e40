"""Amounts of money in one sentence: ranges as one, the same amount in another currency as its twin.

Here: where amounts stand and what they are worth. Not here: what they are for (`transforms.announcements.kinds`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from transforms.announcements.compiling import Rules
from transforms.announcements.numerals import number_value
from transforms.announcements.records import Amount

LETTER_SCALES = frozenset({"m", "b", "t", "k", "mn", "tn"})
"""Scales of one or two letters stand for others too: without a currency they count metres and tons."""
SMALLEST_BARE = 1e6
"""Without a currency, smaller numbers count people and things."""
SMALLEST_BARE_HAN = 1e8
LOOK_BACK = 48
"""Code points before an amount in which what introduces it is looked for."""
OPENING = re.compile(r"\s*[(（\[]\s*$")
CLOSING = re.compile(r"[^()（）]{0,24}[)）\]]")
PERCENT = re.compile(r"\s?[%％]")
LARGEST = 1e15
"""Units of a currency. Nobody spends more; what says so is a mistake or a hoax."""


@dataclass(slots=True)
class Money:
    """One amount as a sentence names it."""

    start: int
    """In the sentence, with its sign; a range from its first number on."""
    end: int
    low: float
    high: float
    currency: str | None
    """ISO 4217; None: not said here."""
    has_unit: bool
    """Whether any currency word stands there: 元 without a country is one."""
    twins: list[Amount] = field(default_factory=list)
    delta: list[Amount] = field(default_factory=list)
    is_left_behind: bool = False
    """Introduced as what it was before: "from", "statt", 由."""
    is_change: bool = False
    """Introduced as by how much something changes."""
    is_target: bool = False
    """Introduced as what something changes to."""
    is_inferred: bool = False
    """Its currency is another amount's."""
    lead: int = -1
    """Where it begins with "about" and its like before it."""
    reach: int = 0
    """Where it ends with its twin and the brackets around that."""

    def __post_init__(self) -> None:
        """An amount without a twin reaches as far as it stands."""
        self.reach = max(self.reach, self.end)
        self.lead = self.start if self.lead < 0 else self.lead


def amounts(sentence: str, rules: Rules) -> list[Money]:
    """Return the amounts of a sentence in order."""
    found = [money for match in rules.money.finditer(sentence) if (money := _money(sentence, match, rules))]
    joined = _ranges(sentence, found, rules)
    plausible = [money for money in joined if money.high <= LARGEST and _is_money(sentence, money, rules)]
    _share_currency(plausible)
    return _changes(sentence, _twins(sentence, plausible, rules), rules)


def lead_in(sentence: str, start: int, rules: Rules) -> str:
    """Return what stands before an amount, without "about" and its like."""
    lead = sentence[max(0, start - LOOK_BACK) : start]
    while (about := rules.approximately.search(lead)) is not None and about.start() < len(lead):
        lead = lead[: about.start()]
    return lead


def _money(sentence: str, match: re.Match[str], rules: Rules) -> Money | None:
    before, scale, after = match["before"], match["scale"] or match["scale_of_word"], match["after"]
    if not (before or scale or after):
        return None
    written = match["number"] or match["word"]
    is_word = not written[0].isascii() or not written[0].isdigit()
    if is_word and not scale and rules.language.is_spaced:
        return None
    if scale and not (before or after) and scale.casefold() in LETTER_SCALES:
        return None
    if PERCENT.match(sentence, match.end()) or rules.phrase("percent").match(sentence, match.end()):
        return None
    worth = None if _is_vague(sentence, match, rules) else _worth(match, written, scale, rules)
    if worth is None:
        return None
    currency = _currency(before, after, rules)
    return Money(match.start(), match.end(), worth, worth, currency or None, bool(before or after))


def _worth(match: re.Match[str], written: str, scale: str | None, rules: Rules) -> float | None:
    value, factor = _value(written, rules), _factor(scale, rules)
    if value is None or not match["head"]:
        return None if value is None else value * factor
    head, head_factor = _value(match["head"], rules), _factor(match["head_scale"], rules)
    if head is None:
        return None
    # In "1亿5000万" each part has its scale, in "1万2000亿" the second one is both parts'.
    return head * head_factor + value * factor if head_factor > factor else (head * head_factor + value) * factor


def _factor(scale: str | None, rules: Rules) -> float:
    # "Billion" counts a thousand times more in German than "billion" does in English: as written comes first.
    return rules.language.scales.get(scale or "") or rules.scales.get((scale or "").casefold(), 1.0)


def _is_vague(sentence: str, match: re.Match[str], rules: Rules) -> bool:
    """Say whether a number only tells its size: "a quarter of a billion", 数百亿, 两三百亿."""
    start = next(match.start(name) for name in ("head", "number", "word") if match[name])
    lead = sentence[max(0, start - LOOK_BACK) : start]
    return bool(rules.phrase("vague_before").search(lead) or rules.phrase("vague").match(sentence, start))


def _currency(before: str | None, after: str | None, rules: Rules) -> str:
    """Return what sign and word say together: a word after the number is more exact than a bare sign before it."""
    signs = rules.signs
    first = signs.before.get(before or "", "") or rules.currencies.get((before or "").casefold(), "")
    second = signs.after.get(after or "", "") or rules.currencies.get((after or "").casefold(), "")
    if before in {"¥", "￥"} and not second:
        return "CNY" if rules.language.default_currency == "CNY" else first
    return second or first


def _ranges(sentence: str, found: list[Money], rules: Rules) -> list[Money]:
    joined: list[Money] = []
    for money in found:
        previous = joined[-1] if joined else None
        if previous is not None and _is_range(sentence, previous, money, rules):
            scale = money.high / _mantissa(sentence, money, rules) if previous.high < money.high / 1e3 else 1.0
            low = previous.low * scale
            if low <= money.high:
                currency, has_unit = money.currency or previous.currency, money.has_unit or previous.has_unit
                joined[-1] = Money(previous.start, money.end, low, money.high, currency, has_unit)
                continue
        joined.append(_with_lone_number(sentence, money, rules))
    return joined


def _mantissa(sentence: str, money: Money, rules: Rules) -> float:
    match = rules.money.match(sentence, money.start)
    written = (match["number"] or match["word"]) if match else ""
    return (_value(written, rules) if written else None) or 1.0


def _value(written: str, rules: Rules) -> float | None:
    for mark in rules.language.decimal_words:
        whole, found, decimals = written.partition(f" {mark} ")
        if found:
            parts = [rules.number_words.get(part.casefold()) for part in (whole, decimals)]
            return None if None in parts else float(f"{parts[0]:.0f}.{parts[1]:.0f}")
    return number_value(written, decimal_mark=rules.language.decimal_mark, words=rules.number_words)


def _is_range(sentence: str, first: Money, second: Money, rules: Rules) -> bool:
    """Say whether two amounts that follow each other are the ends of a range."""
    if first.currency and second.currency and first.currency != second.currency:
        return False
    if second.start <= first.end and second.start != first.end:
        return False
    between = sentence[first.end : second.start]
    lead = sentence[max(0, first.start - LOOK_BACK) : first.start]
    if rules.between_mark.fullmatch(between) and rules.between.search(lead):
        return True
    if not between or not rules.range_mark.fullmatch(between):
        return False
    return not _leads_to_another(first.start, between, sentence, rules)


def _leads_to_another(start: int, mark: str, sentence: str, rules: Rules) -> bool:
    """Say whether the mark after an amount leads to what replaces it: "from 75 to 85", "by 10 to 85"."""
    if not rules.change_mark.fullmatch(mark):
        return False
    lead = sentence[max(0, start - LOOK_BACK) : start]
    if _ends_with(rules.cue("by_how_much"), lead_in(sentence, start, rules)):
        return True
    return rules.change_from.search(lead) is not None and rules.phrase("ranging").search(lead) is None


def _with_lone_number(sentence: str, money: Money, rules: Rules) -> Money:
    """Return the amount with the number before its mark, where it is the end of a range: "66 bis 72 Mrd."."""
    lead = sentence[max(0, money.start - LOOK_BACK) : money.start]
    for mark, needs_between in ((rules.range_mark, False), (rules.between_mark, True)):
        for start in range(max(0, len(lead) - 12), len(lead)):
            if not mark.fullmatch(lead, start):
                continue
            lone = rules.lone_number.search(lead[:start])
            if lone is None:
                continue
            begins = money.start - len(lead) + lone.start()
            begins += len(lone.group()) - len(lone.group().lstrip())
            if needs_between and not rules.between.search(lead[: lone.start()]):
                continue
            if not needs_between and _leads_to_another(begins, lead[start:], sentence, rules):
                continue
            value = _value(lone["number"], rules)
            mantissa = _mantissa(sentence, money, rules)
            if value is None or not 0 < value < mantissa:
                continue
            currency = money.currency or rules.signs.before.get(lone["before"] or "")
            low = value * money.high / mantissa
            return Money(begins, money.end, low, money.high, currency, money.has_unit or bool(lone["before"]))
    return money


def _is_money(sentence: str, money: Money, rules: Rules) -> bool:
    """Say whether a number is money: with a currency always, without one if nothing else is counted."""
    if money.has_unit:
        return money.high > 0
    smallest = SMALLEST_BARE if rules.language.is_spaced else SMALLEST_BARE_HAN
    return money.high >= smallest and rules.may_follow_bare.match(sentence, money.end) is not None


def _share_currency(found: list[Money]) -> None:
    """Give amounts without a currency that of the next in the sentence, or of the one before."""
    for lent in (reversed(found), found):
        last: str | None = None
        for money in lent:
            if money.currency is None and not money.has_unit and last is not None:
                money.currency, money.is_inferred = last, True
            elif money.currency is not None:
                last = money.currency


def _twins(sentence: str, found: list[Money], rules: Rules) -> list[Money]:
    kept: list[Money] = []
    for money in found:
        main = kept[-1] if kept else None
        if main is not None and _is_twin(sentence, main, money, rules):
            main.twins.append(Amount(money.currency or "", float(f"{money.high:.12g}")))
            closing = CLOSING.match(sentence, money.end)
            main.reach = closing.end() if closing else money.end
            continue
        kept.append(money)
    return kept


def _is_twin(sentence: str, main: Money, money: Money, rules: Rules) -> bool:
    if not money.currency or (main.currency or rules.language.default_currency) == money.currency:
        return False
    between = sentence[main.end : money.start]
    if len(between) > LOOK_BACK:
        return False
    stripped = lead_in(between, len(between), rules)
    if OPENING.fullmatch(stripped) or OPENING.fullmatch(between):
        return True
    _, comma, behind = between.partition(",")
    if comma and rules.same_as.match(behind.strip()):
        return True
    return rules.twin.fullmatch(between) is not None and bool(re.search(r"\w", between))


def _changes(sentence: str, found: list[Money], rules: Rules) -> list[Money]:
    """Mark what is left behind, by how much and to what; a change beside its target becomes the target's delta."""
    kept: list[Money] = []
    for money in found:
        before = sentence[max(0, money.start - LOOK_BACK) : money.start]
        lead = lead_in(sentence, money.start, rules)
        money.lead = max(0, money.start - LOOK_BACK) + len(lead)
        money.is_left_behind = rules.change_from.search(before) is not None
        money.is_change = _ends_with(rules.cue("by_how_much"), lead) or _is_difference(sentence, money, rules)
        money.is_target = _ends_with(rules.cue("to_how_much"), lead)
        previous = kept[-1] if kept else None
        if previous is not None and previous.is_change and money.is_target and _is_one_currency(money, previous):
            kept.pop()
            money.delta = [Amount(previous.currency or "", previous.high)]
        elif previous is not None and previous.is_target and money.is_change and _is_one_currency(money, previous):
            previous.delta = [Amount(money.currency or "", money.high)]
            continue
        elif (
            previous is not None
            and money.is_change
            and _is_one_currency(money, previous)
            and money.high < previous.low
            and not previous.is_left_behind
        ):
            # "1512 this year, 128 less than last year": what it changes by is part of what was said before.
            previous.delta = [Amount(money.currency or "", money.high)]
            continue
        kept.append(money)
    return kept


def _is_difference(sentence: str, money: Money, rules: Rules) -> bool:
    """Say whether an amount is the distance to another: "five billion more than announced in February"."""
    return any(match.start() <= 1 for match in rules.cue("than_before").finditer(sentence[money.end : money.end + 24]))


def _is_one_currency(one: Money, other: Money) -> bool:
    """Say whether two amounts can be of one currency: 元 beside 人民币 is the same."""
    return one.currency == other.currency or None in {one.currency, other.currency}


def _ends_with(cue: re.Pattern[str], lead: str) -> bool:
    stripped = lead.rstrip()
    return any(match.end() == len(stripped) for match in cue.finditer(stripped, max(0, len(stripped) - 16)))


def doubtful_twins(currency: str | None, amount: float, twins: tuple[Amount, ...], rules: Rules) -> tuple[str, ...]:
    """Return what is to be said of amounts that a text calls the same and no rate since 2020 bears out.

    Args:
        currency: ISO 4217 of the amount.
        amount: in units of that.
        twins: the same amount, as the text says, in other currencies.
        rules: of any language; they know between what a unit of each currency was worth.
    """
    ranges = rules.signs.dollars_per_unit.ranges
    said = []
    for twin in twins:
        if currency not in ranges or twin.currency not in ranges or not amount or not twin.amount:
            continue
        (low, high), (twin_low, twin_high) = ranges[currency], ranges[twin.currency]
        per_unit = twin.amount / amount
        if not low / twin_high / ROUNDED <= per_unit <= high / twin_low * ROUNDED:
            said.append(f"{twin.amount:,.15g} {twin.currency} are not {amount:,.15g} {currency} at any rate since 2020")
    return tuple(said)


ROUNDED = 1.15
"""How far rounding may part two amounts that are the same: "about $13bn" for 12.0 to 13.9."""
