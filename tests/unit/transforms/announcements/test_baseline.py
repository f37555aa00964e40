"""The quick regular expression finds what is plain, and only that."""

from __future__ import annotations

import pytest

from aicycle.model.kinds import EventType
from aicycle.model.parameters.lexicon import KnownCompany
from transforms.announcements.baseline import baseline, names_for_baseline

NAMES = names_for_baseline(
    [
        KnownCompany(name="Amazon", aliases=("AWS", "亚马逊")),
        KnownCompany(name="Deutsche Telekom", aliases=("Telekom",)),
    ]
)


def found_in(text, language):
    return [
        (one.company, one.kind, one.currency, one.amount_low) for one in baseline(text, names=NAMES, language=language)
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "AWS will invest $10.5 billion in Ohio.", ("Amazon", EventType.CAPEX_PLAN, "USD", 10.5e9)),
        ("en", "Amazon earned 3 bn dollars.", ("Amazon", EventType.OTHER_NOT_CAPEX, "USD", 3e9)),
        (
            "de",
            "Die Deutsche Telekom investiert 1,2 Mrd. Euro.",
            ("Deutsche Telekom", EventType.CAPEX_PLAN, "EUR", 1.2e9),
        ),
        ("de", "Telekom zahlt 1.500 Millionen Dollar", ("Deutsche Telekom", EventType.OTHER_NOT_CAPEX, "USD", 1.5e9)),
        ("zh", "亚马逊投资3800亿元。", ("Amazon", EventType.CAPEX_PLAN, "CNY", 3.8e11)),
        ("zh", "投资1.5万亿美元", (None, EventType.CAPEX_PLAN, "USD", 1.5e12)),
        ("fr", "Amazon invest $2bn", ("Amazon", EventType.CAPEX_PLAN, "USD", 2e9)),
    ],
)
def test_plain_amounts(language, text, expected):
    assert found_in(text, language) == [expected]


def test_a_company_of_an_earlier_sentence_is_remembered():
    assert found_in("Amazon grows. It will spend $3 bn.", "en") == [("Amazon", EventType.CAPEX_PLAN, "USD", 3e9)]


@pytest.mark.parametrize("text", ["", "Amazon invests.", "investiert 20 Prozent", "$1.2.3.4 bn", "$,"])
def test_what_is_no_amount_never_raises(text):
    assert [amount for *_, amount in found_in(text, "en")] in ([], [0.0])


def test_it_falls_for_twins_and_ranges():
    assert len(found_in("Amazon invests $53 billion (€50 billion)", "en")) == 2
    assert found_in("Amazon spends $66-72 billion", "en")[0][3] == 66.0
