"""Prices as they were quoted: splits undone that were not yet in effect, applied where they since were.

Here: bars as a screen of the as-of day showed them, closes of one listing, a history of closes each as quoted on its
own day, and the newest close of each of many as-of days. Not here: returns, dividends, currencies.

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

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby

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
NEWEST_SCHEMA = pl.Schema(
    {
        "as_of": pl.Datetime("us", "UTC"),
        "session": pl.Date(),
        "close_quoted": pl.Float64(),
        "currency": pl.String(),
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
    return _quoted_on(known_by(bars, DAILY_BARS.key, instant), actions, instant, received)


def newest_quotes(
    bars: pl.DataFrame,
    actions: pl.DataFrame,
    *,
    symbol: str,
    instants: Iterable[datetime],
    received: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return, for each of many instants, the newest close known by then as a screen would have shown it then.

    The same as the last row of `quoted_bars` at each of them, but quoted anew only where a split came between.

    Args:
        bars: all versions of `core.daily_bars`.
        actions: all versions of `core.corporate_actions`, also those known later.
        symbol: listing.
        instants: with a time zone, in any order.
        received: as for `quoted_bars`.

    Returns:
        as_of, session, close_quoted (currency per unit), currency, price_basis, known_at; sorted by as_of. An instant
        by which no bar was known has no row.

    Raises:
        ValueError: an instant has no time zone.
    """
    ordered = sorted({as_of_instant(instant) for instant in instants})
    newest = _newest_known(bars.filter(pl.col("symbol") == symbol), ordered)
    parts = [NEWEST_SCHEMA.to_frame()]
    for span in spans_between_splits(actions, symbol=symbol, instants=ordered):
        rows = newest.filter(pl.col("as_of").is_in(span))
        quoted = _quoted_on(rows.drop("as_of").unique(["session", "known_at"]), actions, span[0], received)
        parts.append(
            rows.select("as_of", "session", "known_at")
            .join(quoted, on=["session", "known_at"], how="left")
            .select(NEWEST_SCHEMA.names())
        )
    return pl.concat(parts).sort("as_of")


def spans_between_splits(
    actions: pl.DataFrame, *, symbol: str, instants: Iterable[datetime]
) -> list[tuple[datetime, ...]]:
    """Return the instants in order, in groups within which no split of a listing becomes known or takes effect.

    Args:
        actions: versions of `core.corporate_actions`.
        symbol: listing.
        instants: with a time zone, in any order.
    """
    splits = actions.filter((pl.col("symbol") == symbol) & (pl.col("kind") == "split"))
    known, ex_dates = sorted(splits["known_at"].to_list()), sorted(splits["ex_date"].to_list())
    ordered = sorted({as_of_instant(instant) for instant in instants})
    by_count = groupby(ordered, key=lambda i: (bisect_right(known, i), bisect_right(ex_dates, i.date())))
    return [tuple(span) for _, span in by_count]


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
    stored = splits_known_by(actions.filter(pl.col("symbol") == symbol), END_OF_TIME)
    known = known_by(bars.filter(pl.col("symbol") == symbol), DAILY_BARS.key, as_of)
    own_day = _requoted(known.with_columns(to_undo=_ratio_carried(known, stored, received), to_apply=pl.lit(1.0)))
    return own_day.select(
        pl.col("session").alias("observed_on"), "known_at", pl.col("close_quoted").alias("value"), "price_basis"
    )


def _quoted_on(
    known: pl.DataFrame, actions: pl.DataFrame, instant: datetime, received: pl.DataFrame | None
) -> pl.DataFrame:
    in_effect = splits_known_by(actions, instant).filter(pl.col("ex_date") <= instant.date())
    stored = splits_known_by(actions, END_OF_TIME)
    not_in_effect = stored.join(in_effect, on=CORPORATE_ACTIONS.key, how="anti")
    return _requoted(
        known.with_columns(
            to_undo=_ratio_carried(known, not_in_effect, received),
            to_apply=ratio_after(known, in_effect),
        )
    )


def splits_known_by(actions: pl.DataFrame, instant: datetime = END_OF_TIME) -> pl.DataFrame:
    """Return the splits known by an instant in their newest version; one sent again without a ratio is called off."""
    newest = known_by(actions.filter(pl.col("kind") == "split"), CORPORATE_ACTIONS.key, instant)
    return newest.filter(pl.col("ratio").is_not_null())


def _newest_known(bars: pl.DataFrame, ordered: Sequence[datetime]) -> pl.DataFrame:
    """Return, per instant, the version of the newest session's bar that was the newest by then; `as_of` added.

    One pass: versions come in the order in which they became known, and a later one of the same session wins.
    """
    versions = bars.sort([name for name in DAILY_BARS.version_order if name in bars.columns])
    known_at, sessions = versions["known_at"].to_list(), versions["session"].to_list()
    picked: list[tuple[datetime, int]] = []
    newest, position = None, 0
    for instant in ordered:
        while position < len(sessions) and known_at[position] <= instant:
            if newest is None or sessions[position] >= sessions[newest]:
                newest = position
            position += 1
        if newest is not None:
            picked.append((instant, newest))
    instants = pl.Series("as_of", [instant for instant, _ in picked], dtype=pl.Datetime("us", "UTC"))
    return versions[[at for _, at in picked]].with_columns(instants)


def _ratio_carried(bars: pl.DataFrame, splits: pl.DataFrame, received: pl.DataFrame | None) -> pl.Series:
    """Return, per bar in its order, the product of the ratios that its vendor had divided its price by."""
    after_session = ratio_after(bars, splits)
    if received is None:
        return after_session
    days = bars.join(received, on="payload_sha256", how="left", maintain_order="left")
    reached = days.select("symbol", pl.col("received_on").fill_null(END_OF_TIME.date()).alias("session"))
    return after_session / ratio_after(reached, splits)


def ratio_after(bars: pl.DataFrame, splits: pl.DataFrame) -> pl.Series:
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
