"""Labelled files that are named on the command line, and the texts they refer to.

Here: gold files, `clusters.jsonl` and `documents.jsonl`, line by line; texts inside their folder alone. Not here: the
labels' shapes (`transforms.announcements.labels`), or what is made of them (`eval_extraction`, `eval_clusters`).

One bad line refuses its file: numbers from a part of the labels would look like numbers from all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aicycle.cli.texts import bytes_of_text
from aicycle.errors import RefusedFileError
from transforms.announcements.labels import GoldDocument, gold_document
from transforms.announcements.stored_text import stored_text
from transforms.staging.json_lines import json_records

HELP = "docs/recording_format.md describes these files"
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A labelled document with its text."""

    document: GoldDocument
    text: str


def labelled_texts(paths: Iterable[Path], *, are_labelled: bool = True) -> list[LabelledText]:
    """Read gold files and the texts they refer to.

    Args:
        paths: gold files, or lists of documents.
        are_labelled: whether every line says what is in its text.

    Raises:
        SourceError: a file can't be read.
        RefusedFileError: a line is no label, an id stands twice, or a text lies outside its gold file's folder.
    """
    found: list[LabelledText] = []
    for path in paths:
        documents = list(lines_of(path, gold_document if are_labelled else _unlabelled))
        _refuse_twins(path, [document.id for _, document in documents])
        found += [LabelledText(document, text_of(path, line, document)) for line, document in documents]
        if not documents:
            raise RefusedFileError(
                "there is no line in it", where=str(path), expected="one document a line", next_command=HELP
            )
    return found


def lines_of(path: Path, shape: Callable[[dict[str, Any]], Line]) -> Iterator[tuple[int, Line]]:
    """Yield the lines of a JSON-lines file, each with its number, as `shape` reads them.

    Raises:
        SourceError: the file can't be read.
        RefusedFileError: a line is no JSON object, or `shape` raised ValueError.
    """
    for record in json_records(bytes_of_text(str(path), next_command=HELP)):
        where = f"{path}, line {record.line}"
        if record.value is None or record.trouble:
            raise RefusedFileError(
                f"a line can't be read: {record.trouble}", where=where, expected="one JSON object", next_command=HELP
            )
        try:
            yield record.line, shape(record.value)
        except ValueError as error:
            raise RefusedFileError(
                f"a line is not what it should be: {error}",
                where=where,
                expected="the keys and types of its file",
                next_command=HELP,
            ) from error


def text_of(path: Path, line: int, document: GoldDocument) -> str:
    """Return a document's text: its file's, its own, or its title.

    Raises:
        SourceError: its file can't be read.
        RefusedFileError: its file lies outside the folder of `path`, or is no UTF-8 text.
    """
    if document.file is None:
        return document.text if document.text is not None else document.title or ""
    folder = path.parent.resolve()
    file = (folder / document.file).resolve()
    where = f"{path}, line {line}, file {document.file!r}"
    if not file.is_relative_to(folder):
        raise RefusedFileError(
            "a text lies outside the folder of its labels",
            where=where,
            expected=f"a file in {folder}",
            next_command="copy the text there",
        )
    stored = stored_text(bytes_of_text(str(file), next_command=f"put the text there, or correct {where}"))
    if stored.broken_bytes:
        raise RefusedFileError(
            f"a labelled text is no UTF-8 (byte {stored.first_broken}): spans would not be those of its labels",
            where=where,
            expected="UTF-8",
            next_command="convert the text",
        )
    return stored.text


def _unlabelled(line: dict[str, Any]) -> GoldDocument:
    return gold_document(line | {"announcements": []})


def _refuse_twins(path: Path, ids: list[str]) -> None:
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            raise RefusedFileError(f"id {id_!r} stands twice", where=str(path), expected="once", next_command=HELP)
        seen.add(id_)
