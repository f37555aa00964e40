from __future__ import annotations

import pytest

from transforms.texts.content_kinds import ContentKind, kind_of

TEXT, PAGE, FEED = ContentKind.TEXT, ContentKind.PAGE, ContentKind.FEED


@pytest.mark.parametrize(
    ("text", "labelled", "kind"),
    [
        ("Acme builds", None, TEXT),
        ("", None, TEXT),
        ("<b>Acme</b> builds", None, TEXT),
        ("<b>Acme</b> builds", PAGE, PAGE),
        ("3 < 4 and <html> is a tag", None, TEXT),
        ("<html>", None, PAGE),
        ("\ufeff\n<!-- x --><!DOCTYPE HTML PUBLIC 'y'><html>", TEXT, PAGE),
        ("<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'>", FEED, PAGE),
        ("<?xml version='1.0'?>\n<?style x?>\n<rss version='2.0'>", PAGE, FEED),
        ("<!DOCTYPE rss PUBLIC 'x'><rss>", None, FEED),
        ("<feed xmlns='x'>", TEXT, FEED),
        ("<rdf:RDF xmlns:rdf='x'>", None, FEED),
        ("<?xml version='1.0'?><sitemap/>", None, None),
        ("<sitemap/>", FEED, None),
        ("plain", FEED, None),
    ],
)
def test_content_decides_before_the_label(text, labelled, kind):
    assert kind_of(text, labelled) is kind


def test_an_endless_comment_is_not_waited_for():
    assert kind_of("<!--" * 1_000_000, None) is TEXT
