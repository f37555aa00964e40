"""Holds: for how long a poisoned row keeps its subject from being spoken about.

Here: spans from the quarantine and from what is known to be good. Not here: which rows are poisoned (`expectations`),
whom a hold reaches (`transforms.lineage`).

A hold begins when the poisoned row claims to be known. It ends, in time of knowledge, with
- the next first print of the same subject and metric, where the table's contract says that a later observation speaks
  for the subject again (a close, a rate, a figure); a restatement of an older fact does not;
- else with a good row under the same key.
A good row under the same key that is known since the same instant leaves nothing to hold, whichever came first: sent
again unchanged it is a duplicate and stored once, so the order of loads can't tell a correction from an earlier print.
A row that claims to be known later than we met it says nothing about any time and holds nobody: a session in the
future, or one that is still open.
"""

from __future__ import annotations

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.ops_holds import HOLDS, SUBJECT
from aicycle.contracts.schema import POLARS, DType, TableContract

KEY_SEPARATOR = "\x1f"
"""Between the parts of a key: the unit separator, which no text of a source holds."""

OBSERVATIONS_SCHEMA = pl.Schema(
    {
        "table_name": pl.String(),
        "subject_kind": pl.String(),
        "subject_id": pl.String(),
        "metric": pl.String(),
        "key": pl.String(),
        "known_at": POLARS[DType.INSTANT],
        "source_known_at": POLARS[DType.INSTANT],
        "load_seq": pl.Int64(),
    }
)


WITHDRAWN_SCHEMA = pl.Schema({"quarantine_id": pl.String(), "withdrawn_at": POLARS[DType.INSTANT]})


def observations_of(frame: pl.DataFrame, contract: TableContract) -> pl.DataFrame:
    """Return the good rows of a table as observations of their subjects.

    Args:
        frame: versions of rows of the table.
        contract: the table's contract.

    Returns:
        table_name, subject_kind, subject_id, metric, key (text), known_at, source_known_at, load_seq; no rows for a
        table that speaks about no subject.
    """
    subject = contract.subject
    if subject is None:
        return OBSERVATIONS_SCHEMA.to_frame()
    return frame.select(
        table_name=pl.lit(contract.full_name),
        subject_kind=pl.lit(subject.kind),
        subject_id=pl.concat_str([pl.col(c).cast(pl.String) for c in subject.columns], separator="/"),
        metric=pl.col(subject.metric_column) if subject.metric_column else pl.lit(subject.metric),
        key=_joined([pl.col(c).cast(pl.String) for c in contract.key]),
        known_at="known_at",
        source_known_at="source_known_at",
        load_seq="load_seq",
    ).match_to_schema(OBSERVATIONS_SCHEMA)


def holds_from(
    quarantine: pl.DataFrame, observations: pl.DataFrame, withdrawn: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the holds that follow from what was stopped and what was let in.

    Args:
        quarantine: rows of `ops.quarantine`; those without a subject or a time of knowledge hold nobody. A row without
            a table (prices that did not come) is lifted by the subject's next observation.
        observations: `observations_of` the tables, together.
        withdrawn: quarantine_id, withdrawn_at: when the source stopped claiming a row.

    Returns:
        `ops.holds` in its contract's schema, sorted by its key; where rows hold one subject and metric since the same
        instant, the longest hold.
    """
    poisoned = _poisoned(quarantine)
    spans = (
        poisoned.join(_corrections(poisoned, observations), on="quarantine_id", how="left")
        .join(_next_first_prints(poisoned, observations), on="quarantine_id", how="left")
        .join(WITHDRAWN_SCHEMA.to_frame() if withdrawn is None else withdrawn, on="quarantine_id", how="left")
        .with_columns(until=pl.min_horizontal("corrected_at", "lifted_at", "withdrawn_at"))
        .filter(pl.col("until").is_null() | (pl.col("until") > pl.col("since")))
    )
    return (
        spans.sort("until", "load_seq", "quarantine_id", descending=[True, False, False], nulls_last=False)
        .unique(subset=HOLDS.key, keep="first", maintain_order=True)
        .select(HOLDS.column_names)
        .match_to_schema(HOLDS.polars_schema())
        .sort(HOLDS.key)
    )


def stopped_key() -> pl.Expr:
    """Return the key of a row of `ops.quarantine` as `observations_of` writes it; null where it could not be read."""
    return pl.coalesce(
        pl.lit(None, pl.String),
        *(
            pl.when(pl.col("table_name") == name).then(
                _joined([pl.col("row_key").str.json_path_match(f"$[{i}]") for i in range(len(contract.key))])
            )
            for name, contract in CONTRACTS.items()
            if contract.subject
        ),
    )


def _poisoned(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that hold somebody: subject, since, key, cause, whether a later observation lifts."""
    stays = [
        name for name, contract in CONTRACTS.items() if contract.subject and not contract.subject.next_observation_lifts
    ]
    return (
        quarantine.drop_nulls([*SUBJECT, "known_at"])
        .filter(pl.col("known_at") <= pl.col("quarantined_at"))
        .unique(subset="quarantine_id", keep="any")
        .select(
            "quarantine_id",
            "table_name",
            *SUBJECT,
            "load_seq",
            since="known_at",
            key=stopped_key(),
            cause=pl.format("{}: {}", "name", "reason"),
            is_lifted_by_next=pl.col("table_name").is_null() | ~pl.col("table_name").is_in(stays),
        )
    )


def _corrections(poisoned: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Return, per poisoned row, when the first good row under its key becomes known that is known no earlier.

    Under its key alone: a correction may say that the row is about somebody else.
    """
    good = observations.select("table_name", "key", corrected_at="known_at")
    return (
        poisoned.drop_nulls("key")
        .join(good, on=["table_name", "key"])
        .filter(pl.col("corrected_at") >= pl.col("since"))
        .group_by("quarantine_id")
        .agg(pl.col("corrected_at").min())
    )


def _next_first_prints(poisoned: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Return, per poisoned row that a later observation lifts, when the next one becomes known."""
    first_prints = observations.filter(pl.col("known_at") == pl.col("source_known_at")).join(
        poisoned.select(SUBJECT).unique(), on=SUBJECT, how="semi"
    )
    return (
        poisoned.filter("is_lifted_by_next")
        .sort("since")
        .join_asof(
            first_prints.select(*SUBJECT, lifted_at="known_at").sort("lifted_at"),
            left_on="since",
            right_on="lifted_at",
            by=list(SUBJECT),
            strategy="forward",
            allow_exact_matches=False,
            coalesce=False,
            check_sortedness=False,  # sorted just here; with `by` polars can't see it
        )
        .select("quarantine_id", "lifted_at")
    )


def _joined(parts: list[pl.Expr]) -> pl.Expr:
    return pl.concat_str(parts, separator=KEY_SEPARATOR)
