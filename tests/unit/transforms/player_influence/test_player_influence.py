"""The players' index: shares of what is observed, and what is left out."""

from datetime import date

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status
from aicycle.model.parameters import (
    Company,
    IndicatorWeight,
    MetricRules,
    Parameter,
    PlayerCheck,
    PlayerRules,
    ReportedSegment,
    Segment,
    Universe,
    Wave,
)
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.player_influence import INFLUENCE_SCHEMA, ordering_checks, player_influence
from transforms.segment_metrics import all_metrics

AS_OF = date(2024, 12, 1)
Q3, Q3_BEFORE = date(2024, 9, 30), date(2023, 9, 30)
YEARS = [date(y, m, d) for y in (2022, 2023, 2024) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))][3:11]
STORED = {
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
    "verification": "source",
}


def number(value: float, known_on: date = date(2026, 11, 28)) -> Parameter[float]:
    return Parameter(value=value, unit="x", status=Status.ASSUMPTION, source="t", why="t", known_at=known_on)


def company(name: str, home: str = "CN", currency: str = "USD", segment: str = "cloud") -> Company:
    reported = (ReportedSegment(basis="new", name="Cloud"),)
    segments = (Segment(name=segment, reported_as=reported), Segment(name="models"))
    return Company(name=name, reporting_currency=currency, home_country=home, segments=segments)


UNIVERSE = Universe(
    exchanges=(),
    companies=(company("Acme"), company("Bolt", "US"), company("Core", "US", segment="chips"), company("Quiet", "")),
    fx_pairs=(),
    fx_close_local="16:00",
    fx_timezone="UTC",
    fx_delay_minutes=number(1),
    reporting_delay_days=number(1),
)
METRIC_RULES = MetricRules(
    plan_start=Parameter(
        value="first_full_quarter", unit="r", status=Status.ASSUMPTION, source="t", why="t", known_at=date(2020, 1, 1)
    )
)


def rules(*waves: dict[str, float], checks: tuple[PlayerCheck, ...] = ()) -> PlayerRules:
    return PlayerRules(
        version="t",
        event_window_years=number(1),
        home_window_years=number(3),
        oldest_figure_days=number(200),
        waves=tuple(
            Wave(
                number=n,
                name="w",
                weights=tuple(IndicatorWeight(indicator=i, weight=number(w)) for i, w in wave.items()),
            )
            for n, wave in enumerate(waves, start=1)
        ),
        checks=checks,
    )


def figure(name: str, period_end: date, value: float, metric: str = "revenue", **more: object) -> dict[str, object]:
    known_at = more.get("known_at", end_of_day(period_end))
    return {
        **STORED,
        "company": name,
        "segment": "Total" if metric == "capex" else "Cloud",
        "segment_basis": "new",
        "metric": metric,
        "duration_months": 3,
        "unit": "USD",
        "period_end": period_end,
        "value": value,
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def event(name: str, known_on: date, country: str = "BR", **more: object) -> dict[str, object]:
    known_at = end_of_day(known_on)
    return {
        **STORED,
        "cycle_event_id": f"{name} {known_on} {country} {more.get('type', '')}",
        "announcement_id": f"{name} {known_on} {more.get('type', '')}",
        "event_time": known_on,
        "company": name,
        "segment": "cloud",
        "type": "region_launch",
        "direction": 1,
        "country": country,
        "is_realised": True,
        "title": "t",
        "known_at": known_at,
        "source_known_at": known_at,
        **more,
    }


def influence(rows: list[dict[str, object]], player_rules: PlayerRules, as_of: date = AS_OF) -> pl.DataFrame:
    figures = pl.DataFrame(
        [r for r in rows if "metric" in r], schema=CONTRACTS["core.reported_figures"].polars_schema()
    )
    events = pl.DataFrame([r for r in rows if "type" in r], schema=CONTRACTS["core.cycle_events"].polars_schema())
    none = CONTRACTS["core.announcements"].polars_schema().to_frame()
    members = event_members(none, events)
    facts = Facts.from_tables({"core.reported_figures": figures, "core.cycle_events": events})
    instant = end_of_day(as_of)
    metrics = all_metrics(facts, universe=UNIVERSE, rules=METRIC_RULES, as_of=instant)
    found = player_influence(metrics, events, members, universe=UNIVERSE, rules=player_rules, as_of=instant)
    assert found.schema == INFLUENCE_SCHEMA
    assert not found.select(CONTRACTS["marts.player_influence"].key).is_duplicated().any()
    return found


def column(found: pl.DataFrame, indicator: str, name: str = "share_frac", wave: str = "1 w") -> dict[str, object]:
    rows = found.filter((pl.col("indicator") == indicator) & (pl.col("wave") == wave))
    return dict(rows.select("company", name).iter_rows())


def test_a_share_is_of_those_who_report_it():
    found = influence(
        [figure("Acme", Q3, 30.0), figure("Bolt", Q3, 10.0), figure("Core", date(2024, 10, 27), 60.0)],
        rules({"compute_revenue_usd": 0.5, "cloud_revenue_usd": 0.5}),
    )

    assert column(found, "compute_revenue_usd") == {"Acme": 0.3, "Bolt": 0.1, "Core": 0.6, "Quiet": None}
    assert column(found, "cloud_revenue_usd") == {"Acme": 0.75, "Bolt": 0.25, "Core": None, "Quiet": None}
    assert column(found, "index")["Acme"] == pytest.approx((0.3 + 0.75) / 2)
    assert column(found, "index", "rank") == {"Acme": 2, "Bolt": 3, "Core": 1, "Quiet": None}


def test_what_is_missing_is_left_out_and_the_rest_weighs_more():
    found = influence(
        [figure("Acme", Q3, 30.0), figure("Bolt", Q3, 10.0), figure("Core", Q3, 60.0)],
        rules({"compute_revenue_usd": 3.0, "cloud_revenue_usd": 1.0}),
    )

    assert column(found, "index")["Core"] == pytest.approx(0.6)
    assert column(found, "index", "weight") == {"Acme": 1.0, "Bolt": 1.0, "Core": 0.75, "Quiet": 0.0}
    assert column(found, "index", "is_partial") == {"Acme": False, "Bolt": False, "Core": True, "Quiet": True}


def test_a_player_of_whom_nothing_is_observed_abstains():
    found = influence([figure("Acme", Q3, 30.0), figure("Bolt", Q3, 10.0)], rules({"cloud_revenue_usd": 1.0}))

    assert column(found, "index")["Quiet"] is None
    assert column(found, "index", "null_reason")["Quiet"] == "nothing of it is observed: no cloud_revenue_usd"
    assert column(found, "cloud_revenue_usd", "null_reason")["Quiet"] == "no figure is reported"


def test_one_player_alone_has_no_share():
    found = influence([figure("Acme", Q3, 30.0)], rules({"cloud_revenue_usd": 1.0}))

    assert column(found, "cloud_revenue_usd", "null_reason")["Acme"] == "only one player reports it"
    assert column(found, "index")["Acme"] is None


def test_growth_is_shared_out_as_dollars_and_a_loss_has_no_share():
    rows = [
        figure("Acme", Q3_BEFORE, 20.0), figure("Acme", Q3, 30.0),
        figure("Bolt", Q3_BEFORE, 30.0), figure("Bolt", Q3, 60.0),
        figure("Core", Q3_BEFORE, 30.0), figure("Core", Q3, 10.0),
    ]  # fmt: skip
    found = influence(rows, rules({"compute_revenue_increase_usd": 1.0}))

    assert column(found, "compute_revenue_increase_usd", "value")["Core"] == pytest.approx(-20.0)
    shares = column(found, "compute_revenue_increase_usd")
    assert (shares["Acme"], shares["Bolt"], shares["Core"]) == (pytest.approx(0.25), pytest.approx(0.75), 0.0)


def test_growth_that_can_not_be_computed_is_missing():
    rows = [figure("Acme", Q3_BEFORE, 20.0), figure("Acme", Q3, 0.0), figure("Bolt", Q3, 60.0)]
    found = influence(rows, rules({"cloud_revenue_increase_usd": 1.0}))

    reasons = column(found, "cloud_revenue_increase_usd", "null_reason")
    assert reasons["Acme"] == "no growth within a year can be computed"
    assert reasons["Bolt"] == "nothing is reported for the same quarter a year before"


def test_spending_is_a_trailing_year_and_what_it_rose_by():
    rows = [figure("Acme", end, 1.0 if i < 4 else 2.0, "capex") for i, end in enumerate(YEARS)]
    rows += [figure("Bolt", end, 3.0, "capex") for end in YEARS[4:]]
    found = influence(rows, rules({"capex_ttm_usd": 1.0, "capex_ttm_increase_usd": 1.0}))

    assert column(found, "capex_ttm_usd", "value") == {"Acme": 8.0, "Bolt": 12.0, "Core": None, "Quiet": None}
    assert column(found, "capex_ttm_increase_usd", "value")["Acme"] == pytest.approx(4.0)
    assert column(found, "capex_ttm_increase_usd", "null_reason")["Bolt"] == "no trailing capex a year before"


def test_an_old_figure_does_not_speak_for_the_present():
    found = influence(
        [figure("Acme", date(2024, 3, 31), 30.0), figure("Bolt", Q3, 1.0)], rules({"cloud_revenue_usd": 1.0})
    )

    assert column(found, "cloud_revenue_usd", "null_reason")["Acme"] == "the newest figure is of 2024-03-31"


def test_counts_are_of_happenings_in_the_window_and_damped():
    rows = [
        *(event("Acme", date(2024, 9, 24), country) for country in ("BR", "FR", "CN", "CN-X")),
        event("Acme", date(2024, 2, 1)),
        event("Acme", date(2023, 11, 30)),
        event("Acme", date(2024, 3, 1), direction=-1),
        event("Acme", date(2024, 9, 24), type="model_release", segment="models"),
        event("Bolt", date(2024, 5, 1), "US"),
        event("Core", date(2020, 5, 1), segment="chips", type="chip_release"),
    ]
    found = influence(rows, rules({"region_launches_count": 1.0, "region_launches_abroad_count": 1.0}))

    assert column(found, "region_launches_count", "value") == {"Acme": 2.0, "Bolt": 1.0, "Core": 0.0, "Quiet": None}
    assert column(found, "region_launches_abroad_count", "value") == {
        "Acme": 1.75, "Bolt": 0.0, "Core": 0.0, "Quiet": None,
    }  # fmt: skip
    shares = column(found, "region_launches_count")
    assert shares["Acme"] == pytest.approx(0.6131, abs=1e-4)  # log 3 of log 3 + log 2
    assert column(found, "region_launches_count", "null_reason")["Quiet"] == "no event of it is recorded"


def test_home_and_abroad_need_a_home():
    rows = [event("Quiet", date(2024, 5, 1)), event("Quiet", date(2024, 6, 1))]
    found = influence(rows, rules({"region_launches_abroad_count": 1.0, "cloud_home_share_frac": 0.0}))

    reason = "config/universe.toml does not say where it is at home"
    assert column(found, "region_launches_abroad_count", "null_reason")["Quiet"] == reason
    assert column(found, "cloud_home_share_frac", "null_reason")["Quiet"] == reason


def test_the_home_share_is_of_what_a_cloud_does_and_in_no_index():
    rows = [
        event("Acme", date(2024, 5, 1), "BR"),
        event("Acme", date(2024, 6, 1), "CN", type="competition"),
        event("Acme", date(2024, 7, 1), "CN", type="results"),
        event("Bolt", date(2024, 5, 1), "US"),
    ]
    found = influence(rows, rules({"region_launches_count": 1.0, "cloud_home_share_frac": 0.0}))

    assert column(found, "cloud_home_share_frac", "value")["Acme"] == 0.5
    assert column(found, "cloud_home_share_frac", "value")["Bolt"] is None
    assert "fewer than 2" in str(column(found, "cloud_home_share_frac", "null_reason")["Bolt"])
    assert column(found, "index", "is_partial")["Acme"] is False


def test_it_is_hindsight_before_the_weights_were_registered_and_an_assumption_always():
    rows = [figure("Acme", Q3, 30.0), figure("Bolt", Q3, 10.0)]
    found = influence(rows, rules({"cloud_revenue_usd": 1.0}))

    assert set(found["basis"]) == {"hindsight"}
    assert set(column(found, "index", "status").values()) == {"assumption"}
    assert column(found, "cloud_revenue_usd", "status")["Acme"] == "reported"


# --- ordering -------------------------------------------------------------------------------------------------------


def check(above: str, below: str = "", *, waves: tuple[int, int] = (1, 1), indicator: str = "index") -> PlayerCheck:
    claim = Parameter(
        value="said so", unit="claim", status=Status.ARTICLE, source="t", why="t", known_at=date(2025, 9, 28)
    )
    return PlayerCheck(
        check_id="c", claim=claim, above=tuple(above.split()), below=tuple(below.split()), above_wave=waves[0],
        below_wave=waves[1], indicator=indicator,
    )  # fmt: skip


REVENUES = [figure("Acme", Q3, 30.0), figure("Bolt", Q3, 10.0), figure("Core", Q3, 60.0)]
WAVES = ({"compute_revenue_usd": 1.0}, {"cloud_revenue_usd": 1.0})


@pytest.mark.parametrize(
    ("stated", "result", "sentence"),
    [
        (check("Core"), "holds", "Core 0.600 in wave 1, Acme 0.300 in wave 1; without Quiet: no number"),
        (check("Acme"), "fails", "Acme 0.300 in wave 1, Core 0.600 in wave 1; without Quiet: no number"),
        (check("Core Acme", "Bolt"), "holds", "Acme 0.300 in wave 1, Bolt 0.100 in wave 1"),
        (check("Core Bolt", "Acme"), "fails", "Bolt 0.100 in wave 1, Acme 0.300 in wave 1"),
        (check("Acme", "Acme", waves=(2, 1)), "holds", "Acme 0.750 in wave 2, Acme 0.300 in wave 1"),
        (check("Acme", "Acme"), "fails", "Acme 0.300 in wave 1, Acme 0.300 in wave 1"),
        (check("Acme", "Quiet"), "not checkable", "no index of Quiet"),
        (check("Core", "Acme", waves=(2, 2)), "not checkable", "no index of Core"),
        (
            check("Acme", "Bolt", indicator="compute_revenue_usd"),
            "holds",
            "Acme 30.000 in wave 1, Bolt 10.000 in wave 1",
        ),
    ],
    ids=lambda value: "" if isinstance(value, PlayerCheck) else str(value),
)
def test_an_ordering_holds_fails_or_can_not_be_checked(stated: PlayerCheck, result: str, sentence: str):
    player_rules = rules(*WAVES, checks=(stated,))

    (found,) = ordering_checks(influence(REVENUES, player_rules), player_rules)

    assert (found.result, found.sentence, found.status) == (result, sentence, "article")


def test_an_index_of_a_part_of_the_weights_says_so():
    player_rules = rules({"compute_revenue_usd": 1.0, "cloud_revenue_usd": 3.0}, checks=(check("Acme", "Core"),))

    (found,) = ordering_checks(influence(REVENUES, player_rules), player_rules)

    assert found.sentence == "Acme 0.637 in wave 1, Core 0.600 in wave 1 (from 25% of the weights)"
    assert found.below.weight_known_frac == 0.25


def test_without_facts_everybody_abstains_and_no_check_can_be_made():
    player_rules = rules({"cloud_revenue_usd": 1.0, "region_launches_count": 1.0}, checks=(check("Acme", "Bolt"),))

    found = influence([], player_rules)

    assert found["share_frac"].null_count() == found.height > 0
    assert found["null_reason"].null_count() == 0
    assert [c.result for c in ordering_checks(found, player_rules)] == ["not checkable"]
