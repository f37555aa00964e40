"""Contract of `ops.notices`: what a person is told about a hold: once when it opens, lasts and ends."""

from aicycle.contracts.schema import TableContract, instant, integer, text
from aicycle.model.kinds import NoticeKind

NOTICES = TableContract(
    schema="ops",
    name="notices",
    grain="one thing said once about one subject's metric being held, however many rows hold it",
    time="since is the earliest hold's when it was told, in time of knowledge; noticed_at is our clock",
    key=("subject_kind", "subject_id", "metric", "episode", "kind"),
    columns=(
        text("subject_kind", "symbol, pair, company, segment, document"),
        text("subject_id", "who is held"),
        text("metric", "which metric"),
        instant("since", "first instant at which it is held"),
        integer("episode", "1 for the first time it was held, counted up when it is held again", minimum=1),
        text("kind", "opened, escalated: it lasted longer than its limit, or lifted", domain=tuple(NoticeKind)),
        text("cause", "why it is held, with file and line"),
        text("outputs", "JSON: the outputs it reaches along the lineage; they keep their last good values"),
        text("message", "what a person is told"),
        instant("noticed_at", "when", volatile=True),
    ),
)
