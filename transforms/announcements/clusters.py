"""Documents put together by the happening they report, and how well that was done.

Here: `cluster_documents`, and the measure `b_cubed`. Not here: reading documents (`transforms.announcements`), when two
statements are one (`transforms.announcements.likeness`), the members that are stored (`transforms.event_members`).

A document belongs to what it leads with: the first thing it says that is news. What it only recalls, or lets others
say, does not make it a report of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from aicycle.model.instants import end_of_day
from transforms.announcements.copies import Copies
from transforms.announcements.grouping import Grouping
from transforms.announcements.lead import leading
from transforms.announcements.records import Extraction
from transforms.announcements.statements import statements_of

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A document and what was read from it."""

    document_id: str
    text: str
    """Its first line is its title."""
    extraction: Extraction
    published: date | datetime | None = None
    """A day counts to its end, UTC; None: before all that are dated."""
    address: str | None = None
    """Where it was published: two texts of one address are editions of one document."""

    @property
    def known_at(self) -> datetime:
        """When it became known."""
        if isinstance(self.published, datetime):
            return self.published
        return end_of_day(self.published) if self.published else UNDATED


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two ways to put documents together agree, averaged over documents."""

    precision: float
    """Share of a document's predicted companions that are expected."""
    recall: float
    """Share of its expected companions that are predicted."""
    documents: int

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def cluster_documents(documents: Sequence[ReadDocument]) -> dict[str, str]:
    """Return the cluster of each document, named by the document that told of it first.

    Args:
        documents: in any order; ids must differ.

    Raises:
        ValueError: an id stands twice.
    """
    order = sorted(documents, key=lambda d: (d.known_at, d.document_id))
    if len({d.document_id for d in order}) < len(order):
        raise ValueError("two documents have the same id; expected: each id once")
    said = {d.document_id: statements_of(d.document_id, d.known_at, _title(d.text), d.extraction) for d in order}
    placed = Grouping().place(statement for statements in said.values() for statement in statements)
    clusters: dict[str, str] = {}
    first_of: dict[str, str] = {}
    copies = Copies()
    for document in order:
        name = document.document_id
        original = copies.original(name, document.text, document.address)
        lead = leading(said[name], placed)
        if original is not None:
            clusters[name] = clusters[original]
        elif lead is not None:
            clusters[name] = first_of.get(placed[lead.id].event_id, name)
        else:
            clusters[name] = name
        if lead is not None:
            first_of.setdefault(placed[lead.id].event_id, clusters[name])
    return clusters


def _title(text: str) -> str:
    return text.partition("\n")[0]


def b_cubed(predicted: Mapping[str, str], expected: Mapping[str, str]) -> Agreement:
    """Return B-cubed precision and recall of a clustering, over the documents that are expected anywhere.

    Args:
        predicted: document -> cluster; one that is missing stands alone.
        expected: document -> cluster.
    """
    theirs: dict[str, set[str]] = defaultdict(set)
    ours: dict[str, set[str]] = defaultdict(set)
    alone = {name: predicted.get(name, f"\0{name}") for name in expected}
    for name, cluster in expected.items():
        theirs[cluster].add(name)
        ours[alone[name]].add(name)
    precision = recall = 0.0
    for name, cluster in expected.items():
        both = len(ours[alone[name]] & theirs[cluster])
        precision += both / len(ours[alone[name]])
        recall += both / len(theirs[cluster])
    count = len(expected)
    return Agreement(precision / count if count else 1.0, recall / count if count else 1.0, count)
