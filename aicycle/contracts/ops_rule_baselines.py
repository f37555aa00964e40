"""Contract of `ops.rule_baselines`: from when on each alert rule speaks. What lies before is recorded silently."""

from aicycle.contracts.schema import TableContract, instant, integer, text

RULE_BASELINES = TableContract(
    schema="ops",
    name="rule_baselines",
    grain="one version of one alert rule",
    time="baseline_as_of is the as-of of the rule's first evaluation",
    key=("rule_id", "rule_version"),
    columns=(
        text("rule_id", "rule"),
        integer("rule_version", "its version", minimum=1),
        instant("baseline_as_of", "crossings known up to here are baseline"),
    ),
)
