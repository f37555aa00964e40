"""Contract of `ops.alerts`: crossings, and what became of them. Also the outbox that deliveries work from."""

from aicycle.contracts.schema import TableContract, day, instant, integer, number, text
from aicycle.model.kinds import AlertStatus, Basis, PriceBasis, Severity

ALERTS = TableContract(
    schema="ops",
    name="alerts",
    grain="one crossing of one rule's level in one direction",
    time="crossed_on is the session it happened in; known_at is when that could be known",
    key=("alert_id",),
    columns=(
        text("alert_id", "digest of rule, version, direction and crossed_on"),
        text("rule_id", "rule in config/alert_rules.toml"),
        integer("rule_version", "its version", minimum=1),
        text("company", "company"),
        text("metric", "what crossed"),
        text("transition", "entered or left the rule's state", domain=("entered", "left")),
        number("level", "level that was crossed", unit="see metric"),
        number("value_before", "last value on the other side", unit="see metric", nullable=True),
        number("value", "first value on this side", unit="see metric"),
        day("crossed_on", "session or day of the crossing"),
        instant("known_at", "when it could be known"),
        text("severity", "as the rule says", domain=tuple(Severity)),
        text("grouping_key", "alerts of one group are one message"),
        text("status", "baseline: before the rule's first evaluation, never sent", domain=tuple(AlertStatus)),
        text("basis", "live or hindsight", domain=tuple(Basis)),
        text("price_basis", "simulated: the value is no price", nullable=True, domain=tuple(PriceBasis)),
        text("message", "what a person is told"),
        text("run_id", "the scenario run it was found with"),
    ),
)
