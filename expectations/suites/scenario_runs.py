"""What scenario runs need beyond their contract: a manifest, a dated price, and nothing known after its as-of."""

from expectations.checks import Condition, at_least, digest, given_when, in_range, rows_present, within

DIGESTS = ("run_id", "facts_digest", "parameters_digest", "gate_digest", "digest")

ADDITIONS = (
    rows_present(),
    *(digest(name) for name in DIGESTS),
    at_least("as_of", "facts_as_of"),
    at_least("facts_as_of", "evidence_newest_known_at"),
    in_range("price_usd", above=0),
    *(
        given_when(
            name, Condition("price_usd"), name="given_with_price", reason="a price of {price_usd} without " + name
        )
        for name in ("price_session", "price_basis")
    ),
    within("market_state.or_market_state_null_reason", ("market_state",), reason="neither a state nor a reason"),
    within("is_stale.agrees_with.held_because", ("is_stale",), reason="stale without a cause"),
)
