"""Contract of `ops.holds`: whom the gate does not speak about, since when, until when and why."""

from aicycle.contracts.schema import TableContract, instant, integer, text

SUBJECT = ("subject_kind", "subject_id", "metric")
"""Columns that name whose metric is held."""

HOLDS = TableContract(
    schema="ops",
    name="holds",
    grain="one span in which one subject's metric is not to be believed",
    time="half open, in time of knowledge: since is the poisoned row's known_at, until the next good one's",
    key=("subject_kind", "subject_id", "metric", "since"),
    columns=(
        text("subject_kind", "symbol, pair, company, segment, document"),
        text("subject_id", "who"),
        text("metric", "which metric"),
        instant("since", "first instant at which it is held"),
        instant("until", "first instant at which it is open again; empty: still held", nullable=True),
        text("cause", "why, with file and line"),
        text("quarantine_id", "the row that caused it"),
        integer("load_seq", "load that opened it", minimum=1),
    ),
)
