"""What is read from the recorded documents: as right as it was, and put together by what it reports.

Here: floors on recorded labels and clusters, and an article in full. Not here: our own labelled texts
(`test_labelled_texts.py`).
"""

from __future__ import annotations

import json
from datetime import date

import pytest

from aicycle.cli import main
from aicycle.cli.eval_extraction import extraction_scores
from aicycle.cli.gold_files import labelled_texts
from aicycle.cli.texts import lexicon_in_use
from transforms.announcements import extract

pytestmark = pytest.mark.recording

# Field, then what precision and recall must reach on reports and headlines together.
FLOORS = [
    ("amount and currency", 0.96, 0.98),
    ("full tuple", 0.85, 0.87),
    ("regions", 0.82, 0.77),
]
CEILINGS = [("non-capex asserted", 3), ("hypothetical asserted", 0), ("negated asserted", 0)]


@pytest.fixture(scope="module")
def content(recording_dir):
    gold = [recording_dir / name for name in ("gold.jsonl", "gold_headlines.jsonl")]
    return extraction_scores(labelled_texts(gold))


@pytest.mark.parametrize(("field", "precision", "recall"), FLOORS)
def test_no_floor_is_undercut(content, field, precision, recall):
    (row,) = [r for r in content["fields"] if (r["language"], r["field"]) == ("all", field)]
    assert row["precision"] >= precision
    assert row["recall"] >= recall


@pytest.mark.parametrize(("error", "most"), CEILINGS)
def test_no_mistake_happens_more_often(content, error, most):
    (row,) = [r for r in content["errors"] if (r["language"], r["error"]) == ("all", error)]
    assert row["count"] <= most


def test_every_labelled_region_is_known(content):
    assert content["unknown_regions"] == []


def test_documents_of_one_happening_are_put_together(recording_dir, capsys):
    assert main(["eval", "clusters", str(recording_dir / "clusters.jsonl"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["b_cubed"]["f1"] >= 0.9
    assert answer["tricky_merged"] <= 1


@pytest.fixture(scope="module")
def article(recording_dir):
    """What is read from the article that the scenarios come from."""
    articles = sorted((recording_dir.parents[1] / "mission").glob("*.txt"))
    assert articles, "the article lies beside the recorded data"
    text = articles[0].read_text(encoding="utf-8")
    return extract(text, lexicon=lexicon_in_use(), language=None, published=date(2025, 9, 28))


def test_the_article_has_the_plan_with_its_twin(article):
    (plan,) = [a for a in article.announcements if a.is_capex and a.amount_low is not None]
    assert (plan.company, plan.kind, plan.currency, plan.amount_low) == ("Alibaba", "capex_plan", "CNY", 380e9)
    assert [(twin.currency, twin.amount) for twin in plan.twins] == [("USD", 53e9)]


def test_the_article_has_its_increase_without_an_amount(article):
    (more,) = [a for a in article.announcements if a.is_capex and a.amount_low is None]
    assert (more.company, more.kind, more.direction) == ("Alibaba", "capex_increase", "up")


def test_the_articles_stake_is_a_stake(article):
    (stake,) = [a for a in article.announcements if a.kind == "stake_purchase"]
    assert (stake.company, stake.currency, stake.amount_low) == ("ARK Invest", "USD", 16.3e6)


def test_the_article_has_eight_regions(article):
    launched = {region for e in article.events if e.type == "region_launch" for region in e.regions}
    assert launched >= {"BR", "FR", "NL", "MY", "MX", "JP", "KR", "AE"}


def test_the_articles_targets_shares_and_parameters_are_no_announcements_of_spending(article):
    amounts = {(a.amount_low, a.amount_high) for a in article.announcements if a.is_capex}
    assert amounts <= {(380e9, 380e9), (None, None)}
