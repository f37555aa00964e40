"""What import-linter can't see, read from the source text: imports by name, files, clocks, modules outside packages.

Each rule is a function from source text to complaints. It is held against every module, and against the sabotages that
it must report.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
ROOTS = CONTRACTS["root_packages"]
PURE = next(c for c in CONTRACTS["contracts"] if c["id"] == "pure-transforms")
MODULES = [m for p in sorted(ROOTS) for m in sorted((ROOT / p).rglob("*.py"))]
PURE_MODULES = [m for p in PURE["source_modules"] for m in sorted((ROOT / p.replace(".", "/")).rglob("*.py"))]

NAMED_IMPORTS = {
    "import_module", "__import__", "exec", "eval", "find_spec", "load_module", "exec_module", "run_module", "run_path",
    "resolve_name", "__builtins__",
}  # fmt: skip
IMPORTERS = {"importlib", "pkgutil", "runpy", "builtins"}
HARMLESS = ("importlib.resources", "importlib.metadata")
FILE_ACCESS = re.compile(r"open|(read|scan|sink|write)_\w+")
TO_TEXT = {"write_csv", "write_json"}
CLOCKS = {"now", "today", "utcnow"}
THE_CLOCK = ("aicycle/model/instants.py", "system_clock")


def imports_by_name(source: str) -> list[str]:
    """Rule for all packages: no import by name, which goes around the import contracts."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [name for name in _names_of(node) if name in NAMED_IMPORTS]
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules":
            names.append("sys.modules")
        names += [
            target
            for target in _imported(node)
            if target == "sys.modules" or (target.split(".")[0] in IMPORTERS and not target.startswith(HARMLESS))
        ]
        found += [
            f"rule: no import by name, it would go around the import contracts ({name} in line {node.lineno})"
            for name in names
        ]
    return found


def impure_imports(source: str) -> list[str]:
    """Rule for pure packages: nothing that the contract `pure-transforms` forbids, inside functions neither."""
    return [
        f"rule: no I/O, chance or concurrency in pure packages ({target} in line {node.lineno})"
        for node in ast.walk(ast.parse(source))
        for target in _imported(node)
        if target.split(".")[0] in PURE["forbidden_modules"]
    ]


def file_access(source: str) -> list[str]:
    """Rule for pure packages: no file is opened, by Python or by Polars; writing CSV or JSON into a text is fine."""
    tree = ast.parse(source)
    to_text = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TO_TEXT
        if not node.args and not {"file", None} & {k.arg for k in node.keywords}
    }
    found = []
    for node in ast.walk(tree):
        # A bare read_table(...) is a function of ours; what comes from elsewhere under such a name is imported so.
        is_own_name = isinstance(node, ast.Name) and node.id != "open"
        is_of_ours = isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ROOTS
        if not (is_own_name or is_of_ours or id(node) in to_text):
            found += [
                f"rule: no file access in pure packages ({name} in line {node.lineno})"
                for name in _names_of(node)
                if FILE_ACCESS.fullmatch(name)
            ]
    return found


def clock_reads(source: str, exempt: str = "") -> list[str]:
    """Rule for pure packages: the present is a parameter; only the function `exempt` may look at a clock."""
    tree = ast.parse(source)
    allowed = {
        id(inner)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == exempt
        for inner in ast.walk(node)
    }
    return [
        f"rule: no clock in pure packages, the present is a parameter ({node.attr} in line {node.lineno})"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and id(node) not in allowed
    ]


def modules_outside_packages(root: Path) -> list[str]:
    """Rule for the root: no module lies there, where no import contract reaches it."""
    return [f"rule: no module in the root, no contract would see it ({p.name})" for p in sorted(root.glob("*.py"))]


def _names_of(node: ast.AST) -> Iterator[str]:
    """Yield the names a node refers to: used, called, handed on, or imported under whatever alias."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"getattr", "attrgetter"}:
        yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_nothing_is_imported_by_a_name_that_import_linter_can_not_see(module):
    assert imports_by_name(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", PURE_MODULES, ids=_name)
def test_pure_packages_touch_no_file_no_clock_no_chance(module):
    source = module.read_text(encoding="utf-8")
    exempt = THE_CLOCK[1] if _name(module) == THE_CLOCK[0] else ""
    assert impure_imports(source) + file_access(source) + clock_reads(source, exempt) == []


def test_the_rules_reach_the_packages_they_are_for():
    assert set(PURE["source_modules"]) == {"transforms", "aicycle.contracts", "aicycle.model"}
    assert ROOT / "aicycle/model/instants.py" in PURE_MODULES
    assert ROOT / "transforms/digests.py" in PURE_MODULES
    assert ROOT / "aicycle/contracts/schema.py" in PURE_MODULES


def test_no_module_lies_in_the_root(tmp_path):
    assert modules_outside_packages(ROOT) == []
    (tmp_path / "newmod.py").write_text("import duckdb\n")
    (said,) = modules_outside_packages(tmp_path)
    assert "rule: no module in the root" in said
    assert "newmod.py" in said


@pytest.mark.parametrize(
    "source",
    [
        'import pkgutil\nconnect = pkgutil.resolve_name("duckdb:connect")',
        'from pkgutil import resolve_name as find\nconnect = find("duckdb:connect")',
        'import importlib\nduckdb = importlib.import_module("duckdb")',
        'from importlib import import_module\nduckdb = import_module("duckdb")',
        'from importlib.util import find_spec\nspec = find_spec("duckdb")',
        'import sys\nduckdb = sys.modules["duckdb"]',
        'from sys import modules\nduckdb = modules["duckdb"]',
        'import builtins\nduckdb = getattr(builtins, "__imp" + "ort__")("duckdb")',
        'duckdb = __builtins__["__import__"]("duckdb")',
        'duckdb = __import__("duckdb")',
        'find = getattr(object(), "import_module")',
        'load = eval\nload("1")',
        'exec("import duckdb")',
        'import runpy\nrunpy.run_path("x.py")',
    ],
)
def test_an_import_by_name_is_reported(source):
    assert imports_by_name(source)
    assert all("rule: no import by name" in said for said in imports_by_name(source))


@pytest.mark.parametrize(
    "module",
    ["sqlite3", "random", "io", "pkgutil", "sys", "builtins", "multiprocessing", "concurrent.futures", "threading",
     "glob", "fcntl", "os", "pathlib", "time", "duckdb", "secrets", "ctypes", "asyncio"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["import {}", "from {} import x", "def f():\n    import {} as y"])
def test_an_impure_import_is_reported(module, form):
    (said,) = impure_imports(form.format(module))
    assert "rule: no I/O, chance or concurrency in pure packages" in said
    assert module in said


@pytest.mark.parametrize(
    "source",
    [
        "pl.read_csv(path)",
        "pl.scan_parquet(path).collect()",
        "frame.lazy().sink_parquet(path)",
        "frame.write_parquet(path)",
        "frame.write_csv(path)",
        "frame.write_csv(file=path)",
        "frame.write_csv(**where)",
        "frame.write_json(path)",
        "write = frame.write_csv",
        "open(path)",
        "read = open\nread(path)",
        "codecs.open(path)",
        "path.read_text()",
        "path.write_bytes(content)",
        "from polars import read_csv as take",
        'getattr(pl, "read_csv")(path)',
    ],
)
def test_file_access_is_reported(source):
    (said,) = file_access(source)
    assert "rule: no file access in pure packages" in said


@pytest.mark.parametrize(
    "source", ["frame.write_csv()", 'frame.write_csv(separator="|")', "frame.write_json()", "read_table(payload)",
               "from transforms.staging.tables import read_table", 'pl.col("open")'],
)  # fmt: skip
def test_text_in_memory_is_no_file_access(source):
    assert file_access(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "date.today()",
        "datetime.utcnow()",
        "clock = datetime.now",
        "field(default_factory=date.today)",
        "def system_clock():\n    return datetime.now(UTC)",
    ],
)
def test_a_look_at_a_clock_is_reported(source):
    (said,) = clock_reads(source)
    assert "rule: no clock in pure packages" in said


def test_only_the_one_clock_is_exempt():
    source = "def system_clock():\n    return datetime.now(UTC)\n\n\ndef other():\n    return datetime.now(UTC)\n"
    (said,) = clock_reads(source, "system_clock")
    assert "line 6" in said
