from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aicycle.contracts.core import content_columns
from aicycle.errors import RefusedFileError
from transforms.staging import tables
from transforms.staging.tables import TABLE_FORMATS

PRICES = "symbol,session,open,high,low,close,volume,currency,price_basis\n"
BAR = "BABA,2025-09-26,{open},105,99,104,1000,USD,as_traded\n"
GOOD = BAR.format(open="100")


def test_a_bar_is_read_with_its_clock_and_address(staged):
    content = PRICES + GOOD
    (row,) = staged("prices.csv", content)
    assert (row["symbol"], row["session"], row["open"], row["volume"]) == ("BABA", date(2025, 9, 26), 100.0, 1000)
    assert row["known_at"] == row["source_known_at"] == datetime(2025, 9, 26, 20, 15, tzinfo=UTC)
    assert (row["known_precision"], row["source_line"], row["unreadable"]) == ("instant", 2, None)
    assert content.encode()[row["byte_start"] : row["byte_end"]] == GOOD.strip().encode()


def test_columns_are_found_by_name_in_any_order_and_others_are_left_aside(staged):
    header = "remark, close ,volume,price_basis,currency,low,high,open,session,symbol\n"
    shuffled = header + "x,104,1000.0,as_traded,USD,99,105,100,2025-09-26,BABA\n"
    (row,), (expected,) = staged("prices.csv", shuffled), staged("prices.csv", PRICES + GOOD)
    volatile = {"payload_sha256", "byte_start", "byte_end"}
    assert {k: v for k, v in row.items() if k not in volatile} == {
        k: v for k, v in expected.items() if k not in volatile
    }


@pytest.mark.parametrize(
    ("content", "problem", "where"),
    [
        ("", "prices.csv is empty", "line 1"),
        (" \n\n", "prices.csv is empty", "line 1"),
        (GOOD, "the header lacks symbol, session, open, high, low, close, volume, currency, price_basis", "line 1"),
        ("\n" + PRICES.replace("volume", "vol"), "the header lacks volume", "line 2"),
        (PRICES.replace("volume", "Volume"), "the header lacks volume", "line 1"),
        (PRICES.strip() + ",open\n", "the header repeats open", "line 1"),
        (PRICES.replace("open", '"open'), "the quote that opens field 3 is not closed", "line 1"),
        (PRICES.encode("utf-16"), "the header lacks symbol", "line 1"),
    ],
)
def test_a_file_without_the_right_header_is_refused(staged, content, problem, where):
    with pytest.raises(RefusedFileError) as refused:
        staged("prices.csv", content)
    assert problem in refused.value.what
    assert refused.value.where == where
    assert "docs/recording_format.md" in refused.value.next_command


def test_a_header_alone_gives_no_row(staged):
    assert staged("prices.csv", PRICES) == []


def test_one_bad_row_of_each_kind_and_its_neighbours_unchanged(staged):
    bad = [
        BAR.format(open="abc"),
        BAR.format(open='"1,000"'),
        BAR.format(open="nan"),
        BAR.format(open="1,000"),
        BAR.format(open='"100'),
        GOOD.replace("BABA", "XYZ"),
        GOOD.replace("USD", "EUR"),
        GOOD.replace("2025-09-26", "26/09/2025"),
        "BABA,2025-09-26\n",
    ]
    content = PRICES + "".join(GOOD + line for line in bad) + GOOD
    rows = staged("prices.csv", content.encode())
    (expected,) = staged("prices.csv", PRICES + GOOD)
    ours = [
        name for name in expected if name not in {"row_id", "source_line", "byte_start", "byte_end", "payload_sha256"}
    ]
    assert all([row[name] for name in ours] == [expected[name] for name in ours] for row in rows[::2])
    is_number = "is not a number (digits with a decimal point, no thousands separators)"
    assert [row["unreadable"] for row in rows[1::2]] == [
        f"open: 'abc' {is_number}",
        f"open: '1,000' {is_number}",
        f"open: 'nan' {is_number}",
        "10 fields where the header has 9",
        "the quote that opens field 3 is not closed",
        "symbol 'XYZ' is not in config/universe.toml",
        "currency: 'EUR' is not USD, the listing's",
        "session: '26/09/2025' is not a day (year-month-day, as 2025-09-26)",
        "2 fields where the header has 9",
    ]
    assert [row["source_line"] for row in rows] == list(range(2, 2 + len(rows)))


def test_a_damaged_row_still_says_whom_it_speaks_about_and_nothing_else(staged):
    (row,) = staged("prices.csv", PRICES + "BABA,2025-09-26,100\n")
    known = {name for name, value in row.items() if value is not None} - {"row_id", "source_line", "payload_sha256"}
    assert known == {"symbol", "byte_start", "byte_end", "fetched_at", "unreadable", "known_precision"}


def test_a_long_line_and_broken_bytes_cost_their_rows_only(staged):
    content = PRICES + GOOD + "BABA," + "9" * (2 << 20) + "\n" + GOOD
    rows = staged("prices.csv", content.encode() + GOOD.replace("as_traded", "as_träded").encode("latin-1"))
    assert [bool(row["unreadable"]) for row in rows] == [False, True, False, True]
    assert rows[3]["unreadable"] == "not UTF-8 (byte 0xe4)"
    assert (rows[3]["close"], rows[3]["price_basis"]) == (104.0, "as_tr\ufffdded")


def test_files_are_read_in_parts_without_a_seam(staged, monkeypatch):
    content = PRICES + "".join(BAR.format(open=100 + day) for day in range(7))
    whole = staged("prices.csv", content)
    monkeypatch.setattr(tables, "ROWS_AT_A_TIME", 3)
    assert staged("prices.csv", content) == whole
    assert len(whole) == 7


def test_what_lies_ahead_is_staged_and_left_to_the_gate(staged):
    (row,) = staged("prices.csv", PRICES + GOOD.replace("2025-09-26", "2031-01-02"))
    assert (row["unreadable"], row["known_at"]) == (None, datetime(2031, 1, 2, 21, 15, tzinfo=UTC))


def test_actions_are_known_from_the_end_of_their_announcement_day(staged):
    header = "symbol,ex_date,kind,ratio,amount,currency,known_on,verification,note\n"
    split, unknown = staged(
        "actions.csv",
        header + "NVDA,2024-06-10,split,10,,,2024-05-22,unchecked,\nNVDB,2024-06-10,split,10,,,2024-05-22,unchecked,\n",
    )
    assert (split["ratio"], split["amount"], split["currency"], split["note"]) == (10.0, None, None, None)
    assert (split["known_at"], split["known_precision"]) == (
        datetime(2024, 5, 22, 23, 59, 59, 999999, UTC),
        "day",
    )
    assert unknown["unreadable"] == "symbol 'NVDB' is not in config/universe.toml"


def test_rates(staged):
    good, bad = staged("fx.csv", "pair,session,rate\nUSDCNY,2025-09-26,7.1\nUSDXYZ,2025-09-26,1\n")
    assert (good["pair"], good["rate"], good["known_at"]) == ("USDCNY", 7.1, datetime(2025, 9, 26, 15, tzinfo=UTC))
    assert bad["unreadable"] == "pair 'USDXYZ' is not in config/universe.toml"


FIGURES = (
    "company,segment,segment_basis,metric,period_start,period_end,duration_months,value,unit,reported_on,"
    "known_precision,verification,source,note\n"
)


def test_figures_stated_and_assumed(staged):
    stated, assumed = staged(
        "reported_figures.csv",
        FIGURES
        + 'Acme,Cloud,b,revenue,2025-04-01,2025-06-30,3,1e9,CNY,2025-08-29,day,source,"a, b",\n'
        + "Acme,Cloud,b,backlog,,2025-06-30,0,-5,CNY,,day,source,s,\n",
    )
    assert (stated["value"], stated["duration_months"], stated["source"]) == (1e9, 3, "a, b")
    assert (stated["known_at"], stated["known_precision"]) == (datetime(2025, 8, 29, 23, 59, 59, 999999, UTC), "day")
    assert (assumed["period_start"], assumed["reported_on"], assumed["value"]) == (None, None, -5.0)
    assert (assumed["known_at"], assumed["known_precision"]) == (
        datetime(2025, 8, 14, 23, 59, 59, 999999, UTC),
        "assumed",
    )


def test_a_damaged_figure_keeps_company_segment_and_metric(staged):
    (row,) = staged("reported_figures.csv", FIGURES + "Acme,Cloud,b,revenue,2025-04-01\n")
    assert (row["company"], row["segment"], row["metric"], row["segment_basis"]) == ("Acme", "Cloud", "revenue", None)


def test_spending_rows_keep_what_is_unknown_unknown(staged):
    (row,) = staged(
        "capex_events.csv",
        "event_id,announcement_id,known_on,known_precision,company,kind,amount_low,amount_high,currency,horizon_start,"
        "horizon_end,regions,purpose,wording,hypothetical,source,source_language,verification,note\n"
        "e1,acme-1,2025-02-10,month,Acme,capex_increase,,,,,2028-02,FR|DE-BB,halls,more,TRUE,s,en,source,\n",
    )
    assert (row["item_id"], row["announcement_id"], row["is_hypothetical"], row["origin"]) == (
        "e1",
        "acme-1",
        True,
        "row",
    )
    assert (row["amount_low"], row["currency"], row["direction"], row["is_negated"]) == (None, None, None, None)
    assert (row["known_at"], row["known_precision"]) == (
        datetime(2025, 2, 28, 23, 59, 59, 999999, UTC),
        "month",
    )


def test_events_may_lie_ahead_of_what_is_known(staged):
    (row,) = staged(
        "cycle_events.csv",
        "event_id,announcement_id,date,known_on,known_precision,company,segment,type,direction,country,realised,title,"
        "source,source_language,verification,note\n"
        "c1,acme-1,2026-12-31,2025-09-24,day,Acme,cloud,region_launch,1,BR,false,a region,s,en,source,\n",
    )
    assert (row["cycle_event_id"], row["event_time"], row["is_realised"]) == ("c1", date(2026, 12, 31), False)
    assert (row["direction"], row["known_at"]) == (1, datetime(2025, 9, 24, 23, 59, 59, 999999, UTC))


def test_feeds_have_no_clock(staged):
    (row,) = staged("feeds.csv", "address,kind,language,status\nhttps://example.org/rss,RSS,en,unchecked\n")
    assert (row["address"], row["unreadable"], "known_at" in row) == ("https://example.org/rss", None, False)


@pytest.mark.parametrize("file_name", TABLE_FORMATS)
def test_what_a_format_declares_are_columns_of_its_table(file_name):
    table = TABLE_FORMATS[file_name]
    own = {column.name for column in content_columns(table.contract)}
    assert set(table.called) | set(table.always) | table.unstated <= own
    assert all(table.contract.column(name).nullable for name in table.unstated)
    names = [name for name, _, _ in table.forms]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file_name", TABLE_FORMATS)
def test_the_documented_header_and_example_are_what_is_read(staged, root, file_name):
    document = (root / "docs" / "recording_format.md").read_text(encoding="utf-8")
    _, _, section = document.partition(f"### `{file_name}`")
    example = section.split("```csv\n")[1].split("```")[0]
    header = example.splitlines()[0].split(",")
    table = TABLE_FORMATS[file_name]
    assert sorted(header) == sorted(name for name, _, _ in table.forms if name not in table.optional)
    assert all(f"`{name}`" in section.split("###")[0] for name in table.optional)
    assert [row["unreadable"] for row in staged(file_name, example)] == [None] * (len(example.splitlines()) - 1)


def test_an_optional_column_is_read_where_it_stands_and_open_where_it_does_not(staged):
    header = (
        "event_id,announcement_id,date,known_on,known_precision,company,segment,type,direction,country,realised,title,"
        "source,source_language,verification,note"
    )
    row = "c1,acme-1,2026-12-31,2025-09-24,day,Acme,cloud,region_launch,1,BR,false,a region,s,en,source,"
    (without,) = staged("cycle_events.csv", f"{header}\n{row}\n")
    (taken_back,) = staged("cycle_events.csv", f"{header},retracted\n{row},true\n")
    assert (without["is_retracted"], without["unreadable"]) == (None, None)
    assert (taken_back["is_retracted"], taken_back["unreadable"]) == (True, None)
