"""From a view to one HTML file that needs nothing else.

Here: templates, the bundled chart library, the content security policy. Not here: what the sections say
(`aicycle.report.sections`) or writing a file (whoever calls).

Every text from data is escaped twice over: by the templates in HTML, by `wording.chart_text` inside charts. The policy
allows exactly the scripts whose hashes it names, and no request of any kind.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aicycle.errors import AicycleError
from aicycle.report.palette import DARK
from aicycle.report.sections.alerts import alert_section
from aicycle.report.sections.definitions import definition_section
from aicycle.report.sections.freshness import freshness_section
from aicycle.report.sections.gate import gate_section
from aicycle.report.sections.headline import headline
from aicycle.report.sections.phase_features import feature_tables
from aicycle.report.sections.phase_map import phase_map
from aicycle.report.sections.players import player_section
from aicycle.report.sections.record import record_section
from aicycle.report.sections.road import road_section
from aicycle.report.sections.scenarios import scenario_section
from aicycle.report.sections.shares import share_section
from aicycle.report.sections.spending import spending_section
from aicycle.report.view import ReportView
from aicycle.report.wording import finite


def render(view: ReportView) -> str:
    """Return the report as one HTML document; the same view gives the same text, byte for byte.

    Args:
        view: what is known. Any frame may be empty, any cell null, any text hostile.

    Raises:
        AicycleError: the chart library can't be put into a page.
    """
    scenarios, shares, spending = scenario_section(view), share_section(view), spending_section(view)
    road, players = road_section(view), player_section(view)
    charts = [*scenarios.charts, *road.charts, *spending.peers]
    charts.extend(chart for chart in (shares.chart, spending.plans, spending.spent, players.chart) if chart)
    library, drawing = _library(), _asset("charts.js")
    page = _environment().get_template("report.html.j2")
    return page.render(
        policy=_policy(library, drawing),
        style=Markup(_asset("report.css")),  # noqa: S704 - our own file
        library=Markup(library),  # noqa: S704 - the bundled library, refused if it could end its element
        drawing=Markup(drawing),  # noqa: S704 - our own file
        figures=_json({chart.chart_id: _drawable(chart.figure) for chart in charts}),
        dark_colours=_json(DARK),
        has_charts=bool(charts),
        head=headline(view),
        phases=phase_map(view),
        features=feature_tables(view),
        scenarios=scenarios,
        road=road,
        shares=shares,
        spending=spending,
        players=players,
        record=record_section(view),
        alerts=alert_section(view),
        gate=gate_section(view),
        freshness=freshness_section(view),
        definitions=definition_section(view),
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("aicycle.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _asset(name: str) -> str:
    return (files("aicycle.report") / "templates" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


@lru_cache(maxsize=1)
def _library() -> str:
    """Return plotly's script, loaded only when a report is drawn."""
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - an import of a second, only for who draws

    script = str(get_plotlyjs()).replace("\r\n", "\n").replace("\r", "\n")
    if "</script" in script.lower() or "<!--" in script or "\x00" in script:
        raise AicycleError(
            "plotly's script can't stand inside a page",
            where="plotly.offline.get_plotlyjs",
            expected="a script without </script, <!-- and NUL",
            next_command="install the locked version of plotly: make test",
        )
    return script


def _policy(*scripts: str) -> str:
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _drawable(value: object) -> object:
    """Replace what JSON has no word for: a number that overflowed on its way is no number."""
    if isinstance(value, Mapping):
        return {key: _drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item) for item in value]
    return finite(value) if isinstance(value, float) else value


def _json(value: object) -> Markup:
    """Return JSON that can't end its element or start a comment in it."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&'":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character that HTML or its scripts read as markup is left
