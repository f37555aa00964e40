"""What single tables need beyond what their contract already says: one module per table, as data.

Here: the additions by table. Not here: what follows from contracts (`expectations.suite`).
"""

from expectations.checks import Check
from expectations.suites import (
    announcements,
    corporate_actions,
    cycle_events,
    daily_bars,
    documents,
    fx_rates,
    reported_figures,
)

ADDITIONS: dict[str, tuple[Check, ...]] = {
    "core.daily_bars": daily_bars.ADDITIONS,
    "core.fx_rates": fx_rates.ADDITIONS,
    "core.corporate_actions": corporate_actions.ADDITIONS,
    "core.reported_figures": reported_figures.ADDITIONS,
    "core.documents": documents.ADDITIONS,
    "core.announcements": announcements.ADDITIONS,
    "core.cycle_events": cycle_events.ADDITIONS,
}
