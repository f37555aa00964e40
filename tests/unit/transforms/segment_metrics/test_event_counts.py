from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Parameter, Segment, Universe
from transforms.event_members import event_members
from transforms.segment_metrics.event_counts import event_counts
from transforms.segment_metrics.shape import METRICS_SCHEMA

NUMBER = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1))
STORED = {
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
    "verification": "source",
}
UNIVERSE = Universe(
    exchanges=(),
    companies=(
        Company(
            name="Acme",
            reporting_currency="CNY",
            segments=(Segment(name="cloud"), Segment(name="fintech", event_companies=("Sub",))),
        ),
        Company(name="Bolt", reporting_currency="USD"),
    ),
    fx_pairs=(),
    fx_close_local="16:00",
    fx_timezone="UTC",
    fx_delay_minutes=NUMBER,
    reporting_delay_days=NUMBER,
)
YEAR_END = date(2024, 12, 31)


def event(known_on: date, **more: object) -> dict[str, object]:
    known_at = end_of_day(known_on)
    name = f"{known_on}"
    return {
        **STORED,
        "cycle_event_id": f"event {name} {more.get('country', '')}",
        "announcement_id": name,
        "event_time": known_on,
        "company": "Acme",
        "segment": "cloud",
        "type": "region_launch",
        "direction": 1,
        "country": "BR",
        "is_realised": True,
        "title": "t",
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def said(known_on: date, **more: object) -> dict[str, object]:
    known_at = end_of_day(known_on)
    return {
        **STORED,
        "item_id": f"item {known_on}",
        "announcement_id": f"said {known_on}",
        "company": "Acme",
        "kind": "capex_plan",
        "is_hypothetical": False,
        "origin": "row",
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def counts(*rows: dict[str, object], as_of: date | datetime = YEAR_END) -> pl.DataFrame:
    happened = [row for row in rows if "cycle_event_id" in row]
    announced = [row for row in rows if "item_id" in row]
    events = pl.DataFrame(happened, schema=CONTRACTS["core.cycle_events"].polars_schema())
    announcements = pl.DataFrame(announced, schema=CONTRACTS["core.announcements"].polars_schema())
    instant = as_of if isinstance(as_of, datetime) else end_of_day(as_of)
    members = event_members(announcements, events)
    found = event_counts(events, announcements, members, universe=UNIVERSE, as_of=instant)
    assert found.schema == METRICS_SCHEMA
    return found.sort("company", "segment", "detail", "period_end")


def by_quarter(found: pl.DataFrame, **where: str) -> dict[date, float]:
    rows = found.filter(pl.all_horizontal(pl.lit(value=True), *(pl.col(k) == v for k, v in where.items())))
    return dict(rows.select("period_end", "value").iter_rows())


def test_a_happening_counts_in_the_four_quarters_from_the_one_it_became_known_in():
    found = counts(event(date(2023, 8, 15)))

    assert by_quarter(found) == {
        date(2023, 9, 30): 1, date(2023, 12, 31): 1, date(2024, 3, 31): 1, date(2024, 6, 30): 1,
        date(2024, 9, 30): 0, date(2024, 12, 31): 0,
    }  # fmt: skip
    assert set(found["unit"]) == {"count"}
    assert set(found["status"]) == {"derived"}


@pytest.mark.parametrize(
    ("known_on", "first"), [(date(2024, 3, 31), date(2024, 3, 31)), (date(2024, 4, 1), date(2024, 6, 30))]
)
def test_the_last_day_of_a_quarter_belongs_to_it(known_on: date, first: date):
    assert counts(event(known_on))["period_end"].min() == first


def test_a_quarter_counts_when_it_is_over():
    almost = datetime(2024, 9, 30, 23, 59, 59, 999998, tzinfo=UTC)

    assert counts(event(date(2024, 5, 1)), as_of=almost)["period_end"].max() == date(2024, 6, 30)
    assert counts(event(date(2024, 5, 1)), as_of=date(2024, 9, 30))["period_end"].max() == date(2024, 9, 30)
    assert counts(event(date(2024, 5, 1)), as_of=date(2024, 5, 30)).is_empty()


def test_an_announcement_with_eight_rows_is_one_happening():
    rows = [event(date(2024, 9, 24), country=country) for country in ("BR", "FR", "NL", "MX", "JP", "KR", "MY", "AE")]

    assert by_quarter(counts(*rows))[YEAR_END] == 1


def test_a_type_the_segment_has_had_is_counted_in_every_quarter():
    found = counts(event(date(2023, 8, 15)), event(date(2024, 11, 1), type="competition"))

    assert by_quarter(found, detail="competition") == {
        date(2023, 9, 30): 0, date(2023, 12, 31): 0, date(2024, 3, 31): 0, date(2024, 6, 30): 0,
        date(2024, 9, 30): 0, date(2024, 12, 31): 1,
    }  # fmt: skip


def test_what_is_retracted_never_happened_and_counted_before():
    first = event(date(2024, 2, 1))
    retracted = first | {"is_retracted": True, "known_at": end_of_day(date(2024, 8, 1)), "revision": 1}

    assert counts(first, retracted).is_empty()
    assert by_quarter(counts(first, retracted, as_of=date(2024, 6, 30))) == {date(2024, 3, 31): 1, date(2024, 6, 30): 1}


def test_a_restated_event_stays_as_old_as_it_is():
    first = event(date(2024, 2, 1))
    restated = first | {"title": "better", "known_at": end_of_day(date(2024, 8, 1)), "revision": 1}

    found = counts(first, restated)

    assert by_quarter(found)[date(2024, 3, 31)] == 1
    row = found.filter(pl.col("period_end") == date(2024, 3, 31)).to_dicts()[0]
    assert row["known_at"] == end_of_day(date(2024, 8, 1))
    assert row["first_known_at"] == end_of_day(date(2024, 3, 31))


def test_events_of_a_company_that_is_counted_in_belong_to_the_segment():
    found = counts(event(date(2024, 2, 1), company="Sub", segment="fintech"))

    assert set(found.select("company", "segment").iter_rows()) == {("Acme", "fintech")}


def test_the_group_counts_what_is_about_it_and_what_the_company_says_it_spends():
    found = counts(
        event(date(2024, 2, 1), segment="group", type="consolidation"),
        said(date(2024, 2, 24)),
        said(date(2024, 9, 24), kind="capex_increase"),
        said(date(2024, 3, 1), company="Bolt", kind="capex_guidance"),
    )

    assert set(found.select("company", "segment", "detail").iter_rows()) == {
        ("Acme", "group", "consolidation"), ("Acme", "group", "capex_plan"), ("Acme", "group", "capex_increase"),
        ("Bolt", "group", "capex_guidance"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"is_hypothetical": True},
        {"is_negated": True},
        {"is_third_party": True},
        {"kind": "financing"},
        {"company": "Sub"},
    ],
    ids=str,
)
def test_what_the_company_did_not_say_of_its_spending_is_not_counted(more: dict[str, object]):
    assert counts(said(date(2024, 2, 24), **more)).is_empty()


def test_a_count_rests_on_its_weakest_event_and_a_zero_is_derived():
    found = counts(event(date(2023, 2, 1)), event(date(2023, 3, 1), verification="unchecked"))

    by_end = dict(found.select("period_end", "verification").iter_rows())
    assert (by_end[date(2023, 3, 31)], by_end[YEAR_END]) == ("unchecked", "derived")


def test_what_is_watched_by_nobody_counts_for_nobody():
    assert counts(event(date(2024, 2, 1), company="none"), event(date(2024, 2, 2), segment="none")).is_empty()
