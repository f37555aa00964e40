"""Spending: what was announced as it was announced, what was spent in its own currency."""

from __future__ import annotations

from datetime import UTC, datetime

from aicycle.report.sections.spending import spending_section


def rows_of_table(table):
    return [[cell.text for cell in row] for row in table.rows]


def one(views, **more):
    rows = [views.announcement_row("a1", "capex_plan", **more)]
    return spending_section(views.empty_view(announcements=views.frame("announcements", rows)))


def test_plans_stand_with_amount_twin_and_horizon(views):
    table = spending_section(views.full_view()).plans.table
    assert rows_of_table(table)[1][:6] == [
        "Alibaba",
        "plan",
        "CNY 380 bn",
        "USD 53 bn",
        "2025-02 to 2028-02",
        "2025-02-24",
    ]


def test_a_plan_without_an_amount_says_so_and_gets_none(views):
    section = spending_section(views.full_view())
    assert rows_of_table(section.plans.table)[0][1:3] == ["increase", "no amount given"]
    assert "1 of Alibaba's gives no amount, and none is filled in" in section.lead


def test_the_company_stands_first_then_others(views):
    companies = [row[0] for row in rows_of_table(spending_section(views.full_view()).plans.table)]
    assert companies == ["Alibaba", "Alibaba", "Meta"]


def test_what_is_no_spending_is_left_out_and_counted(views):
    section = spending_section(views.full_view())
    assert "1 announcement of other kinds" in section.lead
    assert "ARK Invest" not in repr(section)


def test_spending_in_announcements_is_no_plan(views):
    section = spending_section(views.full_view())
    assert [row[1] for row in rows_of_table(section.announced)] == ["spent"]
    assert "spent" not in {row[1] for row in rows_of_table(section.plans.table)}


def test_ranges_stay_ranges(views):
    rows = rows_of_table(spending_section(views.full_view()).plans.table)
    assert rows[2][2] == "USD 66\u201372 bn"


def test_the_same_amount_in_one_announcement_stands_once(views):
    rows = [
        views.announcement_row(item, "capex_plan", amount_low=1e9, amount_high=1e9, announcement_id="same")
        for item in ("a1", "a2", "a3")
    ]
    section = spending_section(views.empty_view(announcements=views.frame("announcements", rows)))
    assert len(section.plans.table.rows) == 1


def test_denied_and_hypothetical_plans_say_so(views):
    section = one(views, is_negated=True, is_hypothetical=True, is_third_party=True, origin="extracted")
    assert rows_of_table(section.plans.table)[0][7] == (
        "hypothetical, denied or cancelled, third party's claim, read from a text"
    )
    assert "denied" in section.plans.figure["layout"]["annotations"][0]["text"]


def test_horizons_that_are_no_days_are_shown_but_not_drawn(views):
    section = one(views, horizon_start="soon", horizon_end="2025-13")
    assert rows_of_table(section.plans.table)[0][4] == "soon to 2025-13"
    assert not [trace for trace in section.plans.figure["data"] if trace["type"] == "bar"]


def test_partial_days_span_all_they_name(views):
    (bar,) = (
        trace
        for trace in one(views, horizon_start="2025", horizon_end="2026-02").plans.figure["data"]
        if trace["type"] == "bar"
    )
    assert bar["base"] == ["2025-01-01"]
    assert bar["x"] == [(365 + 31 + 28) * 86_400_000]


def test_quarterly_capex_is_the_groups_in_each_companys_currency(views):
    section = spending_section(views.full_view())
    assert section.spent.title == "Alibaba, quarterly capex, CNY"
    assert [chart.title for chart in section.peers] == ["Microsoft, quarterly capex, USD"]
    assert section.spent.figure["data"][0]["y"] == [1e10, 2e10, 3e10, 4e10]


def test_a_plan_known_never_is_listed(views):
    assert rows_of_table(one(views, known_at=None).plans.table)[0][5] == "\u2013"


def test_plans_beyond_the_drawn_ones_are_said_to_be_in_the_table(views):
    rows = [
        views.announcement_row(
            f"a{i}", "capex_plan", amount_low=1e9 * (i + 1), known_at=datetime(2020 + i % 5, 1, 1, tzinfo=UTC)
        )
        for i in range(30)
    ]
    chart = spending_section(views.empty_view(announcements=views.frame("announcements", rows))).plans
    assert "20 older plans are in the table only" in chart.notes[0]
    assert len(chart.table.rows) == 30


def test_nothing_announced_is_said(views):
    section = spending_section(views.empty_view())
    assert section.plans is None
    assert section.spent is None
    assert section.lead == "No spending plan is known by this day."
