"""One reading call: which home, its newest snapshot, the view of a day.

Here: opening for reading. Loads neither Prefect nor Great Expectations. Not here: running (`running`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from aicycle.cli.answers import view_or_refuse
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from aicycle.settings.environment import load_settings
from aicycle.settings.homes import home_to_read
from aicycle.settings.lexicon import load_lexicon
from aicycle.settings.resources import config_folder
from flows.steps.deriving import View
from flows.steps.reading import TextRules
from warehouse import Reader, Warehouse


@dataclass(frozen=True, slots=True)
class Session:
    """A home that is read."""

    home: Path
    warehouse: Warehouse
    configuration: Configuration
    config: Traversable | Path
    """The folder the configuration was read from."""

    def texts(self) -> TextRules:
        """Return what texts are read by now."""
        return TextRules(load_lexicon(self.config))

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Open the newest snapshot.

        Raises:
            NothingPublishedError: no run has ended in this home yet.
        """
        with self.warehouse.read() as reader:
            yield reader

    @contextmanager
    def view(self, as_of: str | None) -> Iterator[View]:
        """Open the newest snapshot and look at it as of a day.

        Raises:
            NothingPublishedError: no run has ended in this home yet.
            NotKnownYetError: nothing was known by then.
        """
        with self.reader() as reader:
            yield view_or_refuse(reader, self.configuration, as_of)


def open_session(home: Path | None) -> Session:
    """Choose the home and read the configuration; nothing of the warehouse is opened yet."""
    settings = load_settings()
    chosen = home_to_read(home or settings.home)
    config = Path(settings.config) if settings.config else config_folder()
    return Session(chosen, Warehouse(chosen), load_configuration(config), config)
