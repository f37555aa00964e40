"""Measures of corporate actions: does a split fit the bars on both sides, a dividend the close, a day the calendar?

Here: the checks' numbers and sentences. Not here: what an action does to prices (`transforms.prices`).

Bars whose vendor had divided the split out already are continuous whatever its ratio: they can't speak against it. Bars
that were received before it, or stand as traded, must jump by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from transforms.gate.bar_tracks import ACTIONS, BARS, COMMON_CURRENCY, RATE_DAYS, RATES, listings_frame
from transforms.gate.context import GateContext
from transforms.gate.measures.lines import framed, lines
from transforms.gate.measures.schema import MEASURED_SCHEMA
from transforms.gate.sessions import is_covered, is_scheduled
from transforms.gate.tracks import Floats
from transforms.prices import AS_TRADED, ratio_after, splits_known_by

SCHEDULED, OTHER_DATE = "ex_date.scheduled", "key.other_date"
SPLIT_FITS, SPLIT_POSSIBLE, SPLIT_USUAL = "ratio.fits_bars", "ratio.possible", "ratio.usual"
DIVIDEND, DIVIDEND_HABIT = "amount.of_close", "amount.habit"
ACTION_CHECKS = (SCHEDULED, OTHER_DATE, SPLIT_FITS, SPLIT_POSSIBLE, SPLIT_USUAL, DIVIDEND, DIVIDEND_HABIT)

HALF = 0.5
MOST_PARTS = 10
"""Splits are `7 for 1`, `3 for 2`: beyond whole numbers no part is greater."""
WHOLE = 1e-6
KEY = ["symbol", "ex_date", "kind"]


def measure_actions(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    """Return what is measured of corporate actions.

    Args:
        rows: staged rows of `core.corporate_actions` that passed their own checks, `row_id` unique.
        context: what is believed of bars, actions and rates; the universe; the limits.

    Returns:
        `MEASURED_SCHEMA`, checks `ACTION_CHECKS`.
    """
    rules = context.rules.prices.actions
    claims = rows.join(listings_frame(context.universe), on="symbol", how="inner").sort("row_id")
    if claims.is_empty():
        return MEASURED_SCHEMA.to_frame()
    told = claims.to_dicts()
    ids = claims["row_id"].to_numpy()
    gaps = _split_gaps(claims, context)
    shares = _dividend_shares(claims, context)
    habits = _habits(claims, context)
    twins, twin_dates = _same_elsewhere(claims, context, days=rules.same_action_days.value)
    return framed(
        [
            lines(SCHEDULED, ids, _off_calendar(claims), HALF, lambda i: (
                f"ex_date {told[i]['ex_date']} is no session of {told[i]['symbol']}'s exchange by "
                f"{told[i]['calendar']}")),
            lines(OTHER_DATE, ids, twins, HALF, lambda i: (
                f"{_named(told[i])} on {told[i]['ex_date']} stands on {twin_dates[i]} as well: one action, two dates")),
            lines(SPLIT_FITS, ids, gaps, rules.split_gap_limit_log.value, lambda i: (
                f"a split of {told[i]['ratio']:g} on {told[i]['ex_date']}, but {told[i]['symbol']}'s closes around "
                f"it differ by a factor of {np.exp(gaps[i]):.3g} more or less than that")),
            lines(SPLIT_POSSIBLE, ids, _impossible(claims, rules.most_split_ratio.value), HALF, lambda i: (
                f"a split of {told[i]['ratio']:g}: {_why_not(told[i]['ratio'], rules.most_split_ratio.value)}")),
            lines(SPLIT_USUAL, ids, _oddly_split(claims), HALF, lambda i: (
                f"a split of {told[i]['ratio']:g}: nobody splits by such a number")),
            lines(DIVIDEND, ids, shares, rules.dividend_limit_frac.value, lambda i: (
                f"a dividend of {told[i]['amount']:g} {told[i]['currency']} is {shares[i]:.0%} of the close before it: "
                f"another currency, or for many units?")),
            lines(DIVIDEND_HABIT, ids, habits, rules.dividend_habit_log.value, lambda i: (
                f"a dividend of {told[i]['amount']:g} {told[i]['currency']} is {np.exp(habits[i]):.1f} times "
                f"more or less than {told[i]['symbol']} usually pays")),
        ]
    )  # fmt: skip


def _named(row: dict[str, Any]) -> str:
    size = row["ratio"] if row["ratio"] is not None else row["amount"]
    return f"{row['kind']} of {size:g}" if size is not None else str(row["kind"])


def _off_calendar(claims: pl.DataFrame) -> Floats:
    found = np.full(claims.height, np.nan)
    days, codes = claims["ex_date"].to_numpy(), claims["calendar"].to_numpy()
    for code in sorted(set(codes) - {""}):
        mine = np.flatnonzero(codes == code)
        mine = mine[is_covered(code, days[mine])]
        found[mine] = ~is_scheduled(code, days[mine])
    return found


def _same_elsewhere(claims: pl.DataFrame, context: GateContext, *, days: float) -> tuple[Floats, Sequence[date | None]]:
    """Return which claims stand under another date near by, and under which.

    Of two that are claimed together nobody can say which date is right: both wait.
    """
    size = ["symbol", "kind", "ratio", "amount", "currency"]
    every = pl.concat([context.rows(ACTIONS).select(*size, "ex_date"), claims.select(*size, "ex_date")])
    beside = claims.join(every.rename({"ex_date": "other_date"}), on=size, how="left", nulls_equal=True)
    apart = (pl.col("other_date") - pl.col("ex_date")).dt.total_days().abs()
    near = (
        beside.filter((apart > 0) & (apart <= days))
        .group_by("row_id")
        .agg(pl.col("other_date").min(), found=pl.lit(1.0))
    )
    joined = claims.select("row_id").join(near, on="row_id", how="left", maintain_order="left")
    return joined["found"].fill_null(0.0).to_numpy(), joined["other_date"].to_list()


def _split_gaps(claims: pl.DataFrame, context: GateContext) -> Floats:
    """Return how far the closes on both sides are from what each split says, as a logarithm; NaN: no such closes."""
    symbols = claims.filter(pl.col("kind") == "split")["symbol"].unique()
    bars = context.rows(BARS).filter(pl.col("symbol").is_in(symbols.to_list()))
    if bars.is_empty():
        return np.full(claims.height, np.nan)
    bars = bars.join(context.received, on="payload_sha256", how="left").select(
        "symbol",
        "session",
        "close",
        reached=pl.when(pl.col("price_basis").is_in(AS_TRADED))
        .then("session")
        .otherwise(pl.max_horizontal("session", pl.col("received_on").fill_null(date.max))),
    )
    others = splits_known_by(context.rows(ACTIONS)).join(claims, on=KEY, how="anti")
    carried = ratio_after(bars.select("symbol", session="reached"), others)
    bars = bars.with_columns(level=(bars["close"] / carried).log()).sort("session")
    splits = claims.with_row_index("place").filter(pl.col("kind") == "split").sort("ex_date")
    around = (
        splits.select("place", "symbol", "ex_date", "ratio")
        .join_asof(
            bars.select("symbol", "session", before="level", reached="reached"),
            left_on="ex_date", right_on="session", by="symbol", strategy="backward", allow_exact_matches=False,
            coalesce=False, tolerance=RATE_DAYS, check_sortedness=False,
        )
        .drop("session")
        .join_asof(
            bars.select("symbol", "session", after="level"),
            left_on="ex_date", right_on="session", by="symbol", strategy="forward", tolerance=RATE_DAYS,
            check_sortedness=False,
        )
    )  # fmt: skip
    is_carried = pl.col("reached") >= pl.col("ex_date")
    expected = pl.when(is_carried).then(0.0).otherwise(-pl.col("ratio").log())
    gaps = around.select("place", gap=(pl.col("after") - pl.col("before") - expected).abs())
    found = np.full(claims.height, np.nan)
    found[gaps["place"].to_numpy()] = gaps["gap"].fill_null(float("nan")).to_numpy()
    return found


def _impossible(claims: pl.DataFrame, most: float) -> Floats:
    """Return 1 where a ratio can be none, 0 where it can, NaN where there is none."""
    return np.array(
        [np.nan if ratio is None else float(bool(_why_not(ratio, most))) for ratio in claims["ratio"]], dtype=np.float64
    )


def _why_not(ratio: float, most: float) -> str:
    """Return why no split has such a ratio; empty where one may."""
    if abs(ratio - 1) < WHOLE:
        return "one share for one is no split"
    greater = max(ratio, 1 / ratio)
    if greater > most * (1 + WHOLE):
        return f"none goes beyond {most:g}, a digit too many?"
    if ratio < 1 and abs(greater - round(greater)) > WHOLE * greater:
        return f"shares are put together by whole numbers, and this is {greater:.4g}: a digit missing?"
    return ""


def _oddly_split(claims: pl.DataFrame) -> Floats:
    return np.array([_is_odd(ratio) for ratio in claims["ratio"]], dtype=np.float64)


def _is_odd(ratio: float | None) -> float:
    if ratio is None:
        return np.nan
    greater = max(ratio, 1 / ratio)
    simple = Fraction(greater).limit_denominator(MOST_PARTS)
    is_simple = abs(greater - simple) < WHOLE * greater and ratio != 1
    return 0.0 if is_simple else 1.0


def _dividend_shares(claims: pl.DataFrame, context: GateContext) -> Floats:
    """Return each cash dividend as a share of the newest close before it, in one currency; NaN: not known."""
    rates = context.rows(RATES).filter(pl.col("pair").str.starts_with(COMMON_CURRENCY)).sort("session")
    per_usd = rates.select("session", currency=pl.col("pair").str.slice(3), rate="rate")
    closes = context.rows(BARS).select("symbol", "session", "close", close_currency="currency").sort("session")
    frame = claims.with_row_index("place").select("place", "symbol", "ex_date", "amount", "currency").sort("ex_date")
    joined = frame.join_asof(
        closes, left_on="ex_date", right_on="session", by="symbol", strategy="backward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    for currency, name in (("currency", "paid_rate"), ("close_currency", "close_rate")):
        joined = joined.join_asof(
            per_usd.rename({"currency": currency, "rate": name, "session": f"{name}_on"}),
            left_on="ex_date", right_on=f"{name}_on", by=currency, strategy="backward", tolerance=RATE_DAYS,
            check_sortedness=False,
        ).with_columns(pl.when(pl.col(currency) == COMMON_CURRENCY).then(1.0).otherwise(name).alias(name))  # fmt: skip
    same = pl.col("currency") == pl.col("close_currency")
    into = pl.when(same).then(1.0).otherwise(pl.col("close_rate") / pl.col("paid_rate"))
    share = joined.select("place", share=pl.col("amount") * into / pl.col("close")).sort("place")
    return share["share"].fill_null(float("nan")).to_numpy()


def _habits(claims: pl.DataFrame, context: GateContext) -> Floats:
    """Return how far each cash dividend is from the median of those the listing paid before, as a logarithm."""
    paid = context.rows(ACTIONS).filter(pl.col("amount").is_not_null())
    before = claims.join(
        paid.select("symbol", "currency", paid_on="ex_date", paid="amount"), on=["symbol", "currency"], how="inner"
    ).filter(pl.col("paid_on") < pl.col("ex_date"))
    usual = before.group_by("row_id").agg(usual=pl.col("paid").median())
    joined = claims.join(usual, on="row_id", how="left", maintain_order="left")
    return (
        joined.select((pl.col("amount") / pl.col("usual")).log().abs().fill_null(float("nan"))).to_series().to_numpy()
    )
