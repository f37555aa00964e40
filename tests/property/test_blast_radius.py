"""The downstream set against one computed by hand, from the rules in words rather than from the declared table."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

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
                takes_capex=draw(st.booleans()),
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
              st.sampled_from(["revenue", "adj_ebita", "capex", "yoy_pct", "net_cash", "ads_outstanding",
                               "cash_and_liquid_investments", "ordinary_shares_outstanding", "price_target"])),
    st.tuples(st.just("company"), parties, st.sampled_from(["announcements", "revenue"])),
    st.tuples(st.just("document"), st.just("d"), st.just("text")),
)  # fmt: skip


# Which reported names each company's projection sums; a company that is not in it has no projection.
projected = st.dictionaries(
    st.sampled_from(["Alibaba", "Nvidia"]), st.lists(st.sampled_from(["Cloud", "Data/Center"]), unique=True, max_size=2)
)


def sets_of(names: dict[str, list[str]]) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            company=company,
            projection=SimpleNamespace(
                segments=[SimpleNamespace(reported_as=[SimpleNamespace(names=n)]) for n in parts]
            ),
        )
        for company, parts in ((c, [tuple(found)]) for c, found in names.items())
    ]


def is_for_projection(company: Company, names: list[str], kind: str, subject: str, metric: str) -> bool:
    """The company's own parts and total, and its currency against the dollar."""
    if kind == "pair":
        return company.reporting_currency != "USD" and {subject[:3], subject[3:]} == {"USD", company.reporting_currency}
    if kind != "segment":
        return False
    if subject == f"{company.name}/Total":
        counts = {"ads_outstanding", "ordinary_shares_outstanding", "cash_and_liquid_investments"}
        return metric in {"revenue", "adj_ebita", *counts}
    return subject in {f"{company.name}/{name}" for name in names} and metric in {"revenue", "adj_ebita"}


def by_hand(
    universe: Universe, projections: dict[str, list[str]], kind: str, subject: str, metric: str
) -> set[Reached]:
    """Outputs, company and segment that need the subject."""
    reached: set[Reached] = set()
    for company in universe.companies:
        if is_for_the_tracked_clouds(company, kind, subject, metric):
            reached.add(("marts.segment_metrics", "all tracked", "cloud"))
        if is_for_players(company, kind, subject, metric):
            reached.add(("marts.player_influence", "all tracked", None))
        names = projections.get(company.name)
        if names is not None and is_for_projection(company, names, kind, subject, metric):
            reached.add(("marts.scenario_runs", company.name, None))
        if is_for_scenarios(company, kind, subject, metric):
            reached |= {("marts.scenario_runs", company.name, None), ("marts.forecasts", company.name, None)}
        for segment in company.segments:
            if segment.name != "group" and is_for_its_phase(company, segment, kind, subject, metric):
                reached.add(("marts.phase_assessments", company.name, segment.name))
        named = with_metrics(company, kind, subject, metric)
        reached |= {("marts.segment_metrics", company.name, name) for name in named}
        if metric == "capex" and "group" in named:
            reached.add(("marts.forecasts", company.name, "group"))
        if metric in {"revenue", "yoy_pct"} and is_headline(company, subject):
            reached.add(("marts.forecasts", company.name, forecast_segment(company)))
    return reached


def is_for_its_phase(company: Company, segment: Segment, kind: str, subject: str, metric: str) -> bool:
    sources = [company.name, *segment.event_companies]
    if (kind, metric) == ("segment", "events"):
        return subject in {f"{source}/{segment.name}" for source in sources}
    if (kind, metric) == ("company", "announcements"):
        return segment.takes_capex and subject in sources
    if kind == "segment" and metric in {"revenue", "capex"} and segment.takes_capex:
        groups = [s for s in company.segments if s.name == "group"]
        totals = {"Total"} | {reported.name for group in groups for reported in group.reported_as}
        if subject in {f"{company.name}/{total}" for total in totals}:
            return True
    is_own = subject in {f"{company.name}/{reported.name}" for reported in segment.reported_as}
    return kind == "segment" and metric in {"revenue", "adj_ebita", "yoy_pct"} and is_own


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


def names_of(company: Company, *places: str) -> set[str]:
    """Subjects under which segments of these names are reported."""
    return {
        f"{company.name}/{reported.name}"
        for segment in company.segments
        if segment.name in places
        for reported in segment.reported_as
    }


def is_its_pair(company: Company, subject: str) -> bool:
    return company.reporting_currency != "USD" and subject in {
        f"USD{company.reporting_currency}", f"{company.reporting_currency}USD"
    }  # fmt: skip


def is_for_the_tracked_clouds(company: Company, kind: str, subject: str, metric: str) -> bool:
    clouds = names_of(company, "cloud")
    if (kind, metric) == ("pair", "rate"):
        return bool(clouds) and is_its_pair(company, subject)
    return (kind, metric) == ("segment", "revenue") and subject in clouds


def is_for_players(company: Company, kind: str, subject: str, metric: str) -> bool:
    if (kind, metric) == ("pair", "rate"):
        return is_its_pair(company, subject)
    if kind != "segment":
        return False
    if metric == "events":
        whose = {company.name} | {other for segment in company.segments for other in segment.event_companies}
        return subject.rpartition("/")[0] in whose
    if metric == "capex":
        return subject == f"{company.name}/Total"
    return metric in {"revenue", "yoy_pct"} and subject in names_of(company, "cloud", "chips")


def with_metrics(company: Company, kind: str, subject: str, metric: str) -> set[str]:
    if (kind, metric) == ("company", "announcements"):
        return {"group"} if subject == company.name else set()
    if (kind, metric) == ("segment", "events"):
        counted = {(company.name, "group")} | {
            (source, segment.name)
            for segment in company.segments
            for source in (company.name, *segment.event_companies)
        }
        return {place for source, place in counted if subject == f"{source}/{place}"}
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


@given(universes, projected, st.lists(held_subjects, max_size=6))
@settings(max_examples=100)
def test_what_a_hold_reaches_is_what_was_found_by_hand(
    universe: Universe, projections: dict[str, list[str]], held: list[tuple[str, str, str]]
):
    rows = [
        {
            "subject_kind": kind, "subject_id": subject, "metric": metric,
            "since": datetime(2025, 1, 1, tzinfo=UTC), "cause": f"c{number}", "quarantine_id": "q", "load_seq": 1,
        }
        for number, (kind, subject, metric) in enumerate(held)
    ]  # fmt: skip

    spread = downstream(
        pl.DataFrame(rows, schema=CONTRACTS["ops.holds"].polars_schema()), universe, sets_of(projections)
    )

    found = [(r["cause"], r["output"], r["company"], r["segment"]) for r in spread.iter_rows(named=True)]
    expected = {
        (f"c{number}", *reached)
        for number, subject in enumerate(held)
        for reached in by_hand(universe, projections, *subject)
    }
    assert set(found) == expected
    assert len(found) == len(expected)
