from datetime import date

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Parameter, ReportedSegment, Segment, Universe
from transforms.segment_metrics import segment_metrics

NUMBER = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1))
STORED = {
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
}
INDEX, COVERAGE = "tracked_cloud_revenue_hhi_index", "tracked_cloud_revenue_coverage_frac"
QUARTER = date(2024, 9, 30)


def cloud(name: str, currency: str = "USD") -> Company:
    reported = tuple(ReportedSegment(basis=basis, name="Cloud") for basis in ("old", "new"))
    return Company(
        name=name,
        reporting_currency=currency,
        segments=(Segment(name="cloud", reported_as=reported), Segment(name="x")),
    )


UNIVERSE = Universe(
    exchanges=(),
    companies=(
        cloud("Acme"),
        cloud("Bolt", "CNY"),
        cloud("Core"),
        Company(name="Silent", reporting_currency="CNY", segments=(Segment(name="cloud"),)),
        Company(name="Shop", reporting_currency="USD", segments=(Segment(name="e-commerce"),)),
    ),
    fx_pairs=(),
    fx_close_local="16:00",
    fx_timezone="UTC",
    fx_delay_minutes=NUMBER,
    reporting_delay_days=NUMBER,
)


def revenue(company: str, value: float, period_end: date = QUARTER, **more: object) -> dict[str, object]:
    known_at = more.get("known_at", end_of_day(period_end))
    return {
        **STORED,
        "company": company,
        "segment": "Cloud",
        "segment_basis": "new",
        "metric": "revenue",
        "duration_months": 3,
        "unit": "CNY" if company == "Bolt" else "USD",
        "verification": "source",
        "period_end": period_end,
        "value": value,
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def rate(session: date = QUARTER, value: float = 7.0) -> dict[str, object]:
    known_at = end_of_day(session)
    return {
        **STORED,
        "pair": "USDCNY",
        "session": session,
        "rate": value,
        "known_at": known_at,
        "source_known_at": known_at,
    }


def together(*rows: dict[str, object], fx: list[dict[str, object]] | None = None) -> pl.DataFrame:
    found = segment_metrics(
        pl.DataFrame(list(rows), schema=CONTRACTS["core.reported_figures"].polars_schema()),
        pl.DataFrame([rate()] if fx is None else fx, schema=CONTRACTS["core.fx_rates"].polars_schema()),
        universe=UNIVERSE,
        as_of=end_of_day(date(2026, 1, 1)),
    )
    return found.filter(pl.col("company") == "all tracked")


def one(found: pl.DataFrame, metric: str) -> dict[str, object]:
    (row,) = found.filter(pl.col("metric") == metric).to_dicts()
    return row


def test_it_is_the_sum_of_squared_shares_of_dollars_and_says_how_many_report():
    found = together(revenue("Acme", 60.0), revenue("Bolt", 7 * 30.0), revenue("Core", 10.0))

    index, coverage = one(found, INDEX), one(found, COVERAGE)
    assert index["value"] == pytest.approx(0.36 + 0.09 + 0.01)
    assert coverage["value"] == 0.75
    assert (index["segment"], index["period_end"], index["unit"]) == ("cloud", QUARTER, "index")
    assert (index["is_partial"], coverage["is_partial"]) == (True, False)
    assert index["status"] == "derived"


def test_equal_clouds_are_least_concentrated():
    assert one(together(revenue("Acme", 5.0), revenue("Core", 5.0)), INDEX)["value"] == 0.5


def test_one_company_alone_is_no_concentration():
    found = together(revenue("Acme", 60.0))

    assert one(found, INDEX)["value"] is None
    assert one(found, INDEX)["null_reason"] == "of 4 tracked clouds only 1 has revenue in dollars: nothing to compare"
    assert one(found, COVERAGE)["value"] == 0.25


def test_without_a_rate_a_company_does_not_report_in_dollars():
    found = together(revenue("Acme", 60.0), revenue("Core", 60.0), revenue("Bolt", 7.0), fx=[])

    assert one(found, COVERAGE)["value"] == 0.5
    assert one(found, INDEX)["value"] == 0.5


@pytest.mark.parametrize("amount", [0.0, 1e308])
def test_what_can_not_be_divided_has_no_index(amount: float):
    row = one(together(revenue("Acme", amount), revenue("Core", amount)), INDEX)

    assert row["value"] is None
    assert row["null_reason"] == "the tracked clouds' revenue is zero or too great to be added"


def test_a_negative_revenue_is_nobodys_share():
    assert one(together(revenue("Acme", 60.0), revenue("Core", -1.0)), COVERAGE)["value"] == 0.25


@pytest.mark.parametrize("period_end", [date(2024, 8, 31), date(2024, 9, 28), date(2024, 10, 27)])
def test_companies_meet_at_the_nearest_calendar_quarter(period_end: date):
    found = together(revenue("Acme", 5.0), revenue("Core", 5.0, period_end))

    assert one(found, INDEX)["period_end"] == QUARTER


def test_the_newest_known_basis_counts():
    later = end_of_day(date(2025, 2, 1))
    found = together(
        revenue("Acme", 99.0, segment_basis="old"), revenue("Acme", 30.0, known_at=later), revenue("Core", 10.0)
    )

    row = one(found, INDEX)
    assert row["value"] == pytest.approx(0.75**2 + 0.25**2)
    assert row["known_at"] == later


def test_it_is_known_when_the_last_company_is_and_first_known_when_the_last_first_print_was():
    late, later = end_of_day(date(2024, 11, 1)), end_of_day(date(2025, 2, 1))
    found = together(
        revenue("Acme", 5.0),
        revenue("Acme", 6.0, known_at=later, revision=1),
        revenue("Core", 5.0, known_at=late, verification="unchecked"),
    )

    row = one(found, INDEX)
    assert (row["known_at"], row["first_known_at"], row["verification"]) == (later, late, "unchecked")
