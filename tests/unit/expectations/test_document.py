"""The list of checks names every one, in the words a person reads."""

from __future__ import annotations

from expectations.document import checks_document
from expectations.suite import MARTS_SUITES, SUITES
from transforms.gate.budget import WITHIN_BUDGET
from transforms.gate.invariants import INVARIANTS


def test_every_check_stands_in_its_tables_section():
    sections = dict(part.split("\n", 1) for part in checks_document().split("## ")[1:])
    whole = sections.pop("Whole tables and batches")
    assert all(f"`{invariant.check_name}`" in whole for invariant in INVARIANTS)
    assert WITHIN_BUDGET in whole
    suites = {**SUITES, **MARTS_SUITES}
    assert set(sections) == set(suites)
    for table, suite in suites.items():
        listed = [line.split("`")[1] for line in sections[table].splitlines() if line.startswith("| `")]
        assert listed == [check.name for check in suite.checks]


def test_a_cell_can_not_break_its_table():
    for line in checks_document().splitlines():
        if line.startswith("| `"):
            assert line.replace("\\|", "").count("|") == 4
