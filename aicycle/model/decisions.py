"""What a person decides about a row, and the small file it travels in.

Here: the decision, its id, its JSON, what an author and a reason must be. Not here: whether it can be carried out
(`transforms.gate.decisions`), where the file lies (`warehouse.inbox`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from aicycle.model.kinds import DecisionKind

MANUAL = "manual"
"""The source, in `raw.payloads` and the ledger, whose payloads are people's corrections."""
LONGEST_AUTHOR = 200
LONGEST_REASON = 2_000
"""Characters that are kept; more is an essay, and belongs beside the data."""
LONGEST_CELL = 4_000
MOST_CELLS = 100
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[\w.]{1,100}")
_FIELDS = {"what", "author", "reason", "decided_at", "quarantine_id", "table_name", "key", "changes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision. `decision_of` is the only way to make one from foreign bytes."""

    what: DecisionKind
    author: str
    reason: str
    decided_at: datetime
    quarantine_id: str | None = None
    """The stopped row; None where a stored row is corrected."""
    table_name: str | None = None
    """Of a correction of a stored row."""
    key: Mapping[str, str] = field(default_factory=dict)
    """Of a correction of a stored row: column -> text."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """Of a correction: column -> text."""
    with_batch: bool = False
    """About every row that waits with the named one because their batch spent its error budget."""

    @property
    def content(self) -> bytes:
        """The file."""
        said = asdict(self) | {"what": str(self.what), "decided_at": self.decided_at.astimezone(UTC).isoformat()}
        if not self.with_batch:
            del said["with_batch"]
        return (json.dumps(said, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()

    @property
    def id(self) -> str:
        """The digest of all that was said: the same file twice is one decision."""
        return hashlib.sha256(self.content).hexdigest()

    def id_for(self, quarantine_id: str) -> str:
        """Return the id of what this decision comes to for another row of the batch."""
        return hashlib.sha256(f"{self.id} {quarantine_id}".encode()).hexdigest()

    @property
    def file_name(self) -> str:
        """The file's name: sorts by when it was decided."""
        return f"{self.decided_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{self.id[:16]}.json"


def said(text: object, longest: int, what: str) -> str:
    """Return what a person wrote, stripped and cut.

    Raises:
        ValueError: it is no text, or there is nothing to read in it: white space, or characters that show nothing.
    """
    if not isinstance(text, str) or not any(c.isprintable() and not c.isspace() for c in text):
        raise ValueError(f"{what} is blank")
    # Lone surrogates (bytes of a terminal that are no UTF-8) and NUL can't be stored.
    whole = text.encode("utf-8", "replace").decode().replace("\0", "\ufffd").strip()
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def decision_of(content: bytes) -> Decision:
    """Read a decision's file.

    Raises:
        ValueError: it is none; the text says what is wrong.
    """
    try:
        found = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ValueError("it is not JSON in UTF-8") from None
    if not isinstance(found, dict) or found.keys() - {"with_batch"} != _FIELDS:
        raise ValueError(f"it is not one JSON object with exactly the fields {', '.join(sorted(_FIELDS))}")
    try:
        what = DecisionKind(found["what"])
    except ValueError:
        raise ValueError(f"what is not one of {', '.join(DecisionKind)}") from None
    decision = Decision(
        what=what,
        author=said(found["author"], LONGEST_AUTHOR, "author"),
        reason=said(found["reason"], LONGEST_REASON, "reason"),
        decided_at=_instant(found["decided_at"]),
        quarantine_id=_matching(found["quarantine_id"], _DIGEST, "quarantine_id"),
        table_name=_matching(found["table_name"], _NAME, "table_name"),
        key=_cells(found["key"], "key"),
        changes=_cells(found["changes"], "changes"),
        with_batch=found.get("with_batch", False) is True,
    )
    is_correction = what is DecisionKind.CORRECTED
    if (decision.quarantine_id is None) == (decision.table_name is None):
        raise ValueError("it names not exactly one of a quarantine_id and a table_name")
    if is_correction != bool(decision.changes) or bool(decision.key) != (decision.table_name is not None):
        raise ValueError("key and changes do not fit what was decided")
    if decision.table_name is not None and not is_correction:
        raise ValueError(f"a stored row can be corrected, not {what}")
    if found.get("with_batch", True) is not True or (decision.with_batch and is_correction):
        raise ValueError("with_batch is true or not there, and a correction is of one row")
    return decision


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError("decided_at is not an instant with its offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("decided_at is not an instant with its offset") from None


def _matching(value: object, pattern: re.Pattern[str], what: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{what} is not what it should look like ({pattern.pattern})")
    return value


def _cells(value: object, what: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_CELLS:
        raise ValueError(f"{what} is not an object of at most {MOST_CELLS} columns")
    for name, cell in value.items():
        _matching(name, _NAME, what)
        if not isinstance(cell, str) or len(cell) > LONGEST_CELL or any("\ud800" <= c <= "\udfff" for c in cell):
            raise ValueError(f"{what}: {name} is not a text of at most {LONGEST_CELL} characters")
    return dict(value)
