"""Taking invariants: one that raises or does not keep its word is broken, and the others are taken."""

from __future__ import annotations

import math
from types import SimpleNamespace

import polars as pl
import pytest

from aicycle.model.kinds import Severity
from transforms.gate.invariants import METRICS_SCHEMA, Invariant, take_invariants


def invariant(name: str, take) -> Invariant:
    return Invariant(check_name=name, table="core.daily_bars", severity=Severity.BLOCKING, take=take)


def metric(name: str = "gap", value: float | None = 1.0, limit: float | None = 2.0) -> pl.DataFrame:
    return pl.DataFrame([{"check_name": name, "value": value, "limit": limit}], schema=METRICS_SCHEMA, orient="row")


def test_metrics_stand_in_the_order_of_the_invariants():
    context = SimpleNamespace(name="age")
    taken = take_invariants(
        context, [invariant("gap", lambda _: metric()), invariant("age", lambda given: metric(given.name))]
    )
    assert taken.metrics["check_name"].to_list() == ["gap", "age"]
    assert taken.metrics.schema == METRICS_SCHEMA
    assert taken.broken == {}


@pytest.mark.parametrize(
    ("take", "said"),
    [
        (lambda _: 1 / 0, "division by zero"),
        (lambda _: metric().drop("limit"), "limit"),
        (lambda _: metric("age"), "metrics of checks it is not: age"),
        (lambda _: metric(value=math.nan), "no number in 1 of 1 metrics"),
        (lambda _: metric(limit=None), "no number in 1 of 1 metrics"),
    ],
)
def test_one_that_fails_is_broken_and_the_others_are_taken(take, said):
    taken = take_invariants(SimpleNamespace(), [invariant("gap", take), invariant("age", lambda _: metric("age"))])
    assert taken.metrics["check_name"].to_list() == ["age"]
    assert set(taken.broken) == {"gap"}
    assert said in taken.broken["gap"]


def test_of_no_invariants_nothing_is_taken():
    assert take_invariants(SimpleNamespace(), []).metrics.is_empty()
