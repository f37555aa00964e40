"""Prefect inside this process: no server set up by hand, no network, no telemetry.

Here: the environment Prefect reads when it is imported, and one pipeline run in it. Not here: the flows.
"""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from aicycle.errors import AicycleError

if TYPE_CHECKING:
    from flows.runtime import Runtime
    from flows.steps.summary import RunSummary

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_CLI_PROMPT": "false",
    # The first start on a slow machine creates the server's own database.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_LOGGING_LEVEL": "ERROR",
}


def prepare(home: Path) -> None:
    """Set what Prefect reads at import; whatever the user set already stays."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if "PREFECT_HOME" not in os.environ:
        # Prefect makes its folder but not the folders above it.
        (home / "prefect").mkdir(parents=True, exist_ok=True)
        os.environ["PREFECT_HOME"] = str((home / "prefect").absolute())


def run_pipeline(runtime: Runtime, as_of: str | None) -> RunSummary:
    """Run the pipeline once, embedded.

    Raises:
        AicycleError: what any stage raised.
    """
    prepare(runtime.warehouse.layout.home)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # noqa: PLC0415

        from flows.pipeline import pipeline  # noqa: PLC0415
        from flows.runtime import using  # noqa: PLC0415

        # A failed flow's traceback is the caller's to show: ours is one clear error, not Prefect's log of it.
        logging.getLogger("prefect.flow_runs").setLevel(logging.CRITICAL)
        logging.getLogger("prefect.task_runs").setLevel(logging.CRITICAL)
        # Heartbeats tell a server that a worker lives; in one process they only cost a second per flow.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), using(runtime):
            try:
                return pipeline(as_of=as_of)
            except RuntimeError as error:
                if "ephemeral Prefect" not in str(error):
                    raise
                raise AicycleError(
                    f"Prefect's embedded server did not start: {error}",
                    where=os.environ["PREFECT_HOME"],
                    expected="a server on the loopback interface within "
                    f"{os.environ['PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS']} s",
                    next_command="run again, with a longer PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS",
                ) from None
