"""Texts that were broken on their way: wrong decoding, lost characters, control characters.

Here: every text column of a table. Not here: bytes that are no UTF-8 at all (`transforms.staging`), what a text says.
"""

from __future__ import annotations

import re

import polars as pl

from transforms.gate.context import GateContext
from transforms.gate.measures.saying import marked

WHOLE = "text.whole"
CHECKS = (WHOLE,)
LOST = "\ufffd"
CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
SUSPECT = (
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    r"\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
"""What the bytes of UTF-8 beyond ASCII look like when they are read as Windows-1252 or Latin-1."""
MISREAD = re.compile(f"(?:{SUSPECT}){{2,}}")
UTF8 = re.compile(
    rb"[\xc2\xc3][\x80-\xbf]"  # letters with accents, signs
    rb"|\xe2[\x80-\x84][\x80-\xbf]"  # quotes, dashes, the euro
    rb"|\xef(?:\xbb\xbf|\xbc[\x80-\xbf])"  # byte order mark, full-width signs
    # One ideograph or Cyrillic letter may be an accented letter before a quote; two in a row are not.
    rb"|(?:[\xe3-\xe9][\x80-\xbf]{2}){2,}|(?:[\xd0\xd1][\x80-\xbf]){2,}"
)
"""What people write in UTF-8, and hardly anybody in Windows-1252."""
ADDRESS_COLUMNS = ("text_sha256", "payload_sha256", "unreadable", "known_precision", "verification", "origin")
SHOWN = 40


def measure_texts(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure whether any text of a row is broken.

    Args:
        rows: staged rows of any table.
        context: not asked.

    Returns:
        Numbers of `CHECKS`: 1 where a text is broken.
    """
    del context
    columns = [name for name, dtype in rows.schema.items() if dtype == pl.String and name not in ADDRESS_COLUMNS]
    odd = [pl.col(name).str.contains(f"{LOST}|{CONTROLS}|{SUSPECT}{{2}}") for name in columns]
    suspects = rows.filter(pl.any_horizontal(odd).fill_null(value=False))
    sentences: dict[int, str] = {}
    for row in suspects.select("row_id", *columns).iter_rows(named=True):
        found = next((f"{name} {trouble}" for name in columns if (trouble := trouble_in(row[name] or ""))), None)
        if found is not None:
            sentences[row["row_id"]] = found
    return marked(WHOLE, rows, sentences)


def trouble_in(text: str) -> str:
    """Return what is broken in a text, or nothing."""
    if LOST in text:
        return f"'{text[:SHOWN]}' has lost characters: they were replaced when it was decoded"
    if re.search(CONTROLS, text):
        return f"{text[:SHOWN]!r} holds a control character"
    for found in MISREAD.finditer(text):
        plain = _read_rightly(found.group())
        if plain is not None:
            return f"'{text[:SHOWN]}' was decoded wrongly: '{found.group()}' is '{plain}'"
    return ""


def _read_rightly(run: str) -> str | None:
    """Return what a part of a run of characters means if its bytes are UTF-8, or None: then it means itself."""
    found = UTF8.search(b"".join(_byte(character) for character in run))
    return found.group().decode("utf-8", errors="replace") if found else None


def _byte(character: str) -> bytes:
    """Return the byte a character was made of. Windows-1252 leaves five bytes open, which Latin-1 fills."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1", errors="replace")
