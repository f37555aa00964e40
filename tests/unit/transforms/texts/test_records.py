from __future__ import annotations

import hashlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.texts.content_kinds import ContentKind
from transforms.texts.records import LONGEST_TITLE_CHARACTERS, Asked, asked_again, written

SEEN = "2026-01-05T12:00:00+00:00"
GERMAN = "Acme baut Rechenzentren\n\nAcme will in drei Jahren 40 Milliarden Yuan ausgeben, wie der Konzern mitteilte.\n"
SENTENCE = "Acme will spend 40 billion yuan on data centres, the company said."
PAGE = (
    "<html lang='fr'><head><meta charset='utf-8'><meta name='date' content='2025-09-24'><title>Acme builds</title>"
    "</head><body><article><p>Acme will spend 40 billion yuan on data centres, the company said.</p></article>"
    "<aside>{}</aside></body></html>"
)


def record_of(content, *, kind=ContentKind.TEXT, **more):
    made = written(Asked(document_id="d", kind=kind, **more), content, SEEN)
    record = json.loads(made.record)
    assert made.record.endswith(b"}\n")
    assert made.record.count(b"\n") == 1
    assert record["source_sha256"] == hashlib.sha256(content).hexdigest()
    assert record["text_sha256"] == (None if made.text is None else hashlib.sha256(made.text).hexdigest())
    return made.text, record


def test_a_text_in_utf_8_is_its_own_bytes():
    content = GERMAN.encode()
    text, record = record_of(content)
    assert text == content
    assert record["title"] == "Acme baut Rechenzentren"
    assert (record["language"], record["language_by"]) == ("de", "text")
    assert (record["published"], record["published_by"], record["first_seen_at"]) == (None, "first seen", SEEN)
    assert record["unreadable"] is None


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + GERMAN.encode(), GERMAN.replace("\n", "\r\n").encode()])
def test_marks_and_line_ends_stay_where_they_are(content):
    text, record = record_of(content)
    assert text == content
    assert record["title"] == "Acme baut Rechenzentren"


def test_a_text_in_another_charset_is_written_anew():
    text, record = record_of(GERMAN.replace("drei", "fünf").encode("latin-1"), charset="iso-8859-1")
    assert text == GERMAN.replace("drei", "fünf").encode()
    assert record["asked"]["charset"] == "iso-8859-1"
    assert record_of(GERMAN.encode("utf-16"))[0] == GERMAN.encode()


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        ("fünf".encode("latin-1"), {}, "its bytes are not utf-8, which they are said to be (byte 0xfc at 1)"),
        (b"x", {"charset": "rot13"}, "its charset, 'rot13', is none that is known"),
        (b" \n\t\r\n", {}, "it holds nothing but white space"),
        (b"<html><script>x</script></html>", {"kind": ContentKind.PAGE}, "no article is found in the page"),
        (b"\0", {"kind": ContentKind.PAGE}, "the page holds no element"),
        (b"x", {"kind": ContentKind.PAGE, "charset": "rot13"}, "its charset, 'rot13', is none that is known"),
    ],
)
def test_what_can_not_be_read_has_no_text_and_says_why(content, more, why):
    text, record = record_of(content, **more)
    assert text is None
    assert record["unreadable"].startswith(why)


def test_broken_bytes_beside_the_article_do_no_harm_and_in_it_they_do():
    text, record = record_of(PAGE.format("x\xff").encode("latin-1"), kind=ContentKind.PAGE)
    assert text == b"Acme builds\n\nAcme will spend 40 billion yuan on data centres, the company said.\n"
    assert record["unreadable"] is None
    broken = PAGE.format("").encode().replace(b"40 billion", b"4\xff0 billion")
    text, record = record_of(broken, kind=ContentKind.PAGE)
    assert text is None
    assert "byte 0xff" in record["unreadable"]
    lost = PAGE.format("").replace("40 billion", "4\ufffd0 billion").encode()
    assert "lost characters" in record_of(lost, kind=ContentKind.PAGE)[1]["unreadable"]


@pytest.mark.parametrize(
    ("declared", "content", "language", "by"),
    [
        ("zh", GERMAN, "zh", "declared"),
        (None, PAGE.format(""), "en", "text"),
        (None, PAGE.format("").replace(SENTENCE, "Acme 40 Mrd."), "fr", "page"),
        (None, "Acme 40 Mrd.", "en", "assumed"),
    ],
)  # fmt: skip
def test_which_language_counts(declared, content, language, by):
    kind = ContentKind.PAGE if content.startswith("<") else ContentKind.TEXT
    _, record = record_of(content.encode(), kind=kind, language=declared)
    assert (record["language"], record["language_by"]) == (language, by)


def test_which_publication_counts():
    page = PAGE.format("").encode()
    found = record_of(page, kind=ContentKind.PAGE)[1]
    assert (found["published"], found["published_by"], found["first_seen_at"]) == ("2025-09-24", "page", None)
    found = record_of(page, kind=ContentKind.PAGE, published="2025-09-20")[1]
    assert (found["published"], found["published_by"], found["first_seen_at"]) == ("2025-09-20", "declared", None)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\u00b7 \n\nAcme builds\nMore", "Acme builds"),
        ("\n\n  \u963f\u91cc  \r\nMore", "\u963f\u91cc"),
        ("---\n12 345\n", "---"),
        ("\r\rAcme\rbuilds", "Acme"),
        ("one line", "one line"),
    ],
)
def test_a_title_is_the_first_line_that_says_something(text, title):
    assert record_of(text.encode())[1]["title"] == title


def test_many_lines_without_a_letter_are_looked_through_once():
    started = time.monotonic()
    assert record_of((" " * 1000 + "\n- 1\n").encode() * 9_000)[1]["title"] == "- 1"
    assert time.monotonic() - started < 3


def test_a_line_without_end_is_no_title():
    _, record = record_of(b"word " * 2_000_000)
    assert len(record["title"]) == LONGEST_TITLE_CHARACTERS - 1, "the blank at its end is left out"
    assert len(json.dumps(record)) < 10_000


def test_an_edited_text_is_another_record_and_an_unchanged_one_is_not():
    assert record_of(GERMAN.encode()) == record_of(GERMAN.encode())
    assert record_of(GERMAN.encode())[1] != record_of(GERMAN.replace("40", "42").encode())[1]


ANY = st.one_of(st.none(), st.text(max_size=20))


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.just(PAGE.format("").encode())),
    st.sampled_from([ContentKind.TEXT, ContentKind.PAGE]),
    st.fixed_dictionaries({"address": ANY, "answered_by": ANY, "file_name": ANY, "charset": ANY, "language": ANY}),
)
def test_a_record_says_all_it_was_written_from(content, kind, more):
    asked = Asked(document_id="d", kind=kind, **more)
    made = written(asked, content, SEEN)
    record = json.loads(made.record)
    again = asked_again(record)
    assert written(again, content, record["first_seen_at"] or SEEN) == made
