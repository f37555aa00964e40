"""A view says at once which column is missing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from aicycle.errors import AicycleError
from aicycle.report.view import FRAME_SCHEMAS


def test_empty_frames_with_their_columns_are_a_view(views):
    view = views.empty_view()
    assert all(getattr(view, name).is_empty() for name in FRAME_SCHEMAS)


@pytest.mark.parametrize("name", sorted(FRAME_SCHEMAS))
def test_a_missing_column_is_named_with_its_frame(views, name):
    column = FRAME_SCHEMAS[name].names()[0]
    whole = getattr(views.empty_view(), name)
    with pytest.raises(AicycleError, match=column) as caught:
        views.empty_view(**{name: whole.drop(column)})
    assert caught.value.where == f"ReportView.{name}"
    assert "hand over the whole table" in caught.value.next_command


def test_a_view_does_not_change(views):
    with pytest.raises(FrozenInstanceError):
        views.empty_view().company = "other"
