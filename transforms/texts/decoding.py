"""From bytes to characters, by one stated rule: byte order mark, else what was declared, else UTF-8.

Here: the rule, and which charsets are known. Not here: where a declaration stands outside the bytes (a reply's header
is handed in), what becomes of a document that can't be decoded (`transforms.texts.records`).

Nothing is guessed: a text whose bytes are not what they are said to be is in trouble, and a guess would turn an amount
into another one without a word.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

UTF8 = "utf-8"
MARK = "\ufeff"
"""What a byte order mark is as a character: it stays at the head of the text, so that offsets can be told."""
MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; UTF-32's before UTF-16's, which it begins with."""

# As browsers understand the labels: pages say latin-1 and mean Windows-1252, say gb2312 and use gb18030.
MEANT = {
    "ascii": "cp1252",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
KNOWN = re.compile(
    r"utf-8|utf-16-[lb]e|utf-32-[lb]e|iso8859-\d+|cp(?:125\d|874|866|932|949)|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|gb18030|big5hkscs|euc_jp"
)
"""Python's names of the charsets that documents come in. Its other codecs (rot13, unicode_escape) are no charsets, and
those that switch between alphabets (iso2022_jp, utf-7) hide one text in another."""

DECLARED_WITHIN_BYTES = 1024
IN_A_PAGE = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
IN_XML = re.compile(rb"\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as characters."""

    text: str
    """With its byte order mark, if there is one; what could not be decoded is U+FFFD."""
    charset: str
    """Python's name of the charset."""
    trouble: str
    """What could not be decoded and where; empty if nothing."""


def decoded(content: bytes, declared: str | None) -> Decoded:
    """Return a document as characters.

    Args:
        content: its bytes.
        declared: charset that the reply's header names; it counts more than what the document says of itself.
    """
    charset = next((name for mark, name in MARKS if content.startswith(mark)), "")
    if not charset:
        label = declared or declared_within(content) or UTF8
        found = known_charset(label)
        if found is None:
            return Decoded("", label, f"its charset, {label[:40]!r}, is none that is known")
        charset = found
    try:
        return Decoded(content.decode(charset), charset, "")
    except UnicodeDecodeError as error:
        broken = content[error.start : error.start + 1].hex()
        trouble = f"its bytes are not {charset}, which they are said to be (byte 0x{broken} at {error.start})"
        return Decoded(content.decode(charset, errors="replace"), charset, trouble)


def declared_within(content: bytes) -> str | None:
    """Return the charset that a page or an XML document names in its first bytes, if it does."""
    beginning = content[:DECLARED_WITHIN_BYTES]
    found = IN_XML.match(beginning) or IN_A_PAGE.search(beginning)
    return found[1].decode("ascii") if found else None


def known_charset(label: str) -> str | None:
    """Return Python's name of the charset that a label means, or None: no charset that documents come in."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    meant = MEANT.get(name, name)
    return meant if KNOWN.fullmatch(meant) else None
