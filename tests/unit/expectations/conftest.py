"""Valid staged frames of any table, built from its contract, and the library loaded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.contracts.schema import Column, DType, TableContract
from expectations import gate
from transforms.staging.batch import staged_schema

FETCHED_AT = datetime(2025, 1, 15, 12, tzinfo=UTC)
KNOWN_AT = datetime(2024, 6, 3, 20, 15, tzinfo=UTC)
FIRST_DAY = date(2024, 6, 3)

MATCHING: dict[str, Callable[[int], str]] = {
    r"[A-Z0-9.^=-]{1,16}": lambda _: "BABA",
    r"[A-Z]{6}": lambda _: "USDCNY",
    r"[A-Z]{2}": lambda _: "CN",
    r"[a-z]{2}": lambda _: "de",
    r"[a-z][a-z0-9_]*": lambda _: "revenue",
    r"[A-Za-z/]{2,12}": lambda _: "CNY",
    r"[0-9a-f]{64}": lambda row: f"{row:064x}",
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?": lambda _: "2025-09",
    r"https?://.+": lambda row: f"https://feeds.example/{row}",
}
"""A matching text for every pattern that a contract has."""


@pytest.fixture(scope="session", autouse=True)
def _library_is_loaded() -> None:
    gate.preload()


def _values(column: Column, rows: int) -> list[object]:
    if column.dtype is DType.TEXT:
        if column.domain:
            return [column.domain[0]] * rows
        return [MATCHING[column.pattern](row) if column.pattern else f"{column.name}-{row}" for row in range(rows)]
    if column.dtype is DType.DAY:
        return [FIRST_DAY + timedelta(days=row) for row in range(rows)]
    value: object = True
    if column.dtype is DType.INSTANT:
        value = KNOWN_AT
    if column.dtype is DType.INTEGER:
        value = int(min(3, column.maximum if column.maximum is not None else 3))
    if column.dtype is DType.NUMBER:
        value = 100.0
    return [value] * rows


@pytest.fixture(scope="session")
def valid_frame() -> Callable[..., pl.DataFrame]:
    """`valid_frame(contract, rows=4)`: rows that pass every check, nullable columns filled too."""

    def build(contract: TableContract, rows: int = 4) -> pl.DataFrame:
        schema = staged_schema(contract)
        columns = {c.name: _values(c, rows) for c in contract.columns if c.name in schema}
        columns |= {
            "row_id": list(range(rows)),
            "source_line": [row + 2 for row in range(rows)],
            "payload_sha256": ["ab" * 32] * rows,
            "byte_start": [100 * row for row in range(rows)],
            "byte_end": [100 * row + 99 for row in range(rows)],
            "fetched_at": [FETCHED_AT] * rows,
            "unreadable": [None] * rows,
        }
        return pl.DataFrame({name: columns[name] for name in schema}, schema=schema)

    return build


@pytest.fixture(scope="session")
def put() -> Callable[..., pl.DataFrame]:
    """`put(frame, row, column=value, ...)`: the frame with cells of one row replaced."""

    def replace(frame: pl.DataFrame, row: int, **cells: object) -> pl.DataFrame:
        here = pl.col("row_id") == row
        return frame.with_columns(
            pl.when(here).then(pl.lit(value, dtype=frame.schema[name])).otherwise(pl.col(name)).alias(name)
            for name, value in cells.items()
        )

    return replace
