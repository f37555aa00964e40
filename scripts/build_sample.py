"""Build `examples/sample/`: a folder in the recording format that travels with the project.

Here: how the tables of facts in `sample_facts/` become the files of the sample, and the check that the committed folder
is what they give. Not here: the facts, the walk between real closes (`sample_prices.py`), the folder's README (written
by hand, left alone).

    python scripts/build_sample.py            write examples/sample anew
    python scripts/build_sample.py --check    compare it with a fresh build, exit 1 when it differs

No network, no clock; the seed is a constant of `sample_prices.py`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sample_prices import BARS_HEADER, price_rows

FACTS = Path(__file__).parent / "sample_facts"
SAMPLE = Path(__file__).parents[1] / "examples" / "sample"
BY_HAND = frozenset({"README.md"})

FX_HEADER = ("pair", "session", "rate")
ACTIONS_HEADER = ("symbol", "ex_date", "kind", "ratio", "amount", "currency", "known_on", "verification", "note")
FEEDS_HEADER = ("address", "kind", "language", "status")
FIGURES_HEADER = (
    "company", "segment", "segment_basis", "metric", "period_start", "period_end", "duration_months", "value", "unit",
    "reported_on", "known_precision", "verification", "source", "note",
)  # fmt: skip
CAPEX_HEADER = (
    "event_id", "announcement_id", "known_on", "known_precision", "company", "kind", "amount_low", "amount_high",
    "currency", "horizon_start", "horizon_end", "regions", "purpose", "wording", "hypothetical", "source",
    "source_language", "verification", "note",
)  # fmt: skip
EVENTS_HEADER = (
    "event_id", "announcement_id", "date", "known_on", "known_precision", "company", "segment", "type", "direction",
    "country", "realised", "title", "source", "source_language", "verification", "note",
)  # fmt: skip

CAPEX_KINDS = frozenset({"capex_plan", "capex_increase", "capex_guidance", "capex_actual"})
FLAGS = ("hypothetical", "negated", "wrong_twin", "third_party", "superseded", "restated", "optional")
MILLION = 1_000_000

Row = dict[str, str]


def table(name: str) -> list[Row]:
    """Return the rows of one table of facts.

    Raises:
        ValueError: a row has more or fewer cells than the header.
    """
    with (FACTS / name).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(
                    f"{name}, line {reader.line_num}: other cells than the header has; quote cells with commas"
                )
            rows.append(row)
        return rows


def csv_bytes(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return the rows as UTF-8 CSV with LF; a row with other columns than the header is an error."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def jsonl_bytes(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the rows as JSON lines, in UTF-8 without escapes."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def fx_rows(facts: Sequence[Row]) -> list[Row]:
    """Return one row a pair and day, by pair."""
    pairs = [name for name in facts[0] if name != "session"]
    return [{"pair": pair, "session": row["session"], "rate": row[pair]} for pair in pairs for row in facts]


def figure_rows(documents: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return one row a figure: amounts in single units, under the document that states them."""
    rows = []
    for document in documents:
        shared = {
            "company": document["company"],
            "period_start": str(document.get("period_start", "")),
            "period_end": str(document["period_end"]),
            "duration_months": str(document["duration_months"]),
            "reported_on": str(document["reported_on"]),
            "known_precision": "day",
            "source": document["source"],
            "note": document.get("note", ""),
        }
        stated = [
            (*figure[:3], figure[3] * MILLION, document["unit"], figure[4]) for figure in document.get("million", [])
        ]
        for metric, segment, basis, value, unit, verification in (*stated, *document.get("plain", [])):
            own = {"metric": metric, "segment": segment, "segment_basis": basis, "value": str(value), "unit": unit}
            rows.append(shared | own | {"verification": verification})
    return sorted(rows, key=lambda row: [row[name] for name in FIGURES_HEADER[:6]])


def event_rows(facts: Sequence[Row]) -> list[Row]:
    """Return one row an event and country: an announcement about several countries fills several rows."""
    rows = []
    for fact in facts:
        countries = fact["countries"].split("|")
        shared = {name: value for name, value in fact.items() if name != "countries"}
        for country in countries:
            event_id = fact["event_id"] if len(countries) == 1 else f"{fact['event_id']}-{country.lower()}"
            rows.append(shared | {"event_id": event_id, "country": country})
    return rows


def label(text: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return one label with its span in code points, found by its quote.

    Raises:
        ValueError: the quote stands in the text not exactly once.
    """
    quote = said["quote"]
    if text.count(quote) != 1:
        raise ValueError(f"quote stands {text.count(quote)} times in its text: {quote!r}")
    start = text.index(quote)
    full = amounts(said) | {
        "direction": said.get("direction", "none"),
        "quote": quote,
        "quote_start": start,
        "quote_end": start + len(quote),
        "twins": said.get("twins", []),
    }
    full |= {flag: said.get(flag, False) for flag in FLAGS}
    return full | ({"delta": said["delta"]} if "delta" in said else {})


def amounts(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return who spends what, when and where: what a headline's label consists of."""
    low = said.get("low")
    return {
        "company": said["company"],
        "kind": said["kind"],
        "is_capex": said["kind"] in CAPEX_KINDS,
        "currency": said.get("currency"),
        "amount_low": low,
        "amount_high": said.get("high", low),
        "horizon_start": said.get("start"),
        "horizon_end": said.get("end"),
        "regions": said.get("regions", []),
    }


def bulletin_files(bulletins: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the texts, their list and their labels by file name."""
    files, listed, labelled = {}, [], []
    for bulletin in bulletins:
        name = f"documents/{bulletin['id']}.txt"
        text = f"{bulletin['title']}\n\n{bulletin['body'].strip()}\n"
        head = {"id": bulletin["id"], "language": bulletin["language"], "published": str(bulletin["published"])}
        files[name] = text.encode()
        listed.append(
            {
                "id": head["id"],
                "file": name,
                "language": head["language"],
                "published": head["published"],
                "url": f"urn:aicycle:sample:{bulletin['id']}",
                "title": bulletin["title"],
            }
        )
        labels = [label(text, said) for said in bulletin.get("label", [])]
        labelled.append(head | {"file": name, "announcements": labels})
    return files | {"documents.jsonl": jsonl_bytes(listed), "gold.jsonl": jsonl_bytes(labelled)}


def headline_files(headlines: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the headlines and their labels by file name."""
    listed, labelled = [], []
    for headline in headlines:
        published: datetime | None = headline.get("published")
        shared = {
            "title": headline["title"],
            "link": f"urn:aicycle:sample:{headline['id']}",
            "feed": "aicycle sample",
            "tickers": headline["tickers"],
            "first_seen_at": headline["first_seen_at"].isoformat(),
            "published": published.isoformat() if published else None,
        }
        raw = format_datetime(published.astimezone(UTC), usegmt=True) if published else ""
        listed.append(
            {
                "title": shared["title"],
                "pubDate_raw": raw,
                "link": shared["link"],
                "feed": shared["feed"],
                "tickers": shared["tickers"],
                "first_seen_commit": "",
                "first_seen_at": shared["first_seen_at"],
                "published": shared["published"],
            }
        )
        if "label" in headline:
            said = [amounts(each) for each in headline["label"]]
            labelled.append({"id": headline["id"], "language": "en"} | shared | {"announcements": said})
    return {"headlines.jsonl": jsonl_bytes(listed), "gold_headlines.jsonl": jsonl_bytes(labelled)}


def build() -> dict[str, bytes]:
    """Return the content of every file of the sample by its name in the folder."""
    fx = table("fx.csv")
    figures = tomllib.loads((FACTS / "figures.toml").read_text(encoding="utf-8"))
    texts = tomllib.loads((FACTS / "texts.toml").read_text(encoding="utf-8"))
    hkd_per_usd = {datetime.fromisoformat(row["session"]).date(): float(row["USDHKD"]) for row in fx}
    return {
        "prices.csv": csv_bytes(BARS_HEADER, price_rows(FACTS / "closes.csv", hkd_per_usd)),
        "fx.csv": csv_bytes(FX_HEADER, fx_rows(fx)),
        "actions.csv": csv_bytes(ACTIONS_HEADER, table("actions.csv")),
        "reported_figures.csv": csv_bytes(FIGURES_HEADER, figure_rows(figures["document"])),
        "capex_events.csv": csv_bytes(CAPEX_HEADER, table("capex_events.csv")),
        "cycle_events.csv": csv_bytes(EVENTS_HEADER, event_rows(table("cycle_events.csv"))),
        "feeds.csv": csv_bytes(FEEDS_HEADER, table("feeds.csv")),
        "clusters.jsonl": jsonl_bytes(texts["cluster"]),
        **bulletin_files(texts["bulletin"]),
        **headline_files(texts["headline"]),
    }


def differences(folder: Path, fresh: Mapping[str, bytes]) -> list[str]:
    """Return what distinguishes the folder from a fresh build, one sentence each."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - BY_HAND
    said = [f"{name}: missing" for name in sorted(set(fresh) - there)]
    said += [f"{name}: not part of the sample" for name in sorted(there - set(fresh))]
    changed = (name for name in sorted(there & set(fresh)) if (folder / name).read_bytes() != fresh[name])
    return said + [f"{name}: differs from a fresh build" for name in changed]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check the sample.

    Returns:
        0 done or equal, 1 the folder differs.
    """
    parser = argparse.ArgumentParser(description="Build examples/sample from the tables in scripts/sample_facts.")
    parser.add_argument("--out", type=Path, default=SAMPLE, help="folder to write or check")
    parser.add_argument("--check", action="store_true", help="write nothing, compare with a fresh build")
    given = parser.parse_args(arguments)
    fresh = build()
    if given.check:
        said = differences(given.out, fresh)
        for line in said:
            print(line, file=sys.stderr)
        if said:
            print("next: make sample", file=sys.stderr)
        return 1 if said else 0
    for name, content in fresh.items():
        target = given.out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(f"{given.out}: {len(fresh)} files, {sum(map(len, fresh.values()))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
