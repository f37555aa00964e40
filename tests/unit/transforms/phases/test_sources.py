"""The way back from a feature to the rows that voted or were read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.lineage import LINEAGE
from aicycle.model.instants import end_of_day
from aicycle.model.parameters import Ramp
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.phases.sources import COMPUTED_FROM, facts_behind
from transforms.segment_metrics import FIGURES

CLOUD = {"segment": "Cloud Intelligence Group", "segment_basis": "2023_six_groups"}
NEW_CLOUD = {"segment": "Cloud Intelligence Group", "segment_basis": "2025_four_segments"}
TOTAL = {"segment": "Total", "segment_basis": "group"}
ENDS = (
    date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31),
    date(2025, 6, 30),
)  # fmt: skip


def figures(given, *rows):
    schema = CONTRACTS["core.reported_figures"].polars_schema()
    common = {
        "company": "Alibaba", "metric": "revenue", "duration_months": 3, "unit": "CNY", "verification": "source",
        "known_precision": "day", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_start": 0,
        "byte_end": 1, "known_at": given.as_of,
    }  # fmt: skip
    return pl.DataFrame([{n: (common | CLOUD | row).get(n) for n in schema} for row in rows], schema)


@pytest.fixture
def behind(given, configuration):
    """`behind(...)`: per feature, what `show` says of the rows behind it."""

    def find(*, events=(), announcements=(), reported=(), segment="cloud", rules=None, as_of=None):
        events, said = given.events(*events), given.announcements(*announcements)
        facts = Facts.from_tables(
            {
                "core.cycle_events": events,
                "core.announcements": said,
                "core.reported_figures": figures(given, *reported),
                "core.event_members": event_members(said, events),
            }
        )
        return facts_behind(
            facts,
            company="Alibaba",
            segment=segment,
            universe=configuration.universe,
            rules=rules or configuration.phases,
            as_of=as_of or given.as_of,
        )

    return find


def ids(found, feature):
    keys = {"core.cycle_events": "cycle_event_id", "core.announcements": "item_id"}
    return {row for table, frame in found[feature].items() if table in keys for row in frame[keys[table]]}


def read(found, feature):
    frame = found[feature].get("core.reported_figures")
    return set() if frame is None else set(frame.select("metric", "period_end").iter_rows())


def test_events_in_a_direction_that_does_not_count_are_behind_no_feature(behind) -> None:
    rows = [
        {"type": "region_launch", "direction": 1}, {"type": "region_launch", "direction": -1},
        {"type": "regulation", "direction": 1}, {"type": "regulation", "direction": -1},
        {"type": "region_launch", "segment": "models"}, {"type": "region_launch", "is_retracted": True},
    ]  # fmt: skip
    found = behind(events=rows)
    assert ids(found, "region_launch") == {"row 0"}
    assert ids(found, "regulation") == {"row 3"}
    assert ids(found, "model_release") == set()


def test_only_standing_plans_to_spend_are_behind_announced_spending(behind) -> None:
    said = [
        {}, {"kind": "capex_increase"}, {"kind": "capex_actual"}, {"kind": "financing"}, {"is_hypothetical": True},
        {"is_third_party": True}, {"direction": "down"}, {"is_negated": True},
        {"company": "Nvidia"}, {"kind": "region_launch"},
    ]  # fmt: skip
    found = behind(announcements=said)
    assert ids(found, "announced_spending") == {"item 0", "item 1"}
    assert ids(found, "region_launch") == ids(found, "financing") == set()
    assert ids(behind(announcements=said, segment="models"), "announced_spending") == set(), "takes no capex"


def test_growth_leads_to_both_quarters_and_no_others(behind) -> None:
    reported = [{"period_end": end, "value": 100.0 + i} for i, end in enumerate(ENDS[:-1])]
    reported += [{"metric": "yoy_pct", "unit": "percent", "period_end": ENDS[5], "value": 18.0}]
    found = behind(reported=reported)
    assert read(found, "fast_growth") == {("revenue", ENDS[5]), ("revenue", ENDS[1])}
    assert read(found, "acceleration") == {("revenue", ENDS[n]) for n in (5, 1, 4, 0)}
    assert read(found, "steady_growth") == read(found, "acceleration")


def test_growth_that_the_company_stated_leads_to_the_statement(behind) -> None:
    stated = {"metric": "yoy_pct", "unit": "percent", "segment": "Cloud", "segment_basis": "group"}
    reported = [
        {"period_end": ENDS[5], "value": 100.0}, NEW_CLOUD | {"period_end": ENDS[6], "value": 200.0},
        stated | {"period_end": ENDS[6], "value": 26.0},
    ]  # fmt: skip
    assert read(behind(reported=reported), "fast_growth") == {("yoy_pct", ENDS[6])}


def test_margins_lead_to_profit_and_revenue(behind) -> None:
    reported = [
        {"metric": metric, "period_end": end, "value": 100.0 + i}
        for metric in ("adj_ebita", "revenue")
        for i, end in enumerate(ENDS)
    ]
    both = {(metric, ENDS[n]) for metric in ("adj_ebita", "revenue") for n in (6, 2)}
    assert read(behind(reported=reported), "steady_margin") == both
    assert read(behind(reported=reported), "squeezed_margin") == both


def test_spending_leads_to_the_groups_figures_for_its_takers_only(behind) -> None:
    reported = [
        TOTAL | {"metric": metric, "period_end": end, "value": 100.0 + i}
        for metric in ("capex", "revenue")
        for i, end in enumerate(ENDS)
    ]
    found = behind(reported=reported)
    assert read(found, "capex_growth") == {("capex", ENDS[6]), ("capex", ENDS[2])}
    assert read(found, "capex_intensity") == {
        (metric, end) for metric in ("capex", "revenue") for end in ENDS[3:]
    }  # fmt: skip
    assert read(found, "fast_growth") == set()
    others = behind(reported=reported, segment="models")
    assert read(others, "capex_growth") == read(others, "capex_intensity") == set()


def test_the_newest_version_known_by_then_is_meant(behind, given) -> None:
    early = given.as_of - timedelta(days=20)
    restated = [
        {"period_end": ENDS[2], "value": 90.0, "known_at": early},
        {"period_end": ENDS[6], "value": 100.0, "known_at": early},
        {"period_end": ENDS[6], "value": 110.0, "known_at": given.as_of, "revision": 1},
        {"period_end": ENDS[6], "value": 999.0, "known_at": given.as_of + timedelta(days=1), "revision": 2},
    ]  # fmt: skip
    for as_of, value in ((given.as_of, 110.0), (early, 100.0)):
        for rows in (restated, restated[::-1]):
            found = behind(reported=rows, as_of=as_of)["fast_growth"]["core.reported_figures"]
            assert sorted(found["value"]) == [90.0, value]


def test_nothing_is_behind_what_nothing_is_known_of(behind) -> None:
    assert all(tables == {} for tables in behind().values())
    assert all(tables == {} for tables in behind(as_of=end_of_day(date(2001, 1, 1))).values())


def test_every_metric_of_reported_figures_can_be_followed(behind, configuration) -> None:
    named = {
        metric
        for need in LINEAGE
        if need.output == "marts.segment_metrics" and need.table == "core.reported_figures" and need.metric in FIGURES
        for metric in need.output_metrics
        if not metric.startswith(("tracked_", "plan_"))
    }
    assert named - {"revenue_yoy_acceleration_frac"} <= COMPUTED_FROM.keys()
    reported = [
        where | {"metric": metric, "period_end": end, "value": 100.0 + i}
        for where, metrics in ((CLOUD, ("revenue", "adj_ebita")), (TOTAL, ("revenue", "capex")))
        for metric in metrics
        for i, end in enumerate(ENDS)
    ]  # fmt: skip
    feature = next(f for f in configuration.phases.features if f.name == "fast_growth")
    (ramp,) = feature.ramps
    for metric in sorted(named - {"revenue_usd", "capex_ttm_usd"}):
        of_company = metric.startswith("capex")
        followed = replace(feature, ramps=(Ramp(metric=metric, is_of_company=of_company, edges=ramp.edges),))
        rules = replace(configuration.phases, features=(followed,))
        assert read(behind(reported=reported, rules=rules), "fast_growth"), metric
