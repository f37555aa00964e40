"""What a result was computed with, as far as the program itself goes.

Here: the code's version and digest, the libraries, the place floating point was done. Not here: facts and parameters
(their digests are taken where they are read).
"""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

import polars as pl

from aicycle import __version__

DECIDING = ("transforms", "aicycle.model", "aicycle.contracts", "flows.steps")
"""Packages whose source decides what an answer is."""

COMPUTING = ("babel", "duckdb", "exchange_calendars", "numpy", "polars", "pyarrow", "rapidfuzz", "scipy")
"""Libraries whose version can change a result."""


@cache
def code_version() -> str:
    """Return the version, and the digest of all source that decides what an answer is: `0.1.0+3f2a9c81b04d`."""
    digest = hashlib.sha256()
    for package in DECIDING:
        for name, content in sorted(_sources(files(package), package)):
            digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _sources(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _sources(entry, f"{name}.{entry.name}")
        elif entry.name.endswith(".py"):
            found.append((f"{name}.{entry.name}", entry.read_bytes()))
    return found


@cache
def libraries() -> str:
    """Return the versions of the libraries that compute, e.g. `duckdb 1.5.5, numpy 2.4.6, ...`."""
    return ", ".join(f"{name} {version(name)}" for name in COMPUTING)


def platform_name() -> str:
    """Return system, machine, interpreter and table library, e.g. `linux-x86_64-python3.11-polars2.1.0`."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{platform.system().lower()}-{platform.machine()}-python{python}-polars{pl.__version__}"
