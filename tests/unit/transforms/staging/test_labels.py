from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("name", "key"), [("gold.jsonl", "id"), ("gold_headlines.jsonl", "id"), ("clusters.jsonl", "cluster_id")]
)
def test_a_label_is_kept_as_its_line(staged, name, key):
    line = f'{{"{key}": "x1", "n": 1.50, "t": "\\u4e91 é"}}'
    (row,) = staged(name, f"  {line} \n")
    assert (row["label_set"], row["label_id"], row["content"]) == (name.removesuffix(".jsonl"), "x1", line)
    assert row["unreadable"] is None


def test_a_label_about_nobody_is_unreadable_and_its_neighbour_is_not(staged):
    broken, nameless, good = staged("gold.jsonl", '{"id": \n{"n": 1}\n{"id": "x"}\n')
    assert (broken["content"], broken["unreadable"][:8]) == (None, "not JSON")
    assert nameless["unreadable"] == "id: the key is missing"
    assert good["unreadable"] is None
