"""The places an amount or event is for, among those a sentence names.

Here: which names of places belong to what is announced. Not here: where names stand (`names`).
"""

from __future__ import annotations

import re

from transforms.announcements.clues import Clues
from transforms.announcements.names import Named

SAID_IN = re.compile(
    r"(?:said|told|says|wrote|fragte|sagte|erklärte|teilte|conference|Konferenz|Messe|traded|listed|shares|Börse|bourse|Aktie|headquartered|based)\s(?:\w+\s){0,3}(?:in|at)\s$",
    re.IGNORECASE,
)
OUTSIDE = re.compile(
    r"(?:outside(?: of)?|außerhalb|ausserhalb|beyond|anders als in|unlike in|von|aus)\s$|(?:除了|除)$", re.IGNORECASE
)
ORIGIN = re.compile(
    r"[\s-]?(?:e-commerce |tech(?:nology)? |chip |software ?|internet ?|Tech-|Chip|Internet|Software|Online|E-Commerce-)?"
    r"(?:Konzern\w*|Unternehmen\w*|company|companies|group|groups|firm|firms|giant|giants|start-?up|Start-up|maker|makers|"
    r"Riese\w*|Hersteller\w*|Regierung|government|Verteidigungsministerium|president|Präsident\w*|"
    r"officials?|regulators?|dollars?|Dollar|stock|market|Börse|巨头|公司|企业|政府|集团|科技|总统|零售|股|媒体|商务部)",
)
AFTER_OUTSIDE = re.compile(r"^(?:以外|之外|境外)")


def tied_places(clues: Clues) -> list[Named]:
    """Return the places a sentence ties to what it announces, in order, where they stand."""
    tied: list[Named] = []
    for place in clues.places:
        before, after = clues.text[max(0, place.start - 40) : place.start], clues.text[place.end : place.end + 30]
        if SAID_IN.search(before) or OUTSIDE.search(before) or ORIGIN.match(after) or AFTER_OUTSIDE.match(after):
            continue
        if after.startswith("$"):
            continue
        tied.append(place)
    return tied


def places_of(clues: Clues) -> tuple[str, ...]:
    """Return the codes of the places a sentence ties to what it announces, in order, each once."""
    codes = dict.fromkeys(place.name for place in tied_places(clues))
    return tuple(code for code in codes if not any(other.startswith(code + "-") for other in codes))
