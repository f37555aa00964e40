"""What a document leads with.

Here: the one statement of a document that makes it a report of something. Not here: documents put together
(`transforms.announcements.clusters`, `transforms.event_members`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aicycle.model.kinds import EventType
from transforms.announcements.grouping import Placed
from transforms.announcements.statements import Statement


def leading(statements: Sequence[Statement], placed: Mapping[str, Placed]) -> Statement | None:
    """Return what a document is about: its first news; None where all it says is said to be old.

    Args:
        statements: of one document, in the order of its text.
        placed: where each was put, by its id.
    """
    eligible = (s for s in statements if s.is_news or not placed[s.id].is_repeat)
    return min(eligible, key=lambda s: _rank(s, placed[s.id]), default=None)


def _rank(statement: Statement, place: Placed) -> int:
    if not statement.is_news:
        return 4
    if place.is_repeat:
        return 3
    if statement.kind == EventType.OTHER_NOT_CAPEX.value:
        return 2
    # A sum that is announced is the news; what will be built with it stands beside it in one report and not in another.
    return 0 if statement.amounts else 1
