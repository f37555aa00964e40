"""The page as a whole: self-contained, harmless, the same for the same view."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from aicycle.report.render import render
from aicycle.report.view import FRAME_SCHEMAS

LARGEST_BYTES = 6_500_000
LARGEST_WITHOUT_LIBRARY_BYTES = 1_500_000
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, the texts of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        else:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(without_library):
    return lambda view: Page(render(view))


@pytest.fixture
def all_views(views):
    return {
        "full": views.full_view(),
        "empty": views.empty_view(),
        "hostile": views.hostile_view(),
        "long": views.long_view(),
        "null": views.null_view(),
        "simulated": views.full_view(prices=views.prices(simulated=True)),
    }


def policy(found: Page) -> str:
    (content,) = (meta["content"] for meta in found.all("meta") if meta.get("http-equiv"))
    return str(content)


def test_every_element_is_closed_and_ids_are_unique(page, all_views):
    for name, view in all_views.items():
        found = page(view)
        assert found.unbalanced == [], name
        assert found.open == [], name
        ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), name


def test_hostile_text_changes_no_element_and_no_attribute_name(page, views):
    harmless, hostile = page(views.worded_view(lambda text: text + " x")), page(views.hostile_view())
    shape = [[(tag, sorted(attributes)) for tag, attributes in found.elements] for found in (harmless, hostile)]
    assert shape[0] == shape[1]
    assert views.SCRIPT in "".join(hostile.text)


def test_hostile_text_inside_charts_is_data(page, views):
    found = page(views.hostile_view())
    figures = json.loads(found.scripts[0])
    assert "<" not in found.scripts[0]
    texts = re.findall(r"<[^>]*>", json.dumps(figures))
    assert set(texts) <= {"<b>", "</b>", "<br>"}
    assert "&lt;script&gt;" in json.dumps(figures)


def test_no_event_handlers_and_no_links_out(page, all_views):
    for name, view in all_views.items():
        found = page(view)
        for tag, attributes in found.elements:
            assert not [key for key in attributes if key.startswith("on")], (name, tag)
            if tag == "a":
                assert str(attributes["href"]).startswith("#"), name


def test_nothing_is_loaded_from_anywhere(page, all_views):
    for name, view in all_views.items():
        found = page(view)
        for tag, attributes in found.elements:
            assert tag not in {"img", "iframe", "object", "embed", "base", "form", "audio", "video", "source"}, name
            assert "src" not in attributes, name
            assert "srcset" not in attributes, name
            if tag == "link":
                assert str(attributes["href"]).startswith("data:"), name
    html = render(all_views["full"])
    style = html[html.index("<style>") : html.index("</style>")]
    assert not re.search(r"@import|url\s*\(|https?:", style)


def test_the_policy_allows_exactly_the_scripts_that_are_there(page, views):
    found = page(views.full_view())
    stated = policy(found)
    assert stated.startswith("default-src 'none'; ")
    running = [
        text
        for text, attributes in zip(found.scripts, found.all("script"), strict=True)
        if attributes.get("type") != "application/json"
    ]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in running}
    (allowed,) = re.findall(r"script-src ([^;]*);", stated)
    assert set(allowed.split()) == hashes
    assert len(running) == 2
    assert "unsafe-eval" not in stated
    assert not re.search(r"https?:|\*", stated)


def test_the_real_library_can_stand_in_a_page(views):
    html = render(views.full_view())
    found = Page(html)
    assert len(found.all("script")) == 4
    assert "Plotly" in found.scripts[2]
    assert found.unbalanced == []
    assert html.count("plotly.js v") == 1


def test_an_empty_view_carries_no_library(views):
    assert len(render(views.empty_view()).encode()) < 40_000


@pytest.mark.parametrize("kind", ["full", "crowded", "hostile", "long"])
def test_size_is_bounded_however_much_there_is(views, kind):
    view = {
        "full": views.full_view,
        "crowded": views.crowded_view,
        "hostile": views.hostile_view,
        "long": views.long_view,
    }[kind]()
    assert len(render(view).encode()) < LARGEST_BYTES


def test_what_surrounds_the_library_is_bounded(without_library, views):
    assert len(render(views.crowded_view()).encode()) < LARGEST_WITHOUT_LIBRARY_BYTES


def test_the_same_view_gives_the_same_bytes_whatever_the_order_of_rows(without_library, views):
    view = views.full_view(holds=views.frame("holds", [views.hold_row(subject_id=f"S{i}") for i in range(5)]))
    first = render(view)
    assert render(view) == first
    for seed in range(3):
        shuffled = {name: getattr(view, name).sample(fraction=1.0, shuffle=True, seed=seed) for name in FRAME_SCHEMAS}
        turned = list(reversed(view.parameters))
        assert render(replace(view, parameters=turned, **shuffled)) == first


def test_one_row_in_every_table(page, views):
    view = views.full_view(holds=views.frame("holds", [views.hold_row()]))
    single = {name: getattr(view, name).head(1) for name in FRAME_SCHEMAS}
    assert page(replace(view, **single)).unbalanced == []


def test_columns_without_a_type_are_read(page, views):
    view = views.null_view()
    untyped = {
        name: pl.DataFrame({column: [None] * getattr(view, name).height for column in schema})
        for name, schema in FRAME_SCHEMAS.items()
    }
    assert page(replace(view, **untyped)).unbalanced == []


def test_numbers_beyond_all_bounds_do_not_stop_it(page, views):
    def extreme(value: float):
        view = views.full_view()
        changed = {
            name: getattr(view, name).with_columns(pl.col(pl.Float64).map_batches(lambda s: s * 0 + value))
            for name in FRAME_SCHEMAS
        }
        return replace(view, run=views.run(price_usd=value), **changed)

    for value in (1.7e308, -1.7e308, 5e-324, float("nan"), float("inf"), 0.0):
        found = page(extreme(value))
        assert not re.search(r"NaN|Infinity", found.scripts[0] if found.scripts else "")


@pytest.mark.parametrize("is_simulated", [True, False])
def test_simulated_banners_stand_where_simulated_prices_are_and_only_there(page, views, is_simulated):
    found = page(views.full_view(prices=views.prices(simulated=is_simulated)))
    banners = [a for _, a in found.elements if a.get("class") == "banner simulated"]
    assert len(banners) == (2 if is_simulated else 0)


def test_a_stale_run_has_a_banner_with_its_cause(page, views):
    view = views.full_view(run=views.run(is_stale=True, held_because="close -4.1 is not above 0"))
    found = page(view)
    assert [a for _, a in found.elements if a.get("class") == "banner stale"]
    assert "close -4.1 is not above 0" in "".join(found.text)
    assert not [a for _, a in page(views.full_view()).elements if a.get("class") == "banner stale"]


def test_every_chart_has_a_name_a_text_and_a_table(page, views):
    found = page(views.full_view())
    plots = [a for _, a in found.elements if a.get("class") == "plot"]
    assert [plot["id"] for plot in plots] == sorted(json.loads(found.scripts[0]), key=[p["id"] for p in plots].index)
    assert set(json.loads(found.scripts[0])) == {plot["id"] for plot in plots}
    for plot in plots:
        assert plot["role"] == "img"
        assert len(str(plot["aria-label"])) > 20
    captions = "".join(found.text)
    for caption in ("Closes, newest first", "Scenarios", "Shares, newest first", "Quarterly capex of Alibaba", "Plans"):
        assert caption in captions


def test_headings_and_tables_have_their_semantics(page, views):
    found = page(views.full_view())
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(found.all("caption")) == len(found.all("table"))
    assert all(cell.get("scope") in {"row", "col"} for cell in found.all("th"))
    assert found.all("html")[0]["lang"] == "en"
    for section in found.all("section"):
        assert section["aria-labelledby"] == f"{section['id']}-title"


def test_footer_names_run_and_digests_and_gives_no_advice(page, views):
    text = "".join(page(views.full_view()).text)
    for said in ("run-7f3a", "answer-c0ffee", "parameters-90aa", "No investment advice", "2026-11-23 08:00 UTC"):
        assert said in text


def test_importing_and_building_a_view_loads_no_plotly():
    code = (
        "import sys; import aicycle.report, aicycle.report.view, aicycle.report.render;"
        "sys.exit(any(name.partition('.')[0] == 'plotly' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_library_that_could_end_its_element_is_refused(monkeypatch, views):
    import plotly.offline

    from aicycle.errors import AicycleError
    from aicycle.report import render as module

    module._library.cache_clear()
    monkeypatch.setattr(plotly.offline, "get_plotlyjs", lambda: "x = '</SCRIPT>'")
    with pytest.raises(AicycleError, match="can't stand inside a page"):
        render(views.full_view())
    module._library.cache_clear()


def test_the_templates_travel_with_the_package():
    from importlib.resources import files

    names = {entry.name for entry in (files("aicycle.report") / "templates").iterdir()}
    assert {"report.html.j2", "macros.html.j2", "report.css", "charts.js"} <= names
