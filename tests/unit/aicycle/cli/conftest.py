"""What the tests of this folder share: typing a command."""

from __future__ import annotations

import pytest

from aicycle.cli import main


@pytest.fixture
def typed(capsys, monkeypatch, tmp_path):
    """Type a command in an empty folder; return exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AICYCLE_CONFIG", raising=False)

    def type_(*words):
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return type_
