from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import Company, Parameter, ReportedSegment, Segment, Universe
from transforms.quarters import quarterly_figures, segment_names, trailing_year, weakness, year_before

FIGURE = {
    "company": "Acme",
    "segment": "Cloud Group",
    "segment_basis": "new",
    "metric": "revenue",
    "duration_months": 3,
    "unit": "CNY",
    "verification": "source",
    "source": "test",
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
}
NUMBER = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1))
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def figures(*rows: dict[str, object]) -> pl.DataFrame:
    filled = []
    for position, row in enumerate(rows):
        period_end = row["period_end"]
        assert isinstance(period_end, date)
        known_at = row.get("known_at", end_of_day(period_end))
        filled.append({**FIGURE, "byte_start": position, "known_at": known_at, "source_known_at": known_at, **row})
    return pl.DataFrame(filled, schema=CONTRACTS["core.reported_figures"].polars_schema())


def universe(*companies: Company) -> Universe:
    return Universe(
        exchanges=(),
        companies=companies,
        fx_pairs=("USDCNY",),
        fx_close_local="16:00",
        fx_timezone="UTC",
        fx_delay_minutes=NUMBER,
        reporting_delay_days=NUMBER,
    )


def cloud(*names: ReportedSegment, currency: str = "CNY") -> Universe:
    return universe(
        Company(name="Acme", reporting_currency=currency, segments=(Segment(name="cloud", reported_as=names),))
    )


ONE_BASIS = cloud(ReportedSegment(basis="new", name="Cloud Group"))


def quarters(*rows: dict[str, object], watched: Universe = ONE_BASIS) -> pl.DataFrame:
    return quarterly_figures(figures(*rows), universe=watched, metrics=("revenue",), as_of=LATER).sort(
        "segment", "month", "comparison"
    )


@pytest.mark.parametrize(
    ("period_end", "nearest"),
    [
        (date(2024, 3, 31), date(2024, 3, 31)),
        (date(2024, 2, 29), date(2024, 2, 29)),
        (date(2025, 1, 26), date(2025, 1, 31)),  # a year of 52 weeks
        (date(2017, 4, 1), date(2017, 3, 31)),  # a year of 53 weeks
        (date(2022, 12, 31), date(2022, 12, 31)),
        (date(2023, 1, 1), date(2022, 12, 31)),
    ],
)
def test_a_quarter_belongs_to_the_nearest_month_end(period_end: date, nearest: date):
    (row,) = quarters({"period_end": period_end, "value": 1.0}).to_dicts()

    assert row["month"] == nearest.year * 12 + nearest.month
    assert row["period_end"] == period_end


def test_other_durations_metrics_currencies_and_names_are_left_out():
    kept = {"period_end": date(2024, 3, 31), "value": 1.0}
    rows = quarters(
        kept,
        kept | {"duration_months": 12, "value": 2.0},
        kept | {"duration_months": 0, "value": 3.0},
        kept | {"metric": "costs", "value": 4.0},
        kept | {"unit": "USD", "value": 5.0},
        kept | {"segment": "Other Group", "value": 6.0},
        kept | {"company": "Elsewhere", "value": 7.0},
        kept | {"segment_basis": "unheard of", "value": 8.0},
    )

    assert rows["value"].to_list() == [1.0]


def test_bases_with_the_same_tag_compare_and_others_do_not():
    names = segment_names(
        cloud(
            ReportedSegment(basis="a", name="Cloud", comparable="same"),
            ReportedSegment(basis="b", name="Cloud Group", comparable="same"),
            ReportedSegment(basis="c", name="Cloud"),
            ReportedSegment(basis="same", name="Cloud"),
        )
    )

    comparison = dict(names.select("segment_basis", "comparison").iter_rows())
    assert comparison["a"] == comparison["b"]
    assert len({comparison[basis] for basis in ("a", "c", "same")}) == 3


def test_totals_the_universe_does_not_name_belong_to_the_group():
    total = {"segment": "Total", "period_end": date(2024, 3, 31), "value": 5.0}
    (row,) = quarters(total | {"segment_basis": "whatever"}).to_dicts()

    assert (row["segment"], row["comparison"], row["value"]) == ("group", "basis whatever", 5.0)


def test_totals_the_universe_names_are_not_counted_twice():
    named = universe(
        Company(
            name="Acme",
            reporting_currency="CNY",
            segments=(
                Segment(name="group", reported_as=(ReportedSegment(basis="new", name="Total", comparable="all"),)),
            ),
        )
    )

    (row,) = quarters({"segment": "Total", "period_end": date(2024, 3, 31), "value": 5.0}, watched=named).to_dicts()

    assert (row["segment"], row["comparison"]) == ("group", "tag all")


def test_of_several_figures_for_one_quarter_the_newest_known_stands():
    two = cloud(
        ReportedSegment(basis="old", name="Cloud", comparable="x"),
        ReportedSegment(basis="new", name="Cloud Group", comparable="x"),
    )
    first = {"segment_basis": "old", "segment": "Cloud", "period_end": date(2024, 3, 31), "value": 1.0}
    restated = {"period_end": date(2024, 3, 31), "value": 2.0, "known_at": datetime(2025, 1, 1, tzinfo=UTC)}

    (row,) = quarters(first, restated, watched=two).to_dicts()

    assert (row["value"], row["segment_basis"]) == (2.0, "new")


def test_the_better_checked_figure_stands_when_both_became_known_together():
    weak = {"period_end": date(2024, 3, 30), "value": 1.0, "verification": "unchecked"}
    strong = {"period_end": date(2024, 3, 31), "value": 2.0}
    known_at = {"known_at": datetime(2024, 5, 1, tzinfo=UTC)}

    (row,) = quarters(weak | known_at, strong | known_at).to_dicts()

    assert row["value"] == 2.0


def test_the_year_before_is_set_beside_a_quarter_or_its_absence_is_explained():
    two = cloud(ReportedSegment(basis="old", name="Cloud"), ReportedSegment(basis="new", name="Cloud Group"))
    rows = quarters(
        {"segment_basis": "old", "segment": "Cloud", "period_end": date(2022, 3, 31), "value": 1.0},
        {"segment_basis": "old", "segment": "Cloud", "period_end": date(2023, 3, 31), "value": 2.0},
        {"period_end": date(2024, 3, 31), "value": 3.0},
        watched=two,
    )

    beside = year_before(rows).sort("month")

    assert beside["before_value"].to_list() == [None, 1.0, None]
    assert beside["break_reason"].to_list() == [
        "nothing is reported for the same quarter a year before",
        None,
        "the segment basis changed from old to new within the year: not comparable",
    ]


def test_four_consecutive_quarters_are_summed():
    ends = [date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30)]
    rows = [{"period_end": end, "value": 10.0**i} for i, end in enumerate(ends)]
    rows[3] |= {"verification": "unchecked", "known_at": datetime(2029, 1, 1, tzinfo=UTC)}

    summed = trailing_year(quarters(*rows)).sort("month")

    assert summed["value"].to_list() == [None, None, None, 1111.0, 11110.0]
    assert summed["known_at"].to_list()[3:] == [datetime(2029, 1, 1, tzinfo=UTC)] * 2
    assert [list(Verification)[i] for i in summed["weakness"]] == ["source", "source", "source", *["unchecked"] * 2]
    assert summed["null_reason"].to_list() == [
        *(
            f"only {n} of the four quarters up to {end} are reported on a comparable basis"
            for n, end in enumerate(ends[:3], start=1)
        ),
        None,
        None,
    ]


def test_a_gap_or_another_segment_breaks_the_trailing_year():
    watched = universe(
        Company(
            name="Acme",
            reporting_currency="CNY",
            segments=(
                Segment(name="cloud", reported_as=(ReportedSegment(basis="new", name="Cloud Group"),)),
                Segment(name="shops", reported_as=(ReportedSegment(basis="new", name="Shops"),)),
            ),
        )
    )
    ends = [date(2023, 3, 31), date(2023, 6, 30), date(2023, 12, 31), date(2024, 3, 31)]
    rows = [{"period_end": end, "value": 1.0, "segment": "Cloud Group"} for end in ends]
    rows.append({"period_end": date(2023, 9, 30), "value": 1.0, "segment": "Shops"})

    summed = trailing_year(quarters(*rows, watched=watched))

    assert summed["value"].to_list() == [None] * 5
    last = summed.filter((pl.col("segment") == "cloud") & (pl.col("period_end") == date(2024, 3, 31)))
    assert last["null_reason"].item().startswith("only 3 of the four")


def test_an_unheard_of_verification_is_the_weakest():
    frame = pl.DataFrame({"verification": ["source", "unchecked", "hearsay"]})

    assert frame.select(weakness("verification")).to_series().to_list() == [0, 3, 3]


def test_a_segment_without_a_reported_name_has_no_quarters():
    silent = universe(Company(name="Acme", reporting_currency="CNY", segments=(Segment(name="chips"),)))

    assert segment_names(silent).is_empty()
    assert quarters({"period_end": date(2024, 3, 31), "value": 1.0}, watched=silent).is_empty()
