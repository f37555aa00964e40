"""What follows from the provenance of configured numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from aicycle.model.kinds import Basis, EventType, Status
from aicycle.model.parameters import Parameter, PhaseVote
from aicycle.model.provenance import basis_on, known_dates_of, parameters_within, status_of


def parameter(status: Status = Status.REPORTED, known: date = date(2025, 9, 28)) -> Parameter[float]:
    return Parameter(value=1.0, unit="x", status=status, source="s", why="w", known_at=known)


VOTE = PhaseVote(event_type=EventType.REGULATION, phase=parameter(), half_life_years=parameter(Status.ASSUMPTION))


def test_parameters_are_found_wherever_they_stand() -> None:
    paths = [path for path, _ in parameters_within({"votes": (VOTE, "text", None), "bare": parameter()})]
    assert paths == [("votes", 0, "phase"), ("votes", 0, "half_life_years"), ("bare",)]


def test_a_definition_counts_from_its_day_on() -> None:
    day = date(2025, 9, 28)
    assert basis_on(datetime(2025, 9, 28, 0, 0, tzinfo=UTC), [day]) is Basis.LIVE
    assert basis_on(datetime(2025, 9, 27, 23, 59, tzinfo=UTC), [day]) is Basis.HINDSIGHT
    assert basis_on(datetime(2025, 9, 28, 1, 0, tzinfo=timezone(timedelta(hours=8))), [day]) is Basis.HINDSIGHT, "UTC"


def test_one_younger_definition_is_enough_for_hindsight() -> None:
    as_of = datetime(2025, 9, 28, tzinfo=UTC)
    assert basis_on(as_of, [date(2020, 1, 1), date(2026, 1, 1)]) is Basis.HINDSIGHT
    assert basis_on(as_of, []) is Basis.LIVE


def test_known_dates_and_status_of_definitions() -> None:
    assert known_dates_of(VOTE, parameter(known=date(2020, 1, 1))) == [date(2025, 9, 28)] * 2 + [date(2020, 1, 1)]
    assert status_of(VOTE) is Status.ASSUMPTION
    assert status_of(parameter(), parameter(Status.ARTICLE)) is Status.ARTICLE
    assert status_of() is Status.ASSUMPTION, "what rests on nothing is assumed"


@pytest.mark.parametrize(
    ("verification", "status"),
    [("source", "reported"), ("crosscheck", "reported"), ("derived", "derived"), ("unchecked", "assumption")],
)
def test_a_fact_is_worth_what_its_source_is(verification: str, status: str) -> None:
    assert status_of(parameter(), verifications=[verification]) == status


def test_an_unknown_verification_is_no_status() -> None:
    with pytest.raises(ValueError, match="hearsay"):
        status_of(verifications=["hearsay"])
