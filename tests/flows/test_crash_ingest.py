"""Killed while it takes in a document, and run again: the warehouse equals one that was never disturbed."""

from __future__ import annotations

import signal

import crash_child
import pytest

from aicycle.cli.pages import digest_json
from warehouse import Warehouse

PAGE = (
    "<html><head><title>Acme builds</title></head><body><article><p>Acme will spend 40 billion yuan on data centres"
    " over three years, the company said on Monday.</p></article></body></html>"
)
FAULTS = (
    "payload.before_rename",
    "payload.after_rename",
    "ingest:commit.before_commit",
    "ingest:commit.after_commit",
    "audit:commit.before_commit",
    "audit:commit.after_commit",
    "publish.before_switch",
)


@pytest.fixture(scope="module")
def run_child(exit_code_of, tmp_path_factory):
    place = tmp_path_factory.mktemp("page") / "news.html"
    place.write_text(PAGE, encoding="utf-8")

    def run(home, **how) -> int:
        return exit_code_of(crash_child.ingest, str(home), str(place), **how)

    return run


def _digest(home) -> dict:
    with Warehouse(home).read() as reader:
        assert reader.frame("core.documents").height == 1
        return digest_json(reader)


@pytest.fixture(scope="module")
def undisturbed(run_child, tmp_path_factory):
    home = tmp_path_factory.mktemp("undisturbed")
    assert run_child(home) == 0
    return _digest(home)


@pytest.mark.parametrize("fault", FAULTS)
def test_killed_at_a_boundary_and_run_again(fault, undisturbed, run_child, tmp_path):
    assert run_child(tmp_path, fault=fault) == -signal.SIGKILL, f"{fault} was never reached"
    assert run_child(tmp_path) == 0
    assert _digest(tmp_path) == undisturbed
