"""The declared lineage of forecasts against what they read: take a subject's rows away and see which questions move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.lineage import LINEAGE
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import EventType, Origin
from aicycle.model.parameters import Configuration
from transforms.facts import Facts
from transforms.forecasts.issue import issue
from transforms.lineage import downstream

AS_OF = end_of_day(date(2025, 12, 1))
KNOWN = dict.fromkeys(("known_at", "source_known_at"), end_of_day(date(2025, 6, 16)))


@pytest.fixture
def world(facts_of, alibabas_figures, alibabas_bars) -> Facts:
    events = [
        {
            "cycle_event_id": f"e{company}", "announcement_id": f"a{company}", "company": company, "segment": "cloud",
            "country": "CN", "type": "region_launch", "direction": 1, "title": "t", "source": "s", "is_realised": True,
            "event_time": date(2025, 6, 16),
        }
        | KNOWN
        for company in ("Alibaba", "none", "Meituan")
    ]  # fmt: skip
    announcement = {
        "item_id": "i", "announcement_id": "b", "company": "Alibaba", "kind": "capex_plan", "origin": "row",
        "is_hypothetical": False, "source": "s", "direction": "up",
    } | KNOWN  # fmt: skip
    dividend = {
        "symbol": "BABA", "ex_date": date(2025, 6, 12), "kind": "cash_dividend", "amount": 2.0, "currency": "USD",
    } | KNOWN  # fmt: skip
    other = [row | {"segment": "Taobao and Tmall Group"} for row in alibabas_figures() if row["metric"] == "revenue"]
    stated = {
        "company": "Alibaba", "segment": "Cloud", "metric": "yoy_pct", "value": 18.0, "segment_basis": "group",
        "period_end": date(2023, 3, 31), "duration_months": 3, "unit": "percent",
    } | KNOWN  # fmt: skip
    return facts_of(
        figures=[*alibabas_figures(), *other, stated],
        bars=alibabas_bars(date(2024, 6, 3), date(2025, 12, 1)),
        actions=[dividend],
        events=events,
        announcements=[announcement],
    )


def with_spending_that_speaks(configuration: Configuration) -> Configuration:
    """In our own numbers spending speaks for both ends alike, which moves no forecast; other numbers may not."""
    scenario_set = configuration.scenario_set("Alibaba")
    assert scenario_set is not None
    one_sided = tuple(
        w for w in scenario_set.evidence if w.scenario != "pessimistic" or EventType.CAPEX_PLAN not in w.event_types
    )
    assert len(one_sided) < len(scenario_set.evidence)
    return replace(configuration, scenario_sets=(replace(scenario_set, evidence=one_sided),))


def said(facts: Facts, configuration) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    made = issue(
        facts, received=None, configuration=configuration, companies=["Alibaba"], as_of=AS_OF, origin=Origin.LIVE
    )
    by_question: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    for row in made.forecasts.iter_rows(named=True):
        by_question.setdefault((row["question"], row["subject"]), []).append(tuple(row.values()))
    return by_question


def test_what_moves_a_forecast_is_what_the_lineage_names(world, configuration) -> None:
    configuration = with_spending_that_speaks(configuration)
    before = said(world, configuration)
    assert len(before) == 4
    moved_by: set[tuple[str, str]] = set()
    for table, frame in world.tables().items():
        subject = CONTRACTS[table].subject
        if subject is None or frame.is_empty():
            continue
        subject_id = pl.concat_str(subject.columns, separator="/")
        metric = pl.col(subject.metric_column) if subject.metric_column else pl.lit(subject.metric)
        for name, measured in frame.select(subject_id, metric.alias("metric of it")).unique().sort(pl.all()).rows():
            field = table.removeprefix("core.")
            without = replace(world, **{field: frame.filter(~((subject_id == name) & (metric == measured)))})
            after = said(without, configuration)
            moved = {question for question, answer in before.items() if after.get(question) != answer}
            reached = reached_segments(subject.kind, name, measured, configuration)
            assert {s for _, s in moved} <= {s for s in ("cloud", "group", "BABA") if s in reached}, (table, name)
            if moved:
                moved_by.add((table, measured))
    declared = {(need.table, need.metric) for need in LINEAGE if need.output == "marts.forecasts"}
    assert moved_by == declared, "and what is declared moves something"


def reached_segments(kind: str, subject_id: str, metric: str, configuration) -> set[str]:
    hold = {"subject_kind": kind, "subject_id": subject_id, "metric": metric, "since": AS_OF, "cause": "test"}
    hold |= {"quarantine_id": "test", "load_seq": 1}
    holds = pl.DataFrame([hold], schema=CONTRACTS["ops.holds"].polars_schema())
    spread = downstream(holds, configuration.universe).filter(
        (pl.col("output") == "marts.forecasts") & (pl.col("company") == "Alibaba")
    )
    segments = spread["segment"].to_list()
    return {"cloud", "group", "BABA"} if None in segments else set(segments)
