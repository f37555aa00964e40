"""Small things warehouse tests share: a warehouse in a fresh folder, rows of one simple table."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from transforms.staging.batch import staged_schema
from warehouse import Warehouse

FETCHED = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def store(home):
    return Warehouse(home, clock=lambda: FETCHED, writer_wait_seconds=5)


@pytest.fixture
def disk(monkeypatch):
    """Record in order what is synced and renamed: ("sync", inode) and ("rename", inode, new name)."""
    done: list[tuple] = []
    fsync, replace, rename = os.fsync, Path.replace, Path.rename

    def recorded_fsync(fd):
        done.append(("sync", os.fstat(fd).st_ino))
        fsync(fd)

    def recorded(move):
        def moved(path, target):
            done.append(("rename", path.stat().st_ino, Path(target).name))
            return move(path, target)

        return moved

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(Path, "replace", recorded(replace))
    monkeypatch.setattr(Path, "rename", recorded(rename))
    return done


@pytest.fixture
def was_made_durable(disk):
    """Tell whether a file was synced, then renamed to its name, then its folder synced, in this order."""

    def check(path: Path) -> bool:
        file, folder = path.stat().st_ino, path.parent.stat().st_ino
        if ("rename", file, path.name) not in disk:
            return False
        renamed = disk.index(("rename", file, path.name))
        return ("sync", file) in disk[:renamed] and ("sync", folder) in disk[renamed:]

    return check


@pytest.fixture
def rates():
    """Build a staged batch of rates: one (day of January 2025, rate) a row."""

    def build(*rows: tuple[int, float], pair: str = "USDCNY", fetched_at: datetime = FETCHED) -> pl.DataFrame:
        known = [datetime(2025, 1, d, 15, tzinfo=UTC) for d, _ in rows]
        return pl.DataFrame(
            {
                "pair": [pair for _ in rows],
                "session": [date(2025, 1, d) for d, _ in rows],
                "rate": [r for _, r in rows],
                "known_at": known,
                "known_precision": ["instant" for _ in rows],
                "source_known_at": known,
                "row_id": list(range(len(rows))),
                "source_line": [n + 2 for n in range(len(rows))],
                "payload_sha256": ["a" * 64 for _ in rows],
                "byte_start": [n * 10 for n in range(len(rows))],
                "byte_end": [n * 10 + 9 for n in range(len(rows))],
                "fetched_at": [fetched_at for _ in rows],
                "unreadable": [None for _ in rows],
            },
            schema=staged_schema(CONTRACTS["core.fx_rates"]),
        )

    return build
