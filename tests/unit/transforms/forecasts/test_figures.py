"""Thresholds and past answers of the questions about reported figures, and their first prints."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aicycle.model.instants import end_of_day
from transforms.forecasts.figures import (
    CAPEX,
    GROWTH,
    Figure,
    capex_question,
    due_on,
    first_prints,
    growth_question,
    known_figures,
    month_end,
    month_of,
)
from transforms.forecasts.outlooks import NoForecastError
from transforms.quarters import headline_segment

NOW = end_of_day(date(2024, 3, 1))
KNOWN = datetime(2024, 2, 9, tzinfo=UTC)
ENDS = [date(2022, 3, 31), date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 31)]
ENDS += [date(2023, end.month, end.day) for end in ENDS]


def figures(*values: float, last: date = date(2023, 12, 31)) -> tuple[Figure, ...]:
    first = month_of(last) - 3 * (len(values) - 1)
    return tuple(
        Figure(month=first + 3 * i, value=value, known_at=KNOWN, verification="source")
        for i, value in enumerate(values)
    )


def test_quarters_are_found_by_the_nearest_month_end() -> None:
    assert month_end(month_of(date(2025, 10, 26))) == date(2025, 10, 31)
    assert month_of(date(2024, 12, 28)) == month_of(date(2024, 12, 31)) == month_of(date(2025, 1, 3))
    assert month_end(month_of(date(2024, 2, 29))) == date(2024, 2, 29)
    assert month_end(month_of(date(2024, 12, 31)) + 3) == date(2025, 3, 31)


def test_growth_is_held_against_the_newest_known(configuration) -> None:
    question = growth_question(figures(0.10, 0.12, 0.11, 0.15), "cloud", rules=configuration.forecasts, as_of=NOW)

    assert question.threshold == 0.15
    assert month_end(question.month) == date(2024, 3, 31)
    assert question.distances == pytest.approx((0.02, -0.01, 0.04))


def test_a_quarter_that_is_missing_is_no_change_and_no_bridge(configuration) -> None:
    known = figures(0.10, 0.12, 0.11, 0.15)
    question = growth_question((*known[:1], *known[2:]), "cloud", rules=configuration.forecasts, as_of=NOW)

    assert question.distances == pytest.approx((0.04,))


def test_capex_is_held_against_a_multiple_of_the_year_before(configuration) -> None:
    question = capex_question(figures(100, 100, 100, 100, 130, 110, 120, 150), rules=configuration.forecasts, as_of=NOW)

    assert question.threshold == pytest.approx(1.2 * 130)
    assert question.distances == pytest.approx((0.1, -0.1, 0.0, 0.3))
    assert question.segment == "group"


@pytest.mark.parametrize("before", [0.0, -5.0])
def test_nothing_is_held_against_no_capex(configuration, before: float) -> None:
    with pytest.raises(NoForecastError, match="no capex above zero is known for 2023-03-31"):
        capex_question(figures(before, 110, 120, 150), rules=configuration.forecasts, as_of=NOW)


def test_without_figures_nothing_is_asked(configuration) -> None:
    with pytest.raises(NoForecastError, match="no growth of cloud is known"):
        growth_question((), "cloud", rules=configuration.forecasts, as_of=NOW)
    with pytest.raises(NoForecastError, match="no capex is known"):
        capex_question((), rules=configuration.forecasts, as_of=NOW)


def test_a_quarter_that_should_have_been_reported_is_not_asked_about(configuration) -> None:
    rules, known = configuration.forecasts, figures(0.1, 0.2)
    due = due_on(month_of(date(2024, 3, 31)), rules)

    assert due == date(2024, 7, 29)
    growth_question(known, "cloud", rules=rules, as_of=end_of_day(due))
    with pytest.raises(NoForecastError, match="was due by 2024-07-29"):
        growth_question(known, "cloud", rules=rules, as_of=end_of_day(date(2024, 7, 30)))


def test_the_headline_segment_is_the_cloud_or_the_first_reported(configuration) -> None:
    names = {c.name: headline_segment(c) for c in configuration.universe.companies}

    assert (names["Alibaba"], names["Nvidia"], names["Meta"], names["JD"]) == ("cloud", "chips", "group", None)


# --- from reported figures -------------------------------------------------------------------------------------------


def quarter(metric: str, end: date, value: float, known: date | None = None, **other: object) -> dict[str, object]:
    known_at = end_of_day(known or date(end.year + end.month // 12, end.month % 12 + 2, 1))
    return {
        "company": "Amazon", "segment": "AWS" if metric == "revenue" else "Total", "segment_basis": "as_reported",
        "metric": metric, "period_end": end, "duration_months": 3, "unit": "USD", "value": value,
        "known_at": known_at, "source_known_at": known_at,
    } | other  # fmt: skip


@pytest.fixture
def read(configuration, facts_of):
    company = configuration.universe.company("Amazon")

    def ask(rows, as_of: date):
        return known_figures(
            facts_of(figures=rows).reported_figures,
            universe=configuration.universe,
            company=company,
            as_of=end_of_day(as_of),
        )

    return ask


def test_growth_and_capex_are_those_of_the_metrics(read) -> None:
    rows = [quarter("revenue", end, 100.0 * (1 + i)) for i, end in enumerate(ENDS)]
    rows += [quarter("capex", ENDS[0], 7.0)]

    known = read(rows, date(2024, 3, 1))

    assert [f.value for f in known["cloud", GROWTH]] == pytest.approx([4.0, 2.0, 4 / 3, 1.0])
    assert [(f.month, f.value) for f in known["group", CAPEX]] == [(month_of(ENDS[0]), 7.0)]
    assert read(rows, date(2023, 4, 30)).get(("cloud", GROWTH)) is None


def test_the_first_print_stays_what_it_was(configuration, facts_of) -> None:
    rows = [quarter("revenue", end, 100.0) for end in ENDS[:7]]
    rows += [
        quarter("revenue", ENDS[7], 150.0, date(2024, 2, 1)),
        quarter("revenue", ENDS[7], 120.0, date(2024, 5, 1), load_seq=2),
    ]
    figures = facts_of(figures=rows).reported_figures
    company = configuration.universe.company("Amazon")

    prints = first_prints(
        figures,
        universe=configuration.universe,
        company=company,
        since=end_of_day(date(2024, 1, 1)),
        until=end_of_day(date(2024, 6, 1)),
    )

    assert prints["cloud", GROWTH, month_of(ENDS[7])] == (0.5, end_of_day(date(2024, 2, 1)))
    # What was known before is told with the instant that was asked from.
    assert prints["cloud", GROWTH, month_of(ENDS[6])] == (0.0, end_of_day(date(2024, 1, 1)))
