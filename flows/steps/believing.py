"""What is believed at this moment: the context a batch is judged in.

Here: reading it from an open database. Not here: what is made of it (`transforms.gate`).
"""

from __future__ import annotations

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.model.parameters import Configuration
from expectations.suite import rules_version
from flows.steps.deriving import received_days
from transforms.gate.context import GateContext
from transforms.point_in_time import newest_versions
from warehouse import Transaction


def context_of(view: Transaction, configuration: Configuration) -> GateContext:
    """Return what is stored, the newest version of each fact, and what is declared."""
    believed = {
        table: newest_versions(view.frame(table), CONTRACTS[table].key, CONTRACTS[table].version_order)
        for table in LANDED_TABLES
        if CONTRACTS[table].schema == "core"
    }
    return GateContext(
        universe=configuration.universe,
        rules=configuration.gate,
        rules_version=rules_version(configuration.gate),
        believed=believed,
        load_seq=view.next_number("ops.loads", "load_seq") - 1,
        received=received_days(view.frame("raw.payloads")),
    )
