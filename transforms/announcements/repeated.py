"""One amount told twice in a text is one announcement: the title repeats the body, the body itself.

Here: which of several mentions stays. Not here: copies among documents (`transforms.event_members`).
"""

from __future__ import annotations

from math import isclose

from aicycle.model.kinds import EventType
from transforms.announcements.records import CURRENCY_UNSAID, Announcement

CLOSE = 0.06
"""Titles round: 53 for 52.4 billion."""
COPIED = 1e-6
"""A title that leaves the currency out copies the number; one that is merely near, in other money, is another sum."""


def told_once(found: list[tuple[Announcement, int]]) -> list[Announcement]:
    """Return the announcements of a text, each once, in order.

    Args:
        found: announcements with the line they stand in; line 0 is the title.
    """
    kept: list[Announcement] = []
    bodies = [a for a, line in found if line > 0]
    has_body = any(line > 0 for _, line in found)
    for announcement, line in found:
        if line == 0 and has_body and any(_repeats(announcement, body) for body in bodies):
            continue
        if any(_same(announcement, other) for other in kept):
            continue
        kept.append(announcement)
    return kept


def _repeats(title: Announcement, body: Announcement) -> bool:
    """Say whether a title tells what the body tells: the same sum, however rounded, or the same kind of thing."""
    if title.amount_high is None:
        return body.is_capex
    is_unsaid = CURRENCY_UNSAID in title.advisories
    return any(
        isclose(amount, title.amount_high, rel_tol=CLOSE)
        if currency == title.currency
        else is_unsaid and isclose(amount, title.amount_high, rel_tol=COPIED)
        for currency, amount in _sums(body)
    )


def _sums(announcement: Announcement) -> list[tuple[str | None, float]]:
    sums: list[tuple[str | None, float]] = [(t.currency, t.amount) for t in (*announcement.twins, *announcement.delta)]
    if announcement.amount_high is not None and announcement.amount_low is not None:
        sums += [(announcement.currency, announcement.amount_high), (announcement.currency, announcement.amount_low)]
    return sums


def _same(one: Announcement, other: Announcement) -> bool:
    """Say whether two mentions are of one amount for one thing."""
    return (
        one.company == other.company
        and one.is_capex == other.is_capex
        and (one.is_capex or one.kind == other.kind)
        and (one.currency, one.amount_low, one.amount_high) == (other.currency, other.amount_low, other.amount_high)
        and (one.amount_high is not None or one.kind == other.kind)
        and one.is_negated == other.is_negated
        and not _is_added(one, other)
        and not _is_added(other, one)
    )


def _is_added(one: Announcement, other: Announcement) -> bool:
    """Say whether one adds to the other: "another billion", after "the billion that was announced"."""
    return one.kind is EventType.CAPEX_INCREASE and other.is_restated and not one.is_restated
