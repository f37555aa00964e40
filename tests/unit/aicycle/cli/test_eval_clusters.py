"""`aicycle eval clusters`: agreement with labels, tricky pairs, and files that are refused."""

from __future__ import annotations

import json

import pytest

from aicycle.cli import eval_clusters
from aicycle.errors import ExitCode
from transforms.announcements.records import Extraction


@pytest.fixture(autouse=True)
def placed_by_first_letter(monkeypatch):
    """Stand in for reading and grouping: documents whose texts begin alike are one happening."""
    monkeypatch.setattr(eval_clusters, "extract", lambda text, **_: Extraction("en", (), ()))
    monkeypatch.setattr(
        eval_clusters, "cluster_documents", lambda documents: {d.document_id: d.text[:1] for d in documents}
    )


@pytest.fixture
def labels(tmp_path):
    """Write texts, by id, and cluster labels; return the labels' path."""

    def write(texts, *clusters, documents="documents.jsonl"):
        lines = [{"id": id_, "language": "en", "published": "2025-01-07", "title": text} for id_, text in texts.items()]
        for name, content in ((documents, lines), ("clusters.jsonl", clusters)):
            (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in content), encoding="utf-8")
        return tmp_path / "clusters.jsonl"

    return write


def cluster(id_, *documents, same=True, **more):
    return {"cluster_id": id_, "doc_ids": list(documents), "same_event": same} | more


TEXTS = {"a1": "a", "a2": "a", "b1": "b", "b2": "c", "x": "a"}


def test_agreement_is_measured_over_labelled_documents(typed, labels):
    path = labels(
        TEXTS,
        cluster("A", "a1", "a2"),
        cluster("B", "b1", "b2"),
        cluster("N1", "a1", "x", same=False, reason="another site"),
        cluster("N2", "b1", "x", same=False),
    )
    code, out, err = typed("eval", "clusters", path, "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["b_cubed"] == pytest.approx({"precision": 1.0, "recall": 0.75, "f1": 1.5 / 1.75})
    assert (answer["documents"], answer["found_clusters"], answer["labelled_documents"]) == (5, 3, 4)
    assert answer["clusters"] == [
        {"cluster_id": "A", "found": [["a1", "a2"]]},
        {"cluster_id": "B", "found": [["b1"], ["b2"]]},
    ]
    assert [pair["merged"] for pair in answer["tricky"]] == [True, False]
    assert answer["tricky_merged"] == 1


def test_the_page_names_what_was_merged(typed, labels):
    path = labels(TEXTS, cluster("A", "a1", "a2"), cluster("N1", "a1", "x", same=False, reason="another site"))
    code, out, _ = typed("eval", "clusters", path)
    assert code == 0
    for shown in ("F1 1.000", "a1 a2", "N1", "another site", "Tricky pairs merged: 1 of 1."):
        assert shown in out


def test_documents_may_lie_elsewhere(typed, labels, tmp_path):
    path = labels(TEXTS, cluster("A", "a1", "a2"), documents="others.jsonl")
    assert typed("eval", "clusters", path)[0] == ExitCode.FAILED
    assert typed("eval", "clusters", path, "--documents", tmp_path / "others.jsonl")[0] == ExitCode.DONE


@pytest.mark.parametrize(
    ("clusters", "said"),
    [
        ([], "no cluster is labelled as one happening"),
        ([cluster("N", "a1", "x", same=False)], "no cluster is labelled as one happening"),
        ([cluster("A", "a1", "absent")], "'absent' is not among the documents"),
        ([cluster("A", "a1"), cluster("B", "a1")], "'a1' stands in two clusters"),
        ([{"cluster_id": "A", "doc_ids": "a1", "same_event": True}], "doc_ids"),
        ([{"cluster_id": "A", "doc_ids": ["a1"], "same_event": "yes"}], "same_event"),
        ([{"doc_ids": ["a1"], "same_event": True}], "cluster_id"),
    ],
)
def test_labels_that_can_not_be_compared_are_refused(typed, labels, clusters, said):
    code, out, err = typed("eval", "clusters", labels(TEXTS, *clusters))
    assert (code, out) == (ExitCode.FAILED, "")
    assert said in err
    assert "clusters.jsonl" in err
