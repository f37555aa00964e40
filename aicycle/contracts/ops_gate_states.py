"""Contract of `ops.gate_states`: the holds a run saw, so that it can be made again after they were lifted."""

from aicycle.contracts.schema import TableContract, instant, text

GATE_STATES = TableContract(
    schema="ops",
    name="gate_states",
    grain="one state of the holds on one answer, by its digest",
    time="first_used_at is our clock",
    key=("gate_digest",),
    columns=(
        text("gate_digest", "digest a run's manifest names"),
        text("holds", "JSON: the holds on the answer, spread along the lineage"),
        text("rules_version", "version of the gate's rules"),
        instant("first_used_at", "when", volatile=True),
    ),
)
