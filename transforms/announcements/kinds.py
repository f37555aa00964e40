"""What an amount is for: spending of four kinds, or one of its look-alikes.

Here: whether each amount of a sentence is spending, from the cue words around it. Not here: which of the four kinds
(`spending`), whose it is (`companies`), or whether it is meant (`certainty`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from aicycle.model.kinds import EventType
from transforms.announcements.clues import Clues, Place
from transforms.announcements.money import Money, lead_in
from transforms.announcements.names import Named
from transforms.announcements.spending import (
    BESIDE,
    LEAST,
    NEAR,
    Sorted,
    is_of_results,
    places_in,
    spending_of,
)

STRENGTHS = {
    "capex_noun": 1.0,
    "project_noun": 0.95,
    "spend_verb": 0.72,
    "more_spending": 0.75,
    "less_spending": 0.75,
    "cost_verb": 0.5,
    "object": 0.4,
    "other": 1.0,
    "deal": 0.85,
    "acquire": 0.85,
    "financing": 1.0,
    "stake": 0.95,
}
"""How much a cue word says by itself, beside an amount. A verb of spending fits look-alikes too, a noun little."""

SPENDING = ("capex_noun", "project_noun", "more_spending", "less_spending", "spend_verb", "cost_verb", "object")
BOUGHT = ("acquire", "stake", "deal")
BESIDE_IT = 0.25
"""A thing without a verb or noun of spending: "a $5 billion plant", not what is three words off."""
LOOKS_ALIKE = 0.75
"""What a word for a look-alike needs of the weight of a thing that could be bought."""
BEHIND = 0.8
"""What is left of a look-alike's weight in a clause behind the amount: it belongs to what follows."""
FOR_SOMETHING = 0.85
JUST_BEFORE = 0.6
OWN_WORD = 0.6
SMALLEST = 1e6
"""Units of any currency: nobody announces to invest less."""


def sorted_amounts(clues: Clues, published: date | None, before: Sorted | None) -> list[Sorted]:
    """Return what each amount of a sentence is for.

    Args:
        clues: the sentence.
        published: day of publication.
        before: the last amount of the sentence before, which "of which" goes on from.
    """
    places = _cue_places(clues)
    kinds: list[Sorted] = []
    for index, money in enumerate(clues.money):
        family, by_noun = _family(clues, money, places)
        last = kinds[-1] if kinds else before
        goes_on = last is not None and (bool(kinds) or is_part(clues, money) or _looks_ahead(clues, family))
        if goes_on and last is not None and (family == "" or _continues(clues, money, family, last)):
            family, by_noun = last.family, last.by_noun
        if family == "spending" and kinds and kinds[-1].family == "stake" and _gives_as_well(clues, money, by_noun):
            family = "stake"
        if family == "spending" and not kinds and before is not None and _goes_on_buying(clues, money, before, by_noun):
            family = before.family
        if family == "" and _is_more(clues, money):
            family = "spending"
        if family == "spending" and money.high < SMALLEST:
            # What a chip, a share or a month of a service costs.
            family = "other"
        if family == "spending":
            spending = spending_of(clues, index, by_noun=by_noun, published=published)
            if is_of_results(clues, index, spending, kinds, published):
                spending = replace(spending, kind=EventType.CAPEX_ACTUAL)
            kinds.append(spending)
        else:
            kinds.append(Sorted(FAMILY_KINDS.get(family, EventType.OTHER_NOT_CAPEX), family or "other"))
    if any(kind.kind is EventType.CAPEX_ACTUAL for kind in kinds):
        # "up from 11.5 in the second quarter": what was spent before was spent, too.
        return [replace(k, kind=EventType.CAPEX_ACTUAL, is_superseded=False) if k.is_superseded else k for k in kinds]
    return kinds


def _goes_on_buying(clues: Clues, money: Money, before: Sorted, by_noun: bool) -> bool:  # noqa: FBT001 - as found
    """Say whether a sentence that names no company and no thing goes on about the stake bought before."""
    if before.family not in {"stake", "financing"} or by_noun or clues.companies:
        return False
    nouns = ("project_noun", "capex_noun", "object", "cost_verb")
    if any(phrase.means == "for_years" for phrase in clues.phrases) and clues.cue("plan"):
        return False
    return all(clues.weight(name, money) < NEAR for name in nouns)


def _gives_as_well(clues: Clues, money: Money, by_noun: bool) -> bool:  # noqa: FBT001 - as found
    """Say whether another company gives to the same one: "Nvidia will invest 10 billion in it, Microsoft 5"."""
    return not by_noun and all(clues.weight(name, money) < NEAR for name in ("project_noun", "object", "cost_verb"))


def _is_more(clues: Clues, money: Money) -> bool:
    """Say whether a company is said to add money where a place is named: "doubles down on Singapore with extra 12"."""
    near = max((clues.nearness(p, money) for p in clues.cue("additional") if p[1] <= money.start), default=0.0)
    return near > JUST_BEFORE and bool(clues.companies) and bool(clues.places)


def _looks_ahead(clues: Clues, family: str) -> bool:
    """Say whether a sentence without a word for what it is about goes on about what is to be spent."""
    return family == "" and bool(clues.phrases or clues.cue("plan") or clues.cue("expect"))


FAMILY_KINDS = {
    "other": EventType.OTHER_NOT_CAPEX,
    "financing": EventType.FINANCING,
    "stake": EventType.STAKE_PURCHASE,
}
FAMILIES = {
    **dict.fromkeys(SPENDING, "spending"),
    "other": "other",
    "deal": "other",
    "acquire": "other",
    "financing": "financing",
    "stake": "stake",
}


def _cue_places(clues: Clues) -> list[tuple[str, Place]]:
    """Return the cue words for kinds; where one lies in another the longer one counts."""
    every = [(name, place) for name in STRENGTHS for place in clues.cue(name)]
    every.sort(key=lambda item: (item[1][0] - item[1][1], -STRENGTHS[item[0]]))
    kept: list[tuple[str, Place]] = []
    for name, place in every:
        # "market worth" is no worth, "研发投入" no 投入; "capital spending will rise" is capital spending all the same.
        if all(
            FAMILIES[name] == FAMILIES[n] != "other" or place[1] <= other[0] or other[1] <= place[0]
            for n, other in kept
        ):
            kept.append((name, place))
    named = [(c.start, c.end) for c in clues.companies]
    # "Global Foundries" is no foundry, "China Mobile" no mobile network.
    return [(n, p) for n, p in kept if not any(s <= p[0] and p[1] <= e for s, e in named)]


def _family(clues: Clues, money: Money, places: list[tuple[str, Place]]) -> tuple[str, bool]:
    """Return the family an amount belongs to, and whether a noun for spending said so; "" where no word is near."""
    weights: dict[str, float] = {}
    for name, place in places:
        near = FOR_SOMETHING if FAMILIES[name] == "other" and _is_for(clues, money, place) else 0.0
        weight = STRENGTHS[name] * max(near, clues.nearness(place, money))
        if FAMILIES[name] == "other" and place[0] >= money.reach and clues.boundaries(place, money):
            weight *= BEHIND
        weights[name] = max(weights.get(name, 0.0), weight)
    if _raises_money(clues, money):
        weights["financing"] = max(weights.get("financing", 0.0), 0.8)
    families: dict[str, float] = {}
    for name, weight in weights.items():
        families[FAMILIES[name]] = max(families.get(FAMILIES[name], 0.0), weight)
    verb = weights.get("spend_verb", 0.0)
    if verb and weights.get("object", 0.0) > LEAST:
        families["spending"] = max(families["spending"], verb * 1.25)
    _leave_the_cost_to_what_is_bought(weights, families)
    best = max(families, key=lambda f: (families[f], f == "spending"), default="")
    if not best or families[best] < LEAST:
        return "", False
    if best == "spending" and _is_only_a_thing(weights, families.get("other", 0.0)):
        return ("other" if families.get("other", 0.0) >= LEAST else ""), False
    by_noun = weights.get("capex_noun", 0.0) >= max(verb, NEAR / 2)
    if best == "spending" and not by_noun and _buys_into(clues, money):
        return "stake", False
    return best, by_noun


def _leave_the_cost_to_what_is_bought(weights: dict[str, float], families: dict[str, float]) -> None:
    """Take from spending what only "costs" and a thing told, where something is bought: "the takeover, it costs"."""
    told = (weights.get(name, 0.0) for name in SPENDING if name not in {"cost_verb", "object"})
    if "cost_verb" in weights and max(told) < LEAST and max(weights.get(name, 0.0) for name in BOUGHT) >= LEAST:
        families.pop("spending", None)


def _is_only_a_thing(weights: dict[str, float], other: float) -> bool:
    """Say whether nothing says that money is spent, and what it could buy is far off, or a look-alike as near."""
    told = (weight for name, weight in weights.items() if FAMILIES[name] == "spending" and name != "object")
    return max(told, default=0.0) < LEAST and (weights["object"] < BESIDE_IT or other > LOOKS_ALIKE * weights["object"])


def _is_for(clues: Clues, money: Money, place: Place) -> bool:
    """Say whether an amount is said to be for something: "set aside for subsidies" is no investment."""
    if place[0] < money.end or clues.boundaries(place, money) or clues.weight("capex_noun", money) > NEAR:
        return False
    between = clues.text[money.end : place[0]]
    return len(between) < WITHIN and clues.rules.cue("for_what").search(between) is not None


def _raises_money(clues: Clues, money: Money) -> bool:
    """Say whether the amount itself is raised: "OpenAI raises $110 billion", and not "raises its forecast to"."""
    if money.is_target or money.is_change or clues.weight("capex_noun", money) > NEAR:
        return False
    lead = lead_in(clues.text, money.start, clues.rules).rstrip()
    return any(end == len(lead) for _, end in places_in(clues, "raise_money", lead))


BEFORE, WITHIN = 40, 60
"""Code points before a name, and between it and an amount, in which they can belong together."""


def _buys_into(clues: Clues, money: Money) -> bool:
    """Say whether the money goes into a company, and not into something that a company has."""
    phrase = clues.rules.phrase
    for company in clues.companies:
        gap = max(company.start - money.end, money.start - company.end)
        if gap > WITHIN or _is_project(clues, company):
            continue
        before = clues.text[max(0, company.start - BEFORE) : company.start]
        after = clues.text[company.end : company.end + BEFORE]
        # "$22.5 billion OpenAI investment"
        behind = clues.text[money.end : company.start]
        if phrase("stands_after").fullmatch(behind) and phrase("investment_after").match(after):
            return True
        if len(clues.companies) > 1 and _is_given(clues, money, company):
            return True
        between = clues.text[min(company.end, money.end) : max(company.start, money.start)]
        if not CUTS.search(between) and phrase("into").search(before) and phrase("not_a_thing").match(after):
            return True
    return False


def _is_given(clues: Clues, money: Money, company: Named) -> bool:
    """Say whether one company gives the amount to another: "gave OpenAI $13 billion", "hat OpenAI 13 ... zugesagt"."""
    phrase = clues.rules.phrase
    if (
        company.end > money.start
        or clues.text[company.end : money.lead].strip()
        or clues.weight("object", money) > NEAR
    ):
        return False
    before, behind = clues.text[max(0, company.start - BEFORE) : company.start], clues.text[money.reach :]
    return bool(phrase("given_before").search(before) or phrase("given_behind").match(behind))


CUTS = re.compile(r"[,;:]")


def _is_project(clues: Clues, company: Named) -> bool:
    known = clues.compiled.known.get(company.name)
    return known is None or known.is_project


def is_part(clues: Clues, money: Money) -> bool:
    """Say whether an amount is part of the one before it."""
    before = [place for place in clues.cue("of_which") if place[1] <= money.start]
    behind = [place for place in clues.cue("of_it") if 0 <= place[0] - money.end <= BESIDE]
    return bool(behind) or any(
        clues.boundaries(place, money) <= 1 and clues.nearness(place, money) > NEAR / 2 for place in before
    )


def _continues(clues: Clues, money: Money, family: str, last: Sorted) -> bool:
    """Say whether an amount goes on from the one before: "of which", "up from", without a word of its own."""
    if last.family == family:
        return False
    is_linked = money.is_left_behind or is_part(clues, money)
    # "of which half is a subsidy": a strong word of its own, close by, wins.
    own = max(
        (
            clues.nearness(p, money)
            for n, of in FAMILIES.items()
            # "sales of 37 billion, of which 21 with cloud services": a thing alone is no word of its own.
            if of == family and n != "object"
            for p in clues.cue(n)
        ),
        default=0.0,
    )
    return is_linked and own < OWN_WORD
