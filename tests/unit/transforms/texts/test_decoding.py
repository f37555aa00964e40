from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.texts.decoding import decoded, known_charset


@pytest.mark.parametrize(
    ("content", "declared", "text", "charset"),
    [
        ("für 亿".encode(), None, "für 亿", "utf-8"),
        ("für".encode("latin-1"), "ISO-8859-1", "für", "cp1252"),
        ("3 €".encode("cp1252"), "latin1", "3 €", "cp1252"),
        ("阿里".encode("gbk"), "gb2312", "阿里", "gb18030"),
        ("阿里".encode("utf-16"), None, "\ufeff阿里", "utf-16-le"),
        ("阿里".encode("utf-16"), "utf-8", "\ufeff阿里", "utf-16-le"),
        (codecs.BOM_UTF16_BE + "x".encode("utf-16-be"), None, "\ufeffx", "utf-16-be"),
        (codecs.BOM_UTF32_LE + "x".encode("utf-32-le"), None, "\ufeffx", "utf-32-le"),
        (codecs.BOM_UTF8 + b"x", "gbk", "\ufeffx", "utf-8"),
        (b"<?xml encoding='gbk'?>" + "阿".encode("gbk"), None, "<?xml encoding='gbk'?>阿", "gb18030"),
        (b"<meta charset=gbk>" + "阿".encode("gbk"), None, "<meta charset=gbk>阿", "gb18030"),
        (b'<meta charset="gbk">' + "阿".encode(), "utf-8", '<meta charset="gbk">阿', "utf-8"),
    ],
)  # fmt: skip
def test_the_mark_counts_before_the_header_before_the_document_before_utf_8(content, declared, text, charset):
    found = decoded(content, declared)
    assert (found.text, found.charset, found.trouble) == (text, charset, "")


def test_bytes_that_are_not_what_they_are_said_to_be_are_in_trouble_and_never_guessed():
    found = decoded("Gewinn für 3 Mrd.".encode("latin-1"), None)
    assert found.trouble == "its bytes are not utf-8, which they are said to be (byte 0xfc at 8)"
    assert found.text == "Gewinn f\ufffdr 3 Mrd."


@pytest.mark.parametrize(
    "label", ["rot13", "unicode_escape", "hex", "idna", "utf-7", "iso-2022-jp", "no-such", "", "a\0b", "x" * 500]
)
def test_what_is_no_charset_of_documents_is_refused(label):
    assert known_charset(label) is None
    if label:
        assert "is none that is known" in decoded(b"x", label).trouble


def test_a_declaration_far_inside_a_page_does_not_count():
    assert decoded(b" " * 2000 + b"<meta charset=gbk>", None).charset == "utf-8"


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gbk", "utf-16", "euc-kr", "shift_jis", "big5"]))
def test_any_bytes_are_decoded_or_in_trouble(content, declared):
    found = decoded(content, declared)
    assert found.trouble or "\ufffd" not in found.text or "\ufffd".encode(found.charset) in content


@given(st.text(max_size=100))
def test_utf_8_is_read_as_it_was_written(text):
    assert decoded(text.encode(), "utf-8").text == text
