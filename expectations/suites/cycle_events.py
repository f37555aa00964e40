"""What cycle events need beyond their contract: days that can be, and to be told once; one without a source says so."""

from aicycle.model.kinds import Severity
from expectations.checks import stated, within

ADDITIONS = (
    stated("source", reason="no source is stated: nobody can look this event up"),
    within("event_time.over", ("event_time", "is_realised"), reason="said to have happened, and still ahead"),
    within(
        "event_time.by_then",
        ("event_time", "is_realised"),
        reason="said to have happened, after the day it became known",
        severity=Severity.ADVISORY,
    ),
    within(
        "event_time.near",
        ("event_time",),
        reason="far from the day it became known",
        severity=Severity.ADVISORY,
    ),
    within("announcement_id.of_its_day", ("announcement_id",), reason="the announcement's id is of another day"),
    within(
        "company.watched",
        ("company", "segment"),
        reason="nobody who is watched",
        severity=Severity.ADVISORY,
    ),
    within(
        "event.told_once",
        ("announcement_id", "title"),
        reason="told before under another announcement",
        severity=Severity.ADVISORY,
    ),
    within(
        "direction.usual",
        ("direction",),
        reason="all others of its kind have the other direction",
        severity=Severity.ADVISORY,
    ),
    within("company.of_its_announcement", ("company",), reason="the announcement is another company's"),
    within("text.whole", ("company", "segment", "title", "source", "note"), reason="a text is broken"),
)
