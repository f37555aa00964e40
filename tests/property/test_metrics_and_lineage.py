"""Segment metrics under time, order and restatement; and that the declared lineage is what the metrics really read."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import Status, Verification
from aicycle.model.parameters import Company, Parameter, ReportedSegment, Segment, Universe
from transforms.lineage import downstream
from transforms.segment_metrics import METRICS_SCHEMA, segment_metrics

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
ROW = ["company", "segment", "metric", "period_end"]


def company(name: str, currency: str) -> Company:
    cloud = tuple(ReportedSegment(basis=b, name="Cloud", comparable="x" if b != "old" else "") for b in BASES)
    shops = tuple(ReportedSegment(basis=b, name="Shops") for b in BASES)
    segments = (Segment(name="cloud", reported_as=cloud), Segment(name="e-commerce", reported_as=shops))
    return Company(name=name, reporting_currency=currency, segments=(*segments, Segment(name="chips")))


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


def metrics(rows: list[dict[str, object]], fx: pl.DataFrame | None = None) -> pl.DataFrame:
    return segment_metrics(figures(rows), rates() if fx is None else fx, universe=UNIVERSE, as_of=AS_OF)


@given(figure_lists(), figure_lists())
@settings(max_examples=40)
def test_what_became_known_later_changes_nothing(rows: list[dict[str, object]], more: list[dict[str, object]]):
    known = [row for row in rows if row["known_at"] <= AS_OF]  # type: ignore[operator]
    later = [row | {"known_at": AS_OF + timedelta(microseconds=1), "load_seq": 2} for row in more]
    fx = pl.concat([rates(), rates(3.0, known_later=True)])

    assert metrics(rows + later, fx).equals(metrics(known))


@given(figure_lists(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_order_and_repetition_change_nothing(rows: list[dict[str, object]], random):
    muddled = rows + random.choices(rows, k=len(rows))
    random.shuffle(muddled)

    assert metrics(muddled, rates().reverse()).equals(metrics(rows))


@given(figure_lists())
@settings(max_examples=40)
def test_every_row_has_a_value_or_a_reason_and_stands_once(rows: list[dict[str, object]]):
    found = metrics(rows)

    assert found.schema == METRICS_SCHEMA
    assert not found.select(ROW).is_duplicated().any()
    assert (found["value"].is_null() == found["null_reason"].is_not_null()).all()
    assert found["value"].drop_nulls().is_finite().all()
    assert (found["known_at"] <= AS_OF).all()


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
@settings(max_examples=50)
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
@settings(max_examples=40)
def test_another_rate_changes_what_the_lineage_says_depends_on_it(rows: list[dict[str, object]]):
    before = metrics(rows)
    converted = before.filter((pl.col("company") == "Acme") & (pl.col("metric") == "revenue_usd"))
    nonzero = set(converted.filter(pl.col("value") != 0).select("company", "segment", "metric").iter_rows())

    touched = changed(before, metrics(rows, rates(2.0)))

    assert touched == nonzero
    assert touched <= held("pair", "USDCNY", "rate")


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
    before = metrics(rows)
    for segment in ("Total", "Cloud", "Shops"):
        for metric in ("revenue", "adj_ebita", "capex", "yoy_pct"):
            mine = [r for r in rows if r["segment"] == segment and r["metric"] == metric]
            moved = [r | {"value": float(str(r["value"])) * 1.5 + i} if r in mine else r for i, r in enumerate(rows)]
            declared = held("segment", f"Acme/{segment}", metric)
            if metric == "capex" and segment != "Total":
                continue
            if segment != "Total":
                declared -= {key for key in declared if key[2] == "capex_intensity_frac"}
            declared -= {key for key in declared if key[1:] == ("group", "group_revenue_share_frac")}
            assert changed(before, metrics(moved)) == declared, (segment, metric)
