"""Facts for the scenario tests: only what a test is about, everything else filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.parameters import Company, Configuration, ScenarioSet
from aicycle.settings.configuration import load_configuration

FILLERS: dict[Any, Any] = {pl.String(): "x", pl.Int64(): 1, pl.Float64(): 1.0, pl.Boolean(): False}

Rows = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def configuration(root: Path) -> Configuration:
    return load_configuration(root / "config")


@pytest.fixture(scope="session")
def scenario_set(configuration: Configuration) -> ScenarioSet:
    found = configuration.scenario_set("Alibaba")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def alibaba(configuration: Configuration) -> Company:
    found = configuration.universe.company("Alibaba")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def rows() -> Rows:
    """`rows(table, *dicts)`: a frame in the table's contract, columns that are not given filled in."""

    def build(table: str, *given: dict[str, Any]) -> pl.DataFrame:
        contract = CONTRACTS[table]
        instants = {"known_at": datetime(2025, 9, 1, tzinfo=UTC), "source_known_at": datetime(2025, 9, 1, tzinfo=UTC)}
        fillers = {
            column.name: None if column.nullable else instants.get(column.name, FILLERS.get(dtype, date(2025, 9, 1)))
            for column, dtype in zip(contract.columns, contract.polars_schema().dtypes(), strict=True)
        }
        fillers |= {"verification": "source", "company": "Alibaba", "segment": "cloud", "revision": 0, "direction": 1}
        columns = contract.polars_schema()
        full = [{name: row.get(name, fillers[name]) for name in columns} for row in given]
        for row, asked in zip(full, given, strict=True):
            unknown = set(asked) - set(columns.names())
            assert not unknown, f"{table} has no {unknown}"
            if table == "core.announcements" and "direction" not in asked:
                row["direction"] = None
        return pl.DataFrame(full, schema=columns)

    return build
