"""Contract of `core.cycle_events`: dated happenings of the cycle that are not spending."""

from aicycle.contracts.core import VERIFICATION, core_table
from aicycle.contracts.schema import AtLeast, Subject, day, flag, integer, text
from aicycle.model.kinds import EventType, RowOrigin

CYCLE_EVENTS = core_table(
    "cycle_events",
    grain="one event of one company and segment in one country; one announcement may fill several rows",
    time="event_time is when it happens, possibly ahead; known_at is when it became public",
    key=("cycle_event_id",),
    content=(
        text("cycle_event_id", "the source's id of the row; of an extracted one: document, company, type and number"),
        text("announcement_id", "the announcement it belongs to: one announcement has one vote"),
        day("event_time", "when it happens, or the end of the span that is known"),
        text("company", "who it is about; none: a whole market"),
        text("segment", "segment it is about; none: no one segment; group: the whole company"),
        text("type", "kind of happening", domain=tuple(EventType)),
        integer("direction", "from the company's view: 1 good, 0 open, -1 bad", minimum=-1, maximum=1),
        text("country", "ISO 3166-1 alpha-2", pattern=r"[A-Z]{2}"),
        flag("is_realised", "has happened; false: announced and still ahead"),
        flag("is_retracted", "taken back by its source: no evidence any more; empty: it was not", nullable=True),
        text("title", "the event in short"),
        text("origin", "read as a row, or extracted from a text", domain=tuple(RowOrigin)),
        text("document_id", "document it was extracted from", nullable=True),
        integer("char_start", "first code point in the document", unit="code points", nullable=True, minimum=0),
        integer("char_end", "one past the last code point", unit="code points", nullable=True, minimum=0),
        text("source", "where it was read; empty: the source of the row is not stated", nullable=True),
        text("source_language", "ISO 639-1", nullable=True, pattern=r"[a-z]{2}"),
        VERIFICATION,
        text("note", "remark of the source", nullable=True),
    ),
    rules=(AtLeast("char_end", "char_start"),),
    subject=Subject("segment", ("company", "segment"), metric="events", next_observation_lifts=False),
)
