from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from transforms.texts.articles import MOST_ELEMENTS, MOST_TABLES, article_in

BODY = (
    "<p>Acme will spend 40 billion yuan on data centres over three years, the company said on Monday.</p>"
    "<p>A first site follows in 2027-03-01, and others are planned for France and the Netherlands.</p>"
)


def page(head="", body=BODY, html='lang="en-GB"'):
    return (
        f"<!DOCTYPE html><html {html}><head><title>Acme to build | Wire</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a> <a href='/x'>Markets</a></nav><article>{body}</article>"
        "<footer>Imprint, 2019</footer></body></html>"
    )


def test_the_article_is_found_without_what_surrounds_it():
    found = article_in(page(), None)
    assert found.text.splitlines() == [
        "Acme will spend 40 billion yuan on data centres over three years, the company said on Monday.",
        "A first site follows in 2027-03-01, and others are planned for France and the Netherlands.",
    ]
    assert (found.language, found.trouble) == ("en", "")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("", "", "Acme to build | Wire"),
        ("", "<h1> Acme\n builds </h1>", "Acme builds"),
        ("", "<h1>One</h1><h1>Two</h1>", "Acme to build | Wire"),
        ("<meta property='og:title' content='Acme  builds a lot'>", "<h1>Other</h1>", "Acme builds a lot"),
        ("<meta property='og:title' content=' '>", "<h1>Other</h1>", "Other"),
    ],
)
def test_the_title_is_the_one_handed_on_else_the_heading_else_the_window_s(head, body, title):
    assert article_in(page(head, body + BODY), None).title == title


def test_the_title_is_not_repeated_in_the_text():
    assert "builds" not in article_in(page(body="<h1>Acme builds</h1>" + BODY), None).text


@pytest.mark.parametrize(
    ("head", "address", "day"),
    [
        ("<meta property='article:published_time' content='2025-09-24T08:00:00+08:00'>", None, "2025-09-24"),
        ('<script type="application/ld+json">{"datePublished":"2025-09-23T01:00:00Z"}</script>', None, "2025-09-23"),
        ("<meta name='date' content='2025-09-24'>", "https://example.org/2025/09/30/x", "2025-09-24"),
        ("", "https://example.org/2025/09/30/x", "2025-09-30"),
        ("<meta name='date' content='2031-01-02'>", None, "2031-01-02"),
        ("<meta name='date' content='2025-13-45'>", None, None),
        ("", None, None),
    ],
)
def test_the_publication_is_what_metadata_or_the_address_state(head, address, day):
    assert article_in(page(head), address).published == day


def test_a_day_that_the_article_speaks_of_is_not_its_publication():
    body = "<time>2019-05-05</time><p>On 2020-01-01 and on 3 March 2021 things happened, said the company of them.</p>"
    assert article_in(page(body=body + BODY), None).published is None


def test_a_page_of_scripts_holds_no_article():
    found = article_in(
        "<html><body><script>var a = 'x';</script><noscript>Enable JavaScript</noscript></body></html>", None
    )
    assert found.text == ""


@pytest.mark.parametrize("text", ["", "  ", "\0", "<", "</p>", "<html>", "<script>x", "<!--", "<?xml?>", "<![CDATA[x"])
def test_fragments_of_a_page_are_no_articles_and_no_errors(text):
    assert article_in(text, None).text in {"", "<", "<![CDATA[x"}


def test_control_characters_and_a_declared_encoding_are_no_obstacle():
    found = article_in(
        "<?xml version='1.0' encoding='gbk'?>\0\x08" + page(body=BODY.replace("Acme", "Ac\x01me 亿")), None
    )
    assert "Ac me 亿 will spend" in found.text


def test_entities_of_a_document_type_are_not_expanded():
    head = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    found = article_in(head + page(body=BODY + "<p>And then there is &b; and &f; in this paragraph.</p>"), None)
    assert "aaaa" not in found.text
    assert "root:" not in found.text


@pytest.mark.parametrize("body", ["<i>x</i>" * MOST_ELEMENTS, "<table></table>" * (MOST_TABLES + 1)])
def test_a_page_of_too_much_is_not_read(body):
    found = article_in(page(body=body), None)
    assert found.trouble.startswith("the page has ")
    assert found.text == ""


def test_deep_nesting_ends():
    assert article_in("<div>" * 200_000 + "x", None).trouble == ""


def test_a_page_that_is_an_address_is_not_fetched(monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **more: asked.append(where))
    assert article_in("http://example.org/2025/09/30/x", None).published is None
    assert article_in(page("<link rel='canonical' href='http://example.org/x'>"), "http://example.org/y").text
    assert asked == []


def test_the_same_page_is_read_alike_in_another_process_and_time_zone():
    code = "import sys; from transforms.texts.articles import article_in; print(repr(article_in(sys.argv[1], None)))"
    head = "<meta property='article:published_time' content='2025-09-24T23:30:00-08:00'>"
    said = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, page(head)],
            capture_output=True, text=True, check=True, env={"TZ": zone, "LC_ALL": "C.UTF-8"},
        ).stdout
        for zone in ("UTC", "Pacific/Auckland")
    ]  # fmt: skip
    assert said[0] == said[1] == repr(article_in(page(head), None)) + "\n"
