"""The CSV files of the recording format: which file fills which table, and how its columns are called there.

Here: one line of data per file, and the one reader that follows it. Not here: how bytes become records (`lines`), cells
become values (`cells`) or clocks are told (`clocks`).

A file's header is read by name, in any order. Every column is required (an empty cell says unknown), so a misspelt one
is found missing; the few optional ones say so. Columns beyond these are tolerated, kept in the stored payload and not
read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from aicycle.contracts.core import content_columns
from aicycle.contracts.core_announcements import ANNOUNCEMENTS
from aicycle.contracts.core_corporate_actions import CORPORATE_ACTIONS
from aicycle.contracts.core_cycle_events import CYCLE_EVENTS
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.core_fx_rates import FX_RATES
from aicycle.contracts.core_reported_figures import REPORTED_FIGURES
from aicycle.contracts.raw_feeds import RAW_FEEDS
from aicycle.contracts.schema import POLARS, DType, TableContract
from aicycle.errors import RefusedFileError
from aicycle.model.parameters import Universe
from transforms.staging.assemble import PLACE, staged_batch
from transforms.staging.batch import Payload, StagedBatch
from transforms.staging.cells import joined, read_cells
from transforms.staging.clocks import (
    Clocks,
    action_clocks,
    announced_clocks,
    bar_clocks,
    figure_clocks,
    fx_clocks,
)
from transforms.staging.lines import CsvRecord, csv_records

DOCUMENTED_IN = "docs/recording_format.md"
ROWS_AT_A_TIME = 50_000
"""Rows held as Python objects at once: bounds memory on large files."""

KNOWN_ON = ("known_on", DType.DAY)
KNOWN_PRECISION = ("known_precision", DType.TEXT)
OF_A_TEXT = frozenset({"document_id", "char_start", "char_end"})
"""Where in a document it was read. A row of a file has none, but the correction of one that was read in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFormat:
    """How one CSV file maps to its table."""

    contract: TableContract
    clocks: Callable[[Universe], Clocks] | None = None
    called: Mapping[str, str] = field(default_factory=dict)
    """Column of the table -> its name in the file, where they differ."""
    always: Mapping[str, str] = field(default_factory=dict)
    """Columns of the table that are the same in every row of this file."""
    unstated: frozenset[str] = frozenset()
    """Columns of the table this file says nothing about."""
    optional: frozenset[str] = frozenset()
    """Columns, by their name in the file, that a header may lack: then every row leaves them open."""
    beside: tuple[tuple[str, DType], ...] = ()
    """Columns of the file that only the clocks read."""

    @property
    def forms(self) -> tuple[tuple[str, str, DType], ...]:
        """Name in the file, name in the table, type: of every column that is read, in the contract's order."""
        own = tuple(
            (self.called.get(c.name, c.name), c.name, c.dtype)
            for c in content_columns(self.contract)
            if c.name not in self.always and c.name not in self.unstated
        )
        return own + tuple((name, name, dtype) for name, dtype in self.beside)

    @property
    def subject_columns(self) -> frozenset[str]:
        """Names in the file of the columns that say whom a row speaks about."""
        subject = self.contract.subject
        names = (*subject.columns, subject.metric_column) if subject else ()
        return frozenset(self.called.get(name, name) for name in names if name)


TABLE_FORMATS: dict[str, TableFormat] = {
    "prices.csv": TableFormat(contract=DAILY_BARS, clocks=bar_clocks),
    "actions.csv": TableFormat(contract=CORPORATE_ACTIONS, clocks=action_clocks, beside=(KNOWN_ON,)),
    "fx.csv": TableFormat(contract=FX_RATES, clocks=fx_clocks),
    "reported_figures.csv": TableFormat(contract=REPORTED_FIGURES, clocks=figure_clocks, beside=(KNOWN_PRECISION,)),
    "capex_events.csv": TableFormat(
        contract=ANNOUNCEMENTS,
        clocks=announced_clocks,
        called={
            "item_id": "event_id",
            "is_hypothetical": "hypothetical",
            "is_negated": "negated",
            "is_third_party": "third_party",
            "is_superseded": "superseded",
            "is_restated": "restated",
            "is_retracted": "retracted",
        },
        always={"origin": "row"},
        optional=OF_A_TEXT
        | {
            "direction",
            "negated",
            "third_party",
            "superseded",
            "restated",
            "retracted",
            "twin_amount",
            "twin_currency",
        },
        beside=(KNOWN_ON, KNOWN_PRECISION),
    ),
    "cycle_events.csv": TableFormat(
        contract=CYCLE_EVENTS,
        clocks=announced_clocks,
        called={
            "cycle_event_id": "event_id",
            "event_time": "date",
            "is_realised": "realised",
            "is_retracted": "retracted",
        },
        always={"origin": "row"},
        optional=OF_A_TEXT | {"retracted"},
        beside=(KNOWN_ON, KNOWN_PRECISION),
    ),
    "feeds.csv": TableFormat(contract=RAW_FEEDS),
}


def read_table(payload: Payload, table: TableFormat, universe: Universe) -> list[StagedBatch]:
    """Return the one batch of a CSV file; a file with a header alone gives a batch without rows.

    Raises:
        RefusedFileError: the file is empty, or its header lacks or repeats a column.
    """
    records = csv_records(payload.content)
    header = next(records, None)
    if header is None:
        raise RefusedFileError(
            f"{payload.name} is empty",
            where="line 1",
            expected=f"a header: {', '.join(name for name, _, _ in table.forms)}",
            next_command=f"see {DOCUMENTED_IN}",
        )
    positions = _positions(payload, table, header)
    parts = list(_typed_parts(records, table, positions, len(header.fields), universe))
    content = pl.concat([content for content, _, _ in parts])
    places = pl.concat([places for _, places, _ in parts])
    unreadable = pl.concat([unreadable for _, _, unreadable in parts])
    return [staged_batch(payload, table.contract, content, places, unreadable)]


def _positions(payload: Payload, table: TableFormat, header: CsvRecord) -> dict[str, int | None]:
    """Return where each column that is read stands in the file; None: an optional one that it lacks.

    Raises:
        RefusedFileError: the header is damaged, or lacks or repeats a column.
    """
    names = [name.strip() for name in header.fields]
    wanted = [name for name, _, _ in table.forms]
    missing = [name for name in wanted if name not in names and name not in table.optional]
    repeated = [name for name in wanted if names.count(name) > 1]
    problem = header.trouble
    if missing:
        problem = f"the header lacks {', '.join(missing)}" + (f" ({header.trouble})" if header.trouble else "")
    elif repeated:
        problem = f"the header repeats {', '.join(repeated)}"
    if problem:
        raise RefusedFileError(
            f"{payload.name}: {problem}",
            where=f"line {header.line}",
            expected=f"UTF-8 text with the columns {', '.join(wanted)}, in any order",
            next_command=f"correct the header, see {DOCUMENTED_IN}",
        )
    return {name: names.index(name) if name in names else None for name in wanted}


def _typed_parts(
    records: Iterator[CsvRecord],
    table: TableFormat,
    positions: Mapping[str, int | None],
    width: int,
    universe: Universe,
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, pl.Series]]:
    """Yield content with clocks, places and notes, part by part; at least one, possibly empty, part."""
    is_first = True
    while (part := list(islice(records, ROWS_AT_A_TIME))) or is_first:
        is_first = False
        places = pl.DataFrame([(r.line, r.byte_start, r.byte_end) for r in part], schema=PLACE, orient="row")
        cells = pl.DataFrame(
            {
                name: [_cell(record, at, width, is_kept=name in table.subject_columns) for record in part]
                for name, at in positions.items()
            },
            schema=dict.fromkeys(positions, pl.String()),
        )
        content, notes = read_cells(cells, table.forms)
        content, clock_notes = _with_clocks(content, table, universe)
        troubles = pl.Series([record.trouble or None for record in part], dtype=pl.String)
        said = pl.DataFrame({"record": troubles, "cells": notes, "clocks": clock_notes})
        yield content, places, said.select(joined([pl.col(name) for name in said.columns])).to_series()


def _cell(record: CsvRecord, at: int | None, width: int, *, is_kept: bool) -> str | None:
    """Return one cell; of a damaged record only whom it speaks about, as far as it was read."""
    if at is None:
        return None
    if len(record.fields) == width or (is_kept and at < len(record.fields)):
        return record.fields[at]
    return None


def _with_clocks(content: pl.DataFrame, table: TableFormat, universe: Universe) -> tuple[pl.DataFrame, pl.Series]:
    """Return the content with its constants and clocks, and what the clocks' rules object to."""
    constants = [pl.lit(value).alias(name) for name, value in table.always.items()]
    content = content.with_columns(constants)
    if table.clocks is None:
        return content, pl.Series([None] * content.height, dtype=pl.String)
    clocks = table.clocks(universe)
    # with_columns, because a select of constants alone has one row.
    notes = content.with_columns(joined([*clocks.notes, pl.lit(None, dtype=pl.String)]).alias("notes"))["notes"]
    timed = content.with_columns(
        clocks.known_at.cast(POLARS[DType.INSTANT]).alias("known_at"),
        clocks.known_precision.cast(pl.String).alias("known_precision"),
    )
    only_for_clocks = [name for name, _ in table.beside if name != "known_precision"]
    return timed.drop(only_for_clocks), notes
