"""Contract of `core.event_members`: what reports the same happening, so that it votes once."""

from aicycle.contracts.core import core_table
from aicycle.contracts.schema import flag, text
from aicycle.model.kinds import MatchedBy

EVENT_MEMBERS = core_table(
    "event_members",
    grain="one row of core.announcements or core.cycle_events, or one document, as a member of one happening",
    time="known_at is the member's; a happening is known from its first member on, and no later one moves an earlier",
    key=("member_table", "member_id"),
    content=(
        text("event_id", "the happening: the id of the announcement that first told of it"),
        text(
            "member_table",
            "where the member stands",
            domain=("core.announcements", "core.cycle_events", "core.documents"),
        ),
        text("member_id", "key of the member in its table"),
        text("statement_id", "the first member that says the same, or itself: what is said counts once"),
        text(
            "matched_by",
            "why it is a member: its announcement says so; it names the same amount, or one thing on the same day, "
            "or that in the same words; it stands at the address of an earlier edition; a document leads with it",
            domain=tuple(MatchedBy),
        ),
        flag("is_replaced", "it was read from an edition that a later one at the same address has replaced"),
    ),
)
