from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Parameter, ReportedSegment, Segment, Universe
from transforms.segment_metrics import METRICS_SCHEMA, segment_metrics

CONTRACT = CONTRACTS["marts.segment_metrics"]
STORED = {
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
}
NUMBER = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1))
LATER = datetime(2030, 1, 1, tzinfo=UTC)
Q1_2023, Q4_2023, Q1_2024, Q2_2024 = date(2023, 3, 31), date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30)


def universe(currency: str = "CNY") -> Universe:
    cloud = (
        ReportedSegment(basis="old", name="Cloud"),
        ReportedSegment(basis="new", name="Cloud Group", comparable="from_new"),
        ReportedSegment(basis="newer", name="Cloud Group", comparable="from_new"),
        ReportedSegment(basis="stated", name="Cloud"),
    )
    total = tuple(ReportedSegment(basis=b, name="Total", comparable="total") for b in ("old", "new", "newer"))
    acme = Company(
        name="Acme",
        reporting_currency=currency,
        segments=(Segment(name="group", reported_as=total), Segment(name="cloud", reported_as=cloud)),
    )
    return Universe(
        exchanges=(),
        companies=(acme,),
        fx_pairs=("USDCNY",),
        fx_close_local="16:00",
        fx_timezone="UTC",
        fx_delay_minutes=NUMBER,
        reporting_delay_days=NUMBER,
    )


def figure(period_end: date, value: float, **more: object) -> dict[str, object]:
    known_at = more.get("known_at", end_of_day(period_end))
    return {
        **STORED,
        "company": "Acme",
        "segment": "Cloud Group",
        "segment_basis": "new",
        "metric": "revenue",
        "duration_months": 3,
        "unit": "CNY",
        "verification": "source",
        "source": "test",
        "period_end": period_end,
        "value": value,
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def total(period_end: date, value: float, **more: object) -> dict[str, object]:
    return figure(period_end, value, segment="Total", **more)


def figures(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTRACTS["core.reported_figures"].polars_schema())


def rates(*rows: tuple[str, date, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                **STORED,
                "pair": pair,
                "session": session,
                "rate": rate,
                "known_at": datetime(session.year, session.month, session.day, 15, tzinfo=UTC),
                "source_known_at": datetime(session.year, session.month, session.day, 15, tzinfo=UTC),
            }
            for pair, session, rate in rows
        ],
        schema=CONTRACTS["core.fx_rates"].polars_schema(),
    )


def computed(
    *rows: dict[str, object], fx: pl.DataFrame | None = None, currency: str = "CNY", as_of: datetime = LATER
) -> pl.DataFrame:
    return segment_metrics(figures(*rows), rates() if fx is None else fx, universe=universe(currency), as_of=as_of)


def only(metrics: pl.DataFrame, name: str, period_end: date, segment: str = "cloud") -> dict[str, object]:
    (row,) = metrics.filter(
        (pl.col("metric") == name) & (pl.col("period_end") == period_end) & (pl.col("segment") == segment)
    ).to_dicts()
    return row


def test_the_result_is_the_contracts_table():
    metrics = computed(figure(Q1_2023, 80.0), figure(Q1_2024, 100.0), total(Q1_2024, 400.0))

    assert metrics.schema == METRICS_SCHEMA
    assert not metrics.select(CONTRACT.key).is_duplicated().any()
    assert metrics.equals(metrics.sort(CONTRACT.key))
    nullable = {c.name for c in CONTRACT.columns if c.nullable}
    assert all(metrics[c].null_count() == 0 for c in metrics.columns if c not in nullable)
    assert (metrics["value"].is_null() == metrics["null_reason"].is_not_null()).all()


def test_no_facts_give_an_empty_table():
    assert computed().is_empty()
    assert computed().schema == METRICS_SCHEMA


def test_a_reported_figure_stays_as_reported():
    row = only(computed(figure(Q1_2024, 100.0, verification="crosscheck")), "revenue", Q1_2024)

    assert (row["value"], row["unit"], row["status"], row["verification"]) == (100.0, "CNY", "reported", "crosscheck")
    assert (row["segment_basis"], row["known_at"]) == ("new", end_of_day(Q1_2024))


def test_a_figure_its_source_derived_is_not_called_reported():
    row = only(computed(figure(Q1_2024, 100.0, verification="derived")), "revenue", Q1_2024)

    assert row["status"] == "derived"


def test_one_quarter_of_history_gives_reasons_and_no_invented_values():
    metrics = computed(figure(Q1_2024, 100.0), figure(Q1_2024, 10.0, metric="adj_ebita"))

    reasons = dict(metrics.filter(pl.col("value").is_null()).select("metric", "null_reason").iter_rows())
    assert reasons == {
        "revenue_usd": "no rate between USD and CNY in the 31 days up to 2024-03-31",
        "revenue_yoy_frac": "nothing is reported for the same quarter a year before",
        "revenue_yoy_acceleration_frac": "nothing is reported for the same quarter a year before",
        "group_revenue_share_frac": "no group revenue is reported for the quarter",
        "adj_ebita_margin_change_frac": "nothing is reported for the same quarter a year before",
        "tracked_cloud_revenue_hhi_index": "of 1 tracked clouds only 0 has revenue in dollars: nothing to compare",
    }


# --- dollars --------------------------------------------------------------------------------------------------------


def test_revenue_is_converted_at_the_last_rate_of_the_period():
    fx = rates(
        ("USDCNY", date(2024, 3, 28), 7.0), ("USDCNY", date(2024, 4, 1), 8.0), ("USDHKD", date(2024, 3, 29), 2.0)
    )

    row = only(computed(figure(Q1_2024, 70.0), fx=fx), "revenue_usd", Q1_2024)

    assert (row["value"], row["unit"], row["status"]) == (10.0, "USD", "derived")


def test_a_pair_quoted_the_other_way_round_serves_too():
    fx = rates(("CNYUSD", date(2024, 3, 28), 0.125))

    assert only(computed(figure(Q1_2024, 80.0), fx=fx), "revenue_usd", Q1_2024)["value"] == 10.0


def test_a_rate_older_than_a_month_is_no_rate():
    within = rates(("USDCNY", date(2024, 2, 29), 7.0))
    too_old = rates(("USDCNY", date(2024, 2, 28), 7.0))

    assert only(computed(figure(Q1_2024, 70.0), fx=within), "revenue_usd", Q1_2024)["value"] == 10.0
    row = only(computed(figure(Q1_2024, 70.0), fx=too_old), "revenue_usd", Q1_2024)
    assert row["value"] is None
    assert row["null_reason"] == "no rate between USD and CNY in the 31 days up to 2024-03-31"


def test_a_restated_rate_counts_from_when_it_became_known():
    session = date(2024, 3, 28)
    restated = rates(("USDCNY", session, 14.0)).with_columns(
        known_at=pl.lit(datetime(2024, 9, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")), revision=pl.lit(1, pl.Int64)
    )
    fx = pl.concat([rates(("USDCNY", session, 7.0)), restated])

    before = only(computed(figure(Q1_2024, 70.0), fx=fx, as_of=end_of_day(Q2_2024)), "revenue_usd", Q1_2024)
    after = only(computed(figure(Q1_2024, 70.0), fx=fx), "revenue_usd", Q1_2024)

    assert (before["value"], before["known_at"]) == (10.0, end_of_day(Q1_2024))
    assert (after["value"], after["known_at"]) == (5.0, datetime(2024, 9, 1, tzinfo=UTC))


def test_revenue_reported_in_dollars_needs_no_rate():
    row = only(computed(figure(Q1_2024, 70.0, unit="USD"), currency="USD"), "revenue_usd", Q1_2024)

    assert (row["value"], row["status"], row["null_reason"]) == (70.0, "reported", None)


# --- growth ---------------------------------------------------------------------------------------------------------


def test_growth_is_against_the_same_quarter_a_year_before():
    metrics = computed(figure(Q1_2023, 80.0, verification="unchecked"), figure(Q4_2023, 500.0), figure(Q1_2024, 100.0))

    row = only(metrics, "revenue_yoy_frac", Q1_2024)
    assert row["value"] == pytest.approx(0.25)
    assert (row["status"], row["verification"], row["unit"]) == ("derived", "unchecked", "fraction")


def test_growth_crosses_bases_with_the_same_tag_only():
    tagged = computed(figure(Q1_2023, 80.0), figure(Q1_2024, 100.0, segment_basis="newer"))
    untagged = computed(
        figure(Q1_2023, 80.0, segment="Cloud", segment_basis="old"), figure(Q1_2024, 100.0, segment_basis="newer")
    )

    assert only(tagged, "revenue_yoy_frac", Q1_2024)["value"] == pytest.approx(0.25)
    row = only(untagged, "revenue_yoy_frac", Q1_2024)
    assert row["value"] is None
    assert row["null_reason"] == "the segment basis changed from old to newer within the year: not comparable"


def test_a_restated_comparative_on_the_new_basis_makes_growth_possible():
    first = figure(Q1_2023, 80.0, segment="Cloud", segment_basis="old")
    comparative = figure(Q1_2023, 50.0, known_at=end_of_day(Q1_2024))
    current = figure(Q1_2024, 100.0, segment_basis="newer")

    metrics = computed(first, comparative, current)

    assert only(metrics, "revenue_yoy_frac", Q1_2024)["value"] == pytest.approx(1.0)
    assert only(metrics, "revenue", Q1_2023)["value"] == 50.0


def test_a_quarter_on_two_bases_keeps_the_growth_that_can_be_computed():
    rows = [
        figure(date(2022, 3, 31), 40.0, segment="Cloud", segment_basis="old"),
        figure(Q1_2023, 80.0, segment="Cloud", segment_basis="old"),
        figure(Q1_2023, 50.0, known_at=end_of_day(Q1_2024)),
    ]

    growth = only(computed(*rows), "revenue_yoy_frac", Q1_2023)

    assert (growth["value"], growth["segment_basis"]) == (1.0, "old")


@pytest.mark.parametrize(("before", "reason"), [(0.0, "is zero"), (-5.0, "is negative")])
def test_growth_from_nothing_is_no_growth(before: float, reason: str):
    row = only(computed(figure(Q1_2023, before), figure(Q1_2024, 100.0)), "revenue_yoy_frac", Q1_2024)

    assert row["value"] is None
    assert row["null_reason"] == f"revenue a year before {reason}"


def test_a_fall_to_zero_is_a_growth_of_minus_one():
    assert only(computed(figure(Q1_2023, 80.0), figure(Q1_2024, 0.0)), "revenue_yoy_frac", Q1_2024)["value"] == -1.0


def test_growth_the_company_stated_stands_in_where_none_can_be_computed():
    stated = {"segment": "Cloud", "segment_basis": "stated", "metric": "yoy_pct", "unit": "percent"}
    broken = computed(
        figure(Q1_2023, 80.0, segment="Cloud", segment_basis="old"),
        figure(Q1_2024, 100.0),
        figure(Q1_2024, 34.0, **stated),
    )
    possible = computed(figure(Q1_2023, 80.0), figure(Q1_2024, 100.0), figure(Q1_2024, 34.0, **stated))

    row = only(broken, "revenue_yoy_frac", Q1_2024)
    assert (row["value"], row["status"], row["segment_basis"], row["null_reason"]) == (0.34, "reported", "stated", None)
    row = only(possible, "revenue_yoy_frac", Q1_2024)
    assert (row["value"], row["status"]) == (pytest.approx(0.25), "derived")


def test_acceleration_is_the_change_of_growth_against_the_quarter_before():
    rows = [
        figure(Q1_2023, 100.0),
        figure(date(2023, 6, 30), 100.0),
        figure(Q1_2024, 120.0),
        figure(Q2_2024, 150.0, known_at=end_of_day(date(2024, 8, 15))),
    ]

    metrics = computed(*rows)

    row = only(metrics, "revenue_yoy_acceleration_frac", Q2_2024)
    assert row["value"] == pytest.approx(0.3)
    assert row["known_at"] == end_of_day(date(2024, 8, 15))
    assert (
        only(metrics, "revenue_yoy_acceleration_frac", Q1_2024)["null_reason"]
        == "nothing is reported for the quarter before"
    )


def test_acceleration_says_what_was_missing_in_the_quarter_before():
    rows = [figure(date(2023, 6, 30), 100.0), figure(Q1_2024, 120.0), figure(Q2_2024, 150.0)]

    row = only(computed(*rows), "revenue_yoy_acceleration_frac", Q2_2024)

    assert row["value"] is None
    assert row["null_reason"] == (
        "growth of the quarter before: nothing is reported for the same quarter a year before"
    )


# --- shares and margins ---------------------------------------------------------------------------------------------


def test_the_share_is_of_the_total_of_the_same_quarter():
    metrics = computed(figure(Q1_2024, 100.0), total(Q1_2024, 400.0, verification="crosscheck"), total(Q4_2023, 999.0))

    row = only(metrics, "group_revenue_share_frac", Q1_2024)
    assert (row["value"], row["verification"]) == (0.25, "crosscheck")
    assert metrics.filter((pl.col("segment") == "group") & (pl.col("metric") == "group_revenue_share_frac")).is_empty()


def test_a_margin_may_be_negative():
    row = only(
        computed(figure(Q1_2024, 100.0), figure(Q1_2024, -30.0, metric="adj_ebita")), "adj_ebita_margin_frac", Q1_2024
    )

    assert (row["value"], row["status"]) == (-0.3, "derived")


def test_what_is_divided_by_zero_revenue_is_null_and_says_so():
    metrics = computed(figure(Q1_2024, 0.0), figure(Q1_2024, 10.0, metric="adj_ebita"), total(Q1_2024, 0.0))

    assert only(metrics, "adj_ebita_margin_frac", Q1_2024)["null_reason"] == "revenue is zero"
    assert only(metrics, "adj_ebita_margin_change_frac", Q1_2024)["null_reason"] == "revenue is zero"
    assert only(metrics, "group_revenue_share_frac", Q1_2024)["null_reason"] == "group revenue is zero"
    assert metrics["value"].is_infinite().sum() == 0
    assert metrics["value"].is_nan().sum() == 0


def test_a_margin_needs_revenue_on_a_comparable_basis():
    rows = [figure(Q1_2024, 100.0, segment="Cloud", segment_basis="old"), figure(Q1_2024, 10.0, metric="adj_ebita")]

    row = only(computed(*rows), "adj_ebita_margin_frac", Q1_2024)

    assert row["null_reason"] == "no revenue is reported for the quarter on this basis"


def test_a_margin_changes_against_the_year_before():
    rows = [
        figure(Q1_2023, 100.0),
        figure(Q1_2023, 10.0, metric="adj_ebita"),
        figure(Q1_2024, 200.0, segment_basis="newer"),
        figure(Q1_2024, 50.0, metric="adj_ebita", segment_basis="newer", verification="crosscheck"),
    ]

    row = only(computed(*rows), "adj_ebita_margin_change_frac", Q1_2024)

    assert row["value"] == pytest.approx(0.15)
    assert row["verification"] == "crosscheck"


def test_a_margin_change_says_when_there_was_no_margin_a_year_before():
    rows = [
        figure(Q1_2023, 0.0),
        figure(Q1_2023, 10.0, metric="adj_ebita"),
        figure(Q1_2024, 200.0),
        figure(Q1_2024, 50.0, metric="adj_ebita"),
    ]

    assert only(computed(*rows), "adj_ebita_margin_change_frac", Q1_2024)["null_reason"] == "no margin a year before"


# --- capital expenditure --------------------------------------------------------------------------------------------

YEAR = [date(2023, 6, 30), date(2023, 9, 30), Q4_2023, Q1_2024]


def test_intensity_is_trailing_capex_per_trailing_revenue():
    rows = [total(end, 100.0, segment_basis="old") for end in YEAR]
    rows += [total(end, 10.0 * i, metric="capex", segment_basis="as_spent") for i, end in enumerate(YEAR, start=1)]

    metrics = computed(*rows)

    assert only(metrics, "capex", Q1_2024, "group")["status"] == "reported"
    trailing = only(metrics, "capex_ttm", Q1_2024, "group")
    assert (trailing["value"], trailing["unit"], trailing["status"]) == (100.0, "CNY", "derived")
    assert only(metrics, "capex_intensity_frac", Q1_2024, "group")["value"] == 0.25


@pytest.mark.parametrize("missing", range(3))
def test_three_quarters_are_not_a_year(missing: int):
    rows = [total(end, 10.0, metric="capex") for i, end in enumerate(YEAR) if i != missing]
    rows.append(total(YEAR[missing], 10.0, metric="capex", duration_months=9))

    metrics = computed(*rows)

    row = only(metrics, "capex_ttm", Q1_2024, "group")
    assert row["value"] is None
    assert "only 3 of the four quarters up to 2024-03-31" in str(row["null_reason"])
    assert only(metrics, "capex_intensity_frac", Q1_2024, "group")["null_reason"] == row["null_reason"]


def test_intensity_needs_a_year_of_revenue():
    capex = [total(end, 10.0, metric="capex") for end in YEAR]

    none = only(computed(*capex), "capex_intensity_frac", Q1_2024, "group")
    one = only(computed(*capex, total(Q1_2024, 100.0)), "capex_intensity_frac", Q1_2024, "group")
    zero = only(computed(*capex, *(total(end, 0.0) for end in YEAR)), "capex_intensity_frac", Q1_2024, "group")

    assert none["null_reason"] == "no group revenue is reported for the quarter"
    assert str(one["null_reason"]).startswith("group revenue: only 1 of the four quarters")
    assert zero["null_reason"] == "revenue is zero"


def test_capex_of_a_segment_is_not_the_groups():
    assert "capex" not in computed(figure(Q1_2024, 10.0, metric="capex"))["metric"].to_list()


# --- time -----------------------------------------------------------------------------------------------------------


def test_a_restatement_counts_from_when_it_became_known():
    first, restated = figure(Q1_2024, 100.0), figure(Q1_2024, 90.0, known_at=end_of_day(Q2_2024), revision=1)
    before = figure(Q1_2023, 80.0)

    then = computed(before, first, restated, as_of=datetime(2024, 6, 30, 23, tzinfo=UTC))
    now = computed(before, first, restated)

    assert only(then, "revenue_yoy_frac", Q1_2024)["value"] == pytest.approx(0.25)
    assert only(now, "revenue_yoy_frac", Q1_2024)["value"] == pytest.approx(0.125)
    assert only(now, "revenue_yoy_frac", Q1_2024)["known_at"] == end_of_day(Q2_2024)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        computed(as_of=datetime(2024, 1, 1))  # noqa: DTZ001 - what is refused


def test_a_restatement_makes_no_figure_young():
    first, restated = figure(Q1_2024, 100.0), figure(Q1_2024, 90.0, known_at=end_of_day(Q2_2024), revision=1)
    before = figure(Q1_2023, 80.0, known_at=end_of_day(date(2024, 5, 1)))

    row = only(computed(before, first, restated), "revenue_yoy_frac", Q1_2024)

    assert row["value"] == pytest.approx(0.125)
    assert row["known_at"] == end_of_day(Q2_2024)
    assert row["first_known_at"] == end_of_day(date(2024, 5, 1))


def test_a_first_print_counts_up_to_the_as_of_day_only():
    late = figure(Q1_2024, 100.0, known_at=end_of_day(Q2_2024))
    later = figure(Q1_2024, 90.0, known_at=end_of_day(date(2024, 9, 1)), revision=1)

    row = only(computed(late, later), "revenue", Q1_2024)

    assert (row["first_known_at"], row["known_at"]) == (end_of_day(Q2_2024), end_of_day(date(2024, 9, 1)))
    assert only(computed(late, later, as_of=end_of_day(Q2_2024)), "revenue", Q1_2024)["known_at"] == end_of_day(Q2_2024)


def test_another_basis_restates_too():
    first = figure(Q1_2024, 100.0)
    again = figure(Q1_2024, 90.0, segment_basis="newer", known_at=end_of_day(Q2_2024))
    unlike = figure(Q1_2024, 60.0, segment="Cloud", segment_basis="old", known_at=end_of_day(date(2024, 9, 1)))

    tagged = only(computed(first, again), "revenue", Q1_2024)
    untagged = only(computed(first, unlike), "revenue", Q1_2024)

    assert (tagged["value"], tagged["first_known_at"]) == (90.0, end_of_day(Q1_2024))
    assert (untagged["value"], untagged["first_known_at"]) == (60.0, end_of_day(Q1_2024))


def test_a_restated_rate_makes_dollars_no_younger():
    session = date(2024, 3, 28)
    restated = rates(("USDCNY", session, 14.0)).with_columns(
        known_at=pl.lit(datetime(2024, 9, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")), revision=pl.lit(1, pl.Int64)
    )

    row = only(
        computed(figure(Q1_2024, 70.0), fx=pl.concat([rates(("USDCNY", session, 7.0)), restated])),
        "revenue_usd",
        Q1_2024,
    )

    assert (row["known_at"], row["first_known_at"]) == (datetime(2024, 9, 1, tzinfo=UTC), end_of_day(Q1_2024))


# --- what must not become a wrong number ----------------------------------------------------------------------------


def test_negative_revenue_has_no_growth_and_no_share():
    metrics = computed(figure(Q1_2023, 80.0), figure(Q1_2024, -8.0), total(Q1_2024, 400.0))

    assert only(metrics, "revenue_yoy_frac", Q1_2024)["null_reason"] == "revenue is negative"
    assert only(metrics, "group_revenue_share_frac", Q1_2024)["null_reason"] == "revenue is negative"


def test_a_sum_beyond_the_greatest_number_is_no_number():
    metrics = computed(*(total(end, 1.5e308, metric="capex") for end in YEAR))

    row = only(metrics, "capex_ttm", Q1_2024, "group")
    assert (row["value"], row["null_reason"]) == (None, "the result is too great to be a number")


@pytest.mark.parametrize("position", range(4))
def test_capex_of_unclear_sign_is_not_summed(position: int):
    rows = [total(end, -10.0 if i == position else 10.0, metric="capex") for i, end in enumerate(YEAR)]
    rows += [total(end, 100.0) for end in YEAR]

    metrics = computed(*rows)

    row = only(metrics, "capex_ttm", Q1_2024, "group")
    assert row["null_reason"] == "capex of one of the four quarters is negative: its sign is unclear"
    assert only(metrics, "capex_intensity_frac", Q1_2024, "group")["null_reason"] == row["null_reason"]


def test_trailing_capex_is_converted_at_the_rate_of_its_end():
    fx = rates(("USDCNY", date(2023, 12, 29), 5.0), ("USDCNY", date(2024, 3, 28), 8.0))

    row = only(computed(*(total(end, 20.0, metric="capex") for end in YEAR), fx=fx), "capex_ttm_usd", Q1_2024, "group")

    assert (row["value"], row["unit"], row["status"]) == (10.0, "USD", "derived")


def test_trailing_capex_in_dollars_keeps_the_reason_why_there_is_none():
    row = only(computed(total(Q1_2024, 20.0, metric="capex")), "capex_ttm_usd", Q1_2024, "group")

    assert "only 1 of the four quarters" in str(row["null_reason"])


def test_annual_capex_is_no_quarter_and_no_fourth_quarter():
    rows = [total(end, 10.0, metric="capex") for end in YEAR[:3]]
    rows.append(total(Q1_2024, 45.0, metric="capex", duration_months=12))

    metrics = computed(*rows)

    assert metrics.filter((pl.col("metric") == "capex") & (pl.col("period_end") == Q1_2024)).is_empty()
    assert metrics.filter(pl.col("metric") == "capex_ttm")["value"].null_count() == 3


def test_the_same_figure_from_two_sources_counts_once():
    twice = [total(end, 10.0, metric="capex", segment_basis=basis) for end in YEAR for basis in ("one", "two")]

    row = only(computed(*twice), "capex_ttm", Q1_2024, "group")

    assert row["value"] == 40.0


def test_years_of_52_and_53_weeks_meet_their_neighbours():
    ends = [date(2023, 1, 29), date(2023, 4, 30), date(2023, 7, 30), date(2023, 10, 29), date(2024, 1, 28)]
    rows = [total(end, 10.0 * i, unit="USD") for i, end in enumerate(ends, start=1)]
    rows += [total(end, 1.0, metric="capex", unit="USD") for end in ends]

    metrics = computed(*rows, currency="USD")

    assert only(metrics, "revenue_yoy_frac", ends[4], "group")["value"] == pytest.approx(4.0)
    assert only(metrics, "capex_intensity_frac", ends[4], "group")["value"] == pytest.approx(4 / 140)


def test_a_company_without_segments_has_its_group():
    bare = Universe(
        exchanges=(),
        companies=(Company(name="Acme", reporting_currency="CNY"),),
        fx_pairs=(),
        fx_close_local="16:00",
        fx_timezone="UTC",
        fx_delay_minutes=NUMBER,
        reporting_delay_days=NUMBER,
    )

    metrics = segment_metrics(figures(total(Q1_2024, 10.0), figure(Q1_2024, 5.0)), rates(), universe=bare, as_of=LATER)

    assert metrics.filter(pl.col("metric") == "revenue").select("segment", "value").rows() == [("group", 10.0)]
