"""A correction changes what it may, can be read, and says so otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.errors import UsageError
from aicycle.settings.configuration import load_configuration
from aicycle.settings.resources import config_folder
from transforms.gate.corrections import corrected_row, fixed_columns, format_of, newest_under, says_the_same
from transforms.staging.tables import TABLE_FORMATS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BAR = {"symbol": "BABA", "session": "2025-12-31", "open": "1", "high": "2", "low": "1", "close": "1.50", "volume": "0",
       "currency": "USD", "price_basis": "as_traded"}  # fmt: skip


@pytest.fixture(scope="module")
def universe():
    return load_configuration(config_folder()).universe


@pytest.fixture
def correct(universe):
    def made(changes, *, table="core.daily_bars", cells=BAR, fixed=frozenset({"symbol", "session"})):
        return corrected_row(table, cells, changes, fixed=fixed, universe=universe, now=NOW)

    return made


def test_a_correction_is_a_file_with_one_row(correct):
    made = correct({"close": "1.75", "open": "1"})
    assert made.changed == {"close": ("1.50", "1.75")}, "what is set to what it is changes nothing"
    assert made.content.splitlines()[1] == b"BABA,2025-12-31,1,2,1,1.75,0,USD,as_traded"
    assert (made.format, made.row["close"]) == ("recording/prices.csv", 1.75)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"clos": "1"}, "no such column"), ({"symbol": "NVDA"}, "found by it"), ({"close": "one"}, "not a number"),
        ({"close": ""}, "close would be missing"),
        ({"price_basis": "guessed"}, "is not one of"), ({"close": "1\0"}, "NUL"),
        ({"currency": "HKD"}, "is not USD"), ({"close": "1\n2"}, "can't be stored"),
        ({"close": "-1"}, "close -1.0 is not above 0; close -1.0 is below low 1.0"), ({"volume": "-1"}, "is below 0"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_refused(correct, changes, said):
    with pytest.raises(UsageError, match=said):
        correct(changes)


def test_a_table_is_named_in_three_ways():
    names = {format_of(name)[0] for name in ("core.daily_bars", "daily_bars", "prices.csv")}
    assert names == {"prices.csv"}
    with pytest.raises(UsageError, match="one by one"):
        format_of("core.documents")


def test_a_dated_statement_keeps_its_date():
    figures = TABLE_FORMATS["reported_figures.csv"]
    assert {"reported_on", "known_precision", "company", "period_end"} <= fixed_columns(figures)
    assert "value" not in fixed_columns(figures)
    assert "known_on" not in fixed_columns(TABLE_FORMATS["actions.csv"])


def test_the_newest_version_under_a_key_is_what_is_corrected():
    contract = CONTRACTS["core.fx_rates"]
    rows = [{"pair": "USDCNY", "session": date(2025, 1, 2), "rate": rate, "known_at": NOW, "load_seq": seq}
            for rate, seq in ((7.0, 1), (7.2, 3), (7.1, 2))]  # fmt: skip
    frame = pl.DataFrame(rows, schema=contract.polars_schema())
    key = {"pair": "USDCNY", "session": date(2025, 1, 2)}
    newest = newest_under(frame, key, contract)
    assert newest["rate"] == 7.2
    assert newest_under(frame, key | {"pair": "USDHKD"}, contract) is None
    assert says_the_same({**newest, "load_seq": 9}, newest, contract)
    assert not says_the_same({**newest, "rate": 7.3}, newest, contract)
