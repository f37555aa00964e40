"""Contract of `marts.forecasts`: what we said would happen, stored before it could be known."""

from aicycle.contracts.schema import TableContract, day, instant, number, text
from aicycle.model.kinds import Basis, Origin, Question, Status

FORECASTS = TableContract(
    schema="marts",
    name="forecasts",
    grain="one possible outcome of one forecast; its outcomes' probabilities sum to one",
    time="as_of is when it was made; due_on is the day by which its outcome is looked for. Never changed once stored",
    key=("forecast_id", "outcome"),
    columns=(
        text("forecast_id", "digest of question, company, subject, quarter, rules_version and origin: one a quarter"),
        text("company", "company"),
        text("question", "what is asked; see config/forecasts.toml", domain=tuple(Question)),
        text("subject", "segment or listing it is about"),
        text("quarter", "calendar quarter (UTC) its as-of lies in, e.g. 2025Q4", pattern=r"\d{4}Q[1-4]"),
        text("outcome", "a possible answer"),
        day(
            "period_end", "of a figure: month end nearest to the end of the quarter that is asked about", nullable=True
        ),
        number("threshold", "level the question is about", unit="see question", nullable=True),
        number("low", "lower end of a band, inside it", unit="USD per unit of the as-of day", nullable=True),
        number("high", "upper end of a band, inside it", unit="USD per unit of the as-of day", nullable=True),
        number("probability", "what we say", unit="fraction", minimum=0, maximum=1),
        number("climatology", "what the past frequency says", unit="fraction", minimum=0, maximum=1),
        number("persistence", "what `as it is now` says", unit="fraction", minimum=0, maximum=1),
        instant("as_of", "facts known up to here were used"),
        day("due_on", "day of the close that is asked about; of a figure: looked for up to this day"),
        text("origin", "live: stored before the outcome could be known", domain=tuple(Origin)),
        text("basis", "live or hindsight: whether its definitions were known on its day", domain=tuple(Basis)),
        text("status", "weakest status among the inputs", domain=tuple(Status)),
        text("rules_version", "version of config/forecasts.toml"),
        text("code_version", "manifest: version of aicycle and digest of the model's source"),
        text("parameters_digest", "manifest: digest of config/"),
        instant("created_at", "when it was stored", volatile=True),
    ),
)
