"""A text read sentence by sentence into announcements and events.

Here: the order of the steps, and what makes one record of them. Not here: any step (the modules beside this one).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from aicycle.model.kinds import EventType
from aicycle.model.parameters.lexicon import Lexicon
from transforms.announcements.certainty import certainty_of, is_hypothetical, is_negated
from transforms.announcements.cleaning import Cleaned, byte_offsets, cleaned
from transforms.announcements.clues import Clues, clues_of
from transforms.announcements.companies import company_of, topic_of, unknown_company
from transforms.announcements.compiling import Compiled, compiled
from transforms.announcements.horizons import horizon_of
from transforms.announcements.kinds import Sorted, sorted_amounts
from transforms.announcements.launches import with_launch_regions
from transforms.announcements.money import Money, doubtful_twins
from transforms.announcements.places import places_of, places_of_each
from transforms.announcements.records import CURRENCY_UNSAID, Amount, Announcement, Extraction, TextEvent
from transforms.announcements.repeated import told_once
from transforms.announcements.sentences import main_language, sentences
from transforms.announcements.spans import Phrase, resolved
from transforms.announcements.text_events import events_of
from transforms.announcements.unstated import Unstated, unstated


@dataclass(slots=True)
class _Told:
    """What a text has said so far."""

    topic: str | None = None
    last: Sorted | None = None
    title_places: tuple[str, ...] = ()
    currency: str | None = None
    period: Phrase | None = None
    """The period whose results the text tells."""
    shared_word: str | None = None
    """What 元 means in this text where no company says so."""


def read(text: str, *, lexicon: Lexicon, language: str | None, published: date | None) -> Extraction:
    """Return what a text says; `transforms.announcements.extract` describes it."""
    ready = compiled(lexicon)
    clean = cleaned(text, ready.fold)
    told = _Told(shared_word=_shared_word(text, clean, ready))
    found: list[tuple[Announcement, int]] = []
    every: list[Clues] = []
    usual = main_language(clean.text, ready, language)
    for sentence in sentences(clean.text, ready, usual):
        clues = clues_of(sentence, ready)
        every.append(clues)
        _with_later_words(found, clues, published)
        found += [(announcement, sentence.line) for announcement in _announcements(clues, told, published)]
        told.topic = topic_of(clues, told.topic)
        told.period = next((p for p in clues.phrases if p.means in PERIODS), told.period)
        if sentence.line == 0:
            told.title_places = places_of(clues)
    kept = told_once(found)
    events = events_of(every, kept, published=published)
    kept = with_launch_regions(kept, every, events)
    return _located(text, clean, usual, kept, events)


def _announcements(clues: Clues, told: _Told, published: date | None) -> list[Announcement]:
    kinds = sorted_amounts(clues, published, told.last)
    unknown = unknown_company(clues, told.topic)
    found: list[Announcement] = []
    for money, kind, places in zip(clues.money, kinds, places_of_each(clues), strict=True):
        if (not money.has_unit and _counts_things(clues, money)) or _is_price(clues, money):
            continue
        company = company_of(clues, money, told.topic, unknown)
        told.last = kind
        if kind.family == "spending" and _is_government(clues.compiled, company):
            kind = replace(kind, kind=EventType.OTHER_NOT_CAPEX, family="other")  # noqa: PLW2901 - told as what it is
        tied = places or told.title_places
        found.append(_announcement(clues, money, kind, company=company, places=tied, told=told, published=published))
    company = company_of(clues, None, told.topic, unknown)
    nothing = unstated(clues, kinds, published=published, fiscal_year_end_month=_year_end(clues.compiled, company))
    if nothing is not None:
        found.append(_without_amount(clues, nothing, company))
    return found


def _with_later_words(found: list[tuple[Announcement, int]], clues: Clues, published: date | None) -> None:
    """Let a sentence without an amount say more of the last one: for how long it is spent, or that it is given up."""
    speaks_on = clues.cue("the_sum") or clues.cue("completes")
    if clues.money or not found or not speaks_on or found[-1][0].amount_high is None:
        return
    last, line = found[-1]
    if not last.is_capex:
        return
    if any(is_negated(clues, place) for place in clues.cue("the_sum")) and clues.cue("refusal"):
        last = replace(last, is_negated=True, is_hypothetical=False)
    lasting = COMPLETED if clues.cue("completes") else LASTING
    phrase = next((p for p in clues.phrases if p.means in lasting), None)
    if phrase is not None and last.horizon_end is None:
        year_end = _year_end(clues.compiled, last.company)
        horizon = resolved(phrase, published=published, fiscal_year_end_month=year_end, is_ahead=True)
        if horizon is not None:
            last = replace(last, horizon_start=horizon[0], horizon_end=horizon[1])
    found[-1] = (last, line)


COMPLETED = frozenset({"until_year", "until_month", "year", "half_year"})
"""Phrases that say when what is built will be complete."""
LASTING = frozenset({"for_years", "for_decades", "decade", "between_years"})
"""Phrases that say how long something is spent, whatever else their sentence says."""


def _is_government(ready: Compiled, company: str | None) -> bool:
    known = ready.known.get(company or "")
    return known is not None and known.is_government


PERIODS = frozenset({"quarter", "fiscal_quarter", "quarter_to_month", "last_quarter", "months_span"})
"""Phrases for a quarter whose results are told."""
FAR = 0.1
"""Nearness below which a word is about something else."""
COUNTED_WITHIN = 12
"""Code points between a number and what it counts."""


def _is_price(clues: Clues, money: Money) -> bool:
    """Say whether an amount is what one share is worth: nobody spends it."""
    return money.high < DEAREST_SHARE and clues.weight("per_share", money) > FAR


DEAREST_SHARE = 1e5
"""Units of a currency; a share in Seoul or Tokyo may cost as much."""


def _counts_things(clues: Clues, money: Money) -> bool:
    """Say whether a number without any currency counts something else, or nothing says that it is spent."""
    if any(
        min(abs(start - money.end), abs(money.start - end)) <= COUNTED_WITHIN for start, end in clues.cue("not_money")
    ):
        return True
    spent = ("capex_noun", "project_noun", "spend_verb", "cost_verb", "other", "financing", "restated")
    return not any(clues.weight(name, money) > FAR for name in spent) and not money.is_inferred


def _announcement(
    clues: Clues,
    money: Money,
    kind: Sorted,
    *,
    company: str | None,
    places: tuple[str, ...],
    told: _Told,
    published: date | None,
) -> Announcement:
    certain = certainty_of(clues, money)
    year_end = _year_end(clues.compiled, company)
    horizon = horizon_of(
        clues, money, kind.kind, is_restated=certain.is_restated, published=published, fiscal_year_end_month=year_end
    )
    if horizon is None and kind.kind is EventType.CAPEX_ACTUAL and kind.by_noun and told.period is not None:
        # "Third-quarter revenue was ... Capex was ...": of the same quarter.
        horizon = resolved(told.period, published=published, fiscal_year_end_month=year_end, is_ahead=False)
    start, end = clues.clause(money.start, money.end)
    currency = money.currency or _default_currency(clues, company, told)
    told.currency = currency or told.currency
    advisories = doubtful_twins(currency, money.high, tuple(money.twins), clues.rules)
    if money.currency is None or money.is_inferred:
        advisories = (CURRENCY_UNSAID, *advisories)
    return Announcement(
        company=company,
        kind=kind.kind,
        currency=currency,
        amount_low=_rounded(money.low),
        amount_high=_rounded(money.high),
        horizon_start=horizon[0] if horizon else None,
        horizon_end=horizon[1] if horizon else None,
        regions=places,
        direction="none" if kind.is_superseded else certain.direction,
        is_hypothetical=certain.is_hypothetical,
        is_negated=certain.is_negated,
        is_third_party=certain.is_third_party,
        is_superseded=kind.is_superseded,
        is_restated=certain.is_restated,
        twins=tuple(money.twins),
        delta=tuple(Amount(d.currency or currency or "", _rounded(d.amount)) for d in money.delta),
        quote="",
        quote_start=clues.sentence.start + start,
        quote_end=clues.sentence.start + end,
        byte_start=0,
        byte_end=0,
        advisories=advisories,
    )


def _rounded(amount: float) -> float:
    """Return an amount without what multiplying in binary adds: 319.4 times a hundred million is a whole number."""
    return float(f"{amount:.12g}")


def _without_amount(clues: Clues, nothing: Unstated, company: str | None) -> Announcement:
    start, end = clues.clause(*nothing.place)
    horizon, place = nothing.horizon, nothing.place
    return Announcement(
        company=company,
        kind=nothing.kind,
        currency=None,
        amount_low=None,
        amount_high=None,
        horizon_start=horizon[0] if horizon else None,
        horizon_end=horizon[1] if horizon else None,
        regions=(),
        direction=nothing.direction,
        is_hypothetical=is_hypothetical(clues, place),
        is_negated=is_negated(clues, place),
        is_third_party=bool(clues.cue("estimate")),
        is_superseded=False,
        is_restated=False,
        twins=(),
        delta=(),
        quote="",
        quote_start=clues.sentence.start + start,
        quote_end=clues.sentence.start + end,
        byte_start=0,
        byte_end=0,
    )


def _default_currency(clues: Clues, company: str | None, told: _Told) -> str | None:
    """Return the currency of an amount that names none: the company's where the word is shared, else the last one."""
    known = clues.compiled.known.get((company or "").split("+")[0])
    default = clues.rules.language.default_currency
    own = known.currency if known is not None else ""
    if default:
        if own in {*SHARED_WORD, default}:
            return own
        return told.shared_word or default
    return told.currency or own or None


SHARED_WORD = ("TWD", "HKD")
"""Currencies that share the default's word: 元 is Taiwan's dollar where a Taiwanese company speaks."""


def _shared_word(text: str, clean: Cleaned, ready: Compiled) -> str | None:
    """Return the currency that a text in traditional characters means by 元 where no company says so.

    It is written in Taiwan or Hong Kong. The currencies it names tell which; without any, Taiwan is the more likely, if
    nothing of the mainland is in it.
    """
    if not any(ord(character) in ready.fold for character in text[:2_000]):
        return None
    named = {
        code
        for rules in ready.rules.values()
        for word, code in rules.language.currencies.items()
        if not rules.language.is_spaced and code in {*SHARED_WORD, "CNY"} and word in clean.text
    }
    return next((code for code in SHARED_WORD if code in named), None if "CNY" in named else SHARED_WORD[0])


def _year_end(ready: Compiled, company: str | None) -> int:
    known = ready.known.get((company or "").split("+")[0])
    return known.fiscal_year_end_month if known is not None else 12


def _located(
    text: str, clean: Cleaned, language: str, announcements: list[Announcement], events: list[TextEvent]
) -> Extraction:
    """Return the records with their spans in the text as it was stored."""
    spans = [clean.span(a.quote_start, a.quote_end) for a in announcements]
    event_spans = [clean.span(e.quote_start, e.quote_end) for e in events]
    offsets = byte_offsets(text, [position for span in (*spans, *event_spans) for position in span])

    def place(span: tuple[int, int]) -> dict[str, object]:
        return {
            "quote": text[span[0] : span[1]],
            "quote_start": span[0],
            "quote_end": span[1],
            "byte_start": offsets[span[0]],
            "byte_end": offsets[span[1]],
        }

    return Extraction(
        language=language,
        announcements=tuple(replace(a, **place(s)) for a, s in zip(announcements, spans, strict=True)),  # type: ignore[arg-type]
        events=tuple(replace(e, **place(s)) for e, s in zip(events, event_spans, strict=True)),  # type: ignore[arg-type]
    )
