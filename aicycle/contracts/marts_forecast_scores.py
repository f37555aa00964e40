"""Contract of `marts.forecast_scores`: how our forecasts, and two that need no model, turned out."""

from aicycle.contracts.schema import TableContract, flag, instant, number, text
from aicycle.model.kinds import Forecaster, Origin, Question

FORECAST_SCORES = TableContract(
    schema="marts",
    name="forecast_scores",
    grain="one forecast whose outcome is known, scored for one forecaster",
    time="outcome_known_at is when the outcome became known: by the first print, whatever it was restated to later",
    key=("forecast_id", "forecaster"),
    columns=(
        text("forecast_id", "forecast"),
        text("forecaster", "whose probabilities", domain=tuple(Forecaster)),
        text("company", "company"),
        text("question", "what was asked", domain=tuple(Question)),
        text("origin", "as in the forecast", domain=tuple(Origin)),
        text("happened", "the outcome that came true"),
        number("observed", "the value that decided it, as first printed", unit="see question"),
        number("brier", "sum over outcomes of squared error; 0 is best", unit="squared fraction"),
        number("log_score", "minus the log of what the outcome had; 0 is best", unit="nats"),
        flag("is_covered", "of our band: the value lay inside; empty for other questions", nullable=True),
        instant("outcome_known_at", "when the outcome became known"),
    ),
)
