"""What scenario bands need beyond their contract: probabilities that are one whole, and follow from the evidence."""

from expectations.checks import Condition, digest, given_when, rows_present, within

PROJECTED = ("p10_usd", "p90_usd", "closed_form_usd")

ADDITIONS = (
    rows_present(),
    digest("run_id"),
    *(
        given_when(name, Condition("p50_usd"), name="given_with_median", reason="a median of {p50_usd} without " + name)
        for name in PROJECTED
    ),
    within("run_id.in.marts.scenario_runs", ("run_id",), reason="of no run"),
    within("probability.sums_to_one", ("probability",), reason="probabilities do not sum to one"),
    within("probability.explained", ("probability",), reason="no probability, and no reason"),
    within("probability.adds_up", ("probability",), reason="contributions do not add up to the log-odds"),
)
