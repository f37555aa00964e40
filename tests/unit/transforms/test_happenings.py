"""Since when a happening is known: by the first print of what reports it here, and by nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from transforms.event_members import event_members
from transforms.happenings import known_happenings, left_of_it

EVENTS = CONTRACTS["core.cycle_events"]
NO_SPENDING = CONTRACTS["core.announcements"].polars_schema().to_frame()
AS_OF = datetime(2025, 9, 28, tzinfo=UTC)
OLD, NEW = datetime(2021, 6, 8, tzinfo=UTC), datetime(2025, 9, 20, tzinfo=UTC)


def event(event_id: str, announcement_id: str, known_at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "cycle_event_id": event_id, "announcement_id": announcement_id, "known_at": known_at,
        "source_known_at": known_at, "event_time": date(2021, 1, 1), "company": "Alibaba", "segment": "cloud",
        "type": "region_launch", "direction": 1, "country": "BR", "is_realised": True, "title": "t",
        "known_precision": "day", "verification": "source", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64,
        "byte_start": 0, "byte_end": 1,
    } | more  # fmt: skip


def dated(*rows: dict[str, Any]) -> dict[str, datetime]:
    events = pl.DataFrame(rows, schema=EVENTS.polars_schema())
    found = known_happenings(events, event_members(NO_SPENDING, events), EVENTS, as_of=AS_OF)
    return dict(found.select("cycle_event_id", "happening_known_at").iter_rows())


@pytest.mark.parametrize("change", [{"title": "another"}, {"announcement_id": "another"}, {"direction": -1}])
def test_no_restatement_makes_a_happening_young_again(change):
    restated = event("e", "a", NEW, revision=1, load_seq=2, source_known_at=OLD) | change
    assert dated(event("e", "a", OLD), restated) == {"e": OLD}


def test_another_row_of_the_same_announcement_does_not_either():
    assert dated(event("e", "a", OLD), event("f", "a", NEW)) == {"e": OLD, "f": OLD}


def test_what_another_company_said_of_the_announcement_moves_nothing():
    assert dated(event("e", "a", NEW), event("n", "a", OLD, company="Nvidia")) == {"e": NEW, "n": OLD}


def test_what_was_taken_back_dates_nothing():
    wrong = event("w", "a", OLD)
    taken_back = event("w", "a", NEW, revision=1, load_seq=2, is_retracted=True)
    assert dated(event("e", "a", NEW), wrong, taken_back) == {"e": NEW}


def test_a_version_known_later_plays_no_part():
    later = event("e", "b", datetime(2026, 1, 1, tzinfo=UTC), revision=1, load_seq=2, is_retracted=True)
    assert dated(event("e", "a", NEW), later) == {"e": NEW}


@pytest.mark.parametrize(("days", "left"), [(0.0, 1.0), (365.25, 0.5), (730.5, 0.25)])
def test_half_is_left_after_one_half_life(days: float, left: float) -> None:
    known_at = pl.lit(AS_OF - timedelta(days=days)).cast(pl.Datetime("us", "UTC"))
    assert pl.select(left_of_it(known_at, pl.lit(1.0), as_of=AS_OF)).item() == pytest.approx(left)
