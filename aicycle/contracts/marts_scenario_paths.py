"""Contract of `marts.scenario_paths`: the projected value of each scenario, quarter by quarter."""

from aicycle.contracts.schema import AtLeast, TableContract, day, number, text

SCENARIO_PATHS = TableContract(
    schema="marts",
    name="scenario_paths",
    grain="one quarter of one scenario of one run",
    time="quarter_end lies ahead of the run: nothing here is a fact",
    key=("run_id", "scenario", "quarter_end"),
    columns=(
        text("run_id", "run"),
        text("scenario", "scenario"),
        day("quarter_end", "end of the quarter"),
        number("p10_usd", "value per unit then: one in ten draws lies below", unit="USD per unit", above=0),
        number("p50_usd", "the median draw", unit="USD per unit", above=0),
        number("p90_usd", "one in ten draws lies above", unit="USD per unit", above=0),
        number("closed_form_usd", "every driver at its mode, without draws", unit="USD per unit", above=0),
        number("se_p10_frac", "standard error of P10, over scramblings", unit="fraction of P10", minimum=0),
        number("se_p50_frac", "standard error of P50, over scramblings", unit="fraction of P50", minimum=0),
        number("se_p90_frac", "standard error of P90, over scramblings", unit="fraction of P90", minimum=0),
    ),
    rules=(AtLeast("p50_usd", "p10_usd"), AtLeast("p90_usd", "p50_usd")),
)
