"""What phase assessments need beyond their contract: whole probabilities, a manifest, an instant before their own."""

from expectations.checks import at_least, digest, within

ADDITIONS = (
    *(digest(name) for name in ("run_id", "facts_digest", "parameters_digest", "gate_digest")),
    at_least("as_of", "facts_as_of"),
    within("probabilities.sum_to_one", ("phase",), reason="probabilities do not sum to one"),
    within("is_abstained.agrees_with.phase", ("is_abstained", "phase"), reason="abstained, and yet a phase"),
    within("is_stale.agrees_with.held_because", ("is_stale",), reason="stale without a cause"),
)
