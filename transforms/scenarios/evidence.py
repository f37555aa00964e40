"""What known happenings say about the scenarios, in contributions to log-odds that add up.

Here: which rows count as evidence, one contribution per happening, fading, cap, tempering. Not here: the weights
(`config/scenarios/`), probabilities (`transforms.scenarios.probabilities`).

- Spending (`capex_*`) is read from announcements, everything else from cycle events: the same financing or region may
  stand in both tables under different announcements, and must not count twice.
- Events of a whole market (company `none`) count where the company has such a segment: chip access is blocked for a
  market, not for one company.
- What is hypothetical, denied, said by third parties or said before is no evidence (`transforms.happenings`). An
  unknown amount stays unknown: an announcement counts, whatever its amount.
- The price of the share is never evidence: the scenarios are defined by it.
"""

from __future__ import annotations

import math
from datetime import datetime

import polars as pl

from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.marts_scenario_evidence import SCENARIO_EVIDENCE
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import Verification
from aicycle.model.parameters import Company, ScenarioSet
from transforms.happenings import WHOLE_MARKET, known_happenings, left_of_it
from transforms.quarters import GROUP

PRIOR = "prior"
"""Family and event id of what stood before any evidence."""

SPENDING_PREFIX = "capex_"
SCHEMA = pl.Schema(
    {n: t for n, t in SCENARIO_EVIDENCE.polars_schema().items() if n != "run_id"} | {"verification": pl.String()}
)
HAPPENING = {
    "event_id": pl.String(),
    "type": pl.String(),
    "direction": pl.Int64(),
    "happening_known_at": pl.Datetime("us", "UTC"),
    "verification": pl.String(),
}


def evidence_for(
    scenario_set: ScenarioSet,
    company: Company,
    *,
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    as_of: datetime,
) -> pl.DataFrame:
    """Return the prior and every happening's contribution, per scenario.

    Args:
        scenario_set: weights, half-life, cap and tempering.
        company: whose events count, beside those of its segments' `event_companies` and of whole markets.
        events: versions of `core.cycle_events`.
        announcements: versions of `core.announcements`.
        members: versions of `core.event_members`.
        as_of: instant with a time zone; nothing known later counts.

    Returns:
        scenario, family, event_id, contribution_nats (log-odds against the reference scenario, after fading, cap and
        tempering), known_at (of the happening; empty for the prior), verification (weakest of the happening's rows;
        empty for the prior). Sorted. A scenario's rows sum to its log-odds; the reference scenario has 0.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    weighed = weighed_happenings(
        scenario_set, company, events=events, announcements=announcements, members=members, as_of=as_of
    )
    return faded_evidence(weighed, scenario_set, as_of=as_of)


def weighed_happenings(
    scenario_set: ScenarioSet,
    company: Company,
    *,
    events: pl.DataFrame,
    announcements: pl.DataFrame,
    members: pl.DataFrame,
    as_of: datetime,
) -> pl.DataFrame:
    """Return what every happening known by `as_of` weighs while it is fresh: all that does not change with time alone.

    Args:
        scenario_set: as for `evidence_for`, and so are the others.
        company: whose events count.
        events: versions of `core.cycle_events`.
        announcements: versions of `core.announcements`.
        members: versions of `core.event_members`.
        as_of: instant with a time zone; nothing known later counts.

    Returns:
        One row per happening, family and scenario, for `faded_evidence`.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    happenings = pl.concat(
        [
            _of_events(known_happenings(events, members, CYCLE_EVENTS, as_of=instant), company),
            _of_announcements(known_happenings(announcements, members, ANNOUNCEMENTS, as_of=instant), company),
        ]
    )
    return _one_each(happenings, scenario_set)


def faded_evidence(weighed: pl.DataFrame, scenario_set: ScenarioSet, *, as_of: datetime) -> pl.DataFrame:
    """Return the prior and what is left of each happening at `as_of`, as `evidence_for` does.

    Args:
        weighed: result of `weighed_happenings` for the same knowledge: nothing became known between its as-of and this.
        scenario_set: the same.
        as_of: instant with a time zone.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    faded = weighed.with_columns(
        nats=pl.col("nats")
        * left_of_it(pl.col("happening_known_at"), pl.lit(scenario_set.evidence_half_life_years.value), as_of=instant)
    )
    return pl.concat([_prior(scenario_set), _capped(faded, scenario_set)]).sort("scenario", "family", "event_id")


def _of_events(happenings: pl.DataFrame, company: Company) -> pl.DataFrame:
    names = [company.name, *(name for segment in company.segments for name in segment.event_companies)]
    segments = [segment.name for segment in company.segments] + [GROUP, WHOLE_MARKET]
    is_own = pl.col("company").is_in(names)
    is_of_market = (pl.col("company") == WHOLE_MARKET) & pl.col("segment").is_in(segments)
    return happenings.filter((is_own | is_of_market) & ~pl.col("type").str.starts_with(SPENDING_PREFIX)).select(
        HAPPENING.keys()
    )


def _of_announcements(happenings: pl.DataFrame, company: Company) -> pl.DataFrame:
    names = [company.name, *(name for segment in company.segments for name in segment.event_companies)]
    return (
        happenings.filter(pl.col("company").is_in(names) & pl.col("kind").str.starts_with(SPENDING_PREFIX))
        # A plan is news in the direction of more, unless it says that it cuts an earlier one.
        .with_columns(type="kind", direction=pl.when(pl.col("direction") == "down").then(-1).otherwise(1))
        .select(pl.col(name).cast(dtype) for name, dtype in HAPPENING.items())
    )


def _one_each(happenings: pl.DataFrame, scenario_set: ScenarioSet) -> pl.DataFrame:
    """Return one row per happening, family and scenario.

    Rows of one happening that point both ways leave its direction open: no contribution. Where several event types of
    it match, the strongest weight counts.
    """
    weights = pl.DataFrame(
        [
            (weight.scenario, weight.family, event_type.value, weight.direction, weight.nats.value)
            for weight in scenario_set.evidence
            for event_type in weight.event_types
        ],
        schema={
            "scenario": pl.String,
            "family": pl.String,
            "type": pl.String,
            "sign": pl.Int64,
            "nats": pl.Float64,
        },
        orient="row",
    )
    doubt = pl.col("verification").replace_strict(
        list(Verification), list(range(len(Verification))), return_dtype=pl.Int64
    )
    by_type = (
        happenings.with_columns(doubt=doubt)
        .group_by("event_id", "type")
        .agg(
            low=pl.col("direction").min(),
            high=pl.col("direction").max(),
            happening_known_at=pl.col("happening_known_at").min(),
            verification=pl.col("verification").sort_by("doubt").last(),
        )
        # +1 with 0 is +1, -1 with 0 is -1, +1 with -1 is 0.
        .with_columns(sign=pl.col("low") + pl.col("high"))
        .with_columns(sign=pl.col("sign").sign())
    )
    return (
        by_type.join(weights, on=["type", "sign"], how="inner")
        .sort(
            "scenario",
            "family",
            "event_id",
            pl.col("nats").abs(),
            "type",
            descending=[False, False, False, True, False],
        )
        .unique(subset=["scenario", "family", "event_id"], keep="first", maintain_order=True)
    )


def _capped(faded: pl.DataFrame, scenario_set: ScenarioSet) -> pl.DataFrame:
    cap, tempering = scenario_set.family_cap_nats.value, scenario_set.tempering.value
    parts = [SCHEMA.to_frame()]
    for family in faded.partition_by("scenario", "family", maintain_order=True):
        # Exact sums: the scale, and with it every contribution, must not depend on the order of facts.
        total = math.fsum(family["nats"].to_list())
        scale = tempering * min(1.0, cap / abs(total)) if total else tempering
        parts.append(
            family.with_columns(contribution_nats=pl.col("nats") * scale, known_at="happening_known_at").select(
                pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()
            )
        )
    return pl.concat(parts)


def _prior(scenario_set: ScenarioSet) -> pl.DataFrame:
    prior = {band.name: band.prior_probability.value for band in scenario_set.scenarios}
    reference = prior[scenario_set.reference_scenario]
    return pl.DataFrame(
        [
            {
                "scenario": name,
                "family": PRIOR,
                "event_id": PRIOR,
                "contribution_nats": math.log(probability / reference),
                "known_at": None,
                "verification": None,
            }
            for name, probability in prior.items()
        ],
        schema=SCHEMA,
    )
