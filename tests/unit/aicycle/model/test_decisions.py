"""A decision is somebody's, for a reason; its file says the same again, and foreign bytes are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.model.decisions import LONGEST_AUTHOR, Decision, decision_of, said
from aicycle.model.kinds import DecisionKind

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = "ab" * 32


def decision(**fields) -> Decision:
    return Decision(**{"what": DecisionKind.RELEASED, "author": "Ann", "reason": "sure", "decided_at": AT,
                       "quarantine_id": ID, **fields})  # fmt: skip


texts = st.text().filter(lambda t: any(c.isprintable() and not c.isspace() for c in t))


@settings(max_examples=50)
@given(texts, texts)
def test_the_file_says_what_the_decision_says(author, reason):
    made = decision(author=said(author, 200, "--by"), reason=said(reason, 2000, "--because"))
    assert decision_of(made.content) == made
    assert decision_of(made.content).id == made.id


def test_two_decisions_have_two_ids_and_names_that_sort_by_time():
    first, later = decision(), decision(decided_at=AT.replace(hour=13))
    assert first.id != later.id
    assert first.file_name < later.file_name
    assert decision().id == first.id


@pytest.mark.parametrize("blank", ["", " \t\n", "\u200b", "\x00\x1b", None, 5])
def test_a_blank_author_is_nobody(blank):
    with pytest.raises(ValueError, match="--by is blank"):
        said(blank, LONGEST_AUTHOR, "--by")


def test_long_texts_are_cut_and_what_can_not_be_stored_is_replaced():
    assert said("x" * 500, 10, "a") == "x" * 9 + "…"
    assert said(" a\0b\ud800 ", 10, "a") == "a\ufffdb?"


def test_a_decision_about_a_batch_says_so_and_has_an_id_for_each_row():
    whole = decision(with_batch=True)
    assert decision_of(whole.content) == whole
    assert whole.id != decision().id
    assert len({whole.id, whole.id_for("a"), whole.id_for("b")}) == 3
    assert b"with_batch" not in decision().content, "files of one row are what they were"


CORRECTION = {"what": "corrected", "changes": {"close": "1"}}
STORED = {**CORRECTION, "quarantine_id": None, "table_name": "core.daily_bars", "key": {"symbol": "BABA"}}


@pytest.mark.parametrize("change", [{"with_batch": False}, {"with_batch": 1}, {"with_batch": True, **CORRECTION}])
def test_with_batch_is_said_or_not_said(change):
    with pytest.raises(ValueError, match="with_batch is true or not there"):
        decision_of(_file(change))


@pytest.mark.parametrize("change", [CORRECTION, STORED])
def test_a_correction_is_of_a_stopped_or_a_stored_row(change):
    assert decision_of(_file(change)).what is DecisionKind.CORRECTED


@pytest.mark.parametrize(
    "change",
    [
        {"what": "deleted"}, {"author": "  "}, {"reason": None}, {"decided_at": "yesterday"},
        {"decided_at": "2026-11-23T12:00:00"}, {"decided_at": "0001-01-01T00:00:00+10:00"}, {"decided_at": 5},
        {"quarantine_id": "../" + "a" * 61}, {"quarantine_id": None}, {"table_name": "core.x"}, {"key": {"a": "b"}},
        {"changes": {"close": "1"}}, {"what": "corrected"}, {**STORED, "key": {}}, {**STORED, "what": "released"},
        {**CORRECTION, "changes": {"close": 1}}, {**CORRECTION, "changes": {"a b": "1"}},
        {**CORRECTION, "changes": {"close": "x" * 5000}}, {**CORRECTION, "changes": {f"c{n}": "" for n in range(101)}},
        {**CORRECTION, "changes": [1]}, {**STORED, "table_name": "core/../x"}, {"more": 1},
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused(change):
    with pytest.raises(ValueError, match=r"\w"):
        decision_of(_file(change))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"null", b"[" * 200_000, b'{"what": NaN}'])
def test_foreign_bytes_are_refused(content):
    with pytest.raises(ValueError, match="JSON"):
        decision_of(content)


def _file(change: dict) -> bytes:
    return json.dumps(json.loads(decision().content) | change).encode()
