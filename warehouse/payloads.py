"""The photographs: bytes as they were received, under their own sha256.

Here: keep and fetch. Not here: the index of who sent what when (`raw.payloads`), or reading what is in them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from aicycle.errors import WarehouseError
from warehouse.durable import make_folder, replace_bytes, sweep_beside
from warehouse.faults import Faults
from warehouse.layout import Layout

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PayloadStore:
    """Content-addressed files beside the database. Keeping the same bytes twice keeps them once."""

    layout: Layout
    faults: Faults = field(default_factory=Faults)

    def keep(self, content: bytes) -> str:
        """Store `content` durably and return its sha256. A file that was altered since is written anew."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.is_file() and path.read_bytes() == content:
            return sha256
        make_folder(path.parent)
        replace_bytes(
            path,
            content,
            # All in one folder: what a killed process leaves is found without looking through every shard.
            beside_in=self.layout.payloads,
            before_rename=lambda: self.faults.boundary("payload.before_rename"),
        )
        self.faults.boundary("payload.after_rename")
        return sha256

    def sweep(self) -> int:
        """Delete what killed processes were about to keep; return how many files went."""
        return sweep_beside(self.layout.payloads, f".{'[0-9a-f]' * 64}.*")

    def path(self, sha256: str) -> Path:
        """Return where the bytes of this sha256 lie, whether or not they do."""
        return self.layout.payloads / sha256[:2] / sha256

    def examine(self, sha256: str) -> bytes | None:
        """Return the bytes that lie under this name, unchecked; None: none do. For finding out what is damaged."""
        if not SHA256.fullmatch(sha256):
            return None
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def fetch(self, sha256: str) -> bytes:
        """Return the bytes, after checking that they are what their name says.

        Raises:
            WarehouseError: not there, or altered since they were kept.
        """
        if not SHA256.fullmatch(sha256):
            raise WarehouseError(f"{sha256!r} is no payload address", expected="64 hexadecimal digits")
        path = self.path(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise WarehouseError(
                f"payload {sha256} is missing",
                where=str(path),
                expected="every payload in raw.payloads lies in the store",
                next_command="restore the file from a backup of the home",
            ) from None
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise WarehouseError(
                f"payload {sha256} was altered: its bytes now have sha256 {found}",
                where=str(path),
                next_command="restore the file from a backup of the home",
            )
        return content
