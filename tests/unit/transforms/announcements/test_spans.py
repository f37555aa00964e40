"""Which years or months a phrase for a time means, from a day of publication.

Here: meanings. Not here: where phrases stand, and any of them at all (`test_spans_found.py`).
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.transforms.announcements.readings import RULES
from transforms.announcements.spans import phrases, resolved

MAY = date(2025, 5, 20)


def meant(text, language="en", *, published=MAY, year_end=12, is_ahead=True):
    """What the only phrase of a text means."""
    (phrase,) = phrases(text, RULES[language])
    return resolved(phrase, published=published, fiscal_year_end_month=year_end, is_ahead=is_ahead)


@pytest.mark.parametrize(
    ("english", "german", "chinese", "horizon"),
    [
        ("over three years", "in den kommenden drei Jahren", "未来三年", ("2025", "2028")),
        ("by 2027", "bis 2027", "到2027年", ("2025", "2027")),
        ("in 2026", "im Jahr 2026", "2026年", ("2026", "2026")),
        ("next year", "im kommenden Jahr", "明年", ("2026", "2026")),
        ("this year", "in diesem Jahr", "今年", ("2025", "2025")),
        ("last year", "im vergangenen Jahr", "去年", ("2024", "2024")),
        ("between 2025 and 2029", "zwischen 2025 und 2029", "2025年至2029年", ("2025", "2029")),
        ("from 2025-29", "von 2025 bis 2029", "2025-29年", ("2025", "2029")),
        ("over the next decade", "im kommenden Jahrzehnt", "未来十年", ("2025", "2035")),
        ("by the end of the decade", "bis Ende des Jahrzehnts", "本十年末", ("2025", "2030")),
        ("over the next 18 months", "in den kommenden 18 Monaten", "未来18个月", ("2025-05", "2026-11")),
        ("since 2021", "seit 2021", "2021年以来", ("2021", "2025")),
        ("within a year", "binnen Jahresfrist", "一年内", ("2025", "2026")),
        ("last quarter", "im vergangenen Quartal", "上季度", ("2025-01", "2025-03")),
        ("next quarter", "im kommenden Quartal", "下季度", ("2025-07", "2025-09")),
        ("the past four quarters", "vergangenen vier Quartalen", "过去四个季度", ("2024-04", "2025-03")),
        ("second half of 2026", "zweiten Halbjahr 2026", "2026年下半年", ("2026-07", "2026-12")),
        ("third quarter of 2024", "dritten Quartal 2024", "2024年第三季度", ("2024-07", "2024-09")),
        ("in the year to June 2026", "Geschäftsjahr bis Juni 2026", "截至2026年6月的财年", ("2025-07", "2026-06")),
        ("by 2020", "bis 2020", "到2020年", ("2020", "2020")),
    ],
)
def test_a_phrase_means_the_same_in_each_language(english, german, chinese, horizon):
    assert (meant(english), meant(german, "de"), meant(chinese, "zh")) == (horizon, horizon, horizon)


@pytest.mark.parametrize(
    ("text", "year_end", "horizon"),
    [
        ("fiscal year 2026", 12, ("2026", "2026")), ("fiscal year 2026", 6, ("2025-07", "2026-06")),
        ("this fiscal year", 3, ("2025-04", "2026-03")), ("this fiscal year", 6, ("2024-07", "2025-06")),
        ("next fiscal year", 6, ("2025-07", "2026-06")), ("fiscal Q1 2026", 6, ("2025-07", "2025-09")),
        ("Q1 2026", 6, ("2026-01", "2026-03")),
    ],
)  # fmt: skip
def test_fiscal_years_end_when_the_companys_do(text, year_end, horizon):
    assert meant(text, year_end=year_end) == horizon


@pytest.mark.parametrize(
    ("text", "ahead", "behind"),
    [
        ("second quarter", ("2025-04", "2025-06"), ("2024-04", "2024-06")),
        ("fourth quarter", ("2025-10", "2025-12"), ("2024-10", "2024-12")),
        ("first quarter", ("2026-01", "2026-03"), ("2025-01", "2025-03")),
        ("quarter to September", ("2025-07", "2025-09"), ("2024-07", "2024-09")),
    ],
)
def test_a_quarter_without_a_year_is_the_next_or_the_last(text, ahead, behind):
    assert (meant(text), meant(text, is_ahead=False)) == (ahead, behind)


@pytest.mark.parametrize(
    ("published", "horizon"), [(date(2026, 2, 1), ("2025", "2025")), (date(2026, 5, 1), ("2026", "2026"))]
)
def test_the_full_year_is_the_last_one_while_its_results_are_told(published, horizon):
    assert meant("for the full year", published=published, is_ahead=False) == horizon
    assert meant("for the full year", published=published) == ("2026", "2026")


@pytest.mark.parametrize(
    ("published", "is_ahead", "horizon"),
    [
        (date(2026, 2, 1), True, ("2025-07", "2026-06")),
        (date(2026, 2, 1), False, ("2025-07", "2026-06")),
        (date(2026, 8, 1), True, ("2026-07", "2027-06")),
        (date(2026, 8, 1), False, ("2025-07", "2026-06")),
    ],
)
def test_the_full_year_of_a_company_is_its_fiscal_one(published, is_ahead, horizon):
    assert meant("for the full year", published=published, is_ahead=is_ahead, year_end=6) == horizon


def test_without_a_day_only_what_names_its_year_is_known():
    assert meant("by 2027", published=None) == ("2027", "2027")
    assert meant("by June 2027", published=None) == ("2027-06", "2027-06")
    assert meant("in 2026", published=None) == ("2026", "2026")
    for text in ("next year", "over three years", "last quarter", "second quarter", "this fiscal year"):
        assert meant(text, published=None) is None


def test_months_of_two_years_and_months_that_there_are_not():
    assert meant("2025年9月至3月", "zh") == ("2025-09", "2026-03")
    assert [p.means for p in phrases("2025年13月至99月", RULES["zh"])] == ["year"]
