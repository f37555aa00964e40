"""Where things lie in a home: the folder that holds one warehouse.

Here: names and paths. Not here: what is done with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one home. Nothing is created by looking."""

    home: Path

    @property
    def live(self) -> Path:
        """The one database file that is written to; nobody reads it but its writer."""
        return self.home / "live" / "warehouse.duckdb"

    @property
    def write_ahead_log(self) -> Path:
        """What DuckDB has committed to but not yet put into `live`."""
        return self.live.with_name(self.live.name + ".wal")

    @property
    def unpublished(self) -> Path:
        """Stands while `live` may hold a commit that no snapshot shows."""
        return self.home / "live" / "unpublished"

    @property
    def queue(self) -> Path:
        """Tickets of writers that wait, and the lock they wait for."""
        return self.home / "queue"

    @property
    def snapshots(self) -> Path:
        """Published, immutable copies."""
        return self.home / "snapshots"

    @property
    def current(self) -> Path:
        """Holds the name of the newest snapshot; replaced atomically."""
        return self.snapshots / "current"

    @property
    def payloads(self) -> Path:
        """Photographs by content."""
        return self.home / "payloads"

    @property
    def inbox(self) -> Path:
        """What people decided and no writer has applied yet, one file each."""
        return self.home / "inbox"

    @property
    def refused_inbox(self) -> Path:
        """Files of the inbox that could not be applied, each with the reason beside it."""
        return self.inbox / "refused"
