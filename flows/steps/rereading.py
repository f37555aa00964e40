"""The bytes behind an address, read again from the payload store.

Here: fetching, cutting, and what of it can be shown. Not here: holding facts against their bytes
(`flows.steps.verifying`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from aicycle.errors import WarehouseError
from aicycle.model.address import Address
from transforms.receipts import Node
from warehouse.payloads import PayloadStore

SHOWN_CHARACTERS = 300


class Rereader:
    """Reads spans of payloads, each payload once."""

    def __init__(self, payloads: pl.DataFrame, store: PayloadStore) -> None:
        """Take the index of payloads (`raw.payloads`) and their store."""
        self._names: dict[str, list[str]] = {}
        for sha256, source, name in payloads.select("payload_sha256", "source", "name").unique().sort(pl.all()).rows():
            self._names.setdefault(sha256, []).append(f"{source}/{name}")
        self._store = store
        self._contents: dict[str, bytes | WarehouseError] = {}

    def told(self, address: Address) -> dict[str, Any]:
        """Return payload_names, source_line, text (cut, safe to print) and problem of an address."""
        content = self._content(address.payload_sha256)
        told: dict[str, Any] = {
            "payload_names": self._names.get(address.payload_sha256, []),
            "payload_sha256": address.payload_sha256,
            "byte_start": address.byte_start,
            "byte_end": address.byte_end,
            "source_line": None,
            "text": None,
            "problem": None,
        }
        if isinstance(content, WarehouseError):
            return told | {"problem": content.what}
        if address.byte_end > len(content):
            return told | {"problem": f"the span ends beyond the payload's {len(content)} bytes"}
        told["source_line"] = content.count(b"\n", 0, address.byte_start) + 1
        told["text"] = printable(content[address.byte_start : address.byte_end])
        return told

    def _content(self, sha256: str) -> bytes | WarehouseError:
        if sha256 not in self._contents:
            try:
                self._contents[sha256] = self._store.fetch(sha256)
            except WarehouseError as error:
                self._contents[sha256] = error
        return self._contents[sha256]


def printable(content: bytes) -> str:
    """Return bytes as one line of text: undecodable ones replaced, control characters escaped, cut."""
    # A character has at most four bytes: the whole of a long span need not be decoded for its beginning.
    text = content[: 4 * (SHOWN_CHARACTERS + 1)].decode("utf-8", errors="replace")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[:SHOWN_CHARACTERS] + "..."


def node_content(node: Node, rereader: Rereader) -> dict[str, Any]:
    """Return a receipt as plain content with stable keys: every node the same, an address with its bytes."""
    return {
        "kind": node.kind,
        "label": node.label,
        "value": node.value,
        "unit": node.unit,
        "status": node.status,
        "known_at": node.known_at,
        "table": node.table,
        "key": None if node.key is None else dict(node.key),
        "path": node.path,
        **(_NO_ADDRESS if node.address is None else rereader.told(node.address)),
        "more": dict(node.more),
        "children": [node_content(child, rereader) for child in node.children],
    }


_NO_ADDRESS: Mapping[str, Any] = {
    "payload_names": None,
    "payload_sha256": None,
    "byte_start": None,
    "byte_end": None,
    "source_line": None,
    "text": None,
    "problem": None,
}
