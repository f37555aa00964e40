"""What forecasts need beyond their contract: whoever forecasts, all outcomes together are certain."""

from expectations.checks import at_least, digest, within

FORECASTERS = ("probability", "climatology", "persistence")

ADDITIONS = (
    *(digest(name) for name in ("forecast_id", "parameters_digest")),
    at_least("high", "low"),
    *(
        within(f"{name}.sums_to_one", (name,), reason="the outcomes' probabilities do not sum to one")
        for name in FORECASTERS
    ),
)
