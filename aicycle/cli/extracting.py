"""`aicycle extract`: what one text announces. Needs no home and no warehouse.

Here: its options and page. Not here: what a text says (`transforms.announcements`), reading it (`texts`). Loads neither
Prefect, Great Expectations nor DuckDB.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import polars as pl
import typer

from aicycle.cli.options import AsJson
from aicycle.cli.output import console, plain, print_json, print_table
from aicycle.cli.texts import AUTO, bytes_of_text, language_of, lexicon_in_use, published_day
from aicycle.report.wording import amount_range
from transforms.announcements import Amount, Announcement, Extraction, TextEvent, extract
from transforms.announcements.stored_text import StoredText, stored_text

EXTRACT_EXAMPLE = "Example:  aicycle extract report.txt --published 2025-09-28 --json"
HELP = "aicycle extract FILE --json"


def extract_command(
    *,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A text in UTF-8; - reads standard input.")],
    lang: Annotated[str, typer.Option(help="Its language: de, en, zh ...; auto: told from the text.")] = AUTO,
    published: Annotated[
        str | None, typer.Option(metavar="DAY", help="When it was published: 'next year' is counted from there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a text announces: amounts with what they are for, and events, each with its span."""
    lexicon = lexicon_in_use()
    language, day = language_of(lang, lexicon), published_day(published)
    stored = stored_text(bytes_of_text(file, next_command=HELP))
    _say_what_is_broken(stored)
    found = stored.placed(extract(stored.text, lexicon=lexicon, language=language, published=day))
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)


def _say_what_is_broken(stored: StoredText) -> None:
    if stored.broken_bytes:
        sys.stderr.write(
            f"aicycle: advisory: bytes that are no UTF-8 text: {stored.broken_bytes}, the first at byte "
            f"{stored.first_broken}; each was read as U+FFFD. Byte offsets are those of the file as it is.\n"
        )


def _print(found: Extraction) -> None:
    out = console()
    if not (found.announcements or found.events):
        out.print("Nothing is announced in this text.")
        return
    if found.announcements:
        print_table(pl.DataFrame([_announcement_row(a) for a in found.announcements]), title="Announcements")
    for item in found.announcements:
        for advisory in item.advisories:
            out.print(plain(f"  {_money(item)}: {advisory}"))
    if found.events:
        print_table(pl.DataFrame([_event_row(e) for e in found.events]), title="Events")


def _announcement_row(item: Announcement) -> dict[str, Any]:
    flags = ("hypothetical", "negated", "third_party", "superseded", "restated")
    return {
        "kind": item.kind.value,
        "company": item.company or "-",
        "amount": _money(item),
        "twin": ", ".join(_amount(twin) for twin in item.twins) or "-",
        "horizon": _span(item.horizon_start, item.horizon_end),
        "regions": ", ".join(item.regions) or "-",
        "flags": ", ".join([f for f in flags if getattr(item, f"is_{f}")] + _direction(item.direction)) or "-",
        "quote": " ".join(item.quote.split()),
    }


def _event_row(item: TextEvent) -> dict[str, Any]:
    flags = [f for f in ("hypothetical", "negated") if getattr(item, f"is_{f}")]
    return {
        "type": item.type.value,
        "company": item.company or "-",
        "segment": item.segment or "-",
        "when": item.event_time or "-",
        "regions": ", ".join(item.regions) or "-",
        "flags": ", ".join(flags + ([] if item.is_realised else ["still ahead"])) or "-",
        "quote": " ".join(item.quote.split()),
    }


def _money(item: Announcement) -> str:
    shown = amount_range(item.amount_low, item.amount_high, item.currency)
    changes = ", ".join(_amount(one) for one in item.delta)
    return shown + (f" (changed by {changes})" if changes else "")


def _amount(amount: Amount) -> str:
    return amount_range(amount.amount, amount.amount, amount.currency)


def _span(start: str | None, end: str | None) -> str:
    return "-" if not (start or end) else f"{start or '...'} to {end or '...'}" if start != end else str(start)


def _direction(direction: str) -> list[str]:
    return [] if direction == "none" else [direction]
