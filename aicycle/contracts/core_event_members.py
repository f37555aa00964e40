"""Contract of `core.event_members`: which rows report the same happening, so that it votes once."""

from aicycle.contracts.core import core_table
from aicycle.contracts.schema import text

EVENT_MEMBERS = core_table(
    "event_members",
    grain="one row of core.announcements or core.cycle_events as a member of one happening",
    time="known_at is the member's; a happening is known from its first member on",
    key=("member_table", "member_id"),
    content=(
        text("event_id", "the happening; first form: the announcement's id"),
        text("member_table", "where the member stands", domain=("core.announcements", "core.cycle_events")),
        text("member_id", "key of the member in its table"),
        text("matched_by", "why it is a member", domain=("announcement_id",)),
    ),
)
