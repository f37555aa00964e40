"""A manifest names everything that can change a result."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from aicycle.settings.manifest import COMPUTING, DECIDING, libraries

OURS = {"aicycle", "transforms", "warehouse", "expectations", "flows"}
CARRY_NO_NUMBERS = {"pydantic"}
"""Libraries below the deciding packages that compute nothing."""
READ_PAGES = {"trafilatura", "htmldate", "lxml"}
"""Libraries that find the text in a page when it lands. No answer reads a page again; the page's record names them."""


def test_every_library_that_computes_is_named(root: Path):
    imported: set[str] = set()
    for package in (*DECIDING, "warehouse"):
        for file in (root / package.replace(".", "/")).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    imported.add(node.module.partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - OURS - CARRY_NO_NUMBERS - READ_PAGES
    assert foreign <= set(COMPUTING), "a library computes and no manifest says which version"
    assert {"polars", "numpy", "scipy", "duckdb"} <= foreign, "the scan sees imports"
    assert all(name in libraries() for name in COMPUTING)
