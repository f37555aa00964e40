from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aicycle.errors import RefusedFileError
from transforms.staging.documents import headline_id
from transforms.staging.feeds import plain_title, published_at
from transforms.staging.lines import LONGEST_RECORD_BYTES


@pytest.fixture
def read(staged):
    def rows(items, *, language="<language>de-DE</language>"):
        content = f"<rss><channel><title>Wire &amp;amp; Co</title>{language}{items}</channel></rss>"
        return staged("feeds/x", content, payload_format="document/feed")

    return rows


def item(title="Acme builds", link="https://example.org/1", published="Mon, 24 Feb 2025 09:30:00 GMT"):
    return f"<item><title>{title}</title><link> {link} </link><pubDate>{published}</pubDate></item>"


def test_an_item_is_the_headline_that_a_recording_would_make_of_it(read, staged):
    (row,) = read(item())
    recorded = (
        '{"title": "Acme builds", "link": "https://example.org/1", "language": "de", "feed": "Wire & Co",'
        ' "published": "2025-02-24T09:30:00+00:00"}'
    )
    (other,) = staged("headlines.jsonl", recorded)
    address = {"source_line", "payload_sha256", "byte_start", "byte_end"}
    assert {k: v for k, v in row.items() if k not in address} == {k: v for k, v in other.items() if k not in address}
    assert row["unreadable"] is None
    assert row["document_id"] == headline_id("https://example.org/1", "Acme builds")


@pytest.mark.parametrize(
    ("item_", "why"),
    [
        (item(published=""), "published: neither pubDate nor published, updated or date is given"),
        (item(published="gestern"), "published: 'gestern' is no time as feeds write it"),
        (item(title=""), "title: there is none"),
        (item(title="&lt;b&gt;&lt;/b&gt;"), "title: there is none"),
        (item(link=""), "link: neither link nor guid is given"),
        ("<item/>", "title: there is none; link: "),
        (item(title="x" * LONGEST_RECORD_BYTES), "an item of "),
    ],
)
def test_a_damaged_item_is_a_row_that_says_why_and_its_neighbour_is_read(read, item_, why):
    first, second = read(item_ + item(link="https://example.org/2"))
    assert why in first["unreadable"]
    assert second["unreadable"] is None


@pytest.mark.parametrize(
    ("title", "language", "found"),
    [
        ("Acme", "<language>zh-CN</language>", "zh"),
        ("阿里巴巴投资3800亿元", "", "zh"),
        ("Acme baut für den Konzern und die Kunden", "", "de"),
        ("Acme 40 Mrd.", "", "en"),
        ("Acme 40 Mrd.", "<language>deutsch</language>", "en"),
    ],
)
def test_the_feed_s_language_counts_else_the_title_s_else_english(read, title, language, found):
    assert read(item(title=title), language=language)[0]["language"] == found


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A &amp; B", "A & B"),
        ("<b>A</b> builds <br/>\n more", "A builds more"),
        ("&#x4ebf; &lt;tag&gt;", "亿 <tag>"),
        ("R&D is 3 < 4", "R&D is 3 < 4"),
        ("<script>alert(1)</script>A<style>b", "A"),
        ("<!-- x", ""),
        ("", ""),
        ("plain \u200b text", "plain \u200b text"),
    ],
)
def test_markup_is_taken_out_of_titles(text, plain):
    assert plain_title(text) == plain


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("Mon, 24 Feb 2025 09:30:00 GMT", datetime(2025, 2, 24, 9, 30, tzinfo=UTC), "instant"),
        ("24 Feb 2025 09:30 +0800", datetime(2025, 2, 24, 1, 30, tzinfo=UTC), "instant"),
        ("Mon, 24 Feb 2025 09:30:00 EST", datetime(2025, 2, 24, 14, 30, tzinfo=UTC), "instant"),
        ("2025-02-24T09:30:00Z", datetime(2025, 2, 24, 9, 30, tzinfo=UTC), "instant"),
        (" 2025-02-24T09:30:00+08:00 ", datetime(2025, 2, 24, 1, 30, tzinfo=UTC), "instant"),
        ("Mon, 24 Feb 2025 09:30:00", datetime(2025, 2, 24, 23, 59, 59, 999999, UTC), "day"),
        ("Mon, 24 Feb 2025 09:30:00 -0000", datetime(2025, 2, 24, 23, 59, 59, 999999, UTC), "day"),
        ("2025-02-24", datetime(2025, 2, 24, 23, 59, 59, 999999, UTC), "day"),
    ],
)
def test_times_of_feeds(text, moment, precision):
    assert published_at(text) == ((moment, precision), "")


@pytest.mark.parametrize(
    "text", ["x", "2025-02-30", "Mon, 99 Feb 2025 09:30:00 GMT", "1 Jan 1200 00:00 GMT", "0001-01-01T00:00:00+14:00",
             "Mon, 24 Feb 2025 09:30:00 +9999", "9" * 5000, "24 Feb 99999999999999 09:30 GMT"],
)  # fmt: skip
def test_what_is_no_time_says_so(text):
    moment, why = published_at(text)
    assert moment is None
    assert "is no time as feeds write it" in why


def test_what_is_no_feed_is_refused(staged):
    with pytest.raises(RefusedFileError, match="feeds/x: it is not well-formed"):
        staged("feeds/x", b"<rss>", payload_format="document/feed")


def test_a_feed_without_items_has_no_rows(read):
    assert read("") == []
