"""The photographs: bytes as they were received, under their own sha256.

Here: keep and fetch. Not here: the index of who sent what when (`raw.payloads`), or reading what is in them.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field

from aicycle.errors import WarehouseError
from warehouse.durable import sync_folder
from warehouse.faults import Faults
from warehouse.layout import Layout

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PayloadStore:
    """Content-addressed files beside the database. Keeping the same bytes twice keeps them once."""

    layout: Layout
    faults: Faults = field(default_factory=Faults)

    def keep(self, content: bytes) -> str:
        """Store `content` durably and return its sha256."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.layout.payloads / sha256[:2] / sha256
        if path.is_file() and path.stat().st_size == len(content):
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{sha256}.{os.getpid()}")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self.faults.boundary("payload.before_rename")
        beside.replace(path)
        sync_folder(path.parent)
        self.faults.boundary("payload.after_rename")
        return sha256

    def fetch(self, sha256: str) -> bytes:
        """Return the bytes, after checking that they are what their name says.

        Raises:
            WarehouseError: not there, or altered since they were kept.
        """
        if not SHA256.fullmatch(sha256):
            raise WarehouseError(f"{sha256!r} is no payload address", expected="64 hexadecimal digits")
        path = self.layout.payloads / sha256[:2] / sha256
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
