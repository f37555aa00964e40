"""Contract of `ops.audits`: what each check said about each batch, and about each answer before it was stored."""

from aicycle.contracts.schema import TableContract, flag, integer, text
from aicycle.model.kinds import Severity

AUDITS = TableContract(
    schema="ops",
    name="audits",
    grain="one check on one load, or on the first answers that rest on the facts of loads up to it",
    time="no clock of its own; the load has it",
    key=("load_seq", "table_name", "check_name"),
    columns=(
        integer("load_seq", "load; of an answer: the newest one it rests on", minimum=1),
        text("table_name", "table the rows were meant for"),
        text("check_name", "check, with the column it looks at"),
        text("severity", "what its failure does", domain=tuple(Severity)),
        flag("is_passed", "true: no row failed and the check could run"),
        flag("is_broken", "the check could not run: treated as a failure of every row"),
        integer("rows_failed", "rows that failed", unit="rows", minimum=0),
        integer("rows_evaluated", "rows looked at", unit="rows", minimum=0),
        text("rules_version", "version of the rules"),
    ),
)
