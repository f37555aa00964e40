"""Verdicts on moves: how far is far, and what was found of each claim.

Here: the two records that the judges of moves share. Not here: the judging (`transforms.gate.moves`, `swaps`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from transforms.gate.tracks import Flags, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far is far. Moves are differences of natural logarithms."""

    history: int
    least_history: int
    early_scale: float
    """Taken for a series' usual move while it has less than `least_history` steps."""
    least_scale: float
    """A usual move counts for no less: a series that hardly moves is no proof that it can't."""
    volume_history: int
    volume_power: float
    surprise: float
    """In usual moves, after the volume's say."""
    lonely_surprise: float
    """Likewise, of a claim whose market or volume says nothing: less would bear its news out."""
    jump: float
    twin_gap: float
    swap: float
    first_rows: int
    twin_days: int
    """A twin whose last close is older bears no witness."""
    repeat_sessions: int
    """So many of the last sessions are searched for the same bar."""
    twin_parted: float = math.inf
    """A claim that moved further than this away from its twin, its market's move allowed for, is a surprise."""
    twin_parted_scales: float = 0.0
    """Likewise in usual gaps, where that is more."""
    twin_parted_power: float = 1.0
    """What it is apart is divided by the volume ratio to this power."""
    parted: float = 0.0
    """In usual moves: a claim that moved further by itself and against its kin is a surprise,"""
    parted_least: float = math.inf
    """if that is no less than this, or"""
    parted_most: float = math.inf
    """if it is more than this."""
    wide_move: float = math.inf
    """A move wider than this is a surprise from `wide_surprise` on."""
    wide_surprise: float = math.inf
    market: float = math.inf
    """A surprised claim whose market moved further than this is stopped: all of it is odd."""
    needs_volume: bool = False
    """Where nothing was traded, or nobody says how much, volume can't bear a move out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdicts:
    """Per claim. NaN: could not be measured."""

    reference: Floats
    """The logarithm it was held against."""
    before: Ints
    """Position of the last believed row before it, or -1."""
    move: Floats
    surprise: Floats
    own_scale: Floats
    own: Floats
    """Size of the move in the series' usual moves."""
    volume_ratio: Floats
    """Volume in usual volumes; computed where the surprise is in doubt."""
    market: Floats
    """What the rest of the market did meanwhile; computed likewise."""
    twin_value: Floats
    """The close that the twin stands for, as a logarithm."""
    twin_gap: Floats
    """How far it is from what the twin stands for, beyond what is usual."""
    twin_scale: Floats
    twin_oddness: Floats
    """The gap to the twin, as far as the claim's own move made it: the other listing may be the odd one."""
    repeated: Ints
    """Position of the row of its series that it repeats, or -1."""
    copied: Ints
    """Position of another symbol's row whose prices it has, or -1."""
    swap: Floats
    """How much better two claims of a session would fit in each other's place, in usual moves; computed where close."""

    def failing(self, tolerances: Tolerances) -> Flags:
        """Return which claims can't be believed."""
        with np.errstate(invalid="ignore"):
            return (
                (np.abs(self.move) > tolerances.jump)
                | (self.surprise > tolerances.surprise)
                | (self.twin_oddness > tolerances.twin_gap)
                | (np.abs(self.market) > tolerances.market)
                | (self.swap > tolerances.swap)
                | (self.repeated >= 0)
                | (self.copied >= 0)
            )
