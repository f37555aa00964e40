"""Where the files that travel with the project are: `config/` and the sample.

Here: one answer for a checkout and for an installed wheel. Not here: reading them (`configuration`, the sources).
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from aicycle.errors import ConfigError


def config_folder() -> Traversable:
    """Return the folder with `universe.toml`, `phases.toml`, `alert_rules.toml` and `scenarios/`.

    Raises:
        ConfigError: neither the wheel nor the checkout holds it.
    """
    return _travelling("config", in_checkout="config")


def sample_folder() -> Traversable:
    """Return the folder of the bundled sample, in the recording format.

    Raises:
        ConfigError: neither the wheel nor the checkout holds it.
    """
    return _travelling("sample", in_checkout="examples/sample")


def _travelling(name: str, *, in_checkout: str) -> Traversable:
    package = files("aicycle")
    bundled = package / "_data" / name
    if bundled.is_dir():
        return bundled
    # In a checkout nothing is copied into the package: the files stand where people look for them.
    beside = Path(str(package)).parent / in_checkout
    if beside.is_dir():
        return beside
    raise ConfigError(
        f"the folder '{name}' that travels with aicycle is missing",
        where=f"{bundled} and {beside}",
        expected="one of the two, from a complete checkout or wheel",
        next_command="install aicycle again, or point AICYCLE_CONFIG to a folder of your own",
    )
