"""The alerts that the rules would have raised on a walk, found by the functions that live runs use.

Here: the alerts of one company over many days. Not here: what a crossing is (`transforms.crossings`), the walk itself
(`transforms.walking.days`).

A live run looks at the whole history every day and keeps what it has not found before. Most days only add a session at
the history's end, and then the crossings found before stay as they are: one look for all of them finds the same. So
history is looked at only on the last day, and before every day on which something of the past became known: a bar that
was restated or came late, or a split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import polars as pl

from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.model.instants import as_of_instant
from aicycle.model.parameters import AlertRule, Configuration
from transforms.crossings import ALERTS_SCHEMA, alerts_from, crossings, in_units_of_level
from transforms.facts import Facts
from transforms.prices import session_history
from transforms.walking.days import PROBABILITY

PRICE = "price_usd"


def alerts_of_walk(
    walked: pl.DataFrame, facts: Facts, *, received: pl.DataFrame | None, configuration: Configuration, company: str
) -> pl.DataFrame:
    """Return the alerts a company's rules would have raised, had a run been made on each day of a walk.

    Args:
        walked: result of `transforms.walking.days.walk`; the company's days count.
        facts: the same facts.
        received: the same.
        configuration: the same; its alert rules are applied to all days, also to those before a rule was registered:
            `basis` says so.
        company: whose rules.

    Returns:
        `ops.alerts` without run_id, sorted by known_at and alert_id. The first day is each rule's first evaluation:
        what was known by then has status baseline.
    """
    own = walked.filter(pl.col("company") == company).sort("as_of")
    days = own["as_of"].to_list()
    parts = [ALERTS_SCHEMA.to_frame()]
    for rule in configuration.alert_rules:
        if rule.company == company and days:
            parts += [
                alerts_from(crossings(history, rule), rule, baseline_as_of=days[0])
                for history in _histories(rule, own, facts, received, configuration)
            ]
    # What was found first stays: a live run adds only what it has not stored.
    return pl.concat(parts).unique("alert_id", keep="first", maintain_order=True).sort("known_at", "alert_id")


def _histories(
    rule: AlertRule, own: pl.DataFrame, facts: Facts, received: pl.DataFrame | None, configuration: Configuration
) -> Iterator[pl.DataFrame]:
    if rule.metric != PRICE:
        yield _probabilities(own, rule.metric.partition(":")[2])
        return
    listing = configuration.universe.primary_listing(rule.company)
    symbol = listing.symbol if listing else ""
    bars = facts.daily_bars.filter(pl.col("symbol") == symbol)
    splits = facts.corporate_actions.filter((pl.col("symbol") == symbol) & (pl.col("kind") == "split"))
    for look in _looks(own["as_of"].to_list(), _changes_of_the_past(bars, splits)):
        prices = session_history(bars, facts.corporate_actions, symbol=symbol, as_of=look, received=received)
        yield in_units_of_level(prices, facts.corporate_actions, rule, symbol=symbol, as_of=look)


def _probabilities(own: pl.DataFrame, scenario: str) -> pl.DataFrame:
    """Return one observation a day, the last one's, as `flows` reads them from stored runs."""
    return own.select(
        observed_on=pl.col("as_of").dt.date(),
        known_at="as_of",
        value=f"{PROBABILITY}{scenario}",
        price_basis=pl.lit(None, pl.String),
    ).unique("observed_on", keep="last", maintain_order=True)


def _changes_of_the_past(bars: pl.DataFrame, splits: pl.DataFrame) -> list[datetime]:
    """Return the instants at which something else than a session at the end of history became known."""
    versions = bars.sort([name for name in DAILY_BARS.version_order if name in bars.columns])
    newest_before = versions["session"].cum_max().shift(1)
    is_of_the_past = (versions["session"] <= newest_before).fill_null(value=False)
    return sorted({*versions.filter(is_of_the_past)["known_at"].to_list(), *splits["known_at"].to_list()})


def _looks(days: Sequence[datetime], changes: Sequence[datetime]) -> list[datetime]:
    """Return the last day of all, and the last before each change."""
    last_before = [max((day for day in days if day < as_of_instant(change)), default=None) for change in changes]
    return sorted({days[-1], *(day for day in last_before if day is not None)})
