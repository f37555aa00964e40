"""Texts and their bytes: every place in the text is found again among the bytes, broken ones included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.model.kinds import EventType
from transforms.announcements.records import Extraction, TextEvent
from transforms.announcements.stored_text import stored_text

PIECES = (
    b"a",
    "ä".encode(),
    "亿".encode(),
    "\U0001d7d7".encode(),
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xe4\xba",
    b"\0",
    b"\r\n",
    b"\xed\xa0\x80",
)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
def test_every_place_of_the_text_is_found_among_the_bytes(content):
    stored = stored_text(content)
    offsets = stored.byte_offsets(range(len(stored.text) + 1))
    assert offsets[len(stored.text)] == len(content)
    for place, code_point in enumerate(stored.text):
        raw = content[offsets[place] : offsets[place + 1]]
        assert raw == code_point.encode() or (code_point == "\ufffd" and len(raw) == 1)
    stored.text.encode()  # no half of a pair is left


@given(st.text())
def test_a_whole_text_is_read_as_it_is(text):
    content = text.encode()
    stored = stored_text(b"\xef\xbb\xbf" + content)
    assert stored.text == text.replace("\0", "\ufffd")
    assert stored.broken_bytes == text.count("\0")
    assert stored.byte_offsets([len(text)]) == {len(text): 3 + len(content)}


def test_what_is_broken_is_counted_and_placed():
    stored = stored_text(b"\xef\xbb\xbf\xc3\xa4\xff 1\xe4\xba")
    assert stored.text == "ä\ufffd 1\ufffd\ufffd"
    assert (stored.broken_bytes, stored.first_broken) == (3, 5)
    assert stored_text(b"").first_broken is None


def test_spans_are_moved_to_the_bytes():
    stored = stored_text(b"\xef\xbb\xbf\xff\xc3\xa4 opens")
    event = TextEvent(
        company=None, segment=None, type=EventType.RESULTS, event_time=None, regions=(), direction=0,
        is_realised=True, is_hypothetical=False, is_negated=False,
        quote="ä opens", quote_start=1, quote_end=8, byte_start=1, byte_end=9,
    )  # fmt: skip
    (moved,) = stored.placed(Extraction("en", (), (event,))).events
    assert (moved.byte_start, moved.byte_end) == (4, 12)
    assert (moved.quote_start, moved.quote_end) == (1, 8)


@pytest.mark.parametrize("size", [0, 1])
def test_nothing_is_read_from_nothing(size):
    assert stored_text(b"\xef\xbb\xbf" * size).text == ""
