"""Which stored facts an answer can depend on, by the declared lineage.

Here: the lineage climbed from an output to rows of core tables. Not here: the lineage (`aicycle.contracts.lineage`),
how it spreads downwards (`transforms.lineage`), what an answer makes of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.contracts.schema import TableContract
from aicycle.model.parameters import ScenarioSet, Universe
from transforms.lineage import ANY_SEGMENT, needed_subjects


def facts_needed(
    tables: Mapping[str, pl.DataFrame],
    universe: Universe,
    scenario_sets: Sequence[ScenarioSet],
    *,
    output: str,
    company: str,
    segment: str | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the rows that speak about subjects an output needs.

    Args:
        tables: frames of core tables by full name; those the lineage does not name are left out.
        universe: companies, listings, segments.
        scenario_sets: those with a projection need what it reads.
        output: full table name, e.g. `marts.scenario_runs`.
        company: whose answer.
        segment: of the company, where the output has one row each; None: all of the company's.

    Returns:
        The same frames, filtered, in the given order; without those of which nothing is needed.
    """
    needed = needed_subjects(universe, scenario_sets).filter(
        (pl.col("output") == output) & (pl.col("company") == company)
    )
    if segment is not None:
        needed = needed.filter(pl.col("segment").is_null() | (pl.col("segment") == segment))
    found = {}
    for table in needed["table"].unique().sort():
        if table in tables:
            subjects = needed.filter(pl.col("table") == table).select("subject_kind", "subject_id", "metric").unique()
            found[table] = _about(tables[table], CONTRACTS[table], subjects)
    return found


def _about(frame: pl.DataFrame, contract: TableContract, subjects: pl.DataFrame) -> pl.DataFrame:
    subject = contract.subject
    if subject is None:
        return frame.clear()
    parts = [pl.col(name).cast(pl.String) for name in subject.columns]
    metric = pl.col(subject.metric_column) if subject.metric_column else pl.lit(subject.metric)
    exact = pl.concat_str(parts, separator="/")
    any_segment = pl.concat_str([*parts[:-1], pl.lit(ANY_SEGMENT)], separator="/") if len(parts) > 1 else exact
    named = frame.with_row_index("position").select(
        "position", metric=metric, exact=exact, any_segment=any_segment, subject_kind=pl.lit(subject.kind)
    )
    hits = [
        named.join(
            subjects, left_on=["subject_kind", alias, "metric"], right_on=["subject_kind", "subject_id", "metric"]
        )
        for alias in ("exact", "any_segment")
    ]
    positions = pl.concat([hit.select("position") for hit in hits])["position"].unique().sort()
    return frame[positions.to_list()] if len(positions) else frame.clear()
