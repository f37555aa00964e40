"""Contract of `core.reported_figures`: one long table for every company's reported figures."""

from aicycle.contracts.core import VERIFICATION, core_table
from aicycle.contracts.schema import AtLeast, Clock, Subject, day, integer, number, text

REPORTED_FIGURES = core_table(
    "reported_figures",
    grain="one figure of one company or segment, for one period or moment, on one segment basis",
    time="period_end is when it was true; known_at is the publication, or period_end plus an assumed delay",
    key=("company", "segment", "segment_basis", "metric", "period_end", "duration_months", "unit"),
    content=(
        text("company", "who the figure is about; `A / B` is B's view of A, `A+B` a sum"),
        text("segment", "segment as reported; Total is the whole company; `of which` rows are parts, not addends"),
        text("segment_basis", "structure the segment belongs to; figures compare only within one basis"),
        text("metric", "what is measured, e.g. revenue, adj_ebita, capex", pattern=r"[a-z][a-z0-9_]*"),
        day("period_start", "first day of the period; empty for a moment", nullable=True),
        day("period_end", "last day of the period, or the moment"),
        integer(
            "duration_months",
            "3, 6, 9, 12; 0 for a moment; periods of other lengths never mix",
            unit="months",
            minimum=0,
            maximum=60,
        ),
        number("value", "the figure in absolute units, as reported", unit="see unit"),
        text("unit", "ISO 4217 code, percent, ADS, shares, multiple or USD/ADS", pattern=r"[A-Za-z/]{2,12}"),
        day("reported_on", "publication day; empty if unknown", nullable=True),
        VERIFICATION,
        text("source", "where it was read; empty: the source of the row is not stated", nullable=True),
        text("note", "remark of the source", nullable=True),
    ),
    rules=(AtLeast("period_end", "period_start"),),
    subject=Subject("segment", ("company", "segment"), metric_column="metric"),
    clock=Clock.DATED,
)
