"""Whose an amount is, and which company a text goes on about."""

from __future__ import annotations

import pytest

from tests.unit.transforms.announcements.readings import clues
from transforms.announcements.companies import company_of, groups, topic_of, unknown_company


def roles(text, language="en"):
    return [(group.joined, group.role) for group in groups(clues(text, language))]


def whose(text, language="en", topic=None, unknown=None):
    """Whose each amount of a sentence is."""
    found = clues(text, language)
    return [company_of(found, money, topic, unknown) for money in found.money]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Amazon will build.", "en", [("Amazon", "subject")]),
        ("Amazon and Microsoft will build.", "en", [("Amazon+Microsoft", "subject")]),
        ("Amazon, Microsoft und SAP bauen.", "de", [("Amazon+Microsoft+SAP", "subject")]),
        ("亚马逊和微软建设", "zh", [("Amazon+Microsoft", "subject")]),
        ("AWS and Amazon will build.", "en", [("Amazon", "subject")]),
        ("The site was built by Amazon.", "en", [("Amazon", "agent")]),
        ("Das Werk wird von Intel gebaut.", "de", [("Intel", "agent")]),
        ("Microsoft invests in OpenAI.", "en", [("Microsoft", "subject"), ("OpenAI", "object")]),
        ("Microsoft steckt Geld in OpenAI.", "de", [("Microsoft", "subject"), ("OpenAI", "object")]),
        ("微软向OpenAI投资", "zh", [("Microsoft", "subject"), ("OpenAI", "object")]),
        ("According to Nvidia it will rise.", "en", [("Nvidia", "source")]),
        ("Laut Nvidia steigt es.", "de", [("Nvidia", "source")]),
        ("据微软，将会增加", "zh", [("Microsoft", "source")]),
        ("Goldman Sachs expects a rise.", "en", [("Goldman Sachs", "source")]),
        ("Amazon expects a rise.", "en", [("Amazon", "subject")]),
        ("Amazon said that it will build.", "en", [("Amazon", "subject")]),
        ("Amazon says the market will rise.", "en", [("Amazon", "source")]),
        ("The head of Nvidia agrees.", "en", [("Nvidia", "subject")]),
        ("It builds.", "en", []),
    ],
)
def test_companies_have_roles(text, language, expected):
    assert roles(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Amazon will invest $10 billion, and Microsoft will invest $3 billion.", "en", ["Amazon", "Microsoft"]),
        ("Amazon steckt 10 Mrd. Euro in Chips, Microsoft 3 Mrd. Euro.", "de", ["Amazon", "Microsoft"]),
        ("亚马逊投资100亿美元，微软投资30亿美元", "zh", ["Amazon", "Microsoft"]),
        ("A sum of $10 billion was spent by Amazon.", "en", ["Amazon"]),
        ("With $10 billion, Amazon spends most.", "en", ["Amazon"]),
        ("Microsoft said Amazon's $10 billion were well spent.", "en", ["Amazon"]),
        ("OpenAI and SoftBank announced the $500 billion Stargate project.", "en", ["Stargate"]),
        ("Amazon said it will invest $10 billion.", "en", ["Amazon"]),
        ("Some $10 billion were spent at Amazon.", "en", ["Amazon"]),
        ("Some $10 billion were spent.", "en", [None]),
    ],
)
def test_an_amount_is_that_of_who_acts(text, language, expected):
    assert whose(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The company will invest $10 billion.", "en"),
        ("Der Konzern will 10 Mrd. Euro investieren.", "de"),
        ("公司计划投资100亿美元", "zh"),
        ("The company will invest $10 billion, and Microsoft agrees.", "en"),
    ],
)
def test_who_is_not_named_is_whom_the_text_is_about(text, language):
    assert whose(text, language, topic="Meta") == ["Meta"]


def test_who_acts_in_the_sentence_comes_before_whom_the_text_is_about():
    assert whose("Microsoft will invest $10 billion.", topic="Meta") == ["Microsoft"]
    assert whose("Acme will invest $10 billion.", topic="Meta", unknown="Acme") == ["Acme"]
    assert whose("Microsoft will invest $10 billion.", unknown="Acme") == ["Microsoft"]


def test_what_is_estimated_for_the_whole_world_is_nobodys():
    assert whose("Analysts expect worldwide AI spending of $10 billion.", topic="Meta") == [None]
    assert whose("Worldwide it will invest $10 billion.", topic="Meta") == ["Meta"]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Amazon will build.", "Meta", "Amazon"),
        ("It was built by Amazon.", "Meta", "Meta"),
        ("It was built by Amazon.", None, "Amazon"),
        ("According to Nvidia it is built.", None, None),
        ("Nothing else.", "Meta", "Meta"),
        ("Amazon und Microsoft bauen.", None, "Amazon+Microsoft"),
    ],
)
def test_a_text_goes_on_about_who_acted_last(text, before, after):
    language = "de" if "und" in text else "en"
    assert topic_of(clues(text, language), before) == after


@pytest.mark.parametrize(
    ("text", "language", "topic", "name"),
    [
        ("Acme will invest $10 billion.", "en", None, "Acme"),
        ("Rival Acme plans to spend $10 billion.", "en", None, "Acme"),
        ("Norse Power Holdings plans to spend.", "en", "Meta", "Norse Power Holdings"),
        ("Ada Palmer plans to spend.", "en", "Meta", None),
        ("Amazon will invest $10 billion.", "en", None, None),
        ("The company will invest $10 billion.", "en", None, None),
        ("Spain will invest $10 billion.", "en", None, None),
        ("In January investment rose.", "en", None, None),
        ("Chief Ada plans to spend.", "en", None, None),
        ("it will invest $10 billion.", "en", None, None),
        ("Die Nordlicht Kabel GmbH will 3 Mio. Euro investieren.", "de", None, "Nordlicht Kabel GmbH"),
        ("Nordlicht will 3 Mio. Euro investieren.", "de", None, None),
        ("北光电子计划投资30亿元", "zh", None, "北光电子"),
        ("计划投资30亿元", "zh", None, None),
    ],
)
def test_a_company_nobody_listed_is_known_by_where_it_stands(text, language, topic, name):
    assert unknown_company(clues(text, language), topic) == name
