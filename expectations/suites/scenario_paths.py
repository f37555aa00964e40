"""What scenario paths need beyond their contract: a scenario of the run they belong to."""

from expectations.checks import digest, within

ADDITIONS = (
    digest("run_id"),
    within("scenario.in.marts.scenario_bands", ("scenario",), reason="of no scenario of the run"),
)
