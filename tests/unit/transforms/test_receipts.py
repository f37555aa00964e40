"""The tree of a receipt: what its leaves are, and when it is grounded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.address import Address
from transforms.parameter_paths import ConfiguredValue
from transforms.receipts import (
    LABEL_CHARACTERS,
    Node,
    contribution_nodes,
    fact_label,
    fact_node,
    feature_node,
    happening_nodes,
    hold_nodes,
    parameter_nodes,
)

JAN = datetime(2025, 1, 1, tzinfo=UTC)
EVENT = {
    "cycle_event_id": "e1", "announcement_id": "a", "event_time": date(2025, 1, 1), "company": "Alibaba",
    "segment": "cloud", "type": "partnership", "direction": 1, "country": "CN", "is_realised": True, "title": "t",
    "verification": "unchecked", "known_at": JAN, "source_known_at": JAN, "known_precision": "day", "revision": 0,
    "load_seq": 3, "payload_sha256": "0" * 64, "byte_start": 4, "byte_end": 9,
}  # fmt: skip


def frame(table, *rows):
    schema = CONTRACTS[table].polars_schema()
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def member(member_id, event_id):
    more = {"event_id": event_id, "member_table": "core.cycle_events", "member_id": member_id}
    return EVENT | more | {"matched_by": "announcement_id"}


def test_a_fact_is_a_leaf_with_its_address():
    node = fact_node("core.cycle_events", EVENT)
    assert node.address == Address("0" * 64, 4, 9)
    assert (node.key, node.table) == ({"cycle_event_id": "e1"}, "core.cycle_events")
    assert node.status == "assumption", "nobody checked the source"
    assert (node.more["load_seq"], node.more["states"]["title"]) == (3, "t")
    assert node.is_grounded


def test_a_figure_says_of_what_and_when_it_is():
    figure = {
        "company": "Alibaba", "segment": "AIDC", "metric": "adj_ebita", "period_end": date(2023, 6, 30),
        "duration_months": 3, "value": -420000000.0, "unit": "CNY",
    }  # fmt: skip
    table = "core.reported_figures"
    assert fact_label(table, figure) == "AIDC adj_ebita, quarter to 2023-06-30: -420000000 CNY"
    assert "year to 2023-06-30" in fact_label(table, figure | {"duration_months": 12})
    assert "18 months to 2023-06-30" in fact_label(table, figure | {"duration_months": 18})
    assert ", at 2023-06-30: " in fact_label(table, figure | {"duration_months": 0})
    rate = {"pair": "USDCNY", "session": date(2025, 9, 26), "rate": 7.12}
    assert fact_label("core.fx_rates", rate) == "USDCNY 2025-09-26: 7.12"


def test_a_title_of_any_length_is_told_on_one_line():
    node = fact_node("core.cycle_events", EVENT | {"title": "t" * 200_000})
    assert len(node.label) == LABEL_CHARACTERS + len("...")
    assert node.label.endswith("t...")


def test_a_receipt_is_grounded_when_all_of_it_is():
    leaf, loose = fact_node("core.cycle_events", EVENT), Node(kind="part", label="from nowhere")
    assert Node(kind="x", label="x", children=(leaf,)).is_grounded
    assert not Node(kind="x", label="x", children=(leaf, Node(kind="x", label="x", children=(loose,)))).is_grounded
    assert not loose.is_grounded
    assert Node(kind="manifest", label="seed", value=0).is_grounded


def test_a_feature_with_a_value_and_no_fact_is_not_grounded():
    feature = {"family": "f", "feature": "x", "value": 0.5, "unit": "fraction", "known_at": JAN, "null_reason": None}
    feature |= {f"contribution_{n}": 0.0 for n in range(1, 5)}
    with_fact = feature_node(feature, {"core.cycle_events": frame("core.cycle_events", EVENT)}, quiet=("y",))
    assert with_fact.is_grounded
    assert [child.key for child in with_fact.children] == [{"cycle_event_id": "e1"}]
    assert with_fact.more["needs_silence_of"] == ["y"]
    assert not feature_node(feature, {}).is_grounded
    for value, reason, said in ((0.0, None, "no fact of this kind is known"), (None, "too old", "too old")):
        silent = feature_node(feature | {"value": value, "null_reason": reason}, {})
        assert silent.is_grounded
        assert [child.label for child in silent.children] == [said]


def test_a_happening_lists_the_rows_that_report_it():
    events = frame("core.cycle_events", EVENT, EVENT | {"cycle_event_id": "e2"}, EVENT | {"cycle_event_id": "e3"})
    members = frame("core.event_members", member("e2", "h"), member("e1", "h"), member("e3", "other"))
    nodes = happening_nodes({"h", "gone"}, members, {"core.cycle_events": events})
    assert [child.key for child in nodes["h"].children] == [{"cycle_event_id": "e1"}, {"cycle_event_id": "e2"}]
    assert nodes["h"].known_at == JAN
    assert nodes["gone"].children == ()
    assert not nodes["gone"].is_grounded, "a contribution without a row is seen"


def test_contributions_come_heaviest_first():
    rows = [("f", "a", 0.1, JAN), ("f", "b", -0.3, JAN), ("g", "c", 0.2, JAN)]
    evidence = pl.DataFrame(rows, schema=["family", "event_id", "contribution_nats", "known_at"], orient="row")
    happenings = {name: Node(kind="happening", label=name) for name in "abc"}
    nodes = contribution_nodes(evidence, happenings)
    assert [(node.label, node.value, node.unit) for node in nodes] == [
        ("f: b", -0.3, "nats"), ("g: c", 0.2, "nats"), ("f: a", 0.1, "nats"),
    ]  # fmt: skip
    assert contribution_nodes(evidence[::-1], happenings) == nodes


def test_only_numbers_with_a_status_are_parameters():
    values = {
        "a.x": ConfiguredValue(path="a.x", value=1, unit="u", status="article", source="s", why="w"),
        "a.version": ConfiguredValue(path="a.version", value="v1"),
        "b.x": ConfiguredValue(path="b.x", value=2, unit="u", status="assumption", source="s", why="w"),
    }  # fmt: skip
    assert [node.label for node in parameter_nodes(values)] == ["a.x", "b.x"]
    (node,) = parameter_nodes(values, "a.")
    assert (node.value, node.unit, node.status, node.path) == (1, "u", "article", "config/: a.x")
    assert node.more == {"source": "s", "why": "w"}


def test_a_hold_leads_to_the_row_that_caused_it():
    subject = {"subject_kind": "symbol", "subject_id": "BABA", "metric": "close"}
    stopped = subject | {
        "quarantine_id": "q", "load_seq": 1, "name": "prices.csv", "reason": "line 3: bad", "known_at": JAN,
        "payload_sha256": "0" * 64, "byte_start": 1, "byte_end": 2,
    }  # fmt: skip
    holds = pl.DataFrame([subject | {"since": JAN, "until": None, "cause": "prices.csv: line 3: bad"}])
    (node,) = hold_nodes(holds, frame("ops.quarantine", stopped))
    assert (node.kind, node.key, node.address) == ("hold", {"quarantine_id": "q"}, Address("0" * 64, 1, 2))
    no_bytes = stopped | {"payload_sha256": None}
    assert hold_nodes(holds, frame("ops.quarantine", no_bytes))[0].address is None
    assert hold_nodes(holds, frame("ops.quarantine"))[0].kind == "note"
