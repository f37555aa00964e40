"""Contract of `marts.forecast_scores`: how our forecasts, and two that need no model, turned out."""

from aicycle.contracts.schema import TableContract, flag, instant, number, text
from aicycle.model.kinds import Origin

FORECAST_SCORES = TableContract(
    schema="marts",
    name="forecast_scores",
    grain="one forecast whose outcome is known, scored for one forecaster",
    time="outcome_known_at is when the outcome became known",
    key=("forecast_id", "forecaster"),
    columns=(
        text("forecast_id", "forecast"),
        text("forecaster", "whose probabilities", domain=("model", "climatology", "persistence")),
        text("company", "company"),
        text("question", "what was asked"),
        text("origin", "as in the forecast", domain=tuple(Origin)),
        text("happened", "the outcome that came true"),
        number("observed", "the value that decided it", unit="see question"),
        number("brier", "sum over outcomes of squared error; 0 is best", unit="squared fraction", nullable=True),
        number("log_score", "minus the log of what the outcome had; 0 is best", unit="nats", nullable=True),
        flag("is_covered", "of a band: the value lay inside", nullable=True),
        instant("outcome_known_at", "when the outcome became known"),
    ),
)
