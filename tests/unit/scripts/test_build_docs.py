"""Generated documents are written when asked, and only compared with `--check`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def build_docs(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_docs_script", root / "scripts" / "build_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_writing_makes_the_check_pass_and_a_second_writing_changes_nothing(build_docs, tmp_path, capsys):
    assert build_docs.main([], root=tmp_path) == 0
    assert [f"wrote {name}" for name in build_docs.DOCUMENTS] == capsys.readouterr().out.splitlines()
    assert set(contents(tmp_path)) == set(build_docs.DOCUMENTS)
    assert build_docs.main([], root=tmp_path) == 0
    assert build_docs.main(["--check"], root=tmp_path) == 0
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes() + b" ")])
def test_the_check_names_what_differs_and_writes_nothing(spoil, build_docs, tmp_path, capsys):
    build_docs.main([], root=tmp_path)
    spoil(tmp_path / "docs" / "data_dictionary.md")
    before = contents(tmp_path)
    capsys.readouterr()
    assert build_docs.main(["--check"], root=tmp_path) == 1
    said = capsys.readouterr().err
    assert said == "docs/data_dictionary.md is not what the code says: run `make docs` and commit it\n"
    assert contents(tmp_path) == before


def test_documents_can_be_added(build_docs, tmp_path):
    documents = {"docs/a.md": lambda: "a\n", "docs/deep/b.md": lambda: "b\n"}
    assert build_docs.write(tmp_path, documents) == ["docs/a.md", "docs/deep/b.md"]
    assert contents(tmp_path) == {"docs/a.md": b"a\n", "docs/deep/b.md": b"b\n"}
    documents["docs/a.md"] = lambda: "A\n"
    assert build_docs.outdated(tmp_path, documents) == ["docs/a.md"]
