"""Where known names stand: whole words, the longest first, in each script."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.transforms.announcements.readings import LEXICON, READY
from transforms.announcements.names import named


def companies(text):
    return [(text[n.start : n.end], n.name) for n in named(text, READY.companies)]


def places(text):
    return [(text[n.start : n.end], n.name) for n in named(text, READY.places)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amazon and Microsoft invest.", [("Amazon", "Amazon"), ("Microsoft", "Microsoft")]),
        ("Amazon Web Services invests.", [("Amazon Web Services", "Amazon")]),
        ("Amazon Web Servicesx", [("Amazon", "Amazon")]),
        ("AWS-Rechenzentrum", [("AWS", "Amazon")]),
        ("Amazons Pläne, Nvidias Chips", [("Amazons", "Amazon"), ("Nvidias", "Nvidia")]),
        ("Amazon's plan", [("Amazon", "Amazon")]),
        ("AMAZON INVESTS", [("AMAZON", "Amazon")]),
        ("amazon rain forest", []),
        ("Amazonas, Metaphor, Preamazon", []),
        ("阿里巴巴投资", [("阿里巴巴", "Alibaba")]),
        ("因为阿里巴巴", [("阿里巴巴", "Alibaba")]),
        ("微软Microsoft微软", [("微软", "Microsoft"), ("Microsoft", "Microsoft"), ("微软", "Microsoft")]),
        ("投资Microsoft公司", [("Microsoft", "Microsoft")]),
        ("", []),
    ],
)
def test_companies_by_any_of_their_names(text, expected):
    assert companies(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in Spain and in South Korea", [("Spain", "ES"), ("South Korea", "KR")]),
        ("Spanien, im mexikanischen Querétaro", [("Spanien", "ES"), ("mexikanischen", "MX"), ("Querétaro", "MX-QUE")]),
        ("在法国和墨西哥城", [("法国", "FR"), ("墨西哥城", "MX-CMX")]),
        ("spain, Spaniel", []),
    ],
)  # fmt: skip
def test_places_by_any_of_their_names(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(("before", "behind"), [("", ""), ("Today ", ","), ("(", ")"), ("„", "“"), ("", " will")])
def test_every_name_of_the_lexicon_is_found_where_it_stands_alone(before, behind):
    for company in LEXICON.companies:
        for name in (company.name, *company.aliases):
            folded = name.translate(READY.fold)
            assert companies(before + folded + behind) == [(folded, company.name)]


@given(st.lists(st.sampled_from(["Amazon", "s", " ", "微软", "微", "AWS", "'", "Web Services", "X", "1"]), max_size=12))
def test_names_never_overlap_and_stand_where_they_say(pieces):
    text = "".join(pieces)
    found = named(text, READY.companies)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for one in found:
        assert text[one.start : one.end].rstrip("s") in {"Amazon", "Amazon Web Service", "AWS", "微软"}
