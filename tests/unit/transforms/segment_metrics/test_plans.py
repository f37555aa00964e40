from datetime import date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, MetricRules, Parameter, Universe
from transforms.facts import Facts
from transforms.segment_metrics import all_metrics

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
ENDS = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31)]
LATER = date(2026, 2, 10)


def universe(home: str = "CN") -> Universe:
    return Universe(
        exchanges=(),
        companies=(Company(name="Acme", reporting_currency="CNY", home_country=home),),
        fx_pairs=(),
        fx_close_local="16:00",
        fx_timezone="UTC",
        fx_delay_minutes=NUMBER,
        reporting_delay_days=NUMBER,
    )


def rules(start: str = "first_full_quarter") -> MetricRules:
    return MetricRules(
        plan_start=Parameter(
            value=start, unit="rule", status=Status.ASSUMPTION, source="t", why="t", known_at=date(2020, 1, 1)
        )
    )


def plan(**more: object) -> dict[str, object]:
    known_at = more.get("known_at", end_of_day(date(2025, 2, 24)))
    return {
        **STORED,
        "item_id": "plan",
        "announcement_id": "plan",
        "company": "Acme",
        "kind": "capex_plan",
        "amount_low": 380.0,
        "amount_high": 400.0,
        "currency": "CNY",
        "horizon_start": "2025-02",
        "horizon_end": "2028-02",
        "is_hypothetical": False,
        "origin": "row",
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def capex(period_end: date, value: float = 38.0, **more: object) -> dict[str, object]:
    known_at = more.get("known_at", end_of_day(period_end))
    return {
        **STORED,
        "company": "Acme",
        "segment": "Total",
        "segment_basis": "group",
        "metric": "capex",
        "duration_months": 3,
        "unit": "CNY",
        "period_end": period_end,
        "value": value,
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


QUARTERS = [capex(end) for end in ENDS]


def progress(
    plans: list[dict[str, object]],
    spent: list[dict[str, object]] | None = None,
    *,
    as_of: date = LATER,
    start: str = "first_full_quarter",
    home: str = "CN",
) -> pl.DataFrame:
    facts = Facts.from_tables(
        {
            "core.announcements": pl.DataFrame(plans, schema=CONTRACTS["core.announcements"].polars_schema()),
            "core.reported_figures": pl.DataFrame(
                QUARTERS if spent is None else spent, schema=CONTRACTS["core.reported_figures"].polars_schema()
            ),
        }
    )
    found = all_metrics(facts, universe=universe(home), rules=rules(start), as_of=end_of_day(as_of))
    return found.filter(pl.col("metric").str.starts_with("plan_"))


def values(found: pl.DataFrame, metric: str = "plan_spent_frac") -> dict[date, float | None]:
    return dict(found.filter(pl.col("metric") == metric).select("period_end", "value").iter_rows())


def reasons(found: pl.DataFrame, metric: str = "plan_spent_frac") -> set[str | None]:
    return set(found.filter(pl.col("metric") == metric)["null_reason"])


def test_spending_counts_from_the_first_full_quarter_and_time_from_the_start():
    found = progress([plan()])

    assert values(found) == {ENDS[1]: pytest.approx(0.1), ENDS[2]: pytest.approx(0.2), ENDS[3]: pytest.approx(0.3)}
    assert values(found, "plan_elapsed_frac")[ENDS[1]] == pytest.approx(150 / 1124)
    assert set(found.select("segment", "detail", "unit", "status").iter_rows()) == {
        ("group", "plan", "fraction", "derived")
    }


def test_the_other_rule_counts_the_quarter_the_start_lies_in():
    assert list(values(progress([plan()], start="quarter_of_start"))) == ENDS


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("2025-04-01", ENDS[1]),
        ("2025-04-02", ENDS[2]),
        ("2025-04", ENDS[1]),
        ("2025", ENDS[0]),
        ("2025-03-31", ENDS[1]),
    ],
)
def test_a_quarter_counts_if_it_begins_on_the_start_or_later(start: str, first: date):
    assert min(values(progress([plan(horizon_start=start)]))) == first


def test_overdue_is_said():
    found = progress([plan(horizon_start="2025-01", horizon_end="2025-06", amount_low=38.0)])

    assert values(found, "plan_elapsed_frac")[ENDS[1]] == 1.0
    assert values(found, "plan_elapsed_frac")[ENDS[3]] == pytest.approx(365 / 181)
    assert values(found)[ENDS[3]] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"horizon_start": None}, "the plan states no start that can be read"),
        ({"horizon_start": "2025-13"}, "the plan states no start that can be read"),
        ({"horizon_end": "2024"}, "the plan ends before it starts"),
        ({"regions": "BR|FR"}, "the plan is for BR|FR only; the group's capex is not reported by region"),
        ({"regions": "CN-GD"}, "the plan is for CN-GD only; the group's capex is not reported by region"),
        ({"currency": "USD"}, "announced in USD, while capex is reported in CNY"),
        ({"currency": None}, "announced in no currency, while capex is reported in CNY"),
        ({"amount_low": 0.0}, "the announced amount is zero"),
    ],
    ids=str,
)
def test_what_can_not_be_measured_says_why(more: dict[str, object], reason: str):
    found = progress([plan(**more)])

    assert set(values(found).values()) == {None}
    assert reasons(found) == {reason}


def test_a_plan_for_home_is_a_plan_for_the_group_unless_home_is_unknown():
    assert values(progress([plan(regions="CN")]))[ENDS[1]] == pytest.approx(0.1)
    assert values(progress([plan(regions="CN")], home=""))[ENDS[1]] is None


def test_the_same_amount_in_the_currency_of_capex_serves():
    found = progress([plan(currency="USD", amount_low=53.0, twin_amount=380.0, twin_currency="CNY")])

    assert values(found)[ENDS[1]] == pytest.approx(0.1)


def test_without_an_end_money_is_measured_and_time_is_not():
    found = progress([plan(horizon_end=None)])

    assert values(found)[ENDS[1]] == pytest.approx(0.1)
    assert reasons(found, "plan_elapsed_frac") == {"the plan states no end that can be read"}


def test_a_missing_quarter_makes_all_later_sums_unknown():
    found = progress([plan()], [capex(ENDS[1]), capex(ENDS[3])])

    assert values(found) == {ENDS[1]: pytest.approx(0.1), ENDS[3]: None}
    assert "capex of only 2 of the 3 quarters since the plan's start is reported" in reasons(found)


def test_a_first_quarter_that_is_missing_is_not_taken_for_the_start():
    found = progress([plan()], [capex(ENDS[2])])

    assert values(found) == {ENDS[2]: None}


def test_annual_figures_are_no_quarters():
    found = progress([plan()], [capex(ENDS[3], 500.0, duration_months=12)])

    assert values(found) == {ENDS[3]: None}
    assert reasons(found) == {"no quarterly capex of the group is reported"}


def test_a_plan_that_has_not_begun_waits():
    found = progress([plan(horizon_start="2026")])

    assert values(found) == {ENDS[3]: None}
    assert reasons(found) == {"no quarter since the plan's start on 2026-01-01 is reported yet"}
    assert values(found, "plan_elapsed_frac") == {ENDS[3]: 0.0}


def test_a_negative_quarter_makes_no_sum():
    assert reasons(progress([plan()], [capex(ENDS[1], -38.0)])) == {
        "capex of one of the quarters is negative: its sign is unclear"
    }


def test_a_fiscal_quarter_is_taken_by_the_month_it_ends_near():
    ends = [date(2025, 4, 27), date(2025, 7, 27), date(2025, 10, 26)]

    found = progress([plan(horizon_start="2025-02")], [capex(end) for end in ends])

    assert values(found) == {end: pytest.approx(0.1 * n) for n, end in enumerate(ends, start=1)}


@pytest.mark.parametrize(
    "more",
    [
        {"is_hypothetical": True}, {"is_negated": True}, {"is_third_party": True}, {"kind": "capex_increase"},
        {"company": "Elsewhere"}, {"amount_low": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_plan_of_the_company_with_an_amount_has_no_progress(more: dict[str, object]):
    assert progress([plan(**more)]).is_empty()


def test_a_revised_plan_counts_from_when_it_became_known():
    revised = plan(amount_low=760.0, known_at=end_of_day(date(2025, 10, 1)), revision=1)

    then = progress([plan(), revised], as_of=date(2025, 9, 30))
    now = progress([plan(), revised])

    assert values(then)[ENDS[1]] == pytest.approx(0.1)
    assert values(now)[ENDS[1]] == pytest.approx(0.05)
    row = now.filter((pl.col("metric") == "plan_spent_frac") & (pl.col("period_end") == ENDS[1])).to_dicts()[0]
    assert row["known_at"] == end_of_day(date(2025, 10, 1))
    assert row["first_known_at"] == end_of_day(ENDS[1])


def test_a_cancelled_plan_has_no_progress_any_more():
    cancelled = plan(is_negated=True, known_at=end_of_day(date(2025, 10, 1)), revision=1)

    assert not progress([plan(), cancelled], as_of=date(2025, 9, 30)).is_empty()
    assert progress([plan(), cancelled]).is_empty()


def test_a_restated_quarter_counts_as_restated():
    restated = capex(ENDS[1], 76.0, known_at=end_of_day(date(2026, 1, 5)), revision=1)

    found = progress([plan()], [*QUARTERS, restated])

    assert values(found)[ENDS[1]] == pytest.approx(0.2)
    assert isinstance(found["known_at"].max(), datetime)
    assert found["known_at"].max() == end_of_day(date(2026, 1, 5))
