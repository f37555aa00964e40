from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS, CORE_TABLES
from transforms.facts import Facts

STORED = {
    "known_precision": "instant",
    "revision": 0,
    "load_seq": 1,
    "payload_sha256": "0" * 64,
    "byte_start": 0,
    "byte_end": 1,
}


def rates(*rows: tuple[int, int, float]) -> pl.DataFrame:
    """USDCNY on days of January 2025: (session, day it became known, rate)."""
    return pl.DataFrame(
        [
            {
                **STORED,
                "pair": "USDCNY",
                "session": date(2025, 1, session),
                "rate": rate,
                "known_at": datetime(2025, 1, known, tzinfo=UTC),
                "source_known_at": datetime(2025, 1, session, tzinfo=UTC),
            }
            for session, known, rate in rows
        ],
        schema=CONTRACTS["core.fx_rates"].polars_schema(),
    )


def test_missing_tables_are_empty_frames_in_their_contracts_schema():
    facts = Facts.from_tables({"core.fx_rates": rates((2, 2, 7.3))})

    assert set(facts.tables()) == set(CORE_TABLES)
    for name, frame in facts.tables().items():
        assert frame.schema == CONTRACTS[name].polars_schema()
        assert frame.height == (1 if name == "core.fx_rates" else 0)


def test_the_bundle_is_read_as_of_an_instant():
    facts = Facts.from_tables({"core.fx_rates": rates((2, 2, 7.3), (2, 9, 7.4), (3, 3, 7.5))})

    before = facts.known_by(datetime(2025, 1, 8, tzinfo=UTC)).fx_rates
    after = facts.known_by(datetime(2025, 1, 9, tzinfo=UTC)).fx_rates

    assert before["rate"].to_list() == [7.3, 7.5]
    assert after["rate"].to_list() == [7.4, 7.5]


def test_newest_known_at_is_the_newest_of_the_tables_asked_for():
    facts = Facts.from_tables({"core.fx_rates": rates((2, 9, 7.3), (3, 3, 7.5))})

    assert facts.newest_known_at() == datetime(2025, 1, 9, tzinfo=UTC)
    assert facts.newest_known_at(["core.fx_rates"]) == datetime(2025, 1, 9, tzinfo=UTC)
    assert facts.newest_known_at(["core.daily_bars"]) is None
    assert Facts.from_tables({}).newest_known_at() is None


def test_a_table_nobody_knows_is_refused():
    with pytest.raises(ValueError, match=r"core\.fx_rate;"):
        Facts.from_tables({"core.fx_rate": rates()})


def test_a_frame_that_is_not_as_its_contract_says_is_refused_by_column():
    with pytest.raises(ValueError, match=r"core\.fx_rates: .*rate, load_seq"):
        Facts.from_tables({"core.fx_rates": rates().drop("load_seq").with_columns(pl.col("rate").cast(pl.Float32))})


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        Facts.from_tables({}).known_by(datetime(2025, 1, 1))  # noqa: DTZ001 - what is refused
