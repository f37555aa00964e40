"""What is judged together and what one after the other, and whose word counts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import polars as pl
import pytest

from aicycle.model.decisions import MANUAL
from aicycle.settings.configuration import load_configuration
from expectations.gate import CHECKS_SCHEMA, FAILURES_SCHEMA, Audit
from flows.steps.judging import Sheet, judge_sheets
from transforms.gate.context import GateContext
from transforms.prices import RECEIVED_SCHEMA
from transforms.staging.batch import Payload

HEADER = "symbol,session,open,high,low,close,volume,currency,price_basis\n"
RATES = b"pair,session,rate\nUSDCNY,2025-06-02,7.19\n"


def bars(close: float, day: str = "2025-06-02") -> bytes:
    return f"{HEADER}BABA,{day},{close},{close},{close},{close},5,USD,as_traded\n".encode()


def sheet(content: bytes, name: str = "prices.csv", source: str = "recording", file: str = "prices.csv") -> Sheet:
    payload = Payload(
        source=source, name=name, format=f"recording/{file}", sha256=hashlib.sha256(content).hexdigest(),
        content=content, fetched_at=datetime(2025, 6, 3, tzinfo=UTC),
    )  # fmt: skip
    return Sheet(payload, {})


class Gate:
    """Stops closes that are in `failing` by the check of the same name, and remembers what it was asked together."""

    def __init__(self, **failing: float) -> None:
        self.failing = failing
        self.asked: list[list[float]] = []
        self.believed: list[list[float]] = []

    def __call__(self, batches, context):
        if batches[0].contract.name == "daily_bars":
            self.asked.append([close for batch in batches for close in batch.frame["close"]])
            self.believed.append(context.rows("core.daily_bars")["close"].to_list())
        return [self.audit(batch) for batch in batches]

    def audit(self, batch) -> Audit:
        checks, failures = [], []
        for name, close in (self.failing or {"none": -1.0}).items():
            frame = batch.frame
            rows = frame.filter(pl.col("close") == close)["row_id"].to_list() if "close" in frame.columns else []
            check = {
                "table_name": batch.contract.full_name,
                "check_name": name.replace("__", "."),
                "rows_failed": len(rows),
            }
            check |= {"severity": "blocking", "is_passed": not rows, "is_broken": False, "rows_evaluated": frame.height}
            checks.append(check | {"rules_version": "own"})
            failed = {"check_name": check["check_name"], "severity": "blocking", "reason": name}
            failures += [{"row_id": row} | failed for row in rows]
        return Audit(
            checks=pl.DataFrame(checks, schema=CHECKS_SCHEMA), failures=pl.DataFrame(failures, schema=FAILURES_SCHEMA)
        )


@pytest.fixture(scope="module")
def context(root) -> GateContext:
    configuration = load_configuration(root / "config")
    return GateContext(
        universe=configuration.universe, rules=configuration.gate, rules_version="own", believed={},
        received=RECEIVED_SCHEMA.to_frame(),
    )  # fmt: skip


def test_files_of_one_table_are_judged_together_and_rates_before_closes(context):
    gate = Gate()
    sheets = [
        sheet(bars(114.75)),
        sheet(bars(115.0, "2025-06-03"), name="more.csv"),
        sheet(RATES, "fx.csv", file="fx.csv"),
    ]
    answers, after = judge_sheets(sheets, context, gate)
    assert gate.asked == [[114.75, 115.0]]
    assert [[verdict.table for verdict in answer] for answer in answers] == [["core.daily_bars"]] * 2 + [
        ["core.fx_rates"]
    ]
    assert after.rows("core.daily_bars").height == 2


def test_a_name_that_landed_twice_is_judged_twice_the_second_time_beside_the_first(context):
    gate = Gate()
    _, after = judge_sheets([sheet(bars(114.75)), sheet(bars(118.19))], context, gate)
    assert (gate.asked, gate.believed) == ([[114.75], [118.19]], [[], [114.75]])
    assert after.rows("core.daily_bars")["close"].to_list() == [118.19]


@pytest.mark.parametrize(("source", "stopped"), [("recording", 1), (MANUAL, 0)])
def test_who_corrects_signs_for_a_value_that_is_far_from_what_was_believed(context, source, stopped):
    answers, _ = judge_sheets([sheet(bars(118.19), source=source)], context, Gate(prices__revision=118.19))
    assert answers[0][0].stopped.height == stopped


def test_nobody_signs_for_a_row_that_no_table_could_hold(context):
    answers, _ = judge_sheets([sheet(bars(118.19), source=MANUAL)], context, Gate(close__range=118.19))
    assert answers[0][0].stopped.height == 1
