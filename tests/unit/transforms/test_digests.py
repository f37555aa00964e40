"""Digests: what counts as the same content."""

import polars as pl
import pytest

from transforms.digests import frame_digest, quantised


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32])
def test_there_is_one_zero(dtype):
    signed = pl.DataFrame({"name": ["x", "x"], "value": [-0.0, 1.0]}, schema_overrides={"value": dtype})
    plain = pl.DataFrame({"name": ["x", "x"], "value": [0.0, 1.0]}, schema_overrides={"value": dtype})
    assert frame_digest(signed) == frame_digest(plain)
    assert [str(value) for value in quantised(signed)["value"]] == ["0.0", "1.0"]
    assert quantised(signed).schema == signed.schema


def test_zeros_of_either_sign_do_not_order_rows():
    rows = [{"a": -0.0, "b": 2.0}, {"a": 0.0, "b": 1.0}, {"a": None, "b": -0.0}]
    assert frame_digest(pl.DataFrame(rows)) == frame_digest(pl.DataFrame(rows[::-1]))


def test_digits_beyond_the_twelfth_do_not_count():
    assert frame_digest(pl.DataFrame({"a": [0.1 + 0.2]})) == frame_digest(pl.DataFrame({"a": [0.3]}))
    assert frame_digest(pl.DataFrame({"a": [0.30000000001]})) != frame_digest(pl.DataFrame({"a": [0.3]}))
