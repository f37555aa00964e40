"""Named places at which a test may kill the process, to prove that nothing is lost or half-written.

Here: the names and the kill. Not here: any handling; a killed process handles nothing. Outside tests no fault is armed.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

BOUNDARIES = (
    "payload.before_rename",
    "payload.after_rename",
    "commit.before_marker",
    "commit.before_commit",
    "commit.after_commit",
    "commit.after_close",
    "publish.before_checkpoint",
    "publish.before_copy",
    "publish.before_rename",
    "publish.before_switch",
    "publish.after_switch",
    "publish.before_retention",
)


@dataclass(slots=True)
class Faults:
    """Kills this process at the armed boundary: `commit.before_commit`, in one stage `audit:commit.before_commit`."""

    armed: str = ""
    stage: str = ""

    def boundary(self, name: str) -> None:
        """Pass the boundary `name`, unless it is armed."""
        if self.armed and self.armed in {name, f"{self.stage}:{name}"}:
            os.kill(os.getpid(), signal.SIGKILL)
