"""Benchmarks of putting documents together. The baseline compares all pairs; sizes show that the time grows in line.

make bench
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import EventType
from transforms.announcements.clusters import ReadDocument, cluster_documents
from transforms.announcements.likeness import likeness
from transforms.announcements.records import Announcement, Extraction
from transforms.announcements.statements import statements_of
from transforms.event_members import event_members

REPORTS = 5
"""Documents that report one happening."""
COMPANIES = 400
PLACES = ("US-TX", "DE", "CN", "FR", "KR", "BR", "JP")
AMOUNTS = tuple(base * scale for base in (1, 1.5, 2, 3, 5, 7.5, 8, 9) for scale in (1e9, 1e10, 1e11))
FIRST = date(2020, 1, 1)


def _size(benchmark, count: int) -> int:
    """Return how many are taken: where nothing is measured, enough to see that it works."""
    return count if benchmark.enabled else count // 20


def _happening(number: int) -> tuple[str, float, str, date]:
    """Return company, amount, place and day of a happening: the same for every call, and seldom the same for two."""
    mixed = number * 2_654_435_761 % (1 << 32)
    company = f"Company {mixed % COMPANIES}"
    return (
        company,
        AMOUNTS[mixed // COMPANIES % len(AMOUNTS)],
        PLACES[mixed // 9_973 % len(PLACES)],
        FIRST + timedelta(days=mixed // 89 % 2_000),
    )


def _documents(count: int) -> list[ReadDocument]:
    """Return reports of happenings in words of their own."""
    found = []
    for number in range(count):
        company, amount, place, day = _happening(number // REPORTS)
        quote = f"{company} puts {amount:.0f} dollars into a site"
        words = " ".join(f"word{(number + 1) * 2_654_435_761 % (7_919 + k) + k}" for k in range(60))
        said = Announcement(
            company=company, kind=EventType.CAPEX_PLAN, currency="USD", amount_low=amount, amount_high=amount,
            horizon_start=None, horizon_end=None, regions=(place,), direction="none", is_hypothetical=False,
            is_negated=False, is_third_party=False, is_superseded=False, is_restated=False, twins=(), delta=(),
            quote=quote, quote_start=0, quote_end=len(quote), byte_start=0, byte_end=len(quote),
        )  # fmt: skip
        found.append(
            ReadDocument(
                document_id=f"d{number:06}",
                text=f"{quote}\n{words}",
                extraction=Extraction("en", (said,), ()),
                published=day + timedelta(days=number % 3),
            )
        )
    return found


def _all_pairs(documents: list[ReadDocument]) -> int:
    """Return how many pairs are alike, every statement held against every other."""
    said = [
        s for d in documents for s in statements_of(d.document_id, d.known_at, d.text.partition("\n")[0], d.extraction)
    ]
    said.sort(key=lambda s: (s.known_at, s.id))
    return sum(likeness(new, old) is not None for at, new in enumerate(said) for old in said[:at])


@pytest.mark.benchmark(group="documents put together; baseline: 1,000 documents by all pairs")
class TestClusters:
    @pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
    def test_documents(self, benchmark, count):
        count = _size(benchmark, count)
        documents = _documents(count)
        clusters = benchmark.pedantic(cluster_documents, (documents,), rounds=1)
        assert len(clusters) == count
        assert count / REPORTS * 0.6 < len(set(clusters.values())) <= count / REPORTS

    def test_baseline_all_pairs(self, benchmark):
        assert benchmark.pedantic(_all_pairs, (_documents(1_000),), rounds=1) >= 2_000


@pytest.mark.benchmark(group="members of happenings from rows read in texts; baseline: 10,000 rows")
class TestMembers:
    @staticmethod
    def rows(count: int) -> pl.DataFrame:
        rows = []
        for number in range(count):
            company, amount, place, day = _happening(number // REPORTS)
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=number % 3)
            name = f"d{number:06}#{company}:spending"
            rows.append((f"{name}:1", name, f"d{number:06}", company, amount, amount, place, at, number))
        columns = ("item_id", "announcement_id", "document_id", "company", "amount_low", "amount_high", "regions")
        contract = CONTRACTS["core.announcements"].polars_schema()
        named = pl.DataFrame(
            rows,
            schema={name: contract[name] for name in (*columns, "known_at", "byte_start")},
            orient="row",
        ).with_columns(
            kind=pl.lit("capex_plan"), currency=pl.lit("USD"), origin=pl.lit("extracted"), load_seq=pl.lit(1, pl.Int64),
            revision=pl.lit(0, pl.Int64), payload_sha256=pl.lit("a" * 64), wording=pl.lit("a plan"),
        )  # fmt: skip
        absent = [
            pl.lit(None, dtype=dtype).alias(name) for name, dtype in contract.items() if name not in named.columns
        ]
        return named.with_columns(absent).select(contract.names())

    @pytest.mark.parametrize("count", [10_000, 100_000])
    def test_members(self, benchmark, count):
        count = _size(benchmark, count)
        events = CONTRACTS["core.cycle_events"].polars_schema().to_frame()
        members = benchmark.pedantic(event_members, (self.rows(count), events), rounds=1)
        assert members.height == 2 * count, "each row and its document"
        assert members["event_id"].n_unique() <= count / REPORTS
