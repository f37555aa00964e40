"""Write the generated documents, or check that the committed ones are current.

Here: which document is rendered by what. Not here: any text (it stands beside what it describes).

    python scripts/build_docs.py            writes them
    python scripts/build_docs.py --check    writes nothing; ends with 1 and names each that differs
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from aicycle.contracts.dictionary import data_dictionary
from expectations.document import checks_document

ROOT = Path(__file__).resolve().parents[1]

DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/data_dictionary.md": data_dictionary,
    "docs/checks.md": checks_document,
}
"""Path below the checkout -> what it must contain."""


def outdated(root: Path, documents: Mapping[str, Callable[[], str]] = DOCUMENTS) -> list[str]:
    """Return the documents that are missing or differ from what would be written."""
    return [name for name, render in documents.items() if _committed(root / name) != render().encode()]


def write(root: Path, documents: Mapping[str, Callable[[], str]] = DOCUMENTS) -> list[str]:
    """Write every document that differs and return their names."""
    changed = outdated(root, documents)
    for name in changed:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(documents[name]().encode())
    return changed


def _committed(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the script and return its exit code."""
    parser = argparse.ArgumentParser(description="write the generated documents")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when one is outdated")
    options = parser.parse_args(arguments)
    if not options.check:
        for name in write(root):
            print(f"wrote {name}")
        return 0
    found = outdated(root)
    for name in found:
        print(f"{name} is not what the code says: run `make docs` and commit it", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
