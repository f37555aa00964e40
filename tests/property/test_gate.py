"""The gate against an independent reading of the contract, and its books under any mixture of rows."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.contracts.core_daily_bars import DAILY_BARS
from expectations.gate import audit
from transforms.gate.repeats import drop_repeats, reconcile
from transforms.gate.split import split
from transforms.staging.batch import StagedBatch, staged_schema

KNOWN_AT = datetime(2024, 6, 3, 20, 15, tzinfo=UTC)
FETCHED_AT = KNOWN_AT + timedelta(days=1)
PRICES = ("open", "high", "low", "close")

price = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 1.0, 2.0, 3.0, -1.0, math.nan, math.inf, -math.inf, 5e-324, 1e308]),
    st.floats(min_value=0.5, max_value=4.0),
)
bar = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(["BABA", "9988.HK", "baba", "", "BABA\n", None]),
        "session": st.sampled_from([date(2024, 6, 3), date(2024, 6, 4), None]),
        **dict.fromkeys(PRICES, price),
        "volume": st.sampled_from([None, -1, 0, 1, 2**60]),
        "currency": st.sampled_from(["USD", "usd", "XXX", None]),
        "price_basis": st.sampled_from(["as_traded", "simulated"]),
        "known_at": st.sampled_from([None, KNOWN_AT, FETCHED_AT, FETCHED_AT + timedelta(microseconds=1)]),
        "known_precision": st.sampled_from(["instant", "day", "assumed", "weekly"]),
        "source_known_at": st.just(KNOWN_AT),
        "unreadable": st.sampled_from([None, None, None, "open: 'abc' is not a number"]),
    }
)


def staged(rows: list[dict[str, Any]]) -> StagedBatch:
    whole = [
        {
            **row,
            "row_id": n,
            "source_line": n + 2,
            "payload_sha256": "ab" * 32,
            "byte_start": n,
            "byte_end": n + 1,
            "fetched_at": FETCHED_AT,
        }
        for n, row in enumerate(rows)
    ]
    return StagedBatch(contract=DAILY_BARS, frame=pl.DataFrame(whole, schema=staged_schema(DAILY_BARS), orient="row"))


def expected_failures(row: dict[str, Any]) -> set[str]:
    """Return the row's blocking failures, as read from the contract by hand."""
    found = {f"{name}.given" for name in ("symbol", "session", *PRICES, "volume", "currency") if row[name] is None}
    found |= {"known_at.given"} if row["known_at"] is None else set()
    found |= {"row.readable"} if row["unreadable"] else set()
    found |= {"symbol.pattern"} if row["symbol"] not in {"BABA", "9988.HK", None} else set()
    found |= {"currency.domain"} if row["currency"] not in {"USD", None} else set()
    found |= {"known_precision.domain"} if row["known_precision"] == "weekly" else set()
    found |= {"volume.range"} if row["volume"] == -1 else set()
    for name in PRICES:
        value = row[name]
        if value is None:
            continue
        found |= {f"{name}.finite"} if not math.isfinite(value) else set()
        found |= {f"{name}.range"} if value <= 0 else set()
    for rule in DAILY_BARS.rules:
        one, other = row[rule.column], row[rule.other]
        if one is not None and other is not None and one < other:
            found.add(f"{rule.column}.at_least.{rule.other}")
    if row["known_at"] is not None and row["known_at"] > FETCHED_AT and row["known_precision"] in {"instant", "weekly"}:
        found.add("known_at.not_ahead")
    return found


@given(st.lists(bar, min_size=25, max_size=40))
@settings(max_examples=8, deadline=None)
def test_each_row_fails_exactly_what_the_contract_says(rows):
    batch = staged(rows)
    found = audit(batch)
    blocking = found.failures.filter(severity="blocking")
    failed: dict[int, set[str]] = {n: set() for n in range(len(rows))}
    for row_id, check in blocking.select("row_id", "check_name").iter_rows():
        failed[row_id].add(check)
    assert {n: checks - {"key.unique"} for n, checks in failed.items()} == dict(enumerate(map(expected_failures, rows)))
    sound = [n for n, row in enumerate(rows) if not expected_failures(row)]
    keys = [(rows[n]["symbol"], rows[n]["session"]) for n in sound]
    twice = {n for n, key in zip(sound, keys, strict=True) if keys.count(key) > 1}
    assert {n for n, checks in failed.items() if "key.unique" in checks} == twice


@given(st.lists(bar, max_size=30), st.data())
@settings(max_examples=5, deadline=None)
def test_the_books_balance_and_what_passes_has_one_value_per_key(rows, data):
    batch = staged(data.draw(st.permutations(rows + rows[:5])))
    kept, repeated = drop_repeats(batch.frame, DAILY_BARS)
    again, none = drop_repeats(kept, DAILY_BARS)
    assert none == 0
    assert again.equals(kept)
    judged = StagedBatch(contract=DAILY_BARS, frame=kept)
    found = audit(judged)
    passing, stopped = split(judged, found.failures, found.checks)
    reconcile(rows_in=batch.frame.height, passing=passing.height, stopped=stopped.height, repeated=repeated)
    assert not passing.select("symbol", "session", "source_known_at").is_duplicated().any()
    assert stopped["quarantine_id"].is_unique().all()
    assert set(passing["row_id"]).isdisjoint(stopped["source_line"] - 2)
