"""The day on which figures were reported, against those of their report, their source and their company."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
FILING = "https://www.sec.gov/Archives/edgar/data/1577552/000110465924042245/ex99-1.htm"
PAGE = "https://news.example/market"
SOONEST, WITH_ITS_PERIOD = "reported_on.soonest", "reported_on.with_its_period"
OF_ITS_REPORT = "reported_on.of_its_report"
WEDNESDAY = 2


def reported(row, lag):
    """A figure reported so many days after its period."""
    day = row["period_end"] + timedelta(days=lag)
    return row | {"reported_on": day, "known_on": day}


def series(count=8, **more):
    return [figure(n, 20e9 * 1.03**n, **more) for n in range(count)]


def on_weekday(row, weekday, before=44):
    """A figure reported on the last such day of the week that comes sooner than so many days after its period."""
    lags = range(before - 7, before)
    (lag,) = (lag for lag in lags if (row["period_end"] + timedelta(days=lag)).weekday() == weekday)
    return reported(row, lag)


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


@pytest.mark.parametrize(("lag", "expected"), [(40, set()), (33, set()), (32, {(4, SOONEST)}), (10, {(4, SOONEST)})])
def test_a_report_may_be_a_week_sooner_than_ever(figures, stopped, nothing_known, lag, expected):
    rows = series(5)
    assert stopped(TABLE, figures(*rows[:4], reported(rows[4], lag)), nothing_known) == expected


@pytest.mark.parametrize(("weekday", "expected"), [(WEDNESDAY, set()), (WEDNESDAY - 1, {(7, SOONEST)})])
def test_days_sooner_than_ever_on_a_weekday_like_never(figures, stopped, nothing_known, weekday, expected):
    rows = [on_weekday(row, WEDNESDAY) for row in series()]
    soonest = min((row["reported_on"] - row["period_end"]).days for row in rows[:7])
    last = on_weekday(rows[7], weekday, before=soonest)
    assert 0 < soonest - (last["reported_on"] - last["period_end"]).days <= 7
    assert stopped(TABLE, figures(*rows[:7], last), nothing_known) == expected


def test_what_comes_later_makes_no_earlier_report_too_soon(figures, stopped, nothing_known):
    rows = [reported(row, 20 if place < 4 else 60) for place, row in enumerate(series())]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


def test_with_few_reports_none_is_too_soon(figures, stopped, nothing_known):
    rows = series(3)
    assert stopped(TABLE, figures(*rows[:2], reported(rows[2], 10)), nothing_known) == set()
    rows = series(4)
    assert stopped(TABLE, figures(*rows[:3], reported(rows[3], 10)), nothing_known) == {(3, SOONEST)}


def test_what_others_say_of_a_company_has_no_day_of_the_company_s(figures, stopped, nothing_known):
    told = {"metric": "global_cloud_share", "unit": "percent", "value": 4.0}
    rows = [row | told for row in series()]
    assert stopped(TABLE, figures(*rows[:7], reported(rows[7], 10)), nothing_known) == set()
    quarter = [figure(7, 20e9), reported(figure(7, 0.0) | told, 31)]
    assert stopped(TABLE, figures(*quarter), nothing_known) == set()


def capex(lag, number=7):
    return reported(figure(number, 9e9, metric="capex", segment="Total"), lag)


@pytest.mark.parametrize(
    ("lag", "is_stopped"), [(40, False), (37, False), (36, True), (10, True), (-6, False), (60, False)]
)
def test_a_company_gives_all_figures_of_a_period_at_once(figures, stopped, nothing_known, lag, is_stopped):
    """At -6, 46 days sooner, the rest was told later, as a comparative. (That the period was not over is said too.)"""
    rows = [*series(), capex(lag)]
    found = {(row, check) for row, check in stopped(TABLE, figures(*rows), nothing_known) if check == WITH_ITS_PERIOD}
    assert found == ({(8, WITH_ITS_PERIOD)} if is_stopped else set())


def test_where_two_days_differ_and_no_habit_is_known_nobody_is_blamed(figures, stopped, nothing_known):
    assert stopped(TABLE, figures(figure(7, 20e9), capex(20)), nothing_known) == set()
    before = nothing_known.believing(TABLE, figures(figure(6, 20e9)))
    assert stopped(TABLE, figures(figure(7, 20e9), capex(20)), before) == {(1, WITH_ITS_PERIOD)}
    assert stopped(TABLE, figures(figure(7, 20e9), capex(60)), before) == set()
    rows = [figure(7, 20e9), figure(7, 30e9, segment="AIDC"), capex(20)]
    assert stopped(TABLE, figures(*rows), nothing_known) == {(2, WITH_ITS_PERIOD)}


def test_a_figure_is_dated_against_what_is_believed(figures, stopped, nothing_known):
    context = nothing_known.believing(TABLE, figures(*series()))
    assert (8, WITH_ITS_PERIOD) in stopped(TABLE, figures(capex(34), start=8), context)
    assert stopped(TABLE, figures(capex(40), start=8), context) == set()


def test_a_month_is_told_before_its_quarter(figures, stopped, nothing_known):
    month = reported(figure(7, 7e9, months=1), 10)
    rows = [figure(7, 20e9), figure(7, 30e9, segment="AIDC"), month]
    assert not {check for _, check in stopped(TABLE, figures(*rows), nothing_known)} & {SOONEST, WITH_ITS_PERIOD}


def test_revisions_of_a_figure_make_its_first_print_no_early_one(figures, stopped, nothing_known):
    rows = [figure(7, 20e9), reported(figure(7, 20e9), 60)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()


def test_what_holds_at_a_moment_is_told_on_its_own_day(figures, stopped, nothing_known):
    shares = {"metric": "ads_outstanding", "unit": "shares", "segment": "Total"}
    rows = [figure(7, 20e9), reported(figure(7, 2.4e9, months=0) | shares, 2)]
    assert {check for _, check in stopped(TABLE, figures(*rows), nothing_known)} <= {"unit.range"}


def test_one_table_of_others_has_one_day(figures, stopped, nothing_known):
    told = {"metric": "global_cloud_share", "unit": "percent", "segment": "Total", "source": PAGE}
    rows = [figure(7, 10.0 * n, **told, company=name) for n, name in enumerate(("Amazon", "Microsoft", "Alphabet"), 1)]
    assert stopped(TABLE, figures(*rows), nothing_known) == set()
    rows[0] = reported(rows[0], 31)
    assert stopped(TABLE, figures(*rows), nothing_known) == {(0, OF_ITS_REPORT)}
    assert stopped(TABLE, figures(*rows[:2]), nothing_known) == set(), "one other may be the wrong one"


def test_a_page_may_gather_what_companies_say_on_days_of_their_own(figures, stopped, nothing_known):
    names = ("Amazon", "Microsoft", "Alphabet")
    rows = [figure(7, 20e9 + n, company=name, unit="USD", source=PAGE) for n, name in enumerate(names)]
    assert stopped(TABLE, figures(reported(rows[0], 25), *rows[1:]), nothing_known) == set()
