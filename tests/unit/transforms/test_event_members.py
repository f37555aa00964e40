from datetime import UTC, datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.schema import DType
from transforms.event_members import event_members
from transforms.happenings import known_happenings

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


# --- what was read in texts ------------------------------------------------------------------------------------------


def read(document: str, number: int = 1, *, day: int = 1, **said: object) -> dict[str, object]:
    """An extracted announcement of 380 billion yuan by Alibaba."""
    name = f"{document}#Alibaba:spending"
    return {
        "item_id": f"{name}:{number}", "announcement_id": name, "origin": "extracted", "document_id": document,
        "company": "Alibaba", "kind": "capex_plan", "amount_low": 380e9, "amount_high": 380e9, "currency": "CNY",
        "wording": "380 billion yuan", "char_start": number, "known_day": day,
    } | said  # fmt: skip


def row(item: str, *, day: int = 1, **said: object) -> dict[str, object]:
    """An announcement of the same as a row of a file."""
    return read(item, day=day, item_id=item, announcement_id=f"of {item}", origin="row", document_id=None) | said


def documents(*given: dict[str, object]) -> pl.DataFrame:
    return rows("core.documents", *given)


def events_of(members: pl.DataFrame) -> dict[str, str]:
    return dict(members.select("member_id", "event_id").iter_rows())


def test_a_row_and_the_texts_that_say_the_same_are_one_happening_and_one_statement():
    members = event_members(announcements(row("ev"), read("a"), read("b", day=3), read("c", day=20)), events())
    assert set(members["event_id"]) == {"of ev"}
    by_member = {m["member_id"]: m for m in members.to_dicts()}
    assert {m["statement_id"] for m in members.to_dicts()} == {"ev"}
    assert by_member["ev"]["matched_by"] == "announcement_id"
    assert by_member["b#Alibaba:spending:1"]["matched_by"] == "amount"
    assert (by_member["b"]["member_table"], by_member["b"]["matched_by"]) == ("core.documents", "lead")


def test_a_happening_is_called_after_what_told_of_it_first():
    members = event_members(announcements(row("ev", day=9), read("a", day=3)), events())
    assert set(members["event_id"]) == {"a#Alibaba:spending"}


def test_a_row_dated_by_its_month_joins_what_reports_told_before():
    members = event_members(announcements(row("ev", day=28), read("a", day=3)), events())
    assert len(set(members["event_id"])) == 1


def test_a_source_tells_its_own_rows_apart():
    members = event_members(announcements(row("x"), row("y")), events())
    assert events_of(members) == {"x": "of x", "y": "of y"}
    with_text = event_members(announcements(row("x"), row("y"), read("a")), events())
    assert events_of(with_text)["a#Alibaba:spending:1"] == "of x"


def test_what_a_report_adds_to_news_is_of_the_same_announcement_and_what_it_repeats_is_not():
    old = row("old", day=1, amount_low=75e9, amount_high=75e9)
    news = row("news", day=20)
    added = read("a", 2, day=20, amount_low=9e9, amount_high=9e9)
    repeated = read("a", 3, day=20, amount_low=75e9, amount_high=75e9)
    found = events_of(event_members(announcements(old, news, read("a", day=20), added, repeated), events()))
    assert found["a#Alibaba:spending:2"] == "of news"
    assert found["a#Alibaba:spending:3"] == "of old"
    assert found["a"] == "of news"


def test_a_later_text_that_joins_two_happenings_merges_nothing():
    one, other = read("a", currency="CNY"), read("b", day=2, currency="USD", amount_low=53e9, amount_high=53e9)
    both = read("c", day=3, twin_amount=53e9, twin_currency="USD")
    apart = events_of(event_members(announcements(one, other), events()))
    together = events_of(event_members(announcements(one, other, both), events()))
    assert len(set(apart.values())) == 2
    assert apart.items() <= together.items()
    assert together["c"] == "a#Alibaba:spending"


def test_a_rumour_dates_no_happening():
    rumour = read("a", day=1, is_hypothetical=True)
    members = event_members(announcements(rumour, read("b", day=30)), events())
    assert len(set(members["event_id"])) == 1
    known = known_happenings(
        announcements(rumour, read("b", day=30)), members, ANNOUNCEMENTS, as_of=datetime(2025, 3, 1, tzinfo=UTC)
    )
    assert known["happening_known_at"].to_list() == [datetime(2025, 1, 30, tzinfo=UTC)]


def test_events_meet_by_company_segment_type_day_and_place():
    site = {"company": "Alibaba", "segment": "cloud", "type": "region_launch", "country": "KR", "title": "Seoul opens"}
    stated = {"cycle_event_id": "cy", "announcement_id": "of cy", "origin": "row", **site}
    told = {"cycle_event_id": "d:1", "announcement_id": "d", "origin": "extracted", "document_id": "d", **site}
    assert events_of(event_members(announcements(), events(stated, told)))["d:1"] == "of cy"
    for other in ({"country": "JP"}, {"segment": "chips"}, {"type": "partnership"}, {"company": "Tencent"}):
        assert events_of(event_members(announcements(), events(stated, told | other)))["d:1"] == "d", other


def test_of_two_editions_the_later_one_counts_from_then_on():
    first = {"document_id": "a", "address": "https://news.example/1", "known_day": 1}
    second = {"document_id": "b", "address": "http://www.news.example/1#top", "known_day": 5}
    said = announcements(read("a"), read("b", day=5, amount_low=38e9, amount_high=38e9))
    members = event_members(said, events(), documents(first, second))
    of_first = members.filter(pl.col("member_id") == "a#Alibaba:spending:1")
    assert of_first["is_replaced"].to_list() == [False, True]
    assert [at.day for at in of_first["known_at"]] == [1, 5]
    assert of_first["revision"].to_list() == [0, 1]
    (of_second,) = members.filter(pl.col("member_id") == "b#Alibaba:spending:1").to_dicts()
    assert (of_second["event_id"], of_second["matched_by"]) == ("a#Alibaba:spending", "address")
    reporting = known_happenings(said, members, ANNOUNCEMENTS, as_of=datetime(2025, 3, 1, tzinfo=UTC))
    assert reporting["amount_low"].to_list() == [38e9]
    assert reporting["happening_known_at"].to_list() == [datetime(2025, 1, 1, tzinfo=UTC)]


def test_what_a_row_says_is_not_said_again_by_a_text():
    misread = read("a", day=1, kind="capex_actual", verification="derived")
    beside = read("a", 2, day=1, amount_low=9e9, amount_high=9e9)
    said = announcements(row("ev", day=4), misread, beside)
    members = event_members(said, events())
    reporting = known_happenings(said, members, ANNOUNCEMENTS, as_of=datetime(2025, 3, 1, tzinfo=UTC))
    assert reporting["item_id"].to_list() == ["a#Alibaba:spending:2", "ev"]
    assert {at.day for at in reporting["happening_known_at"]} == {1}, "known since the text"
    alone = known_happenings(announcements(misread), members, ANNOUNCEMENTS, as_of=datetime(2025, 3, 1, tzinfo=UTC))
    assert alone["item_id"].to_list() == ["a#Alibaba:spending:1"]


def test_a_document_in_which_nothing_was_read_is_no_member():
    assert event_members(announcements(), events(), documents({"document_id": "a"})).is_empty()
