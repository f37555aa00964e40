"""Bars and rates of the sample through the whole gate: what is measured reaches the record, in its own words."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import polars as pl
import pytest

from aicycle.settings.configuration import load_configuration
from expectations.gate import audit_table
from expectations.suite import rules_version
from transforms.gate.context import GateContext
from transforms.staging import stage
from transforms.staging.batch import Payload

POISONED = date(2025, 6, 3)


@pytest.fixture(scope="module")
def context(root):
    configuration = load_configuration(root / "config")
    return GateContext(
        universe=configuration.universe,
        rules=configuration.gate,
        rules_version=rules_version(configuration.gate),
        believed={},
        received=pl.DataFrame(schema={"payload_sha256": pl.String(), "received_on": pl.Date()}),
    )


@pytest.fixture
def staged(sample_dir, context):
    def read(name, *, change=lambda content: content):
        content = change((sample_dir / name).read_bytes())
        payload = Payload(
            source="recording",
            name=name,
            format=f"recording/{name}",
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
        )
        (batch,) = stage(payload, universe=context.universe, siblings={})
        return batch

    return read


def _ten_times(content):
    """The bar of BABA on one day, ten times as high."""
    lines = content.decode().splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.startswith(f"BABA,{POISONED}")]
    cells = lines[at].split(",")
    cells[2:6] = [str(float(cell) * 10) for cell in cells[2:6]]
    lines[at] = ",".join(cells)
    return "\n".join(lines).encode()


@pytest.fixture
def knowing_actions(staged, context):
    """Splits are judged before the bars that they explain."""
    actions = staged("actions.csv")
    return context.believing("core.corporate_actions", actions.frame)


@pytest.mark.parametrize("name", ["prices.csv", "fx.csv", "actions.csv"])
def test_the_sample_passes(name, staged, knowing_actions):
    (audit,) = audit_table([staged(name)], knowing_actions)
    assert not audit.is_blocked
    assert not audit.checks["is_broken"].any()


def test_a_poisoned_bar_is_stopped_with_the_measures_own_words(staged, knowing_actions):
    batch = staged("prices.csv", change=_ten_times)
    (audit,) = audit_table([batch], knowing_actions)
    stopped = audit.failures.filter(pl.col("severity") == "blocking").join(batch.frame, on="row_id")
    assert set(stopped.select("symbol", "session").rows()) == {("BABA", POISONED)}
    (reason,) = stopped.filter(pl.col("check_name") == "close.jump")["reason"]
    assert f"of {POISONED} is" in reason
    assert "times the" in reason
