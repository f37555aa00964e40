"""Where a fact stands in the bytes it was read from.

Here: the address and its check. Not here: the store of those bytes (`warehouse.payloads`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A half-open span of bytes in one payload."""

    payload_sha256: str
    byte_start: int
    byte_end: int

    def cut(self, payload: bytes) -> bytes:
        """Return the bytes at this address.

        Raises:
            ValueError: the payload is not the one named, or is shorter than the span.
        """
        if hashlib.sha256(payload).hexdigest() != self.payload_sha256:
            msg = f"payload is not {self.payload_sha256}"
            raise ValueError(msg)
        if not 0 <= self.byte_start <= self.byte_end <= len(payload):
            msg = f"span {self.byte_start}..{self.byte_end} lies outside {len(payload)} bytes"
            raise ValueError(msg)
        return payload[self.byte_start : self.byte_end]
