"""As-of reads: what was known by an instant, one version per key.

Here: the one rule by which versions are chosen, for every append-only table. Not here: which tables there are
(`transforms.facts`), or when a fact could first be known (`transforms.staging`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from aicycle.contracts.schema import VERSION_ORDER
from aicycle.model.instants import as_of_instant


def known_by(
    frame: pl.DataFrame, key: tuple[str, ...], as_of: datetime, *, order: tuple[str, ...] = VERSION_ORDER
) -> pl.DataFrame:
    """Return what was known by `as_of`: per key the newest version, sorted by key.

    Args:
        frame: versions of rows, with `known_at` (instant, UTC) and as many columns of `VERSION_ORDER` as there are.
        key: columns that name a fact.
        as_of: instant up to which, inclusive, facts count.
        order: the table's `version_order`; columns the frame lacks do not count.

    Returns:
        Rows of `frame` in its schema, at most one per key.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    return newest_versions(frame.filter(pl.col("known_at") <= as_of_instant(as_of)), key, order)


def newest_versions(frame: pl.DataFrame, key: tuple[str, ...], order: tuple[str, ...] = VERSION_ORDER) -> pl.DataFrame:
    """Return the newest version of every key, whenever it became known, sorted by key.

    For what is judged now, not for an answer about a day: that asks `known_by`.

    Args:
        frame: versions of rows.
        key: columns that name a fact.
        order: the table's `version_order`; columns the frame lacks do not count.
    """
    by = [name for name in order if name in frame.columns]
    return one_per_key(frame, key, by, descending=[True] * len(by)).sort(key)


def one_per_key(
    frame: pl.DataFrame, key: Sequence[str], order: Sequence[str], *, descending: Sequence[bool]
) -> pl.DataFrame:
    """Return the first row of every key when sorted by `order`; the result's own order is not defined.

    Args:
        frame: any rows.
        key: columns that name what there shall be one of.
        order: columns to sort by; together with the key they should leave no ties but equal rows.
        descending: per column of `order`, whether the greatest comes first.
    """
    # Most keys have one row: only the contested ones are worth sorting.
    is_contested = frame.select(key).is_duplicated()
    if not is_contested.any():
        return frame
    settled = (
        frame.filter(is_contested)
        .sort(order, descending=list(descending))
        .unique(subset=list(key), keep="first", maintain_order=True)
    )
    return pl.concat([frame.filter(~is_contested), settled])
