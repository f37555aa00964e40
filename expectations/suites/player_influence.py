"""What the influence of players needs beyond its contract: shares of one whole."""

from expectations.checks import in_range, within

ADDITIONS = (
    in_range("share_frac", minimum=0, maximum=1),
    within("share_frac.or_null_reason", ("share_frac", "null_reason"), reason="neither a share nor a reason"),
    within("share_frac.sums_to_one", ("share_frac",), reason="shares do not sum to one"),
    within("is_stale.agrees_with.held_because", ("is_stale",), reason="stale without a cause"),
)
