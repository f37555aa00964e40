"""Whether evidence and price are fresh enough to state probabilities and a market state from; if not, why not.

Here: how old the newest evidence and the newest session may be. Not here: what evidence says
(`transforms.scenarios.evidence`), how old a table may be (`config/freshness.toml`).

Without evidence the sums would give the prior back, and with nothing but old evidence nearly so: a guess made before
anybody looked, that reads like an answer. So no probability is stated then, and the reason is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import EvidenceState
from aicycle.model.parameters import ScenarioSet


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFreshness:
    """The state of a company's evidence at one instant."""

    state: EvidenceState
    newest_known_at: datetime | None
    why_not: str | None
    """Why no probabilities are stated; None if they are."""


def evidence_freshness(evidence: pl.DataFrame, scenario_set: ScenarioSet, *, as_of: datetime) -> EvidenceFreshness:
    """Return whether probabilities may be stated from this evidence.

    Args:
        evidence: result of `evidence_for`: known_at, empty for the prior.
        scenario_set: how old the newest happening may be.
        as_of: instant with a time zone.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    newest = evidence["known_at"].max()
    if not isinstance(newest, datetime):
        why = f"No probabilities are stated: no evidence for or against a scenario of {scenario_set.company} is known."
        return EvidenceFreshness(state=EvidenceState.NONE, newest_known_at=None, why_not=why)
    limit_days = scenario_set.evidence_stale_days.value
    if instant - newest > timedelta(days=limit_days):
        why = (
            f"No probabilities are stated: the newest evidence on {scenario_set.company} became known on "
            f"{newest:%Y-%m-%d}, more than {limit_days:g} days before."
        )
        return EvidenceFreshness(state=EvidenceState.STALE, newest_known_at=newest, why_not=why)
    return EvidenceFreshness(state=EvidenceState.FRESH, newest_known_at=newest, why_not=None)


def why_price_is_stale(session: date, scenario_set: ScenarioSet, *, as_of: datetime) -> str | None:
    """Return why a close says nothing about where the share stands at `as_of`; None: it does.

    Args:
        session: of the newest close known.
        scenario_set: how old it may be.
        as_of: instant with a time zone.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    age_days = (as_of_instant(as_of).astimezone(UTC).date() - session).days
    limit_days = scenario_set.price_stale_days.value
    if age_days <= limit_days:
        return None
    return f"No market state is stated: the newest close is of {session}, {age_days} days before, over {limit_days:g}."
