"""Scores, means, and what they allow to be said."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from transforms.forecasts.record import record_of
from transforms.forecasts.resolve import OUTCOMES_SCHEMA
from transforms.forecasts.score import SCORES_SCHEMA, brier, log_score, scored

AS_OF = datetime(2025, 10, 1, tzinfo=UTC)
shares = st.lists(st.floats(0.01, 1), min_size=2, max_size=7).map(
    lambda weights: {str(i): w / math.fsum(weights) for i, w in enumerate(weights)}
)


def test_a_perfect_forecast_has_a_brier_score_of_zero() -> None:
    assert brier({"a": 1.0, "b": 0.0}, "a") == 0.0
    assert log_score({"a": 1.0, "b": 0.0}, "a") == 0.0
    assert brier({"a": 1.0, "b": 0.0}, "b") == 2.0
    assert log_score({"a": 1.0, "b": 0.0}, "b") == math.inf
    assert brier({"a": 0.5, "b": 0.5}, "a") == pytest.approx(0.5)


@given(shares)
def test_honesty_pays(truth: dict[str, float]) -> None:
    """Proper scores: by what one believes, nothing scores better than what one believes."""
    even = dict.fromkeys(truth, 1 / len(truth))
    for score in (brier, log_score):
        honest, other = (math.fsum(truth[o] * score(said, o) for o in truth) for said in (truth, even))
        assert honest <= other + 1e-12
        assert score(truth, next(iter(truth))) >= 0


def forecast(name: str, question: str, **said: tuple[float, float, float]) -> list[dict[str, object]]:
    shared = {"forecast_id": name, "company": "Alibaba", "question": question, "subject": "s", "origin": "live"}
    shared |= {"quarter": "2025Q4", "basis": "live", "status": "assumption", "rules_version": "r", "as_of": AS_OF}
    shared |= {"due_on": AS_OF.date(), "code_version": "c", "parameters_digest": "p", "created_at": AS_OF}
    return [
        shared | {"outcome": outcome, "probability": p, "climatology": c, "persistence": now}
        for outcome, (p, c, now) in said.items()
    ]


def made(*forecasts: list[dict[str, object]]) -> pl.DataFrame:
    rows = [row for rows in forecasts for row in rows]
    return pl.DataFrame(rows, schema=CONTRACTS["marts.forecasts"].polars_schema())


def outcomes(**happened: str | None) -> pl.DataFrame:
    rows = [
        {"forecast_id": name, "state": "open" if what is None else "resolved", "happened": what}
        | {"observed": 1.0, "outcome_known_at": AS_OF}
        for name, what in happened.items()
    ]
    return pl.DataFrame(rows, schema=OUTCOMES_SCHEMA)


def test_each_forecaster_is_scored_on_what_it_said() -> None:
    stated = made(forecast("f", "capex_above", above=(0.8, 0.5, 0.95), not_above=(0.2, 0.5, 0.05)))

    found = scored(stated, outcomes(f="above"))

    assert found.schema == SCORES_SCHEMA
    by_forecaster = {row["forecaster"]: row for row in found.iter_rows(named=True)}
    assert by_forecaster["model"]["brier"] == pytest.approx(0.08)
    assert by_forecaster["climatology"]["brier"] == pytest.approx(0.5)
    assert by_forecaster["persistence"]["brier"] == pytest.approx(0.005)
    assert by_forecaster["model"]["log_score"] == pytest.approx(-math.log(0.8))
    assert found["is_covered"].to_list() == [None] * 3


def test_only_our_own_band_covers() -> None:
    stated = made(forecast("f", "price_band", inside=(0.9, 0.8, 0.95), outside=(0.1, 0.2, 0.05)))

    covered = dict(scored(stated, outcomes(f="outside")).select("forecaster", "is_covered").iter_rows())

    assert covered == {"model": False, "climatology": None, "persistence": None}


def test_what_is_open_has_no_score() -> None:
    stated = made(forecast("f", "price_band", inside=(0.9, 0.8, 0.95), outside=(0.1, 0.2, 0.05)))

    assert scored(stated, outcomes(f=None)).is_empty()
    assert scored(stated.clear(), outcomes()).is_empty()


def record(n: int, *, ours: float, clim: float, now: float = 0.5, misses: int = 0):
    names = [f"f{i:02}" for i in range(n)]
    stated = made(
        *(
            forecast(name, "price_band", inside=(ours, clim, now), outside=(1 - ours, 1 - clim, 1 - now))
            for name in names
        )
    )
    happened = {name: "outside" if i < misses else "inside" for i, name in enumerate(names)}
    (found,) = record_of(scored(stated, outcomes(**happened)))
    return found


def test_we_say_that_we_do_not_beat_climatology() -> None:
    found = record(14, ours=0.6, clim=0.7)

    assert found.comparisons[0].sentence == "does not beat climatology: 0.320 against 0.180, n = 14"
    assert found.comparisons[0].skill == pytest.approx(1 - 0.32 / 0.18)
    assert found.n == 14


def test_equal_is_not_better() -> None:
    assert record(5, ours=0.7, clim=0.7).comparisons[0].sentence.startswith("does not beat climatology")


def test_a_lead_within_chance_is_called_that() -> None:
    narrow = record(4, ours=0.9, clim=0.55, misses=1).comparisons[0].sentence
    wide = record(40, ours=0.9, clim=0.6, misses=2).comparisons[0].sentence
    alone = record(1, ours=0.9, clim=0.6).comparisons[0].sentence

    assert narrow.startswith("is ahead of climatology, by no more than chance can do: ")
    assert wide.startswith("beats climatology: ")
    assert alone.startswith("is ahead of climatology, by no more than chance can do: ")


@pytest.mark.parametrize(
    ("misses", "verdict"), [(0, "above the aim"), (2, "within the aim"), (4, "below the aim"), (20, "below the aim")]
)
def test_coverage_is_held_against_its_aim(misses: int, verdict: str) -> None:
    found = record(20, ours=0.9, clim=0.8, misses=misses)

    assert found.coverage == pytest.approx(1 - misses / 20)
    assert found.coverage_sentence is not None
    assert verdict in found.coverage_sentence
    assert f"{20 - misses} of 20" in found.coverage_sentence


def test_no_scores_are_no_record() -> None:
    assert record_of(SCORES_SCHEMA.to_frame()) == []
