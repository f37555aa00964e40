"""Running: the pipeline in this process, with progress for whoever watches.

Here: one run, the demo's two, one on a single document, and one that asks nobody. Not here: the stages (`flows`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from aicycle.errors import UsageError
from aicycle.model.instants import system_clock
from aicycle.settings.environment import load_settings
from aicycle.settings.homes import choose_home, home_to_read
from aicycle.settings.resources import sample_folder
from flows.embedded import prepare, run_pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.steps.given_source import Given
    from flows.steps.summary import RunSummary

ARTICLE_DAY = "2025-09-28"
"""The demo first looks on the day the scenarios were published: what is crossed later is news, what lay before not."""


def run_once(home: Path | None, recording: Path | None, as_of: str | None) -> RunSummary:
    """Run the pipeline once.

    Raises:
        UsageError: no such recording, or no such day.
        AicycleError: what any stage raised.
    """
    return _run(home, recording, [as_of])


def run_demo(home: Path | None) -> RunSummary:
    """Run the pipeline on the sample: first as of the article's day, then with everything that followed."""
    return _run(home, Path(str(sample_folder())), [ARTICLE_DAY, None])


def run_apply(home: Path) -> RunSummary:
    """Run the pipeline on what lies in the inbox, without asking any source."""
    settings = load_settings()
    prepare(home)
    with _progress() as say:
        say("starting")
        from aicycle.sources.nobody import Nobody  # noqa: PLC0415 - running loads what reading must not
        from flows.runtime import build_runtime  # noqa: PLC0415

        runtime = build_runtime(home=str(home), settings=settings, source=Nobody())
        return run_pipeline(replace(runtime, progress=say), None)


def run_ingest(home: Path | None, given: Given, as_of: str | None) -> RunSummary:
    """Run the pipeline on one document, or one file of the recording format.

    It goes into the home that is read when none is named: next to what its reader looks at.

    Raises:
        UsageError: the call can't be meant so, or no such day.
        AicycleError: what any stage raised.
    """
    from flows.runtime import build_runtime, open_warehouse  # noqa: PLC0415 - running loads what reading must not
    from flows.steps.deriving import instant_of  # noqa: PLC0415
    from flows.steps.given_source import source_of  # noqa: PLC0415

    if as_of is not None:
        instant_of(as_of)
    settings = load_settings()
    chosen = home_to_read(home or settings.home)
    source = source_of(
        given,
        open_warehouse(chosen, settings),
        system_clock,
        may_ask_private=settings.fetch_private_addresses,
    )
    prepare(chosen)
    with _progress() as say:
        say("starting")
        runtime = build_runtime(home=str(chosen), settings=settings, source=source)
        return run_pipeline(replace(runtime, progress=say), as_of)


def _run(home: Path | None, recording: Path | None, days: list[str | None]) -> RunSummary:
    from flows.steps.deriving import instant_of  # noqa: PLC0415 - running loads what reading must not

    if recording is not None and not recording.is_dir():
        raise UsageError(
            f"there is no folder {recording}",
            expected="a folder in the recording format (docs/recording_format.md)",
            next_command="aicycle run --recording DIR",
        )
    for day in days:
        if day is not None:
            instant_of(day)
    settings = load_settings()
    prepare(choose_home(home or settings.home, recording))
    with _progress() as say:
        say("starting")
        from flows.runtime import build_runtime  # noqa: PLC0415

        runtime = build_runtime(
            home=str(home) if home else None, recording=str(recording) if recording else None, settings=settings
        )
        runtime = replace(runtime, progress=say)
        summaries = [run_pipeline(runtime, day) for day in days]
    summary = summaries[0]
    for later in summaries[1:]:
        summary = summary.merged(later)
    return summary


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Say what is going on: a live line on a terminal, one plain line per stage elsewhere; always on standard error."""
    if sys.stderr.isatty():
        with Console(stderr=True).status("") as live:
            yield live.update
    else:
        yield lambda text: print(f"aicycle: {text}", file=sys.stderr, flush=True)  # noqa: T201 - this is the progress
