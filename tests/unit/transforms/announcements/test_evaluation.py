"""The evaluation as one document: rows by language and field, errors, mistakes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aicycle.model.kinds import EventType
from transforms.announcements.equivalents import Equivalents
from transforms.announcements.evaluation import Reading, evaluate_extraction
from transforms.announcements.labels import GoldDocument, Label
from transforms.announcements.scoring import Field

NAMES = Equivalents(companies={}, countries={"spain": "ES"})
PLAN = Label(
    company="Amazon", kind=EventType.CAPEX_PLAN, currency="EUR", amount_low=15.7e9, amount_high=15.7e9,
    horizon_end="2033", regions=("Spain",), direction="none", quote_start=10, quote_end=60,
)  # fmt: skip


def reading(id_, language, labels, found, by_baseline=()):
    document = GoldDocument(id=id_, language=language, text="", announcements=tuple(labels))
    return Reading(document, tuple(found), tuple(by_baseline))


@pytest.fixture
def content():
    return evaluate_extraction(
        [
            reading("d1", "de", [PLAN], [replace(PLAN, regions=("ES",))], [replace(PLAN, company=None)]),
            reading("d2", "de", [PLAN], []),
            reading(
                "e1", "en", [PLAN], [replace(PLAN, company="Meta", horizon_end=None), replace(PLAN, currency="USD")]
            ),
            reading("x1", None, [replace(PLAN, kind=EventType.FINANCING, regions=("Atlantis",))], [PLAN]),
        ],
        NAMES,
    )


def row(content, language, field):
    (found,) = [r for r in content["fields"] if (r["language"], r["field"]) == (language, field)]
    return found


def test_each_language_and_all_together_have_every_field(content):
    assert content["documents"] == {"all": 4, "de": 2, "en": 1, "not said": 1}
    for language in content["documents"]:
        assert [r["field"] for r in content["fields"] if r["language"] == language] == [f.value for f in Field]


def test_counts_and_rates_stand_beside_the_baselines(content):
    german = row(content, "de", "amount and currency")
    assert [german[k] for k in ("labelled", "found", "right", "precision", "recall")] == [2, 1, 1, 1.0, 0.5]
    assert german["recall_low"] < 0.5 < german["recall_high"]
    assert german["f1"] == pytest.approx(2 / 3)
    assert german["baseline"]["right"] == 1
    assert row(content, "de", "amount and company")["baseline"]["right"] == 0
    assert row(content, "de", "regions")["right"] == 1
    everything = row(content, "all", "amount and currency")
    assert [everything[k] for k in ("labelled", "found", "right")] == [3, 4, 2]


def test_errors_are_counted_by_what_they_are(content):
    counts = {(r["language"], r["error"]): r["count"] for r in content["errors"]}
    assert counts["de", "missed"] == 1
    assert counts["en", "spurious"] == 1
    assert counts["not said", "non-capex asserted"] == 1
    assert counts["all", "missed"] == counts["all", "spurious"] == counts["all", "non-capex asserted"] == 1
    (clean,) = [r for r in content["errors"] if r["language"] == "all" and r["of"] is not None]
    assert (clean["count"], clean["of"]) == (1, 1)


def test_each_mistake_names_its_document_and_what_is_wrong(content):
    mistakes = [(m["document"], m["what"]) for m in content["mistakes"]]
    assert mistakes == [
        ("d2", ["missed"]),
        ("e1", ["company wrong", "horizon wrong"]),
        ("e1", ["spurious"]),
        ("x1", ["non-capex asserted"]),
    ]
    missed = content["mistakes"][0]
    assert missed["found"] is None
    assert missed["labelled"]["amount_low"] == 15.7e9


def test_spans_are_compared_for_right_amounts(content):
    spans = {r["language"]: r for r in content["spans"]}
    assert (spans["all"]["quotes"], spans["all"]["mean_overlap"]) == (2, 1.0)
    assert spans["not said"]["mean_overlap"] is None
    assert spans["de"]["baseline_mean_overlap"] == 1.0


def test_regions_that_no_country_is_known_for_are_named(content):
    assert content["unknown_regions"] == ["atlantis"]


def test_the_same_seed_gives_the_same_document():
    readings = [reading(f"d{n}", "de", [PLAN], [replace(PLAN, quote_start=n)]) for n in range(9)]
    assert evaluate_extraction(readings, NAMES, seed=3) == evaluate_extraction(readings, NAMES, seed=3)
