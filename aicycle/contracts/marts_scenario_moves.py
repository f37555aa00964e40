"""Contract of `marts.scenario_moves`: which family moved which probability, from the prior to the answer."""

from aicycle.contracts.schema import TableContract, number, text

SCENARIO_MOVES = TableContract(
    schema="marts",
    name="scenario_moves",
    grain="one family's part in one scenario's probability of one run",
    time="the run says as of when",
    key=("run_id", "scenario", "family"),
    columns=(
        text("run_id", "run"),
        text("scenario", "scenario"),
        text("family", "family of evidence"),
        number(
            "shapley_frac",
            "its part of the move from the prior: Shapley value over families; a scenario's add up to the move",
            unit="fraction",
        ),
        number(
            "without_it_frac",
            "what the probability would be without the family; leave one out: these do not add up",
            unit="fraction",
            minimum=0,
            maximum=1,
        ),
    ),
)
