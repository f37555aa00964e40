"""Which figure speaks at which step."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Reading
from transforms.phases.figures import figures_of
from transforms.phases.places import places_of
from transforms.phases.steps import microseconds, quarter_ends

GROWTH = ("revenue_yoy_frac", Reading.LEVEL, False)
CAPEX = ("capex", Reading.YEAR_ON_YEAR, True)
SWING = ("revenue_yoy_acceleration_frac", Reading.MAGNITUDE, False)


@pytest.fixture
def read(configuration, given):
    """`read(*metric rows)`: levels of Alibaba's cloud at the last four steps, by key, and the latest rows."""
    places = places_of(configuration.universe)
    steps = np.array([microseconds(end) for end in quarter_ends(given.as_of, 40)])

    def reading(*rows):
        found = figures_of(
            given.metrics(*rows), places=places, rules=configuration.phases, steps=steps, as_of=given.as_of
        )
        return {
            key: ([None if np.isnan(v) else v for v in f.levels[-4:, 0]], f.latest.row(0, named=True))
            for key, f in found.items()
        }

    return reading


def row(end: date, value: float | None, known: date, **more) -> dict:
    return {"period_end": end, "value": value, "known_at": end_of_day(known)} | more


def test_a_figure_speaks_from_its_print_until_the_next(read) -> None:
    # Steps: 2024-12-31, 2025-03-31, 2025-06-30, 2025-09-28.
    levels, _ = read(
        row(date(2024, 12, 31), 0.1, date(2025, 2, 1)), row(date(2025, 3, 31), 0.2, date(2025, 5, 1)),
        row(date(2025, 6, 30), 0.3, date(2025, 8, 1)),
    )[GROWTH]  # fmt: skip
    assert levels == [None, 0.1, 0.2, 0.3]


def test_an_older_period_printed_later_does_not_speak_over_the_newer(read) -> None:
    levels, _ = read(row(date(2025, 3, 31), 0.2, date(2025, 5, 1)), row(date(2024, 12, 31), 0.1, date(2025, 8, 1)))[
        GROWTH
    ]
    assert levels[-2:] == [0.2, 0.2]


def test_a_figure_dies_when_no_newer_one_comes(read) -> None:
    levels, latest = read(row(date(2024, 12, 31), 0.1, date(2025, 2, 1)))[GROWTH]
    assert levels == [None, 0.1, 0.1, None]
    assert latest["null_reason"] == "the last figure, for 2024-12-31, is too old to speak"


def test_the_newest_quarter_speaks_also_by_its_silence(read) -> None:
    levels, latest = read(
        row(date(2025, 3, 31), 0.2, date(2025, 5, 1)),
        row(date(2025, 6, 30), None, date(2025, 8, 1), null_reason="another basis"),
    )[GROWTH]
    assert levels == [None, None, 0.2, None]
    assert latest["null_reason"] == "another basis"
    assert latest["first_known_at"] is None


def test_the_whole_companys_capex_is_read_against_the_year_before(read) -> None:
    group = {"segment": "group", "metric": "capex", "unit": "CNY"}
    levels, latest = read(
        row(date(2024, 6, 30), 100.0, date(2024, 8, 1), **group),
        row(date(2025, 6, 30), 150.0, date(2025, 8, 1), **group),
    )[CAPEX]
    assert levels[-1] == pytest.approx(0.5)
    assert latest["known_at"] == end_of_day(date(2025, 8, 1))


@pytest.mark.parametrize(("before", "reason"), [(None, "nothing is reported"), (0.0, "not above zero"),
                                                (-5.0, "not above zero")])  # fmt: skip
def test_capex_without_a_year_before_has_no_growth(read, before, reason) -> None:
    group = {"segment": "group", "metric": "capex", "unit": "CNY"}
    rows = [row(date(2025, 6, 30), 150.0, date(2025, 8, 1), **group)]
    if before is not None:
        rows.append(row(date(2024, 6, 30), before, date(2024, 8, 1), **group))
    levels, latest = read(*rows)[CAPEX]
    assert levels[-1] is None
    assert reason in latest["null_reason"]


def test_a_year_of_53_weeks_is_a_year(read) -> None:
    group = {"segment": "group", "metric": "capex", "unit": "CNY"}
    levels, _ = read(
        row(date(2024, 7, 28), 100.0, date(2024, 8, 28), **group),
        row(date(2025, 8, 3), 130.0, date(2025, 8, 28), **group),
    )[CAPEX]
    assert levels[-1] == pytest.approx(0.3)


def test_a_magnitude_has_no_sign(read) -> None:
    found = read(row(date(2025, 6, 30), -0.04, date(2025, 8, 1), metric=SWING[0]))
    assert found[SWING][0][-1] == pytest.approx(0.04)
    assert found[SWING[0], Reading.LEVEL, False][0][-1] == pytest.approx(-0.04)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_is_not_finite_is_no_figure(read, value) -> None:
    levels, latest = read(row(date(2025, 6, 30), value, date(2025, 8, 1)))[GROWTH]
    assert levels[-1] is None
    assert latest["value"] is None
    assert latest["null_reason"]


def test_rows_with_a_detail_are_another_metric(read) -> None:
    levels, _ = read(row(date(2025, 6, 30), 0.3, date(2025, 8, 1), detail="something"))[GROWTH]
    assert levels[-1] is None


def test_order_does_not_matter(read) -> None:
    rows = [row(date(2025, 3, 31), 0.2, date(2025, 5, 1)), row(date(2025, 6, 30), 0.3, date(2025, 8, 1))]
    assert read(*rows) == read(*reversed(rows))
