"""When two statements speak of one happening.

Here: two statements held together: company and kind, amount and day first, wording second. Pure, symmetric in what it
compares. Not here: which statements are held together at all (`transforms.announcements.grouping`).

What contradicts (other places, other years, other amounts in one currency) keeps statements apart, whatever else they
share. What is only silent keeps nothing apart, but then they must be closer in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from aicycle.model.kinds import EventType, MatchedBy
from transforms.announcements.statements import SPENDING, SPENT, Money, Span, Statement

SAME_NEWS = timedelta(days=4)
"""How far apart reports of one piece of news may be published: a weekend and a day."""
SAME_EVENT = timedelta(days=7)
"""How far apart reports without an amount may put what happened, or its announcement."""
SAME_AMOUNT = timedelta(days=60)
"""How long an amount stands for the plan it was first named for, where what else is said can't be compared."""
SAME_PLAN = timedelta(days=400)
"""How long an amount does that is for the same years or place, or with which nothing else is said: "the plan of 380
billion" is no new one."""

AMOUNT_TOLERANCE = 0.01
TWIN_TOLERANCE = 0.03
"""Conversions are rounded, and made at the rate of their day."""
SPAN_SHARE = 0.5
"""Of the shorter of two spans, what both must cover: a fiscal year and the calendar year it ends in."""
MONTHS_APART = 12
"""How far apart two stated ends may be where a start is not stated."""
ALIKE = 62.0
"""Of 100: how like two wordings in one language are that speak of one thing (`rapidfuzz.fuzz.token_set_ratio`)."""
JOINT = 0.5
"""Of all companies of both, the share that both must name."""

MONEY = frozenset({SPENDING, SPENT})


@dataclass(frozen=True, slots=True, order=True)
class Likeness:
    """How like two statements are; the greater the liker."""

    has_amount: bool
    has_main_amount: bool
    has_span: bool
    has_region: bool
    nearness: float
    """The negative distance in time, in seconds."""
    by: MatchedBy


def likeness(new: Statement, old: Statement, *, last: Statement | None = None) -> Likeness | None:
    """Return how far a statement is one with an earlier one; None: it is not.

    Args:
        new: the later statement.
        old: the earlier one.
        last: the latest statement that is one with `old`: while a plan goes on being spoken of, it is the same plan.
    """
    age = new.known_at - (last or old).known_at
    is_close_family = new.family == old.family or (age <= SAME_NEWS and {new.family, old.family} == MONEY)
    if not is_close_family or _contradict(new, old) or _places_contradict(new, old, age):
        return None
    shares_region = bool(_shared_regions(new.regions, old.regions))
    shares_span = bool(new.span) and bool(old.span)
    if new.amounts and old.amounts:
        found = _amount(new, old) or (_change(new, old) if age <= SAME_NEWS else 0)
        is_bare = not new.regions and not new.span
        if not found or not _may_be(new, age, is_bound=shares_span or shares_region or is_bare):
            return None
        if not _share_company(new, old) and not (age <= SAME_NEWS and (shares_region or _speak_alike(new, old))):
            return None
        by = MatchedBy.AMOUNT
    elif not _share_company(new, old) or new.family != old.family:
        return None
    else:
        found = 0
        by_or_none = _by_day(new, old, is_bound=shares_region)
        if by_or_none is None:
            return None
        by = by_or_none
    return Likeness(
        has_amount=found > 0,
        has_main_amount=found > 1,
        has_span=shares_span,
        has_region=shares_region,
        nearness=-abs(age.total_seconds()),
        by=by,
    )


def _may_be(new: Statement, age: timedelta, *, is_bound: bool) -> bool:
    """Return whether a plan of that age can still be what is spoken of. What says that it repeats may repeat anything.

    Amounts that are no plan are said on one occasion and mean another thing on the next.
    """
    if new.family == EventType.OTHER_NOT_CAPEX.value:
        return age <= SAME_EVENT
    return not new.is_news or age <= (SAME_PLAN if is_bound else SAME_AMOUNT)


def _contradict(new: Statement, old: Statement) -> bool:
    if new.is_denied != old.is_denied or (new.segment and old.segment and new.segment != old.segment):
        return True
    if _spans_contradict(new.span, old.span):
        return True
    # Both name companies, and hardly any of them is the same.
    return bool(new.companies) and bool(old.companies) and not _share_company(new, old)


def _places_contradict(new: Statement, old: Statement, age: timedelta) -> bool:
    """Return whether two statements are about different places.

    Where the news was told stands in it too: within one piece of news two parts of a country are no contradiction, and
    neither is any place where a plan of the same years is only recalled.
    """
    if not new.regions or not old.regions or _shared_regions(new.regions, old.regions):
        return False
    is_recalled = not new.is_news and bool(new.span) and bool(old.span)
    countries = {r[:2] for r in new.regions} & {r[:2] for r in old.regions}
    return not is_recalled and not (countries and age <= SAME_NEWS and new.amounts and old.amounts)


def _share_company(new: Statement, old: Statement) -> bool:
    shared, every = new.companies & old.companies, new.companies | old.companies
    return bool(shared) and len(shared) / len(every) >= JOINT


def _shared_regions(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """Return the regions of `a` that are in `b`, contain one of it or lie in one of it: US-TX lies in US."""
    return frozenset(r for r in a if any(r == s or r.startswith(f"{s}-") or s.startswith(f"{r}-") for s in b))


def _spans_contradict(a: Span, b: Span) -> bool:
    if a.start is not None and a.end is not None and b.start is not None and b.end is not None:
        shared = min(a.end, b.end) - max(a.start, b.start) + 1
        shorter = min(a.end - a.start, b.end - b.start) + 1
        return shared < SPAN_SHARE * shorter
    if a.end is not None and b.end is not None:
        return abs(a.end - b.end) > MONTHS_APART
    if a.start is not None and b.start is not None:
        return abs(a.start - b.start) > MONTHS_APART
    return False


def _amount(new: Statement, old: Statement) -> int:
    """Return 2 where amounts agree in the currency both were announced in, 1 where a conversion agrees, else 0.

    Amounts that differ in one currency differ, whatever their rounded conversions say.
    """
    found = 0
    for a in new.amounts:
        for b in old.amounts:
            if a.currency != b.currency:
                continue
            is_main = a.is_main and b.is_main
            if _agree(a, b, AMOUNT_TOLERANCE if is_main else TWIN_TOLERANCE):
                found = max(found, 2 if is_main else 1)
            elif is_main:
                return 0
    return found


def _change(new: Statement, old: Statement) -> int:
    """Return 1 where one names by how much the other rises or falls: "by 10 billion" and "to 85, 10 more"."""
    pairs = [(a, b) for a in new.changes for b in old.amounts] + [(a, b) for a in new.amounts for b in old.changes]
    return int(any(a.currency == b.currency and _agree(a, b, AMOUNT_TOLERANCE) for a, b in pairs))


def _agree(a: Money, b: Money, tolerance: float) -> bool:
    """Return whether two amounts are the same; a range is met by its ends, for "up to" names only one of them."""
    if (a.low == a.high) == (b.low == b.high):
        return _close(a.low, b.low, tolerance) and _close(a.high, b.high, tolerance)
    single, span = (a, b) if a.low == a.high else (b, a)
    return _close(single.low, span.low, tolerance) or _close(single.low, span.high, tolerance)


def _close(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def _by_day(new: Statement, old: Statement, *, is_bound: bool) -> MatchedBy | None:
    """Return why two statements of which one has no amount are one, if they are."""
    apart = abs(new.known_at - old.known_at)
    is_dated = new.happens_at is not None and old.happens_at is not None
    happens_apart = abs(new.happens_at - old.happens_at) if new.happens_at and old.happens_at else timedelta(0)
    if (apart > SAME_EVENT and not (is_dated and happens_apart <= SAME_NEWS)) or happens_apart > SAME_EVENT:
        return None
    named, met = new.marks, old.marks
    if named and met and not named & met:
        return None
    if named & met or _speak_alike(new, old):
        return MatchedBy.TEXT
    is_of_one_day = apart <= SAME_NEWS and (is_bound or new.family in MONEY or new.language != old.language)
    has_both_amounts_open = not new.amounts and not old.amounts
    return MatchedBy.DAY if is_of_one_day and (has_both_amounts_open or is_bound) else None


def _speak_alike(new: Statement, old: Statement) -> bool:
    return bool(new.text) and bool(old.text) and fuzz.token_set_ratio(new.text, old.text, score_cutoff=ALIKE) > 0
