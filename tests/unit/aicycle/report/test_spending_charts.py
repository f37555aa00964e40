"""Plans without an amount are empty bars, spending nobody checked is hatched."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.report import palette
from aicycle.report.spending_charts import Plan, Spent, plan_chart, shifted, spending_chart


def a_plan(**more):
    base = {
        "company": "Alibaba",
        "is_focus": True,
        "kind": "plan",
        "amount": "CNY 380 bn",
        "has_amount": True,
        "known_date": date(2025, 2, 24),
        "start_date": date(2025, 2, 1),
        "end_date": date(2028, 2, 29),
        "remark": "",
    }
    return Plan(**(base | more))


def bars(spec):
    return [trace for trace in spec["data"] if trace["type"] == "bar"]


def test_plotly_accepts_the_figures():
    from plotly.graph_objects import Figure

    plans = [a_plan(), a_plan(has_amount=False, amount="no amount given"), a_plan(is_focus=False, end_date=None)]
    spec = plan_chart(plans, date(2025, 9, 28))
    Figure(data=spec["data"], layout=spec["layout"])
    spent = spending_chart([Spent(date(2025, 6, 30), 3.8e10, "source")], "CNY", is_focus=True)
    Figure(data=spent["data"], layout=spent["layout"])


def test_a_plan_without_an_amount_is_an_empty_bar_that_says_so():
    full, empty = (
        plan_chart([plan], date(2025, 9, 28)) for plan in (a_plan(), a_plan(has_amount=False, amount="no amount given"))
    )
    assert bars(full)[0]["marker"]["color"] == palette.ACCENT
    assert bars(empty)[0]["marker"]["color"] == palette.CLEAR
    assert "no amount given" in empty["layout"]["annotations"][0]["text"]


@pytest.mark.parametrize("gap", [{"start_date": None}, {"end_date": None}, {"end_date": date(2020, 1, 1)}])
def test_a_plan_without_a_usable_horizon_has_no_bar_but_its_diamond(gap):
    spec = plan_chart([a_plan(**gap)], date(2025, 9, 28))
    assert bars(spec) == []
    assert spec["data"][-1]["x"] == ["2025-02-24"]


def test_a_plan_without_a_horizon_says_so():
    (note,) = plan_chart([a_plan(end_date=None)], date(2025, 9, 28))["layout"]["annotations"]
    assert "no horizon given" in note["text"]


def test_bars_span_the_horizon_to_its_last_day():
    (bar,) = bars(plan_chart([a_plan(start_date=date(2025, 1, 1), end_date=date(2025, 12, 31))], date(2025, 9, 28)))
    assert bar["base"] == ["2025-01-01"]
    assert bar["x"] == [365 * 86_400_000]


def test_quarters_nobody_checked_are_hatched_and_unknown_ones_not_drawn():
    spent = [
        Spent(date(2024, 12, 31), 3e10, "unchecked"),
        Spent(date(2025, 3, 31), None, "source"),
        Spent(date(2025, 6, 30), 4e10, "source"),
    ]
    (trace,) = spending_chart(spent, "CNY", is_focus=True)["data"]
    assert trace["x"] == ["2024-12-31", "2025-06-30"]
    assert trace["marker"]["pattern"]["shape"] == ["/", ""]


@pytest.mark.parametrize("amount", [0.0, -1.0, 1e-9, 7.3e10, 1e308])
def test_any_amount_has_ticks(amount):
    axis = spending_chart([Spent(date(2025, 6, 30), amount, "source")], "CNY", is_focus=False)["layout"]["yaxis"]
    assert "nticks" in axis or len(axis["tickvals"]) in range(2, 8)


def test_days_at_the_end_of_the_calendar_stay_in_it():
    assert shifted(date.max, 66) == date.max
    assert shifted(date.min, -66) == date.min
    assert shifted(date(2025, 1, 1), 31) == date(2025, 2, 1)


def test_company_names_bring_no_markup():
    text = plan_chart([a_plan(company="<img src=x>")], date(2025, 9, 28))["layout"]["annotations"][0]["text"]
    assert "<img" not in text
    assert "&lt;img" in text
