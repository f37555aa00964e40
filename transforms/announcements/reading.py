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
from transforms.announcements.kinds import is_part, sorted_amounts
from transforms.announcements.launches import with_launch_regions
from transforms.announcements.money import Money, doubtful_twins
from transforms.announcements.places import places_of, places_of_each
from transforms.announcements.records import CURRENCY_UNSAID, Amount, Announcement, Extraction, TextEvent
from transforms.announcements.repeated import told_once
from transforms.announcements.sentences import main_language, sentences
from transforms.announcements.spans import Phrase, is_past, resolved
from transforms.announcements.spending import Sorted
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
    outlook: Phrase | None = None
    """The year that the sentence before looks ahead to."""
    title_outlook: Phrase | None = None
    is_given_up: bool = False
    """Whether the sentence before gives something up, and names no amount."""
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
    has_title = "\n" in clean.text.strip()
    for sentence in sentences(clean.text, ready, usual):
        clues = clues_of(sentence, ready)
        every.append(clues)
        _with_later_words(found, clues, published)
        found += [(announcement, sentence.line) for announcement in _announcements(clues, told, published)]
        told.topic = topic_of(clues, told.topic)
        told.outlook = _outlook_of(clues, published)
        told.is_given_up = _is_given_up(clues)
        if sentence.line == 0:
            told.title_places = places_of(clues)
            told.title_outlook = (told.title_outlook or told.outlook) if has_title else None
    kept = told_once(found)
    events = events_of(every, kept, published=published)
    kept = with_launch_regions(kept, every, events)
    return _located(text, clean, usual, kept, events)


def _announcements(clues: Clues, told: _Told, published: date | None) -> list[Announcement]:
    kinds = sorted_amounts(clues, published, told.last)
    unknown = unknown_company(clues, told.topic)
    found: list[Announcement] = []
    told.period = _period_of(clues, published) or told.period
    for money, kind, places in zip(clues.money, kinds, places_of_each(clues), strict=True):
        if (not money.has_unit and _counts_things(clues, money, told)) or _is_price(clues, money):
            continue
        company = company_of(clues, money, told.topic, unknown)
        told.last = kind
        if kind.family == "spending" and _is_government(clues.compiled, company):
            kind = replace(kind, kind=EventType.OTHER_NOT_CAPEX, family="other")  # noqa: PLW2901 - told as what it is
        # What a company spends in a quarter or a year is for no place that a title names beside it.
        is_of_all = kind.by_noun and kind.kind in {EventType.CAPEX_GUIDANCE, EventType.CAPEX_ACTUAL}
        tied = places or (() if is_of_all else told.title_places)
        one = _announcement(clues, money, kind, company=company, places=tied, told=told, published=published)
        if found and one.horizon_end is None and one.is_capex and is_part(clues, money):
            # "for 2026 200 are planned, of which 180 for plants"
            one = replace(one, horizon_start=found[-1].horizon_start, horizon_end=found[-1].horizon_end)
        found.append(one)
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
RESULTS = frozenset({"year", "last_year", "fiscal_year", "full_year"})
"""Phrases for a year whose results are told, where it has passed."""
OUTLOOKS = frozenset(
    {"year", "this_year", "next_year", "fiscal_year", "this_fiscal_year", "next_fiscal_year", "full_year"}
)
"""Phrases for a year that is looked ahead to."""
OPENS_WITHIN = 8
"""Code points: "The project" opens its sentence, 该项目 too."""


def _period_of(clues: Clues, published: date | None) -> Phrase | None:
    """Return the period whose results a sentence tells."""
    quarter = next((p for p in clues.phrases if p.means in PERIODS), None)
    if quarter is not None or not clues.cue("other"):
        return quarter
    return next((p for p in clues.phrases if p.means in RESULTS and is_past(p, published)), None)


def _outlook_of(clues: Clues, published: date | None) -> Phrase | None:
    """Return the year that a sentence looks ahead to, where it speaks of spending or expects something."""
    if not (clues.cue("expect") or clues.cue("capex_noun")):
        return None
    ahead = [p for p in clues.phrases if p.means in OUTLOOKS and not is_past(p, published)]
    return ahead[-1] if ahead else None


def _is_given_up(clues: Clues) -> bool:
    """Say whether a sentence gives up a plan without naming an amount: the next may say what it would have cost."""
    excused = clues.cue("not_negated")
    refusals = [c for c in clues.cue("refusal") if not any(s < c[1] and c[0] < e for s, e in excused)]
    return bool(refusals) and not clues.money


FAR = 0.1
"""Nearness below which a word is about something else."""
COMPARISONS = frozenset({"year", "last_year", "year_ago", "last_quarter", "past_years"})
"""Phrases for what an amount is compared with."""
COUNTED_WITHIN = 12
"""Code points between a number and what it counts."""


def _is_price(clues: Clues, money: Money) -> bool:
    """Say whether an amount is what one share is worth: nobody spends it."""
    return money.high < DEAREST_SHARE and clues.weight("per_share", money) > FAR


DEAREST_SHARE = 1e5
"""Units of a currency; a share in Seoul or Tokyo may cost as much."""


def _counts_things(clues: Clues, money: Money, told: _Told) -> bool:
    """Say whether a number without any currency counts something else, or nothing says that it is spent."""
    if any(
        min(abs(start - money.end), abs(money.start - end)) <= COUNTED_WITHIN for start, end in clues.cue("not_money")
    ):
        return True
    if told.currency is not None and any(
        phrase.means in COMPARISONS and clues.nearness((phrase.start, phrase.end), money) > FAR
        for phrase in clues.phrases
    ):
        # "a year before it was still 20 billion": of what the amount before is of.
        return False
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
    is_given_up = told.is_given_up and any(place[0] < OPENS_WITHIN for place in clues.cue("the_sum"))
    year_end = _year_end(clues.compiled, company)
    horizon = horizon_of(
        clues, money, kind.kind, is_restated=certain.is_restated, published=published, fiscal_year_end_month=year_end
    )
    if horizon is None and kind.kind is EventType.CAPEX_ACTUAL and kind.by_noun and told.period is not None:
        # "Third-quarter revenue was ... Capex was ...": of the same quarter.
        horizon = resolved(told.period, published=published, fiscal_year_end_month=year_end, is_ahead=False)
    outlook = told.outlook or told.title_outlook
    if horizon is None and kind.kind is EventType.CAPEX_GUIDANCE and kind.by_noun and outlook is not None:
        # "It forecasts 2026 revenue of ... Capex is seen at ...": of the same year.
        horizon = resolved(outlook, published=published, fiscal_year_end_month=year_end, is_ahead=True)
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
        is_hypothetical=certain.is_hypothetical and not is_given_up,
        is_negated=certain.is_negated or is_given_up,
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
