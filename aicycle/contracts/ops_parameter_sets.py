"""Contract of `ops.parameter_sets`: what stood in `config/` when a run was made, so that it can be made again."""

from aicycle.contracts.schema import TableContract, instant, text

PARAMETER_SETS = TableContract(
    schema="ops",
    name="parameter_sets",
    grain="one content of config/, by its digest",
    time="first_used_at is our clock",
    key=("parameters_digest",),
    columns=(
        text("parameters_digest", "digest a run's manifest names"),
        text("content", "JSON: the checked configuration"),
        instant("first_used_at", "when", volatile=True),
    ),
)
