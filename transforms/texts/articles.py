"""The article in a web page: its title, its text, the language and the publication day that the page states.

Here: what of a page is taken, and how large a page may be. Not here: decoding its bytes (`decoding`), which of several
statements counts (`records`).

trafilatura finds the article, htmldate reads the days in a page's metadata. Both are handed a parsed tree and never a
text, because htmldate would fetch a text that looks like an address. The publication is read from metadata alone:
any other day in a page may be one that the article speaks of, and a day too early would let answers of the past know
what nobody knew.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass

import htmldate
import lxml.etree
import lxml.html
import trafilatura

LIBRARIES = f"trafilatura {trafilatura.__version__}, htmldate {htmldate.__version__}, lxml {lxml.etree.__version__}"
"""What decides, beside our own rules, which text a page gives."""

MOST_ELEMENTS = 50_000
"""A long article's page has a few thousand; time to read grows faster than they do."""
MOST_TABLES = 2_000
"""Time to read grows with their square: these take seconds."""
LONGEST_METADATA_CHARACTERS = 200_000
"""Longer embedded metadata are a page's data store and not looked into."""
LAST_DAY = "2199-12-31"
"""No limit of ours: a page that claims to come from the future is stopped by the gate, which says so."""

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no tree may hold. A page's are its editor's slips; the page itself is kept as it came."""
DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
LANGUAGE = re.compile(r"[A-Za-z]{2}(?=$|[-_])")


@dataclass(frozen=True, slots=True)
class Article:
    """What a page holds beside its menus and advertisements."""

    title: str | None
    text: str
    """Paragraphs, a line each, without the title; empty where there are none."""
    language: str | None
    """As the page declares it, ISO 639-1."""
    published: str | None
    """Day, as 2025-09-26, if its metadata or its address state it."""
    trouble: str = ""
    """Why it was not read; empty if it was."""


def article_in(page: str, address: str | None) -> Article:
    """Return the article in a page.

    Args:
        page: its characters.
        address: where it was found; many hold the day.
    """
    tree = _parsed(page)
    if tree is None:
        return Article(None, "", None, None, "the page holds no element")
    elements, tables = sum(1 for _ in tree.iter()), sum(1 for _ in tree.iter("table"))
    if elements > MOST_ELEMENTS or tables > MOST_TABLES:
        return Article(
            None, "", None, None,
            f"the page has {elements} elements and {tables} tables; at most {MOST_ELEMENTS} and {MOST_TABLES} are read",
        )  # fmt: skip
    title, language, published = _title(tree), _language(tree), _published(tree, address)
    for nag in tree.xpath("//noscript"):
        nag.drop_tree()
    found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False)
    text = "" if found is None or isinstance(found, dict) else (found.text or "")
    return Article(title, _without_title(text, title), language, published)


def _parsed(page: str) -> lxml.html.HtmlElement | None:
    """Return a page as a tree. No network, no entities beyond HTML's own: the parser of HTML knows no others."""
    plain = CONTROLS.sub(" ", DECLARATION.sub("", page))
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(plain, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None
    return tree if isinstance(tree, lxml.html.HtmlElement) else None


def _title(tree: lxml.html.HtmlElement) -> str | None:
    """Return the title as it is handed on to others, else the only main heading, else the window's."""
    handed_on = tree.xpath("//meta[@property='og:title' or @name='og:title']/@content")
    headings = tree.xpath("//h1")
    candidates = [
        *(str(title) for title in handed_on[:1]),
        *([headings[0].text_content()] if len(headings) == 1 else []),
        *(element.text_content() for element in tree.xpath("//head/title")[:1]),
    ]
    return next((plain for title in candidates if (plain := " ".join(title.split()))), None)


def _language(tree: lxml.html.HtmlElement) -> str | None:
    found = LANGUAGE.match(tree.get("lang") or "")
    return found.group().lower() if found else None


def _published(tree: lxml.html.HtmlElement, address: str | None) -> str | None:
    """Return the day that the page's metadata, or else its address, state."""
    stated = lxml.html.Element("html")
    head, body = lxml.html.Element("head"), lxml.html.Element("body")
    stated.extend([head, body])
    for element in tree.xpath("//meta | //script[@type='application/ld+json']"):
        if len(element.get("content") or element.text or "") <= LONGEST_METADATA_CHARACTERS:
            head.append(_alone(element))
    for element in tree.xpath("//time[@pubdate or @itemprop='datePublished']")[:1]:
        body.append(_alone(element))
    return htmldate.find_date(
        stated,
        extensive_search=False,
        original_date=True,
        url=address,
        deferred_url_extractor=True,
        max_date=LAST_DAY,
    )


def _alone(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    copy = deepcopy(element)
    copy.tail = None
    return copy


def _without_title(text: str, title: str | None) -> str:
    """Return paragraphs without a first one that is the title again."""
    first, _, rest = text.partition("\n")
    return rest.strip() if title and " ".join(first.split()) == title else text.strip()
