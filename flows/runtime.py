"""The composition root: settings, clock, source, warehouse and gate, put together once per run.

Here: building a runtime and handing it to the stages of one run. Nothing opens at import. Not here: Prefect, and any
decision about data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from aicycle.model.instants import Clock, system_clock
from aicycle.model.parameters import Configuration
from aicycle.settings.configuration import load_configuration
from aicycle.settings.environment import Settings, load_settings
from aicycle.settings.homes import choose_home
from aicycle.settings.lexicon import load_lexicon
from aicycle.settings.resources import config_folder
from aicycle.sources.protocol import Source
from expectations.gate import audit_table
from expectations.marts import audit_marts
from flows.steps.accepting import MartsGate
from flows.steps.finding import FindingsGate, judge_tables
from flows.steps.judging import TableGate
from flows.steps.reading import TextRules
from warehouse import Warehouse

LIVE_SINCE = date(2021, 1, 1)
"""How far back live prices are asked for: the span the model's longest half-life (four years) looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What the stages of one run work with."""

    settings: Settings
    configuration: Configuration
    clock: Clock
    warehouse: Warehouse
    source: Source
    gate: TableGate
    texts: TextRules
    """What documents are read by."""
    audit_tables: FindingsGate
    audit_marts: MartsGate
    progress: Callable[[str], None] = field(default=lambda _: None)
    """Told what begins, for whoever watches."""


_current: ContextVar[Runtime | None] = ContextVar("aicycle_runtime", default=None)


def build_runtime(
    *,
    home: str | None = None,
    recording: str | None = None,
    settings: Settings | None = None,
    clock: Clock = system_clock,
    source: Source | None = None,
    gate: TableGate = audit_table,
    texts: TextRules | None = None,
    tables_gate: FindingsGate = judge_tables,
    marts_gate: MartsGate = audit_marts,
) -> Runtime:
    """Put a runtime together; every part can be given instead.

    Args:
        home: folder of the warehouse; by default as `aicycle.settings.homes` chooses.
        recording: folder in the recording format; without one, live prices are fetched.
        settings: read from the environment unless given.
        clock: the present.
        source: instead of the one `recording` implies.
        gate: judges one table's staged batches.
        texts: what documents are read by; by default the lexicon of the same `config/`.
        tables_gate: judges whole tables.
        marts_gate: judges an answer before it is stored.
    """
    settings = settings or load_settings()
    folder = Path(recording) if recording else None
    configured = Path(settings.config) if settings.config else config_folder()
    configuration = load_configuration(configured)
    chosen = choose_home(home or settings.home, folder)
    return Runtime(
        settings=settings,
        configuration=configuration,
        clock=clock,
        warehouse=open_warehouse(chosen, settings, clock),
        source=source or _source(folder, configuration, chosen, clock),
        gate=gate,
        texts=texts or TextRules(load_lexicon(configured)),
        audit_tables=tables_gate,
        audit_marts=marts_gate,
    )


def open_warehouse(home: Path, settings: Settings, clock: Clock = system_clock) -> Warehouse:
    """Return the warehouse of a home; nothing is opened yet."""
    return Warehouse(
        home,
        clock=clock,
        writer_wait_seconds=settings.writer_wait_seconds,
        snapshots_kept=settings.snapshots_kept,
        fault=settings.fault,
    )


def _source(folder: Path | None, configuration: Configuration, home: Path, clock: Clock) -> Source:
    if folder is not None:
        from aicycle.sources.recording import RecordingSource  # noqa: PLC0415 - only the source in use is imported

        return RecordingSource(folder, clock)
    from aicycle.sources.yahoo import YahooSource  # noqa: PLC0415 - yfinance takes over a second to import

    return YahooSource(universe=configuration.universe, clock=clock, start=LIVE_SINCE, cache_dir=home / "yfinance")


@contextmanager
def runtime_for(home: str | None = None, recording: str | None = None) -> Iterator[Runtime]:
    """Give a stage its runtime: the pipeline's, where one is running, else its own."""
    running = _current.get()
    if running is not None:
        yield running
        return
    with using(build_runtime(home=home, recording=recording)) as runtime:
        yield runtime


@contextmanager
def using(runtime: Runtime) -> Iterator[Runtime]:
    """Let all stages called inside work with `runtime`."""
    token = _current.set(runtime)
    try:
        yield runtime
    finally:
        _current.reset(token)
