"""An amount beside the same amount in another currency, in its own row or in a second one.

Here: both against the day's rate. Not here: all else that stands around an amount (`announcements`).
"""

from __future__ import annotations

import math

import polars as pl

from transforms.gate.context import GateContext
from transforms.gate.measures.exchange import rate_between
from transforms.gate.measures.saying import Row, amount, numbers

TWIN, TWIN_ROUNDED = CHECKS = ("amount.twin", "amount.twin_rounding")


def named(row: Row) -> str:
    """Return a row by kind, company and id."""
    return f"{row['kind']} of {row['company']}, {row['item_id']}"


def measure_twins(
    new: pl.DataFrame, stated: pl.DataFrame, own: pl.DataFrame, context: GateContext
) -> list[pl.DataFrame]:
    """Compare an amount with the same amount in another currency at the day's rate, in its own row or in a second.

    Args:
        new: rows that are judged, with known_on and top, the upper amount.
        stated: those of a source's own.
        own: all of a source's own that are known, with usd, the upper amount in dollars.
        context: exchange rates that are believed, and limits.
    """
    rules = context.rules.statements.announcements
    both = new.filter(
        (pl.col("top") > 0)
        & (pl.col("twin_amount") > 0)
        & pl.col("currency").is_not_null()
        & pl.col("twin_currency").is_not_null()
    )
    factors, implied = [], []
    for row in both.iter_rows(named=True):
        rate = rate_between(context, row["currency"], row["twin_currency"], row["known_on"])
        ends = [end * rate for end in (row["amount_low"], row["amount_high"]) if end and rate]
        offs = [abs(math.log(end / row["twin_amount"])) for end in ends]
        factors.append(math.exp(min(offs)) if offs else None)
        implied.append(ends[-1] if ends else None)
    judged = both.with_columns(
        factor=pl.Series(factors, dtype=pl.Float64), implied=pl.Series(implied, dtype=pl.Float64)
    ).filter(pl.col("factor").is_not_null())

    def said(row: Row) -> str:
        return (
            f"{named(row)}: {amount(row['top'], row['currency'])} are {amount(row['implied'], row['twin_currency'])} "
            f"at the day's rate, and {amount(row['twin_amount'])} are given"
        )

    wide, narrow = rules.twin_unit_factor.value, 1 + rules.twin_rounding_frac.value
    rounded = judged.filter(pl.col("factor") <= wide)
    return [
        _worst(
            numbers(TWIN, judged, value=pl.col("factor"), limit=pl.lit(wide), said=said),
            _twin_rows(stated, own, wide),
        ),
        numbers(TWIN_ROUNDED, rounded, value=pl.col("factor"), limit=pl.lit(narrow), said=said),
    ]


def _twin_rows(new: pl.DataFrame, together: pl.DataFrame, wide: float) -> pl.DataFrame:
    """Compare two rows of one announcement that say the same, word for word, in two currencies."""
    same = ["announcement_id", "company", "kind", "wording", "purpose", "horizon_start", "horizon_end"]
    told = together.filter((pl.col("usd") > 0) & pl.col("wording").is_not_null())
    pairs = (
        new.filter(pl.col("usd") > 0)
        .join(told.select("item_id", "currency", "usd", "top", *same), on=same, suffix="_other", nulls_equal=True)
        .filter(pl.col("currency") != pl.col("currency_other"))
        .with_columns(factor=(pl.col("usd") / pl.col("usd_other")).log().abs().exp())
        .sort("factor", "item_id_other", descending=[True, False])
        .unique("row_id", keep="first", maintain_order=True)
    )
    return numbers(
        TWIN,
        pairs,
        value=pl.col("factor"),
        limit=pl.lit(wide),
        said=lambda row: (
            f"{named(row)}: {amount(row['top'], row['currency'])}, and {row['item_id_other']} says the same of "
            f"{amount(row['top_other'], row['currency_other'])}, which is another amount at the day's rate"
        ),
    )


def _worst(*measured: pl.DataFrame) -> pl.DataFrame:
    """Return one number for each row: the one that is furthest beyond its limit."""
    every = pl.concat(measured).sort(pl.col("value") / pl.col("limit"), descending=True, maintain_order=True)
    return every.unique(["row_id", "check_name"], keep="first", maintain_order=True)
