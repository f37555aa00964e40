"""Periods and sources of figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.transforms.gate.measures.conftest import figure

TABLE = "core.reported_figures"
FILING = "https://www.sec.gov/Archives/edgar/data/1577552/000110465924042245/ex99-1.htm"
OTHER_FILING = "https://www.sec.gov/Archives/edgar/data/1045810/000104581024000001/ex99-1.htm"
PAGE = "https://news.example/market"


def series(**more):
    return [figure(n, 20e9 * 1.03**n, **more) for n in range(8)]


def test_usual_reports_pass(figures, failures, nothing_known):
    assert failures(TABLE, figures(*series(source=FILING)), nothing_known) == set()


def test_nothing_is_measured_before_its_period_is_over(figures, stopped, nothing_known):
    early = series()
    early[-1] |= {"known_on": early[-1]["period_end"] - timedelta(days=1)}
    assert stopped(TABLE, figures(*early), nothing_known) == {(7, "period_end.over")}
    for said in ({"metric": "profit_estimate"}, {"company": "Alibaba / CICC"}):
        assert stopped(TABLE, figures(early[-1] | said), nothing_known) == set()


@pytest.mark.parametrize(("days", "expected"), [(0, set()), (7, set()), (-90, {(7, "duration_months.fits")})])
def test_a_period_has_its_length(figures, stopped, nothing_known, days, expected):
    rows = series()
    rows[-1]["period_start"] += timedelta(days=days)
    assert stopped(TABLE, figures(*rows), nothing_known) == expected


def test_quarters_end_when_the_company_s_quarters_end(figures, stopped, nothing_known):
    fiscal = series(company="Nvidia", unit="USD")
    for row in fiscal:
        row |= {"period_end": row["period_end"] - timedelta(days=5)}
    assert stopped(TABLE, figures(*fiscal), nothing_known) == set()
    odd = series()
    odd[-1] |= {name: odd[-1][name] - timedelta(days=31) for name in ("period_end", "period_start")}
    assert stopped(TABLE, figures(*odd), nothing_known) == {(7, "period_end.fiscal")}


def test_a_filing_is_one_company_s(figures, failures, stopped, nothing_known):
    other = figure(7, 9e9, company="Nvidia", segment="Total", metric="capex", unit="USD")
    known = [*series(source=FILING), other | {"source": FILING}]
    assert stopped(TABLE, figures(*known), nothing_known) == {(8, "source.of_its_company")}
    strange = series(source=FILING)
    strange[-1] |= {"source": OTHER_FILING}
    assert stopped(TABLE, figures(*strange), nothing_known) == {(7, "source.of_its_company")}
    page = [*series(source=PAGE), other | {"source": PAGE}]
    assert failures(TABLE, figures(*page), nothing_known) == {(8, "source.of_one_company")}
