"""What counts as right, as neither, and as wrong, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aicycle.model.kinds import EventType
from transforms.announcements.agreement import paired
from transforms.announcements.equivalents import Equivalents
from transforms.announcements.labels import Label
from transforms.announcements.records import Amount
from transforms.announcements.scoring import Counts, Field, score_document, total
from transforms.announcements.verdicts import Verdict

NAMES = Equivalents(companies={"aws": "amazon", "amazon": "amazon"}, countries={"spain": "ES", "aragon": "ES"})
PLAN = Label(
    company="Amazon", kind=EventType.CAPEX_PLAN, currency="EUR", amount_low=15.7e9, amount_high=15.7e9,
    horizon_end="2033", regions=("Spain",), direction="none", twins=(Amount("USD", 17e9),),
    quote_start=10, quote_end=60,
)  # fmt: skip
RANGE = replace(PLAN, amount_low=66e9, amount_high=72e9, currency="USD", twins=())


def verdicts(labels, found, **more):
    return [one.verdict for one in score_document(labels, found, NAMES, **more).judged]


def counts(labels, found, field):
    return score_document(labels, found, NAMES).counts[field]


def test_the_same_is_right_in_every_field():
    score = score_document([PLAN], [PLAN], NAMES)
    assert verdicts([PLAN], [PLAN]) == [Verdict.RIGHT]
    for field in (Field.AMOUNT, Field.FULL, Field.COMPANY, Field.KIND, Field.HORIZON, Field.REGIONS, Field.DIRECTION):
        assert score.counts[field] == Counts(1, 1, 1)
    assert score.overlaps == (1.0,)


@pytest.mark.parametrize(
    ("change", "still_right"),
    [
        ({"company": "aws"}, True),
        ({"company": "AWS + Microsoft"}, True),
        ({"company": "AWS, Microsoft und Meta"}, False),
        ({"company": None}, False),
        ({"kind": EventType.CAPEX_GUIDANCE}, False),
        ({"horizon_end": "2034"}, True),
        ({"horizon_end": "2035"}, False),
        ({"horizon_end": None}, False),
        ({"amount_low": 15.65e9}, True),
        ({"currency": "USD", "amount_low": 17e9, "amount_high": 17e9}, True),
    ],
)
def test_the_full_tuple_needs_company_kind_and_horizon(change, still_right):
    found = counts([PLAN], [replace(PLAN, **change)], Field.FULL)
    assert found == Counts(1, 1, int(still_right))


def test_another_kind_that_lies_ahead_is_like_the_labelled_one():
    guidance = replace(PLAN, kind=EventType.CAPEX_GUIDANCE)
    assert counts([PLAN], [guidance], Field.FULL_LIKE_KIND).right == 1
    actual = replace(PLAN, kind=EventType.CAPEX_ACTUAL)
    assert counts([PLAN], [actual], Field.FULL_LIKE_KIND).right == 0
    assert counts([replace(PLAN, kind_alt=(EventType.CAPEX_ACTUAL,))], [actual], Field.FULL).right == 1


def test_without_a_labelled_horizon_an_end_is_invented_and_a_start_is_forgiven():
    open_ = replace(PLAN, horizon_end=None)
    assert counts([open_], [replace(open_, horizon_start="2025")], Field.HORIZON).right == 1
    assert counts([open_], [PLAN], Field.HORIZON).right == 0


@pytest.mark.parametrize(
    ("labelled", "found", "agrees"),
    [
        ("2025-03", "2026-03", True),
        ("2025-03", "2026-04", False),
        ("2025-12", "2026", True),
        ("2025", "2027-01", False),
    ],
)
def test_horizons_agree_within_a_year(labelled, found, agrees):
    label = replace(PLAN, horizon_end=labelled)
    assert counts([label], [replace(PLAN, horizon_end=found)], Field.HORIZON).right == agrees


@pytest.mark.parametrize(
    ("label", "found", "verdict"),
    [
        (replace(PLAN, hypothetical=True), PLAN, Verdict.HYPOTHETICAL),
        (replace(PLAN, hypothetical=True, negated=True), PLAN, Verdict.NEGATED),
        (replace(PLAN, kind=EventType.FINANCING), PLAN, Verdict.NOT_CAPEX),
        (replace(PLAN, is_capex=False), PLAN, Verdict.NOT_CAPEX),
        (replace(PLAN, third_party=True), PLAN, Verdict.NEUTRAL),
        (replace(PLAN, superseded=True), PLAN, Verdict.NEUTRAL),
        (replace(PLAN, optional=True), PLAN, Verdict.NEUTRAL),
        (replace(PLAN, optional=True, hypothetical=True), PLAN, Verdict.NEUTRAL),
    ],
)
def test_what_may_not_be_asserted(label, found, verdict):
    assert verdicts([label], [found]) == [verdict]
    is_counted = verdict is not Verdict.NEUTRAL
    assert counts([label], [found], Field.AMOUNT) == Counts(0, int(is_counted), 0)


def test_a_third_partys_claim_counts_where_it_is_asked_for():
    score = score_document([replace(PLAN, third_party=True)], [PLAN], NAMES, third_parties_count=True)
    assert score.verdicts == {Verdict.THIRD_PARTY: 1}
    assert score.counts[Field.AMOUNT] == Counts(0, 1, 0)
    assert score.third_party_asserted == 1
    assert score_document([replace(PLAN, third_party=True)], [PLAN], NAMES).third_party_asserted == 1


@pytest.mark.parametrize(
    ("label", "found", "verdict"),
    [
        (PLAN, replace(PLAN, currency="USD", amount_low=17e9, amount_high=17e9), Verdict.REPEATED),
        (PLAN, PLAN, Verdict.REPEATED),
        (replace(PLAN, delta=(Amount("EUR", 3e9),)), replace(PLAN, amount_low=3e9, amount_high=3e9), Verdict.DELTA),
        (RANGE, replace(RANGE, amount_high=66e9), Verdict.HALF_RANGE),
        (RANGE, replace(RANGE, amount_low=72e9), Verdict.HALF_RANGE),
        (RANGE, replace(RANGE, amount_low=72e9, currency="EUR"), Verdict.SPURIOUS),
        (PLAN, replace(PLAN, amount_low=16e9, amount_high=16e9), Verdict.SPURIOUS),
    ],
)
def test_why_a_second_amount_is_wrong(label, found, verdict):
    assert verdicts([label], [label, found]) == [Verdict.RIGHT, verdict]
    assert counts([label], [label, found], Field.AMOUNT) == Counts(1, 2, 1)


def test_a_wrong_twin_is_not_the_same_amount():
    dollars = replace(PLAN, currency="USD", amount_low=17e9, amount_high=17e9)
    assert verdicts([replace(PLAN, wrong_twin=True)], [dollars]) == [Verdict.MISSED, Verdict.REPEATED]


def test_one_found_amount_answers_to_one_label_the_one_most_like_it():
    other = replace(PLAN, company="Microsoft", quote_start=100, quote_end=150)
    assert paired([PLAN, other], [other], NAMES) == {0: 1}
    assert verdicts([PLAN, other], [other]) == [Verdict.RIGHT, Verdict.MISSED]


def test_unreal_plans_are_to_be_found_as_such():
    unreal = replace(PLAN, hypothetical=True)
    assert counts([unreal], [replace(PLAN, negated=True)], Field.UNREAL) == Counts(1, 1, 1)
    assert counts([unreal], [], Field.UNREAL) == Counts(1, 0, 0)
    assert counts([], [unreal], Field.UNREAL) == Counts(0, 1, 0)
    assert counts([replace(unreal, optional=True)], [unreal], Field.UNREAL) == Counts(0, 0, 0)


def test_announcements_without_amount_are_told_by_their_company():
    bare = replace(PLAN, amount_low=None, amount_high=None, currency=None)
    assert counts([bare], [replace(bare, company="aws")], Field.NO_AMOUNT) == Counts(1, 1, 1)
    assert counts([bare], [replace(bare, company="Meta")], Field.NO_AMOUNT) == Counts(1, 1, 0)
    assert counts([replace(bare, optional=True)], [bare], Field.NO_AMOUNT) == Counts(0, 0, 0)


def test_regions_are_compared_by_country():
    assert counts([PLAN], [replace(PLAN, regions=("ES-AR", "PT"))], Field.REGIONS) == Counts(1, 2, 1)
    assert counts([replace(PLAN, regions=("Aragon",))], [replace(PLAN, regions=("ES",))], Field.REGIONS).right == 1
    assert counts([replace(PLAN, regions=("Atlantis",))], [PLAN], Field.REGIONS) == Counts(1, 1, 0)


def test_flags_are_counted_on_all_amounts_that_were_found():
    revenue = replace(PLAN, kind=EventType.OTHER_NOT_CAPEX, third_party=True)
    assert counts([revenue], [revenue], Field.FLAG_THIRD_PARTY) == Counts(1, 1, 1)
    assert counts([revenue], [replace(revenue, third_party=False)], Field.FLAG_THIRD_PARTY) == Counts(1, 0, 0)
    assert counts([revenue], [], Field.FLAG_THIRD_PARTY) == Counts(0, 0, 0)


def test_a_text_without_capex_is_clean_when_none_is_asserted():
    revenue = replace(PLAN, kind=EventType.OTHER_NOT_CAPEX)
    clean, dirty = score_document([revenue], [revenue], NAMES), score_document([revenue], [PLAN], NAMES)
    assert (clean.without_capex, clean.kept_clean) == (1, 1)
    assert (dirty.without_capex, dirty.kept_clean) == (1, 0)
    assert score_document([PLAN], [], NAMES).without_capex == 0


def test_several_documents_add_up():
    both = total([score_document([PLAN], [PLAN], NAMES), score_document([PLAN, RANGE], [PLAN], NAMES)])
    assert both.documents == 2
    assert both.counts[Field.AMOUNT] == Counts(3, 2, 2)
    assert both.verdicts == {Verdict.RIGHT: 2, Verdict.MISSED: 1}
    assert total([]).counts[Field.FULL] == Counts(0, 0, 0)


def test_quotes_without_a_span_say_nothing_of_overlap():
    headline = replace(PLAN, quote_start=None, quote_end=None)
    assert score_document([headline], [PLAN], NAMES).overlaps == ()
    assert score_document([PLAN], [replace(PLAN, quote_start=35)], NAMES).overlaps == (0.5,)
    assert score_document([PLAN], [replace(PLAN, quote_start=70, quote_end=80)], NAMES).overlaps == (0.0,)
