"""Views to draw reports from: a realistic one, an empty one, a hostile one. Loaded by path from the conftests."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from aicycle.report.view import FRAME_SCHEMAS, ReportView

AS_OF = datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC)
PHASE_NAMES = ("infrastructure build-out", "models and platforms", "market shakeout", "maturity")
SHA = "ab" * 32


def frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return a frame of a view's field; columns that a row does not name are null."""
    schema = FRAME_SCHEMAS[name]
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def empty_view(**changes: Any) -> ReportView:
    """Return the view of a fresh home."""
    frames = {name: pl.DataFrame(schema=schema) for name, schema in FRAME_SCHEMAS.items()}
    base: dict[str, Any] = {
        "company": "Alibaba",
        "as_of": AS_OF,
        "generated_at": datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        "phase_names": PHASE_NAMES,
        "run": None,
        "player_checks": [],
        "parameters": [],
        **frames,
    }
    return ReportView(**(base | changes))


def phase_row(segment: str, phase: int | None, odds: tuple[float | None, ...], **more: Any) -> dict[str, Any]:
    return {
        "run_id": "r1",
        "as_of": AS_OF,
        "company": "Alibaba",
        "segment": segment,
        "phase": phase,
        **{f"probability_{i}": p for i, p in enumerate(odds, start=1)},
        "is_abstained": phase is None,
        "reasons": json.dumps([f"2025-09-24 {segment}: first reason", "second reason", "third reason"]),
        "evidence": "events only",
        "basis": "hindsight",
        "status": "assumption",
        "is_stale": False,
        **more,
    }


def phases() -> pl.DataFrame:
    return frame(
        "phases",
        [
            phase_row("cloud", 1, (0.71, 0.22, 0.07, 0.0)),
            phase_row("models", 2, (0.03, 0.91, 0.06, 0.0)),
            phase_row("chips", 2, (0.05, 0.62, 0.33, 0.0)),
            phase_row("e-commerce", 3, (0.0, 0.14, 0.86, 0.0)),
            phase_row("fintech", None, (0.3, 0.3, 0.4, 0.0)),
            phase_row("logistics", 3, (0.08, 0.11, 0.81, 0.0)),
            phase_row("cloud", 2, (0.3, 0.6, 0.1, 0.0), company="Microsoft"),
        ],
    )


def run(**changes: Any) -> dict[str, Any]:
    return {
        "run_id": "run-7f3a",
        "company": "Alibaba",
        "as_of": AS_OF,
        "facts_as_of": AS_OF,
        "basis": "hindsight",
        "bands_basis": "live",
        "price_usd": 171.91,
        "price_session": date(2025, 9, 26),
        "price_basis": "as_traded",
        "market_state": "realistic",
        "evidence_state": "fresh",
        "abstained_because": None,
        "projection_null_reason": None,
        "is_stale": False,
        "stale_since": None,
        "held_because": None,
        "status": "assumption",
        "load_seq": 14,
        "facts_digest": "facts-5f2c",
        "parameters_digest": "parameters-90aa",
        "code_version": "0.1.0",
        "seed": 20250928,
        "platform": "linux",
        "digest": "answer-c0ffee",
        "created_at": AS_OF,
        **changes,
    }


def band_row(position: int, scenario: str, probability: float, low: float, high: float) -> dict[str, Any]:
    return {
        "run_id": "run-7f3a",
        "scenario": scenario,
        "position": position,
        "probability": probability,
        "target_low_usd": low,
        "target_high_usd": high,
        "p10_usd": low * 0.95,
        "p50_usd": math.sqrt(low * high),
        "p90_usd": high * 1.05,
        "status": "assumption",
    }


def bands() -> pl.DataFrame:
    return frame(
        "bands",
        [
            band_row(0, "pessimistic", 0.2, 70.0, 90.0),
            band_row(1, "realistic", 0.52, 140.0, 180.0),
            band_row(2, "optimistic", 0.28, 200.0, 240.0),
        ],
    )


def evidence() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for scenario, sign in (("pessimistic", -1.0), ("optimistic", 1.0)):
        rows.append(
            {"run_id": "r", "scenario": scenario, "family": "prior", "event_id": "prior", "contribution_nats": -0.8}
        )
        rows.extend(
            {
                "run_id": "r",
                "scenario": scenario,
                "family": "expansion",
                "event_id": f"event-{i}",
                "contribution_nats": sign * 0.05 * i,
                "known_at": AS_OF - timedelta(days=i),
            }
            for i in (1, 2, 3)
        )
    return frame("evidence", rows)


MOVES = {"pessimistic": (-0.05, 0.014), "realistic": (-0.012, 0.005), "optimistic": (0.062, -0.019)}
"""Of the families expansion and regulation, in each scenario: they add up to the move from the prior."""


def moves() -> pl.DataFrame:
    return frame(
        "moves",
        [
            {
                "run_id": "run-7f3a",
                "scenario": scenario,
                "family": family,
                "shapley_frac": part,
                "without_it_frac": 0.3 + part,
            }
            for scenario, parts in MOVES.items()
            for family, part in zip(("expansion", "regulation"), parts, strict=True)
        ],
    )


def path_row(scenario: str, end: date, p50_usd: float, width: float) -> dict[str, Any]:
    return {
        "run_id": "run-7f3a",
        "scenario": scenario,
        "quarter_end": end,
        "p10_usd": p50_usd / width,
        "p50_usd": p50_usd,
        "p90_usd": p50_usd * width,
        "closed_form_usd": p50_usd * 0.99,
        "se_p10_frac": 0.004,
        "se_p50_frac": 0.002,
        "se_p90_frac": 0.003,
    }


QUARTER_ENDS = tuple(
    date(year, month, end)
    for year in range(2025, 2031)
    for month, end in ((3, 31), (6, 30), (9, 30), (12, 31))
    if (year, month) >= (2025, 12)
)


def paths() -> pl.DataFrame:
    starts = {"pessimistic": (110.0, -0.018), "realistic": (150.0, 0.016), "optimistic": (168.0, 0.034)}
    return frame(
        "paths",
        [
            path_row(scenario, end, start * (1 + growth) ** i, 1.06 + 0.016 * i)
            for scenario, (start, growth) in starts.items()
            for i, end in enumerate(QUARTER_ENDS)
        ],
    )


def feature_row(segment: str, family: str, feature: str, *nats: float, **more: Any) -> dict[str, Any]:
    return {
        "run_id": "r1",
        "company": "Alibaba",
        "segment": segment,
        "family": family,
        "feature": feature,
        "value": 1.5,
        "unit": "faded votes",
        **{f"contribution_{i}": value for i, value in enumerate(nats, start=1)},
        "known_at": AS_OF - timedelta(days=4),
        **more,
    }


def phase_features() -> pl.DataFrame:
    return frame(
        "phase_features",
        [
            feature_row("cloud", "investment", "region_launch", 1.2, 0.1, 0.0, -0.3),
            feature_row("cloud", "growth", "revenue_yoy_frac", 0.4, 0.2, -0.2, -0.4, value=0.26, unit="fraction"),
            feature_row(
                "cloud",
                "stability",
                "adj_ebita_margin_change_frac",
                0.0,
                0.0,
                0.0,
                0.0,
                value=None,
                unit="fraction",
                null_reason="no comparable quarter a year before",
                known_at=None,
            ),
            feature_row("models", "platform", "model_release", 0.1, 1.9, 0.2, 0.0),
            feature_row("cloud", "growth", "revenue_yoy_frac", 0.1, 0.2, 0.3, 0.4, company="Microsoft"),
        ],
    )


WAVES = ("1 infrastructure", "2 models and expansion", "3 applications and shakeout")
INDICES: dict[str, tuple[float | None, ...]] = {
    "Nvidia": (0.52, 0.21, 0.09),
    "Microsoft": (0.18, 0.26, 0.31),
    "Amazon": (0.17, 0.22, 0.27),
    "Alphabet": (0.16, 0.23, 0.22),
    "Alibaba": (0.06, 0.14, 0.12),
    "Tencent": (0.04, 0.05, 0.08),
    "Baidu": (0.02, 0.03, 0.03),
    "Huawei": (None, None, None),
}


def player_row(company: str, wave: str, indicator: str, share: float | None, **more: Any) -> dict[str, Any]:
    return {
        "company": company,
        "wave": wave,
        "indicator": indicator,
        "unit": "fraction",
        "share_frac": share,
        "weight": 1.0,
        "is_partial": company == "Tencent",
        "null_reason": None if share is not None else "nothing observable is reported",
        "basis": "hindsight",
        "status": "assumption",
        "as_of": AS_OF,
        "is_stale": False,
        **more,
    }


def players() -> pl.DataFrame:
    rows = []
    for at, wave in enumerate(WAVES):
        ranked = sorted(INDICES, key=lambda name: -(INDICES[name][at] or 0.0))
        for company, shares in INDICES.items():
            rank = ranked.index(company) + 1 if shares[at] is not None else None
            rows.append(player_row(company, wave, "index", shares[at], rank=rank))
            part = None if shares[at] is None else shares[at] + 0.01
            rows.append(player_row(company, wave, "capex_ttm", part, value=3.2e10, unit="USD", weight=0.4, rank=None))
    return frame("players", rows)


def player_checks() -> list[dict[str, object]]:
    return [
        {
            "wave": WAVES[0],
            "claim": "Nvidia stands first in the first wave",
            "result": "holds",
            "detail": "Nvidia 52.0%, next Microsoft 18.0%",
        },
        {
            "wave": WAVES[1],
            "claim": "Microsoft, Amazon and Alphabet stand ahead of Alibaba",
            "result": "fails",
            "detail": "Alibaba stands ahead of one of them",
        },
        {
            "wave": WAVES[2],
            "claim": "Huawei is strong at home",
            "result": "not checkable",
            "detail": "Huawei reports no figures",
        },
    ]


def forecast_rows(forecast: str, question: str, odds: dict[str, float], **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "forecast_id": forecast,
            "company": "Alibaba",
            "question": question,
            "subject": "cloud",
            "outcome": outcome,
            "threshold": 0.26,
            "probability": probability,
            "climatology": 1 / len(odds),
            "persistence": 0.9 if i == 0 else 0.1 / (len(odds) - 1),
            "as_of": AS_OF,
            "due_on": date(2025, 12, 31),
            "origin": "hindsight",
            "basis": "hindsight",
            "status": "assumption",
            **more,
        }
        for i, (outcome, probability) in enumerate(odds.items())
    ]


def forecasts() -> pl.DataFrame:
    rows = forecast_rows("open-1", "cloud_growth_above", {"above": 0.62, "not_above": 0.38}, origin="live")
    rows += forecast_rows(
        "open-2",
        "price_state",
        {"realistic": 0.55, "gap_upper": 0.25, "optimistic": 0.2},
        subject="BABA",
        threshold=None,
        due_on=date(2025, 9, 1),
    )
    rows += forecast_rows(
        "open-3",
        "price_band",
        {"inside": 0.9, "outside": 0.1},
        subject="BABA",
        threshold=None,
        low=128.4,
        high=221.7,
        origin="live",
    )
    for i in range(4):
        made = {"as_of": AS_OF - timedelta(days=100 * (i + 1)), "due_on": date(2025, 6, 30)}
        rows += forecast_rows(f"done-{i}", "cloud_growth_above", {"above": 0.6, "not_above": 0.4}, **made)
        rows += forecast_rows(f"band-{i}", "price_band", {"inside": 0.9, "outside": 0.1}, low=70.0, high=95.0, **made)
    return frame("forecasts", rows)


def score_rows(
    forecast: str, question: str, briers: tuple[float, float, float], *, is_covered: bool | None = None, **more: Any
) -> list[dict[str, Any]]:
    return [
        {
            "forecast_id": forecast,
            "forecaster": forecaster,
            "company": "Alibaba",
            "question": question,
            "origin": "hindsight",
            "happened": "above" if is_covered is None else "inside" if is_covered else "outside",
            "observed": 0.34 if is_covered is None else 91.2,
            "brier": brier,
            "log_score": brier * 2,
            "is_covered": is_covered if forecaster == "model" else None,
            "outcome_known_at": AS_OF - timedelta(days=30),
            **more,
        }
        for forecaster, brier in zip(("model", "climatology", "persistence"), briers, strict=True)
    ]


def forecast_scores(**more: Any) -> pl.DataFrame:
    rows = []
    for i in range(4):
        rows += score_rows(f"done-{i}", "cloud_growth_above", (0.32, 0.5, 0.02 + 0.01 * i), **more)
        rows += score_rows(f"band-{i}", "price_band", (0.02, 0.18, 0.1), is_covered=i > 0, **more)
    return frame("forecast_scores", rows)


def metric_row(segment: str, metric: str, end: date, value: float | None, **more: Any) -> dict[str, Any]:
    return {
        "company": "Alibaba",
        "segment": segment,
        "metric": metric,
        "period_end": end,
        "value": value,
        "unit": "fraction" if metric.endswith("_frac") else "CNY",
        "segment_basis": "2025_four_segments" if end > date(2025, 4, 1) else "2023_six_groups",
        "status": "reported",
        "verification": "source",
        "known_at": AS_OF,
        **more,
    }


QUARTERS = (date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30))


def metrics() -> pl.DataFrame:
    rows = []
    for i, end in enumerate(QUARTERS):
        rows.append(metric_row("cloud", "group_revenue_share_frac", end, 0.12 + 0.005 * i))
        rows.append(metric_row("e-commerce", "group_revenue_share_frac", end, 0.45 - 0.01 * i))
        rows.append(metric_row("group", "capex", end, 1e10 * (i + 1), verification="unchecked" if i == 0 else "source"))
        rows.append(metric_row("group", "capex", end, 2e10, company="Microsoft", unit="USD"))
    rows.append(
        metric_row("cloud", "revenue_yoy_frac", QUARTERS[-1], None, null_reason="no comparable quarter a year before")
    )
    return frame("metrics", rows)


def announcement_row(item: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": item,
        "announcement_id": f"announcement-{item}",
        "company": "Alibaba",
        "kind": kind,
        "currency": "CNY",
        "purpose": "cloud and AI infrastructure",
        "is_hypothetical": False,
        "is_negated": False,
        "is_third_party": False,
        "origin": "row",
        "source": "https://example.org/release",
        "verification": "source",
        "known_at": datetime(2025, 2, 24, 23, 59, 59, 999999, tzinfo=UTC),
        **more,
    }


def announcements() -> pl.DataFrame:
    later = datetime(2025, 9, 24, 23, 59, 59, 999999, tzinfo=UTC)
    return frame(
        "announcements",
        [
            announcement_row(
                "a1",
                "capex_plan",
                amount_low=3.8e11,
                amount_high=3.8e11,
                twin_amount=5.3e10,
                twin_currency="USD",
                horizon_start="2025-02",
                horizon_end="2028-02",
            ),
            announcement_row("a2", "capex_increase", horizon_start="2025", horizon_end="2030", known_at=later),
            announcement_row("a3", "capex_actual", amount_low=3.8e10, amount_high=3.8e10),
            announcement_row("a4", "stake_purchase", amount_low=1.63e7, amount_high=1.63e7, company="ARK Invest"),
            announcement_row(
                "a5", "capex_guidance", amount_low=6.6e10, amount_high=7.2e10, currency="USD", company="Meta"
            ),
        ],
    )


def prices(*, simulated: bool = False) -> pl.DataFrame:
    start = date(2025, 6, 2)
    days = [start + timedelta(days=i) for i in range(118) if (start + timedelta(days=i)).weekday() < 5]
    rows = [
        {
            "session": session,
            "close_quoted_usd": 120.0 + 51.91 * i / (len(days) - 1),
            "price_basis": "simulated" if simulated and i % 20 else "as_traded",
            "known_at": datetime(session.year, session.month, session.day, 21, tzinfo=UTC),
        }
        for i, session in enumerate(days)
    ]
    return frame("prices", rows)


def alert_row(alert: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "alert_id": alert,
        "rule_id": "baba-above-140",
        "rule_version": 1,
        "company": "Alibaba",
        "metric": "price_usd",
        "transition": "entered",
        "level": 140.0,
        "value_before": 139.1,
        "value": 142.3,
        "crossed_on": date(2025, 9, 2),
        "known_at": datetime(2025, 9, 2, 21, tzinfo=UTC),
        "severity": "advisory",
        "grouping_key": "alibaba-price",
        "status": status,
        "basis": "hindsight",
        "price_basis": "as_traded",
        "message": f"closed above 140 USD ({alert})",
        "run_id": "run-7f3a",
        **more,
    }


def alerts() -> pl.DataFrame:
    return frame("alerts", [alert_row("one-raised", "raised"), alert_row("one-of-baseline", "baseline")])


def hold_row(**more: Any) -> dict[str, Any]:
    return {
        "subject_kind": "symbol",
        "subject_id": "9988.HK",
        "metric": "close",
        "since": AS_OF - timedelta(days=2),
        "cause": "prices.csv line 12: high 1 is below low 2",
        "quarantine_id": "q1",
        "load_seq": 3,
        **more,
    }


def quarantine_row(line: int, **more: Any) -> dict[str, Any]:
    return {
        "quarantine_id": f"q{line}",
        "load_seq": 3,
        "source": "recording",
        "name": "prices.csv",
        "table_name": "core.daily_bars",
        "source_line": line,
        "check_name": "high_at_least_low",
        "reason": f"high 1 is below low 2 in line {line}",
        "subject_kind": "symbol",
        "subject_id": "9988.HK",
        "metric": "close",
        "row_content": '{"high": "1", "low": "2"}',
        "payload_sha256": SHA,
        "byte_start": 0,
        "byte_end": 9,
        "rules_version": "1",
        **more,
    }


def gate_frames() -> dict[str, pl.DataFrame]:
    """Return the frames that go with a hold: what it keeps back, its history, what was said, what checks said."""
    hold = hold_row()
    notice = {name: hold[name] for name in ("subject_kind", "subject_id", "metric", "since", "cause")}
    notice |= {"episode": 1, "kind": "opened", "message": "Held since 2025-09-26: 9988.HK", "outputs": "[]"}
    output = {"output": "marts.scenario_runs", "company": "Alibaba", "stale_since": hold["since"]}
    output |= {"last_good_at": hold["since"] - timedelta(seconds=1), "because": [hold["cause"]]}
    check = {"table_name": "core.daily_bars", "check_name": "high.at_least.low", "severity": "blocking"}
    check |= {"batches": 3, "batches_failed": 1, "rows_failed": 2, "rows_evaluated": 2505}
    return {
        "holds": frame("holds", [hold]),
        "hold_history": frame("hold_history", [hold, hold_row(subject_id="JD", until=AS_OF - timedelta(days=1))]),
        "held_outputs": frame("held_outputs", [output]),
        "notices": frame("notices", [notice | {"noticed_at": AS_OF}]),
        "checks": frame("checks", [check]),
    }


def load_row(seq: int, name: str, stored: int, **more: Any) -> dict[str, Any]:
    return {
        "load_seq": seq,
        "load_id": f"load-{seq}",
        "source": "recording",
        "name": name,
        "table_name": "core.daily_bars",
        "payload_sha256": SHA,
        "inputs_digest": "d",
        "rows_in": stored + 3,
        "rows_stored": stored,
        "rows_restated": 1,
        "rows_duplicate": 1,
        "rows_quarantined": 2,
        "loaded_at": datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
        **more,
    }


def freshness_row(table: str, age_days: int, *, is_stale: bool) -> dict[str, Any]:
    known = AS_OF - timedelta(days=age_days)
    return {
        "table_name": table,
        "rows": 84,
        "newest_event_date": known.date(),
        "newest_known_at": known,
        "age_days": age_days,
        "is_stale": is_stale,
    }


def parameter(name: str, value: object, status: str) -> dict[str, object]:
    return {"name": name, "value": value, "unit": "nats", "status": status, "source": "article", "why": "said so"}


def full_view(**changes: Any) -> ReportView:
    """Return a view in which every section has something to say and nothing is simulated, stale or held."""
    return replace(
        empty_view(
            phases=phases(),
            run=run(),
            bands=bands(),
            evidence=evidence(),
            moves=moves(),
            paths=paths(),
            phase_features=phase_features(),
            players=players(),
            player_checks=player_checks(),
            forecasts=forecasts(),
            forecast_scores=forecast_scores(),
            metrics=metrics(),
            announcements=announcements(),
            prices=prices(),
            alerts=alerts(),
            quarantine=frame("quarantine", [quarantine_row(12), quarantine_row(13)]),
            loads=frame("loads", [load_row(1, "prices.csv", 84), load_row(2, "fx.csv", 60)]),
            freshness=frame(
                "freshness",
                [
                    freshness_row("core.daily_bars", 2, is_stale=False),
                    freshness_row("core.cycle_events", 90, is_stale=True),
                ],
            ),
            parameters=[parameter("tempering", 0.25, "assumption"), parameter("target_low_usd", 70.0, "article")],
        ),
        **changes,
    )


def worded_view(word: Callable[[str], str], **changes: Any) -> ReportView:
    """Return the full view with every text that comes from outside the closed vocabularies replaced.

    Args:
        word: gets the text that stood there, gives the one to put.
        changes: fields to set in the view.
    """
    view = full_view(**gate_frames())
    texts: dict[str, tuple[str, ...]] = {
        "phases": ("segment", "company", "evidence"),
        "bands": ("scenario",),
        "evidence": ("scenario", "family", "event_id"),
        "moves": ("scenario", "family"),
        "paths": ("scenario",),
        "phase_features": ("segment", "company", "family", "feature", "unit", "null_reason"),
        "players": ("company", "wave", "unit", "null_reason"),
        "forecasts": ("question", "subject", "outcome"),
        "forecast_scores": ("question", "happened"),
        "metrics": ("segment_basis", "null_reason"),
        "announcements": ("purpose", "source", "horizon_start"),
        "alerts": ("message", "rule_id"),
        "holds": ("subject_id", "metric", "cause"),
        "hold_history": ("subject_id", "metric", "cause"),
        "held_outputs": ("company", "segment"),
        "notices": ("message",),
        "checks": ("table_name", "check_name"),
        "quarantine": ("name", "reason", "subject_id", "row_content", "check_name"),
        "loads": ("source", "name"),
        "freshness": ("table_name",),
    }
    fields: dict[str, Any] = {
        name: getattr(view, name).with_columns(
            pl.Series(column, [text if text is None else word(text) for text in getattr(view, name)[column]], pl.String)
            for column in columns
        )
        for name, columns in texts.items()
    }
    fields["phases"] = fields["phases"].with_columns(
        reasons=pl.lit(json.dumps([word("first"), word("second"), word("third")]))
    )
    company = word("Alibaba")
    fields["metrics"] = fields["metrics"].with_columns(
        company=pl.when(pl.col("company") == "Alibaba").then(pl.lit(company)).otherwise(pl.lit(word("Microsoft"))),
        segment=pl.when(pl.col("segment") == "group")
        .then("segment")
        .otherwise(pl.lit(word("seg")) + pl.col("segment")),
    )
    fields["announcements"] = fields["announcements"].with_columns(
        company=pl.when(pl.col("company") == "Alibaba").then(pl.lit(company)).otherwise(pl.lit(word("Meta")))
    )
    fields["held_outputs"] = fields["held_outputs"].with_columns(because=pl.lit([word("cause")]))
    stored = run(
        abstained_because=word("stale"),
        projection_null_reason=word("no figures"),
        run_id=word("run"),
        digest=word("digest"),
        held_because=word("cause"),
        is_stale=True,
        platform=word("p"),
    )
    parameters = [{key: word(str(value)) for key, value in line.items() if key != "status"} for line in view.parameters]
    worded = [line | {"status": "assumption"} for line in parameters]
    checks = [{key: word(str(value)) for key, value in check.items()} for check in view.player_checks]
    return replace(
        view,
        **(fields | {"company": company, "run": stored, "player_checks": checks, "parameters": worded} | changes),
    )


SCRIPT = "<script>window.pwned=1</script>"
HOSTILE = (
    f'"\'>{SCRIPT}</title></style><img src=x onerror="window.pwned=1"><a href="javascript:window.pwned=1">x</a>'
    "<b onmouseover=window.pwned=1>b</b>{{ 7*7 }}${7*7}%{x} &lt;i&gt; \u202e\u0000 &#60;u&#62; --> ]]> "
    "\u6570\u636e\U0001f600"
)


def hostile_view(**changes: Any) -> ReportView:
    """Return a view whose every text tries to get out, each in a different wrapping."""
    return worded_view(lambda text: f"{text}{HOSTILE}", **changes)


def long_view() -> ReportView:
    """Return a view whose every text is very long and can't be broken at a space."""
    return worded_view(lambda text: text + "W" * 3000)


def null_view() -> ReportView:
    """Return the full view with every cell null, nothing but the number of rows left."""
    view = full_view(**gate_frames())
    nulls = {
        name: getattr(view, name).select(pl.lit(None, dtype=dtype).alias(column) for column, dtype in schema.items())
        for name, schema in FRAME_SCHEMAS.items()
    }
    nulls = {name: pl.concat([value] * getattr(view, name).height) for name, value in nulls.items()}
    return replace(
        view, run=dict.fromkeys(run()), player_checks=[{}], parameters=[dict.fromkeys(parameter("", "", ""))], **nulls
    )


def crowded_view(companies: int = 300) -> ReportView:
    """Return a view of many companies, many rows in every table."""
    view = full_view()
    names = [f"Company {i:04d}" for i in range(companies)]
    return replace(
        view,
        phases=pl.concat(
            [view.phases, *(view.phases.with_columns(company=pl.lit(name)) for name in names)],
        ),
        metrics=pl.concat([view.metrics, *(view.metrics.with_columns(company=pl.lit(name)) for name in names)]),
        announcements=pl.concat(
            [
                view.announcements,
                *(
                    view.announcements.with_columns(
                        company=pl.lit(name), announcement_id=pl.lit(name), item_id=pl.col("item_id") + name
                    )
                    for name in names
                ),
            ]
        ),
        phase_features=frame(
            "phase_features",
            [feature_row(f"segment {i % 40}", "growth", f"feature {i}", 0.1, 0.2, 0.0, 0.0) for i in range(4000)],
        ),
        players=frame(
            "players",
            [
                player_row(name, f"wave {wave}", indicator, 0.01)
                for name in names
                for wave in range(9)
                for indicator in ("index", "capex_ttm", "cloud_revenue")
            ],
        ),
        player_checks=[{"claim": f"claim {i}", "result": "fails"} for i in range(500)],
        forecasts=frame(
            "forecasts",
            [row for i in range(500) for row in forecast_rows(f"f{i}", "price_state", {"inside": 0.9, "outside": 0.1})],
        ),
        forecast_scores=frame(
            "forecast_scores",
            [row for i in range(500) for row in score_rows(f"s{i}", f"question {i % 90}", (0.3, 0.2, 0.1))],
        ),
        quarantine=frame("quarantine", [quarantine_row(i) for i in range(1, 20_000)]),
        loads=frame("loads", [load_row(i, f"file-{i}", 5) for i in range(1, 3000)]),
        alerts=frame("alerts", [alert_row(f"alert-{i}", "raised") for i in range(2000)]),
        holds=frame("holds", [hold_row(subject_id=name) for name in names]),
        parameters=[parameter(f"name-{i}", i, "assumption") for i in range(2000)],
    )
