"""Section: how much each player weighs in each wave, and whether the article's ordering shows.

Here: our index per player and wave, what it is made of, the orderings the article states with their result. Not here:
computing the index or checking an ordering (`transforms.player_influence`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aicycle.report.blocks import Cell, Chart, Heading, Row, Table, cut, headings, rows_of
from aicycle.report.player_charts import ROW_PX, Standing, player_chart
from aicycle.report.sections.scenarios import status_cell
from aicycle.report.sections.shares import value_in_unit
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, counted, finite, number, percent, plain

INDEX = "index"
"""The indicator of `marts.player_influence` that is the weighted mean of the others."""
PLAYER_LIMIT = 60
DRAWN_LIMIT = 14
WAVE_LIMIT = 6
CHECK_LIMIT = 60
INDICATOR_LIMIT = 200
RESULT_TONES = {"holds": "fresh", "fails": "stale", "not checkable": "abstained"}


@dataclass(frozen=True, slots=True)
class PlayerSection:
    """The section."""

    lead: str
    chart: Chart | None
    standings: Table
    checks: Table
    indicators: Table


def player_section(view: ReportView) -> PlayerSection:
    """Return the section; players stand in the order of their greatest index."""
    rows = rows_of(view.players, "wave", "company", "indicator")
    index = [row for row in rows if row.get("indicator") == INDEX]
    waves = sorted({plain(row.get("wave"), 60) for row in index})[:WAVE_LIMIT]
    players = _players(index)
    return PlayerSection(
        lead=_lead(view, index),
        chart=_chart(players, waves, index),
        standings=_standing_table(players, waves, index),
        checks=_check_table(view.player_checks),
        indicators=_indicator_table([row for row in rows if row.get("indicator") != INDEX]),
    )


def _lead(view: ReportView, index: Sequence[Row]) -> str:
    if not index and not view.player_checks:
        return "No player's influence has been computed by this day."
    said = "The article gives the players roles in the waves, no numbers: the index and its weights are ours."
    results = [plain(check.get("result"), 40) for check in view.player_checks]
    if results:
        held, failed, unchecked = (results.count(word) for word in RESULT_TONES)
        said += (
            f" {counted(len(results), 'ordering')} that it states, by our index: {held} hold, {failed} fail, "
            f"{unchecked} can't be checked."
        )
    return said


def _players(index: Sequence[Row]) -> list[str]:
    best: dict[str, float] = {}
    for row in index:
        player = plain(row.get("company"), 60)
        best[player] = max(best.get(player, -1.0), _share(row, -1.0))
    return sorted(best, key=lambda player: (-best[player], player))


def _chart(players: Sequence[str], waves: Sequence[str], index: Sequence[Row]) -> Chart | None:
    standings = [
        Standing(
            plain(row.get("company"), 60),
            plain(row.get("wave"), 60),
            _share(row, 0.0),
            _rank(row),
            row.get("is_partial") is True,
        )
        for row in index
        if finite(row.get("share_frac")) is not None
    ]
    known = {standing.player for standing in standings}
    drawn = [player for player in players if player in known][:DRAWN_LIMIT]
    if not drawn:
        return None
    shown = [standing for standing in standings if standing.player in drawn and standing.wave in waves]
    left_out = len(known) - len(drawn)
    return Chart(
        chart_id="chart-players",
        title="Index of each player in each wave",
        summary=f"Dot chart of {counted(len(drawn), 'player')} in {counted(len(waves), 'wave')}. First: "
        + "; ".join(_first(wave, shown) for wave in waves)
        + ".",
        figure=player_chart(drawn, waves, shown),
        height_px=len(drawn) * ROW_PX + 34 + 22 * len(waves),
        notes=(
            "Hollow: partial, something that belongs in it is not reported. Waves are another axis than phases."
            + (f" {left_out} players more in the table only." if left_out else ""),
        ),
    )


def _first(wave: str, standings: Sequence[Standing]) -> str:
    inside = sorted((s for s in standings if s.wave == wave), key=lambda s: (-s.index_frac, s.player))
    return f"{wave}: {inside[0].player} with {percent(inside[0].index_frac, 1)}" if inside else f"{wave}: nobody"


def _standing_table(players: Sequence[str], waves: Sequence[str], index: Sequence[Row]) -> Table:
    rows = {(plain(row.get("company"), 60), plain(row.get("wave"), 60)): row for row in index}
    return Table(
        caption="Index and rank by wave",
        headings=(*headings("Player"), *(Heading(wave, "number") for wave in waves), *headings("Status", "~Why none")),
        rows=tuple(
            (
                Cell(player),
                *(_standing(rows.get((player, wave), {})) for wave in waves),
                status_cell(_one([rows.get((player, wave), {}).get("status") for wave in waves])),
                Cell(_one([rows.get((player, wave), {}).get("null_reason") for wave in waves])),
            )
            for player in players[:PLAYER_LIMIT]
        ),
        omitted_count=max(0, len(players) - PLAYER_LIMIT),
        query="SELECT * FROM marts.player_influence WHERE indicator = 'index'",
        empty_text="No player's influence has been computed.",
    )


def _standing(row: Row) -> Cell:
    said = percent(row.get("share_frac"), 1)
    if said == MISSING:
        return Cell(said)
    rank = _rank(row)
    said += f", rank {rank}" if rank is not None else ""
    held = f", stale: {plain(row.get('held_because'), 200)}" if row.get("is_stale") is True else ""
    return Cell(said + (", partial" if row.get("is_partial") is True else ""), title=held.removeprefix(", "))


def _check_table(checks: Sequence[Mapping[str, object]]) -> Table:
    rows = sorted(checks, key=lambda check: [plain(check.get(name), 500) for name in ("wave", "claim", "detail")])
    shown, omitted = cut(rows, CHECK_LIMIT)
    return Table(
        caption="What the article says of the players, checked against our index",
        headings=headings("Wave", "~Claim", "Result", "~By our numbers"),
        rows=tuple(
            (
                Cell(plain(check.get("wave", check.get("subject")), 80)),
                Cell(plain(check.get("claim"), 300)),
                _result(check.get("result")),
                Cell(plain(check.get("detail"), 500)),
            )
            for check in shown
        ),
        omitted_count=omitted,
        empty_text="No ordering was checked.",
    )


def _result(result: object) -> Cell:
    word = plain(result, 40)
    return Cell(word, tone=RESULT_TONES.get(word, ""))


def _indicator_table(rows: Sequence[Row]) -> Table:
    shown, omitted = cut(rows, INDICATOR_LIMIT)
    return Table(
        caption="What the index is made of",
        headings=headings(
            "Player", "Wave", "Indicator", "#Value", "Unit", "#Share", "#Weight", "Complete", "Status", "~Why none"
        ),
        rows=tuple(
            (
                Cell(plain(row.get("company"), 60)),
                Cell(plain(row.get("wave"), 60)),
                Cell(plain(row.get("indicator"), 60).replace("_", " ")),
                Cell(value_in_unit(row.get("value"), row.get("unit"))),
                Cell(plain(row.get("unit"), 24)),
                Cell(percent(row.get("share_frac"), 1)),
                Cell(number(row.get("weight"), 2)),
                Cell(
                    "partial" if row.get("is_partial") is True else "yes" if row.get("is_partial") is False else MISSING
                ),
                status_cell(row.get("status")),
                Cell(plain(row.get("null_reason"), 300)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM marts.player_influence",
        empty_text="No indicator is known.",
    )


def _share(row: Row, otherwise: float) -> float:
    share = finite(row.get("share_frac"))
    return otherwise if share is None else share


def _rank(row: Row) -> int | None:
    rank = row.get("rank")
    return rank if isinstance(rank, int) and not isinstance(rank, bool) else None


def _one(values: Sequence[object]) -> str:
    """Return the distinct texts among values in one line."""
    return "; ".join(dict.fromkeys(plain(value, 200) for value in values if value is not None)) or MISSING
