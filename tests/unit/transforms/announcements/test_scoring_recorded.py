"""Our counts are those of the script that comes with the recorded data: same definitions, written twice.

Here: labels and predictions drawn from few values, so that they meet often, and the recorded labels disturbed by lot.
Not here: what the definitions mean, case by case (`test_scoring.py`).
"""

from __future__ import annotations

import importlib.util
import json
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.announcements.equivalents import Equivalents
from transforms.announcements.labels import Label, gold_document
from transforms.announcements.scoring import Field, Score, score_document, total
from transforms.announcements.verdicts import Verdict

pytestmark = pytest.mark.recording

COMPANIES = (
    None, "", "Amazon", "AWS", "Google+Microsoft", "Alphabet", "Microsoft", "alibaba, Tencent and Baidu",
    "阿里巴巴和腾讯", "Telekom & Nvidia", "Amazon+Alphabet+Microsoft+Meta", "SK Group / Samsung",
)  # fmt: skip
KINDS = ("capex_plan", "capex_increase", "capex_guidance", "capex_actual", "financing", "other_not_capex")
CURRENCIES = ("USD", "CNY")
AMOUNTS = (None, 0.0, 1e9, 1.004e9, 1.006e9, 2e9, 40e9, 380e9)
MOMENTS = (None, "", "2024", "2025", "2025-03", "2026-04", "2027-12-31", "2026-02", "2030")
FLAGS = ("hypothetical", "negated", "third_party", "superseded", "restated", "optional", "wrong_twin")


@pytest.fixture(scope="session")
def script(recording_dir):
    path = recording_dir.parent / "score_announcements.py"
    if not path.is_file():
        pytest.skip(f"no script to compare with: {path} is not there")
    spec = importlib.util.spec_from_file_location("score_announcements", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@st.composite
def labels(draw, *, are_gold):
    low = draw(st.sampled_from(AMOUNTS))
    high = draw(st.sampled_from((low, *AMOUNTS)))
    start = draw(st.integers(0, 30))
    amounts = st.lists(
        st.fixed_dictionaries({"currency": st.sampled_from(CURRENCIES), "amount": st.sampled_from(AMOUNTS[1:])}),
        max_size=2,
    )
    kind = draw(st.sampled_from(KINDS))
    label = {
        "company": draw(st.sampled_from(COMPANIES)),
        "kind": kind,
        "is_capex": draw(st.sampled_from([None, kind.startswith("capex")])),
        "currency": draw(st.sampled_from(CURRENCIES)),
        "amount_low": low,
        "amount_high": high,
        "horizon_start": draw(st.sampled_from(MOMENTS)),
        "horizon_end": draw(st.sampled_from(MOMENTS)),
        "quote_start": start,
        "quote_end": start + draw(st.integers(0, 30)),
    }
    # Flags are rare, as they are in texts: else hardly any amount is asserted.
    for flag in FLAGS if are_gold else FLAGS[:2]:
        label[flag] = draw(st.integers(0, 5)) == 5
    if are_gold:
        label["twins"], label["delta"] = draw(amounts), draw(amounts)
        label["company_alt"] = draw(st.lists(st.sampled_from(COMPANIES[2:]), max_size=1))
        label["kind_alt"] = draw(st.lists(st.sampled_from(KINDS), max_size=1))
    elif draw(st.booleans()):
        label["quote_start"] = None
    return label


def ours(gold, predicted, script, *, is_strict) -> Score:
    def read(announcements) -> tuple[Label, ...]:
        return gold_document({"id": "x", "title": "", "announcements": announcements}).announcements

    return score_document(
        read(gold), read(predicted), Equivalents(companies=script.ALIAS), third_parties_count=is_strict
    )


def as_script(score: Score) -> dict[str, float]:
    """Our counts under the script's names."""
    amount, counts, verdicts = score.counts[Field.AMOUNT], score.counts, score.verdicts
    return {
        "docs": score.documents, "gold": amount.labelled, "pred": amount.found, "tp": amount.right,
        "company": counts[Field.COMPANY].right, "kind": counts[Field.KIND].right,
        "horizon": counts[Field.HORIZON].right, "full": counts[Field.FULL].right,
        "full_lenient": counts[Field.FULL_LIKE_KIND].right, "span_n": len(score.overlaps),
        "span_any": sum(overlap > 0 for overlap in score.overlaps), "span_iou": sum(score.overlaps),
        "third_asserted": score.third_party_asserted, "hyp_fp": verdicts[Verdict.HYPOTHETICAL],
        "neg_fp": verdicts[Verdict.NEGATED], "noncapex_fp": verdicts[Verdict.NOT_CAPEX],
        "twin_dup": verdicts[Verdict.REPEATED], "delta_fp": verdicts[Verdict.DELTA],
        "half_range": verdicts[Verdict.HALF_RANGE], "spurious": verdicts[Verdict.SPURIOUS],
        "un_gold": counts[Field.UNREAL].labelled, "un_tp": counts[Field.UNREAL].right,
        "null_gold": counts[Field.NO_AMOUNT].labelled, "null_hit": counts[Field.NO_AMOUNT].right,
        "empty_docs": score.without_capex, "empty_docs_clean": score.kept_clean,
    }  # fmt: skip


def theirs(gold, predicted, script, *, is_strict) -> Counter:
    counts = Counter()
    script.score_doc(gold, predicted, counts, is_strict, False, "x")
    return counts


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    gold=st.lists(labels(are_gold=True), max_size=5),
    predicted=st.lists(labels(are_gold=False), max_size=6),
    is_strict=st.booleans(),
)
def test_drawn_documents_count_alike(script, gold, predicted, is_strict):
    expected = theirs(gold, predicted, script, is_strict=is_strict)
    counted = as_script(ours(gold, predicted, script, is_strict=is_strict))
    assert counted == pytest.approx({name: expected[name] for name in counted}, abs=1e-9)
    assert set(expected) <= set(counted)


def _other_currency(one, lots):
    twin = lots.choice(one["twins"] or [{"currency": "USD", "amount": 2e9}])
    return {"currency": twin["currency"], "amount_low": twin["amount"], "amount_high": twin["amount"]}


DISTURBANCES = (
    _other_currency,
    lambda one, lots: {"amount_low": (one["delta"] or [{"amount": 5e9}])[0]["amount"], "amount_high": None},
    lambda one, lots: {"amount_high": one["amount_low"]},
    lambda one, lots: {"kind": "capex_plan", "is_capex": True, "hypothetical": False, "negated": False},
    lambda one, lots: {"company": lots.choice(COMPANIES)},
    lambda one, lots: {"horizon_end": lots.choice(MOMENTS)},
    lambda one, lots: {"amount_low": (one["amount_low"] or 1e9) * lots.choice((0.996, 1.01)), "amount_high": None},
    lambda one, lots: {"negated": not one.get("negated")},
    lambda one, lots: {"kind": lots.choice(KINDS), "is_capex": None},
)


def disturbed(gold, lots: random.Random):
    """Predictions for labelled announcements: some left out or said twice, some altered."""
    predicted = []
    for label in gold:
        one = {"twins": [], "delta": []} | label
        for _ in range(lots.choice((0, 1, 1, 1, 2))):
            other = one | (lots.choice(DISTURBANCES)(one, lots) if lots.random() < 0.5 else {})
            if "quote_start" in other:
                other["quote_start"] += lots.randrange(-3, 30)
            predicted.append(other)
    lots.shuffle(predicted)
    return predicted


@pytest.mark.parametrize("name", ["gold.jsonl", "gold_headlines.jsonl"])
@pytest.mark.parametrize("is_strict", [False, True])
def test_recorded_labels_disturbed_by_lot_count_alike(recording_dir, script, name, is_strict):
    lots = random.Random(0)  # noqa: S311 - no secret
    expected, scores = Counter(), []
    lines = (recording_dir / name).read_text(encoding="utf-8").splitlines()
    for _ in range(20):
        for line in lines:
            gold = json.loads(line)["announcements"]
            predicted = disturbed(gold, lots)
            expected += theirs(gold, predicted, script, is_strict=is_strict)
            scores.append(ours(gold, predicted, script, is_strict=is_strict))
    counted = as_script(total(scores))
    assert counted == pytest.approx({n: expected[n] for n in counted})
    assert expected["full"] < expected["tp"] < min(expected["gold"], expected["pred"])
    assert expected["noncapex_fp"] > 0
