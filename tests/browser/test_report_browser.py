"""The report in a real browser: it asks nobody for anything, draws all it should and runs nothing it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page

from aicycle.report.render import render
from aicycle.report.view import ReportView

KINDS = ("full", "simulated", "hostile", "long", "null", "empty", "crowded")


@dataclass
class Opened:
    """A page and what it did while it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture(scope="module")
def files(views: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    drawn: dict[str, ReportView] = {
        "full": views.full_view(),
        "simulated": views.full_view(prices=views.prices(simulated=True)),
        "hostile": views.hostile_view(),
        "long": views.long_view(),
        "null": views.null_view(),
        "empty": views.empty_view(),
        "crowded": views.crowded_view(60),
    }
    paths = {}
    for name, view in drawn.items():
        paths[name] = folder / f"{name}.html"
        paths[name].write_text(render(view), encoding="utf-8")
    return paths


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opener]:
    contexts = []

    def open_(name: str, width: int = 1280, scheme: str = "light") -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            offline=True,
        )
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.on("console", lambda message: found.complaints.append(f"{message.type}: {message.text}"))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("dialog", lambda dialog: found.complaints.append(f"dialog: {dialog.message}"))
        found.page.goto(files[name].as_uri())
        found.page.wait_for_function(
            "() => [...document.querySelectorAll('.plot')].every(p => p.querySelector('svg.main-svg'))", timeout=20_000
        )
        return found

    yield open_
    for context in contexts:
        context.close()


def overflow_px(page: Page) -> int:
    """How far the page is wider than its window with everything unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("name", KINDS)
def test_it_asks_nobody_complains_of_nothing_and_fits(opened, files, name):
    found = opened(name)
    assert overflow_px(found.page) <= 0
    found.page.set_viewport_size({"width": 390, "height": 844})
    found.page.wait_for_timeout(300)
    assert overflow_px(found.page) <= 0
    assert found.requests == [files[name].as_uri()]
    assert found.complaints == []


def test_it_fits_a_telephone_from_the_start(opened):
    page = opened("full", width=390, scheme="dark").page
    assert overflow_px(page) <= 0
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.plot svg')].map(s => s.getBoundingClientRect().right))"
    )
    assert widest <= 390


def test_every_chart_of_a_full_report_is_drawn(opened):
    page = opened("full").page
    charts = page.evaluate("[...document.querySelectorAll('.plot')].map(p => p.id)")
    assert charts == [
        "chart-price",
        "chart-outcomes",
        "chart-road-0",
        "chart-road-1",
        "chart-road-2",
        "chart-shares",
        "chart-capex-0",
        "chart-plans",
        "chart-capex-1",
        "chart-players",
    ]
    for chart in charts:
        box = page.evaluate(
            "id => { const r = document.querySelector(`#${id} svg.main-svg`).getBoundingClientRect();"
            " return [r.width, r.height] }",
            chart,
        )
        assert min(box) > 100, chart
        assert page.evaluate(
            "id => document.querySelectorAll(`#${id} .trace, #${id} .point, #${id} .scatterlayer path`).length", chart
        )


def test_simulated_sessions_are_dotted_and_closes_are_not(opened):
    def dashes(name: str) -> list[str]:
        return opened(name).page.evaluate(
            "[...document.querySelectorAll('#chart-price .scatterlayer path.js-line')]"
            ".map(p => getComputedStyle(p).strokeDasharray)"
        )

    assert any("2px" in dash for dash in dashes("simulated"))
    assert not any("2px" in dash for dash in dashes("full"))


def test_hostile_text_stays_text(opened, views):
    page = opened("hostile").page
    for plot in page.query_selector_all(".plot"):
        plot.scroll_into_view_if_needed()
        plot.hover()
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, form').length") == 0
    assert page.evaluate("document.querySelectorAll('a:not([href^=\"#\"])').length") == 0
    assert page.evaluate("document.scripts.length") == 4
    svg_text = page.evaluate("[...document.querySelectorAll('.plot svg text')].map(t => t.textContent).join('\\n')")
    assert "<script>" in svg_text
    assert views.SCRIPT in page.evaluate("document.body.innerText")


def test_the_policy_stops_a_script_that_came_in_anyway(opened):
    found = opened("empty")
    found.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.pwned = 1';"
        " document.body.append(s) }"
    )
    assert found.page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in complaint for complaint in found.complaints)


def least_contrast(page: Page) -> float:
    return float(
        page.evaluate(
            """() => {
              const light = (text) => {
                const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map((v) => Number(v) / 255)
                  .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const page = light(getComputedStyle(document.body).backgroundColor);
              const ratios = [...document.querySelectorAll('.plot svg text')].map((t) => {
                const ink = light(getComputedStyle(t).fill);
                return (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05);
              });
              return Math.min(...ratios);
            }"""
        )
    )


def test_chart_texts_are_readable_by_day_and_when_the_lights_go_out(opened):
    page = opened("full").page
    ink = "getComputedStyle(document.querySelector('#chart-plans .annotation text')).fill"
    assert least_contrast(page) >= 4.5
    before = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => {ink} !== before", arg=before, timeout=10_000)
    assert least_contrast(page) >= 4.5
