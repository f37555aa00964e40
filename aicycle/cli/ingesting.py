"""The command that takes in one document, or one file of the recording format: ingest.

Here: options, help, and what is said of the document afterwards. Not here: what a place means
(`flows.steps.given_source`), the pipeline (`running`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from aicycle.cli import pages
from aicycle.cli.options import AsJson, AsOf, Home
from aicycle.cli.output import console, plain, print_json
from aicycle.cli.session import open_session
from aicycle.cli.texts import AUTO, language_of, lexicon_in_use
from aicycle.errors import ExitCode

if TYPE_CHECKING:
    from flows.steps.summary import RunSummary

EXAMPLE = "Example:  aicycle ingest news.txt --published 2025-09-28  |  aicycle ingest https://example.org/article"
MOST_SHOWN = 12
SHOWN_OF_AN_ID = 12
STOPPED = ("quarantine_id", "name", "source_line", "check_name", "reason")
SAID = ("document_id", "kind", "language", "event_time", "title", "address", "text_sha256", "revision")


def ingest(
    context: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL", help="A text, a web page, an RSS or Atom feed, or a file of the recording format."
        ),
    ],
    published: Annotated[
        str | None,
        typer.Option(
            "--published", metavar="DAY", help="When it was published. Else as the page says, else first seen."
        ),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Its language: de, en, zh ...; auto: told from the text.")] = AUTO,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="What it is known by. Else its address or its file name.")
    ] = None,
    as_of: AsOf = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Take in one document by the stages of a run. The same one again changes nothing, an edited one restates."""
    from aicycle.cli.running import run_ingest  # noqa: PLC0415 - running loads Prefect, reading must not
    from flows.steps.given_source import Given  # noqa: PLC0415 - loads an HTTP client

    language = None if lang == AUTO else language_of(lang, lexicon_in_use())
    given = Given(place=place, document_id=id_, language=language, published=published)
    summary = run_ingest(home or context.obj, given, as_of)
    content = pages.summary_json(summary) | _what_came(summary)
    if as_json:
        print_json(content)
    else:
        pages.print_summary(summary)
        _print_what_came(content)
    is_in = summary.total("stored") or summary.total("duplicate") or not summary.total("rows_in")
    raise typer.Exit(int(summary.exit_code if is_in else ExitCode.HELD))


def _what_came(summary: RunSummary) -> dict[str, list[dict[str, Any]]]:
    """Return the documents that came, in their newest version even where nothing of it is new, and the stopped rows."""
    names = [file.name for file in summary.files]
    is_mine = (pl.col("source") == summary.source) & pl.col("name").is_in(names)
    with open_session(Path(summary.home)).reader() as reader:
        landed = reader.frame("raw.payloads").filter(is_mine).sort("batch_seq")
        documents = reader.frame("core.documents").sort("load_seq", "revision")
        stopped = reader.frame("ops.quarantine").filter(is_mine)
    mine = documents.join(landed, on="payload_sha256", how="semi").select("document_id").unique()
    documents = documents.join(mine, on="document_id", how="semi").unique(
        "document_id", keep="last", maintain_order=True
    )
    newest = landed.unique("name", keep="last", maintain_order=True)
    stopped = stopped.join(newest, on=["name", "payload_sha256"], how="semi").sort("name", "source_line")
    return {"documents": documents.select(SAID).to_dicts(), "stopped": stopped.select(STOPPED).to_dicts()}


def _print_what_came(content: dict[str, Any]) -> None:
    out = console()
    for document in content["documents"][:MOST_SHOWN]:
        told = f"document {document['document_id']} ({document['language']}, {document['event_time']:%Y-%m-%d}): "
        out.print(plain(told + str(document["title"])))
    for row in content["stopped"][:MOST_SHOWN]:
        out.print(plain(f"STOPPED {row['name']}: {row['reason']}"))
        out.print(f"  next: aicycle quarantine show {row['quarantine_id'][:SHOWN_OF_AN_ID]}")
    left = sum(max(len(content[kind]) - MOST_SHOWN, 0) for kind in ("documents", "stopped"))
    if left:
        out.print(f"... {left} more: --json lists them")
