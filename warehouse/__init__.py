"""Where the data lives: one writer, published snapshots, a ledger. The only importer of DuckDB.

Here: `Warehouse`, behind which the engine hides. Not here: what rows mean (`transforms`), when anything is written
(`flows`).
"""

from warehouse.faults import BOUNDARIES
from warehouse.reader import Reader
from warehouse.store import Warehouse
from warehouse.transaction import Transaction

__all__ = ["BOUNDARIES", "Reader", "Transaction", "Warehouse"]
