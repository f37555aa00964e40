"""The bundled sample is what it says: facts that agree with their tables, a simulation that is flagged, own texts.

Here: the folder as a whole, against its build, its tables of facts and the exchanges' sessions. Not here: the same
facts as recorded elsewhere (`test_sample_recorded.py`), and how the pipeline reads the folder.
"""

from __future__ import annotations

import csv
import json
import math
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median

import exchange_calendars
import pytest

from aicycle.model.kinds import EventType, KnownPrecision, PriceBasis, Verification

MAX_FOLDER_BYTES = 1_000_000
EXCHANGES = {"9988.HK": "XHKG", "BABA": "XNYS", "BIDU": "XNYS", "MSFT": "XNYS", "NVDA": "XNYS"}
FIGURE_KEY = ("company", "segment", "segment_basis", "metric", "period_end", "duration_months", "unit")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def facts(root):
    return root / "scripts" / "sample_facts"


@pytest.fixture(scope="module")
def bars(sample_dir):
    return rows(sample_dir / "prices.csv")


@pytest.fixture(scope="module")
def events(sample_dir):
    return rows(sample_dir / "cycle_events.csv")


@pytest.fixture(scope="module")
def real_closes(facts):
    return {
        (symbol, row["session"]): float(row[symbol])
        for row in rows(facts / "closes.csv")
        for symbol in EXCHANGES
        if row[symbol]
    }


def check(root, folder):
    command = [
        sys.executable,
        "-W",
        "error",
        str(root / "scripts" / "build_sample.py"),
        "--check",
        "--out",
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# --- the build ------------------------------------------------------------------------------------------------------


def test_the_folder_equals_a_fresh_build(root, sample_dir):
    done = check(root, sample_dir)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_check_names_what_differs(root, sample_dir, tmp_path):
    folder = tmp_path / "sample"
    shutil.copytree(sample_dir, folder)
    (folder / "fx.csv").unlink()
    (folder / "notes.csv").write_text("x\n")
    prices = folder / "prices.csv"
    prices.write_text(prices.read_text().replace("171.91", "171.92"))
    done = check(root, folder)
    assert done.returncode == 1
    for said in ("fx.csv: missing", "notes.csv: not part of the sample", "prices.csv: differs from a fresh build"):
        assert said in done.stderr


def test_files_are_small_plain_utf8(sample_dir):
    files = [path for path in sample_dir.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MAX_FOLDER_BYTES
    for path in files:
        content = path.read_bytes()
        assert content.decode("utf-8").endswith("\n")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")


# --- prices ---------------------------------------------------------------------------------------------------------


def test_facts_are_unflagged_and_equal_to_their_table(bars, real_closes):
    stated = {(b["symbol"], b["session"]): float(b["close"]) for b in bars if b["price_basis"] == PriceBasis.AS_TRADED}
    assert stated == real_closes


def test_every_other_row_says_simulated(bars, real_closes):
    others = [b for b in bars if (b["symbol"], b["session"]) not in real_closes]
    assert len(others) > 2000
    assert {b["price_basis"] for b in others} == {PriceBasis.SIMULATED}


def test_a_row_is_a_fact_as_a_whole_or_simulated_as_a_whole(bars):
    for bar in bars:
        prices = {bar[name] for name in ("open", "high", "low", "close")}
        stated = (len(prices) == 1, bar["volume"] == "0")
        assert stated == ((True, True) if bar["price_basis"] == PriceBasis.AS_TRADED else (False, False)), bar


def test_each_month_of_each_line_has_a_real_close(bars):
    real = {(b["symbol"], b["session"][:7]) for b in bars if b["price_basis"] == PriceBasis.AS_TRADED}
    assert real == {(b["symbol"], b["session"][:7]) for b in bars}


def test_prices_lie_within_their_range(bars):
    for bar in bars:
        first, high, low, close = (float(bar[name]) for name in ("open", "high", "low", "close"))
        assert 0 < low <= min(first, close) <= max(first, close) <= high, bar


# exchange_calendars 4.13 uses two things that pandas 3.1 is about to take away.
@pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:DatetimeIndex.weekday is:DeprecationWarning")
@pytest.mark.parametrize("symbol", EXCHANGES)
def test_days_are_all_the_sessions_of_the_exchange(bars, symbol):
    days = [bar["session"] for bar in bars if bar["symbol"] == symbol]
    calendar = exchange_calendars.get_calendar(EXCHANGES[symbol])
    assert days == [str(day.date()) for day in calendar.sessions_in_range("2023-12-29", "2025-12-31")]


@pytest.mark.parametrize(
    ("symbol", "session", "close"),
    [
        ("BABA", "2024-12-31", "84.79"),
        ("BABA", "2025-09-26", "171.91"),
        ("BABA", "2025-10-02", "189.34"),
        ("NVDA", "2024-03-28", "903.56"),
        ("NVDA", "2024-06-10", "121.79"),
    ],
)
def test_the_days_the_demo_speaks_of_are_real(bars, symbol, session, close):
    (bar,) = [b for b in bars if (b["symbol"], b["session"]) == (symbol, session)]
    assert (bar["close"], bar["price_basis"]) == (close, PriceBasis.AS_TRADED)


def test_a_simulated_session_does_not_jump_over_the_split(bars):
    closes = {b["session"]: float(b["close"]) for b in bars if b["symbol"] == "NVDA"}
    days = sorted(closes)
    jumps = [math.log(closes[b] / closes[a]) for a, b in pairwise(days) if b != "2024-06-10"]
    assert max(map(abs, jumps)) < 0.15
    assert math.log(closes["2024-06-10"] / closes["2024-06-07"]) == pytest.approx(-math.log(10), abs=0.05)


def test_volumes_are_counted_in_the_units_of_their_day(bars):
    before, after = (
        median(int(b["volume"]) for b in bars if b["symbol"] == "NVDA" and (b["session"] < "2024-06-10") == is_old)
        for is_old in (True, False)
    )
    assert 5 < after / before < 20


def test_both_lines_of_one_company_stay_together(bars, sample_dir):
    rates = sorted((r["session"], float(r["rate"])) for r in rows(sample_dir / "fx.csv") if r["pair"] == "USDHKD")
    line = {s: {b["session"]: b for b in bars if b["symbol"] == s} for s in ("BABA", "9988.HK")}
    for day in sorted(set(line["BABA"]) & set(line["9988.HK"])):
        both = [line[symbol][day] for symbol in line]
        if any(bar["price_basis"] == PriceBasis.SIMULATED for bar in both):
            rate = max(entry for entry in rates if entry[0] <= day)[1]
            assert float(both[1]["close"]) * 8 / rate / float(both[0]["close"]) == pytest.approx(1, abs=0.08)


# --- figures and events ---------------------------------------------------------------------------------------------


def test_every_fact_names_its_source(sample_dir, events):
    capex = rows(sample_dir / "capex_events.csv")
    figures = rows(sample_dir / "reported_figures.csv")
    for row in (*capex, *events, *figures):
        assert row["source"].strip(), row
        assert row["verification"] in set(Verification)
        assert row["known_precision"] in set(KnownPrecision)
    for row in (*capex, *events):
        assert row["announcement_id"].strip(), row
        assert row.get("kind", row.get("type")) in set(EventType)
    for row in rows(sample_dir / "actions.csv"):
        assert row["note"].strip()
        assert date.fromisoformat(row["known_on"]) < date.fromisoformat(row["ex_date"])


@pytest.mark.parametrize("name", ["capex_events.csv", "cycle_events.csv"])
def test_event_ids_stand_once(sample_dir, name):
    counted = Counter(row["event_id"] for row in rows(sample_dir / name))
    assert len(counted) >= 25
    assert set(counted.values()) == {1}


def test_figures_stand_once_and_were_published_after_their_period(sample_dir):
    figures = rows(sample_dir / "reported_figures.csv")
    assert 150 <= len(figures) <= 250
    assert len({tuple(f[name] for name in FIGURE_KEY) for f in figures}) == len(figures)
    for figure in figures:
        assert figure["period_start"] < figure["period_end"] < figure["reported_on"]


def test_segments_with_eliminations_add_up_to_the_total(sample_dir):
    basis = "2023_six_groups"
    figures = [f for f in rows(sample_dir / "reported_figures.csv") if f["segment_basis"] == basis]
    for end in {f["period_end"] for f in figures}:
        revenue = {f["segment"]: int(f["value"]) for f in figures if (f["period_end"], f["metric"]) == (end, "revenue")}
        total = revenue.pop("Total")
        assert len(revenue) == 7
        assert 0.05 < sum(revenue.values()) / total - 1 < 0.13


def test_the_programme_and_its_increase(sample_dir):
    capex = {row["event_id"]: row for row in rows(sample_dir / "capex_events.csv")}
    (plan,) = [r for r in capex.values() if (r["company"], r["known_on"]) == ("Alibaba", "2025-02-24")]
    assert (plan["kind"], float(plan["amount_low"]), plan["currency"]) == ("capex_plan", 380e9, "CNY")
    (more,) = [r for r in capex.values() if (r["company"], r["known_on"]) == ("Alibaba", "2025-09-24")]
    assert (more["kind"], more["amount_low"], more["amount_high"]) == ("capex_increase", "", "")
    assert len(more["regions"].split("|")) == 8


def test_eight_regions_are_one_announcement(events):
    found = [e for e in events if e["known_on"] == "2025-09-24" and e["type"] == "region_launch"]
    assert {e["country"] for e in found} == {"BR", "FR", "NL", "MX", "JP", "KR", "MY", "AE"}
    assert len(found) == 8
    assert len({e["announcement_id"] for e in found}) == 1
    assert {e["realised"] for e in found} == {"false"}


def test_the_two_line_dictionary_gives_the_articles_map(events):
    votes = dict.fromkeys(("region_launch", "financing"), 1)
    votes |= dict.fromkeys(("model_release", "chip_release", "chip_restriction", "partnership"), 2)
    votes |= dict.fromkeys(("regulation", "competition", "consolidation"), 3)
    day = date(2025, 9, 28)
    share: dict[str, Counter] = {}
    heard = set()
    for event in events:
        key = (event["announcement_id"], event["segment"])
        known = date.fromisoformat(event["known_on"])
        if known > day or event["company"] not in {"Alibaba", "Ant"} or event["type"] not in votes or key in heard:
            continue
        heard.add(key)
        half_life_days = 365.25 * (4 if event["type"] == "regulation" else 1)
        phase = votes[event["type"]]
        share.setdefault(event["segment"], Counter())[phase] += 0.5 ** ((day - known).days / half_life_days)
    expected = {"cloud": 1, "models": 2, "chips": 2, "e-commerce": 3, "fintech": 3, "logistics": 3}
    assert {segment: votes.most_common(1)[0][0] for segment, votes in share.items()} == expected
    for segment, weights in share.items():
        assert weights[expected[segment]] > 0.6 * weights.total(), segment


# --- texts ----------------------------------------------------------------------------------------------------------


def test_labels_cut_their_quotes(sample_dir):
    labelled = lines(sample_dir / "gold.jsonl")
    for document in labelled:
        text = (sample_dir / document["file"]).read_bytes().decode("utf-8")
        for said in document["announcements"]:
            assert text[said["quote_start"] : said["quote_end"]] == said["quote"]
            assert said["is_capex"] == said["kind"].startswith("capex_")
            assert (said["amount_low"] is None) == (said["amount_high"] is None) == (said["currency"] is None)
    assert sum(len(document["announcements"]) for document in labelled) > 15


def test_bulletins_are_listed_with_their_titles(sample_dir):
    listed = lines(sample_dir / "documents.jsonl")
    assert Counter(document["language"] for document in listed) == {"de": 3, "en": 3, "zh": 3}
    assert {document["file"] for document in listed} == {
        path.relative_to(sample_dir).as_posix() for path in (sample_dir / "documents").iterdir()
    }
    for document in listed:
        assert (sample_dir / document["file"]).read_text(encoding="utf-8").split("\n", 1)[0] == document["title"]
    assert [document["id"] for document in lines(sample_dir / "gold.jsonl")] == [document["id"] for document in listed]


def test_clusters_speak_of_bulletins_that_exist(sample_dir):
    ids = {document["id"] for document in lines(sample_dir / "documents.jsonl")}
    clusters = lines(sample_dir / "clusters.jsonl")
    assert {cluster["same_event"] for cluster in clusters} == {True, False}
    for cluster in clusters:
        assert set(cluster["doc_ids"]) <= ids
    (same,) = [cluster for cluster in clusters if cluster["same_event"]]
    assert {name[2:4] for name in same["doc_ids"]} == {"de", "en", "zh"}


def test_labelled_headlines_are_headlines(sample_dir):
    titles = {headline["title"] for headline in lines(sample_dir / "headlines.jsonl")}
    assert {headline["title"] for headline in lines(sample_dir / "gold_headlines.jsonl")} < titles
