"""Whose an amount is: the company that speaks or spends, among those a sentence names.

Here: roles of names in a sentence, and the company a text is about. Not here: where names stand (`names`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.announcements.clues import BOUNDARY, Clues
from transforms.announcements.money import Money
from transforms.announcements.names import Named

LOOK_BACK = 28
"""Code points around a name in which its role is looked for."""
STARTS_WITHIN = 2
POSSESSIVE_WITHIN = 12
WORLDWIDE = 0.2
SHORTEST_NAME = 3
STANDS_BEFORE = re.compile(r"[\s-]{0,2}")


@dataclass(frozen=True, slots=True)
class Group:
    """Companies that act together in a sentence."""

    start: int
    end: int
    names: tuple[str, ...]
    role: str
    """subject, agent (of a passive), object (after a preposition) or source (who says it of others)."""
    is_analyst: bool = False
    """Whether it is mostly named for what it says of others."""

    @property
    def joined(self) -> str:
        """Names as an announcement gives them."""
        return "+".join(self.names)


def groups(clues: Clues) -> list[Group]:
    """Return the companies of a sentence, those joined by "and" together."""
    found: list[Group] = []
    pending: list[Named] = []
    joined = clues.rules.phrase("joined")
    for company in clues.companies:
        if pending and joined.fullmatch(clues.text[pending[-1].end : company.start]):
            pending.append(company)
            continue
        if pending:
            found.append(_group(clues, pending))
        pending = [company]
    if pending:
        found.append(_group(clues, pending))
    return found


def _group(clues: Clues, companies: list[Named]) -> Group:
    names = tuple(dict.fromkeys(c.name for c in companies))
    return Group(
        companies[0].start,
        companies[-1].end,
        names,
        _role(clues, companies[0], companies[-1]),
        _is_analyst(clues, companies[-1]),
    )


def _role(clues: Clues, first: Named, last: Named) -> str:
    before = clues.text[max(0, first.start - LOOK_BACK) : first.start]
    after = clues.text[last.end : last.end + LOOK_BACK]
    if _ends_with(clues, "source_before", before) or _starts_with(clues, "source_after", after):
        return "source"
    if _is_analyst(clues, last) and (_starts_with(clues, "expect", after) or _starts_with(clues, "says", after)):
        return "source"
    if clues.rules.phrase("head_of").search(before):
        # Who speaks or acts for a company stands for it: "the founder of ...".
        return "subject"
    if _ends_with(clues, "agent_before", before):
        return "agent"
    if _ends_with(clues, "object_before", before):
        return "object"
    return "subject"


def _is_analyst(clues: Clues, company: Named) -> bool:
    known = clues.compiled.known.get(company.name)
    return known is not None and known.is_analyst


def _ends_with(clues: Clues, name: str, text: str) -> bool:
    # An article or a word such as "rival" may stand between the preposition and the name.
    stripped = clues.rules.phrase("apposition").sub("", text.rstrip())
    return any(m.end() == len(stripped) for m in clues.rules.cue(name).finditer(stripped))


def _starts_with(clues: Clues, name: str, text: str) -> bool:
    return any(m.start() <= STARTS_WITHIN for m in clues.rules.cue(name).finditer(text))


def topic_of(clues: Clues, before: str | None) -> str | None:
    """Return the company that a text goes on about after a sentence."""
    acting = [g for g in groups(clues) if g.role == "subject"]
    if acting:
        # After a sentence on what a government gives, "the group" is whom it gives it to.
        paid = [g for g in groups(clues) if not _is_government(clues, g)]
        return paid[0].joined if paid and _is_government(clues, acting[0]) else acting[0].joined
    every = [g for g in groups(clues) if g.role in {"object", "agent"}]
    if before is None and every:
        return every[0].joined
    return before


def _is_government(clues: Clues, group: Group) -> bool:
    known = [clues.compiled.known.get(name) for name in group.names]
    return any(company is not None and company.is_government for company in known)


def company_of(clues: Clues, money: Money | None, topic: str | None, unknown: str | None) -> str | None:
    """Return whose an amount is.

    Args:
        clues: the sentence.
        money: the amount; None: the sentence as a whole.
        topic: the company the text was about before this sentence.
        unknown: a name that stands where a company would, of a company the lexicon does not know.

    Returns:
        Names joined by `+`; None where nobody's in particular.
    """
    if money is not None and clues.weight("worldwide", money) > WORLDWIDE and clues.cue("estimate"):
        return None
    found = groups(clues)
    position = money.start if money is not None else len(clues.text)
    owner = _owner(clues, money, found) if money is not None else None
    return owner or _acting(clues, found, position, topic, unknown) or _mentioned(found, position)


def _acting(clues: Clues, found: list[Group], position: int, topic: str | None, unknown: str | None) -> str | None:
    """Return who acts: before the amount, best in its clause; behind it; in a passive; or whom the text is about."""
    acting = [g for g in found if g.role == "subject"]
    before = [g for g in acting if g.end <= position]
    same_clause = [g for g in before if not BOUNDARY.search(clues.text, g.end, position)]
    if before:
        return (same_clause or before)[-1].joined
    if unknown is not None:
        return unknown
    after = [g for g in acting if g.start >= position]
    if after and not _speaks_of_topic(clues, topic, position, after[0]):
        return after[0].joined
    agents = [g for g in found if g.role == "agent"]
    return min(agents, key=lambda g: abs(g.start - position)).joined if agents else topic


def _mentioned(found: list[Group], position: int) -> str | None:
    rest = [g for g in found if g.role == "object"]
    return min(rest, key=lambda g: abs(g.start - position)).joined if rest else None


def _owner(clues: Clues, money: Money, found: list[Group]) -> str | None:
    """Return the company that stands right before the amount with a possessive, or right after it as its name."""
    for group in found:
        between = clues.text[group.end : money.start]
        if (
            group.end <= money.start
            and len(between) < POSSESSIVE_WITHIN
            and clues.rules.phrase("possessive").match(between)
        ):
            return group.joined
        behind = clues.text[money.end : group.start]
        if group.start >= money.end and STANDS_BEFORE.fullmatch(behind) and _is_project_name(clues, group):
            return group.joined
    return None


def _is_project_name(clues: Clues, group: Group) -> bool:
    known = clues.compiled.known.get(group.names[0])
    return known is not None and known.is_project


def _speaks_of_topic(clues: Clues, topic: str | None, position: int, group: Group) -> bool:
    """Say whether "the company" stands before the amount: then a name behind it is somebody else's."""
    if topic is None:
        return False
    says = any(end <= position for _, end in clues.cue("the_company"))
    return says and bool(BOUNDARY.search(clues.text, position, group.start))


CAPITALISED = r"[A-ZÄÖÜ][\w&.'-]*"
NAME = re.compile(rf"(?<![\w-])({CAPITALISED}(?:\s(?:{CAPITALISED}|of|und|&))*)$")


def unknown_company(clues: Clues, topic: str | None) -> str | None:
    """Return a name that stands where a company would, before what it does; None where there is none.

    Args:
        clues: the sentence.
        topic: the company the text is about. Where there is one, two names in a row are more often a person's.
    """
    if any(g.role == "subject" for g in groups(clues)):
        return None
    by_form = clues.rules.phrase("organisation_name").search(clues.text)
    if by_form is not None:
        return by_form.group()
    if not clues.rules.language.has_capital_names:
        return None
    for name in ("plan", "spend_verb", "expect", "raise"):
        for start, _ in clues.cue(name):
            match = NAME.search(clues.text[:start].rstrip())
            if match is None:
                continue
            named = match.group(1).strip()
            candidate = _without_apposition(clues, named)
            has_form = candidate != named or clues.rules.phrase("organisation").search(candidate)
            is_plain = topic is None or " " not in candidate or has_form
            if is_plain and _could_be_company(clues, candidate, match.start(1)):
                return candidate
    return None


def _without_apposition(clues: Clues, candidate: str) -> str:
    """Return a name without what it is called before it: "Rival BCE"."""
    match = clues.rules.cue("apposition").match(candidate)
    return candidate[match.end() :].strip() or candidate if match else candidate


NO_NAMES = (
    "the_company",
    "capex_noun",
    "project_noun",
    "spend_verb",
    "object",
    "other",
    "financing",
    "stake",
    "the_sum",
)
"""Cues whose words begin sentences in capitals and are no names."""


def _could_be_company(clues: Clues, candidate: str, start: int) -> bool:
    words = candidate.casefold().split()
    language = clues.rules.language
    taken = [(p.start, p.end) for p in clues.places] + [(p.start, p.end) for p in clues.phrases]
    taken += [place for name in NO_NAMES for place in clues.cue(name)]
    if any(begins < start + len(candidate) and start < ends for begins, ends in taken):
        return False
    if words[0] in clues.rules.function_words or words[0] in language.months or len(candidate) < SHORTEST_NAME:
        return False
    before = clues.text[max(0, start - LOOK_BACK) : start]
    person = clues.rules.cue("person")
    return not (
        person.search(candidate) or any(m.end() == len(before.rstrip()) for m in person.finditer(before.rstrip()))
    )
