"""Contract of `marts.scenario_bands`: the scenarios of one run."""

from aicycle.contracts.schema import AtLeast, TableContract, integer, number, text
from aicycle.model.kinds import Status

SCENARIO_BANDS = TableContract(
    schema="marts",
    name="scenario_bands",
    grain="one scenario of one run",
    time="targets are for the scenario set's horizon; the run says as of when",
    key=("run_id", "scenario"),
    columns=(
        text("run_id", "run"),
        text("scenario", "name"),
        integer("position", "0 is the lowest band", minimum=0),
        number(
            "probability",
            "after evidence; the run's sum to one; empty: the run says why",
            unit="fraction",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        number("target_low_usd", "lower edge, rescaled for unit changes", unit="USD per unit", above=0),
        number("target_high_usd", "upper edge, rescaled for unit changes", unit="USD per unit", above=0),
        number("p10_usd", "projected value: one in ten draws lies below", unit="USD per unit", nullable=True, above=0),
        number("p50_usd", "projected value: the median draw", unit="USD per unit", nullable=True, above=0),
        number("p90_usd", "projected value: one in ten draws lies above", unit="USD per unit", nullable=True, above=0),
        number(
            "closed_form_usd",
            "projected value with every driver at its mode, without draws",
            unit="USD per unit",
            nullable=True,
            above=0,
        ),
        text("status", "weakest status among the inputs", domain=tuple(Status)),
    ),
    rules=(AtLeast("target_high_usd", "target_low_usd"), AtLeast("p50_usd", "p10_usd"), AtLeast("p90_usd", "p50_usd")),
)
