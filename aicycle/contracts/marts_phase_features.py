"""Contract of `marts.phase_features`: what each phase assessment was made of."""

from aicycle.contracts.schema import TableContract, instant, number, text

PHASE_FEATURES = TableContract(
    schema="marts",
    name="phase_features",
    grain="one feature of one segment in one assessment; its contributions, summed over features, are the scores",
    time="known_at is when the feature's newest input became known; the assessment says as of when",
    key=("run_id", "company", "segment", "family", "feature"),
    columns=(
        text("run_id", "assessment"),
        text("company", "company"),
        text("segment", "segment"),
        text("family", "family of features"),
        text("feature", "name of the feature in config/phases.toml"),
        number("value", "faded votes, or the metric as the rules scale it", unit="see unit", nullable=True),
        text("unit", "what the value is counted in"),
        number("contribution_1", "to the score of phase 1", unit="nats"),
        number("contribution_2", "to the score of phase 2", unit="nats"),
        number("contribution_3", "to the score of phase 3", unit="nats"),
        number("contribution_4", "to the score of phase 4", unit="nats"),
        text("null_reason", "why the feature has no value", nullable=True),
        instant("known_at", "when its newest input became known", nullable=True),
    ),
)
