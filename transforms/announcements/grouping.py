"""Statements put together into happenings, in the order in which they became known.

Here: one pass; each statement meets the happenings known before it, in the few blocks where its like can stand. Not
here: when two statements are one (`transforms.announcements.likeness`), what is done with happenings.

Nothing known later changes where a statement was put: what joins two happenings comes too late to merge them. So an
answer of a past day stays what it was. A happening is called after the announcement that first told of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from aicycle.model.kinds import MatchedBy
from transforms.announcements.likeness import MONEY, SAME_EVENT, SAME_NEWS, TWIN_TOLERANCE, Likeness, likeness
from transforms.announcements.statements import Statement

ENTRIES_MET = 40
"""How many of the latest entries of a block are met: more statements of one company and amount are no coincidence."""
FORMS_KEPT = 4
"""How many statements of one thing are kept to compare with: the first in each form."""
BUCKET = math.log1p(TWIN_TOLERANCE)
"""Width of a bucket of amounts, in logarithms; amounts that agree lie in one or in neighbours."""

Block = tuple[str, ...]
DAY_BLOCK = ("family", "company")
"""What blocks are made of that go by the day alone; those that go by amounts have its currency and bucket too."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a statement was put."""

    event_id: str
    statement_id: str
    """The first statement that says the same; its own id: it is the first."""
    matched_by: MatchedBy
    is_repeat: bool
    """It says again what was known for longer than one piece of news lasts."""


@dataclass(slots=True)
class _Thing:
    """What statements of one thing have in common."""

    first: Statement
    event_id: str
    last: Statement
    forms: list[Statement] = field(default_factory=list)
    has_row: bool = False

    def like(self, new: Statement) -> Likeness | None:
        found = (likeness(new, form, last=self.last if form.amounts else None) for form in self.forms)
        return max((f for f in found if f is not None), default=None)


class Grouping:
    """Happenings as they become known."""

    def __init__(self) -> None:
        self._blocks: dict[Block, list[_Thing]] = {}
        self._event_of_group: dict[str, str] = {}
        self._news_since: dict[str, datetime] = {}

    def place(self, statements: Iterable[Statement]) -> dict[str, Placed]:
        """Return where each statement is put, by its id.

        Args:
            statements: in any order; ids must differ. What an earlier call placed counts as known before.
        """
        placed: dict[str, Placed] = {}
        # At one instant a source's own rows come first: a happening is called as its source calls it.
        order = sorted(statements, key=lambda s: (s.known_at, not s.is_row, not s.is_news, s.group, s.id))
        for _, group in groupby(order, key=lambda s: (s.known_at, not s.is_row, not s.is_news, s.group)):
            self._place_group(list(group), placed)
        return placed

    def _place_group(self, group: list[Statement], placed: dict[str, Placed]) -> None:
        """Put the statements that one announcement makes at one instant."""
        name = group[0].group
        like = [self._most_like(s) for s in group]
        known = self._event_of_group.get(name)
        fresh = next((thing.event_id for s, (thing, _) in self._found(group, like) if self._tells(s, thing)), None)
        own = known or fresh or name
        self._event_of_group.setdefault(name, own)
        for number, statement in enumerate(group):
            # A title and its sentence say one thing: what came before in the same text is met too.
            found = like[number] or (self._most_like(statement) if number else None)
            thing, by = found or (None, MatchedBy.ANNOUNCEMENT_ID)
            if thing is not None and statement.is_row and thing.has_row:
                thing = None
            is_repeat = thing is not None and statement.known_at - self._since(thing) > SAME_NEWS
            # A row stays with its announcement, and so does what a report adds to it; what it repeats is older news.
            event_id = own if thing is None or statement.is_row else thing.event_id
            if thing is None or event_id != thing.event_id or thing.first.group == name:
                by = MatchedBy.ANNOUNCEMENT_ID
            if thing is None:
                thing = _Thing(first=statement, event_id=event_id, last=statement)
            self._enter(statement, thing)
            if statement.is_news:
                self._news_since.setdefault(event_id, statement.known_at)
            placed[statement.id] = Placed(event_id, thing.first.id, by, is_repeat)

    @staticmethod
    def _found(
        group: list[Statement], like: list[tuple[_Thing, MatchedBy] | None]
    ) -> Iterator[tuple[Statement, tuple[_Thing, MatchedBy]]]:
        return ((s, found) for s, found in zip(group, like, strict=True) if found is not None)

    def _tells(self, statement: Statement, thing: _Thing) -> bool:
        """Return whether a statement tells what the thing's happening is about, so that its announcement is that one.

        A row may be dated by its month: it is its happening's however late. A report may repeat old news beside new.
        """
        return statement.is_row or self._is_fresh(statement, thing)

    def _is_fresh(self, statement: Statement, thing: _Thing) -> bool:
        since = self._news_since.get(thing.event_id, statement.known_at)
        return statement.is_news and statement.known_at - since <= SAME_NEWS

    def _since(self, thing: _Thing) -> datetime:
        return self._news_since.get(thing.event_id, thing.first.known_at)

    def _most_like(self, statement: Statement) -> tuple[_Thing, MatchedBy] | None:
        """Return the thing a statement speaks of, and why; the earliest of the most like."""
        best: tuple[Likeness, _Thing] | None = None
        met: set[int] = set()
        oldest = statement.known_at - SAME_EVENT
        for block in blocks_met(statement):
            is_by_day = len(block) == len(DAY_BLOCK)
            for thing in reversed(self._blocks.get(block, [])[-ENTRIES_MET:]):
                if is_by_day and not statement.happens_at and thing.first.known_at < oldest:
                    break  # things enter in the order in which they became known
                # A source that gives two rows an id of their own tells them apart itself.
                if id(thing) in met or (statement.is_row and thing.has_row):
                    continue
                if is_by_day and statement.amounts and thing.first.amounts:
                    continue  # if they agree, they meet by their amounts
                met.add(id(thing))
                found = thing.like(statement)
                if found and (best is None or (found, best[1].first.id) > (best[0], thing.first.id)):
                    best = (found, thing)
        return None if best is None else (best[1], best[0].by)

    def _enter(self, statement: Statement, thing: _Thing) -> None:
        thing.last = statement
        thing.has_row |= statement.is_row
        if len(thing.forms) < FORMS_KEPT and all(_form(statement) != _form(f) for f in thing.forms):
            thing.forms.append(statement)
        for block in blocks_entered(statement):
            entries = self._blocks.setdefault(block, [])
            if not any(entry is thing for entry in entries[-ENTRIES_MET:]):
                entries.append(thing)


def _form(statement: Statement) -> tuple[object, ...]:
    return statement.companies, statement.kind, statement.amounts, statement.span, statement.regions, statement.language


def blocks_entered(statement: Statement) -> list[Block]:
    """Return the blocks in which a statement waits for its like.

    By company, kind and amount in each currency; by amount alone for those that name no company; by company and kind
    for those that name no amount.
    """
    family = _block_family(statement)
    companies = sorted(statement.companies) or [""]
    by_amount = [
        (family, company, money.currency, str(bucket))
        for company in (*companies, *([] if companies == [""] else ["*"]))
        for money in (*statement.amounts, *statement.changes)
        for bucket in sorted({_bucket(money.low), _bucket(money.high)})
    ]
    return list(dict.fromkeys([*by_amount, *((family, company) for company in companies)]))


def blocks_met(statement: Statement) -> list[Block]:
    """Return the blocks in which a statement may find its like; see `blocks_entered`."""
    family = _block_family(statement)
    companies = [*sorted(statement.companies), ""] if statement.companies else ["", "*"]
    by_amount = [
        (family, company, money.currency, str(bucket + step))
        for company in companies
        for money in (*statement.amounts, *statement.changes)
        for bucket in sorted({_bucket(money.low), _bucket(money.high)})
        for step in (-1, 0, 1)
    ]
    return list(dict.fromkeys([*by_amount, *((family, company) for company in companies if company != "*")]))


def _block_family(statement: Statement) -> str:
    return "money" if statement.family in MONEY else statement.family


def _bucket(amount: float) -> int:
    return math.floor(math.log(amount) / BUCKET) if amount > 0 else -1
