"""Notices: what a person is told about holds. That somebody is held is told once, escalated once, its end told once.

Here: which notices are due, from the holds that stand and what was said before. A pure function of both and an instant:
asked again it has nothing to add. Not here: which holds there are (`holds`), how a notice reaches anybody.

However many rows hold a subject's metric, it is held, once: from the earliest row on until none holds it any more. A
hold that was over before we met it (history is loaded in bulk) held nobody's work and is told to nobody.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from aicycle.contracts.ops_holds import SUBJECT
from aicycle.contracts.ops_notices import NOTICES
from aicycle.model.kinds import NoticeKind

NOTICE_SCHEMA = NOTICES.polars_schema()


def notices_due(
    holds: pl.DataFrame, said: pl.DataFrame, reached: pl.DataFrame, *, now: datetime, limit_days: float
) -> pl.DataFrame:
    """Return the notices that are due now.

    Args:
        holds: `ops.holds`.
        said: `ops.notices` so far.
        reached: `transforms.lineage.downstream` of the holds.
        now: our clock.
        limit_days: days after its opening was told at which a hold that stands is escalated.

    Returns:
        Rows of `ops.notices`, sorted by key.
    """
    standing: dict[_Key, dict[str, object]] = {}
    counts: Counter[_Key] = Counter()
    for row in holds.filter(pl.col("until").is_null()).sort("since").iter_rows(named=True):
        standing.setdefault(_key(row), row)
        counts[_key(row)] += 1
    last = {_key(row): row for row in said.sort("episode", _order("kind")).iter_rows(named=True)}
    opened_at = {
        (_key(row), row["episode"]): row["noticed_at"]
        for row in said.filter(pl.col("kind") == NoticeKind.OPENED).iter_rows(named=True)
    }
    outputs = _outputs(reached)
    rows = [
        {
            **dict(zip(SUBJECT, key, strict=True)),
            "since": since,
            "episode": episode,
            "kind": kind.value,
            "cause": cause,
            "outputs": json.dumps(outputs.get(key, []), ensure_ascii=False),
            "message": _message(kind, (key, since), _counted(cause, counts[key]), outputs.get(key, []), limit_days),
            "noticed_at": now,
        }
        for key, since, episode, kind, cause in _due(standing, last, opened_at, now - timedelta(days=limit_days))
    ]
    return pl.DataFrame(rows, schema=NOTICE_SCHEMA).sort(NOTICES.key)


_Key = tuple[str, str, str]


def _due(
    standing: dict[_Key, dict[str, object]],
    last: dict[_Key, dict[str, object]],
    opened_at: dict[tuple[_Key, object], datetime],
    patience_ends: datetime,
) -> Iterator[tuple[_Key, datetime, int, NoticeKind, str]]:
    for key, hold in standing.items():
        told = last.get(key)
        if told is None or told["kind"] == NoticeKind.LIFTED:
            episode = int(str(told["episode"])) + 1 if told else 1
            yield key, _since(hold), episode, NoticeKind.OPENED, str(hold["cause"])
        elif told["kind"] == NoticeKind.OPENED and opened_at[key, told["episode"]] < patience_ends:
            yield key, _since(told), int(str(told["episode"])), NoticeKind.ESCALATED, str(hold["cause"])
    for key, told in last.items():
        if key not in standing and told["kind"] != NoticeKind.LIFTED:
            yield key, _since(told), int(str(told["episode"])), NoticeKind.LIFTED, str(told["cause"])


def _key(row: dict[str, object]) -> _Key:
    kind, subject, metric = (str(row[name]) for name in SUBJECT)
    return kind, subject, metric


def _since(row: dict[str, object]) -> datetime:
    if not isinstance(row["since"], datetime):
        raise TypeError(f"a hold since {row['since']!r}")
    return row["since"]


def _counted(cause: str, rows: int) -> str:
    return cause if rows <= 1 else f"{cause} (and {rows - 1} more)"


def _order(column: str) -> pl.Expr:
    order = {kind.value: position for position, kind in enumerate(NoticeKind)}
    return pl.col(column).replace_strict(order, return_dtype=pl.Int64)


def _outputs(reached: pl.DataFrame) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
    for row in reached.sort("output", "company", "segment", nulls_last=True).iter_rows(named=True):
        name = "/".join(str(row[n]) for n in ("output", "company", "segment") if row[n] is not None)
        names = found.setdefault(_key(row), [])
        if name not in names:
            names.append(name)
    return found


def _message(kind: NoticeKind, held: tuple[_Key, datetime], cause: str, outputs: list[str], limit_days: float) -> str:
    key, begun = held
    who = f"{key[0]} {key[1]}, {key[2]}"
    since = f"{begun:%Y-%m-%d %H:%M} UTC"
    reach = f"It reaches {', '.join(outputs)}" if outputs else "No output needs it"
    if kind is NoticeKind.OPENED:
        stays = ": there the last good values stay, marked stale" if outputs else ""
        return f"Held since {since}: {who}. {cause}. {reach}{stays}."
    if kind is NoticeKind.ESCALATED:
        return f"Still held after {limit_days:g} days, since {since}: {who}. {cause}. {reach}. aicycle quarantine list"
    return f"No longer held: {who}, held since {since}. The cause was: {cause}."
