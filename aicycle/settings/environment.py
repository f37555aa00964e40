"""What the process's environment may say: where data lives, how long to wait, how much to keep.

Here: the settings and their defaults. Not here: numbers that change answers (`config/`, read by `configuration`), or
the home that is meant when none is named (`homes`).
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from aicycle.errors import UsageError


class Settings(BaseSettings):
    """Settings of one process, from `AICYCLE_*`; anything else in the environment is ignored."""

    model_config = SettingsConfigDict(env_prefix="AICYCLE_", extra="ignore", frozen=True)

    home: Path | None = None
    """Where the warehouse, payloads and reports live (`AICYCLE_HOME`); unset, `homes` chooses below `.aicycle`."""
    writer_wait_seconds: float = Field(default=60.0, ge=0.0)
    """How long a writer waits for its turn before it gives up (`AICYCLE_WRITER_WAIT_SECONDS`)."""
    snapshots_kept: int = Field(default=3, ge=1)
    """How many published snapshots stay, leased ones not counted (`AICYCLE_SNAPSHOTS_KEPT`)."""
    config: Path | None = None
    """A folder in place of the bundled `config/` (`AICYCLE_CONFIG`)."""
    fetch_private_addresses: bool = False
    """Whether `aicycle ingest` may ask machines that are not public (`AICYCLE_FETCH_PRIVATE_ADDRESSES`)."""
    fault: str = ""
    """Name of the fault hook at which this process kills itself (`AICYCLE_FAULT`). For tests only."""


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        UsageError: a variable can't be read; the text names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "AICYCLE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError(
            f"{name} can't be used: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=f"environment variable {name}, which says {first['input']!r}",
            expected="a value as the README's table of settings describes it",
            next_command=f"unset {name}, or set it anew",
        ) from error
