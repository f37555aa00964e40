"""The contracts agree with themselves, with each other and with what is generated from them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aicycle import contracts
from aicycle.contracts import CONTRACTS, CORE_TABLES, LANDED_TABLES
from aicycle.contracts.core import CLOCKS, LEDGER, STAGED, content_columns
from aicycle.contracts.dictionary import data_dictionary
from aicycle.contracts.schema import Column, DType, TableContract

SHARED_MODULES = {"__init__", "core", "schema", "dictionary", "lineage"}
"""Modules of the package that describe no table."""

VOLATILE = {
    "raw.payloads.fetched_at",
    "marts.phase_assessments.created_at",
    "marts.scenario_runs.created_at",
    "marts.forecasts.created_at",
    "ops.parameter_sets.first_used_at",
    "ops.gate_states.first_used_at",
    "ops.loads.loaded_at",
    "ops.notices.noticed_at",
    "ops.quarantine.quarantined_at",
    "ops.decisions.applied_at",
    "ops.events.recorded_at",
}
"""Columns no digest covers. Each is our own clock; a longer list would let a change of meaning through unseen."""

TABLES = [pytest.param(contract, id=name) for name, contract in CONTRACTS.items()]


def columns(contract: TableContract) -> Iterator[Column]:
    return iter(contract.columns)


def test_the_volatile_columns_are_the_pinned_ones():
    found = {f"{name}.{column}" for name, contract in CONTRACTS.items() for column in contract.volatile_columns}
    assert found == VOLATILE


def test_volatile_columns_are_instants():
    for name, contract in CONTRACTS.items():
        for column in contract.volatile_columns:
            assert contract.column(column).dtype is DType.INSTANT, name


def test_every_module_with_a_table_is_registered(root: Path):
    folder = root / "aicycle" / "contracts"
    modules = {path.stem for path in folder.glob("*.py")} - SHARED_MODULES
    assert modules == {contract.full_name.replace(".", "_") for contract in CONTRACTS.values()}


def test_modules_said_to_describe_no_table_describe_none(root: Path):
    for name in SHARED_MODULES & {path.stem for path in (root / "aicycle" / "contracts").glob("*.py")}:
        tree = ast.parse((root / "aicycle" / "contracts" / f"{name}.py").read_text())
        assigned = [n for n in tree.body if isinstance(n, ast.Assign | ast.AnnAssign) and isinstance(n.value, ast.Call)]
        made = {
            n.value.func.id for n in assigned if isinstance(n.value, ast.Call) and isinstance(n.value.func, ast.Name)
        }
        assert not made & {"TableContract", "core_table"}


def test_tables_stand_under_their_own_name_once():
    assert all(name == contract.full_name for name, contract in CONTRACTS.items())
    registered = [value for value in vars(contracts).values() if isinstance(value, TableContract)]
    assert len(registered) == len(CONTRACTS)
    assert set(LANDED_TABLES) <= set(CONTRACTS)
    assert set(CORE_TABLES) <= set(CONTRACTS)


@pytest.mark.parametrize("contract", TABLES)
def test_columns_are_named_once(contract):
    assert len(set(contract.column_names)) == len(contract.column_names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in contract.column_names)


@pytest.mark.parametrize("contract", TABLES)
def test_a_key_is_made_of_required_columns(contract):
    assert contract.key
    assert len(set(contract.key)) == len(contract.key)
    assert not [name for name in contract.key if contract.column(name).nullable]
    assert not set(contract.key) & set(contract.volatile_columns)


@pytest.mark.parametrize("contract", TABLES)
def test_grain_time_and_meaning_are_said(contract):
    assert contract.schema in {"raw", "core", "marts", "ops"}
    assert contract.grain.strip()
    assert contract.time.strip()
    assert not [c.name for c in columns(contract) if not c.meaning.strip()]


@pytest.mark.parametrize("contract", TABLES)
def test_limits_fit_the_type(contract):
    for column in columns(contract):
        where = f"{contract.full_name}.{column.name}"
        if column.domain or column.pattern:
            assert column.dtype is DType.TEXT, where
        assert not (column.domain and column.pattern), where
        assert len(set(column.domain)) == len(column.domain), where
        bounds = (column.minimum, column.maximum, column.above)
        if bounds != (None, None, None):
            assert column.dtype in {DType.INTEGER, DType.NUMBER}, where
        assert None in (column.minimum, column.above), where
        low = column.above if column.above is not None else column.minimum
        if low is not None and column.maximum is not None:
            assert low < column.maximum, where


@pytest.mark.parametrize("contract", TABLES)
def test_patterns_mean_the_same_to_every_engine(contract):
    for column in columns(contract):
        re.compile(column.pattern)
        odd = re.findall(r"\\[^d.]|\(\?|\[[^\]]*\\d|^\^|\$$", column.pattern)
        assert not odd, f"{contract.full_name}.{column.name}: {odd} differs between Python, Polars and DuckDB"


@pytest.mark.parametrize("contract", TABLES)
def test_rules_compare_columns_of_one_kind(contract):
    for rule in contract.rules:
        one, other = contract.column(rule.column), contract.column(rule.other)
        assert one.name != other.name
        assert one.dtype is other.dtype
        assert one.dtype in {DType.INTEGER, DType.NUMBER, DType.DAY, DType.INSTANT}
        assert one.unit == other.unit


@pytest.mark.parametrize("contract", TABLES)
def test_a_subject_is_named_by_required_columns(contract):
    if contract.subject is None:
        assert contract.schema != "core" or contract.full_name == "core.event_members"
        return
    named = [*contract.subject.columns, contract.subject.metric_column]
    assert not [name for name in named if name and contract.column(name).nullable]
    assert bool(contract.subject.metric) is not bool(contract.subject.metric_column)


@pytest.mark.parametrize("name", CORE_TABLES)
def test_core_tables_end_with_clocks_and_address(name):
    contract = CONTRACTS[name]
    assert contract.columns[-len(CLOCKS + LEDGER) :] == CLOCKS + LEDGER
    assert content_columns(contract) == contract.columns[: -len(CLOCKS + LEDGER)]
    assert set(contract.key) <= {c.name for c in content_columns(contract)}


@pytest.mark.parametrize("name", LANDED_TABLES)
def test_content_does_not_collide_with_the_gates_handle(name):
    content = {c.name for c in content_columns(CONTRACTS[name])}
    assert not content & {c.name for c in (*STAGED, *LEDGER)}


def test_the_dictionary_is_current(root: Path):
    committed = (root / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert committed == data_dictionary(), "run `make docs` and commit docs/data_dictionary.md"
