"""Which names stand for the same company or country."""

from __future__ import annotations

import pytest

from aicycle.model.parameters.lexicon import KnownCompany, KnownPlace
from transforms.announcements.equivalents import countries_of, equivalents_of, parents_of

NAMES = equivalents_of(
    (KnownCompany(name="Amazon", aliases=("AWS", "亚马逊")), KnownCompany(name="H&M", aliases=("H & M",))),
    (KnownPlace(code="US-LA", names=("Louisiana",)), KnownPlace(code="HK", names=("Hong Kong", "香港"))),
)


@pytest.mark.parametrize(
    ("name", "parents"),
    [
        ("aws", {"amazon"}), (" AMAZON ", {"amazon"}), ("亚马逊", {"amazon"}), ("AWS+Acme", {"amazon", "acme"}),
        ("Acme, Bolt und AWS", {"acme", "bolt", "amazon"}), ("亚马逊和Acme", {"amazon", "acme"}), ("H & M", {"h&m"}),
        ("Sandwich", {"sandwich"}), (None, set()), ("", set()),
    ],
)  # fmt: skip
def test_companies_by_parent(name, parents):
    assert parents_of(name, NAMES) == parents


@pytest.mark.parametrize(
    ("regions", "countries"),
    [
        (["Germany", "DE", "DE-BB"], {"DE"}), (["louisiana", "United States", "US-TX"], {"US"}),
        (["Hong Kong", "香港"], {"HK"}), (["South Korea", "United Kingdom"], {"KR", "GB"}),
        (["Atlantis"], {"atlantis"}), ([], set()),
    ],
)  # fmt: skip
def test_regions_by_country(regions, countries):
    assert countries_of(regions, NAMES) == countries
