"""Whatever a text says, the page keeps its shape."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicycle.report import render as module
from aicycle.report.view import FRAME_SCHEMAS, ReportView
from aicycle.report.wording import chart_text, plain

MARKUP = st.sampled_from(
    ["<", ">", "&", "'", '"', "</script>", "<!--", "]]>", "{{", "{%", "%{x}", "&lt;", "\u2028", "\u202e", "\x00", "数"]
)
FOREIGN = st.lists(st.one_of(MARKUP, st.text(max_size=6)), max_size=12).map("".join)
VALUES = {pl.Float64(): 1.0, pl.Date(): date(2025, 9, 28)}
WITHOUT_SURROGATES = FOREIGN.map(lambda text: text.encode("utf-8", "replace").decode())


class Shape(HTMLParser):
    """The elements of a page and the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}", ()))


def view_saying(text: str) -> ReportView:
    said = f"x{text}"
    frames = {name: pl.DataFrame(schema=schema) for name, schema in FRAME_SCHEMAS.items()}
    for name in [name for name in FRAME_SCHEMAS if name not in {"metrics", "prices"}]:
        row = {
            column: said if dtype == pl.String() else VALUES.get(dtype) for column, dtype in FRAME_SCHEMAS[name].items()
        }
        row |= (
            {"reasons": json.dumps([said] * 3), "kind": "capex_plan", "horizon_start": None} if name != "loads" else {}
        )
        frames[name] = pl.DataFrame([{c: row.get(c) for c in FRAME_SCHEMAS[name]}], schema=FRAME_SCHEMAS[name])
    moment = datetime(2025, 9, 28, tzinfo=UTC)
    return ReportView(
        company=said,
        as_of=moment,
        generated_at=moment,
        phase_names=(said,) * 4,
        run={"run_id": said, "held_because": said, "is_stale": True, "market_state": said, "basis": "live"},
        player_checks=[{"wave": said, "claim": said, "result": said, "detail": said}],
        parameters=[{"name": said, "value": said, "unit": said, "status": "assumption", "source": said, "why": said}],
        **frames,
    )


@given(WITHOUT_SURROGATES)
@settings(max_examples=25, deadline=None)
def test_no_text_changes_the_shape_of_the_page(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_library", lambda: "library()")
        usual, other = (Shape(module.render(view_saying(said))).found for said in ("", text))
    assert usual == other


@given(FOREIGN)
def test_no_text_brings_markup_into_a_chart_or_a_second_line(text):
    said = chart_text(text)
    assert not set("<>\n\r\x00\u202e") & set(said)
    assert "&" not in said.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert plain(text, 20) == plain(plain(text, 20), 20)
    assert len(plain(text, 20)) <= 20
    said.encode("utf-8")
