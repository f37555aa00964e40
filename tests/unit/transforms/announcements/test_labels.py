"""Lines of a gold file: read strictly, or refused by key."""

from __future__ import annotations

from datetime import date

import pytest

from transforms.announcements.labels import gold_document

LABEL = {"company": None, "kind": "capex_plan", "amount_low": 1e9, "amount_high": None, "twins": None, "negated": None}


def line(**more):
    return {"id": "a", "language": "de", "text": "", "announcements": [LABEL]} | more


def test_null_says_what_a_missing_key_says():
    (label,) = gold_document(line()).announcements
    assert (label.range, label.twins, label.negated, label.is_investment) == ((1e9, 1e9), (), False, True)


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2025-09-28", date(2025, 9, 28)), ("2025-02", date(2025, 2, 28)), ("2025", date(2025, 12, 31)),
        ("2026-02-19T16:42:00+00:00", date(2026, 2, 19)), (None, date(2026, 1, 2)),
    ],
)  # fmt: skip
def test_a_document_was_published_on_a_day(published, day):
    document = gold_document(line(published=published, first_seen_at="2026-01-02T03:04:05+00:00"))
    assert document.published_day == day


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"id": 7}, "id"),
        ({"announcements": None}, "announcements"),
        ({"announcements": [LABEL | {"kind": "capex"}]}, "announcements.0.kind"),
        ({"announcements": [LABEL | {"amount_low": "1e9"}]}, "announcements.0.amount_low"),
        ({"announcements": [LABEL | {"twins": [{"currency": "USD"}]}]}, "announcements.0.twins.0.amount"),
        ({"published": "28.09.2025"}, "Invalid isoformat|invalid literal"),
        ({"text": None}, "file, text or title"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_by_key(more, said):
    with pytest.raises(ValueError, match=said):
        gold_document(line(**more))
