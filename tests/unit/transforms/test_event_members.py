from datetime import UTC, datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.schema import DType
from transforms.event_members import event_members

MEMBERS = CONTRACTS["core.event_members"]
BLANK = {DType.TEXT: "x", DType.FLAG: False, DType.INTEGER: 0, DType.DAY: datetime(2025, 1, 1, tzinfo=UTC).date()}


def rows(table: str, *given: dict[str, object]) -> pl.DataFrame:
    contract = CONTRACTS[table]
    blank = {c.name: BLANK.get(c.dtype) for c in contract.columns if not c.nullable}
    filled = []
    for position, row in enumerate(given):
        known_at = datetime(2025, 1, row.pop("known_day", 1), tzinfo=UTC)  # type: ignore[arg-type]
        clocks = {"known_at": known_at, "source_known_at": known_at, "load_seq": 1, "byte_start": position}
        filled.append(blank | clocks | row)
    return pl.DataFrame(filled, schema=contract.polars_schema())


def announcements(*given: dict[str, object]) -> pl.DataFrame:
    return rows("core.announcements", *given)


def events(*given: dict[str, object]) -> pl.DataFrame:
    return rows("core.cycle_events", *given)


def test_rows_of_both_tables_share_the_happening_of_their_announcement():
    members = event_members(
        announcements({"item_id": "ev1", "announcement_id": "a", "byte_start": 5, "byte_end": 9}),
        events(
            {"cycle_event_id": "cy1", "announcement_id": "a"},
            {"cycle_event_id": "cy2", "announcement_id": "a"},
            {"cycle_event_id": "cy3", "announcement_id": "b"},
        ),
    )

    assert members.schema == MEMBERS.polars_schema()
    assert members.select("event_id", "member_table", "member_id", "matched_by").rows() == [
        ("a", "core.announcements", "ev1", "announcement_id"),
        ("a", "core.cycle_events", "cy1", "announcement_id"),
        ("a", "core.cycle_events", "cy2", "announcement_id"),
        ("b", "core.cycle_events", "cy3", "announcement_id"),
    ]
    assert members.select("byte_start", "byte_end").row(0) == (5, 9)


def test_a_member_has_the_clocks_load_and_address_of_its_row():
    row = {"cycle_event_id": "cy1", "announcement_id": "a", "known_day": 7, "load_seq": 4, "payload_sha256": "f" * 64}

    (member,) = event_members(announcements(), events(row)).to_dicts()

    assert member["known_at"] == datetime(2025, 1, 7, tzinfo=UTC)
    assert (member["load_seq"], member["payload_sha256"], member["revision"]) == (4, "f" * 64, 0)


def test_a_restatement_that_stays_in_its_announcement_does_not_make_the_happening_younger():
    first = {"cycle_event_id": "cy1", "announcement_id": "a", "known_day": 1}
    reworded = {"cycle_event_id": "cy1", "announcement_id": "a", "known_day": 9, "revision": 1, "title": "reworded"}

    (member,) = event_members(announcements(), events(reworded, first)).to_dicts()

    assert member["known_at"] == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_row_that_moves_to_another_announcement_becomes_its_member_then():
    first = {"cycle_event_id": "cy1", "announcement_id": "a", "known_day": 1}
    moved = {"cycle_event_id": "cy1", "announcement_id": "b", "known_day": 9, "revision": 1}
    back = {"cycle_event_id": "cy1", "announcement_id": "a", "known_day": 20, "revision": 2}

    members = event_members(announcements(), events(back, moved, first))

    assert members["event_id"].to_list() == ["a", "b", "a"]
    assert members["revision"].to_list() == [0, 1, 2]
    assert [known.day for known in members["known_at"]] == [1, 9, 20]


def test_the_order_of_rows_does_not_matter():
    some = events(*({"cycle_event_id": f"cy{i}", "announcement_id": f"a{i % 3}", "known_day": 1 + i} for i in range(9)))

    assert event_members(announcements(), some).equals(event_members(announcements(), some.reverse()))


def test_nothing_has_no_members():
    assert event_members(announcements(), events()).is_empty()
