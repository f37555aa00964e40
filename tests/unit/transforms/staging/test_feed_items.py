from __future__ import annotations

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.staging.feed_items import DEEPEST, MOST_ITEMS, BrokenFeedError, feed_in

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Wire</title><language>en-us</language><image><title>Not this</title></image>
<item><media:title>Nor this</media:title><title>A</title><link>https://example.org/1</link><guid>g1</guid>
  <pubDate>Mon, 24 Feb 2025 09:30:00 GMT</pubDate><source><title>Nor that</title></source></item>
<item><guid>g2</guid><title><![CDATA[B </item> <item>]]></title><dc:date>2025-02-24T09:30:00+08:00</dc:date></item>
<item/>
</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh"><title>Source</title>
<entry xml:lang="de"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A<b>c</b>me</div></title>
<link rel="self" href="https://example.org/feed"/><link href="https://example.org/1"/><id>urn:1</id>
<updated>2025-02-25T09:30:00Z</updated><published>2025-02-24T09:30:00Z</published></entry>
<entry><title>B</title><link rel="enclosure" href="https://example.org/b.mp3"/><id>urn:2</id></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Old</title></channel><item><title>A</title><link>https://example.org/1</link></item></rdf:RDF>"""


def spans_of(content):
    return [content[item.byte_start : item.byte_end] for item in feed_in(content).items]


def test_items_of_rss():
    feed = feed_in(RSS.encode())
    assert (feed.title, feed.language) == ("Wire", "en-us")
    first, second, third = feed.items
    assert (first.title, first.link, first.published, first.line) == (
        "A", "https://example.org/1", "Mon, 24 Feb 2025 09:30:00 GMT", 4,
    )  # fmt: skip
    assert (second.title, second.link, second.published) == ("B </item> <item>", "g2", "2025-02-24T09:30:00+08:00")
    assert (third.title, third.link, third.published) == ("", "", "")


def test_items_of_atom():
    feed = feed_in(ATOM.encode())
    first, second = feed.items
    assert (first.title, first.link, first.published) == ("Acme", "https://example.org/1", "2025-02-24T09:30:00Z")
    assert [(item.language, item.published) for item in feed.items] == [("de", "2025-02-24T09:30:00Z"), ("zh", "")]
    assert second.link == "urn:2", "an enclosure is not the article"


def test_items_of_rdf_stand_beside_their_channel():
    feed = feed_in(RDF.encode())
    assert (feed.title, [item.link for item in feed.items]) == ("Old", ["https://example.org/1"])


@pytest.mark.parametrize("text", [RSS, ATOM, RDF])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "cp1252"])
def test_each_item_stands_at_its_bytes_in_any_charset(text, charset):
    text = text.replace("<title>B", "<title>ü B").replace(' encoding="UTF-8"', "")
    content = text.encode(charset)
    if charset in {"gb18030", "cp1252"}:
        content = f'<?xml version="1.0" encoding="{charset}"?>'.encode() + content.removeprefix(
            b'<?xml version="1.0"?>'
        )
    named = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(charset, charset)
    found = [span.decode(named) for span in spans_of(content)]
    assert len(found) == text.count("</item>") - text.count("</item> ") + text.count("<item/>") + text.count("</entry>")
    for span in found:
        assert span.startswith(("<item", "<entry"))
        assert span.endswith(("</item>", "</entry>", "<item/>"))
        assert "</channel>" not in span


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss/>', "definitions of its own"),
        (b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>',
         "definitions of its own"),
        (b'<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]><rss/>', "definitions of its own"),
        (b"<rss><channel>", "not well-formed"),
        (b"<rss>&undefined;</rss>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<html/>", "no feed: its root is <html>"),
        (b"<rss>" + b"<a>" * DEEPEST, f"more than {DEEPEST} deep"),
        (b"<rss>" + b"<item/>" * (MOST_ITEMS + 1) + b"</rss>", f"more than {MOST_ITEMS} items"),
        (b"<rss>\xff</rss>", "not utf-8"),
        (b"<?xml version='1.0' encoding='rot13'?><rss/>", "none that is known"),
        (b"<rss>\0</rss>", "not well-formed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_with_its_line(content, why):
    with pytest.raises(BrokenFeedError, match=why) as refused:
        feed_in(content)
    assert refused.value.line >= 1


def test_a_billion_laughs_cost_nothing():
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]><rss><channel><title>&l11;</title></channel></rss>'.encode()
    started = time.monotonic()
    with pytest.raises(BrokenFeedError):
        feed_in(bomb)
    assert time.monotonic() - started < 1


def test_a_document_type_that_is_not_loaded_leaves_its_names_to_html():
    head = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD" "http://127.0.0.1:1/rss.dtd">'
    feed = feed_in(head + b"<rss><channel><item><title>a&eacute;b&nosuch;</title></item></channel></rss>")
    assert feed.items[0].title == "a\u00e9b&nosuch;"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6), st.sampled_from(["utf-8", "utf-16-le", "gb18030"]))
def test_any_titles_come_back_and_each_span_reads_alone_as_in_its_feed(pairs, charset):
    items = [f"<item><title>{escape(title)}</title><link>{escape(link)}</link></item>" for title, link in pairs]
    mark = "\ufeff" if charset == "utf-16-le" else ""
    declared = "" if mark else f"<?xml version='1.0' encoding='{charset}'?>"
    content = f"{mark}{declared}<rss><channel>{' '.join(items)}</channel></rss>".encode(charset)
    assert [span.decode(charset) for span in spans_of(content)] == items
    assert [item.title for item in feed_in(content).items] == [title if title.strip() else "" for title, _ in pairs]
