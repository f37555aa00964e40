"""Prices as they were quoted: splits undone that were not yet in effect, applied where they since were.

Here: bars as a screen of the as-of day showed them, closes of one listing, and a history of closes each as quoted on
its own day. Not here: returns, dividends, currencies.

A vendor adjusts the whole history for every later split. So a stored price of March carries the split of June, and to
know what was traded in March that split has to be undone. This is why every function here takes *all* stored actions,
also those that became known after the as-of instant: they are not used as knowledge, they take the vendor's hindsight
out again. A split known later that moves no stored price would be the vendor's error, not a leak of ours. Prices stored
as traded carry no hindsight; for them only splits known by the as-of instant count.

Which splits a stored price carries depends on when it was received: a reply of May knows nothing of a split of June. So
the day each payload was received bounds what is undone.

What can't be undone keeps its mark: prices that the vendor adjusted for distributions in kind stay `vendor_adjusted`,
drawn ones `simulated`.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from aicycle.contracts.core_corporate_actions import CORPORATE_ACTIONS
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.errors import ConfigError
from aicycle.model.instants import as_of_instant
from aicycle.model.kinds import PriceBasis
from transforms.point_in_time import known_by

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
AS_TRADED = [PriceBasis.AS_TRADED.value, PriceBasis.SIMULATED.value]
"""Bases whose prices carry no split."""
PRICES = ("open", "high", "low", "close")


CLOSES_SCHEMA = pl.Schema(
    {
        "session": pl.Date(),
        "close_quoted_usd": pl.Float64(),
        "price_basis": pl.String(),
        "known_at": pl.Datetime("us", "UTC"),
    }
)
RECEIVED_SCHEMA = pl.Schema({"payload_sha256": pl.String(), "received_on": pl.Date()})


def quoted_bars(
    bars: pl.DataFrame, actions: pl.DataFrame, *, as_of: datetime, received: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the bars known by `as_of` as a screen would have shown them then.

    A split is in effect when its ex-date lies on or before the as-of day (UTC) and it was known by `as_of`.

    Args:
        bars: all versions of `core.daily_bars`.
        actions: all versions of `core.corporate_actions`, also those known later (see the module's docstring).
        as_of: instant with a time zone.
        received: payload_sha256, received_on: when the payload a bar was read from was first received. A bar whose
            payload is not listed was received after all splits.

    Returns:
        symbol, session, open_quoted, high_quoted, low_quoted, close_quoted (currency per unit), volume_quoted (units),
        currency, price_basis, known_at; one row per symbol and session, sorted by them.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    instant = as_of_instant(as_of)
    splits = actions.filter((pl.col("kind") == "split") & pl.col("ratio").is_not_null())
    in_effect = known_by(splits, CORPORATE_ACTIONS.key, instant).filter(pl.col("ex_date") <= instant.date())
    stored = known_by(splits, CORPORATE_ACTIONS.key, END_OF_TIME)
    not_in_effect = stored.join(in_effect, on=CORPORATE_ACTIONS.key, how="anti")
    known = known_by(bars, DAILY_BARS.key, instant)
    return _requoted(
        known.with_columns(
            to_undo=_ratio_carried(known, not_in_effect, received),
            to_apply=_ratio_after(known, in_effect),
        )
    )


def closes_of(quoted: pl.DataFrame, symbol: str) -> pl.DataFrame:
    """Return the closes of one listing traded in US dollars.

    Args:
        quoted: result of `quoted_bars`.
        symbol: listing.

    Returns:
        session, close_quoted_usd (USD per unit), price_basis, known_at; sorted by session.

    Raises:
        ConfigError: the listing is not quoted in US dollars.
    """
    rows = quoted.filter(pl.col("symbol") == symbol)
    others = sorted(set(rows["currency"].to_list()) - {"USD"})
    if others:
        raise ConfigError(
            f"closes of {symbol} are in {', '.join(others)}",
            where=f"core.daily_bars, symbol {symbol}",
            expected="USD: target bands are stated in US dollars per unit",
            next_command="name a listing in USD as the primary one in config/universe.toml, or correct the source",
        )
    return rows.select("session", pl.col("close_quoted").alias("close_quoted_usd"), "price_basis", "known_at").sort(
        "session"
    )


def session_history(
    bars: pl.DataFrame, actions: pl.DataFrame, *, symbol: str, as_of: datetime, received: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the closes of one listing known by `as_of`, each as quoted on its own session.

    What a later split did to earlier quotes is left out: a level that was crossed then was crossed at that quote.

    Args:
        bars: all versions of `core.daily_bars`.
        actions: all versions of `core.corporate_actions`, also those known later.
        symbol: listing.
        as_of: instant with a time zone.
        received: as for `quoted_bars`.

    Returns:
        observed_on (session), known_at, value (currency per unit), price_basis; sorted by session.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    splits = actions.filter((pl.col("kind") == "split") & pl.col("ratio").is_not_null() & (pl.col("symbol") == symbol))
    stored = known_by(splits, CORPORATE_ACTIONS.key, END_OF_TIME)
    known = known_by(bars.filter(pl.col("symbol") == symbol), DAILY_BARS.key, as_of)
    own_day = _requoted(known.with_columns(to_undo=_ratio_carried(known, stored, received), to_apply=pl.lit(1.0)))
    return own_day.select(
        pl.col("session").alias("observed_on"), "known_at", pl.col("close_quoted").alias("value"), "price_basis"
    )


def _ratio_carried(bars: pl.DataFrame, splits: pl.DataFrame, received: pl.DataFrame | None) -> pl.Series:
    """Return, per bar in its order, the product of the ratios that its vendor had divided its price by."""
    after_session = _ratio_after(bars, splits)
    if received is None:
        return after_session
    days = bars.join(received, on="payload_sha256", how="left", maintain_order="left")
    reached = days.select("symbol", pl.col("received_on").fill_null(END_OF_TIME.date()).alias("session"))
    return after_session / _ratio_after(reached, splits)


def _ratio_after(bars: pl.DataFrame, splits: pl.DataFrame) -> pl.Series:
    """Return, per bar in its order, the product of the ratios of those `splits` that lie after its session."""
    steps = (
        splits.sort("symbol", "ex_date", descending=[False, True])
        .select("symbol", "ex_date", pl.col("ratio").cum_prod().over("symbol").alias("ratio_after"))
        .sort("ex_date")
    )
    return (
        bars.select("symbol", "session")
        .with_row_index("position")
        .sort("session")
        .join_asof(
            steps,
            left_on="session",
            right_on="ex_date",
            by="symbol",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,  # sorted above; with `by` polars can't see it
        )
        .sort("position")["ratio_after"]
        .fill_null(1.0)
    )


def _requoted(bars: pl.DataFrame) -> pl.DataFrame:
    is_as_traded = pl.col("price_basis").is_in(AS_TRADED)
    # Multiplied or divided by whole ratios, never by their reciprocals: a close that needs neither keeps its last bit.
    quotes = [
        pl.when(is_as_traded)
        .then(pl.col(name) / pl.col("to_apply"))
        .otherwise(pl.col(name) * pl.col("to_undo"))
        .alias(f"{name}_quoted")
        for name in PRICES
    ]
    volume = (
        pl.when(is_as_traded)
        .then(pl.col("volume") * pl.col("to_apply"))
        .otherwise(pl.col("volume") / pl.col("to_undo"))
    )
    return bars.select(
        "symbol", "session", *quotes, volume.alias("volume_quoted"), "currency", "price_basis", "known_at"
    ).sort("symbol", "session")
