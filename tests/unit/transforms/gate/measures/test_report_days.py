"""The day on which figures were reported, against those of their report, their source and their company."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
FILING = "https://www.sec.gov/Archives/edgar/data/1577552/000110465924042245/ex99-1.htm"
PAGE = "https://news.example/market"
WITH_ITS_PERIOD = "reported_on.with_its_period"
OF_ITS_REPORT = "reported_on.of_its_report"


def reported(row, lag):
    """A figure reported so many days after its period."""
    day = row["period_end"] + timedelta(days=lag)
    return row | {"reported_on": day, "known_on": day}


def series(count=8, **more):
    return [figure(n, 20e9 * 1.03**n, **more) for n in range(count)]


def test_a_late_report_is_said(figures, failures, nothing_known):
    rows = series()
    day = rows[-1]["period_end"] + timedelta(days=150)
    rows[-1] |= {"reported_on": day, "known_on": day}
    assert failures(TABLE, figures(*rows), nothing_known) == {(7, "reported_on.usual")}


def test_a_report_has_one_day(figures, stopped, nothing_known):
    rows = [figure(7, 5e9 + n * 1e9, segment=f"segment {n}", source=FILING) for n in range(4)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()
    later = rows[0]["reported_on"] + timedelta(days=30)
    rows[0] |= {"reported_on": later, "known_on": later}
    assert stopped(TABLE, figures(*rows), nothing_known) == {(0, "reported_on.of_its_report")}


def test_a_table_of_several_years_has_several_days(figures, failures, nothing_known):
    assert failures(TABLE, figures(*series(source=PAGE)), nothing_known) == set()


def capex(lag, number=7, **more):
    return reported(figure(number, 9e9, metric="capex", segment="Total", **more), lag)


@pytest.mark.parametrize(
    ("lag", "is_stopped"), [(40, False), (37, False), (36, True), (10, True), (-6, False), (60, False)]
)
def test_a_company_gives_all_figures_of_a_period_at_once(figures, stopped, nothing_known, lag, is_stopped):
    """At -6, 46 days sooner, the rest was told later, as a comparative. (That the period was not over is said too.)"""
    rows = [*series(), capex(lag)]
    found = {(row, check) for row, check in stopped(TABLE, figures(*rows), nothing_known) if check == WITH_ITS_PERIOD}
    assert found == ({(8, WITH_ITS_PERIOD)} if is_stopped else set())


@pytest.mark.parametrize(("lag", "expected"), [(16, {(8, WITH_ITS_PERIOD)}), (14, set())])
def test_what_is_told_half_a_quarter_later_is_told_of_another_period(figures, stopped, nothing_known, lag, expected):
    rows = [*(reported(row, 60) for row in series()), capex(lag)]
    assert stopped(TABLE, figures(*rows), nothing_known) == expected


def test_a_report_that_comes_sooner_than_ever_is_no_fault_by_itself(figures, stopped, nothing_known):
    rows = [*(reported(row, 54) for row in series(7)), reported(figure(7, 24e9), 30), capex(30)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


def test_without_a_report_before_nobody_is_blamed_for_two_days(figures, stopped, nothing_known):
    rows = [figure(7, 20e9), figure(7, 30e9, segment="AIDC"), capex(20)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()
    before = nothing_known.believing(TABLE, figures(figure(6, 20e9)))
    assert stopped(TABLE, figures(*rows), before) == {(2, WITH_ITS_PERIOD)}
    assert stopped(TABLE, figures(*rows[:2], capex(60)), before) == set()


def test_a_release_is_no_early_part_of_the_annual_report(figures, stopped, nothing_known):
    """Every year the release gives revenue, and the report six weeks later what else there is."""
    years = [figure(number, 100e9, 12, source="release") for number in (3, 7, 11)]
    rows = [reported(row, 55) for row in years]
    more = ("capex", "cost_of_revenue")
    rows += [reported(row | {"metric": name, "source": "20-F"}, 90) for row in years for name in more]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()
    context = nothing_known.believing(TABLE, figures(*rows[:3]))
    assert stopped(TABLE, figures(*rows), context) == set()


def test_comparatives_of_a_later_report_are_no_habit(figures, stopped, nothing_known):
    old = [reported(figure(number, 20e9), 40 + 366) for number in range(4)]
    new = [reported(figure(4 + number, 21e9), 40) for number in range(4)]
    assert stopped(TABLE, figures(*old, *new), nothing_known) == set()
    late = [reported(row | {"metric": "capex", "segment": "Total"}, 80) for row in new]
    assert stopped(TABLE, figures(*old, *new, *late), nothing_known) == set()


def test_a_figure_is_dated_against_what_is_believed(figures, stopped, nothing_known):
    context = nothing_known.believing(TABLE, figures(*series()))
    assert stopped(TABLE, figures(capex(31), start=8), context) == {(8, WITH_ITS_PERIOD)}
    assert stopped(TABLE, figures(capex(40), start=8), context) == set()


def test_a_month_is_told_before_its_quarter(figures, stopped, nothing_known):
    month = reported(figure(7, 7e9, months=1), 10)
    found = stopped(TABLE, figures(*series(), figure(7, 30e9, segment="AIDC"), month), nothing_known)
    assert WITH_ITS_PERIOD not in {check for _, check in found}


def test_revisions_of_a_figure_make_its_first_print_no_early_one(figures, stopped, nothing_known):
    rows = [*series(), reported(figure(7, 20e9 * 1.03**7), 60)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


def test_what_holds_at_a_moment_is_told_on_its_own_day(figures, stopped, nothing_known):
    shares = {"metric": "ads_outstanding", "unit": "shares", "segment": "Total"}
    rows = [*series(), reported(figure(7, 2.4e9, months=0) | shares, 2)]
    assert WITH_ITS_PERIOD not in {check for _, check in stopped(TABLE, figures(*rows), nothing_known)}


def test_of_two_figures_of_one_source_that_differ_either_may_be_wrong(figures, stopped, nothing_known):
    pair = [figure(7, 20e9, source=FILING), capex(31, source=FILING)]
    assert stopped(TABLE, figures(*pair), nothing_known) == {(0, OF_ITS_REPORT), (1, OF_ITS_REPORT)}
    context = nothing_known.believing(TABLE, figures(pair[0]))
    assert stopped(TABLE, figures(pair[1], start=1), context) == {(1, OF_ITS_REPORT)}
    told_anew = [pair[0], capex(40 + 91, source=FILING)]
    assert stopped(TABLE, figures(*told_anew), nothing_known) == set()


def test_one_table_of_others_has_one_day(figures, stopped, nothing_known):
    told = {"metric": "global_cloud_share", "unit": "percent", "segment": "Total", "source": PAGE}
    rows = [figure(7, 10.0 * n, **told, company=name) for n, name in enumerate(("Amazon", "Microsoft", "Alphabet"), 1)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()
    rows[0] = reported(rows[0], 31)
    assert stopped(TABLE, figures(*rows), nothing_known) == {(0, OF_ITS_REPORT)}
    assert stopped(TABLE, figures(*rows[:2]), nothing_known) == set(), "one other may be the wrong one"


@pytest.mark.parametrize("metric", ["revenue", "capex_guidance"])
def test_a_page_may_gather_what_companies_say_on_days_of_their_own(figures, stopped, nothing_known, metric):
    names = ("Amazon", "Microsoft", "Alphabet")
    rows = [
        figure(7, 20e9 + n, company=name, unit="USD", source=PAGE, metric=metric, segment="Total")
        for n, name in enumerate(names)
    ]
    assert stopped(TABLE, figures(reported(rows[0], 25), *rows[1:]), nothing_known) == set()


def test_what_is_told_per_share_is_the_company_s_own(figures, stopped, nothing_known):
    names = ("revenue", "capex", "revenue_per_share")
    rows = [figure(7, 9e9, metric=name, segment="Total", source=FILING) for name in names]
    found = stopped(TABLE, figures(*rows[:2], reported(rows[2], 70)), nothing_known)
    assert (2, OF_ITS_REPORT) in found
