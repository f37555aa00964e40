"""`aicycle eval clusters`: documents put together by happening, held against labels. Needs no home and no warehouse.

Here: its options, what is compared, its page. Not here: how documents are put together
(`transforms.announcements.clusters`), reading files (`gold_files`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from aicycle.cli.gold_files import HELP, LabelledText, labelled_texts, lines_of
from aicycle.cli.options import AsJson
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.texts import lexicon_in_use
from aicycle.errors import RefusedFileError
from transforms.announcements import extract
from transforms.announcements.clusters import ReadDocument, b_cubed, cluster_documents
from transforms.announcements.labels import GoldCluster, gold_cluster

Content = dict[str, Any]
EXAMPLE = "Example:  aicycle eval clusters my-data/clusters.jsonl --json"
DOCUMENTS = "documents.jsonl"


def clusters(
    *,
    gold: Annotated[Path, typer.Argument(metavar="CLUSTERS.jsonl", help="Which documents report the same happening.")],
    documents: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The documents; by default documents.jsonl beside the labels.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put documents together by what they report: B-cubed against labels, and tricky pairs that were merged."""
    listed = gold.parent / DOCUMENTS if documents is None else documents
    content = cluster_scores(_labelled(gold), labelled_texts([listed], are_labelled=False), where=str(gold))
    if as_json:
        print_json(content)
    else:
        _print(content)


def _labelled(path: Path) -> list[GoldCluster]:
    found = [cluster for _, cluster in lines_of(path, gold_cluster)]
    if not any(cluster.same_event for cluster in found):
        raise RefusedFileError(
            "no cluster is labelled as one happening",
            where=str(path),
            expected='one or more lines with "same_event": true',
            next_command=HELP,
        )
    return found


def cluster_scores(labels: Sequence[GoldCluster], texts: Sequence[LabelledText], *, where: str) -> Content:
    """Return how well documents were put together.

    Args:
        labels: true clusters and tricky ones.
        texts: all documents; also those of no label are put together with the others.
        where: the labels' file, for errors.

    Returns:
        `b_cubed` over the documents of true clusters; `clusters`: each with what it was put into; `tricky`: each with
        whether any two of it were merged.

    Raises:
        RefusedFileError: a labelled document is missing, or lies in two true clusters.
    """
    expected = _expected(labels, {text.document.id for text in texts}, where)
    placed = cluster_documents(_read(texts))
    agreement = b_cubed(placed, expected)
    tricky = [
        {"cluster_id": c.cluster_id, "doc_ids": list(c.doc_ids), "reason": c.reason, "merged": _has_merged(c, placed)}
        for c in labels
        if not c.same_event
    ]
    return {
        "documents": len(texts),
        "found_clusters": len(set(placed.values())),
        "labelled_documents": agreement.documents,
        "b_cubed": {"precision": agreement.precision, "recall": agreement.recall, "f1": agreement.f1},
        "clusters": [{"cluster_id": c.cluster_id, "found": _parts(c, placed)} for c in labels if c.same_event],
        "tricky": tricky,
        "tricky_merged": sum(bool(pair["merged"]) for pair in tricky),
    }


def _expected(labels: Sequence[GoldCluster], known: set[str], where: str) -> dict[str, str]:
    expected: dict[str, str] = {}
    for cluster in labels:
        for document in cluster.doc_ids:
            if document not in known or (cluster.same_event and document in expected):
                raise RefusedFileError(
                    f"document {document!r} "
                    + ("stands in two clusters" if document in known else "is not among the documents"),
                    where=f"{where}, cluster {cluster.cluster_id}",
                    expected="documents that are listed, each in one true cluster",
                    next_command="correct the labels, or name the documents with --documents FILE",
                )
            if cluster.same_event:
                expected[document] = cluster.cluster_id
    return expected


def _read(texts: Sequence[LabelledText]) -> list[ReadDocument]:
    lexicon = lexicon_in_use()
    return [
        ReadDocument(
            document_id=one.document.id,
            text=one.text,
            extraction=extract(
                one.text, lexicon=lexicon, language=one.document.language, published=one.document.published_day
            ),
            published=one.document.published_day,
            address=one.document.url,
        )
        for one in texts
    ]


def _has_merged(cluster: GoldCluster, placed: Mapping[str, str]) -> bool:
    return any(placed[one] == placed[other] for one, other in combinations(cluster.doc_ids, 2))


def _parts(cluster: GoldCluster, placed: Mapping[str, str]) -> list[list[str]]:
    """Return the documents of a cluster as they were put together, the largest part first."""
    parts: dict[str, list[str]] = defaultdict(list)
    for document in cluster.doc_ids:
        parts[placed[document]].append(document)
    return sorted(parts.values(), key=len, reverse=True)


def _print(content: Content) -> None:
    out = console()
    measure = content["b_cubed"]
    out.print(
        f"{content['documents']} documents in {content['found_clusters']} clusters; B-cubed over "
        f"{content['labelled_documents']} labelled ones: precision {measure['precision']:.3f}, "
        f"recall {measure['recall']:.3f}, F1 {measure['f1']:.3f}"
    )
    rows = [
        {"cluster": c["cluster_id"], "found as": " | ".join(map(" ".join, c["found"]))} for c in content["clusters"]
    ]
    print_table(pl.DataFrame(rows), title="True clusters, as they were found")
    if content["tricky"]:
        out.print()
        tricky = [
            {
                "pair": pair["cluster_id"],
                "documents": " ".join(pair["doc_ids"]),
                "merged": "yes" if pair["merged"] else "no",
                "why they differ": pair["reason"],
            }
            for pair in content["tricky"]
        ]
        print_table(pl.DataFrame(tricky), title="Tricky: alike, and not the same happening")
    out.print(plain(f"Tricky pairs merged: {content['tricky_merged']} of {len(content['tricky'])}."))
