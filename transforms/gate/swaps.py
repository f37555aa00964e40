"""Swaps: two claims of one session that would fit better in each other's place.

Here: the comparison of neighbours by price. Not here: what becomes of them (`transforms.gate.moves`).
"""

from __future__ import annotations

import numpy as np

from transforms.gate.tracks import CLOSE, Believed, Claims, Floats, Ints, medians
from transforms.gate.verdicts import Tolerances, Verdicts


def try_in_each_others_place(believed: Believed, claims: Claims, verdicts: Verdicts, tolerances: Tolerances) -> None:
    """Fill in how much better neighbouring claims of a session would fit in each other's place.

    Listings whose prices are far apart need no such test: swapped, they jump.
    """
    tracks, reference = believed.tracks, verdicts.reference
    group = tracks.groups[0][tracks.series[claims.at]]
    day = tracks.day[claims.at]
    order = np.lexsort((reference, group, day))
    order = order[(verdicts.before[order] >= 0) & tracks.has_habits[tracks.series[claims.at[order]]]]
    for apart in range(1, NEIGHBOURS + 1):
        one, two = order[:-apart], order[apart:]
        is_pair = (day[one] == day[two]) & (group[one] == group[two]) & (claims.at[one] != claims.at[two])
        is_pair &= np.abs(reference[one] - reference[two]) < tolerances.jump
        one, two = one[is_pair], two[is_pair]
        home_one, home_two = _misfit(claims, verdicts, one, one), _misfit(claims, verdicts, two, two)
        there, here = _misfit(claims, verdicts, one, two), _misfit(claims, verdicts, two, one)
        gain = home_one + home_two - there - here
        # One bar that fits nowhere would be better off anywhere: swapped ones both fit, and neither loses much.
        hopeful = (gain > -tolerances.swap) & (np.maximum(there, here) < FITS)
        hopeful &= (there < home_one + NO_LOSS) & (here < home_two + NO_LOSS)
        one, two, gain = one[hopeful], two[hopeful], gain[hopeful]
        usual = [
            medians(believed.history(believed.volume, claims.at[x], tolerances.volume_history))[0] for x in (one, two)
        ]
        said = [claims.volume[one], claims.volume[two]]
        with np.errstate(divide="ignore", invalid="ignore"):
            own, cross = (
                np.abs(np.log(said[0] / usual[a])) + np.abs(np.log(said[1] / usual[b])) for a, b in ((0, 1), (1, 0))
            )
            louder = (own - cross) / VOLUME_SCALE
        gain += np.where(np.isfinite(louder), louder, 0.0)
        for place in (one, two):
            np.fmax.at(verdicts.swap, place, gain)


NEIGHBOURS = 3
"""Listings next to each other by price that are tried in each other's place."""
FITS = 4.0
"""Usual moves up to which a bar fits in another's place."""
NO_LOSS = 1.5
"""Usual moves by which a bar may fit worse in another's place: between close prices volume tells them apart."""
VOLUME_SCALE = 0.35
"""Usual spread of the logarithm of a volume ratio."""


def _misfit(claims: Claims, verdicts: Verdicts, claim: Ints, place: Ints) -> Floats:
    """Return how far claims would move in given places, in the usual moves there."""
    move: Floats = np.abs(claims.prices[claim, CLOSE] - verdicts.reference[place])
    return move / verdicts.own_scale[place]
