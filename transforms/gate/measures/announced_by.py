"""Whose an announcement is, and of which day: what its id says, and what its other rows say.

Here: the measures that announcements and cycle events share. Not here: amounts (`announcements`), days of events
(`happenings`).

Ids are the source's own and promise nothing. Where nearly all of them carry a day, or begin with the company, the one
that carries another day or begins with another company has been joined to a wrong row.
"""

from __future__ import annotations

import polars as pl

from transforms.gate.measures.saying import Row, marked, numbers
from transforms.happenings import WHOLE_MARKET

DATED_ID, ONE_COMPANY = CHECKS = ("announcement_id.of_its_day", "company.of_its_announcement")
DAY_IN_ID = r"((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})"
ID_SLACK_DAYS = 31
HABIT_FRAC = 0.9
HABIT_ROWS = 10
WITNESSES = 2
TWO = 2
"""A row's own company, and one other."""


def measure_ids(new: pl.DataFrame, together: pl.DataFrame, key: str) -> list[pl.DataFrame]:
    """Measure the ids of announcements against the rows that carry them.

    Args:
        new: row_id, `key`, announcement_id, company, known_on, known_precision.
        together: the same with what is believed.
        key: column that names a row for a person.

    Returns:
        Numbers of `CHECKS`: days, and 1 where the company is another one.
    """
    return [_dated(new, together, key), _one_company(together, key)]


def _dated(new: pl.DataFrame, together: pl.DataFrame, key: str) -> pl.DataFrame:
    stated = pl.col("announcement_id").str.extract(DAY_IN_ID).str.to_date("%Y-%m-%d", strict=False)
    dated = together.filter(pl.col("known_precision").is_in(["day", "instant"])).with_columns(id_on=stated)
    dated = dated.with_columns(off=(pl.col("known_on") - pl.col("id_on")).dt.total_days().abs()).drop_nulls("off")
    if not _is_habit(dated["off"] <= ID_SLACK_DAYS):
        return marked(DATED_ID, new.head(0), {})  # here a day in an id means something else
    return numbers(
        DATED_ID,
        dated.filter(pl.col("row_id").is_not_null()),
        value=pl.col("off"),
        limit=pl.lit(ID_SLACK_DAYS),
        said=lambda row: f"{row[key]} was known on {row['known_on']}, and its announcement's id says {row['id_on']}",
    )


def _is_habit(holds: pl.Series) -> bool:
    return holds.len() >= HABIT_ROWS and holds.sum() >= HABIT_FRAC * holds.len()


def _one_company(together: pl.DataFrame, key: str) -> pl.DataFrame:
    slug = pl.col("company").str.to_lowercase().str.replace_all("[^a-z0-9]+", "-") + "-"
    named = together.with_columns(slug=slug).with_columns(
        is_named=pl.col("announcement_id").str.starts_with(pl.col("slug"))
    )
    slugs = [text for text in named["slug"].unique().sort() if text != WHOLE_MARKET + "-"]
    is_anothers = pl.any_horizontal(pl.lit(value=False), *(pl.col("announcement_id").str.starts_with(t) for t in slugs))
    voices = named.group_by("announcement_id", "company").agg(mine=pl.len())
    others = voices.group_by("announcement_id").agg(
        total=pl.col("mine").sum(), companies=pl.len(), owner=pl.col("company").sort_by("mine", "company").last()
    )
    judged = (
        named.filter(pl.col("row_id").is_not_null())
        .join(voices, on=["announcement_id", "company"])
        .join(others, on="announcement_id")
    )
    is_alone = (
        (pl.col("companies") == TWO)
        & (pl.col("owner") != pl.col("company"))
        & (pl.col("mine") == 1)
        & (pl.col("total") - 1 >= WITNESSES)
    )
    is_misnamed = pl.lit(_is_habit(named["is_named"])) & ~pl.col("is_named") & is_anothers

    def said(row: Row) -> str:
        if row["owner"] != row["company"]:
            return f"{row[key]} is {row['company']}'s, and all else of {row['announcement_id']} is {row['owner']}'s"
        return f"{row[key]} is {row['company']}'s, and its announcement is called {row['announcement_id']}"

    wrong = judged.filter(is_alone | is_misnamed)
    return marked(ONE_COMPANY, judged, {row["row_id"]: said(row) for row in wrong.iter_rows(named=True)})
