"""Section: what was announced and what was spent.

Here: plans (announced amount and horizon, or `no amount given`), quarterly capex of every company in its own currency.
Not here: converting between currencies, or filling in what nobody said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aicycle.model.instants import end_of_span
from aicycle.model.kinds import EventType, RowOrigin
from aicycle.report.blocks import Cell, Chart, Row, Table, cut, headings, rows_of
from aicycle.report.spending_charts import ROW_PX, Plan, Spent, plan_chart, spending_chart
from aicycle.report.view import ReportView
from aicycle.report.wording import MISSING, amount_range, compact, counted, day, finite, plain

CAPEX_METRIC = "capex"
"""The metric of `marts.segment_metrics` that is drawn: spending in one quarter."""
GROUP = "group"
PLAN_KINDS = (EventType.CAPEX_PLAN, EventType.CAPEX_INCREASE, EventType.CAPEX_GUIDANCE)
KIND_WORDS: dict[object, str] = {
    EventType.CAPEX_PLAN: "plan",
    EventType.CAPEX_INCREASE: "increase",
    EventType.CAPEX_GUIDANCE: "guidance",
    EventType.CAPEX_ACTUAL: "spent",
}
DRAWN_FOCUS_LIMIT = 10
DRAWN_PEER_LIMIT = 6
ROW_LIMIT = 150
PEER_LIMIT = 8
QUARTER_LIMIT = 24
"""Quarters drawn per company: six years."""


@dataclass(frozen=True, slots=True)
class SpendingSection:
    """The section."""

    lead: str
    plans: Chart | None
    spent: Chart | None
    peers: tuple[Chart, ...]
    announced: Table


def spending_section(view: ReportView) -> SpendingSection:
    """Return the section: the view's company first, then the others."""
    rows = rows_of(view.announcements, "known_at", "company", "item_id", descending=[True, False, False])
    spending = [row for row in rows if row.get("kind") in KIND_WORDS]
    plans = _first_of_each([row for row in spending if row.get("kind") in PLAN_KINDS])
    plans.sort(key=lambda row: row.get("company") != view.company)
    capex = _capex_by_company(view)
    focus = capex.pop(plain(view.company, 60), None)
    return SpendingSection(
        lead=_lead(view, plans, len(rows) - len(spending)),
        plans=_plan_chart(view, plans, _announced_table(plans, "Plans, the company's own first, newest first")),
        spent=_spent_chart(view.company, focus, 0, is_focus=True) if focus else None,
        peers=tuple(
            _spent_chart(company, found, at, is_focus=False)
            for at, (company, found) in enumerate(sorted(capex.items())[:PEER_LIMIT], start=1)
        ),
        announced=_announced_table(
            [row for row in spending if row.get("kind") not in PLAN_KINDS], "Spending stated in announcements"
        ),
    )


def _first_of_each(rows: Sequence[Row]) -> list[Row]:
    """Drop repetitions: the same amount and horizon within one announcement is said once."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Row] = []
    said = (
        "announcement_id",
        "company",
        "kind",
        "amount_low",
        "amount_high",
        "currency",
        "horizon_start",
        "horizon_end",
    )
    for row in rows:
        key = tuple(row.get(name) for name in said)
        if row.get("announcement_id") is None or key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def _lead(view: ReportView, plans: Sequence[Row], other_count: int) -> str:
    company = plain(view.company, 80)
    own = [row for row in plans if row.get("company") == view.company]
    if not plans:
        said = "No spending plan is known by this day."
    else:
        open_ended = sum(_has_no_amount(row) for row in own)
        said = f"{counted(len(own), 'plan')} of {company}, {counted(len(plans) - len(own), 'plan')} of others."
        if open_ended:
            verb = "gives" if open_ended == 1 else "give"
            said += f" {open_ended} of {company}'s {verb} no amount, and none is filled in."
    if other_count:
        said += (
            f" {counted(other_count, 'announcement')} of other kinds (stakes, financing, ...) left out: no spending."
        )
    return said


def _has_no_amount(row: Row) -> bool:
    return finite(row.get("amount_low")) is None and finite(row.get("amount_high")) is None


def _plan(row: Row, company: str) -> Plan:
    has_amount = not _has_no_amount(row)
    return Plan(
        company=plain(row.get("company"), 60),
        is_focus=row.get("company") == company,
        kind=KIND_WORDS.get(row.get("kind"), "plan"),
        amount=_amount(row),
        has_amount=has_amount,
        known_date=_day_of(row.get("known_at")),
        start_date=_span_start(row.get("horizon_start")),
        end_date=_span_end(row.get("horizon_end")),
        remark=_remark(row),
    )


def _plan_chart(view: ReportView, rows: Sequence[Row], table: Table) -> Chart | None:
    own = [row for row in rows if row.get("company") == view.company][:DRAWN_FOCUS_LIMIT]
    others = [row for row in rows if row.get("company") != view.company][:DRAWN_PEER_LIMIT]
    plans = [_plan(row, view.company) for row in (*own, *others)]
    if not plans:
        return None
    left_out = len(rows) - len(plans)
    return Chart(
        chart_id="chart-plans",
        title="Announced plans on their horizon",
        summary=f"Timeline of {counted(len(plans), 'plan')}: "
        + "; ".join(f"{plan.company} {plan.amount}, announced {day(plan.known_date)}" for plan in plans)
        + ".",
        figure=plan_chart(plans, view.as_of.date()),
        height_px=len(plans) * ROW_PX + 56,
        table=table,
        notes=(
            "Bar: the period the money is for (empty: no amount was given). Diamond: the announcement. "
            "Dotted line: the as-of day. Lengths show time, never money."
            + (f" {left_out} older plans are in the table only." if left_out else ""),
        ),
    )


def _announced_table(rows: Sequence[Row], caption: str) -> Table:
    shown, omitted = cut(rows, ROW_LIMIT)
    return Table(
        caption=caption,
        headings=headings(
            "Company", "Kind", "#Amount", "#Twin", "Horizon", "@Known", "~What for", "Remark", "Checked", "~Source"
        ),
        rows=tuple(
            (
                Cell(plain(row.get("company"), 60)),
                Cell(KIND_WORDS.get(row.get("kind"), plain(row.get("kind"), 40))),
                Cell(_amount_alone(row), tone="" if not _has_no_amount(row) else "open"),
                Cell(_twin(row) or MISSING),
                Cell(_horizon(row)),
                Cell(day(row.get("known_at"))),
                Cell(plain(row.get("purpose") or row.get("wording"), 240)),
                Cell(_remark(row) or MISSING),
                Cell(plain(row.get("verification"), 24)),
                Cell(plain(row.get("source"), 240)),
            )
            for row in shown
        ),
        omitted_count=omitted,
        query="SELECT * FROM core.announcements ORDER BY known_at DESC",
        empty_text="None known by this day.",
    )


def _amount_alone(row: Row) -> str:
    return amount_range(row.get("amount_low"), row.get("amount_high"), row.get("currency"))


def _amount(row: Row) -> str:
    twin = _twin(row)
    return f"{_amount_alone(row)} ({twin})" if twin else _amount_alone(row)


def _twin(row: Row) -> str:
    if finite(row.get("twin_amount")) is None:
        return ""
    return amount_range(row.get("twin_amount"), row.get("twin_amount"), row.get("twin_currency"))


def _horizon(row: Row) -> str:
    ends = [plain(row.get(name), 20) for name in ("horizon_start", "horizon_end")]
    return "not given" if ends == [MISSING, MISSING] else " to ".join(ends)


def _remark(row: Row) -> str:
    words = {
        "is_hypothetical": "hypothetical",
        "is_negated": "denied or cancelled",
        "is_third_party": "third party's claim",
    }
    said = [word for name, word in words.items() if row.get(name) is True]
    if row.get("origin") == RowOrigin.EXTRACTED:
        said.append("read from a text")
    return ", ".join(said)


def _capex_by_company(view: ReportView) -> dict[str, tuple[str, list[Spent]]]:
    found: dict[str, tuple[str, list[Spent]]] = {}
    for row in rows_of(view.metrics, "company", "period_end", "segment_basis"):
        end = row.get("period_end")
        if row.get("metric") != CAPEX_METRIC or row.get("segment") != GROUP or not isinstance(end, date):
            continue
        spent = Spent(end, finite(row.get("value")), plain(row.get("verification"), 24))
        found.setdefault(plain(row.get("company"), 60), (plain(row.get("unit"), 12), []))[1].append(spent)
    return {company: entry for company, entry in found.items() if any(s.amount is not None for s in entry[1])}


def _spent_chart(company: str, found: tuple[str, list[Spent]], at: int, *, is_focus: bool) -> Chart:
    currency, quarters = found
    drawn = quarters[-QUARTER_LIMIT:]
    known = [quarter for quarter in drawn if quarter.amount is not None]
    newest = f"newest {currency} {compact(known[-1].amount)} to {day(known[-1].period_end)}" if known else "none"
    return Chart(
        chart_id=f"chart-capex-{at}",
        title=f"{plain(company, 60)}, quarterly capex, {currency}",
        summary=f"Bar chart of {counted(len(known), 'quarter')} of capex of {plain(company, 60)}, {newest}.",
        figure=spending_chart(drawn, currency, is_focus=is_focus),
        height_px=230 if is_focus else 150,
        table=Table(
            caption=f"Quarterly capex of {plain(company, 60)}, {currency}, newest first",
            headings=headings("@Quarter to", "#Capex", "Checked"),
            rows=tuple(
                (Cell(day(q.period_end)), Cell(compact(q.amount)), Cell(q.verification)) for q in reversed(drawn)
            ),
        ),
        notes=("Hatched: a figure nobody has checked against a second source.",)
        if is_focus and any(quarter.verification == "unchecked" for quarter in known)
        else (),
    )


def _day_of(value: object) -> date | None:
    return date.fromisoformat(day(value)) if isinstance(value, date) else None


def _span_end(value: object) -> date | None:
    try:
        return end_of_span(str(value)).date() if value is not None else None
    except ValueError:
        return None


def _span_start(value: object) -> date | None:
    end = _span_end(value)
    parts = str(value).count("-")
    if end is None:
        return None
    return end.replace(month=1, day=1) if parts == 0 else end.replace(day=1) if parts == 1 else end
