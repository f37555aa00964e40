"""Documents against their language, and against those that are known.

Here: titles and digests of texts. Not here: broken characters (`texts`), what a text says.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts.core_documents import DOCUMENTS
from transforms.gate.context import GateContext
from transforms.gate.measures.saying import Row, marked, numbers

SCRIPT, TITLED, LONG, EDITED, SYNDICATED = CHECKS = (
    "language.of_its_script",
    "title.says_something",
    "title.length",
    "document.as_before",
    "document.told_once",
)
IDEOGRAPHS = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
LETTERS = r"[A-Za-z\u00c0-\u024f]"
IDEOGRAPHIC = ("zh", "ja", "ko")
LATIN = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "da", "nb", "no", "fi", "cs", "tr", "id", "ms", "vi")
LEAST_LETTERS = 8
"""A title of fewer letters may be a name, which is written alike in many languages."""


def measure_documents(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Measure documents by their titles and by documents that are known.

    Args:
        rows: staged rows of `core.documents`.
        context: what is believed.

    Returns:
        Numbers of `CHECKS`: characters for `title.length`, 1 where wrong for the rest.
    """
    columns = ["document_id", "text_sha256", "known_at"]
    believed = context.rows(DOCUMENTS.full_name).select(columns)
    return pl.concat(
        [
            _script(rows),
            _titled(rows),
            numbers(
                LONG,
                rows.with_columns(length=pl.col("title").str.len_chars()),
                value=pl.col("length"),
                limit=pl.lit(context.rules.statements.texts.longest_title.value),
                said=lambda row: f"{_name(row)}: a title of {row['length']} characters has swallowed the text",
            ),
            _edited(rows, believed),
            _syndicated(rows, believed),
        ]
    )


def _name(row: Row) -> str:
    return f"{row['kind']} {row['document_id']}"


def _script(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare the script of a title with that of the language it is said to be in."""
    counted = rows.with_columns(
        ideographs=pl.col("title").str.count_matches(IDEOGRAPHS), letters=pl.col("title").str.count_matches(LETTERS)
    )
    is_latin_only = (
        pl.col("language").is_in(IDEOGRAPHIC) & (pl.col("ideographs") == 0) & (pl.col("letters") >= LEAST_LETTERS)
    )
    # An ideograph says as much as a few letters: a name in brackets does not make a title Chinese.
    is_ideographic = pl.col("language").is_in(LATIN) & (pl.col("ideographs") * 2 > pl.col("letters"))
    wrong = counted.filter(is_latin_only | is_ideographic)
    sentences = {
        row["row_id"]: f"{_name(row)}: language {row['language']}, and a title in "
        f"{'ideographs' if row['ideographs'] else 'Latin letters'}: '{row['title'][:40]}'"
        for row in wrong.iter_rows(named=True)
    }
    return marked(SCRIPT, counted, sentences)


def _titled(rows: pl.DataFrame) -> pl.DataFrame:
    empty = rows.filter(~pl.col("title").str.contains(r"\p{L}"))
    return marked(
        TITLED,
        rows,
        {row["row_id"]: f"{_name(row)}: a title without a letter" for row in empty.iter_rows(named=True)},
    )


def _edited(rows: pl.DataFrame, believed: pl.DataFrame) -> pl.DataFrame:
    """Find a document whose text is not the one that is known under its id: a new version, which is let in."""
    known = pl.concat([rows.select("document_id", "text_sha256", "known_at"), believed]).select(
        "document_id", other_text="text_sha256", other_at="known_at"
    )
    edited = rows.join(known, on="document_id").filter(
        (pl.col("text_sha256") != pl.col("other_text")) & (pl.col("known_at") >= pl.col("other_at"))
    )
    return marked(
        EDITED,
        rows,
        {row["row_id"]: f"{_name(row)}: its text is another than before" for row in edited.iter_rows(named=True)},
    )


def _syndicated(rows: pl.DataFrame, believed: pl.DataFrame) -> pl.DataFrame:
    """Find a text that is known under another id: two documents, one report."""
    known = pl.concat([rows.select("document_id", "text_sha256", "known_at"), believed]).select(
        "text_sha256", other_id="document_id", other_at="known_at"
    )
    copies = (
        rows.filter(pl.col("text_sha256").is_not_null())
        .join(known, on="text_sha256")
        .filter((pl.col("document_id") != pl.col("other_id")) & (pl.col("known_at") >= pl.col("other_at")))
        .sort("other_id")
    )
    return marked(
        SYNDICATED,
        rows,
        {
            row["row_id"]: f"{_name(row)}: the same text as {row['other_id']}, word for word"
            for row in copies.iter_rows(named=True)
        },
    )
