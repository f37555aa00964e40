"""How answers are printed: tables for people, JSON and CSV for programs.

Here: three formats of a frame, and JSON of plain content. Not here: which answer.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

Format = Literal["table", "json", "csv"]

SMALL = 0.001
"""Below this a number is shown by its significant digits, else with three decimals (two from 1 on)."""


def console() -> Console:
    """Return the console for answers: colours on a terminal, plain and unbroken lines elsewhere."""
    return Console(soft_wrap=not sys.stdout.isatty(), highlight=False)


def print_json(content: object) -> None:
    """Print content as one JSON document; instants and days in ISO 8601."""
    text = json.dumps(_finite(content), ensure_ascii=False, indent=2, default=_plain, allow_nan=False)
    sys.stdout.write(text + "\n")


def _finite(value: object) -> object:
    """Return content without what JSON has no word for: NaN and the infinities become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


def print_frame(frame: pl.DataFrame, how: Format) -> None:
    """Print a frame in one of the three formats."""
    if how == "csv":
        sys.stdout.write(frame.write_csv(datetime_format="%Y-%m-%dT%H:%M:%S%.6f%:z"))
    elif how == "json":
        print_json(frame.to_dicts())
    else:
        print_table(frame)


def print_table(frame: pl.DataFrame, title: str | None = None) -> None:
    """Print a frame as a table; numbers to the right, nothing shortened where the output is not a terminal."""
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(Text(name), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(plain(_shown(value)) for value in row))
    out = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=_width(frame))
    out.print(table)


def _width(frame: pl.DataFrame) -> int:
    cells = [max([len(n), *(len(_shown(v)) for v in frame[n])]) for n in frame.columns]
    return max(80, sum(cells) + 3 * len(cells) + 2)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        if value and abs(value) < SMALL:
            return f"{value:.3g}"
        return f"{value:.3f}" if abs(value) < 1 else f"{value:,.2f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def plain(text: str) -> Text:
    """Return text that may have been fetched: no markup is read in it, and no control character reaches a terminal."""
    return Text("".join(c if c.isprintable() or c == "\n" else " " for c in text))


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
