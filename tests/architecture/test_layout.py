"""The layout is part of the design: these tests fail when it erodes, and name the rule that was broken."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOTS = set(PYPROJECT["tool"]["importlinter"]["root_packages"])
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
MODULES = [m for p in sorted(ROOTS) for m in sorted((ROOT / p).rglob("*.py"))]
LONGEST_MODULE = 400


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _packages_on_disk() -> set[str]:
    ignored = {"tests", "scripts", "build", "dist"}
    return {
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in ignored
        if any(folder.rglob("*.py"))
    }


def test_packages_on_disk_are_exactly_the_import_contracts_roots():
    assert _packages_on_disk() == ROOTS, "rule: no import package outside the import contracts"
    assert set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOTS
    assert set(PYPROJECT["tool"]["mypy"]["packages"]) == ROOTS


def test_every_folder_with_code_is_a_package():
    for module in MODULES:
        folder = module.parent
        assert (folder / "__init__.py").exists(), (
            f"rule: {_name(folder)} needs an __init__.py to be under the contracts"
        )


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_no_module_is_named_like_one_of_the_standard_library(module):
    names = [p for p in module.relative_to(ROOT).with_suffix("").parts[-1:] if p not in {"__init__", "__main__"}]
    for name in names:
        # A script's folder comes first on sys.path: such a module would be imported in place of the real one.
        assert name not in sys.stdlib_module_names, "rule: no module is named like one of the standard library"


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_no_module_is_longer_than_anybody_wants_to_read(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE, "rule: at 400 lines think again"


@pytest.mark.parametrize("entrypoint", [d["entrypoint"] for d in DEPLOYMENTS])
def test_every_deployment_points_at_an_importable_flow(entrypoint):
    from prefect.flows import Flow, load_flow_from_entrypoint

    assert ":" not in entrypoint, "rule: module paths; a file path loads a second copy of the module"
    assert isinstance(load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False), Flow)


def test_every_flow_has_a_scheduled_deployment():
    deployed = {d["entrypoint"].rsplit(".", 1)[0] for d in DEPLOYMENTS}
    with_flow = {f"flows.{m.stem}" for m in (ROOT / "flows").glob("*.py") if "@flow(" in m.read_text(encoding="utf-8")}
    assert deployed == with_flow
    for deployment in DEPLOYMENTS:
        assert any(s.get("active", True) for s in deployment["schedules"]), f"{deployment['name']} is not scheduled"


@pytest.mark.parametrize("module", sorted((ROOT / "flows").glob("*.py")), ids=_name)
def test_a_flow_reads_like_its_paragraph(module):
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(
            "flow" in ast.unparse(d).split("(")[0] for d in node.decorator_list
        ):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            assert body[-1].end_lineno - body[0].lineno < 45, "rule: a flow's body has about 40 lines at most"


def test_readers_load_neither_prefect_nor_great_expectations():
    code = (
        "import sys, json, aicycle.cli.app, aicycle.cli.reporting, aicycle.cli.session\n"
        "heavy = ('prefect', 'great_expectations', 'yfinance', 'plotly')\n"
        "print(json.dumps([m for m in heavy if m in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(run.stdout) == []


def test_great_expectations_is_imported_only_when_a_suite_is_evaluated(sample_dir, tmp_path):
    """Neither the flows' modules, nor a runtime, nor an answered question load it; the first judged batch does."""
    code = (
        "import sys, json, flows.pipeline, aicycle.cli.app\n"
        "from datetime import UTC, datetime\n"
        "import polars as pl\n"
        "from aicycle.contracts import CONTRACTS\n"
        "from aicycle.errors import AicycleError\n"
        "from expectations.gate import audit\n"
        "from expectations.marts import audit_marts\n"
        "from flows.runtime import build_runtime\n"
        "from flows.steps.deriving import metrics_of, phases_of, view_of\n"
        "from transforms.staging.batch import StagedBatch, staged_schema\n"
        "now = lambda: datetime(2026, 11, 23, tzinfo=UTC)\n"
        "runtime = build_runtime(home=sys.argv[1], recording=sys.argv[2], clock=now)\n"
        "with runtime.warehouse.write('test') as transaction:\n"
        "    view = view_of(transaction, runtime.configuration, '2025-09-28')\n"
        "    answers = metrics_of(view).height, phases_of(view).height\n"
        "seen = ['great_expectations' in sys.modules]\n"
        "bars = CONTRACTS['core.daily_bars']\n"
        "audit(StagedBatch(contract=bars, frame=staged_schema(bars).to_frame()))\n"
        "print(json.dumps([*seen, 'great_expectations' in sys.modules]))"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "home"), str(sample_dir)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert json.loads(run.stdout.splitlines()[-1]) == [False, True]


def test_the_lock_names_no_index_and_pins_by_hash():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index-url" not in lock
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) > 100
    assert lock.count("--hash=sha256:") >= len(pins)
