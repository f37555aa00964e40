"""One amount told twice in a text is one announcement: the title repeats the body, the body itself.

Here: which of several mentions stays. Not here: copies among documents (`transforms.event_members`).
"""

from __future__ import annotations

from bisect import bisect_left
from math import isclose

from aicycle.model.kinds import EventType
from transforms.announcements.records import CURRENCY_UNSAID, Announcement

CLOSE = 0.06
"""Titles round: 53 for 52.4 billion."""
ROUNDING = 1e-9
COPIED = 1e-6
"""A title that leaves the currency out copies the number; one that is merely near, in other money, is another sum."""


def told_once(found: list[tuple[Announcement, int]]) -> list[Announcement]:
    """Return the announcements of a text, each once, in order.

    Args:
        found: announcements with the line they stand in; line 0 is the title.
    """
    body = _Body([a for a, line in found if line > 0])
    kept: list[Announcement] = []
    alike: dict[tuple[object, ...], list[Announcement]] = {}
    for announcement, line in found:
        if line == 0 and body.tells(announcement):
            continue
        same = alike.setdefault(_said(announcement), [])
        if any(not _is_added(announcement, other) and not _is_added(other, announcement) for other in same):
            continue
        same.append(announcement)
        kept.append(announcement)
    return kept


class _Body:
    """The sums of a text's body, sorted: a hostile title has as many as it likes."""

    def __init__(self, bodies: list[Announcement]) -> None:
        self._has_capex = any(body.is_capex for body in bodies)
        sums = [one for body in bodies for one in _sums(body)]
        self._by_currency: dict[str | None, list[float]] = {}
        for currency, amount in sums:
            self._by_currency.setdefault(currency, []).append(amount)
        for amounts in self._by_currency.values():
            amounts.sort()
        self._all = sorted(amount for _, amount in sums)

    def tells(self, title: Announcement) -> bool:
        """Say whether the body tells what a title tells: the same sum, however rounded, or the same kind of thing."""
        if title.amount_high is None:
            return self._has_capex
        if _is_near(self._by_currency.get(title.currency, []), title.amount_high, CLOSE):
            return True
        return CURRENCY_UNSAID in title.advisories and _is_near(self._all, title.amount_high, COPIED)


def _is_near(amounts: list[float], wanted: float, tolerance: float) -> bool:
    """Say whether one of some sorted amounts is as large as another one, within a fraction of the larger of the two."""
    at = bisect_left(amounts, wanted * (1 - tolerance))
    return at < len(amounts) and isclose(amounts[at], wanted, rel_tol=tolerance * (1 + ROUNDING))


def _sums(announcement: Announcement) -> list[tuple[str | None, float]]:
    sums: list[tuple[str | None, float]] = [(t.currency, t.amount) for t in (*announcement.twins, *announcement.delta)]
    if announcement.amount_high is not None and announcement.amount_low is not None:
        sums += [(announcement.currency, announcement.amount_high), (announcement.currency, announcement.amount_low)]
    return sums


def _said(announcement: Announcement) -> tuple[object, ...]:
    """Return what two mentions of one amount for one thing have in common."""
    is_sum = announcement.amount_high is not None
    return (
        announcement.company,
        announcement.is_capex,
        None if announcement.is_capex and is_sum else announcement.kind,
        announcement.currency,
        announcement.amount_low,
        announcement.amount_high,
        announcement.is_negated,
    )


def _is_added(one: Announcement, other: Announcement) -> bool:
    """Say whether one adds to the other: "another billion", after "the billion that was announced"."""
    return one.kind is EventType.CAPEX_INCREASE and other.is_restated and not one.is_restated
