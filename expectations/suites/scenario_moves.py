"""What moves need beyond their contract: they are parts of one whole, from the prior to the answer."""

from expectations.checks import digest, in_range, within

ADDITIONS = (
    digest("run_id"),
    in_range("shapley_frac", minimum=-1, maximum=1),
    within("scenario.in.marts.scenario_bands", ("scenario",), reason="of no scenario of the run"),
    within("shapley_frac.adds_up", ("shapley_frac",), reason="the parts do not add up to the move"),
)
