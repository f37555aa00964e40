"""The list of all checks as a document for people, in the words the suites themselves use.

Here: the text. Not here: writing it to a file (`scripts/build_docs.py`), or anything a check does not say.
"""

from __future__ import annotations

from expectations.checks import Check, CheckKind
from expectations.suite import SUITES, Suite

INTRODUCTION = """\
# Checks

Generated from `expectations/` by `make docs`; `make lint` fails when the two differ. Change the contract or the table's
module in `expectations/suites/`, not this file.

A *blocking* check stops the rows that fail it; an *advisory* one is said and stops nothing. What says *measured*
compares
a number about the row (`transforms/gate/measures/`) with a limit of `config/gate/`; everything else follows from the
row itself. Names stand in `ops.audits` and `ops.quarantine`.
"""


def checks_document() -> str:
    """Return the whole list in Markdown, ending with one line break."""
    return "\n".join([INTRODUCTION, *(_section(suite) for _, suite in sorted(SUITES.items()))])


def _section(suite: Suite) -> str:
    rows = [f"| `{check.name}` | {check.severity} | {_cell(_said(check))} |" for check in suite.checks]
    return "\n".join([f"## {suite.table}", "", "| check | severity | says |", "|---|---|---|", *rows, ""])


def _said(check: Check) -> str:
    condition = check.condition
    about = "" if condition is None else f" (where {condition.column} is {condition.value or 'given'})"
    measured = "measured: " if check.kind is CheckKind.WITHIN else ""
    return f"{measured}{check.reason.replace('{{', '{').replace('}}', '}')}{about}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
