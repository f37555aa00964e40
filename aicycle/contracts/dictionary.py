"""The data dictionary: the contracts as a document for people.

Here: the text. Not here: writing it to a file (`scripts/build_docs.py`), or anything a contract does not say.
"""

from __future__ import annotations

from aicycle.contracts import CONTRACTS, SCHEMA_VERSION
from aicycle.contracts.schema import Column, Subject, TableContract

INTRODUCTION = """\
# Data dictionary

Generated from `aicycle/contracts` by `make docs`; `make lint` fails when the two differ. Change the contract, not this
file.

One table per section, in the order of a fact's journey: `raw` what was received, `core` the facts, `marts` what follows
from them, `ops` what happened to them. Instants are in UTC, to the microsecond; days are calendar dates without a zone.
*Required* means never empty. *Volatile* columns differ between two runs on the same input: no digest covers them.
Core tables are append-only: one key may have several versions, and a read as of an instant takes, per key, the one with
the greatest `known_at`, then `load_seq`, among those known by then.
"""

HEADER = ("column", "type", "unit", "required", "allowed", "meaning")


def data_dictionary() -> str:
    """Return the whole dictionary in Markdown, ending with one line break."""
    contents = "\n".join(f"- [{name}](#{_anchor(name)}): {contract.grain}" for name, contract in CONTRACTS.items())
    sections = "\n".join(table_section(contract) for contract in CONTRACTS.values())
    return f"{INTRODUCTION}\nVersion {SCHEMA_VERSION} of all contracts together.\n\n{contents}\n\n{sections}"


def table_section(contract: TableContract) -> str:
    """Return one table's section in Markdown, ending with one line break."""
    facts = [
        f"- One row: {_cell(contract.grain)}.",
        f"- Time: {_cell(contract.time)}.",
        f"- Key: {_names(contract.key)}.",
        f"- Clock: {contract.clock}.",
    ]
    if contract.subject is not None:
        facts.append(f"- Speaks about: {_subject(contract.subject)}.")
    if contract.rules:
        rules = ", ".join(f"`{rule.column}` >= `{rule.other}`" for rule in contract.rules)
        facts.append(f"- In every row, where both are given: {rules}.")
    rows = [_row(HEADER), _row(("---",) * len(HEADER)), *(_row(_cells(column)) for column in contract.columns)]
    return "\n".join([f"## {contract.full_name}", "", *facts, "", *rows, ""])


def _cells(column: Column) -> tuple[str, ...]:
    meaning = _cell(column.meaning) + (" *(volatile)*" if column.volatile else "")
    return (
        f"`{column.name}`",
        column.dtype.value,
        _cell(column.unit),
        "" if column.nullable else "yes",
        _allowed(column),
        meaning,
    )


def _allowed(column: Column) -> str:
    parts = []
    if column.domain:
        parts.append(", ".join(f"`{word}`" for word in column.domain))
    if column.pattern:
        parts.append(f"in full `{_cell(column.pattern)}`")
    if column.above is not None:
        parts.append(f"> {column.above:g}")
    if column.minimum is not None:
        parts.append(f">= {column.minimum:g}")
    if column.maximum is not None:
        parts.append(f"<= {column.maximum:g}")
    return ", ".join(parts)


def _subject(subject: Subject) -> str:
    metric = f"metric in `{subject.metric_column}`" if subject.metric_column else f"metric `{subject.metric}`"
    lifts = "a later good observation" if subject.next_observation_lifts else "the same key, corrected,"
    columns = " / ".join(f"`{name}`" for name in subject.columns)
    return f"{subject.kind} {columns}, {metric}; {lifts} lifts a hold on it"


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _cell(text: str) -> str:
    """Return a text that stays in its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _anchor(full_name: str) -> str:
    """Return the anchor Markdown readers give a table's heading."""
    return full_name.replace(".", "")
