"""The compiled evaluation against Great Expectations: the same outcome, check by check, of rows spoilt in every way."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.contracts.schema import Column, DType, TableContract
from expectations.bridge import as_pandas, columns_of
from expectations.checks import limit_view, value_view, within
from expectations.compiled import evaluate_compiled
from expectations.engine import evaluate
from expectations.evaluation import evaluate_batch
from expectations.suite import SUITES
from transforms.staging.batch import staged_schema

KNOWN_AT = datetime(2024, 6, 3, 20, 15, tzinfo=UTC)
FETCHED_AT = datetime(2024, 6, 4, 20, 15, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
MATCHING = ["BABA", "9988.HK", "USDCNY", "CN", "de", "revenue", "CNY", "USD/share", "ab" * 32, "2025-09", "https://a.b"]
"""At least one text for every pattern of a contract."""
FOREIGN = [
    None,
    "",
    "\x00",
    "no such word",
    "BABA\n",
    "\nBABA",
    "\u0663\u0663\u0663\u0663-\u0660\u0669",
    "\uff12\uff10\uff12\uff15",
    "\uff23\uff2e",
    "CNÉ",
    "cn",
    "ab" * 31 + "AB",
]
SOUGHT = (Phase.explicit, Phase.reuse, Phase.generate)
"""Not shrunk: every try asks the library, and to find the smallest frame would take minutes."""
CELLS = {
    DType.INTEGER: [None, -1, 0, 1, 2, 3, 4, 5, 12, 2**60],
    DType.NUMBER: [None, math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -1.0, 0.5, 1.0, 1.0, 2.0, 1e308],
    DType.FLAG: [None, True, False],
    DType.DAY: [None, date(1500, 1, 1), date(2024, 6, 3), date(2024, 6, 4), date(2024, 6, 5), date(2199, 12, 31)],
    DType.INSTANT: [
        None, KNOWN_AT, FETCHED_AT, FETCHED_AT + MOMENT, datetime(2024, 6, 4, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2024, 6, 5, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC),
    ],
}  # fmt: skip


def cells(column: Column) -> list[object]:
    if column.dtype is not DType.TEXT:
        return CELLS[column.dtype]
    if column.domain:
        words = list(column.domain)
        return [*words, *words, None, "", f"{words[0]}\n", words[0].upper(), " " + words[0]]
    return MATCHING + FOREIGN


def rows_of(contract: TableContract) -> st.SearchStrategy[pl.DataFrame]:
    schema = staged_schema(contract)
    own = {c.name: st.sampled_from(cells(c)) for c in contract.columns if c.name in schema}
    handle = {
        "fetched_at": st.sampled_from([FETCHED_AT, FETCHED_AT + timedelta(hours=6)]),
        "unreadable": st.sampled_from([None, None, "", "close: 'x' is not a number"]),
    }

    def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
        places = {"source_line": 2, "payload_sha256": "ab" * 32, "byte_start": 0, "byte_end": 1}
        # Ids are neither positions nor in order: 37 and 1009 have no divisor in common.
        whole = [{**row, **places, "row_id": 37 * n % 1009} for n, row in enumerate(rows)]
        return pl.DataFrame(whole, schema=schema, orient="row")

    row = st.fixed_dictionaries({**own, **handle})
    return st.lists(row, min_size=25, max_size=40).map(frame)


@pytest.mark.parametrize("table", LANDED_TABLES)
def test_every_check_says_of_every_row_what_the_library_says(table):
    checks = SUITES[table].own.checks

    @given(rows_of(CONTRACTS[table]))
    @settings(max_examples=4, deadline=None, phases=SOUGHT)
    def same(frame: pl.DataFrame) -> None:
        expected = evaluate(as_pandas(frame, columns_of(checks)), checks)
        assert not any(outcome.broken for outcome in expected.values())
        assert evaluate_compiled(frame, checks) == expected
        assert evaluate_batch(frame, checks) == expected

    same()


measured = st.sampled_from([None, math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, 1.0 + 1e-15, -1.0])


@given(st.lists(st.tuples(measured, measured), max_size=60))
@settings(max_examples=12, deadline=None, phases=SOUGHT)
def test_measures_are_held_against_their_limits_as_the_library_does(numbers):
    check = within("pace", (), reason="too fast")
    names = (value_view("pace"), limit_view("pace"))
    frame = pl.DataFrame(numbers, schema=dict.fromkeys(names, pl.Float64()), orient="row").with_row_index("row_id")
    assert evaluate_compiled(frame, [check]) == evaluate(as_pandas(frame, names), [check])
