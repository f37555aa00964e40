"""Which checks a table has: derived from its contract, with what the table's own suite adds.

Here: the derivation, the registry and the rules' version. Not here: what one check is (`expectations.checks`), the
additions (`expectations.suites`), the evaluation (`expectations.gate`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.contracts.core import CLOCKS, content_columns
from aicycle.contracts.schema import Column, DType, TableContract
from aicycle.errors import GateError
from aicycle.model.parameters.gate import GateRules
from expectations import checks
from expectations.checks import Check, CheckKind
from expectations.suites import ADDITIONS, MARTS_ADDITIONS
from transforms.digests import content_digest

EVALUATION = 2
"""Counted up when `expectations.engine` or `expectations.bridge` judge the same check differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """All checks of one table, in the order they are reported."""

    table: str
    checks: tuple[Check, ...]

    @property
    def own(self) -> Suite:
        """The checks that need nothing but the batch."""
        return Suite(table=self.table, checks=tuple(c for c in self.checks if c.kind is not CheckKind.WITHIN))

    @property
    def measured(self) -> Suite:
        """The checks that compare a measure with its limit."""
        return Suite(table=self.table, checks=tuple(c for c in self.checks if c.kind is CheckKind.WITHIN))

    def __post_init__(self) -> None:
        names = [check.name for check in self.checks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise GateError(
                f"two checks are called {', '.join(twice)}",
                where=f"suite of {self.table}",
                expected="one name a check: results are matched by it",
                next_command=f"rename the addition in expectations/suites/{self.table.split('.')[-1]}.py",
            )


def derive(contract: TableContract, additions: tuple[Check, ...] = ()) -> Suite:
    """Return the suite that follows from a contract.

    The columns of the gate's handle (`aicycle.contracts.core.STAGED`) are our own readers' work, not data: the gate
    requires them to be whole before it evaluates anything.
    """
    is_core = contract.schema == "core"
    derived = [checks.rows_present(), checks.readable()]
    for column in (*content_columns(contract), *(CLOCKS if is_core else ())):
        derived += column_checks(column)
    derived += [checks.at_least(rule.column, rule.other) for rule in contract.rules]
    if is_core:
        derived.append(checks.not_ahead())
    key = contract.statement
    return Suite(table=contract.full_name, checks=(*derived, *additions, checks.unique(key, named=contract.key)))


def derive_answer(contract: TableContract, additions: tuple[Check, ...] = ()) -> Suite:
    """Return the suite of a table that answers are stored in: nothing was read for it, and it may be empty."""
    derived = [check for column in contract.columns for check in column_checks(column)]
    derived += [checks.at_least(rule.column, rule.other) for rule in contract.rules]
    return Suite(
        table=contract.full_name, checks=(*derived, *additions, checks.unique(contract.key, named=contract.key))
    )


def column_checks(column: Column) -> list[Check]:
    """Return the checks that follow from one column."""
    is_number = column.dtype is DType.NUMBER
    found = [] if column.nullable else [checks.given(column.name, is_number=is_number)]
    if is_number:
        found.append(checks.finite(column.name))
    if column.domain:
        found.append(checks.domain(column.name, column.domain))
    if column.pattern:
        found.append(checks.pattern(column.name, column.pattern))
    if (column.minimum, column.maximum, column.above) != (None, None, None):
        found.append(checks.in_range(column.name, minimum=column.minimum, maximum=column.maximum, above=column.above))
    return found


def version_of(suites: dict[str, Suite]) -> str:
    """Return a digest of everything that decides what the gate stops: contracts' columns and every check."""
    content = [
        {
            "table": name,
            "columns": [[c.name, c.dtype.value, c.nullable] for c in CONTRACTS[name].columns],
            "subject": repr(CONTRACTS[name].subject),
            "checks": [check.definition() for check in suite.checks],
        }
        for name, suite in sorted(suites.items())
    ]
    text = json.dumps([EVALUATION, content], sort_keys=True, ensure_ascii=False)
    return "gate-" + hashlib.sha256(text.encode()).hexdigest()[:12]


SUITES: dict[str, Suite] = {name: derive(CONTRACTS[name], ADDITIONS.get(name, ())) for name in LANDED_TABLES}
"""By the table's full name: one for each table that payloads are read into."""

RULES_VERSION = version_of(SUITES)
"""Stands with every audit and quarantined row; changes by itself with any contract or check."""

MARTS_SUITES: dict[str, Suite] = {
    name: derive_answer(CONTRACTS[name], additions) for name, additions in MARTS_ADDITIONS.items()
}
"""By the table's full name: one for each table that answers are stored in."""

MARTS_RULES_VERSION = version_of(MARTS_SUITES)
"""Of the rules for answers. Apart from `RULES_VERSION`: a changed rule for answers lets no payload be read again."""


def rules_version(rules: GateRules) -> str:
    """Return the version of suites and limits together: it changes by itself with either."""
    return f"{RULES_VERSION}.{content_digest(asdict(rules))[:8]}"


def contract_checks(contract: TableContract) -> frozenset[str]:
    """Return the names of the checks that follow from a contract: nobody's word lets a row in that fails one.

    That two rows contradict each other says nothing against either: a person may know which one is right.
    """
    return frozenset(check.name for check in derive(contract).checks if check.kind is not CheckKind.UNIQUE)


def suite_of(contract: TableContract) -> Suite:
    """Return the registered suite of a table.

    Raises:
        GateError: no payload is read into this table, so it has none.
    """
    if contract.full_name not in SUITES:
        raise GateError(
            "this table has no suite",
            where=contract.full_name,
            expected=f"one of {', '.join(sorted(SUITES))}",
            next_command="name the table in aicycle.contracts.LANDED_TABLES",
        )
    return SUITES[contract.full_name]
