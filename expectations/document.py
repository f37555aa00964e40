"""The list of all checks as a document for people, in the words the suites themselves use.

Here: the text. Not here: writing it to a file (`scripts/build_docs.py`), or anything a check does not say.
"""

from __future__ import annotations

from collections.abc import Callable

from expectations.checks import Check, CheckKind
from expectations.suite import MARTS_SUITES, SUITES, Suite
from transforms.gate.budget import WITHIN_BUDGET
from transforms.gate.invariants import INVARIANTS

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
    suites = sorted({**SUITES, **MARTS_SUITES}.items())
    return "\n".join([INTRODUCTION, _whole_tables(), *(_section(suite) for _, suite in suites)])


def _whole_tables() -> str:
    rows = [f"| `{i.table}` `{i.check_name}` | {i.severity} | {_cell(_summary(i.take))} |" for i in INVARIANTS]
    budget = f"| every table `{WITHIN_BUDGET}` | blocking | the batch waits whole: too many of its rows failed |"
    head = ["## Whole tables and batches", "", "| check | severity | measures |", "|---|---|---|"]
    return "\n".join([*head, *rows, budget, ""])


def _summary(function: Callable[..., object]) -> str:
    return (function.__doc__ or "").strip().split("\n\n")[0].removeprefix("Return, ").rstrip(".")


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
