"""Daily bars as tracks: everything that is believed and claimed of listings, on one footing.

Here: prices as they stand after all known splits, listings and what moves with them, twins in one currency, claims that
repeat or restate what is believed. Not here: the verdicts (`transforms.gate.moves`).

A payload's prices carry the splits up to the day it was received, prices as traded carry none: dividing by the splits
that are left puts both on one footing, where a split is no move. Drawn prices (`simulated`) are series of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from aicycle.model.kinds import PriceBasis
from aicycle.model.parameters import Universe
from transforms.gate.context import GateContext
from transforms.gate.copies import Copies, copies_of_others
from transforms.gate.sessions import is_covered, is_scheduled, session_numbers
from transforms.gate.tracks import Claims, Flags, Floats, Ints, Tracks
from transforms.prices import AS_TRADED, PRICES, ratio_after, splits_known_by
from transforms.staging.clocks import bar_clocks

BARS, ACTIONS, RATES = "core.daily_bars", "core.corporate_actions", "core.fx_rates"
COMMON_CURRENCY = "USD"
RATE_DAYS = "10d"
"""A rate older than this says nothing of a listing's value."""
HISTORY_DAYS_PER_SESSION = 3
"""Calendar days that are read per session of history: a listing may miss half of its sessions."""
UNCHANGED = 1e-9
HALF_A_UNIT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarTracks:
    """Claims on bars, and the tracks they are judged in."""

    tracks: Tracks
    claims: Claims
    rows: pl.DataFrame
    """The claims in the order of `claims`: row_id, symbol, session, open ... price_basis, ratio (splits that were
    divided out), and of what is believed under the key: old_close, revision (NaN: nothing is)."""
    is_main: Flags
    is_unscheduled: Flags
    is_uncovered: Flags
    """No calendar says anything about its day."""
    symbols: tuple[str, ...]
    """Per series."""
    copies: Copies
    """Claims that have another symbol's prices."""

    def close_at(self, position: int) -> float:
        """Return a believed close as the claims' footing has it."""
        return float(np.exp(self.tracks.prices[position, -1]))


@lru_cache(maxsize=4)
def listings_frame(universe: Universe) -> pl.DataFrame:
    """Return symbol, listed_currency, units, market (time zone), calendar, reporting_currency, company, is_primary."""
    rows = []
    for company in universe.companies:
        for listing in company.listings:
            exchange = universe.exchange(listing.exchange)
            if exchange is not None:
                rows.append(
                    (
                        listing.symbol,
                        listing.currency,
                        listing.shares_per_unit.value,
                        exchange.timezone,
                        exchange.calendar,
                        company.reporting_currency,
                        company.name,
                        listing.is_primary,
                    )
                )
    return pl.DataFrame(rows, schema=_LISTINGS, orient="row")


_LISTINGS = {
    "symbol": pl.String(),
    "listed_currency": pl.String(),
    "units": pl.Float64(),
    "market": pl.String(),
    "calendar": pl.String(),
    "reporting_currency": pl.String(),
    "company": pl.String(),
    "is_primary": pl.Boolean(),
}


def bar_tracks(rows: pl.DataFrame, context: GateContext) -> BarTracks:
    """Return claimed bars and what they are held against. A claim that repeats what is believed is left out.

    Args:
        rows: staged rows of `core.daily_bars`, `row_id` unique.
        context: what is believed.
    """
    rules = context.rules.prices
    listings = listings_frame(context.universe)
    splits = splits_known_by(context.rows(ACTIONS))
    claims = _on_one_footing(_claimed(rows, context), splits).join(listings, on="symbol", how="inner")
    old = _believed(claims, context, splits)
    claims = _held_against(claims, old)
    claims = claims.filter(~pl.col("is_unchanged")).sort("symbol", "is_simulated", "session", "rank")
    main = claims.unique(["symbol", "is_simulated", "session"], keep="first", maintain_order=True)
    key = ["symbol", "is_simulated", "session"]
    old = old.join(listings, on="symbol", how="inner")
    only_old = old.join(main, on=key, how="anti")
    shared = ["symbol", "is_simulated", "session", "ratio", *_FOOTING, *listings.columns[1:]]
    together = pl.concat(
        [
            main.select(*shared, *_OLD, claim=pl.lit(value=True), restated=pl.col("revision").is_not_null()),
            only_old.select(
                *shared,
                *(pl.lit(None, pl.Float64).alias(c) for c in _OLD),
                claim=pl.lit(value=False),
                restated=pl.lit(value=False),
            ),
        ]
    ).sort(key)
    # Adjusting for a distribution in kind shifts a whole bar, and never parts its prices.
    tolerance, shift = rules.revision_limit_log.value, rules.vendor_revision_limit_log.value
    revision_size = (
        pl.when(pl.col("is_vendor_adjusted"))
        .then(pl.max_horizontal(pl.col("spread") / tolerance, pl.col("revision") / shift))
        .otherwise(pl.col("revision") / tolerance)
    )
    unscheduled, uncovered = _calendar_says(claims)
    is_banned = (
        (claims["currency"] != claims["listed_currency"])
        | unscheduled
        | claims.select((revision_size > 1).fill_null(value=False)).to_series()
    )
    claims = claims.with_columns(is_banned=is_banned, revision_size=revision_size.fill_null(float("nan")))
    at = claims.select(key).join(together.select(key).with_row_index("at"), on=key, how="left", maintain_order="left")
    place = at["at"].to_numpy().astype(np.int64)
    is_main = np.concatenate([[True], place[1:] != place[:-1]]) if len(place) else np.zeros(0, np.bool_)
    banned = np.zeros(together.height, np.bool_)
    banned[place[is_main]] = is_banned.to_numpy()[is_main]
    tracks, symbols = _tracks(together, banned, context)
    found = Claims(at=place, prices=_log(claims), volume=claims["footed_volume"].to_numpy())
    copies = copies_of_others(
        tracks,
        found,
        found.prices + np.log(claims["ratio"].to_numpy())[:, None],
        tracks.prices + np.log(together["ratio"].to_numpy())[:, None],
        symbols=np.unique(symbols, return_inverse=True)[1],
        sessions=int(rules.repeat_sessions.value),
    )
    return BarTracks(
        tracks=tracks,
        claims=found,
        rows=claims,
        is_main=is_main,
        is_unscheduled=unscheduled.to_numpy(),
        is_uncovered=uncovered.to_numpy(),
        symbols=symbols,
        copies=copies,
    )


_FOOTING = tuple(f"footed_{name}" for name in (*PRICES, "volume"))
_OLD = tuple(f"old_{name}" for name in (*PRICES, "volume"))


def _claimed(rows: pl.DataFrame, context: GateContext) -> pl.DataFrame:
    order = pl.struct("fetched_at", "payload_sha256", "byte_start")
    return rows.join(context.received, on="payload_sha256", how="left").select(
        "row_id",
        *("symbol", "session", *PRICES, "currency", "price_basis"),
        volume=pl.col("volume").cast(pl.Float64),
        received_on=pl.coalesce("received_on", pl.col("fetched_at").dt.date()),
        rank=order.rank("ordinal", descending=True),
    )


def _believed(claims: pl.DataFrame, context: GateContext, splits: pl.DataFrame) -> pl.DataFrame:
    """Return believed bars as far back as the claims' habits reach, on one footing."""
    bars = context.rows(BARS)
    if claims.height:
        days = int(context.rules.prices.history_sessions.value) * HISTORY_DAYS_PER_SESSION
        bars = bars.filter(pl.col("session") >= claims["session"].min() - pl.duration(days=days))
    else:
        bars = bars.head(0)
    return _on_one_footing(
        bars.join(context.received, on="payload_sha256", how="left").select(
            *("symbol", "session", *PRICES, "currency", "price_basis", "received_on"),
            volume=pl.col("volume").cast(pl.Float64),
        ),
        splits,
    )


def _on_one_footing(frame: pl.DataFrame, splits: pl.DataFrame) -> pl.DataFrame:
    """Add the prices and the volume after all known splits, and how far they were divided for it."""
    is_as_traded = pl.col("price_basis").is_in(AS_TRADED)
    # A payload whose day is not known was received after all splits.
    reached = pl.max_horizontal("session", pl.col("received_on").fill_null(pl.date(9999, 12, 31)))
    carried = frame.select("symbol", session=pl.when(is_as_traded).then("session").otherwise(reached))
    ratio = ratio_after(carried, splits).alias("ratio")
    return frame.with_columns(ratio).with_columns(
        *(((pl.col(name)) / pl.col("ratio")).alias(f"footed_{name}") for name in PRICES),
        footed_volume=pl.col("volume") * pl.col("ratio"),
        is_simulated=pl.col("price_basis") == PriceBasis.SIMULATED.value,
    )


def _held_against(claims: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """Add what is believed under each claim's key, and how far the claim is from it."""
    same = old.select(
        "symbol",
        "is_simulated",
        "session",
        *(pl.col(new).alias(was) for new, was in zip(_FOOTING, _OLD, strict=True)),
        old_basis="price_basis",
        old_currency="currency",
    )
    apart = [(pl.col(f"footed_{name}") / pl.col(f"old_{name}")).log() for name in PRICES]
    most, least = pl.max_horizontal(apart), pl.min_horizontal(apart)
    vendor = PriceBasis.VENDOR_ADJUSTED.value
    return claims.join(same, on=["symbol", "is_simulated", "session"], how="left").with_columns(
        revision=pl.max_horizontal(most.abs(), least.abs()),
        spread=most - least,
        is_vendor_adjusted=((pl.col("price_basis") == vendor) | (pl.col("old_basis") == vendor)).fill_null(value=False),
        is_unchanged=(
            (pl.max_horizontal(most.abs(), least.abs()) < UNCHANGED)
            & ((pl.col("footed_volume") - pl.col("old_volume")).abs() < HALF_A_UNIT)
            & (pl.col("currency") == pl.col("old_currency"))
        ).fill_null(value=False),
    )


def _calendar_says(claims: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return which claims name a day that is no session, and which name one that no calendar speaks of."""
    unscheduled, uncovered = np.zeros(claims.height, np.bool_), np.ones(claims.height, np.bool_)
    days, codes = claims["session"].to_numpy(), claims["calendar"].to_numpy()
    for code in sorted(set(codes) - {""}):
        mine = codes == code
        covered = is_covered(code, days[mine])
        uncovered[mine] = ~covered
        unscheduled[mine] = covered & ~is_scheduled(code, days[mine])
    return pl.Series(unscheduled), pl.Series(uncovered)


def _tracks(together: pl.DataFrame, banned: Flags, context: GateContext) -> tuple[Tracks, tuple[str, ...]]:
    # Rows are sorted by it: a series begins where the key changes.
    series = together.select(pl.struct("symbol", "is_simulated").rle_id()).to_series().to_numpy().astype(np.int64)
    head = together[np.flatnonzero(np.diff(series, prepend=-1))].with_row_index("series")
    days = together["session"].to_numpy()
    groups = (["market", "is_simulated"], ["market", "is_simulated", "reporting_currency"])
    tracks = Tracks(
        series=series,
        day=days.astype("datetime64[D]").astype(np.int64),
        number=_numbers(together, days),
        time=together.select(bar_clocks(context.universe).known_at.dt.epoch("us").fill_null(0)).to_series().to_numpy()
        if together.height
        else np.zeros(0, np.int64),
        prices=_log(together),
        volume=together["footed_volume"].to_numpy(),
        is_claimed=together["claim"].to_numpy(),
        is_banned=banned,
        is_believed=(~together["claim"] | together["restated"]).to_numpy(),
        old_prices=np.log(together.select(_OLD[:-1]).to_numpy()),
        old_volume=together["old_volume"].to_numpy(),
        offset=_offsets(together, context),
        groups=tuple(head.select(pl.struct(by).rank("dense")).to_series().to_numpy().astype(np.int64) for by in groups),
        has_habits=~head["is_simulated"].to_numpy(),
        twin=_twins(head),
    )
    return tracks, tuple(head["symbol"])


def _log(frame: pl.DataFrame) -> Floats:
    prices: Floats = np.log(frame.select(_FOOTING[:-1]).to_numpy())
    return prices


def _numbers(frame: pl.DataFrame, days: np.ndarray) -> Ints:
    """Count sessions by the exchange's calendar; where there is none, by the days on which its market has a bar."""
    numbers = np.full(frame.height, -1, np.int64)
    codes = frame["calendar"].to_numpy()
    for code in sorted(set(codes) - {""}):
        mine = codes == code
        if is_covered(code, days[mine]).all():
            numbers[mine] = session_numbers(code, days[mine])
    left = numbers < 0
    if left.any():
        ranks = frame.select(pl.col("session").rank("dense").over("market").cast(pl.Int64)).to_series().to_numpy()
        numbers[left] = ranks[left]
    return numbers


def _twins(head: pl.DataFrame) -> Ints:
    """Return, per series, another listing of the same company: of the primary one the first other, else the primary."""
    found = np.full(head.height, -1)
    for _, group in head.group_by("company", "is_simulated"):
        ordered = group.sort("is_primary", "symbol", descending=[True, False])["series"].to_list()
        if len(ordered) > 1:
            found[ordered[0]] = ordered[1]
            found[ordered[1:]] = ordered[0]
    return found


def _offsets(frame: pl.DataFrame, context: GateContext) -> Floats:
    """Return what, added to the logarithm of a close, gives that of one ordinary share's value in a common currency."""
    rates = context.rows(RATES).filter(pl.col("pair").str.starts_with(COMMON_CURRENCY))
    usd = rates.select("session", listed_currency=pl.col("pair").str.slice(3), rate="rate").sort("session")
    joined = (
        frame.select("session", "units", "listed_currency")
        .with_row_index("position")
        .sort("session")
        .join_asof(
            usd,
            on="session",
            by="listed_currency",
            strategy="backward",
            tolerance=RATE_DAYS,
            check_sortedness=False,  # sorted just here; with `by` polars can't see it
        )
        .sort("position")
        .with_columns(rate=pl.when(pl.col("listed_currency") == COMMON_CURRENCY).then(1.0).otherwise("rate"))
    )
    return joined.select(-(pl.col("units") * pl.col("rate")).log()).to_series().fill_null(float("nan")).to_numpy()
