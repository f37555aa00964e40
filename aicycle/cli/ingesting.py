"""The command that takes in one document, or one file of the recording format: ingest.

Here: options, help, and what is said of the document afterwards. Not here: what a place means
(`flows.steps.given_source`), the pipeline (`running`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
import typer

from aicycle.cli import pages
from aicycle.cli.options import AsJson, AsOf, Home
from aicycle.cli.output import console, plain, print_json
from aicycle.cli.session import open_session

if TYPE_CHECKING:
    from flows.steps.summary import RunSummary

EXAMPLE = "Example:  aicycle ingest news.txt --published 2025-09-28  |  aicycle ingest https://example.org/article"
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
    lang: Annotated[
        Literal["auto", "de", "en", "zh"], typer.Option("--lang", help="Its language; auto: told from the text.")
    ] = "auto",
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

    given = Given(place=place, document_id=id_, language=None if lang == "auto" else lang, published=published)
    summary = run_ingest(home or context.obj, given, as_of)
    documents = _documents(summary)
    if as_json:
        print_json(pages.summary_json(summary) | {"documents": documents})
    else:
        pages.print_summary(summary)
        for document in documents[: pages.SHOWN_HOLDS]:
            told = f"document {document['document_id']} ({document['language']}, {document['event_time']:%Y-%m-%d}): "
            console().print(plain(told + str(document["title"])))
    raise typer.Exit(int(summary.exit_code))


def _documents(summary: RunSummary) -> list[dict[str, Any]]:
    """Return the documents whose payloads came, in their newest version, also where they came again unchanged."""
    names = [file.name for file in summary.files if file.table == "core.documents"]
    with open_session(Path(summary.home)).reader() as reader:
        landed = reader.frame("raw.payloads").filter((pl.col("source") == summary.source) & pl.col("name").is_in(names))
        documents = reader.frame("core.documents")
    mine = documents.join(landed.select("payload_sha256").unique(), on="payload_sha256", how="semi")
    newest = documents.join(mine.select("document_id").unique(), on="document_id", how="semi")
    newest = newest.sort("load_seq", "revision").unique("document_id", keep="last", maintain_order=True)
    return newest.select(SAID).to_dicts()
