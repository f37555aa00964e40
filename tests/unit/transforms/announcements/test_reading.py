"""A whole text: what one sentence says of another, what is left out, and where each record stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.model.kinds import EventType
from tests.unit.transforms.announcements.readings import LEXICON, PUBLISHED, read
from transforms.announcements import Amount, extract
from transforms.announcements.records import CURRENCY_UNSAID


def said(text, language="en"):
    return read(text, language).announcements


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Amazon will build in Spain. The company will invest $10 billion in data centres.", "en"),
        ("Amazon will in Spanien bauen. Der Konzern will 10 Mrd. Dollar in Rechenzentren stecken.", "de"),
        ("亚马逊将在西班牙建设。公司计划投资100亿美元建设数据中心。", "zh"),
    ],
)
def test_a_text_goes_on_about_its_company_and_the_places_of_its_title(text, language):
    (one,) = said(text, language)
    assert (one.company, one.kind, one.regions) == ("Amazon", EventType.CAPEX_PLAN, ("ES",))
    assert (one.currency, one.amount_low, one.amount_high) == ("USD", 10e9, 10e9)
    assert one.advisories == ()


def test_a_title_is_not_told_again():
    text = "Amazon to invest $10 billion in data centres\nAmazon will invest $10.2 billion in data centres by 2027."
    (one,) = said(text)
    assert (one.amount_high, one.horizon_end) == (10.2e9, "2027")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Amazon will invest $10 billion in data centres. The money will be spent over three years.", "en"),
        ("Amazon will 10 Mrd. Euro in Chips stecken. Die Summe soll über drei Jahre verteilt fließen.", "de"),
        ("亚马逊计划投资100亿美元建设数据中心。这笔资金将在未来三年投入。", "zh"),
    ],
)
def test_a_later_sentence_says_for_how_long(text, language):
    (one,) = said(text, language)
    assert (one.horizon_start, one.horizon_end) == ("2025", "2028")


def test_a_later_sentence_gives_the_sum_up():
    first, second = "Amazon may invest $10 billion in data centres.", "The plan was cancelled."
    (one,) = said(f"{first} {second}")
    assert (one.is_negated, one.is_hypothetical) == (True, False)
    (one,) = said(f"{second} {first}")
    assert (one.is_negated, one.is_hypothetical) == (False, True)


def test_an_announcement_without_an_amount_has_none():
    (one,) = said("Amazon will raise its capital spending in 2026.")
    assert (one.company, one.kind, one.direction) == ("Amazon", EventType.CAPEX_GUIDANCE, "up")
    assert (one.currency, one.amount_low, one.amount_high, one.horizon_end) == (None, None, None, "2026")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The price target for Amazon is $240.", "en"),
        ("Amazon has 300 million users in 20 countries.", "en"),
        ("Das Kursziel für SAP liegt bei 240 Euro.", "de"),
        ("Das Modell hat 70 Milliarden Parameter.", "de"),
        ("阿里巴巴目标价为200港元。", "zh"),
        ("阿里巴巴有3亿用户。", "zh"),
    ],
)
def test_prices_of_shares_and_counts_of_things_are_left_out(text, language):
    assert said(text, language) == ()


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("阿里巴巴计划投资3800亿元建设数据中心。", "CNY"),
        ("台积电计划投资3800亿元建设晶圆厂。", "TWD"),
        ("該公司計劃投資3800億元興建廠房。", "TWD"),
        ("該公司計劃投資3800億元興建廠房，去年投資港元債券。", "HKD"),
        ("该公司计划投资3800亿元建设厂房。", "CNY"),
    ],
)
def test_a_word_several_currencies_share_is_that_of_company_or_place(text, currency):
    one = said(text, "zh")[0]
    assert (one.currency, one.amount_high) == (currency, 380e9)
    assert one.advisories == (CURRENCY_UNSAID,)


def test_an_amount_without_a_currency_has_the_one_before_it_or_the_companys():
    first, second = said("Amazon will invest 10 billion euros in data centres. It spent 8 billion on chips last year.")
    assert (first.currency, second.currency) == ("EUR", "EUR")
    assert (first.advisories, len(second.advisories)) == ((), 1)
    (alone,) = said("SAP will invest 8 billion in data centres.")
    assert alone.currency == "EUR"


def test_a_fiscal_year_is_that_of_the_company():
    microsoft, amazon = (
        said(f"{name} expects capital expenditures of $80 billion in fiscal year 2026.")[0]
        for name in ("Microsoft", "Amazon")
    )
    assert (microsoft.horizon_start, microsoft.horizon_end) == ("2025-07", "2026-06")
    assert (amazon.horizon_start, amazon.horizon_end) == ("2026", "2026")


def test_twins_and_changes_keep_their_currency():
    (one,) = said("阿里巴巴计划投资3800亿元（约合530亿美元）建设数据中心。", "zh")
    assert (one.currency, one.twins) == ("CNY", (Amount("USD", 53e9),))
    (one,) = said("Amazon raised its capex forecast by $10 billion to $85 billion.")
    assert (one.amount_high, one.direction, one.delta) == (85e9, "up", (Amount("USD", 10e9),))


CLAUSES = st.sampled_from(
    [
        "Amazon will invest $10 billion in data centres", "SAP steckt 3 Mrd. Euro in Rechenzentren", "\u200b", "é",
        "阿里巴巴計劃投資３８００億元", "<b>Meta</b> may spend &#36;66–72 billion", "over three years", "&euro;5 bn",
        "The plan was cancelled", "It opened a cloud region in Spain", "up from", "(", ")", " or about ", "未来三年",
        ". ", "\n", "，", "€", "💰",
    ]
)  # fmt: skip


@given(st.lists(CLAUSES, max_size=14).map("".join) | st.text(max_size=120), st.sampled_from(["de", "en", "zh", None]))
def test_each_record_stands_where_it_says_in_characters_and_in_bytes(text, language):
    found = extract(text, lexicon=LEXICON, language=language, published=PUBLISHED)
    stored = text.encode("utf-8", "surrogatepass")
    for one in (*found.announcements, *found.events):
        assert one.quote == text[one.quote_start : one.quote_end]
        assert stored[one.byte_start : one.byte_end].decode("utf-8", "surrogatepass") == one.quote
    assert extract(text, lexicon=LEXICON, language=language, published=PUBLISHED) == found
