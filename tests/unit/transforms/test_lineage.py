from datetime import UTC, datetime
from types import SimpleNamespace

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Listing, Parameter, ReportedSegment, Segment, Universe
from transforms.lineage import downstream, standing

ONE = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=datetime(2020, 1, 1))  # noqa: DTZ001
SINCE = datetime(2025, 9, 1, tzinfo=UTC)

ALIBABA = Company(
    name="Alibaba",
    reporting_currency="CNY",
    listings=(
        Listing(symbol="BABA", exchange="NYSE", currency="USD", shares_per_unit=ONE, is_primary=True),
        Listing(symbol="9988.HK", exchange="HKEX", currency="HKD", shares_per_unit=ONE),
    ),
    segments=(
        Segment(
            name="cloud",
            reported_as=(
                ReportedSegment(basis="old", name="Cloud"),
                ReportedSegment(basis="new", name="Cloud Intelligence Group"),
            ),
            takes_capex=True,
        ),
        Segment(name="e-commerce", reported_as=(ReportedSegment(basis="new", name="Shops"),)),
        Segment(name="fintech", event_companies=("Ant",)),
        Segment(name="chips"),
    ),
)
NVIDIA = Company(
    name="Nvidia",
    reporting_currency="USD",
    listings=(Listing(symbol="NVDA", exchange="Nasdaq", currency="USD", shares_per_unit=ONE, is_primary=True),),
    segments=(Segment(name="chips", reported_as=(ReportedSegment(basis="x", name="Data Center"),)),),
)
BAIDU = Company(
    name="Baidu",
    reporting_currency="CNY",
    segments=(Segment(name="cloud", reported_as=(ReportedSegment(basis="x", name="AI Cloud"),)),),
)
UNIVERSE = Universe(
    exchanges=(),
    companies=(ALIBABA, NVIDIA, BAIDU),
    fx_pairs=("USDCNY",),
    fx_close_local="16:00",
    fx_timezone="UTC",
    fx_delay_minutes=ONE,
    reporting_delay_days=ONE,
)


# What a projection reads, by the names it gives; everything else about it does not matter here.
SETS = [
    SimpleNamespace(
        company="Alibaba",
        projection=SimpleNamespace(
            segments=[
                SimpleNamespace(reported_as=[SimpleNamespace(names=("Cloud", "Parcels"))]),
                SimpleNamespace(reported_as=[SimpleNamespace(names=("Shops",)), SimpleNamespace(names=("Cloud",))]),
            ]
        ),
    ),
    SimpleNamespace(company="Nvidia", projection=None),
]


def holds(*subjects: str, since: datetime = SINCE, until: datetime | None = None) -> pl.DataFrame:
    """Holds on subjects written `kind:id:metric`."""
    rows = []
    for number, subject in enumerate(subjects):
        kind, subject_id, metric = subject.split(":")
        rows.append(
            {
                "subject_kind": kind, "subject_id": subject_id, "metric": metric, "since": since, "until": until,
                "cause": f"file.csv:{number}: broken", "quarantine_id": f"q{number}", "load_seq": 1,
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=CONTRACTS["ops.holds"].polars_schema())


def reached(*subjects: str) -> set[str]:
    """Outputs reached, written `output company/segment`."""
    spread = downstream(holds(*subjects), UNIVERSE)
    return {
        f"{row['output'].removeprefix('marts.')} {row['company']}" + (f"/{row['segment']}" if row["segment"] else "")
        for row in spread.iter_rows(named=True)
    }


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("symbol:BABA:close", {"forecasts Alibaba", "scenario_runs Alibaba"}),
        ("symbol:BABA:actions", {"forecasts Alibaba", "scenario_runs Alibaba"}),
        ("symbol:NVDA:close", {"forecasts Nvidia", "scenario_runs Nvidia"}),
        ("symbol:9988.HK:close", set()),
        ("symbol:BABA:volume", set()),
        (
            "pair:USDCNY:rate",
            {
                "segment_metrics Alibaba/group",
                "segment_metrics Alibaba/cloud",
                "segment_metrics Alibaba/e-commerce",
                "segment_metrics Baidu/group",
                "segment_metrics Baidu/cloud",
                "segment_metrics all tracked/cloud",
                "player_influence all tracked",
            },
        ),
        ("pair:USDHKD:rate", set()),
        (
            "segment:Alibaba/Cloud Intelligence Group:revenue",
            {
                "forecasts Alibaba/cloud",
                "phase_assessments Alibaba/cloud",
                "segment_metrics Alibaba/cloud",
                "segment_metrics all tracked/cloud",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Alibaba/Cloud:revenue",
            {
                "forecasts Alibaba/cloud",
                "phase_assessments Alibaba/cloud",
                "segment_metrics Alibaba/cloud",
                "segment_metrics all tracked/cloud",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Alibaba/Cloud:yoy_pct",
            {
                "forecasts Alibaba/cloud",
                "phase_assessments Alibaba/cloud",
                "segment_metrics Alibaba/cloud",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Nvidia/Data Center:revenue",
            {
                "forecasts Nvidia/chips",
                "phase_assessments Nvidia/chips",
                "segment_metrics Nvidia/chips",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Alibaba/Shops:revenue",
            {"phase_assessments Alibaba/e-commerce", "segment_metrics Alibaba/e-commerce"},
        ),
        (
            "segment:Alibaba/Shops:adj_ebita",
            {"phase_assessments Alibaba/e-commerce", "segment_metrics Alibaba/e-commerce"},
        ),
        ("segment:Nvidia/Cloud:revenue", set()),
        ("segment:Alibaba/of which something:revenue", set()),
        ("segment:Alibaba/Cloud:net_cash", set()),
        ("segment:Alibaba / CICC/Total:revenue", set()),
        (
            "segment:Alibaba/Total:revenue",
            {
                "segment_metrics Alibaba/group",
                "segment_metrics Alibaba/cloud",
                "segment_metrics Alibaba/e-commerce",
                "phase_assessments Alibaba/cloud",
            },
        ),
        (
            "segment:Alibaba/Total:capex",
            {
                "forecasts Alibaba/group",
                "phase_assessments Alibaba/cloud",
                "segment_metrics Alibaba/group",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Alibaba/cloud:events",
            {
                "forecasts Alibaba",
                "phase_assessments Alibaba/cloud",
                "segment_metrics Alibaba/cloud",
                "scenario_runs Alibaba",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Ant/fintech:events",
            {
                "forecasts Alibaba",
                "phase_assessments Alibaba/fintech",
                "segment_metrics Alibaba/fintech",
                "scenario_runs Alibaba",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Alibaba/group:events",
            {
                "forecasts Alibaba",
                "scenario_runs Alibaba",
                "segment_metrics Alibaba/group",
                "player_influence all tracked",
            },
        ),
        (
            "segment:Nvidia/chips:events",
            {
                "forecasts Nvidia",
                "phase_assessments Nvidia/chips",
                "segment_metrics Nvidia/chips",
                "scenario_runs Nvidia",
                "player_influence all tracked",
            },
        ),
        (
            "segment:none/chips:events",
            {"forecasts Alibaba", "forecasts Nvidia", "scenario_runs Alibaba", "scenario_runs Nvidia"},
        ),
        ("segment:none/logistics:events", set()),
        ("segment:Meituan/e-commerce:events", set()),
        (
            "company:Alibaba:announcements",
            {
                "forecasts Alibaba",
                "phase_assessments Alibaba/cloud",
                "scenario_runs Alibaba",
                "segment_metrics Alibaba/group",
            },
        ),
        ("company:Ant:announcements", {"forecasts Alibaba", "scenario_runs Alibaba"}),
        ("company:Meituan:announcements", set()),
        ("document:de-1:text", set()),
    ],
)
def test_a_hold_reaches_what_needs_its_subject_and_no_more(subject: str, expected: set[str]):
    assert reached(subject) == expected


@pytest.mark.parametrize(
    ("subject", "reaches_runs"),
    [
        ("segment:Alibaba/Cloud:revenue", True),
        ("segment:Alibaba/Parcels:adj_ebita", True),
        ("segment:Alibaba/Shops:revenue", True),
        ("segment:Alibaba/Cloud:capex", False),
        ("segment:Alibaba/Cloud:yoy_pct", False),
        ("segment:Alibaba/of which something:revenue", False),
        ("segment:Alibaba/Total:revenue", True),
        ("segment:Alibaba/Total:adj_ebita", True),
        ("segment:Alibaba/Total:ads_outstanding", True),
        ("segment:Alibaba/Total:ordinary_shares_outstanding", True),
        ("segment:Alibaba/Total:cash_and_liquid_investments", True),
        ("segment:Alibaba/Total:capex", False),
        ("segment:Alibaba/Total:free_cash_flow", False),
        ("segment:Alibaba / CICC/Total:sotp_multiple_ecommerce", False),
        ("segment:Alibaba / CICC/Total:revenue", False),
        ("segment:Ant/Total:revenue", False),
        ("segment:Nvidia/Data Center:revenue", False),
        ("pair:USDCNY:rate", True),
        ("pair:CNYUSD:rate", True),
        ("pair:USDHKD:rate", False),
    ],
)
def test_a_projection_needs_its_companys_own_figures_and_no_others(subject: str, *, reaches_runs: bool):
    spread = downstream(holds(subject), UNIVERSE, SETS)
    runs = spread.filter(pl.col("output") == "marts.scenario_runs")

    assert runs["company"].to_list() == ["Alibaba"] * reaches_runs
    assert runs["output_metrics"].null_count() == runs.height


def test_the_metrics_of_a_long_output_that_depend_on_it_are_named():
    spread = downstream(holds("pair:USDCNY:rate", "segment:Alibaba/Total:revenue"), UNIVERSE)

    named = {
        (r["subject_id"], r["company"], r["segment"]): r["output_metrics"].split("|")
        for r in spread.iter_rows(named=True)
        if r["output"] == "marts.segment_metrics"
    }
    assert named["USDCNY", "Baidu", "cloud"] == ["capex_ttm_usd", "revenue_usd"]
    together = ["tracked_cloud_revenue_coverage_frac", "tracked_cloud_revenue_hhi_index"]
    assert named["USDCNY", "all tracked", "cloud"] == together
    assert named["Alibaba/Total", "Alibaba", "cloud"] == ["group_revenue_share_frac"]
    assert "revenue_usd" in named["Alibaba/Total", "Alibaba", "group"]


def test_where_the_whole_row_depends_on_it_no_metric_is_named():
    assert downstream(holds("symbol:BABA:close"), UNIVERSE)["output_metrics"].to_list() == [None, None]


def test_a_hold_on_what_all_companies_make_together_stands_once():
    spread = downstream(holds("pair:USDCNY:rate"), UNIVERSE).filter(pl.col("company") == "all tracked")

    assert spread.select("output", "segment").rows() == [
        ("marts.player_influence", None),
        ("marts.segment_metrics", "cloud"),
    ]


def test_cause_span_and_subject_come_along():
    until = datetime(2025, 9, 5, tzinfo=UTC)

    row, _ = downstream(holds("symbol:BABA:close", until=until), UNIVERSE).to_dicts()

    assert (row["cause"], row["since"], row["until"]) == ("file.csv:0: broken", SINCE, until)
    assert (row["subject_kind"], row["subject_id"], row["metric"]) == ("symbol", "BABA", "close")


def test_two_holds_of_one_output_are_two_rows_and_their_order_does_not_matter():
    both = holds("segment:Alibaba/cloud:events", "segment:Ant/fintech:events", "symbol:BABA:close")

    spread = downstream(both, UNIVERSE)

    assert spread.filter(pl.col("output") == "marts.scenario_runs").height == 3
    assert spread.equals(downstream(both.reverse(), UNIVERSE))


def test_no_holds_reach_nothing():
    assert downstream(holds(), UNIVERSE).is_empty()
    assert downstream(holds(), UNIVERSE).columns == downstream(holds("symbol:BABA:close"), UNIVERSE).columns


def test_a_hold_stands_from_its_begin_to_before_its_end():
    span = holds("symbol:BABA:close", since=datetime(2025, 9, 1, tzinfo=UTC), until=datetime(2025, 9, 3, tzinfo=UTC))

    stands = {day: standing(span, datetime(2025, 9, day, tzinfo=UTC)).height for day in (1, 2, 3)}

    assert stands == {1: 1, 2: 1, 3: 0}
    assert standing(span, datetime(2025, 8, 31, 23, 59, tzinfo=UTC)).is_empty()
    assert standing(holds("symbol:BABA:close"), datetime(2099, 1, 1, tzinfo=UTC)).height == 1
    with pytest.raises(ValueError, match="no time zone"):
        standing(span, datetime(2025, 9, 1))  # noqa: DTZ001 - what is refused
