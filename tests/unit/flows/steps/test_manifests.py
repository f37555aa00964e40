"""What a stored answer keeps: parameters and holds, under their digest and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicycle.errors import ConfigError, WarehouseError
from aicycle.settings.configuration import dump_configuration, load_configuration, restore_configuration
from aicycle.settings.resources import config_folder
from flows.steps.manifests import gate_digest, keep_manifest, kept_configuration, kept_holds
from transforms.lineage import DOWNSTREAM_SCHEMA
from warehouse import Warehouse

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def configuration():
    return load_configuration(config_folder())


def holds(*rows):
    filler = {
        "output": "marts.scenario_runs", "company": "Alibaba", "segment": None, "cause": "why",
        "subject_kind": "symbol",
        "subject_id": "BABA", "metric": "close", "until": None, "output_metrics": None,
    }  # fmt: skip
    return pl.DataFrame([filler | row for row in rows], schema=DOWNSTREAM_SCHEMA)


def test_parameters_come_back_as_they_were(configuration):
    text = dump_configuration(configuration)
    restored = restore_configuration(text, configuration.digest)
    assert restored == replace(configuration, source_names=(), freshness=(), article_map=None)
    assert dump_configuration(restored) == text


def test_altered_parameters_are_refused(configuration):
    text = dump_configuration(configuration)
    with pytest.raises(ConfigError, match="altered"):
        restore_configuration(text.replace("0.25", "0.26"), configuration.digest)


def test_parameters_of_another_shape_name_the_key_and_the_cure():
    import hashlib

    text = json.dumps({"universe": {"exchanges": 3}})
    with pytest.raises(ConfigError, match=r"do not fit(.|\n)*code_version"):
        restore_configuration(text, hashlib.sha256(text.encode()).hexdigest())


def test_both_are_kept_once_and_read_back(tmp_path, configuration):
    seen = holds({"since": NOW}, {"since": NOW - timedelta(days=1), "until": NOW, "cause": 'a "quoted" cause, 万'})
    warehouse = Warehouse(tmp_path / "home", clock=lambda: NOW)
    for _ in range(2):
        with warehouse.write("test") as transaction:
            keep_manifest(transaction, configuration, seen, "rules-1")
    with warehouse.write("test") as transaction:
        sets, states = transaction.frame("ops.parameter_sets"), transaction.frame("ops.gate_states")
    assert (sets.height, states.height) == (1, 1)
    assert kept_configuration(sets, configuration.digest).scenario_sets == configuration.scenario_sets
    found, rules_version = kept_holds(states, gate_digest(seen, "rules-1"))
    assert rules_version == "rules-1"
    assert found.sort(pl.all()).equals(seen.sort(pl.all()), null_equal=True)


def test_what_is_not_there_or_altered_is_an_error(configuration):
    nothing = pl.DataFrame(schema={"gate_digest": pl.String, "holds": pl.String, "rules_version": pl.String})
    with pytest.raises(WarehouseError, match="0 rows"):
        kept_holds(nothing, "digest")
    digest = gate_digest(holds(), "rules-1")
    forged = pl.DataFrame([{"gate_digest": digest, "holds": "[]", "rules_version": "rules-2"}])
    with pytest.raises(WarehouseError, match="altered"):
        kept_holds(forged, digest)


instants = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2027, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
rows = st.fixed_dictionaries(
    {
        "since": instants,
        "until": st.none() | instants,
        "cause": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
        "segment": st.none() | st.sampled_from(["cloud", "chips"]),
    }
)


@given(drafts=st.lists(rows, max_size=6))
def test_any_holds_come_back(drafts):
    from flows.steps.manifests import _dump_holds, _load_holds

    seen = holds(*drafts)
    again = _load_holds(_dump_holds(seen))
    assert gate_digest(again, "r") == gate_digest(seen, "r")
    assert _dump_holds(seen[::-1]) == _dump_holds(seen), "rows in any order are one state"
