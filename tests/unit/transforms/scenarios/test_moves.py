"""Shapley values over families: worked examples, symmetry, a family that does nothing."""

from __future__ import annotations

import math

import polars as pl
import pytest

from transforms.scenarios.moves import moves_between, moves_from_prior, parts_of
from transforms.scenarios.probabilities import probabilities


def evidence(*rows: tuple[str, str, float]) -> pl.DataFrame:
    schema = {"scenario": pl.String, "family": pl.String, "contribution_nats": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def values(moves: pl.DataFrame, column: str = "shapley_frac") -> dict[tuple[str, str], float]:
    return {(s, f): v for s, f, v in moves.select("scenario", "family", column).iter_rows()}


def test_one_family_moves_all_of_it():
    moves = values(moves_from_prior(evidence(("a", "prior", 0.0), ("b", "prior", 0.0), ("a", "news", 1.0))))
    chance = 1 / (1 + math.exp(-1))
    assert moves["a", "news"] == pytest.approx(chance - 0.5, abs=1e-15)
    assert moves["b", "news"] == pytest.approx(0.5 - chance, abs=1e-15)


def test_two_families_as_worked_by_hand():
    moves = values(
        moves_from_prior(evidence(("a", "prior", 0.0), ("b", "prior", 0.0), ("a", "first", 1.0), ("b", "second", 2.0)))
    )

    def chance(first: float, second: float) -> float:
        return probabilities({"a": first, "b": second})["a"]

    # In the order first, second and in the order second, first.
    first = ((chance(1, 0) - chance(0, 0)) + (chance(1, 2) - chance(0, 2))) / 2
    second = ((chance(0, 2) - chance(0, 0)) + (chance(1, 2) - chance(1, 0))) / 2
    assert moves["a", "first"] == pytest.approx(first, abs=1e-15)
    assert moves["a", "second"] == pytest.approx(second, abs=1e-15)


def test_families_that_say_the_same_get_the_same():
    rows = [("a", "prior", 0.3), ("b", "prior", 0.0), ("a", "one", 0.5), ("a", "other", 0.5)]
    moves = values(moves_from_prior(evidence(*rows)))
    assert moves["a", "one"] == pytest.approx(moves["a", "other"], abs=1e-15)


def test_without_it_is_another_number_that_does_not_add_up():
    rows = [("a", "prior", 0.0), ("b", "prior", 0.0), ("a", "one", 2.0), ("a", "other", 2.0)]
    moves = moves_from_prior(evidence(*rows))
    left_out = values(moves, "without_it_frac")
    now = probabilities({"a": 4.0, "b": 0.0})["a"]
    assert left_out["a", "one"] == pytest.approx(probabilities({"a": 2.0, "b": 0.0})["a"], abs=1e-15)
    assert sum(now - v for (s, _), v in left_out.items() if s == "a") != pytest.approx(now - 0.5, abs=0.05)


def test_a_family_that_nets_to_nothing_is_left_out():
    rows = [("a", "prior", 0.0), ("b", "prior", 0.0), ("a", "both ways", 0.4), ("a", "both ways", -0.4)]
    assert moves_from_prior(evidence(*rows)).is_empty()


def test_between_two_answers_only_what_changed_moves():
    before = parts_of(evidence(("a", "prior", 0.0), ("b", "prior", 0.0), ("a", "old", 1.0), ("a", "kept", 0.2)))
    after = parts_of(evidence(("a", "prior", 0.0), ("b", "prior", 0.0), ("a", "new", 0.5), ("a", "kept", 0.2)))
    moves = moves_between(before, after)
    assert set(moves["family"]) == {"old", "new"}
    total = math.fsum(moves.filter(pl.col("scenario") == "a")["shapley_frac"])
    assert total == pytest.approx(
        probabilities({"a": 0.7, "b": 0.0})["a"] - probabilities({"a": 1.2, "b": 0.0})["a"], abs=1e-15
    )


def test_other_scenarios_or_too_many_families_are_refused():
    one = {"a": {"prior": 0.0}}
    with pytest.raises(ValueError, match="scenarios b after, a before"):
        moves_between(one, {"b": {"prior": 0.0}})
    with pytest.raises(ValueError, match="13 families move"):
        moves_between(one, {"a": {f"family {i}": 1.0 for i in range(13)}})
