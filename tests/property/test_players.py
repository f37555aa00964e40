"""The players' index under time, order and scale."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, IndicatorWeight, Parameter, PlayerRules, Segment, Universe, Wave
from transforms.event_members import event_members
from transforms.player_influence import player_influence
from transforms.segment_metrics import METRICS_SCHEMA

AS_OF = end_of_day(date(2025, 3, 1))
NAMES = ["Acme", "Bolt", "Core"]
STORED = {"known_precision": "day", "revision": 0, "load_seq": 1, "payload_sha256": "0" * 64, "byte_end": 1}


def number(value: float) -> Parameter[float]:
    return Parameter(value=value, unit="x", status=Status.ASSUMPTION, source="t", why="t", known_at=date(2020, 1, 1))


UNIVERSE = Universe(
    exchanges=(),
    companies=tuple(
        Company(name=name, reporting_currency="USD", home_country="CN", segments=(Segment(name="cloud"),))
        for name in NAMES
    ),
    fx_pairs=(),
    fx_close_local="16:00",
    fx_timezone="UTC",
    fx_delay_minutes=number(1),
    reporting_delay_days=number(1),
)
INDICATORS = ("cloud_revenue_usd", "capex_ttm_usd", "region_launches_count", "region_launches_abroad_count")
RULES = PlayerRules(
    version="t",
    event_window_years=number(1),
    home_window_years=number(3),
    oldest_figure_days=number(200),
    waves=(
        Wave(number=1, name="w", weights=tuple(IndicatorWeight(indicator=i, weight=number(1)) for i in INDICATORS)),
    ),
)
Rows = list[dict[str, object]]


@st.composite
def event_lists(draw: st.DrawFn) -> Rows:
    rows: Rows = []
    for position in range(draw(st.integers(0, 10))):
        known_at = end_of_day(date(2025, 3, 1) - timedelta(days=draw(st.integers(-30, 500))))
        rows.append(
            STORED
            | {
                "cycle_event_id": f"e{position}", "announcement_id": f"a{draw(st.integers(0, 4))}",
                "event_time": known_at.date(), "company": draw(st.sampled_from(NAMES)), "segment": "cloud",
                "type": "region_launch", "direction": 1, "country": draw(st.sampled_from(["CN", "BR"])),
                "is_realised": True, "title": "t", "verification": "source", "known_at": known_at,
                "source_known_at": known_at, "byte_start": position,
            }
        )  # fmt: skip
    return rows


amounts = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["revenue_usd", "capex_ttm_usd"])),
    st.one_of(st.none(), st.floats(0, 1e12)),
)


def influence(values: dict[tuple[str, str], float | None], events: Rows) -> pl.DataFrame:
    metrics = [
        {
            "company": company, "segment": "cloud" if metric == "revenue_usd" else "group", "metric": metric,
            "detail": "", "period_end": date(2024, 12, 31), "value": value, "unit": "USD", "status": "reported",
            "null_reason": None if value is not None else "none", "segment_basis": "b", "verification": "source",
            "is_partial": False, "known_at": AS_OF, "first_known_at": AS_OF,
        }
        for (company, metric), value in values.items()
    ]  # fmt: skip
    happened = pl.DataFrame(events, schema=CONTRACTS["core.cycle_events"].polars_schema())
    members = event_members(CONTRACTS["core.announcements"].polars_schema().to_frame(), happened)
    return player_influence(
        pl.DataFrame(metrics, schema=METRICS_SCHEMA), happened, members, universe=UNIVERSE, rules=RULES, as_of=AS_OF
    )


@given(amounts, event_lists(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_order_and_repetition_and_what_is_not_yet_known_change_nothing(values, events: Rows, random):
    known = [row for row in events if row["known_at"] <= AS_OF]  # type: ignore[operator]
    muddled = events + events
    random.shuffle(muddled)
    turned = dict(reversed(values.items()))

    assert influence(turned, muddled).equals(influence(values, known))


@given(amounts, event_lists())
@settings(max_examples=25)
def test_shares_sum_to_one_and_an_index_is_one_or_a_reason(values, events: Rows):
    found = influence(values, events)

    of_indicators = found.filter(pl.col("indicator") != "index")
    for (_,), rows in of_indicators.group_by("indicator"):
        shares = rows["share_frac"].drop_nulls()
        assert shares.is_empty() or shares.sum() == pytest.approx(1.0)
    assert (found["share_frac"].is_null() == found["null_reason"].is_not_null()).all()
    assert found["share_frac"].drop_nulls().is_between(0, 1 + 1e-12).all()
    index = found.filter(pl.col("indicator") == "index")
    assert (index["rank"].is_null() == index["share_frac"].is_null()).all()


@given(st.floats(1, 1e12), st.floats(1, 1e12))
@settings(max_examples=25)
def test_more_of_something_is_never_a_lower_index(less: float, added: float):
    values = {("Acme", "revenue_usd"): less, ("Bolt", "revenue_usd"): 1e6}
    index = (pl.col("indicator") == "index") & (pl.col("company") == "Acme")

    before = influence(values, []).filter(index)["share_frac"].item()
    after = influence(values | {("Acme", "revenue_usd"): less + added}, []).filter(index)["share_frac"].item()

    assert after >= before
