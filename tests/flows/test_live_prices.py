"""Live prices on a transport that replays: the real client, the real gate, no network."""

from __future__ import annotations

import importlib.util
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from aicycle.cli import main
from aicycle.errors import SourceDownError
from aicycle.settings.configuration import load_configuration
from aicycle.settings.resources import config_folder
from aicycle.sources.yahoo import YahooSource
from warehouse import Warehouse

SATURDAY = datetime(2025, 9, 27, 12, tzinfo=UTC)
THURSDAY, FRIDAY = date(2025, 9, 25), date(2025, 9, 26)


def _module(name):
    spec = importlib.util.spec_from_file_location(f"live_{name}", Path(__file__).parents[1] / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def answers(tmp_path):
    """One reply for every symbol of the universe."""
    v8_reply = _module("v8_replies").v8_reply
    folder = tmp_path / "answers"
    folder.mkdir()
    universe = load_configuration(config_folder()).universe
    # BABA first, at its own prices: each of the others trades elsewhere, as no two listings have the same bar.
    listings = sorted((li for c in universe.companies for li in c.listings), key=lambda li: li.symbol != "BABA")
    for place, listing in enumerate(listings):
        first, second = (170.0, 175.0, 169.0, 172.0), (172.17, 172.76, 169.7, 171.91)
        bars = [
            (day, *(price * (1 + 0.03 * place) for price in prices), volume)
            for day, prices, volume in ((THURSDAY, first, 1_000), (FRIDAY, second, 2_000))
        ]
        reply = v8_reply(listing.symbol, bars, currency=listing.currency)
        (folder / f"{listing.symbol}.json").write_bytes(reply)
    for pair in universe.fx_pairs:
        reply = v8_reply(f"{pair[3:]}=X", [(THURSDAY, 7.1, 7.2, 7.0, 7.15, 0), (FRIDAY, 7.1, 7.2, 7.0, 7.12, 0)],
                         currency=pair[3:])  # fmt: skip
        (folder / f"{pair[3:]}=X.json").write_bytes(reply)
    return folder


@pytest.fixture
def live(tmp_path, answers, run_on, recording_copy):
    """Run once as `aicycle run` without a recording does."""
    replay = _module("replay_session")

    def run(now=SATURDAY, **session):
        source = YahooSource(
            universe=load_configuration(config_folder()).universe,
            clock=lambda: now,
            start=date(2025, 9, 1),
            cache_dir=tmp_path / "yfinance",
            session_factory=lambda: replay.ReplaySession(answers, **session),
            sleep=lambda _: None,
        )
        return run_on(recording_copy, now=now, source=source)

    return run


def _holds(tmp_path):
    with Warehouse(tmp_path / "home").read() as reader:
        runs = reader.frame("marts.scenario_runs").filter(pl.col("company") == "Alibaba")
        return reader.frame("ops.holds"), reader.frame("core.daily_bars"), runs


def test_prices_and_rates_come_in_and_answer(live, tmp_path):
    summary = live()
    assert summary.is_balanced
    assert (summary.refused_files, summary.held, summary.total("quarantined")) == ([], [], 0)
    holds, bars, runs = _holds(tmp_path)
    assert holds.is_empty()
    assert bars["symbol"].n_unique() == 12
    assert (runs["price_usd"][0], runs["market_state"][0]) == (171.91, "realistic")
    assert live().total("stored") == 0


def test_replies_are_verified_row_by_row(live, tmp_path):
    live()
    live(SATURDAY + timedelta(days=2))
    assert main(["verify", "--all", "--home", str(tmp_path / "home")]) == 0
    (path,) = [p for p in (tmp_path / "home" / "payloads").rglob("*") if p.is_file() and b"171.91" in p.read_bytes()][
        :1
    ]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"171.91", b"171.92", 1))
    assert main(["verify", "--home", str(tmp_path / "home")]) == 1


def test_an_outage_holds_what_it_should_have_brought_and_the_next_answer_lifts_it(live, tmp_path):
    live()
    for hours in (1, 2):
        with pytest.raises(SourceDownError, match="the last answers stay and are marked stale"):
            live(SATURDAY + timedelta(hours=hours), is_dead=True)
    holds, bars, runs = _holds(tmp_path)
    assert holds.height == 12 + 18, "every listing and pair is held once, not once per attempt"
    assert holds["until"].null_count() == holds.height
    assert bars["symbol"].n_unique() == 12, "what was known stays"
    newest = runs.sort("as_of").to_dicts()[-1]
    assert newest["is_stale"]
    assert newest["price_usd"] == 171.91
    again = live(SATURDAY + timedelta(hours=3))
    assert again.held == [], "the same answer as before the outage lifts the holds"
    holds, _, runs = _holds(tmp_path)
    assert holds["until"].null_count() == 0
    assert not runs.sort("as_of").to_dicts()[-1]["is_stale"]


def test_an_answer_that_can_not_be_read_is_no_answer(live, answers, tmp_path):
    good = (answers / "BABA.json").read_bytes()
    live()
    (answers / "BABA.json").unlink()
    assert [h.subject_id for h in live(SATURDAY + timedelta(hours=1)).held] == ["BABA"]
    (answers / "BABA.json").write_bytes(good.replace(b'"open": [', b'"open": [1.0, '))
    still = live(SATURDAY + timedelta(hours=2))
    assert [h.subject_id for h in still.held] == ["BABA"], "a reply whose arrays differ in length lifts nothing"
    (answers / "BABA.json").write_bytes(good)
    assert live(SATURDAY + timedelta(hours=3)).held == []


def test_one_symbol_without_an_answer_holds_its_company_only(live, answers, tmp_path):
    live()
    (answers / "BABA.json").unlink()
    summary = live(SATURDAY + timedelta(hours=1))
    assert [h.subject_id for h in summary.held] == ["BABA"]
    assert summary.held[0].outputs == ["marts.forecasts/Alibaba", "marts.scenario_runs/Alibaba"]
    assert any("chart/BABA" in r for r in summary.refused_files)
