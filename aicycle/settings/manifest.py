"""What a result was computed with, as far as the program itself goes.

Here: the code's version and the place floating point was done. Not here: facts and parameters (their digests are taken
where they are read).
"""

from __future__ import annotations

import platform

import polars as pl

from aicycle import __version__

CODE_VERSION = __version__


def platform_name() -> str:
    """Return system, machine, interpreter and table library, e.g. `linux-x86_64-python3.11-polars2.1.0`."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{platform.system().lower()}-{platform.machine()}-python{python}-polars{pl.__version__}"
