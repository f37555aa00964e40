"""A fourth language is a file: French, written here and laid beside the bundled ones, is read without other code.

Here: that each thing an announcement says can come from the file alone. Not here: French as newspapers write it.
"""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from aicycle.model.kinds import EventType
from aicycle.settings.lexicon import load_lexicon
from transforms.announcements import Amount, extract

FRENCH = r"""
code = "fr"
is_spaced = true
decimal_mark = ","
function_words = ["le", "la", "les", "des", "du", "et", "en", "dans", "de", "pour", "au", "un", "une", "que", "ses"]
abbreviations = ["Mds"]
approximately = ["environ", "près de", "quelque", "plus de"]
range_marks = ["-", "à"]
between = ["entre"]
between_marks = ["et"]
change_from = []
change_marks = []
decimal_words = []
twin = ["soit"]
same_as = []
and_some = []
may_follow_bare = []
scales = { million = 1e6, millions = 1e6, milliard = 1e9, milliards = 1e9, "Mds." = 1e9 }
number_words = { un = 1, deux = 2, trois = 3 }
currencies = { euros = "EUR", "d'euros" = "EUR", "de dollars" = "USD", "dollars" = "USD" }
months = { janvier = 1 }
ordinals = { premier = 1 }
cues_of_events = {}
spans = [
  { means = "for_years", pattern = '(?:sur|au cours des) (?P<n>NUMBER) (?:prochaines années|ans)' },
  { means = "until_year", pattern = "d'ici (?P<year>YEAR)" },
  { means = "year", pattern = '(?:en )?(?P<year>YEAR)' },
]

[cues]
capex_noun = ["dépenses d'investissement"]
spend_verb = ['invest(?:it|ira|ir|i)']
object = ['centres? de données', 'usines?']
other = ['bénéfices?', "chiffre d'affaires"]
plan = ['investira', 'prévoit']
expect = ['prévoit']
negation = ['pas']
hypothetical = ['pourrait']

[phrases]
joined = ',\s|\set\s'
"""
PLAN, GUIDANCE, OTHER = EventType.CAPEX_PLAN, EventType.CAPEX_GUIDANCE, EventType.OTHER_NOT_CAPEX
PUBLISHED = date(2025, 2, 24)


@pytest.fixture(scope="module")
def lexicon(root, tmp_path_factory):
    """The bundled files and the French one."""
    config = tmp_path_factory.mktemp("config")
    shutil.copytree(root / "config" / "announcements", config / "announcements")
    (config / "announcements" / "languages" / "fr.toml").write_text(FRENCH, encoding="utf-8")
    return load_lexicon(config)


def said(text, lexicon, language="fr"):
    found = extract(text, lexicon=lexicon, language=language, published=PUBLISHED)
    assert found.language == "fr"
    for one in found.announcements:
        assert one.quote == text[one.quote_start : one.quote_end]
    return found.announcements


@pytest.mark.parametrize(
    ("text", "said_of", "amounts", "horizon"),
    [
        (
            "Microsoft investira 4 milliards d'euros dans des centres de données d'ici 2027.",
            ("Microsoft", PLAN, "EUR"), (4e9, 4e9), ("2025", "2027"),
        ),
        (
            "SAP investira près de 1,5 milliard d'euros au cours des trois prochaines années dans des usines.",
            ("SAP", PLAN, "EUR"), (1.5e9, 1.5e9), ("2025", "2028"),
        ),
        (
            "Amazon prévoit en 2026 des dépenses d'investissement de 60 à 65 milliards de dollars.",
            ("Amazon", GUIDANCE, "USD"), (60e9, 65e9), ("2026", "2026"),
        ),
        (
            "Siemens et Nvidia prévoient de bâtir : le groupe investit entre 500 et 600 millions d'euros.",
            ("Siemens+Nvidia", PLAN, "EUR"), (500e6, 600e6), (None, None),
        ),
        ("Le bénéfice de SAP était de 2 Mds. d'euros.", ("SAP", OTHER, "EUR"), (2e9, 2e9), (None, None)),
    ],
)  # fmt: skip
def test_an_announcement_is_read_whole(lexicon, text, said_of, amounts, horizon):
    (one,) = said(text, lexicon)
    assert (one.company, one.kind, one.currency) == said_of
    assert (one.amount_low, one.amount_high) == amounts
    assert (one.horizon_start, one.horizon_end) == horizon


def test_places_come_from_the_names_the_territories_have_in_that_language(lexicon):
    (one,) = said("Microsoft investira 3 milliards d'euros en Allemagne et au Royaume-Uni.", lexicon)
    assert one.regions == ("DE", "GB")


def test_twins_and_flags_come_from_the_file(lexicon):
    (one,) = said("Amazon pourrait investir 10 milliards de dollars, soit 9 milliards d'euros.", lexicon)
    assert (one.currency, one.amount_high, one.twins) == ("USD", 10e9, (Amount("EUR", 9e9),))
    assert (one.is_negated, one.is_hypothetical) == (False, True)
    (one,) = said("Amazon n'investira pas 10 milliards de dollars dans des centres de données.", lexicon)
    assert (one.is_negated, one.is_hypothetical) == (True, False)


@pytest.mark.parametrize("declared", ["fr", "en", None])
def test_it_is_told_from_its_own_words(lexicon, declared):
    text = "Le groupe Amazon investira 2 milliards d'euros dans les centres de données et dans les usines."
    (one,) = said(text, lexicon, declared)
    assert (one.company, one.amount_high) == ("Amazon", 2e9)


def test_the_others_are_read_as_before(root, lexicon):
    text = "Amazon will 10 Mrd. Euro in Rechenzentren stecken.\nAmazon will invest $3 billion.\n微软投资30亿美元。"
    found = [
        extract(text, lexicon=known, language=None, published=PUBLISHED).announcements
        for known in (lexicon, load_lexicon(root / "config"))
    ]
    assert [a.amount_high for a in found[0]] == [10e9, 3e9, 3e9]
    assert found[0] == found[1]
