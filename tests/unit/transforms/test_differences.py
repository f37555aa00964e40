"""What a cause is called, and that changes of contributions add up."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from transforms.differences import (
    CauseKind,
    Sight,
    definition_causes,
    fact_causes,
    hold_causes,
    odds_changes,
    program_causes,
    time_causes,
)
from transforms.parameter_paths import ConfiguredValue

JAN, FEB, MAR = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 2, 3))


def events(*rows):
    filler = {
        "announcement_id": "a", "event_time": date(2025, 1, 1), "company": "Alibaba", "segment": "cloud",
        "type": "partnership", "direction": 1, "country": "CN", "is_realised": True, "title": "t",
        "verification": "source", "known_precision": "day", "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 9,
        "revision": 0, "load_seq": 1,
    }  # fmt: skip
    schema = CONTRACTS["core.cycle_events"].polars_schema()
    full = [filler | {"source_known_at": row["known_at"]} | row for row in rows]
    return {"core.cycle_events": pl.DataFrame([{n: row.get(n) for n in schema} for row in full], schema=schema)}


def row(known_at, **more):
    return {"cycle_event_id": "e", "known_at": known_at} | more


def kinds(tables, a, b):
    return [(cause.kind, cause.side, cause.detail["is_late"]) for cause in fact_causes(tables, a, b)]


def sight(as_of, load_seq=9):
    return Sight(facts_as_of=as_of, load_seq=load_seq)


@pytest.mark.parametrize(
    ("rows", "a", "b", "expected"),
    [
        ([row(JAN)], sight(FEB), sight(MAR), []),
        ([row(MAR)], sight(JAN), sight(FEB), []),
        ([row(FEB)], sight(JAN), sight(FEB), [(CauseKind.NEW_FACT, "b", False)]),
        ([row(FEB)], sight(FEB), sight(JAN), [(CauseKind.NEW_FACT, "a", False)]),
        ([row(JAN, load_seq=2)], sight(FEB, 1), sight(FEB, 2), [(CauseKind.ARRIVED_LATE, "b", True)]),
        ([row(JAN, load_seq=2)], sight(FEB, 2), sight(FEB, 1), [(CauseKind.ARRIVED_LATE, "a", True)]),
        ([row(FEB, load_seq=2)], sight(JAN, 1), sight(FEB, 2), [(CauseKind.NEW_FACT, "b", False)]),
        ([row(JAN), row(FEB, revision=1, title="u")], sight(JAN), sight(FEB), [(CauseKind.RESTATED, "b", False)]),
        ([row(JAN), row(FEB, revision=1, title="u")], sight(FEB), sight(JAN), [(CauseKind.RESTATED, "a", False)]),
        ([row(JAN), row(FEB, revision=1, load_seq=2)], sight(MAR, 1), sight(MAR, 2), [(CauseKind.RESTATED, "b", True)]),
        ([row(JAN), row(FEB, revision=1, is_retracted=True)], sight(JAN), sight(FEB),
         [(CauseKind.RETRACTED, "b", False)]),
        ([row(FEB, is_retracted=True)], sight(JAN), sight(FEB), [(CauseKind.NEW_FACT, "b", False)]),
    ],
)  # fmt: skip
def test_what_a_fact_is_called(rows, a, b, expected):
    assert kinds(events(*rows), a, b) == expected


def test_a_restatement_says_what_stood_before():
    tables = events(row(JAN), row(FEB, revision=1, title="u", byte_start=5))
    (cause,) = fact_causes(tables, sight(JAN), sight(FEB))
    assert (cause.detail["states"]["title"], cause.detail["before"]["title"]) == ("u", "t")
    assert (cause.detail["key"], cause.detail["known_at"]) == ({"cycle_event_id": "e"}, FEB)
    assert (cause.detail["payload_sha256"], cause.detail["byte_start"], cause.detail["byte_end"]) == ("0" * 64, 5, 9)


def test_a_split_that_comes_after_the_price_is_a_cause_though_it_became_known_later():
    schema = CONTRACTS["core.corporate_actions"].polars_schema()
    split = {
        "symbol": "NVDA", "ex_date": date(2025, 6, 10), "kind": "split", "ratio": 10.0, "known_at": MAR,
        "source_known_at": MAR, "load_seq": 2, "revision": 0, "payload_sha256": "0" * 64, "byte_start": 0,
        "byte_end": 1,
    }  # fmt: skip
    tables = {"core.corporate_actions": pl.DataFrame([{n: split.get(n) for n in schema} for _ in (1,)], schema=schema)}
    hindsight = frozenset(tables)
    before, after = (Sight(facts_as_of=FEB, load_seq=n, hindsight=hindsight) for n in (1, 2))
    (cause,) = fact_causes(tables, before, after)
    assert (cause.kind, cause.side) == (CauseKind.ARRIVED_LATE, "b")
    assert "undoes" in cause.what
    known = Sight(facts_as_of=MAR, load_seq=2, hindsight=hindsight)
    assert [c.kind for c in fact_causes(tables, after, known)] == [CauseKind.NEW_FACT]
    assert fact_causes(tables, after, after) == []
    bands = Sight(facts_as_of=FEB, load_seq=2, later={"core.corporate_actions": MAR}, hindsight=hindsight)
    assert fact_causes(tables, bands, known) == [], "known by the bands' day, it counted for both"


@given(order=st.permutations(range(4)))
def test_the_order_of_rows_does_not_matter(order):
    rows = [row(JAN), row(FEB, revision=1), row(JAN, cycle_event_id="f", load_seq=3), row(MAR, cycle_event_id="g")]
    causes = fact_causes(events(*rows), sight(JAN, 2), sight(MAR))
    assert fact_causes(events(*[rows[i] for i in order]), sight(JAN, 2), sight(MAR)) == causes


@given(days=st.lists(st.integers(1, 400), max_size=5), seq=st.integers(10, 20))
def test_facts_that_neither_could_see_are_no_causes(days, seq):
    known = [row(JAN), row(FEB, cycle_event_id="f")]
    later = [row(MAR + timedelta(days=d), cycle_event_id=f"x{i}") for i, d in enumerate(days)]
    unloaded = [row(JAN, cycle_event_id="y", load_seq=seq)]
    expected = fact_causes(events(*known), sight(JAN), sight(FEB))
    assert fact_causes(events(*known, *later, *unloaded), sight(JAN), sight(FEB)) == expected


def holds(*spans):
    rows = [("symbol", "BABA", "close", since, until, "why") for since, until in spans]
    columns = ["subject_kind", "subject_id", "metric", "since", "until", "cause"]
    types = dict.fromkeys(columns, pl.String()) | dict.fromkeys(["since", "until"], pl.Datetime("us", "UTC"))
    return pl.DataFrame(rows, schema=types, orient="row")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([], [], []),
        ([], [(JAN, None)], ["held"]),
        ([(JAN, None)], [(JAN, None)], []),
        ([(JAN, None)], [(JAN, FEB)], ["released"]),
        ([(JAN, None)], [(FEB, None)], ["held", "released"]),
        ([(JAN, FEB)], [], []),
    ],
)
def test_holds_and_releases(a, b, expected):
    assert [c.kind for c in hold_causes(holds(*a), holds(*b), as_of_a=MAR, as_of_b=MAR)] == expected


def line(value, status="assumption", path="scenario_sets[A].x", known_at="2026-11-28", why="w"):
    return {path: ConfiguredValue(path=path, value=value, unit="u", status=status, known_at=known_at, why=why)}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (line(1), line(1), []),
        (line(1), line(1, why="other words"), []),
        (line(1), line(2), ["assumption"]),
        (line(1), {}, ["assumption"]),
        ({}, line(1), ["assumption"]),
        (line(1, "article"), line(2, "article"), ["rule"]),
        (line(1, "article"), line(1, "assumption"), ["assumption"]),
        (line(1, "reported"), line(1, "reported", known_at="2026-01-01"), ["rule"]),
        (line("v1", None), line("v2", None), ["rule"]),
    ],
)
def test_assumptions_and_rules(a, b, expected):
    causes = definition_causes(a, b)
    assert [cause.kind for cause in causes] == expected
    for cause in causes:
        assert cause.detail["path"] == "scenario_sets[A].x"
        assert cause.detail["old"] == (next(iter(a.values())).value if a else None)
        assert cause.detail["new"] == (next(iter(b.values())).value if b else None)


def test_program_and_time():
    a = {"code_version": "1", "libraries": "x", "rules_version": "g", "platform": "p"}
    assert program_causes(a, a) == []
    kinds_found = [c.kind for c in program_causes(a, a | {"code_version": "2", "rules_version": "h"})]
    assert kinds_found == [CauseKind.CODE, CauseKind.RULE]
    assert program_causes(a, {"libraries": "x"}) == [], "what one does not say is not compared"
    assert time_causes(JAN, JAN) == []
    assert time_causes(JAN, FEB)[0].detail["days"] == 31
    assert "younger" in time_causes(FEB, JAN)[0].what


contributions = st.dictionaries(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("fg"), st.sampled_from("123456")),
    st.floats(-3, 3),
    min_size=0,
    max_size=20,
)


def evidence(content):
    rows = [(*key, value, JAN) for key, value in content.items()]
    names = ["scenario", "family", "event_id"]
    types = dict.fromkeys(names, pl.String()) | {
        "contribution_nats": pl.Float64(), "known_at": pl.Datetime("us", "UTC"),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=types, orient="row")


@given(a=contributions, b=contributions)
def test_changes_of_contributions_add_up_to_the_change_of_the_log_odds(a, b):
    for change in odds_changes(evidence(a), evidence(b)):
        sums = [math.fsum(v for k, v in side.items() if k[0] == change.scenario) for side in (a, b)]
        assert (change.log_odds_a_nats, change.log_odds_b_nats) == pytest.approx(tuple(sums), abs=1e-12)
        moved = math.fsum(line["change_nats"] for line in change.happenings)
        assert moved == pytest.approx(sums[1] - sums[0], abs=1e-9)
        for happening in change.happenings:
            key = (change.scenario, happening["family"], happening["event_id"])
            assert happening["why"] == ("appeared" if key not in a else "gone" if key not in b else "weighs otherwise")
    assert {c.scenario for c in odds_changes(evidence(a), evidence(b))} == {k[0] for k in (*a, *b)}
