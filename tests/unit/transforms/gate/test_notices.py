"""One notice when a hold opens, one when it lasts, one when it ends: never two."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from transforms.gate.notices import NOTICE_SCHEMA, notices_due
from transforms.lineage import DOWNSTREAM_SCHEMA

NOW = datetime(2025, 10, 2, 21, tzinfo=UTC)
SINCE = datetime(2025, 10, 2, 20, 15, tzinfo=UTC)
NOTHING_SAID = NOTICE_SCHEMA.to_frame()


def holds(*subjects: str, until: datetime | None = None) -> pl.DataFrame:
    row = {"subject_kind": "symbol", "metric": "close", "since": SINCE, "until": until}
    row |= {"cause": "prices.csv: line 7: close 'x'", "quarantine_id": "q", "load_seq": 1}
    schema = CONTRACTS["ops.holds"].polars_schema()
    return pl.DataFrame([row | {"subject_id": s} for s in subjects], schema=schema)


def reach(*subjects: str) -> pl.DataFrame:
    row = {"output": "marts.scenario_runs", "company": "Alibaba", "subject_kind": "symbol", "metric": "close"}
    return pl.DataFrame([row | {"subject_id": s, "since": SINCE} for s in subjects], schema=DOWNSTREAM_SCHEMA)


def due(now_holds: pl.DataFrame, said: pl.DataFrame = NOTHING_SAID, *, days: float = 0) -> pl.DataFrame:
    now = NOW + timedelta(days=days)
    return notices_due(now_holds, said, reach("BABA"), now=now, limit_days=3)


def test_an_open_hold_is_told_once_with_its_cause_and_what_it_reaches():
    (told,) = due(holds("BABA")).to_dicts()
    assert (told["kind"], told["episode"], told["noticed_at"]) == ("opened", 1, NOW)
    assert json.loads(told["outputs"]) == ["marts.scenario_runs/Alibaba"]
    assert told["message"] == (
        "Held since 2025-10-02 20:15 UTC: symbol BABA, close. prices.csv: line 7: close 'x'. It reaches "
        "marts.scenario_runs/Alibaba: there the last good values stay, marked stale."
    )
    assert due(holds("BABA"), due(holds("BABA"))).is_empty()


def test_a_hold_that_reaches_nothing_says_so():
    assert "No output needs it." in due(holds("JD"))["message"][0]


@pytest.mark.parametrize(("days", "kinds"), [(2.9, []), (3.1, ["escalated"])])
def test_a_hold_is_escalated_when_it_lasts_longer_than_its_limit(days, kinds):
    assert due(holds("BABA"), due(holds("BABA")), days=days)["kind"].to_list() == kinds


def test_it_is_escalated_once():
    said = due(holds("BABA"))
    said = pl.concat([said, due(holds("BABA"), said, days=4)])
    assert due(holds("BABA"), said, days=40).is_empty()


@pytest.mark.parametrize("after", [holds(), holds("BABA", until=NOW)], ids=["corrected", "next observation"])
def test_its_end_is_told_once(after):
    said = due(holds("BABA"))
    (told,) = due(after, said).to_dicts()
    assert (told["kind"], told["episode"]) == ("lifted", 1)
    assert told["message"].startswith("No longer held: symbol BABA, close")
    assert due(after, pl.concat([said, due(after, said)])).is_empty()


def test_the_same_hold_that_opens_again_is_another_episode():
    said = due(holds("BABA"))
    said = pl.concat([said, due(holds(), said)])
    again = due(holds("BABA"), said)
    assert again.select("kind", "episode").rows() == [("opened", 2)]
    assert due(holds("BABA"), pl.concat([said, again]), days=4).select("kind", "episode").rows() == [("escalated", 2)]


def test_many_rows_that_hold_one_subject_are_one_notice_and_one_end():
    rows = pl.concat([holds("BABA").with_columns(since=pl.lit(SINCE + timedelta(days=n))) for n in range(5)])
    said = due(rows)
    assert said.select("kind", "since").rows() == [("opened", SINCE)]
    assert "(and 4 more)" in said["message"][0]
    assert due(rows.tail(2), said).is_empty(), "it is still held"
    assert due(holds(), said)["kind"].to_list() == ["lifted"]


def test_what_was_over_before_we_met_it_is_told_to_nobody():
    assert due(holds("BABA", until=NOW)).is_empty()


@given(st.lists(st.tuples(st.sets(st.sampled_from(["BABA", "JD"])), st.integers(0, 3)), max_size=8))
def test_no_hold_is_told_of_twice_whatever_happens(steps):
    said, day = NOTHING_SAID, 0
    for subjects, days in steps:
        day += days
        for _ in range(2):
            said = pl.concat([said, due(holds(*sorted(subjects)), said, days=day)])
    assert said.select(CONTRACTS["ops.notices"].key).is_unique().all()
    per_hold = said.group_by("subject_id", "episode").agg(pl.col("kind"))
    for kinds in per_hold["kind"].to_list():
        assert kinds.count("opened") == 1
        assert kinds == [k for k in ("opened", "escalated", "lifted") if k in kinds]
