"""What phase features need beyond their contract: an assessment they belong to, and no value unexplained."""

from expectations.checks import digest, within

ADDITIONS = (
    digest("run_id"),
    within("segment.in.marts.phase_assessments", ("segment",), reason="of no assessment"),
    within("value.or_null_reason", ("value", "null_reason"), reason="neither a value nor a reason"),
)
