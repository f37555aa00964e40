"""The downstream set against one computed by hand, from the rules in words rather than from the declared table."""

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import Status
from aicycle.model.parameters import Company, Listing, Parameter, ReportedSegment, Segment, Universe
from transforms.lineage import downstream

ONE = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1))
NAMES = ["Alibaba", "Nvidia", "Ant", "A / B"]
SEGMENTS = ["group", "cloud", "chips", "fintech"]
REPORTED = ["Total", "Cloud", "Data/Center"]
Reached = tuple[str, str, str | None]


@st.composite
def companies(draw: st.DrawFn, name: str) -> Company:
    segments = draw(st.lists(st.sampled_from(SEGMENTS), unique=True, max_size=3))
    return Company(
        name=name,
        reporting_currency=draw(st.sampled_from(["USD", "CNY", "EUR"])),
        listings=tuple(
            Listing(symbol=f"{name}{i}", exchange="E", currency="USD", shares_per_unit=ONE, is_primary=i == 0)
            for i in range(draw(st.integers(0, 2)))
        ),
        segments=tuple(
            Segment(
                name=segment,
                reported_as=tuple(
                    ReportedSegment(basis=f"b{i}", name=reported)
                    for i, reported in enumerate(draw(st.lists(st.sampled_from(REPORTED), max_size=2)))
                ),
                event_companies=tuple(draw(st.lists(st.sampled_from(["Ant", "A / B"]), unique=True, max_size=1))),
            )
            for segment in segments
        ),
    )


universes = st.tuples(companies("Alibaba"), companies("Nvidia")).map(
    lambda pair: Universe(
        exchanges=(),
        companies=pair,
        fx_pairs=(),
        fx_close_local="16:00",
        fx_timezone="UTC",
        fx_delay_minutes=ONE,
        reporting_delay_days=ONE,
    )
)
parties = st.sampled_from([*NAMES, "none"])
held_subjects = st.one_of(
    st.tuples(st.just("symbol"), st.sampled_from(["Alibaba0", "Alibaba1", "Nvidia0", "X"]),
              st.sampled_from(["close", "actions", "open"])),
    st.tuples(st.just("pair"), st.sampled_from(["USDCNY", "EURUSD", "USDEUR", "USDHKD"]), st.just("rate")),
    st.tuples(st.just("segment"), st.builds("{}/{}".format, parties, st.sampled_from([*SEGMENTS, "none"])),
              st.just("events")),
    st.tuples(st.just("segment"), st.builds("{}/{}".format, parties, st.sampled_from(REPORTED)),
              st.sampled_from(["revenue", "adj_ebita", "capex", "yoy_pct", "net_cash"])),
    st.tuples(st.just("company"), parties, st.sampled_from(["announcements", "revenue"])),
    st.tuples(st.just("document"), st.just("d"), st.just("text")),
)  # fmt: skip


def by_hand(universe: Universe, kind: str, subject: str, metric: str) -> set[Reached]:
    """Outputs, company and segment that need the subject."""
    reached: set[Reached] = set()
    for company in universe.companies:
        if is_for_scenarios(company, kind, subject, metric):
            reached |= {("marts.scenario_runs", company.name, None), ("marts.forecasts", company.name, None)}
        for segment in company.segments:
            sources = [company.name, *segment.event_companies]
            is_own = segment.name != "group" and subject in {f"{source}/{segment.name}" for source in sources}
            if is_own and (kind, metric) == ("segment", "events"):
                reached.add(("marts.phase_assessments", company.name, segment.name))
        named = with_metrics(company, kind, subject, metric)
        reached |= {("marts.segment_metrics", company.name, name) for name in named}
        if metric == "capex" and "group" in named:
            reached.add(("marts.forecasts", company.name, "group"))
        if metric in {"revenue", "yoy_pct"} and is_headline(company, subject):
            reached.add(("marts.forecasts", company.name, forecast_segment(company)))
    return reached


def forecast_segment(company: Company) -> str | None:
    reported = [segment.name for segment in company.segments if segment.reported_as]
    others = [name for name in reported if name != "group"]
    return "cloud" if "cloud" in others else others[0] if others else "group" if reported else None


def is_headline(company: Company, subject: str) -> bool:
    name = forecast_segment(company)
    under = {r.name for segment in company.segments if segment.name == name for r in segment.reported_as}
    under |= {"Total"} if name == "group" else set()
    return subject in {f"{company.name}/{reported}" for reported in under}


def is_for_scenarios(company: Company, kind: str, subject: str, metric: str) -> bool:
    whose = {company.name} | {other for segment in company.segments for other in segment.event_companies}
    if kind == "symbol":
        primary = {listing.symbol for listing in company.listings if listing.is_primary}
        return subject in primary and metric in {"close", "actions"}
    if (kind, metric) == ("company", "announcements"):
        return subject in whose
    party, _, place = subject.rpartition("/")
    is_in_market = place in {"group", "none", *(segment.name for segment in company.segments)}
    return (kind, metric) == ("segment", "events") and (party in whose or (party == "none" and is_in_market))


def with_metrics(company: Company, kind: str, subject: str, metric: str) -> set[str]:
    with_figures = {"group"} | {segment.name for segment in company.segments if segment.reported_as}
    if kind == "pair":
        is_own = {subject[:3], subject[3:]} == {"USD", company.reporting_currency}
        return with_figures if is_own and company.reporting_currency != "USD" else set()
    if kind != "segment" or metric not in {"revenue", "adj_ebita", "capex", "yoy_pct"}:
        return set()
    named = {
        segment.name
        for segment in company.segments
        if subject in {f"{company.name}/{reported.name}" for reported in segment.reported_as}
    }
    if subject == f"{company.name}/Total":
        named |= with_figures if metric == "revenue" else {"group"}
    return named


@given(universes, st.lists(held_subjects, max_size=6))
@settings(max_examples=100)
def test_what_a_hold_reaches_is_what_was_found_by_hand(universe: Universe, held: list[tuple[str, str, str]]):
    rows = [
        {
            "subject_kind": kind, "subject_id": subject, "metric": metric,
            "since": datetime(2025, 1, 1, tzinfo=UTC), "cause": f"c{number}", "quarantine_id": "q", "load_seq": 1,
        }
        for number, (kind, subject, metric) in enumerate(held)
    ]  # fmt: skip

    spread = downstream(pl.DataFrame(rows, schema=CONTRACTS["ops.holds"].polars_schema()), universe)

    found = [(r["cause"], r["output"], r["company"], r["segment"]) for r in spread.iter_rows(named=True)]
    expected = {
        (f"c{number}", *reached) for number, subject in enumerate(held) for reached in by_hand(universe, *subject)
    }
    assert set(found) == expected
    assert len(found) == len(expected)
