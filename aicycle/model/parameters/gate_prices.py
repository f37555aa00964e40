"""What the gate tolerates in bars, rates and sessions: the shape of `config/gate/prices.toml`.

Here: limits. Not here: how they are applied (`transforms.gate.measures`).
"""

from __future__ import annotations

from dataclasses import dataclass

from aicycle.model.parameters.base import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRules:
    """Limits of reference rates: the table `rates` of `config/gate/prices.toml`."""

    least_move_log: Number
    """A pair's usual move counts for no less."""
    early_move_log: Number
    """Taken for a pair's usual move while it has too short a history."""
    surprise_limit: Number
    """In usual moves: more is stopped whatever its size."""
    wide_surprise_limit: Number
    """In usual moves: more is stopped if it is also wider than `wide_move_log`."""
    wide_move_log: Number
    parted_usual: Number
    """In usual moves: a rate that moved further by itself, and against the pairs that move with it, is stopped,"""
    parted_least_log: Number
    """if that is no less than this,"""
    parted_most_log: Number
    """and always if it is more than this."""
    jump_limit_log: Number
    """A wider move is stopped also where there is no history, and after a gap."""
    market_limit_log: Number
    """All pairs together (their median) move no further in a day."""
    repeat_share_frac: Number
    """Share of a day's pairs that equal the day before from which on the day is a stale repeat."""
    cross_limit_log: Number
    """Two ways from one currency to another are no further apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRules:
    """Limits of corporate actions: the table `actions` of `config/gate/prices.toml`."""

    dividend_limit_frac: Number
    """Greatest cash dividend, as a share of the close before it."""
    dividend_habit_log: Number
    """A dividend further from what the listing usually pays is pointed out."""
    same_action_days: Number
    """The same action of the same size within so many days is one action under two dates."""
    split_gap_limit_log: Number
    """Bars on both sides of a split, on one footing, are no further apart."""
    most_split_ratio: Number
    """No split, either way, has a greater ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRules:
    """`config/gate/prices.toml`."""

    history_sessions: Number
    """Sessions before a bar that its symbol's own habits are read from."""
    least_history_sessions: Number
    """With fewer, `early_move_log` stands in for a symbol's usual move."""
    early_move_log: Number
    least_move_log: Number
    """A usual move counts for no less."""
    volume_sessions: Number
    """Sessions before a bar whose median volume is its usual volume."""
    volume_power: Number
    """A surprise is divided by the volume ratio to this power, where that is above one."""
    surprise_limit: Number
    """In usual moves, by the least surprised witness, after the volume's say."""
    lonely_surprise_limit: Number
    """Likewise, of a bar whose market or volume says nothing."""
    jump_limit_log: Number
    """A wider move is stopped whatever bears it out."""
    twin_gap_limit_log: Number
    """A bar that moved further than this, and away from its twin by more than this, is stopped."""
    twin_parted_log: Number
    """Likewise from here on, where volume was usual: a gap is divided by the volume ratio to `twin_parted_power`."""
    twin_parted_gaps: Number
    """In usual gaps: the same limit where two listings lie further apart day by day."""
    twin_parted_power: Number
    repeat_sessions: Number
    """A bar is none of the last so many of its symbol, and of no other symbol in their days."""
    swap_limit: Number
    """In usual moves and volumes: two bars that would fit so much better in each other's place are stopped."""
    twin_days: Number
    """A twin whose last close is older bears no witness."""
    first_rows: Number
    """Of a symbol without history, so many first closes are held against their median."""
    news_limit: Number
    """In usual moves: from here on a bar that passed is said to be news."""
    twin_news_limit: Number
    """In usual gaps: from here on a gap that passed is said to be news."""
    revision_limit_log: Number
    """A bar that was believed may come again this far off, on one footing."""
    vendor_revision_limit_log: Number
    """Likewise where the vendor adjusts for distributions in kind, which he does to the whole history."""
    lag_sessions: Number
    """Scheduled sessions by which one exchange may lag behind the others; rates by as many times their own rhythm."""
    young_lag_sessions: Number
    """Sessions by which a pair may lag of which too few rates came to tell a rhythm."""
    rates: RateRules
    actions: ActionRules
