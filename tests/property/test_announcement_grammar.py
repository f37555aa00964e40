"""Sentences made by a grammar, whose answer is known: amounts, scales, currencies, orders, ranges and twins in three
languages.

Here: what must be found in any such sentence. Not here: sentences of people (`tests/data/announcements`), bad input
(`tests/unit/transforms/announcements/test_bad_input.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aicycle.model.kinds import EventType
from aicycle.settings.lexicon import load_lexicon
from transforms.announcements import Amount, extract

LEXICON = load_lexicon(Path(__file__).parents[2] / "config")
PUBLISHED = date(2025, 2, 24)
PER_DOLLAR = {"USD": 1.0, "EUR": 0.92, "CNY": 7.2, "GBP": 0.79, "JPY": 150.0}
PLAUSIBLE = range(20_000_000, 900_000_000_000_000)

HAN_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Written:
    """An amount and how it is written."""

    text: str
    currency: str
    low: float
    high: float
    scale: str
    unit: float
    """What one of its scale is worth."""


def decimals(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "de" else number


def grouped(number: int, language: str) -> str:
    return f"{number:,}".replace(",", "." if language == "de" else ",")


def in_han(number: int) -> str:
    """1 to 9999 as it is read: 三千八百, 五百零三."""
    said, is_gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            said += ("零" if is_gap and said else "") + HAN_DIGITS[digit] + unit
        is_gap = not digit
    return said


# Per language: scales with what they are worth, and currencies before or after the number.
SCALES = {
    "en": {"million": 6, "billion": 9, "bn": 9, "trillion": 12},
    "de": {"Millionen": 6, "Mio.": 6, "Milliarden": 9, "Mrd.": 9, "Billionen": 12},
    "zh": {"亿": 8, "万亿": 12},
}
BEFORE = {
    "en": {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "RMB": "CNY", "CNY ": "CNY", "USD ": "USD", "EUR ": "EUR"},
    "de": {},
    "zh": {"人民币": "CNY"},
}
AFTER = {
    "en": {" dollars": "USD", " US dollars": "USD", " euros": "EUR", " yuan": "CNY", " pounds": "GBP", " yen": "JPY"},
    "de": {" Euro": "EUR", " Dollar": "USD", " US-Dollar": "USD", " Yuan": "CNY", " Pfund": "GBP", " Yen": "JPY"},
    "zh": {"元": "CNY", "美元": "USD", "欧元": "EUR", "元人民币": "CNY", "英镑": "GBP", "日元": "JPY"},
}
COMPANIES = {
    "en": {"Alibaba": "Alibaba", "Amazon": "Amazon", "AWS": "Amazon", "Google": "Alphabet", "Microsoft": "Microsoft"},
    "de": {"Alibaba": "Alibaba", "Amazon": "Amazon", "SAP": "SAP", "Google": "Alphabet", "Microsoft": "Microsoft"},
    "zh": {"阿里巴巴": "Alibaba", "腾讯": "Tencent", "亚马逊": "Amazon", "微软": "Microsoft", "百度": "Baidu"},
}
PLANS = {
    "en": (
        "{company} will invest {amount} in data centres over the next three years.",
        "{company} plans to spend {amount} on cloud infrastructure.",
        "In Spain, {company} is to invest {amount} in new data centers.",
        "{company} said on Monday it would put {amount} into AI infrastructure.",
        "An investment of {amount} in data centres was announced by {company}.",
    ),
    "de": (
        "{company} will in den kommenden drei Jahren {amount} in Rechenzentren investieren.",
        "{company} investiert {amount} in neue Rechenzentren.",
        "Für den Ausbau seiner Rechenzentren will {company} {amount} ausgeben.",
        "{company} steckt {amount} in den Ausbau seiner Cloud.",
        "In Spanien plant {company} Investitionen von {amount} in Rechenzentren.",
    ),
    "zh": (
        "{company}计划未来三年投资{amount}建设数据中心。",
        "{company}宣布，将投入{amount}用于建设云和人工智能基础设施。",
        "未来三年，{company}将投入{amount}，建设数据中心。",
        "{company}周一表示，拟投资{amount}新建数据中心。",
    ),
}
NOT_INVESTED = {
    "en": ("{company} reported revenue of {amount} for the quarter.", "{company} raised {amount} by selling bonds.",
           "The fine for {company} comes to {amount}.", "{company} is valued at {amount} on the stock market."),
    "de": ("{company} erzielte im Quartal einen Umsatz von {amount}.", "{company} begibt Anleihen über {amount}.",
           "Die Strafe für {company} beträgt {amount}.", "An der Börse ist {company} {amount} wert."),
    "zh": ("{company}本季度营收为{amount}。", "{company}发行债券，募集{amount}。", "{company}被罚款{amount}。",
           "{company}市值达到{amount}。"),
}  # fmt: skip
NOT_MEANT = {
    "en": ("{company} will not invest {amount} in data centres.",
           "{company} has cancelled its plan to invest {amount}.",
           "{company} denied that it would invest {amount} in data centres."),
    "de": ("{company} wird doch keine {amount} in Rechenzentren investieren.",
           "{company} hat den Plan gestrichen, {amount} in Rechenzentren zu investieren.",
           "{company} dementierte, {amount} in Rechenzentren investieren zu wollen."),
    "zh": ("{company}取消了投资{amount}建设数据中心的计划。", "{company}否认将投资{amount}建设数据中心。"),
}  # fmt: skip
NOT_CERTAIN = {
    "en": ("{company} is considering investing {amount} in data centres.",
           "{company} could invest {amount} in data centres if the law passes.",
           "{company} may spend {amount} on data centres, people familiar with the matter said."),
    "de": ("{company} erwägt, {amount} in Rechenzentren zu investieren.",
           "{company} könnte {amount} in Rechenzentren investieren.",
           "{company} prüft Investitionen von {amount} in Rechenzentren."),
    "zh": ("{company}正考虑投资{amount}建设数据中心。", "{company}可能投资{amount}建设数据中心。"),
}  # fmt: skip
# By how much, then to how much.
RAISED = {
    "en": ("{company} raises its capital expenditure for 2025 by {by} to {to}.",
           "{company} increased its 2025 capex forecast to {to}, up {by}."),
    "de": ("{company} erhöht die Investitionen für 2025 um {by} auf {to}.",),
    "zh": ("{company}将2025年资本支出上调{by}至{to}。",),
}  # fmt: skip


@st.composite
def mantissas(draw, language: str):
    """A number as it stands before a scale, as it is written and what it is worth."""
    match draw(st.integers(0, 3)):
        case 0:
            whole = draw(st.integers(1, 999))
            return str(whole), float(whole)
        case 1:
            tenths = draw(st.integers(10, 9999).filter(lambda n: n % 10))
            return decimals(f"{tenths / 10:.1f}", language), tenths / 10
        case 2:
            hundredths = draw(st.integers(100, 9999).filter(lambda n: n % 10))
            return decimals(f"{hundredths / 100:.2f}", language), hundredths / 100
        case _:
            whole = draw(st.integers(1000, 9999))
            if language == "zh" and draw(st.booleans()):
                return in_han(whole), float(whole)
            return (str(whole) if language == "zh" else grouped(whole, language)), float(whole)


@st.composite
def amounts(draw, language: str, *, other_than: str = "", may_range: bool = True):
    """An amount or a range of one language."""
    (number, value), (scale, power) = draw(mantissas(language)), draw(st.sampled_from(list(SCALES[language].items())))
    signs = [(sign, code, True) for sign, code in BEFORE[language].items()]
    signs += [(sign, code, False) for sign, code in AFTER[language].items()]
    sign, currency, is_before = draw(st.sampled_from([s for s in signs if s[1] != other_than]))
    low = high = value * 10**power
    blank = "" if language == "zh" else " "
    before, after = (sign, "元" if language == "zh" else "") if is_before else ("", sign)
    text = f"{before}{number}{blank}{scale}{after}"
    if may_range and draw(st.booleans()):
        more = draw(st.integers(1, max(1, int(value))))
        first, second = decimals(f"{value:g}", language), decimals(f"{value + more:g}", language)
        high = (value + more) * 10**power
        forms = {
            "en": (
                f"{before}{first} {scale}{after} to {before}{second} {scale}{after}",
                f"{before}{first}-{second} {scale}{after}",
                f"between {before}{first} and {before}{second} {scale}{after}",
                f"{before}{first} to {before}{second} {scale}{after}",
            ),
            "de": (f"{first} bis {second} {scale}{after}", f"zwischen {first} und {second} {scale}{after}"),
            "zh": (f"{before}{first}{scale}至{second}{scale}{after}", f"{before}{first}-{second}{scale}{after}"),
        }
        text = draw(st.sampled_from(forms[language]))
    # Below a sum anybody announces, or above all the money there is: not a sentence of this field.
    if not (PLAUSIBLE.start <= low and high <= PLAUSIBLE.stop):
        return draw(amounts(language, other_than=other_than, may_range=may_range))
    return Written(text, currency, low, high, scale, 10.0**power)


@st.composite
def told(draw, language: str, patterns: dict[str, tuple[str, ...]], **more):
    """A sentence, the amount in it, and the parent of the company."""
    name, parent = draw(st.sampled_from(list(COMPANIES[language].items())))
    amount = draw(amounts(language, **more))
    pattern = draw(st.sampled_from(patterns[language]))
    return pattern.format(company=name, amount=amount.text), amount, parent


def read(text: str, language: str):
    found = extract(text, lexicon=LEXICON, language=language, published=PUBLISHED)
    for one in (*found.announcements, *found.events):
        assert text[one.quote_start : one.quote_end] == one.quote
        assert text.encode()[one.byte_start : one.byte_end].decode() == one.quote
    return [a for a in found.announcements if a.amount_low is not None]


def asserted(found):
    return [a for a in found if a.is_capex and not (a.is_hypothetical or a.is_negated)]


languages = pytest.mark.parametrize("language", ["de", "en", "zh"])


@languages
@given(st.data())
def test_a_plan_is_found_with_its_amount_company_and_place_in_the_text(language, data):
    text, amount, parent = data.draw(told(language, PLANS))
    (plan,) = asserted(read(text, language))
    assert (plan.currency, plan.company) == (amount.currency, parent)
    assert (plan.amount_low, plan.amount_high) == pytest.approx((amount.low, amount.high))
    assert plan.kind is EventType.CAPEX_PLAN
    assert (plan.twins, plan.delta, plan.direction) == ((), (), "none")
    assert plan.regions == (("ES",) if "Spa" in text else ())
    is_for_years = any(word in text for word in ("three years", "drei Jahren", "三年"))
    assert (plan.horizon_end or "")[:4] == ("2028" if is_for_years else "")
    start = text.index(amount.text)
    assert plan.quote_start <= start
    assert plan.quote_end >= start + len(amount.text)


@languages
@given(st.data())
def test_the_same_amount_in_another_currency_is_a_twin(language, data):
    text, amount, _ = data.draw(told(language, PLANS, may_range=False))
    other = data.draw(amounts(language, other_than=amount.currency, may_range=False))
    worth = amount.low / PER_DOLLAR[amount.currency] * PER_DOLLAR[other.currency]
    assume(worth >= 10 ** min(SCALES[language].values()))
    power, scale = max((p, s) for s, p in SCALES[language].items() if 10**p <= worth)
    number = decimals(f"{worth / 10**power:.1f}", language)
    value = round(worth / 10**power, 1) * 10**power
    assume(value <= PLAUSIBLE.stop)
    blank = "" if language == "zh" else " "
    after = {code: sign for sign, code in AFTER[language].items()}[other.currency]
    opening, closing = data.draw(st.sampled_from([("（", "）"), ("(约", ")")] if language == "zh" else [(" (", ")")]))
    twin = f"{opening}{number}{blank}{scale}{after}{closing}"
    (plan,) = asserted(read(text.replace(amount.text, amount.text + twin), language))
    assert (plan.currency, plan.amount_low) == (amount.currency, pytest.approx(amount.low))
    assert plan.twins == (Amount(other.currency, pytest.approx(value)),)


@languages
@given(st.data())
def test_what_is_not_spent_is_no_capex(language, data):
    text, _, _ = data.draw(told(language, NOT_INVESTED))
    assert [a for a in read(text, language) if a.is_capex] == []


@languages
@given(st.data())
def test_what_is_denied_or_given_up_is_never_asserted(language, data):
    text, amount, _ = data.draw(told(language, NOT_MEANT))
    found = read(text, language)
    assert asserted(found) == []
    (denied,) = [a for a in found if a.is_negated]
    assert (denied.currency, denied.amount_low) == (amount.currency, pytest.approx(amount.low))


@languages
@given(st.data())
def test_what_is_only_weighed_is_never_asserted(language, data):
    text, amount, _ = data.draw(told(language, NOT_CERTAIN))
    found = read(text, language)
    assert asserted(found) == []
    (weighed,) = [a for a in found if a.is_hypothetical]
    assert (weighed.currency, weighed.amount_low) == (amount.currency, pytest.approx(amount.low))


@languages
@given(st.data())
def test_by_how_much_is_not_to_how_much(language, data):
    name, parent = data.draw(st.sampled_from(list(COMPANIES[language].items())))
    to = data.draw(amounts(language, may_range=False))
    change = max(0.1, round(to.low / to.unit / data.draw(st.integers(2, 9)), 1))
    blank = "" if language == "zh" else " "
    after = {code: sign for sign, code in AFTER[language].items()}[to.currency]
    by = f"{decimals(f'{change:g}', language)}{blank}{to.scale}{after}"
    text = data.draw(st.sampled_from(RAISED[language])).format(company=name, by=by, to=to.text)
    (raised,) = asserted(read(text, language))
    assert (raised.company, raised.currency, raised.direction) == (parent, to.currency, "up")
    assert raised.amount_high == pytest.approx(to.high)
    assert raised.delta == (Amount(to.currency, pytest.approx(change * to.unit)),)


@given(st.permutations(["de", "en", "zh"]), st.data())
def test_sentences_of_several_languages_are_read_side_by_side(order, data):
    said = [data.draw(told(language, PLANS, may_range=False)) for language in order]
    # The same number of the same company, told twice, may be one announcement: 元 alone does not say whose.
    assume(len({(parent, amount.low) for _, amount, parent in said}) == len(said))
    # None of them is the title: a title rounds, and 8 billion are then 7.52.
    found = asserted(read("\n".join(("24.02.2025", *(text for text, _, _ in said))), order[0]))
    assert [(a.company, a.currency) for a in found] == [(parent, amount.currency) for _, amount, parent in said]


@languages
@given(st.data())
def test_a_wrong_declaration_of_language_changes_nothing(language, data):
    text, _, _ = data.draw(told(language, PLANS))
    right = extract(text, lexicon=LEXICON, language=language, published=PUBLISHED)
    for declared in (None, "de", "en", "zh"):
        assert extract(text, lexicon=LEXICON, language=declared, published=PUBLISHED) == right
