"""Features: what the score of the leading phase is made of, and why one says nothing."""

from __future__ import annotations

from aicycle.report.sections.phase_features import ROW_LIMIT, SEGMENT_LIMIT, feature_tables


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_each_segment_of_the_company_has_a_table_for_its_leading_phase(views):
    captions = [table.caption for table in feature_tables(views.full_view())]
    assert captions == [
        "cloud: what the score of phase 1 is made of, in nats",
        "models: what the score of phase 2 is made of, in nats",
    ]


def test_strongest_first_with_the_sum_and_why_one_is_missing(views):
    table = feature_tables(views.full_view())[0]
    assert texts(table) == [
        ["region launch", "investment", "1.500", "faded votes", "+1.200", "2025-09-24", "\u2013"],
        ["revenue yoy frac", "growth", "0.260", "fraction", "+0.400", "2025-09-24", "\u2013"],
        [
            "adj ebita margin change frac", "stability", "\u2013", "fraction", "0.000", "\u2013",
            "no comparable quarter a year before",
        ],
        ["score", "", "", "", "+1.600", "", ""],
    ]  # fmt: skip
    assert table.rows[0][4].title == "phase 2 +0.100, phase 3 0.000, phase 4 \u22120.300"


def test_the_leading_phase_is_the_likeliest_also_when_the_score_says_another(views):
    rows = [views.phase_row("cloud", 3, (0.1, 0.2, 0.7, 0.0))]
    view = views.full_view(phases=views.frame("phases", rows))
    assert "cloud: what the score of phase 3" in feature_tables(view)[0].caption


def test_without_probabilities_the_greatest_score_leads(views):
    rows = [views.phase_row("models", None, (None, None, None, None))]
    view = views.full_view(phases=views.frame("phases", rows))
    assert [table.caption.partition(" is made")[0] for table in feature_tables(view)] == [
        "cloud: what the score of phase 1",
        "models: what the score of phase 2",
    ]


def test_features_beyond_the_limit_are_counted_and_still_in_the_score(views):
    rows = [views.feature_row("cloud", "growth", f"f{i:03d}", 0.1, 0.0, 0.0, 0.0) for i in range(ROW_LIMIT + 5)]
    (table,) = feature_tables(views.empty_view(phase_features=views.frame("phase_features", rows)))
    assert table.omitted_count == 5
    assert texts(table)[-1][4] == "+4.500"


def test_segments_are_bounded_and_nothing_is_nothing(views):
    assert len(feature_tables(views.crowded_view(2))) == SEGMENT_LIMIT
    assert feature_tables(views.empty_view()) == ()
