"""Contract of `marts.segment_metrics`: what the reported figures say about each segment, one metric a row."""

from aicycle.contracts.schema import TableContract, day, flag, instant, number, text
from aicycle.model.kinds import Status, Verification

ALL_TRACKED = "all tracked"
"""Company of a metric that is about all companies of the universe together."""

SEGMENT_METRICS = TableContract(
    schema="marts",
    name="segment_metrics",
    grain="one metric of one segment for one period; group is the whole company",
    time="period_end is the calendar end of the period; known_at is when the last input became known. As of the newest "
    "fact; answers for other days are computed when asked",
    key=("company", "segment", "metric", "detail", "period_end"),
    columns=(
        text("company", "company; all tracked: the companies of config/universe.toml together"),
        text("segment", "segment as config/universe.toml names it; group: the whole company"),
        text("metric", "name with unit and kind, e.g. revenue_yoy_frac", pattern=r"[a-z][a-z0-9_]*"),
        text(
            "detail",
            "event type, plan or target it is about; empty: the metric has one value a period",
        ),
        day("period_end", "last day of the period"),
        number("value", "the metric; empty with a null_reason", unit="see unit", nullable=True),
        text("unit", "ISO 4217 code, fraction, count or index"),
        text("null_reason", "why there is no value", nullable=True),
        text(
            "segment_basis",
            "basis the figures were reported on; else what it is drawn from, e.g. events, announcements, target",
        ),
        text("status", "weakest status among the inputs", domain=tuple(Status)),
        text("verification", "weakest verification among the inputs", domain=tuple(Verification)),
        flag("is_partial", "some of what should be in it is not reported: a share of those that are"),
        instant("known_at", "when the last input became known"),
        flag("is_stale", "an input of this metric is held: a newer value may be missing"),
        text("held_because", "cause of the hold", nullable=True),
    ),
)
