"""What a batch adds: first prints, duplicates, restatements, in any mixture."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse import Warehouse
from warehouse.ledger import Stored

TABLE = "core.fx_rates"


def _load(store, batch, load_seq):
    with store.write("test") as transaction:
        return transaction.store(TABLE, batch, load_seq)


def _rows(store):
    with store.write("test") as transaction:
        return transaction.frame(TABLE)


def test_the_same_batch_twice_is_stored_once(store, rates):
    batch = rates((1, 7.1), (2, 7.2))
    assert _load(store, batch, 1) == Stored(stored=2, restated=0, duplicate=0)
    assert _load(store, batch, 2) == Stored(stored=0, restated=0, duplicate=2)
    assert _rows(store)["revision"].to_list() == [0, 0]


def test_another_value_under_the_same_date_is_a_restatement_known_when_it_came(store, rates):
    _load(store, rates((1, 7.1)), 1)
    later = datetime(2025, 9, 1, tzinfo=UTC)
    assert _load(store, rates((1, 7.15), fetched_at=later), 2) == Stored(stored=1, restated=1, duplicate=0)
    first, second = _rows(store).sort("revision").to_dicts()
    assert (first["rate"], first["known_at"]) == (7.1, datetime(2025, 1, 1, 15, tzinfo=UTC))
    assert (second["rate"], second["known_at"], second["known_precision"]) == (7.15, later, "instant")
    assert second["source_known_at"] == first["source_known_at"]


def test_a_value_that_comes_back_is_a_new_restatement(store, rates):
    for seq, rate in enumerate((7.1, 7.15, 7.1), 1):
        assert _load(store, rates((1, rate)), seq).stored == 1
    assert _rows(store).sort("revision")["rate"].to_list() == [7.1, 7.15, 7.1]
    assert _load(store, rates((1, 7.1)), 4).duplicate == 1


def test_a_later_statement_about_the_same_key_keeps_its_own_date(store, rates):
    first = rates((1, 7.1))
    revised_on = datetime(2025, 3, 1, tzinfo=UTC)
    revised = rates((1, 7.3)).with_columns(
        known_at=pl.lit(revised_on).cast(pl.Datetime("us", "UTC")),
        source_known_at=pl.lit(revised_on).cast(pl.Datetime("us", "UTC")),
        row_id=pl.lit(1, pl.Int64),
    )
    both = pl.concat([first, revised])
    assert _load(store, both, 1) == Stored(stored=2, restated=1, duplicate=0)
    assert _load(store, both, 2) == Stored(stored=0, restated=0, duplicate=2)
    assert _rows(store).sort("revision")["known_at"].to_list() == [datetime(2025, 1, 1, 15, tzinfo=UTC), revised_on]


def test_nothing_is_nothing(store, rates):
    assert _load(store, rates(), 1) == Stored()


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.dictionaries(st.integers(1, 6), st.sampled_from([7.0, 7.1, 7.2]), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_every_row_is_accounted_for_and_the_newest_wins(tmp_path_factory, rates, batches):
    store = Warehouse(tmp_path_factory.mktemp("home"), clock=lambda: datetime(2025, 6, 1, tzinfo=UTC))
    expected: dict[int, float] = {}
    for seq, batch in enumerate(batches, 1):
        stored = _load(store, rates(*batch.items()), seq)
        assert stored.stored + stored.duplicate == len(batch)
        assert stored.stored == sum(expected.get(d) != r for d, r in batch.items())
        assert stored.restated == sum(d in expected and expected[d] != r for d, r in batch.items())
        expected |= batch
    newest = _rows(store).sort("known_at", "load_seq").unique("session", keep="last")
    assert {s.day: r for s, r in zip(newest["session"], newest["rate"], strict=True)} == expected
