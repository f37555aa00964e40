"""Which places of a sentence belong to what it announces."""

from __future__ import annotations

import pytest

from tests.unit.transforms.announcements.readings import clues
from transforms.announcements.places import places_of, tied_places


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("It will build in Spain and Portugal.", "en", ("ES", "PT")),
        ("Er baut in Portugal, Spanien und Österreich.", "de", ("PT", "ES", "AT")),
        ("公司在法国和日本建设", "zh", ("FR", "JP")),
        ("It will build in Spain, and Spain agrees.", "en", ("ES",)),
        ("It will build nowhere.", "en", ()),
    ],
)
def test_places_stand_in_the_order_of_the_text_each_once(text, language, codes):
    assert places_of(clues(text, language)) == codes


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("It will build in Dallas, Texas, in the United States.", "en", ("US-TX",)),
        ("It will build in Texas and in Spain.", "en", ("US-TX", "ES")),
        ("Er baut in Querétaro in Mexiko.", "de", ("MX-QUE",)),
    ],
)
def test_a_part_of_a_country_says_more_than_the_country(text, language, codes):
    assert places_of(clues(text, language)) == codes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The boss said in Spain that it will build in France.", "en"),
        ("It will build in France, outside of Spain.", "en"),
        ("The Spanish company will build in France.", "en"),
        ("Es baut in Frankreich, anders als in Spanien.", "de"),
        ("Der spanische Konzern baut in Frankreich.", "de"),
        ("西班牙公司在法国建设", "zh"),
        ("除了西班牙，公司在法国建设", "zh"),
        ("Der spanische Finanzinvestor baut in Frankreich.", "de"),
        ("Der spanische Rechenzentrumsbetreiber baut in Frankreich.", "de"),
        ("The Spanish cloud operator will build in France.", "en"),
        ("Spain's Iberdrola will build in France.", "en"),
        ("据西班牙《国家报》报道，公司将在法国建设", "zh"),
    ],
)
def test_where_something_was_said_comes_from_or_is_not_built_is_left_out(text, language):
    found = clues(text, language)
    assert {place.name for place in found.places} == {"ES", "FR"}
    assert places_of(found) == ("FR",)


def test_what_belongs_to_a_place_and_is_no_company_is_there():
    assert places_of(clues("It will expand Spain's data centers.")) == ("ES",)


def test_a_place_that_is_part_of_a_currency_is_none():
    assert places_of(clues("It will spend Singapore$3 billion in France.")) == ("FR",)


def test_places_keep_where_they_stand():
    found = clues("It will build in Spain, and Spain agrees.")
    assert [found.text[p.start : p.end] for p in tied_places(found)] == ["Spain", "Spain"]
