"""What can be done to a file: one dataclass per operation, its fields are its keys in a catalogue.

Here: names, keys and what each does, in the words that `docs/gate_faults.md` prints. Not here: doing it
(`transforms.gate.faults`).

A key's value may be `$size`: the kind's size then stands there; numbers also take `-$size` and `1/$size`. Cells are
text: numbers are read from them and written back, an empty cell stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args, get_type_hints

from aicycle.model.faults.conditions import RowCondition

SIZE = "$size"
Amount = float | Literal["$size", "-$size", "1/$size"]
Columns = tuple[str, ...]
Place = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiply:
    """Multiply numbers by a factor: another scale, unit or split basis."""

    op: Literal["multiply"]
    columns: Columns
    by: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """Add an amount to numbers."""

    op: Literal["add"]
    columns: Columns
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Multiply each number by its own lognormal factor with this standard deviation of the logarithm."""

    op: Literal["noise"]
    columns: Columns
    sd: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Negate:
    """Turn the sign of numbers."""

    op: Literal["negate"]
    columns: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Invert:
    """Put one over the number: a rate quoted the other way round."""

    op: Literal["invert"]
    columns: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Write a text into cells; an empty one makes them missing. `one_of_columns`: into one of them, by lot."""

    op: Literal["set"]
    columns: Columns
    to: str
    one_of_columns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """Replace a cell by what the table `by` has for it; a row whose cell is not in the table is not hit."""

    op: Literal["replace"]
    column: str
    by: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapColumns:
    """Exchange two columns within the row."""

    op: Literal["swap_columns"]
    columns: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRows:
    """Exchange cells with another row of the batch that agrees in `same`, differs in `differ` and fulfils `where`.

    In every one of the columns the larger number is `apart_least` to `apart_most` times the smaller one: on both sides
    of zero they are endlessly far apart.
    """

    op: Literal["swap_rows"]
    columns: Columns
    same: Columns = ()
    differ: Columns = ()
    where: tuple[RowCondition, ...] = ()
    apart_least: Amount | None = None
    apart_most: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFrom:
    """Take cells from another row, of the batch or known before it, chosen as in `swap_rows`; the latest by lot."""

    op: Literal["copy_from"]
    columns: Columns
    same: Columns = ()
    differ: Columns = ()
    where: tuple[RowCondition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyBack:
    """Take cells from the row `rows` earlier in the same series (negative: later): stale or shifted values."""

    op: Literal["copy_back"]
    columns: Columns
    rows: Amount = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SumBack:
    """Sum of this row and the `periods` - 1 before it in its series, each `months_apart` from the next."""

    op: Literal["sum_back"]
    columns: Columns
    periods: Amount
    order: str = "period_end"
    months_apart: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """A total less all its other parts: both are rows that agree in `same`; `total` says which row is the total."""

    op: Literal["remainder"]
    column: str
    part: str
    """Column that tells the parts apart."""
    total: str
    """What it says in the total's row."""
    same: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDate:
    """Move days in cells; by months the last day of a month stays one."""

    op: Literal["shift_date"]
    columns: Columns
    days: Amount = 0
    months: Amount = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftToWeekday:
    """Move a day back to the last such weekday before it (1 Monday ... 7 Sunday)."""

    op: Literal["shift_to_weekday"]
    columns: Columns
    weekday: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftClock:
    """Move instants (`2025-09-26T09:30:00+00:00`) by hours."""

    op: Literal["shift_clock"]
    columns: Columns
    hours: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuffleColumn:
    """Deal the cells of columns out anew among the rows that are hit; the columns stay together."""

    op: Literal["shuffle_column"]
    columns: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Leave the rows out."""

    op: Literal["drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Send the rows twice; what follows is done to the second one."""

    op: Literal["duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """Send the row `rows` earlier in the same series again; what follows is done to it."""

    op: Literal["resend"]
    rows: Amount = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuffleRows:
    """Put all rows of the file into another order."""

    op: Literal["shuffle_rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertText:
    """Put a text into cells: broken characters, control characters, a note."""

    op: Literal["insert_text"]
    columns: Columns
    text: str
    at: Place = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mojibake:
    """Read the cell's UTF-8 bytes as Latin-1; a row without other than ASCII characters there is not hit."""

    op: Literal["mojibake"]
    columns: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class CutText:
    """Keep this share of a cell's characters."""

    op: Literal["cut_text"]
    columns: Columns
    keep: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class EditText:
    """Add a sentence to the text file that a row of documents.jsonl refers to."""

    op: Literal["edit_text"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBytes:
    """Put bytes, in hexadecimal, into the rows' lines as they are written."""

    op: Literal["insert_bytes"]
    bytes: str
    at: Place = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLine:
    """Keep this share of the bytes of the rows' lines."""

    op: Literal["cut_line"]
    keep: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFile:
    """Keep this share of the file's bytes."""

    op: Literal["cut_file"]
    keep: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiter:
    """Write the file with another character between the cells."""

    op: Literal["delimiter"]
    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteOrderMark:
    """Put a byte order mark before the file."""

    op: Literal["byte_order_mark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEnds:
    """End the lines in CR and LF."""

    op: Literal["line_ends"]
    to: Literal["crlf"] = field(default="crlf")


Operation = (
    Multiply | Add | Noise | Negate | Invert | Set | Replace | SwapColumns | SwapRows | CopyFrom | CopyBack | SumBack
    | Remainder | ShiftDate | ShiftToWeekday | ShiftClock | ShuffleColumn | Drop | Duplicate | Resend | ShuffleRows
    | InsertText | Mojibake | CutText | EditText | InsertBytes | CutLine | CutFile | Delimiter | ByteOrderMark
    | LineEnds
)  # fmt: skip

OPERATIONS: dict[str, type[Operation]] = {
    str(get_args(get_type_hints(shape)["op"])[0]): shape for shape in get_args(Operation)
}
"""Name in a catalogue -> its keys."""
