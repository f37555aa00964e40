"""The error budget of a batch: how many bad rows are bad rows, and how many a bad batch.

Here: the decision, and the verdict in which the rest of the batch waits. Not here: the numbers (`config/gate/`), what
becomes of waiting rows (`transforms.gate.split`).
"""

from __future__ import annotations

import polars as pl

from aicycle.model.kinds import Severity
from aicycle.model.parameters.gate import BatchRules

WITHIN_BUDGET = "batch.within_budget"
"""The check's name in `ops.audits` and `ops.quarantine`."""


def spent(rows: int, stopped: int, rules: BatchRules) -> str:
    """Return why a batch must wait whole, or nothing while its error budget lasts.

    Args:
        rows: of the batch, repeats taken out.
        stopped: of these, by blocking checks.
        rules: the budget.
    """
    if stopped > rules.budget_rows.value:
        return f"{stopped} of {rows} rows failed, more than {rules.budget_rows.value:g}"
    share = stopped / rows if rows else 0.0
    if stopped >= rules.budget_share_from_rows.value and share > rules.budget_share_frac.value:
        return f"{stopped} of {rows} rows failed, more than {rules.budget_share_frac.value:.0%}"
    return ""


def with_budget(
    frame: pl.DataFrame, failures: pl.DataFrame, checks: pl.DataFrame, rules: BatchRules
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return failures and checks of an audit in which the budget has had its say.

    Args:
        frame: the batch, with row_id.
        failures: row_id, check_name, severity, reason.
        checks: the columns of `ops.audits` but `load_seq`, at least one row.
        rules: the budget.

    Returns:
        Both, with one check more. Where the budget is spent, every row that passed fails that check.
    """
    stopped = failures.filter(pl.col("severity") == Severity.BLOCKING)["row_id"].unique()
    why = spent(frame.height, stopped.len(), rules)
    waiting = frame.filter(~pl.col("row_id").is_in(stopped.implode())) if why else frame.clear()
    record = checks.head(1).with_columns(
        check_name=pl.lit(WITHIN_BUDGET),
        severity=pl.lit(Severity.BLOCKING.value),
        # Where every row failed by itself, nobody is left to wait.
        is_passed=pl.lit(waiting.is_empty()),
        is_broken=pl.lit(value=False),
        rows_failed=pl.lit(waiting.height, pl.Int64),
        rows_evaluated=pl.lit(frame.height, pl.Int64),
    )
    held_back = waiting.select(
        "row_id",
        check_name=pl.lit(WITHIN_BUDGET),
        severity=pl.lit(Severity.BLOCKING.value),
        reason=pl.lit(f"waits with its batch: {why}"),
    ).match_to_schema(failures.schema)
    return pl.concat([failures, held_back]).sort("row_id", maintain_order=True), pl.concat([checks, record])
