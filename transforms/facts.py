"""All facts of one moment, one frame per core table.

Here: the bundle that transforms are handed and its as-of read. Not here: where the frames come from (`warehouse`), what
they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

import polars as pl

from aicycle.contracts import CONTRACTS, CORE_TABLES
from transforms.point_in_time import known_by


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """One frame per core table, each in its contract's schema; all versions, or those of one as-of instant."""

    daily_bars: pl.DataFrame
    corporate_actions: pl.DataFrame
    fx_rates: pl.DataFrame
    reported_figures: pl.DataFrame
    documents: pl.DataFrame
    announcements: pl.DataFrame
    cycle_events: pl.DataFrame
    event_members: pl.DataFrame

    @classmethod
    def from_tables(cls, tables: Mapping[str, pl.DataFrame]) -> Facts:
        """Bundle frames by full table name, e.g. `core.fx_rates`; a table that is not given is empty.

        Raises:
            ValueError: a name that is no core table, or a frame that is not in its contract's schema.
        """
        unknown = sorted(set(tables) - set(CORE_TABLES))
        if unknown:
            raise ValueError(f"no core table is called {', '.join(unknown)}; expected: {', '.join(CORE_TABLES)}")
        frames = {}
        for name in CORE_TABLES:
            schema = CONTRACTS[name].polars_schema()
            frame = tables.get(name, schema.to_frame())
            differing = [column for column, dtype in schema.items() if frame.schema.get(column) != dtype]
            if differing:
                raise ValueError(f"{name}: not as its contract says: {', '.join(differing)}")
            frames[CONTRACTS[name].name] = frame.select(schema.names())
        return cls(**frames)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the frames by full table name."""
        return {f"core.{field.name}": getattr(self, field.name) for field in fields(self)}

    def known_by(self, as_of: datetime) -> Facts:
        """Return what was known by `as_of`, one version per key.

        The actions of this bundle lack what the vendor knew later: `transforms.prices` needs those of the whole one.

        Raises:
            ValueError: `as_of` has no time zone.
        """
        return Facts.from_tables({name: self.known_rows(name, as_of) for name in self.tables()})

    def known_rows(self, table: str, as_of: datetime) -> pl.DataFrame:
        """Return what one table held by `as_of`, one version per key.

        Args:
            table: full name, e.g. `core.fx_rates`.
            as_of: instant with a time zone.

        Raises:
            ValueError: `as_of` has no time zone.
        """
        contract = CONTRACTS[table]
        return known_by(self.tables()[table], contract.key, as_of, order=contract.version_order)

    def newest_known_at(self, tables: Iterable[str] = CORE_TABLES) -> datetime | None:
        """Return the instant at which the newest fact of `tables` became known, or None if they hold nothing.

        Raises:
            KeyError: a name that is no core table.
        """
        frames = self.tables()
        instants = pl.concat([frames[name].select("known_at") for name in tables])["known_at"]
        newest = instants.max()
        return newest if isinstance(newest, datetime) else None
