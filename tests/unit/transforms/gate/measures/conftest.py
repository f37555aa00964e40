"""Staged rows of statements, built in a line each, and what the measures say of them."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.settings.configuration import load_configuration
from expectations.suite import suite_of
from transforms.gate.context import GateContext
from transforms.gate.measures import take_measures
from transforms.staging.batch import staged_schema

FETCHED_AT = datetime(2026, 11, 23, tzinfo=UTC)
RECEIVED = pl.Schema({"payload_sha256": pl.String(), "received_on": pl.Date()})


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59, 999999), UTC)


def quarter_end(number: int) -> date:
    """The last day of a calendar quarter, counted from the first one of 2021."""
    year, month = 2021 + number // 4, (number % 4 + 1) * 3
    return date(year, month, monthrange(year, month)[1])


class Statements:
    """Builds staged frames of one table."""

    def __init__(self, table: str, **defaults: object) -> None:
        self.table, self.defaults = table, defaults

    def __call__(self, *rows: dict[str, object], start: int = 0) -> pl.DataFrame:
        whole = []
        for number, row in enumerate(rows, start):
            known = row.get("known_on", self.defaults.get("known_on"))
            clocks = {"known_at": end_of(known), "source_known_at": end_of(known), "known_precision": "day"}
            handle = {
                "row_id": number,
                "source_line": number + 2,
                "payload_sha256": "0" * 64,
                "byte_start": number,
                "byte_end": number + 1,
                "fetched_at": FETCHED_AT,
            }
            whole.append({**self.defaults, **clocks, **handle, **row})
        schema = staged_schema(CONTRACTS[self.table])
        return pl.DataFrame([{name: row.get(name) for name in schema} for row in whole], schema=schema, orient="row")


def figure(number: int = 12, value: float = 100e9, months: int = 3, **more: object) -> dict[str, object]:
    """One figure for the quarter `number`, reported 40 days after it."""
    end = quarter_end(number)
    before = quarter_end(number - months // 3) if months else None
    return {
        "period_end": end,
        "period_start": before + timedelta(days=1) if before else None,
        "duration_months": months,
        "value": float(value),
        "reported_on": end + timedelta(days=40),
        "known_on": end + timedelta(days=40),
        **more,
    }


@pytest.fixture(scope="session")
def configured(root):
    return load_configuration(root / "config")


@pytest.fixture(scope="session")
def nothing_known(configured):
    """The context in which nothing is believed yet."""
    return GateContext(
        universe=configured.universe,
        rules=configured.gate,
        rules_version="test",
        believed={},
        received=RECEIVED.to_frame(),
    )


@pytest.fixture(scope="session")
def with_rates(nothing_known):
    """A context with one exchange rate a month: 7 yuan and 7.8 Hong Kong dollars for a dollar."""
    schema = CONTRACTS["core.fx_rates"].polars_schema()
    days = [date(year, month, 28) for year in range(2021, 2027) for month in range(1, 13)]
    rates = [
        {"pair": pair, "session": day, "rate": rate, "known_at": end_of(day), "source_known_at": end_of(day)}
        for day in days
        for pair, rate in (("USDCNY", 7.0), ("USDHKD", 7.8), ("USDEUR", 0.9))
    ]
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rates], schema=schema, orient="row")
    return GateContext(
        universe=nothing_known.universe,
        rules=nothing_known.rules,
        rules_version="test",
        believed={"core.fx_rates": frame},
        received=RECEIVED.to_frame(),
    )


@pytest.fixture(scope="session")
def failures():
    """failures(table, rows, context) -> {(row_id, check)} of all checks that fail, advisory ones included."""

    def found(table: str, rows: pl.DataFrame, context: GateContext) -> set[tuple[int, str]]:
        measured = take_measures(table, rows, context)
        assert measured.broken == {}
        failing = measured.numbers.filter(pl.col("value") > pl.col("limit"))
        assert failing["said"].null_count() == 0
        return set(failing.select("row_id", "check_name").iter_rows())

    return found


@pytest.fixture(scope="session")
def stopped(failures):
    """stopped(table, rows, context) -> {(row_id, check)} of the blocking checks that fail."""

    def found(table: str, rows: pl.DataFrame, context: GateContext) -> set[tuple[int, str]]:
        measured = suite_of(CONTRACTS[table]).measured.checks
        blocking = {check.name for check in measured if check.severity == "blocking"}
        return {(row, check) for row, check in failures(table, rows, context) if check in blocking}

    return found


@pytest.fixture(scope="session")
def figures():
    """Reported revenue of Alibaba's cloud, in yuan."""
    return Statements(
        "core.reported_figures",
        company="Alibaba",
        segment="Cloud Intelligence Group",
        segment_basis="2023_six_groups",
        metric="revenue",
        unit="CNY",
        verification="source",
    )


@pytest.fixture(scope="session")
def announced():
    """Announcements of Alibaba."""
    return Statements(
        "core.announcements",
        item_id="a",
        announcement_id="a",
        company="Alibaba",
        kind="capex_plan",
        currency="CNY",
        is_hypothetical=False,
        origin="row",
        verification="source",
        known_on=date(2025, 2, 24),
    )


@pytest.fixture(scope="session")
def happened():
    """Events of Alibaba's cloud."""
    return Statements(
        "core.cycle_events",
        cycle_event_id="e",
        announcement_id="a",
        company="Alibaba",
        segment="cloud",
        type="region_launch",
        direction=1,
        country="MX",
        is_realised=True,
        title="A data centre opens in Mexico",
        verification="source",
        event_time=date(2025, 2, 24),
        known_on=date(2025, 2, 24),
    )


@pytest.fixture(scope="session")
def documents():
    """Reports in English."""
    return Statements(
        "core.documents",
        document_id="d",
        kind="report",
        language="en",
        title="Alibaba builds data centres",
        text_sha256="a" * 64,
        known_on=date(2025, 2, 24),
        event_time=end_of(date(2025, 2, 24)),
    )
