"""What evidence needs beyond its contract: a scenario of the run. That it adds up is a check of the bands."""

from expectations.checks import digest, within

ADDITIONS = (
    digest("run_id"),
    within("scenario.in.marts.scenario_bands", ("scenario",), reason="of no scenario of the run"),
)
