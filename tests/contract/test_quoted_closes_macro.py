"""The macro for analysts and the transform for the model give the same quotes, to the last bit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.instants import parse_as_of
from flows.steps.deriving import received_days
from transforms.prices import quoted_bars
from warehouse import Warehouse

SPLITS = [  # symbol, ex_date, ratio, known_at, load_seq
    ("UP", date(2024, 6, 10), 10.0, datetime(2024, 5, 22, 23, tzinfo=UTC), 1),
    ("UP", date(2025, 3, 3), 3.0, datetime(2025, 2, 1, 23, tzinfo=UTC), 1),
    # The second split's ratio was first announced wrongly.
    ("UP", date(2025, 3, 3), 2.0, datetime(2025, 2, 15, 23, tzinfo=UTC), 2),
    # A third was called off before its day.
    ("UP", date(2025, 6, 2), 5.0, datetime(2025, 4, 1, 23, tzinfo=UTC), 1),
    ("UP", date(2025, 6, 2), None, datetime(2025, 5, 1, 23, tzinfo=UTC), 2),
    ("LATE", date(2024, 6, 10), 7.0, datetime(2024, 8, 1, 23, tzinfo=UTC), 1),
]
RECEIVED = {"a" * 64: datetime(2024, 3, 1, tzinfo=UTC), "b" * 64: datetime(2025, 12, 1, tzinfo=UTC)}
DAYS = [
    "2024-01-15",
    "2024-05-25",
    "2024-06-09",
    "2024-06-10",
    "2024-08-02",
    "2025-02-10",
    "2025-03-02",
    "2025-03-03",
    "2025-04-15",
    "2025-06-03",
    "2026-01-01",
]


def _bars():
    sessions = [date(2024, 1, 2) + timedelta(days=40 * n) for n in range(16)]
    rows = [
        {
            "symbol": symbol,
            "session": session,
            **dict.fromkeys(("open", "high", "low", "close"), 10.1 + n / 7),
            "volume": 1_000,
            "currency": "USD",
            "price_basis": basis,
            "known_at": datetime(session.year, session.month, session.day, 21, tzinfo=UTC),
            "known_precision": "instant",
            "source_known_at": datetime(session.year, session.month, session.day, 21, tzinfo=UTC),
            "revision": 0,
            "load_seq": 1,
            "payload_sha256": "a" * 64 if session < date(2024, 3, 1) else "b" * 64,
            "byte_start": 0,
            "byte_end": 1,
        }
        for n, session in enumerate(sessions)
        for symbol, basis in (("UP", "split_adjusted"), ("LATE", "vendor_adjusted"), ("FLAT", "as_traded"))
    ]
    rows += [dict(r, symbol="TRADED", price_basis="as_traded") for r in rows if r["symbol"] == "UP"]
    return pl.DataFrame(rows, schema=CONTRACTS["core.daily_bars"].polars_schema())


def _actions():
    rows = [
        {
            "symbol": symbol,
            "ex_date": ex_date,
            "kind": "split",
            "ratio": ratio,
            "verification": "source",
            "known_at": known_at,
            "known_precision": "day",
            "source_known_at": known_at,
            "revision": 0,
            "load_seq": load_seq,
            "payload_sha256": "b" * 64,
            "byte_start": 0,
            "byte_end": 1,
        }
        for symbol, ex_date, ratio, known_at, load_seq in [
            *SPLITS,
            *(("TRADED", *s[1:]) for s in SPLITS if s[0] == "UP"),
        ]
    ]
    return pl.DataFrame(rows, schema=CONTRACTS["core.corporate_actions"].polars_schema())


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    store = Warehouse(tmp_path_factory.mktemp("home"))
    payloads = [
        {"payload_sha256": sha, "source": "s", "name": sha[:1], "format": "f", "request": "", "size_bytes": 1,
         "fetched_at": at, "batch_seq": 1}
        for sha, at in RECEIVED.items()
    ]  # fmt: skip
    with store.write("test") as transaction:
        transaction.append("core.daily_bars", _bars())
        transaction.append("core.corporate_actions", _actions())
        schema = CONTRACTS["raw.payloads"].polars_schema()
        transaction.append("raw.payloads", pl.DataFrame(payloads, schema=schema))
    store.publish()
    with store.read() as reader:
        yield reader


@pytest.mark.parametrize("day", DAYS)
def test_macro_and_transform_agree(reader, day):
    received = received_days(reader.frame("raw.payloads"))
    wanted = quoted_bars(
        reader.frame("core.daily_bars"),
        reader.frame("core.corporate_actions"),
        as_of=parse_as_of(day),
        received=received,
    )
    found = reader.sql(f"SELECT symbol, session, close_quoted FROM core.quoted_closes_as_of('{day}')")
    assert found.equals(wanted.select("symbol", "session", "close_quoted").sort("symbol", "session"))


def test_a_reply_of_before_a_split_does_not_carry_it(reader):
    first = reader.sql(
        "SELECT close_quoted FROM core.quoted_closes_as_of('2024-05-01') "
        "WHERE symbol = 'UP' AND session = DATE '2024-01-02'"
    )
    later = reader.sql(
        "SELECT b.close, q.close_quoted FROM core.quoted_closes_as_of('2024-05-01') AS q "
        "JOIN core.daily_bars AS b USING (symbol, session) WHERE symbol = 'UP' AND session = DATE '2024-03-22'"
    )
    assert first["close_quoted"].to_list() == [10.1], "received on 2024-03-01: nothing to undo"
    assert later["close_quoted"][0] == pytest.approx(later["close"][0] * 20), "received in 2025: 10 x 2 to undo"
