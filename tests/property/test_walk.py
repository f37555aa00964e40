"""The walk against single answers, for any history: the same to the last bit, and blind for what comes later."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from aicycle.contracts import CONTRACTS
from aicycle.errors import NotKnownYetError
from aicycle.model.instants import end_of_day
from aicycle.model.kinds import AlertStatus
from aicycle.settings.configuration import load_configuration
from transforms.crossings import ALERTS_SCHEMA, alerts_from, crossings, in_units_of_level
from transforms.event_members import event_members
from transforms.facts import Facts
from transforms.prices import closes_of, quoted_bars, session_history
from transforms.scenarios.answer import assess_company
from transforms.walking.alerts import alerts_of_walk
from transforms.walking.days import PROBABILITY, walk

CONFIGURATION = load_configuration(Path(__file__).parents[2] / "config")
FIRST = date(2025, 6, 2)
LAST_DAY = 40
EXAMPLES = settings(max_examples=15, deadline=None)
LEDGER = {
    "known_precision": "instant", "revision": 0, "payload_sha256": "0" * 64, "byte_start": 0, "byte_end": 1,
    "verification": "source",
}  # fmt: skip

offsets = st.integers(0, LAST_DAY)
noons = offsets.map(lambda n: datetime.combine(FIRST + timedelta(days=n), time(12), UTC))
bars = st.lists(
    st.fixed_dictionaries(
        {
            "session": offsets.map(lambda n: FIRST + timedelta(days=n)),
            # Around the edges that are watched.
            "close": st.one_of(st.sampled_from([70.0, 90.0, 140.0, 178.2, 180.0, 200.0]), st.floats(50, 260)),
            "delay": st.sampled_from([0, 0, 0, 1, 5]),
            "price_basis": st.sampled_from(["split_adjusted", "split_adjusted", "as_traded"]),
        }
    ),
    max_size=25,
)
splits = st.lists(
    st.fixed_dictionaries({"ex": offsets, "known": offsets, "ratio": st.sampled_from([2.0, 0.5, 10.0])}), max_size=2
)
events = st.lists(
    st.fixed_dictionaries(
        {
            "announcement_id": st.sampled_from([f"a{i}" for i in range(6)]),
            "cycle_event_id": st.sampled_from([f"e{i}" for i in range(8)]),
            "company": st.sampled_from(["Alibaba", "Ant", "none"]),
            "type": st.sampled_from(["region_launch", "chip_restriction", "model_release", "competition"]),
            "direction": st.sampled_from([-1, 0, 1]),
            "known_at": noons,
            "is_retracted": st.sampled_from([None, None, True]),
        }
    ),
    max_size=10,
)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = CONTRACTS[name].column_names
    # The same version stored twice is one version; numbered, so that the newest of a key is never a tie.
    full = [LEDGER | {"load_seq": i + 1} | row for i, row in enumerate(rows)]
    kept = [{k: v for k, v in row.items() if k in columns} for row in full]
    return pl.DataFrame(kept, schema=CONTRACTS[name].polars_schema())


def facts_of(of_bars: list[dict], of_splits: list[dict], of_events: list[dict]) -> Facts:
    bars_rows = [
        {"symbol": "BABA", "session": b["session"], "currency": "USD", "volume": 1, "price_basis": b["price_basis"]}
        | dict.fromkeys(("open", "high", "low", "close"), b["close"])
        | {"known_at": datetime.combine(b["session"] + timedelta(days=b["delay"]), time(21, 15), UTC)}
        for b in of_bars
    ]
    split_rows = [
        {"symbol": "BABA", "kind": "split", "ex_date": FIRST + timedelta(days=s["ex"]), "ratio": s["ratio"]}
        | dict.fromkeys(
            ("known_at", "source_known_at"), datetime.combine(FIRST + timedelta(days=s["known"]), time(12), UTC)
        )
        for s in of_splits
    ]
    filler = {
        "event_time": FIRST, "segment": "cloud", "country": "CN", "title": "t", "source": "s", "is_realised": True,
    }  # fmt: skip
    event_rows = [filler | e | {"source_known_at": e["known_at"]} for e in of_events]
    frames = {
        "core.daily_bars": table("core.daily_bars", bars_rows),
        "core.corporate_actions": table("core.corporate_actions", split_rows),
        "core.cycle_events": table("core.cycle_events", event_rows),
    }
    nothing = CONTRACTS["core.announcements"].polars_schema().to_frame()
    return Facts.from_tables(frames | {"core.event_members": event_members(nothing, frames["core.cycle_events"])})


def walked(facts: Facts, days: list[datetime]) -> pl.DataFrame:
    return walk(facts, received=None, configuration=CONFIGURATION, companies=["Alibaba"], days=days)


def single_answer(facts: Facts, day: datetime) -> dict[str, Any]:
    """One day as a run of that day gives it."""
    known = facts.known_by(day)
    scenario_set = CONFIGURATION.scenario_set("Alibaba")
    assert scenario_set is not None
    try:
        answer = assess_company(
            prices=closes_of(quoted_bars(facts.daily_bars, facts.corporate_actions, as_of=day), "BABA"),
            actions=facts.corporate_actions,
            events=facts.cycle_events,
            members=facts.event_members,
            announcements=facts.announcements,
            figures=known.reported_figures,
            fx=known.fx_rates,
            universe=CONFIGURATION.universe,
            scenario_set=scenario_set,
            as_of=day,
        )
    except NotKnownYetError:
        return {"market_state": None, "price_usd": None, "probability_realistic": None}
    taken = ("price_usd", "price_session", "price_basis", "market_state", "evidence_state", "evidence_newest_known_at")
    return {name: answer.run[name] for name in taken} | {
        f"{PROBABILITY}{scenario}": probability
        for scenario, probability in answer.bands.select("scenario", "probability").iter_rows()
    }


all_days = [end_of_day(FIRST + timedelta(days=n)) for n in range(0, LAST_DAY + 8, 5)]
histories = st.builds(facts_of, bars, splits, events)


@EXAMPLES
@given(histories)
def test_a_day_of_the_walk_is_that_days_answer(facts: Facts) -> None:
    for row in walked(facts, all_days).iter_rows(named=True):
        for name, said in single_answer(facts, row["as_of"]).items():
            assert row[name] == said, (row["as_of"], name)


@EXAMPLES
@given(st.tuples(bars, splits, events), bars, events, offsets)
def test_what_is_known_after_a_day_changes_no_day_up_to_it(known, more_bars, more_events, cut: int) -> None:
    b, s, e = known
    limit = FIRST + timedelta(days=cut)
    later = [bar for bar in more_bars if bar["session"] + timedelta(days=bar["delay"]) > limit]
    # No splits: a later one takes the vendor's hindsight out of stored prices, which carry it. It is no knowledge.
    later_events = [event for event in more_events if event["known_at"].date() > limit]
    days = [day for day in all_days if day.date() <= limit]

    assert_frame_equal(
        walked(facts_of(b, s, e), days), walked(facts_of(b + later, s, e + later_events), days), check_exact=True
    )


@EXAMPLES
@given(histories, st.integers(0, 1000))
def test_order_and_repetition_of_facts_do_not_matter(facts: Facts, seed: int) -> None:
    shuffled = {
        name: pl.concat([frame, frame]).sample(fraction=1.0, shuffle=True, seed=seed)
        for name, frame in facts.tables().items()
    }
    assert_frame_equal(walked(facts, all_days), walked(Facts.from_tables(shuffled), all_days), check_exact=True)


@EXAMPLES
@given(histories)
def test_the_alerts_of_a_walk_are_those_of_looking_every_day(facts: Facts) -> None:
    found = alerts_of_walk(
        walked(facts, all_days), facts, received=None, configuration=CONFIGURATION, company="Alibaba"
    )
    live = ALERTS_SCHEMA.to_frame()
    for day in all_days:
        prices = session_history(facts.daily_bars, facts.corporate_actions, symbol="BABA", as_of=day)
        for rule in CONFIGURATION.alert_rules:
            history = in_units_of_level(prices, facts.corporate_actions, rule, symbol="BABA", as_of=day)
            alerts = alerts_from(crossings(history, rule), rule, baseline_as_of=all_days[0])
            live = pl.concat([live, alerts.join(live, on="alert_id", how="anti")])
    assert_frame_equal(found, live.sort("known_at", "alert_id"), check_exact=True)


@EXAMPLES
@given(st.lists(st.floats(60, 260), min_size=1, max_size=40))
def test_without_restatements_one_look_at_the_end_finds_the_alerts_of_every_day(closes: list[float]) -> None:
    facts = facts_of(
        [
            {"session": FIRST + timedelta(days=i), "close": close, "delay": 0, "price_basis": "as_traded"}
            for i, close in enumerate(closes)
        ],
        [],
        [],
    )
    day_by_day = alerts_of_walk(
        walked(facts, all_days), facts, received=None, configuration=CONFIGURATION, company="Alibaba"
    )
    at_the_end = alerts_of_walk(
        walked(facts, all_days[-1:]), facts, received=None, configuration=CONFIGURATION, company="Alibaba"
    )
    # On its first day a walk sets the baseline: then all of it is.
    assert set(at_the_end["status"]) <= {AlertStatus.BASELINE.value}
    assert_frame_equal(day_by_day.drop("status"), at_the_end.drop("status"), check_exact=True)
