"""The dictionary says everything a contract says, in a table that Markdown can read."""

from __future__ import annotations

import re

import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.dictionary import data_dictionary, table_section
from aicycle.contracts.schema import AtLeast, Subject, TableContract, instant, integer, number, text

FERRIES = TableContract(
    schema="core",
    name="ferries",
    grain="one crossing | one row",
    time="arrival",
    key=("crossing", "run"),
    columns=(
        text("crossing", "which one", pattern="a|b"),
        integer("run", "of the day", minimum=1, maximum=20),
        number("length_m", "from bow\nto stern", unit="metres", above=0, nullable=True),
        text("state", "where", domain=("sea", "port")),
        instant("seen_at", "our clock", volatile=True),
    ),
    rules=(AtLeast("run", "run"),),
    subject=Subject("ferry", ("crossing", "run"), metric="delay"),
)


def test_a_section_in_full():
    assert table_section(FERRIES) == "\n".join(
        [
            "## core.ferries",
            "",
            "- One row: one crossing \\| one row.",
            "- Time: arrival.",
            "- Key: `crossing`, `run`.",
            "- Clock: stated.",
            "- Speaks about: ferry `crossing` / `run`, metric `delay`; a later good observation lifts a hold on it.",
            "- In every row, where both are given: `run` >= `run`.",
            "",
            "| column | type | unit | required | allowed | meaning |",
            "| --- | --- | --- | --- | --- | --- |",
            "| `crossing` | text |  | yes | in full `a\\|b` | which one |",
            "| `run` | integer |  | yes | >= 1, <= 20 | of the day |",
            "| `length_m` | number | metres |  | > 0 | from bow to stern |",
            "| `state` | text |  | yes | `sea`, `port` | where |",
            "| `seen_at` | instant |  | yes |  | our clock *(volatile)* |",
            "",
        ]
    )


def test_a_metric_named_by_the_row_and_a_hold_that_only_a_correction_lifts():
    figures = table_section(CONTRACTS["core.reported_figures"])
    assert "metric in `metric`; a later good observation lifts" in figures
    assert "the same key, corrected, lifts" in table_section(CONTRACTS["core.documents"])


@pytest.mark.parametrize("contract", [pytest.param(c, id=name) for name, c in CONTRACTS.items()])
def test_every_column_has_a_row_of_six_cells(contract):
    rows = [line for line in table_section(contract).splitlines() if line.startswith("| `")]
    assert [re.findall(r"`([^`]+)`", row)[0] for row in rows] == list(contract.column_names)
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_every_table_is_listed_and_linked():
    document = data_dictionary()
    headings = re.findall(r"^## (.+)$", document, flags=re.MULTILINE)
    links = re.findall(r"^- \[(.+)\]\(#(.+)\):", document, flags=re.MULTILINE)
    assert headings == list(CONTRACTS) == [name for name, _ in links]
    assert [anchor for _, anchor in links] == [name.replace(".", "") for name in headings]
    assert document.endswith("|\n")
    assert not document.endswith("\n\n")
