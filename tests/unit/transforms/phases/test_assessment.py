"""What is stated, what it rests on, and when nothing is said."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Parameter
from aicycle.model.provenance import parameters_within

REGION, MODEL, RULING, PRICE_WAR = (
    {"type": "region_launch"}, {"type": "model_release"}, {"type": "regulation", "direction": -1},
    {"type": "competition", "direction": -1},
)  # fmt: skip


@pytest.mark.parametrize(("happening", "phase"), [(REGION, 1), (MODEL, 2), (PRICE_WAR, 3)])
def test_three_happenings_of_one_kind_that_last_state_its_phase(assessed, given, happening, phase) -> None:
    ages = [happening | {"known_at": given.as_of - months * given.year / 12} for months in (0, 5, 10)]
    row = assessed(*ages)
    assert (row["phase"], row["is_abstained"]) == (phase, False)
    assert max(row["shares"]) == row["shares"][phase - 1] >= 0.5
    assert math.fsum(row["shares"]) == pytest.approx(1.0, abs=1e-12)


def test_maturity_is_found_where_growth_and_margin_are_steady_and_nothing_happens(assessed, given) -> None:
    quarters = [(date(2023, 3, 31), 0.12), (date(2023, 6, 30), 0.12), (date(2023, 9, 30), 0.13),
                (date(2023, 12, 31), 0.12), (date(2024, 3, 31), 0.12), (date(2024, 6, 30), 0.13),
                (date(2024, 9, 30), 0.12), (date(2024, 12, 31), 0.12), (date(2025, 3, 31), 0.12),
                (date(2025, 6, 30), 0.12)]  # fmt: skip
    values = {
        "revenue_yoy_acceleration_frac": 0.0, "adj_ebita_margin_frac": 0.4, "adj_ebita_margin_change_frac": 0.0,
    }  # fmt: skip
    rows = []
    for end, growth in quarters:
        known = end_of_day(end) + timedelta(days=45)
        for metric, value in {**values, "revenue_yoy_frac": growth}.items():
            rows.append(
                {"segment": "e-commerce", "metric": metric, "value": value, "period_end": end, "known_at": known}
            )
    calm = assessed(segment="e-commerce", metrics=given.metrics(*rows))
    assert calm["phase"] == 4
    assert calm["evidence"] == "figures only"
    attacked = assessed(
        *(PRICE_WAR | {"segment": "e-commerce", "known_at": given.as_of - y * given.year} for y in (0, 0.5, 1)),
        segment="e-commerce",
        metrics=given.metrics(*rows),
    )
    assert attacked["shares"][3] < calm["shares"][3]
    assert attacked["features"]["steady_growth"]["value"] < calm["features"]["steady_growth"]["value"] == 1.0


def test_one_announcement_votes_once_whatever_its_rows(assessed) -> None:
    eight = [REGION | {"announcement_id": "eight countries"} for _ in range(8)]
    assert assessed(*eight)["shares"] == assessed(eight[0])["shares"]
    assert assessed(*eight)["features"]["region_launch"]["value"] == pytest.approx(1.0)


def test_a_retracted_announcement_leaves_no_trace(assessed, given) -> None:
    old = given.as_of - given.year
    kept = [MODEL | {"known_at": old, "announcement_id": f"m{i}"} for i in range(3)]
    said = REGION | {"cycle_event_id": "r", "announcement_id": "r", "known_at": old}
    taken_back = said | {"known_at": given.as_of - timedelta(days=3), "is_retracted": True, "load_seq": 2}
    without, withdrawn, standing = assessed(*kept), assessed(*kept, said, taken_back), assessed(*kept, said)
    assert withdrawn["shares"] == without["shares"] != standing["shares"]
    assert withdrawn["reasons"] == without["reasons"]


def test_a_restated_row_keeps_its_age(assessed, given) -> None:
    first = MODEL | {"cycle_event_id": "m", "announcement_id": "m", "known_at": given.as_of - given.year}
    again = first | {"known_at": given.as_of, "title": "corrected", "load_seq": 2, "revision": 1}
    row = assessed(first, again, MODEL)
    assert row["features"]["model_release"]["value"] == pytest.approx(1.5, abs=1e-3)
    assert row["shares"] == assessed(first, MODEL)["shares"]


def test_a_restated_figure_keeps_its_age(assessed, given) -> None:
    first = datetime(2024, 8, 15, tzinfo=UTC)
    old = {"value": 0.5, "period_end": date(2024, 6, 30), "known_at": first}
    restated = old | {"known_at": given.as_of - timedelta(days=1), "first_known_at": first}
    assert assessed(REGION, metrics=given.metrics(restated))["features"]["fast_growth"]["value"] is None
    young = restated | {"first_known_at": restated["known_at"]}
    assert assessed(REGION, metrics=given.metrics(young))["features"]["fast_growth"]["value"] == 1.0


def test_without_evidence_it_abstains_and_says_so(assessed) -> None:
    row = assessed()
    assert (row["phase"], row["is_abstained"], row["evidence"]) == (None, True, "no evidence")
    assert row["shares"] == [None] * 4
    assert row["reasons"] == ["No phase is stated: no known event and no figure speaks for any."]


def test_with_too_little_it_abstains(assessed, given) -> None:
    row = assessed(REGION | {"known_at": given.as_of - given.year})
    assert (row["phase"], row["is_abstained"]) == (None, True)
    assert row["shares"] == [None] * 4
    assert "0.50" in row["reasons"][0]
    assert None not in assessed(REGION)["shares"], "one announcement of today is just enough"


def test_a_figure_counts_like_an_announcement(assessed, given) -> None:
    growth = given.metrics({"value": 0.4})
    assert None not in assessed(metrics=growth)["shares"]
    assert assessed(metrics=growth)["evidence"] == "figures only"
    assert assessed(REGION, metrics=growth)["evidence"] == "figures and events"
    assert assessed(REGION)["evidence"] == "events only"


def test_all_evidence_stale_is_a_reason_of_its_own(assessed, given) -> None:
    ancient = given.as_of - 2.01 * given.year
    row = assessed(*(RULING | {"known_at": ancient} for _ in range(9)))
    assert (row["phase"], row["shares"]) == (None, [None] * 4)
    assert "all evidence is stale" in row["reasons"][0]
    assert str(ancient.date()) in row["reasons"][0]
    fresh = assessed(*(RULING | {"known_at": ancient} for _ in range(9)), RULING)
    assert None not in fresh["shares"]


def test_outvoted_it_abstains_and_keeps_the_probabilities(assessed) -> None:
    row = assessed(REGION, MODEL, PRICE_WAR)
    assert (row["phase"], row["is_abstained"]) == (None, True)
    assert 0.25 < max(row["shares"]) < 0.5
    assert f"{max(row['shares']):.1%}" in row["reasons"][0]


def test_a_tie_is_no_answer(assessed, configuration) -> None:
    weights = {"region_launch": (1.0, 0.0, 0.0, 0.0), "model_release": (0.0, 1.0, 0.0, 0.0)}
    rules = configuration.phases
    even = replace(
        rules,
        features=tuple(
            replace(f, weights=replace(f.weights, value=weights.get(f.name, (0.0,) * 4))) for f in rules.features
        ),
        dynamics=replace(
            rules.dynamics,
            temperature=replace(rules.dynamics.temperature, value=0.02),
            advance_frac=replace(rules.dynamics.advance_frac, value=0.0),
            restart_frac=replace(rules.dynamics.restart_frac, value=0.0),
        ),
    )
    row = assessed(REGION, MODEL, rules=even)
    assert row["phase"] is None
    assert row["reasons"][0] == "No phase is stated: 2 phases have 50% each."


def test_whose_events_vote(assessed) -> None:
    others = [{"company": "none"}, {"company": "Nvidia"}, {"company": "Ant"}, {"segment": "models"},
              {"segment": "group"}]  # fmt: skip
    assert assessed(*(REGION | other for other in others))["evidence"] == "no evidence"
    ant = MODEL | {"company": "Ant", "segment": "fintech"}
    assert assessed(ant, segment="fintech")["features"]["model_release"]["value"] == pytest.approx(1.0)


def test_announced_spending_counts_for_who_takes_it(assessed, given) -> None:
    plan = given.announcements({})
    assert assessed(announcements=plan)["features"]["announced_spending"]["value"] == pytest.approx(1.0)
    assert assessed(announcements=plan, segment="models")["evidence"] == "no evidence"


@pytest.mark.parametrize(
    "said",
    [{"is_hypothetical": True}, {"is_third_party": True}, {"direction": "down"}, {"is_negated": True},
     {"kind": "other_not_capex"}, {"kind": "region_launch"}, {"company": "Nvidia"}],
)  # fmt: skip
def test_what_is_no_plan_of_the_company_is_not_announced_spending(assessed, given, said) -> None:
    assert assessed(announcements=given.announcements(said))["evidence"] == "no evidence"


def test_a_region_that_closes_is_no_build_out(assessed) -> None:
    assert assessed(REGION | {"direction": -1})["evidence"] == "no evidence"


def test_the_whole_company_has_no_phase_and_every_other_segment_is_assessed(answer, configuration) -> None:
    found = answer().assessments
    alibaba = found.filter(pl.col("company") == "Alibaba")["segment"].to_list()
    assert alibaba == ["cloud", "models", "chips", "e-commerce", "fintech", "logistics"]
    assert "group" not in found["segment"].to_list()
    assert {c.name for c in configuration.universe.companies} == set(found["company"])
    for listed in ("Nvidia", "Microsoft", "Amazon", "Alphabet", "Tencent", "Baidu", "Huawei"):
        assert listed in set(found["company"])


def test_a_universe_without_segments_gives_no_rows(answer, configuration, given) -> None:
    from transforms.phases import assess_phases

    companies = tuple(replace(c, segments=()) for c in configuration.universe.companies)
    found = assess_phases(
        events=given.events(REGION), announcements=given.announcements({}), members=answer().features.clear().select(
            *(pl.lit(None, t).alias(n) for n, t in CONTRACTS["core.event_members"].polars_schema().items())
        ), metrics=given.metrics({"value": 0.1}), universe=replace(configuration.universe, companies=companies),
        rules=configuration.phases, as_of=given.as_of,
    )  # fmt: skip
    assert found.assessments.is_empty()
    assert found.features.is_empty()


def test_what_is_known_later_does_not_vote(assessed, given) -> None:
    later = {"known_at": given.as_of + timedelta(microseconds=1)}
    growth = {"value": 0.4, "period_end": date(2025, 3, 31)}
    unknown = given.metrics(growth, growth | later | {"value": -0.9, "period_end": date(2025, 6, 30)})
    assert assessed(REGION, MODEL | later, metrics=unknown) == assessed(REGION, metrics=given.metrics(growth))


def test_an_as_of_before_the_first_fact_says_nothing(assessed) -> None:
    row = assessed(REGION, as_of=end_of_day(date(2001, 1, 1)))
    assert (row["phase"], row["evidence"]) == (None, "no evidence")


def test_an_instant_without_time_zone_is_refused(answer) -> None:
    with pytest.raises(ValueError, match="time zone"):
        answer(as_of=datetime(2025, 9, 28))  # noqa: DTZ001 - what is refused


def test_contributions_add_up_to_the_scores(answer, given, configuration) -> None:
    metrics = given.metrics({"value": 0.3}, {"metric": "capex_intensity_frac", "segment": "group", "value": 0.11})
    events = given.events(REGION, MODEL, PRICE_WAR, RULING | {"known_at": given.as_of - given.year})
    found = answer(events=events, metrics=metrics)
    cloud = found.features.filter((pl.col("company") == "Alibaba") & (pl.col("segment") == "cloud"))
    half, by_name = 0.5, {f.name: f.weights.value for f in configuration.phases.features}
    growth, intensity = (0.3 - 0.12) / (0.35 - 0.12), (0.11 - 0.05) / (0.16 - 0.05)
    faded = 2 ** (-1 / 4)
    strength = {
        "region_launch": half, "model_release": half, "competition": half, "regulation": faded / (1 + faded),
        "fast_growth": growth, "capex_intensity": intensity,
    }  # fmt: skip
    for phase in range(4):
        expected = math.fsum(by_name[name][phase] * value for name, value in strength.items())
        assert cloud[f"contribution_{phase + 1}"].sum() == pytest.approx(expected, abs=1e-9)


def test_features_say_what_they_are_and_why_they_have_no_value(assessed, given) -> None:
    failed = given.metrics({"value": None, "null_reason": "the basis changed"})
    row = assessed(REGION | {"known_at": given.as_of - timedelta(days=1)}, metrics=failed)
    region, growth, capex = (row["features"][n] for n in ("region_launch", "fast_growth", "capex_growth"))
    assert (region["unit"], region["family"], region["null_reason"]) == ("faded votes", "investment", None)
    assert region["known_at"] == given.as_of - timedelta(days=1)
    assert growth["value"] is None
    assert growth["null_reason"] == "revenue_yoy_frac: the basis changed"
    assert [growth[f"contribution_{n}"] for n in (1, 2, 3, 4)] == [0.0] * 4
    assert capex["null_reason"] == "capex: no figure is reported"
    other = assessed(segment="models")["features"]["capex_growth"]
    assert other["null_reason"] == "capex: the segment does not take the company's capital expenditure"


def test_basis_and_status(assessed) -> None:
    assert (assessed(REGION)["basis"], assessed(REGION)["status"]) == ("hindsight", "assumption")
    assert assessed(as_of=end_of_day(date(2026, 11, 27)))["basis"] == "hindsight"
    assert assessed(as_of=end_of_day(date(2026, 11, 28)))["basis"] == "live"


def test_status_follows_the_weakest_source_where_the_rules_are_better(assessed, configuration, given) -> None:
    def better(content):
        if isinstance(content, Parameter):
            return replace(content, status=Status.REPORTED)
        if isinstance(content, tuple):
            return tuple(better(c) for c in content)
        if hasattr(content, "__dataclass_fields__"):
            return replace(content, **{f: better(getattr(content, f)) for f in content.__dataclass_fields__})
        return content

    rules = better(configuration.phases)
    assert {p.status for _, p in parameters_within(rules)} == {Status.REPORTED}
    weak = REGION | {"announcement_id": "a", "cycle_event_id": "z", "verification": "unchecked"}
    strong = REGION | {"announcement_id": "a", "cycle_event_id": "a"}
    assert assessed(REGION, rules=rules)["status"] == "reported"
    assert assessed(strong, weak, rules=rules)["status"] == "assumption"
    derived = given.metrics({"value": 0.2, "verification": "derived"})
    assert assessed(REGION, rules=rules, metrics=derived)["status"] == "derived"


def test_the_answers_fit_their_contracts(answer, given) -> None:
    found = answer(events=given.events(REGION))
    schema = CONTRACTS["marts.phase_assessments"].polars_schema()
    assert found.assessments.schema == {name: schema[name] for name in found.assessments.schema}
    with_what_it_was_made = {
        "run_id", "is_stale", "stale_since", "held_because", "facts_as_of", "load_seq", "facts_digest",
        "parameters_digest", "gate_digest", "code_version", "libraries", "platform", "created_at",
    }  # fmt: skip
    assert set(schema) - set(found.assessments.schema) == with_what_it_was_made
    features = CONTRACTS["marts.phase_features"]
    assert ["run_id", *found.features.columns] == list(features.column_names)
    assert not found.features.select("company", "segment", "feature").is_duplicated().any()


def test_an_answer_does_not_depend_on_the_other_segments(answer, given) -> None:
    mine = [REGION, MODEL | {"known_at": given.as_of - given.year}]
    others = [RULING | {"company": "Ant", "segment": "fintech", "known_at": given.as_of - 9 * given.year}]
    alone, together = answer(events=given.events(*mine)), answer(events=given.events(*mine, *others))
    cloud = (pl.col("company") == "Alibaba") & (pl.col("segment") == "cloud")
    assert_frame_equal(alone.assessments.filter(cloud), together.assessments.filter(cloud), check_exact=True)
    assert_frame_equal(alone.features.filter(cloud), together.features.filter(cloud), check_exact=True)
