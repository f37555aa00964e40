"""Segment metrics under time, order and restatement; and that the declared lineage is what the metrics really read."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import (
    Company,
    MetricRules,
    Parameter,
    ReportedSegment,
    Segment,
    StatedTarget,
    Universe,
)
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.lineage import downstream
from transforms.segment_metrics import METRICS_SCHEMA, all_metrics

STORED = {
    "known_precision": "day",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_end": 1,
    "source": "test",
}
NUMBER = Parameter(value=1.0, unit="", status=Status.ASSUMPTION, source="test", why="test", known_at=date(2020, 1, 1))
ENDS = [date(2023 + n // 4, 3 * (n % 4) + 3, (31, 30, 30, 31)[n % 4]) for n in range(10)]
AS_OF = end_of_day(date(2025, 3, 1))
BASES = ("old", "new", "newer")
FIGURES = CONTRACTS["core.reported_figures"]
RATES = CONTRACTS["core.fx_rates"]
EVENTS = CONTRACTS["core.cycle_events"]
ANNOUNCEMENTS = CONTRACTS["core.announcements"]
ROW = ["company", "segment", "metric", "detail", "period_end"]
FIVE = Parameter(value=5.0, unit="x", status=Status.ARTICLE, source="test", why="test", known_at=date(2024, 5, 1))
RULES = MetricRules(
    plan_start=Parameter(
        value="first_full_quarter",
        unit="rule",
        status=Status.ASSUMPTION,
        source="t",
        why="t",
        known_at=date(2020, 1, 1),
    ),
    targets=(
        StatedTarget(
            target_id="t", company="Acme", segment="cloud", base_on=ENDS[0], due_on=date(2031, 3, 31), multiple=FIVE
        ),
    ),
)
Rows = list[dict[str, object]]


def company(name: str, currency: str) -> Company:
    cloud = tuple(ReportedSegment(basis=b, name="Cloud", comparable="x" if b != "old" else "") for b in BASES)
    shops = tuple(ReportedSegment(basis=b, name="Shops") for b in BASES)
    segments = (Segment(name="cloud", reported_as=cloud), Segment(name="e-commerce", reported_as=shops))
    chips = Segment(name="chips", event_companies=("Sub",) if name == "Acme" else ())
    return Company(name=name, reporting_currency=currency, home_country="CN", segments=(*segments, chips))


UNIVERSE = Universe(
    exchanges=(),
    companies=(company("Acme", "CNY"), company("Bolt", "USD")),
    fx_pairs=("USDCNY",),
    fx_close_local="16:00",
    fx_timezone="UTC",
    fx_delay_minutes=NUMBER,
    reporting_delay_days=NUMBER,
)
CURRENCY = {"Acme": "CNY", "Bolt": "USD"}


@st.composite
def figure_lists(draw: st.DrawFn) -> list[dict[str, object]]:
    rows = []
    for position in range(draw(st.integers(1, 30))):
        name = draw(st.sampled_from(["Acme", "Bolt"]))
        metric = draw(st.sampled_from(["revenue", "revenue", "adj_ebita", "capex", "yoy_pct"]))
        period_end = draw(st.sampled_from(ENDS))
        known_at = end_of_day(period_end + timedelta(days=draw(st.integers(20, 80))))
        rows.append(
            {
                **STORED,
                "company": name,
                "segment": draw(st.sampled_from(["Cloud", "Shops", "Total"])),
                "segment_basis": draw(st.sampled_from(BASES)),
                "metric": metric,
                "period_end": period_end,
                "duration_months": draw(st.sampled_from([3, 3, 3, 12])),
                "value": draw(st.sampled_from([-50.0, 0.0, 10.0, 40.0, 80.0, 100.0])),
                "unit": "percent" if metric == "yoy_pct" else CURRENCY[name],
                "verification": draw(st.sampled_from(list(Verification))).value,
                "known_at": known_at,
                "source_known_at": known_at,
                "byte_start": position,
            }
        )
    return rows


def figures(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=FIGURES.polars_schema())


def rates(factor: float = 1.0, *, known_later: bool = False) -> pl.DataFrame:
    rows = []
    for position, end in enumerate(ENDS):
        known_at = AS_OF + timedelta(days=1) if known_later else end_of_day(end)
        rows.append(
            {**STORED, "pair": "USDCNY", "session": end, "rate": (7.0 + position / 10) * factor}
            | {"known_at": known_at, "source_known_at": known_at, "byte_start": position}
        )
    return pl.DataFrame(rows, schema=RATES.polars_schema())


@st.composite
def event_lists(draw: st.DrawFn) -> Rows:
    rows: Rows = []
    for position in range(draw(st.integers(0, 12))):
        known_at = end_of_day(draw(st.sampled_from(ENDS)) + timedelta(days=draw(st.integers(-40, 40))))
        rows.append(
            STORED
            | {
                "cycle_event_id": f"e{position}",
                "announcement_id": f"a{draw(st.integers(0, 5))}",
                "event_time": known_at.date(),
                "company": draw(st.sampled_from(["Acme", "Bolt", "Sub", "none"])),
                "segment": draw(st.sampled_from(["cloud", "chips", "group", "none"])),
                "type": draw(st.sampled_from(["region_launch", "competition"])),
                "direction": draw(st.sampled_from([-1, 1])),
                "country": draw(st.sampled_from(["CN", "BR"])),
                "is_realised": True,
                "is_retracted": draw(st.sampled_from([None, False, False, True])),
                "title": "t",
                "verification": draw(st.sampled_from(list(Verification))).value,
                "known_at": known_at,
                "source_known_at": known_at,
                "byte_start": position,
            }
        )
    return rows


@st.composite
def announcement_lists(draw: st.DrawFn) -> Rows:
    rows: Rows = []
    for position in range(draw(st.integers(0, 8))):
        known_at = end_of_day(draw(st.sampled_from(ENDS)) + timedelta(days=draw(st.integers(-40, 40))))
        rows.append(
            STORED
            | {
                "item_id": f"i{position}",
                "announcement_id": f"a{draw(st.integers(0, 5))}",
                "company": draw(st.sampled_from(["Acme", "Bolt", "Sub"])),
                "kind": draw(st.sampled_from(["capex_plan", "capex_plan", "capex_actual", "financing"])),
                "amount_low": draw(st.sampled_from([None, 0.0, 100.0, 500.0])),
                "currency": draw(st.sampled_from(["CNY", "USD", None])),
                "horizon_start": draw(st.sampled_from([None, "2023", "2023-05", "2024-01-01", "2026"])),
                "horizon_end": draw(st.sampled_from([None, "2024", "2025-03"])),
                "regions": draw(st.sampled_from([None, None, "CN", "BR|FR"])),
                "is_hypothetical": draw(st.booleans()),
                "is_negated": draw(st.sampled_from([None, False, True])),
                "origin": "row",
                "verification": "source",
                "known_at": known_at,
                "source_known_at": known_at,
                "byte_start": position,
            }
        )
    return rows


def metrics(
    rows: Rows, fx: pl.DataFrame | None = None, *, events: Rows | None = None, announcements: Rows | None = None
) -> pl.DataFrame:
    happened = pl.DataFrame(events or [], schema=EVENTS.polars_schema())
    said = pl.DataFrame(announcements or [], schema=ANNOUNCEMENTS.polars_schema())
    tables = {
        "core.reported_figures": figures(rows),
        "core.fx_rates": rates() if fx is None else fx,
        "core.cycle_events": happened,
        "core.announcements": said,
        "core.event_members": event_members(said, happened),
    }
    return all_metrics(Facts.from_tables(tables), universe=UNIVERSE, rules=RULES, as_of=AS_OF)


def known(rows: Rows) -> Rows:
    return [row for row in rows if row["known_at"] <= AS_OF]  # type: ignore[operator]


def later(rows: Rows) -> Rows:
    """The same rows as later news, whose versions of a key win."""
    moment = AS_OF + timedelta(microseconds=1)
    return [row | {"known_at": moment, "source_known_at": moment, "load_seq": 2, "revision": 1} for row in rows]


@given(*(st.tuples(lists(), lists()) for lists in (figure_lists, event_lists, announcement_lists)))
@settings(max_examples=20)
def test_what_became_known_later_changes_nothing(
    rows: tuple[Rows, Rows], events: tuple[Rows, Rows], said: tuple[Rows, Rows]
):
    fx = pl.concat([rates(), rates(3.0, known_later=True)])

    with_later = metrics(
        rows[0] + later(rows[1]),
        fx,
        events=events[0] + later(events[1]),
        announcements=said[0] + later(said[1]),
    )

    assert with_later.equals(metrics(known(rows[0]), events=known(events[0]), announcements=known(said[0])))


@given(figure_lists(), event_lists(), announcement_lists(), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_order_and_repetition_change_nothing(rows: Rows, events: Rows, said: Rows, random):
    def muddled(some: Rows) -> Rows:
        twice = some + random.choices(some, k=len(some)) if some else []
        random.shuffle(twice)
        return twice

    found = metrics(muddled(rows), rates().reverse(), events=muddled(events), announcements=muddled(said))

    assert found.equals(metrics(rows, events=events, announcements=said))


@given(figure_lists(), event_lists(), announcement_lists())
@settings(max_examples=20)
def test_every_row_has_a_value_or_a_reason_and_stands_once(rows: Rows, events: Rows, said: Rows):
    found = metrics(rows, events=events, announcements=said)

    assert found.schema == METRICS_SCHEMA
    assert not found.select(ROW).is_duplicated().any()
    assert (found["value"].is_null() == found["null_reason"].is_not_null()).all()
    assert found["value"].drop_nulls().is_finite().all()
    assert (found["known_at"] <= AS_OF).all()
    assert (found["first_known_at"] <= found["known_at"]).all()
    assert found.equals(found.sort(ROW))


def changed(before: pl.DataFrame, after: pl.DataFrame) -> set[tuple[str, str, str]]:
    """Company, segment and metric of the rows that differ."""
    either = pl.concat([before, after])
    odd = either.filter(~either.is_duplicated())
    return set(odd.select("company", "segment", "metric").iter_rows())


def held(kind: str, subject_id: str, metric: str) -> set[tuple[str, str, str]]:
    """Company, segment and metric of what the declared lineage says depends on a subject."""
    hold = {
        "subject_kind": kind, "subject_id": subject_id, "metric": metric, "since": datetime(2020, 1, 1, tzinfo=UTC),
        "until": None, "cause": "", "quarantine_id": "", "load_seq": 1,
    }  # fmt: skip
    spread = downstream(pl.DataFrame([hold], schema=CONTRACTS["ops.holds"].polars_schema()), UNIVERSE)
    return {
        (row["company"], row["segment"], name)
        for row in spread.filter(pl.col("output") == "marts.segment_metrics").iter_rows(named=True)
        for name in row["output_metrics"].split("|")
    }


@given(figure_lists(), st.data())
@settings(max_examples=20)
def test_a_restatement_changes_only_what_the_lineage_says_depends_on_it(
    rows: list[dict[str, object]], data: st.DataObject
):
    row = data.draw(st.sampled_from(rows))
    value = data.draw(st.sampled_from([-7.0, 0.0, 3.0, 77.0]))
    assume(value != row["value"])
    restated = row | {"value": value, "known_at": AS_OF, "load_seq": 2, "revision": 1, "byte_start": 99}

    touched = changed(metrics(rows), metrics([*rows, restated]))

    assert touched <= held("segment", f"{row['company']}/{row['segment']}", str(row["metric"]))


@given(figure_lists())
@settings(max_examples=20)
def test_another_rate_changes_what_the_lineage_says_depends_on_it(rows: list[dict[str, object]]):
    before = metrics(rows)
    in_dollars = pl.col("metric").is_in(["revenue_usd", "capex_ttm_usd"])
    converted = before.filter((pl.col("company") == "Acme") & in_dollars)
    nonzero = set(converted.filter(pl.col("value") != 0).select("company", "segment", "metric").iter_rows())

    touched = changed(before, metrics(rows, rates(2.0)))

    assert {key for key in touched if key[0] != "all tracked"} == nonzero
    assert touched <= held("pair", "USDCNY", "rate")


@given(figure_lists(), event_lists(), announcement_lists(), st.data())
@settings(max_examples=20)
def test_another_event_changes_only_what_the_lineage_says_depends_on_it(
    rows: Rows, events: Rows, said: Rows, data: st.DataObject
):
    assume(events)
    row = data.draw(st.sampled_from(events))
    restated = row | {"is_retracted": data.draw(st.booleans()), "type": "regulation", "known_at": AS_OF, "load_seq": 2}

    before = metrics(rows, events=events, announcements=said)
    touched = changed(before, metrics(rows, events=[*events, restated | {"revision": 1}], announcements=said))

    assert touched <= held("segment", f"{row['company']}/{row['segment']}", "events")


@given(figure_lists(), event_lists(), announcement_lists(), st.data())
@settings(max_examples=20)
def test_another_announcement_changes_only_what_the_lineage_says_depends_on_it(
    rows: Rows, events: Rows, said: Rows, data: st.DataObject
):
    assume(said)
    row = data.draw(st.sampled_from(said))
    restated = row | {"amount_low": 77.0, "is_negated": data.draw(st.booleans()), "known_at": AS_OF, "load_seq": 2}

    before = metrics(rows, events=events, announcements=said)
    touched = changed(before, metrics(rows, events=events, announcements=[*said, restated | {"revision": 1}]))

    assert touched <= held("company", str(row["company"]), "announcements")


def test_every_declared_metric_does_move_with_its_subject():
    """The declaration is not only wide enough but needed: on full data each declared metric moves."""
    rows: list[dict[str, object]] = []
    for segment, share in (("Total", 100.0), ("Cloud", 30.0), ("Shops", 50.0)):
        for position, end in enumerate(ENDS):
            clock = {"known_at": end_of_day(end), "source_known_at": end_of_day(end)}
            base = STORED | clock | {"company": "Acme", "segment": segment, "segment_basis": "newer", "unit": "CNY"}
            base |= {"period_end": end, "duration_months": 3, "verification": "source", "byte_start": position}
            rows.append(base | {"metric": "revenue", "value": share * (1 + position**2 / 100)})
            rows.append(base | {"metric": "adj_ebita", "value": share / 10 + position})
            if segment == "Total":
                rows.append(base | {"metric": "capex", "value": 5.0 + position})
            if position < 4:
                rows.append(base | {"metric": "yoy_pct", "unit": "percent", "value": 10.0 + position**2})
        for position, end in enumerate(ENDS):
            clock = {"known_at": end_of_day(end), "source_known_at": end_of_day(end)}
            other = STORED | clock | {"company": "Bolt", "segment": "Cloud", "segment_basis": "newer", "unit": "USD"}
            other |= {"period_end": end, "duration_months": 3, "verification": "source", "byte_start": position}
            rows += [other | {"metric": "revenue", "value": 7.0}] * (segment == "Cloud")
    plan: dict[str, object] = {
        "item_id": "plan", "announcement_id": "plan", "company": "Acme", "kind": "capex_plan", "amount_low": 100.0,
        "currency": "CNY", "horizon_start": "2023-06", "horizon_end": "2026", "is_hypothetical": False, "origin": "row",
        "verification": "source", "known_at": end_of_day(ENDS[0]), "source_known_at": end_of_day(ENDS[0]),
        "byte_start": 0,
    }  # fmt: skip
    said = [STORED | plan]
    before = metrics(rows, announcements=said)
    for segment in ("Total", "Cloud", "Shops"):
        for metric in ("revenue", "adj_ebita", "capex", "yoy_pct"):
            mine = [r for r in rows if (r["company"], r["segment"], r["metric"]) == ("Acme", segment, metric)]
            moved = [r | {"value": float(str(r["value"])) * 1.5 + i} if r in mine else r for i, r in enumerate(rows)]
            declared = held("segment", f"Acme/{segment}", metric)
            if metric == "capex" and segment != "Total":
                continue
            if segment != "Total":
                declared -= {key for key in declared if key[2] == "capex_intensity_frac"}
            declared -= {key for key in declared if key[1:] == ("group", "group_revenue_share_frac")}
            # Which quarters there are moves time and coverage, other amounts in them do not.
            declared -= {
                key for key in declared if key[2] in {"plan_elapsed_frac", "tracked_cloud_revenue_coverage_frac"}
            }
            assert changed(before, metrics(moved, announcements=said)) == declared, (segment, metric)
