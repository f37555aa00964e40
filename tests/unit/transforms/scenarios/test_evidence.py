"""What counts as evidence, how often, how much, and that it adds up."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from transforms.event_members import event_members
from transforms.scenarios.evidence import PRIOR, evidence_for

AS_OF = datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC)
YEAR = timedelta(days=365.25)
REGION = {"type": "region_launch", "direction": 1, "known_at": AS_OF}
REGION_NATS, TEMPERING, CAP = 0.3, 0.25, 1.5


@pytest.fixture
def judged(scenario_set, alibaba, rows):
    """`judged(events=[...], announcements=[...])`: the evidence for Alibaba, prior left out."""

    def judge(events=(), announcements=(), as_of=AS_OF, weights=scenario_set, with_members=True) -> pl.DataFrame:
        events = rows("core.cycle_events", *_numbered(events, "cycle_event_id"))
        announcements = rows("core.announcements", *_numbered(announcements, "item_id"))
        members = event_members(announcements, events) if with_members else rows("core.event_members")
        found = evidence_for(weights, alibaba, events=events, announcements=announcements, members=members, as_of=as_of)
        return found.filter(pl.col("family") != PRIOR)

    return judge


def _numbered(given: Any, key: str) -> list[dict[str, Any]]:
    """Rows with ids of their own, each its own announcement unless it says so."""
    return [{key: f"row {i}", "announcement_id": f"announcement {i}"} | row for i, row in enumerate(given)]


def nats(found: pl.DataFrame, scenario: str) -> float:
    return math.fsum(found.filter(pl.col("scenario") == scenario)["contribution_nats"].to_list())


def test_the_prior_is_log_odds_against_the_reference(scenario_set, alibaba, rows) -> None:
    found = evidence_for(
        scenario_set,
        alibaba,
        events=rows("core.cycle_events"),
        announcements=rows("core.announcements"),
        members=rows("core.event_members"),
        as_of=AS_OF,
    )
    assert found["family"].to_list() == [PRIOR] * 3
    assert dict(zip(found["scenario"], found["contribution_nats"], strict=True)) == pytest.approx(
        {"optimistic": math.log(0.5), "pessimistic": math.log(0.5), "realistic": 0.0}
    )
    assert found["known_at"].null_count() == 3


def test_one_fresh_happening_weighs_its_nats_tempered(judged) -> None:
    found = judged([REGION])
    assert found.select("scenario", "family", "event_id").rows() == [("optimistic", "expansion", "announcement 0")]
    assert nats(found, "optimistic") == pytest.approx(REGION_NATS * TEMPERING)
    assert found["known_at"].to_list() == [AS_OF]


def test_it_fades_by_half_in_a_half_life(judged) -> None:
    old = REGION | {"known_at": AS_OF - YEAR}
    assert nats(judged([old]), "optimistic") == pytest.approx(REGION_NATS * TEMPERING / 2)
    assert nats(judged([old], as_of=AS_OF + YEAR), "optimistic") == pytest.approx(REGION_NATS * TEMPERING / 4)


def test_eight_rows_of_one_announcement_are_one_vote(judged) -> None:
    rows = [REGION | {"announcement_id": "eight countries"} for _ in range(8)]
    assert nats(judged(rows), "optimistic") == pytest.approx(nats(judged([REGION]), "optimistic"))
    assert nats(judged([REGION, REGION]), "optimistic") == pytest.approx(2 * nats(judged([REGION]), "optimistic"))


def test_a_restated_row_does_not_make_its_happening_young_again(judged) -> None:
    first = REGION | {"cycle_event_id": "r", "announcement_id": "a", "known_at": AS_OF - YEAR, "title": "first"}
    again = first | {"known_at": AS_OF, "title": "corrected", "revision": 1, "load_seq": 2}
    assert nats(judged([first, again]), "optimistic") == pytest.approx(nats(judged([first]), "optimistic"))


def test_a_late_copy_does_not_make_it_young_again_either(judged) -> None:
    first = REGION | {"announcement_id": "a", "known_at": AS_OF - YEAR}
    copy = REGION | {"announcement_id": "a"}
    assert nats(judged([first, copy]), "optimistic") == pytest.approx(nats(judged([first]), "optimistic"))


def test_rows_without_members_count_by_their_announcement(judged) -> None:
    rows = [REGION | {"announcement_id": "a"} for _ in range(3)]
    assert judged(rows, with_members=False).equals(judged(rows))


def test_what_is_known_later_does_not_count(judged) -> None:
    later = REGION | {"known_at": AS_OF + timedelta(microseconds=1)}
    assert judged([later]).is_empty()
    assert judged([REGION, later]).equals(judged([REGION]))


def test_a_capped_family_is_cut_pro_rata_and_stays_at_its_cap(judged) -> None:
    old = [REGION | {"known_at": AS_OF - YEAR} for _ in range(4)]
    many = judged([REGION] * 8 + old)
    assert nats(many, "optimistic") == pytest.approx(CAP * TEMPERING, abs=1e-12)
    each = many.sort("event_id")["contribution_nats"].unique().sort().to_list()
    assert each[-1] == pytest.approx(2 * each[0]), "what was half as much before the cap is half as much after it"
    assert nats(judged([REGION] * 5), "optimistic") == pytest.approx(CAP * TEMPERING), "just at the cap"
    assert nats(judged([REGION] * 4), "optimistic") < CAP * TEMPERING


def test_the_cap_is_on_the_balance_of_a_family(judged) -> None:
    back = REGION | {"direction": -1}
    assert nats(judged([REGION] * 9 + [back] * 9), "optimistic") == pytest.approx(0.0, abs=1e-12)
    assert nats(judged([REGION] * 2 + [back] * 9), "optimistic") == pytest.approx(-CAP * TEMPERING)


def test_capped_families_still_add_up_between_them(judged) -> None:
    restriction = {"type": "chip_restriction", "direction": -1, "known_at": AS_OF, "segment": "chips"}
    both = judged([REGION] * 20 + [restriction] * 20)
    assert nats(both, "optimistic") == pytest.approx(0.0, abs=1e-12), "one cap up, one cap down"


def test_direction_decides(judged) -> None:
    restriction = {"type": "chip_restriction", "known_at": AS_OF, "segment": "chips"}
    assert nats(judged([restriction | {"direction": -1}]), "pessimistic") > 0
    assert nats(judged([restriction | {"direction": 1}]), "pessimistic") < 0
    assert judged([restriction | {"direction": 0}]).is_empty()


@pytest.mark.parametrize(("directions", "sign"), [((1, 0), 1), ((0, -1), -1), ((1, -1), 0), ((1, 1), 1), ((0, 0), 0)])
def test_rows_that_disagree_leave_a_happening_open(judged, directions, sign) -> None:
    restriction = {"type": "chip_restriction", "known_at": AS_OF, "segment": "chips", "announcement_id": "a"}
    found = nats(judged([restriction | {"direction": d} for d in directions]), "pessimistic")
    assert (found < 0) - (found > 0) == sign


def test_of_several_types_of_one_happening_in_a_family_the_strongest_counts(judged, scenario_set) -> None:
    weak, strong = scenario_set.evidence[0], scenario_set.evidence[0]
    types = (weak.event_types[0], scenario_set.evidence[5].event_types[0])
    strong = replace(strong, event_types=(types[1],), nats=replace(strong.nats, value=0.7))
    weights = replace(scenario_set, evidence=(weak, strong))
    rows = [REGION | {"announcement_id": "a", "type": t.value} for t in types]
    found = judged(rows, weights=weights)
    assert found.height == 1
    assert nats(found, "optimistic") == pytest.approx(0.7 * TEMPERING)


def test_whose_events_count(judged) -> None:
    def counts(company: str, segment: str, kind: str = "regulation") -> bool:
        event = {"type": kind, "direction": -1, "known_at": AS_OF, "company": company, "segment": segment}
        return not judged([event]).is_empty()

    assert counts("Alibaba", "group")
    assert counts("Ant", "fintech"), "event_companies of a segment"
    assert counts("none", "chips", "chip_restriction"), "a whole market the company has a segment in"
    assert counts("none", "group")
    assert not counts("none", "cars"), "a market the company is not in"
    assert not counts("Nvidia", "chips", "chip_restriction")


PLAN = {"kind": "capex_plan", "known_at": AS_OF, "amount_low": None}


def test_spending_counts_by_announcement_with_or_without_amount(judged) -> None:
    unknown, known = judged(announcements=[PLAN]), judged(announcements=[PLAN | {"amount_low": 380e9}])
    assert unknown.equals(known)
    assert nats(unknown, "optimistic") > 0
    assert nats(unknown, "pessimistic") > 0, "the article's pessimistic scenario is one of capex as well"


def test_a_cut_speaks_the_other_way(judged) -> None:
    assert nats(judged(announcements=[PLAN | {"direction": "down"}]), "optimistic") < 0
    assert nats(judged(announcements=[PLAN | {"direction": "up"}]), "optimistic") > 0


@pytest.mark.parametrize(
    "doubt",
    [
        {"is_hypothetical": True},
        {"is_negated": True},
        {"is_third_party": True},
        {"kind": "financing"},
        {"kind": "region_launch"},
        {"company": "Alphabet"},
    ],
)
def test_what_is_no_statement_of_own_spending_is_no_evidence(judged, doubt) -> None:
    assert judged(announcements=[PLAN | doubt]).is_empty()


def test_spending_among_cycle_events_does_not_count_again(judged) -> None:
    event = {"type": "capex_plan", "direction": 1, "known_at": AS_OF, "announcement_id": "elsewhere"}
    assert judged([event]).is_empty()
    assert judged([event], [PLAN]).equals(judged([], [PLAN]))


def test_the_weakest_source_of_a_happening_is_reported(judged) -> None:
    rows = [REGION | {"announcement_id": "a", "verification": v} for v in ("source", "unchecked", "crosscheck")]
    assert judged(rows)["verification"].to_list() == ["unchecked"]
