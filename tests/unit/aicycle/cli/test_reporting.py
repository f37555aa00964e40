"""What a report is drawn from: of one company, and nothing that became known later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from aicycle.cli.reporting import rows_known_by

AS_OF = datetime(2025, 9, 28, 23, 59, 59, 999999, tzinfo=UTC)


class Stored:
    """A snapshot with one table."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.tables = {"marts.forecast_scores": frame}

    def frame(self, table: str) -> pl.DataFrame:
        return self.tables[table]


def test_outcomes_known_later_and_those_of_others_are_left_out():
    rows = pl.DataFrame(
        {
            "forecast_id": ["before", "at", "after", "other"],
            "company": ["Alibaba", "Alibaba", "Alibaba", "Nvidia"],
            "outcome_known_at": [AS_OF - timedelta(days=1), AS_OF, AS_OF + timedelta(microseconds=1), AS_OF],
        }
    )
    found = rows_known_by(Stored(rows), "marts.forecast_scores", "Alibaba", "outcome_known_at", as_of=AS_OF)
    assert found["forecast_id"].to_list() == ["before", "at"]
