"""Contract of `marts.scenario_evidence`: what moved a run's probabilities, in contributions that add up."""

from aicycle.contracts.schema import TableContract, instant, number, text

SCENARIO_EVIDENCE = TableContract(
    schema="marts",
    name="scenario_evidence",
    grain="one happening's contribution to one scenario of one run; family `prior` is what stood before evidence",
    time="known_at is the happening's first member's",
    key=("run_id", "scenario", "family", "event_id"),
    columns=(
        text("run_id", "run"),
        text("scenario", "scenario it speaks for or against"),
        text("family", "family of evidence; capped together"),
        text("event_id", "the happening in core.event_members; prior for the prior"),
        number(
            "contribution_nats", "log-odds against the reference scenario, after fading, cap and tempering", unit="nats"
        ),
        instant("known_at", "when the happening was first known", nullable=True),
    ),
)
