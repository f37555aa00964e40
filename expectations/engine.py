"""Great Expectations itself: loaded once and late, asked about one batch at a time, believed only as far as it shows.

Here: loading, evaluation, and what one result means. Not here: what follows for a row (`expectations.gate`).
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aicycle.model.kinds import Severity
from expectations.checks import Check, CheckKind

if TYPE_CHECKING:
    import pandas as pd

GX_SEVERITY = {Severity.BLOCKING: "critical", Severity.ADVISORY: "warning"}

COUNTS = "BASIC"
"""Counts only: half the time of the complete format, and enough where nothing fails."""

ROW_IDS: dict[str, object] = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["row_id"],
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}

SURELY_FAILS = Check(
    name="library.sees",
    kind=CheckKind.READABLE,
    expectation="expect_column_values_to_be_null",
    columns=("row_id",),
    arguments={"column": "row_id"},
    reason="no row has an id",
)
"""Asked beside every batch: each row has an id, so a library that finds no fault here would find none anywhere."""

_ONE_AT_A_TIME = threading.Lock()
"""The context has one batch, and warning filters belong to the whole process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check said about a batch."""

    is_passed: bool = False
    row_ids: tuple[int, ...] = ()
    """Failing rows, ascending."""
    rows_evaluated: int = 0
    broken: str = ""
    """Why it could not run, or can't be believed; empty when it ran."""


class _Library:
    """The loaded library with the one in-memory context of this process."""

    def __init__(self) -> None:
        with _quiet():
            import great_expectations as gx  # noqa: PLC0415 - 3 to 9 s and 270 MB: only when a batch is judged

            # It sets its own loggers to INFO and would tell of its temporary folders between our own lines.
            told = logging.root.manager.disable
            logging.disable(logging.INFO)
            try:
                context = gx.get_context(mode="ephemeral")
            finally:
                logging.disable(told)
            context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
            asset = context.data_sources.add_pandas("staged").add_dataframe_asset("batch")
            self._batch = asset.add_batch_definition_whole_dataframe("whole")
            self._suite = gx.ExpectationSuite

    def expectation(self, check: Check) -> Any:  # noqa: ANN401 - the library's own type exists only once it is loaded
        """Return a check as an expectation.

        Raises:
            Exception: the library does not take it.
        """
        arguments = dict(check.arguments)
        if check.condition is not None:
            arguments["row_condition"] = check.condition.row_condition()
        configuration = {
            "type": check.expectation,
            "kwargs": arguments,
            "severity": GX_SEVERITY[check.severity],
            "meta": {"check": check.name},
        }
        return self._suite(name=check.name, expectations=[configuration]).expectations[0]

    def results(self, rows: pd.DataFrame, expectations: Sequence[Any], result_format: object) -> dict[str, Any]:
        """Return the library's results by check name.

        Raises:
            Exception: whatever goes wrong outside a single expectation.
        """
        with _quiet():
            batch = self._batch.get_batch(batch_parameters={"dataframe": rows})
            suite = self._suite(name="staged", expectations=list(expectations))
            found = batch.validate(suite, result_format=result_format)  # type: ignore[call-overload]
        return {result.expectation_config.meta["check"]: result for result in found.results}


@cache
def library() -> _Library:
    """Return the library, loaded at the first call."""
    return _Library()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's own calls of what Python and pandas deprecate from becoming our warnings."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"module 'sre_\w+' is deprecated", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message=r"This pattern is interpreted as a regular expression, and has match")
        warnings.filterwarnings("ignore", message=r"Series\.values returning an ndarray that drops timezone")
        yield


def evaluate(rows: pd.DataFrame, checks: Sequence[Check]) -> dict[str, Outcome]:
    """Return what each check says about a batch; none is left out and none passes by accident.

    Args:
        rows: a frame of `expectations.bridge.as_pandas`, with unique `row_id`.
        checks: with unique names.
    """
    with _ONE_AT_A_TIME:
        gx = library()
        outcomes: dict[str, Outcome] = {}
        expectations: dict[str, Any] = {}
        for check in checks:
            try:
                expectations[check.name] = gx.expectation(check)
            except Exception as error:  # noqa: BLE001 - whatever it is, it stops rows and not the run
                outcomes[check.name] = Outcome(broken=first_line(error))
        runnable = [check for check in checks if check.name in expectations]
        expectations[SURELY_FAILS.name] = gx.expectation(SURELY_FAILS)
        counted = _ask(gx, rows, [*runnable, SURELY_FAILS], expectations, COUNTS) if runnable else {}
        outcomes |= {check.name: _by_count(check, counted.get(check.name), rows) for check in runnable}
        if _is_blind(counted.get(SURELY_FAILS.name), rows):
            blind = Outcome(broken="the library does not find what is surely there")
            outcomes |= {check.name: blind for check in runnable if not outcomes[check.name].broken}
        # Row ids cost as much again, so they are asked for only where rows failed.
        failed = [check for check in runnable if not outcomes[check.name].is_passed and not outcomes[check.name].broken]
        failed = [check for check in failed if check.kind is not CheckKind.ROWS_PRESENT]
        named = _ask(gx, rows, failed, expectations, ROW_IDS)
        outcomes |= {check.name: _by_row(check, named.get(check.name), rows) for check in failed}
    return {check.name: outcomes[check.name] for check in checks}


def _ask(
    gx: _Library, rows: pd.DataFrame, checks: list[Check], expectations: Mapping[str, Any], result_format: object
) -> dict[str, Any]:
    if not checks:
        return {}
    try:
        return gx.results(rows, [expectations[check.name] for check in checks], result_format)
    except Exception as error:  # noqa: BLE001 - whatever it is, it stops rows and not the run
        return dict.fromkeys((check.name for check in checks), error)


def _by_count(check: Check, result: Any, rows: pd.DataFrame) -> Outcome:  # noqa: ANN401 - a result, an error, or nothing
    """Read a result in the counting format: `success` alone is not believed."""
    broken = _why_broken(result)
    if broken:
        return Outcome(broken=broken)
    found = result.result
    if check.kind is CheckKind.ROWS_PRESENT:
        evaluated, unexpected = found.get("observed_value"), int(result.success is not True)
    else:
        evaluated, unexpected = found.get("element_count"), found.get("unexpected_count")
    if not isinstance(evaluated, int) or not isinstance(unexpected, int):
        return Outcome(broken="gave no counts")
    if evaluated > len(rows) or (check.condition is None and evaluated != len(rows)):
        return Outcome(broken=f"looked at {evaluated} rows where there are {len(rows)}")
    if unexpected == 0 and result.success is not True:
        return Outcome(broken="failed without a failing row")
    return Outcome(is_passed=unexpected == 0, rows_evaluated=evaluated)


def _is_blind(result: Any, rows: pd.DataFrame) -> bool:  # noqa: ANN401 - a result, an error, or nothing
    return bool(_why_broken(result)) or result.result.get("unexpected_count") != len(rows)


def _by_row(check: Check, result: Any, rows: pd.DataFrame) -> Outcome:  # noqa: ANN401 - a result, an error, or nothing
    """Read a result in the complete format: its failing row ids are the failures."""
    counted = _by_count(check, result, rows)
    if counted.broken:
        return counted
    entries = result.result.get("unexpected_index_list") or []
    row_ids = sorted({int(row_id) for entry in entries for row_id in entry["row_id"]})
    expected = result.result["unexpected_count"]
    if not row_ids or len(row_ids) != expected or not set(row_ids) <= set(rows["row_id"]):
        return Outcome(broken=f"names {len(row_ids)} rows where {expected} failed")
    return Outcome(row_ids=tuple(row_ids), rows_evaluated=counted.rows_evaluated)


def _why_broken(result: Any) -> str:  # noqa: ANN401 - a result, an error, or nothing
    if result is None:
        return "gave no result"
    if isinstance(result, BaseException):
        return first_line(result)
    info = result.exception_info or {}
    # One exception stands as it is, several stand by metric.
    entries = [info, *(value for value in info.values() if isinstance(value, dict))]
    raised = [entry for entry in entries if entry.get("raised_exception")]
    return first_line(raised[0].get("exception_message") or "raised an exception") if raised else ""


def first_line(error: object) -> str:
    """Return what an error says, cut to what fits into a reason."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
