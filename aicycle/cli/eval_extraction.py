"""`aicycle eval extraction`: what is extracted, held against labels. Needs no home and no warehouse.

Here: its options and page. Not here: the numbers (`transforms.announcements.evaluation`), reading labels
(`gold_files`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from aicycle.cli.gold_files import LabelledText, labelled_texts
from aicycle.cli.options import AsJson
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.texts import lexicon_in_use
from transforms.announcements import extract
from transforms.announcements.baseline import baseline, names_for_baseline
from transforms.announcements.equivalents import equivalents_of
from transforms.announcements.evaluation import Reading, evaluate_extraction
from transforms.announcements.labels import label_of

Content = dict[str, Any]
EXAMPLE = "Example:  aicycle eval extraction gold.jsonl gold_headlines.jsonl --json"


def extraction(
    *,
    gold: Annotated[
        list[Path], typer.Argument(metavar="GOLD.jsonl...", help="Labelled documents (docs/recording_format.md).")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap over texts.")] = 0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Asserting what a third party claims is wrong, not merely left out.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Extract from labelled texts: how much is right, by language and field, beside a quick regular expression."""
    content = extraction_scores(labelled_texts(gold), seed=seed, third_parties_count=strict)
    if as_json:
        print_json(content)
    else:
        _print(content)


def extraction_scores(texts: list[LabelledText], *, seed: int = 0, third_parties_count: bool = False) -> Content:
    """Return the evaluation of what is extracted from labelled texts (`evaluate_extraction` says its shape)."""
    lexicon = lexicon_in_use()
    companies = names_for_baseline(lexicon.companies)
    readings = []
    for text in texts:
        document = text.document
        found = extract(text.text, lexicon=lexicon, language=document.language, published=document.published_day)
        readings.append(
            Reading(
                document=document,
                found=tuple(label_of(one) for one in found.announcements),
                by_baseline=baseline(text.text, names=companies, language=document.language),
            )
        )
    return evaluate_extraction(
        readings, equivalents_of(lexicon.companies, lexicon.places), seed=seed, third_parties_count=third_parties_count
    )


def _print(content: Content) -> None:
    out = console()
    for language, documents in content["documents"].items():
        rows = [_field_row(row) for row in content["fields"] if row["language"] == language]
        print_table(pl.DataFrame(rows), title=f"{language}: {documents} documents")
        out.print()
    print_table(pl.DataFrame([_span_row(row) for row in content["spans"]]), title="Quotes of right amounts")
    out.print()
    errors = [
        {**row, "of": "-" if row["of"] is None else str(row["of"]), "language": row["language"]}
        for row in content["errors"]
        if row["count"] or row["baseline_count"]
    ]
    if errors:
        print_table(pl.DataFrame(errors), title="Errors; what neither made is left out")
    out.print(plain(f"{content['intervals']} (seed {content['seed']})."))
    if content["unknown_regions"]:
        out.print(plain(f"Labelled regions of no known country: {', '.join(content['unknown_regions'])}."))
    out.print("Each mistake stands in the JSON.")


def _field_row(row: Content) -> Content:
    return {
        "field": row["field"],
        "labelled": row["labelled"],
        "found": row["found"],
        "right": row["right"],
        **{name: _with_interval(row, name) for name in ("precision", "recall", "f1")},
        "baseline": " / ".join(_short(row["baseline"][name]) for name in ("precision", "recall", "f1")),
    }


def _span_row(row: Content) -> Content:
    return {
        "language": row["language"],
        "quotes": row["quotes"],
        "overlapping": row["overlapping"],
        "mean overlap": _with_interval(row, "mean_overlap"),
        "baseline": _short(row["baseline_mean_overlap"]),
    }


def _with_interval(row: Content, name: str) -> str:
    if row[name] is None:
        return "-"
    return f"{_short(row[name])} [{_short(row[f'{name}_low'])}, {_short(row[f'{name}_high'])}]"


def _short(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.3f}"
