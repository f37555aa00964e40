from __future__ import annotations

import pytest

from aicycle.contracts import LANDED_TABLES
from aicycle.errors import RefusedFileError
from transforms.staging import READERS, STAGING_VERSION, stage
from transforms.staging.tables import TABLE_FORMATS


def test_texts_have_no_rows(staged):
    assert staged("documents/a.txt", b"\xff", payload_format="recording/text") == []


def test_a_format_nobody_reads_is_refused(make_payload, universe):
    with pytest.raises(RefusedFileError, match="no reader for format 'recording/prices"):
        stage(make_payload("prices.xlsx", "x"), universe=universe, siblings={})


def test_every_landed_table_has_a_file():
    filled = {table.contract.full_name for table in TABLE_FORMATS.values()} | {"core.documents", "raw.labels"}
    assert filled == set(LANDED_TABLES)
    assert {f"recording/{name}" for name in TABLE_FORMATS} < set(READERS)


def test_the_same_bytes_are_staged_the_same(staged):
    content = "pair,session,rate\nUSDCNY,2025-09-26,7.1\nUSDCNY,2025-09-26,x\n"
    assert staged("fx.csv", content) == staged("fx.csv", content)
    assert STAGING_VERSION
