"""Pages show fetched text as the text it is, and do not drown in holds."""

from __future__ import annotations

from typing import Any

from aicycle.cli.pages import SHOWN_HOLDS, print_status

CAUSE = "prices.csv: line 2: segment '[bold red]S[/bold red] [/nope]' \x1b[31m"


def status(holds: int) -> dict[str, Any]:
    hold = {"subject_kind": "segment", "metric": "revenue", "since": "2025-10-02", "cause": CAUSE}
    return {
        "home": "h", "snapshot": "s", "as_of": None, "freshness": [], "quarantined_rows": holds, "refused_files": 0,
        "missing_rows": 0, "quarantine_newest": [], "source_failures": [], "last_loads": [],
        "held": [hold | {"subject_id": f"A[/b]{n}"} for n in range(holds)],
    }  # fmt: skip


def test_markup_in_fetched_text_neither_ends_the_page_nor_reaches_the_terminal(capsys):
    print_status(status(1))
    said = capsys.readouterr().out
    assert "HELD segment A[/b]0 revenue" in said
    assert "[bold red]S[/bold red] [/nope]" in said
    assert "\x1b" not in said


def test_a_subject_that_a_thousand_rows_hold_does_not_fill_the_page(capsys):
    print_status(status(SHOWN_HOLDS + 5))
    said = capsys.readouterr().out
    assert said.count("HELD") == SHOWN_HOLDS
    assert "5 more holds: aicycle gate" in said
