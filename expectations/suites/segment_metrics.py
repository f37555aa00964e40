"""What segment metrics need beyond their contract: shares are shares, counts are counts, nothing is unexplained."""

from dataclasses import replace

from expectations.checks import Check, Condition, in_range, within

FROM_NOTHING_TO_ALL = (
    "group_revenue_share_frac",
    "tracked_cloud_revenue_coverage_frac",
    "tracked_cloud_revenue_hhi_index",
)
NOT_BELOW_NOTHING = ("events_4q_count", "plan_elapsed_frac")


def _of_metric(metric: str, check: Check) -> Check:
    return replace(check, name=f"{check.name}.{metric}", condition=Condition("metric", metric))


ADDITIONS = (
    *(_of_metric(metric, in_range("value", minimum=0, maximum=1)) for metric in FROM_NOTHING_TO_ALL),
    *(_of_metric(metric, in_range("value", minimum=0)) for metric in NOT_BELOW_NOTHING),
    within("value.or_null_reason", ("value", "null_reason"), reason="neither a value nor a reason"),
    within("is_stale.agrees_with.held_because", ("is_stale",), reason="stale without a cause"),
)
