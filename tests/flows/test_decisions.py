"""What a person decides: carried out once, by the next writer, and the tables are those of a home never poisoned."""

from __future__ import annotations

import functools
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import crash_child
import polars as pl
import pytest

import flows.audit
import flows.pipeline
from aicycle.cli import main
from aicycle.cli.pages import digest_json
from aicycle.contracts import CONTRACTS, CORE_TABLES
from aicycle.model.kinds import EventName, Severity
from aicycle.settings.configuration import load_configuration
from aicycle.settings.environment import Settings
from aicycle.sources.nobody import Nobody
from expectations.gate import CHECKS_SCHEMA, FAILURES_SCHEMA, Audit
from expectations.suite import RULES_VERSION
from flows.runtime import build_runtime, using
from flows.steps.gate_scoring import SCORING_GATE
from flows.steps.recomputing import Recomputed
from transforms.digests import frame_digest
from warehouse import Warehouse

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIGNED = ("--by", "Ann", "--because", "looked it up")
ADDRESSES = {"revision", "load_seq", "payload_sha256", "byte_start", "byte_end", "run_id"}
ANSWERS = ("marts.segment_metrics", "marts.player_influence", "marts.phase_assessments", "marts.scenario_bands")
LAST_BAR = "BABA,2025-12-31,146.58,146.58,146.58,146.58,0,USD,as_traded"
STRANGE = 146.58
"""A close that the gate below finds strange, though a table could hold it."""


def gate(batch) -> Audit:
    """Stop closes below zero by a check that follows from the contract, and strange ones by one that does not."""
    failing = {"close.range": [], "close.strange": []}
    if batch.contract.full_name == "core.daily_bars":
        failing["close.strange"] = batch.frame.filter(pl.col("close") == STRANGE)["row_id"].to_list()
        failing["close.range"] = batch.frame.filter(pl.col("close") <= 0)["row_id"].to_list()
    checks = [
        {
            "table_name": batch.contract.full_name, "check_name": name, "severity": Severity.BLOCKING.value,
            "is_passed": not rows, "is_broken": False,
            "rows_failed": len(rows), "rows_evaluated": batch.frame.height, "rules_version": RULES_VERSION,
        }
        for name, rows in failing.items()
    ]  # fmt: skip
    failures = [
        {"row_id": n, "check_name": name, "severity": Severity.BLOCKING.value, "reason": name}
        for name, rows in failing.items()
        for n in rows
    ]
    return Audit(
        checks=pl.DataFrame(checks, schema=CHECKS_SCHEMA), failures=pl.DataFrame(failures, schema=FAILURES_SCHEMA)
    )


def lenient(batch) -> Audit:
    """The same gate, to which the last bar is not strange."""
    found = gate(batch)
    return Audit(
        checks=found.checks.with_columns(rows_failed=pl.lit(0, pl.Int64), is_passed=True),
        failures=found.failures.clear(),
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory, sample_dir) -> Path:
    """The sample's events and figures, and BABA's bars of the last half year."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("cycle_events.csv", "capex_events.csv", "reported_figures.csv", "fx.csv"):
        shutil.copy(sample_dir / name, folder / name)
    header, *lines = (sample_dir / "prices.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.startswith("BABA,2025-12")]
    assert LAST_BAR in kept
    (folder / "prices.csv").write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def _without_prefect():
    """Run the stages without Prefect's engine, on one configuration."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (*((flows.pipeline, stage) for stage in crash_child.STAGES), *crash_child.TASKS):
            decorated = getattr(module, name)
            patch.setattr(module, name, getattr(decorated, "fn", decorated))
        # Read once, not by every command and run: a quarter of what these tests would cost.
        read_once = functools.cache(load_configuration)
        for reader in ("aicycle.cli.session", "flows.runtime"):
            patch.setattr(f"{reader}.load_configuration", read_once)
        yield


def run(home: Path, recording: Path | None = None, *, judge=gate, now=LATER, scenarios=False):
    """Run the pipeline; without a recording, on what lies in the inbox. Scenarios cost seconds: where asked for.

    Without a `judge`, by the real checks.
    """

    def each(batches, _):
        return [judge(batch) for batch in batches]

    runtime = build_runtime(
        home=str(home),
        recording=str(recording) if recording else None,
        settings=Settings(),
        clock=lambda: now,
        **(crash_child.SMALL_GATES | {"gate": each if judge else SCORING_GATE}),
        source=None if recording else Nobody(),
    )
    with using(runtime), pytest.MonkeyPatch.context() as patch:
        if not scenarios:
            patch.setattr(flows.pipeline, "recompute_scenarios", lambda **_: Recomputed())
        return flows.pipeline.pipeline.fn()


@pytest.fixture(scope="module")
def never_poisoned(tmp_path_factory, small):
    """What the tables say where nothing was ever wrong."""
    home = tmp_path_factory.mktemp("never") / "home"
    run(home, small, judge=lenient, now=NOW, scenarios=True)
    return contents(home)


@pytest.fixture(scope="module")
def poisoned_files(tmp_path_factory, small):
    """The same files, the last close below zero."""
    folder = Path(shutil.copytree(small, tmp_path_factory.mktemp("poisoned") / "recording"))
    prices = folder / "prices.csv"
    text = prices.read_text(encoding="utf-8")
    prices.write_text(text.replace(LAST_BAR, LAST_BAR.replace("146.58,0", "-146.58,0")), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def poisoned_home(tmp_path_factory, poisoned_files):
    home = tmp_path_factory.mktemp("home") / "home"
    assert len(run(home, poisoned_files, now=NOW).held) == 1
    return home


@pytest.fixture
def poisoned(poisoned_home, tmp_path):
    """A home of its own in which the last close is stopped, and holds."""
    return Path(shutil.copytree(poisoned_home, tmp_path / "home"))


def contents(home: Path) -> dict[str, str]:
    """Return the digest of what each table says, wherever and whenever it was read; of runs the newest."""
    with Warehouse(home).read() as reader:
        tables = {name: reader.frame(name) for name in (*CORE_TABLES, *ANSWERS)}
    for name in ANSWERS[2:]:
        column = "as_of" if "as_of" in tables[name].columns else "run_id"
        if column == "as_of":
            tables[name] = tables[name].filter(pl.col("as_of") == pl.col("as_of").max())
    unsaid = {name: {*ADDRESSES, *CONTRACTS[name].volatile_columns} for name in tables}
    return {name: frame_digest(frame.drop(unsaid[name] & set(frame.columns))) for name, frame in tables.items()}


def without_scenarios(found: dict[str, str]) -> dict[str, str]:
    return {name: digest for name, digest in found.items() if "scenario" not in name}


@pytest.fixture
def ask(capsys):
    """Type a command; return exit code, standard output, standard error."""

    def typed(home: Path, *words: str) -> tuple[int, str, str]:
        code = main([*words, "--home", str(home)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return typed


@pytest.fixture
def ask_json(ask):
    def typed(home: Path, *words: str):
        code, out, err = ask(home, *words, "--json")
        assert code == 0, err
        return json.loads(out)

    return typed


@pytest.fixture
def row_of(ask_json):
    """Return the stopped row of a home that was met last, with all about it."""

    def found(home: Path):
        newest = frame(home, "ops.quarantine").sort("load_seq").tail(1)
        return ask_json(home, "quarantine", "show", newest["quarantine_id"].item())

    return found


def frame(home: Path, table: str) -> pl.DataFrame:
    with Warehouse(home).read() as reader:
        return reader.frame(table)


def events(home: Path, name: EventName) -> list[dict]:
    found = frame(home, "ops.events").filter(pl.col("name") == name)
    return [json.loads(payload) for payload in found["payload"]]


def test_a_stopped_row_is_shown_with_all_that_a_decision_needs(poisoned, ask, row_of):
    row = row_of(poisoned)
    assert (row["state"], row["source_line"], row["row_content"]["close"]) == ("open", 23, -146.58)
    assert row["bytes"]["text"] == LAST_BAR.replace("146.58,0", "-146.58,0")
    (hold,) = row["holds"]
    assert (hold["subject_id"], hold["until"]) == ("BABA", None)
    assert "marts.scenario_runs/Alibaba" in hold["outputs"]
    assert [command.split()[1] for command in row["next"]] == ["quarantine", "correct"], "a release is hopeless"
    code, out, _ = ask(poisoned, "quarantine", "show", row["quarantine_id"][:8])
    assert code == 0
    assert f"aicycle correct --quarantined {row['quarantine_id'][:12]}" in out
    for words, shown in (
        (("--subject", "baba", "--check", "close.range"), "1 rows shown, 0 more"),
        (("--subject", "NVDA"), "0 rows shown, 1 more"),
        (("--check", "close"), "0 rows shown, 1 more"),
    ):
        assert shown in ask(poisoned, "quarantine", "list", *words)[1]


def test_a_corrected_bar_leaves_the_tables_of_a_home_that_was_never_poisoned(
    poisoned, ask, ask_json, row_of, never_poisoned
):
    row = row_of(poisoned)
    reason = 'looked it up: "146.58"\nand\x1b[31m asked 中文'
    waiting = ask_json(
        poisoned, "correct", "--quarantined", row["quarantine_id"][:10], "--set", "close=146.58",
        "--by", "Ann \"A\" O'Neil", "--because", reason,
    )  # fmt: skip
    assert Path(waiting["file"]).is_file()
    assert row_of(poisoned)["waiting"][0]["decision_id"] == waiting["decision_id"]
    content = Path(waiting["file"]).read_bytes()

    summary = run(poisoned, judge=lenient)
    assert (summary.held, summary.total("stored")) == ([], 1)
    assert not Path(waiting["file"]).exists()
    assert without_scenarios(contents(poisoned)) == without_scenarios(never_poisoned)

    row = row_of(poisoned)
    assert (row["state"], row["holds"], row["next"]) == ("corrected", [], [])
    assert (row["decisions"][0]["author"], row["decisions"][0]["reason"]) == ('Ann "A" O\'Neil', reason)
    out = ask(poisoned, "quarantine", "show", row["quarantine_id"])[1]
    assert r'looked it up: "146.58"\nand\x1b[31m asked 中文' in out
    assert events(poisoned, EventName.FACT_CORRECTED)[0]["author"] == 'Ann "A" O\'Neil'
    landed = frame(poisoned, "raw.payloads").filter(pl.col("source") == "manual").to_dicts()[0]
    assert landed["name"].startswith("corrections/")
    assert "'-146.58' -> '146.58'" in landed["request"]
    assert ask(poisoned, "verify")[0] == 0

    # The file was committed, and the process died before it was taken away.
    before = table_digests(poisoned)
    Path(waiting["file"]).write_bytes(content)
    assert run(poisoned, judge=lenient).total("stored") == 0
    assert not Path(waiting["file"]).exists()
    assert table_digests(poisoned) == before


def table_digests(home: Path) -> dict[str, str]:
    with Warehouse(home).read() as reader:
        return digest_json(reader)["tables"]


def test_a_corrected_file_leaves_them_too(poisoned, small, never_poisoned, row_of):
    assert run(poisoned, small, judge=lenient).held == []
    assert without_scenarios(contents(poisoned)) == without_scenarios(never_poisoned)
    assert row_of(poisoned)["state"] == "corrected"


def test_a_released_row_leaves_the_tables_of_a_home_where_it_was_never_stopped(  # noqa: PLR0917
    tmp_path, small, never_poisoned, ask, ask_json, row_of, monkeypatch
):
    home = tmp_path / "home"
    assert len(run(home, small, now=NOW).held) == 1
    row = row_of(home)
    released = ask_json(home, "quarantine", "release", row["quarantine_id"], *SIGNED)
    assert ask(home, "quarantine", "release", row["quarantine_id"], *SIGNED)[0] == 2, "one waits already"
    summary = run(home, scenarios=True)
    assert summary.held == []
    assert [(f.name, f.stored) for f in summary.files] == [("prices.csv", 1)]
    assert contents(home) == never_poisoned
    bar = frame(home, "core.daily_bars").sort("session").tail(1)
    assert bar["known_at"].item() < NOW, "what the row claims"
    assert bar["load_seq"].item() == frame(home, "ops.loads")["load_seq"].max(), "when it became visible"
    row = row_of(home)
    assert (row["state"], row["decisions"][0]["decision_id"]) == ("released", released["decision_id"])
    assert len(events(home, EventName.ROW_RELEASED)) == 1
    for again in ("release", "discard"):
        code, _, err = ask(home, "quarantine", again, row["quarantine_id"], *SIGNED)
        assert (code, "released already" in err) == (2, True)
    audits = frame(home, "ops.audits").filter(pl.col("check_name") == "close.strange", pl.col("rows_failed") == 1)
    assert audits.height == 2, "that the check failed stays on record"
    assert ask(home, "verify")[0] == 0

    # A release survives a change of rules: everything is read again, and nothing is stopped or stored anew.
    monkeypatch.setattr("flows.steps.auditing.STAGING_VERSION", "another")
    assert [(f.stored, f.quarantined) for f in run(home).files if f.name == "prices.csv"] == [(0, 0)]
    assert contents(home) == never_poisoned


def test_a_discarded_row_holds_nobody_from_then_on_and_may_still_be_released(tmp_path, small, ask, ask_json, row_of):
    home = tmp_path / "home"
    run(home, small, now=NOW)
    row = row_of(home)
    ask_json(home, "quarantine", "discard", row["quarantine_id"], *SIGNED)
    assert run(home).held == []
    row = row_of(home)
    assert (row["state"], row["holds"][0]["until"] is not None) == ("discarded", True)
    assert ask_json(home, "quarantine", "list")["rows"] == []
    assert frame(home, "core.daily_bars").filter(pl.col("close") == 146.58).is_empty()
    code, _, err = ask(home, "quarantine", "discard", row["quarantine_id"], *SIGNED)
    assert (code, "discarded already" in err) == (2, True)
    ask_json(home, "quarantine", "release", row["quarantine_id"], *SIGNED)
    run(home)
    assert row_of(home)["state"] == "released"
    assert frame(home, "core.daily_bars").filter(pl.col("close") == 146.58).height == 1


@pytest.fixture
def spent(small, tmp_path):
    """The same files, all but two bars in a currency that is none: the error budget is spent, and those two wait."""
    folder = Path(shutil.copytree(small, tmp_path / "spent"))
    prices = folder / "prices.csv"
    header, *lines = prices.read_text(encoding="utf-8").splitlines()
    bad = [line.replace(",USD,", ",usd,") for line in lines[:-2]]
    prices.write_text("\n".join([header, *bad, *lines[-2:]]) + "\n", encoding="utf-8")
    return folder


def test_rows_that_wait_with_their_batch_are_released_together(tmp_path, spent, ask, ask_json):
    home = tmp_path / "home"
    run(home, spent, judge=None, now=NOW)
    rows = ask_json(home, "quarantine", "list", "--check", "batch.within_budget")["rows"]
    assert len(rows) == 2
    bad = ask_json(home, "quarantine", "list", "--check", "currency.domain")["rows"]
    assert len(bad) >= 20
    code, _, err = ask(home, "quarantine", "release", bad[0]["quarantine_id"], "--with-batch", *SIGNED)
    assert (code, "currency.domain" in err) == (2, True)

    shown = ask_json(home, "quarantine", "show", rows[1]["quarantine_id"])
    assert any("release" in command and "--with-batch" in command for command in shown["next"])
    put = ask_json(home, "quarantine", "release", rows[1]["quarantine_id"], "--with-batch", *SIGNED)
    assert "and 1 rows that wait with it" in put["about"]
    content = Path(put["file"]).read_bytes()
    summary = run(home, judge=None)
    assert [(f.name, f.stored, f.quarantined) for f in summary.files] == [("prices.csv", 2, len(bad))]
    assert frame(home, "core.daily_bars")["session"].to_list() == sorted(frame(home, "core.daily_bars")["session"])
    assert ask_json(home, "quarantine", "list", "--check", "batch.within_budget")["rows"] == []
    assert len(ask_json(home, "quarantine", "list")["rows"]) == len(bad), "the bad ones stay where they are"
    decisions = frame(home, "ops.decisions")
    assert decisions["decision_id"].n_unique() == decisions["quarantine_id"].n_unique() == 2
    assert sorted(decisions["decision_seq"]) == [1, 2], "their ids are hashes of what was typed: in any order"
    (told,) = events(home, EventName.ROW_RELEASED)
    assert (told["rows"], told["author"]) == (2, "Ann")
    assert ask(home, "verify")[0] == 0

    # The same file once more, after a crash between the commit and its removal: nothing is decided twice.
    Path(put["file"]).write_bytes(content)
    run(home, judge=None)
    assert frame(home, "ops.decisions").height == 2


def test_rows_that_wait_with_their_batch_are_given_up_together(tmp_path, spent, ask_json):
    home = tmp_path / "home"
    run(home, spent, judge=None, now=NOW)
    (first, *_) = ask_json(home, "quarantine", "list", "--check", "batch.within_budget")["rows"]
    ask_json(home, "quarantine", "discard", first["quarantine_id"], "--with-batch", *SIGNED)
    run(home, judge=None)
    waiting = ask_json(home, "quarantine", "list", "--all", "--check", "batch.within_budget")["rows"]
    assert [row["state"] for row in waiting] == ["discarded"] * 2
    assert frame(home, "core.daily_bars").is_empty()


def test_a_corrected_figure_keeps_its_statement_and_outlives_its_source(poisoned, small, ask_json, tmp_path):
    names = ("company", "segment", "segment_basis", "metric", "period_end", "duration_months", "unit")
    figures = frame(poisoned, "core.reported_figures").filter(pl.col("metric") == "revenue")
    was = figures.sort("known_at", *names).tail(1).to_dicts()[0]
    key = [word for name in names for word in ("--key", f"{name}={was[name]}")]
    ask_json(poisoned, "correct", "reported_figures", *key, "--set", "value=123e9", *SIGNED)
    summary = run(poisoned)
    assert (summary.total("stored"), summary.total("restated")) == (1, 1)

    def versions():
        same = [pl.col(name) == was[name] for name in (*names, "source_known_at")]
        return frame(poisoned, "core.reported_figures").filter(*same).sort("revision")

    now = versions().tail(1).to_dicts()[0]
    assert (now["value"], now["source_known_at"], now["known_at"]) == (123e9, was["source_known_at"], LATER)
    # The source goes on saying what it said: that is nothing new.
    longer = Path(shutil.copytree(small, tmp_path / "longer"))
    with (longer / "reported_figures.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    run(poisoned, longer, judge=lenient)
    assert versions()["value"].to_list() == [was["value"], 123e9]


def test_a_broken_inbox_file_stops_nobody(poisoned, ask_json, row_of):
    inbox = Warehouse(poisoned).layout.inbox
    inbox.mkdir()
    outside = poisoned.parent / "outside"
    outside.write_text("{}", encoding="utf-8")
    unknown = {"what": "released", "author": "a", "reason": "b", "decided_at": "2026-11-23T00:00:00+00:00",
               "quarantine_id": "0" * 64, "table_name": None, "key": {}, "changes": {}}  # fmt: skip
    paths = {
        "corrected": ("quarantine_id", None), "key": ("table_name", "../../etc"),
        "changes": ("quarantine_id", "../x"), "author": ("author", " \u200b\n"),
    }  # fmt: skip
    (inbox / "a.json").write_text("{not json", encoding="utf-8")
    (inbox / "b.json").write_bytes(b"x" * ((1 << 20) + 1))
    (inbox / "c.json").symlink_to(outside)
    (inbox / "d").mkdir()
    (inbox / "e\x1b[31m.json").write_text("[" * 100_000, encoding="utf-8")
    (inbox / "f.json").write_text(json.dumps(unknown), encoding="utf-8")
    for name, (field, value) in paths.items():
        (inbox / f"{name}.json").write_text(json.dumps(unknown | {field: value}), encoding="utf-8")
    good = ask_json(poisoned, "quarantine", "discard", row_of(poisoned)["quarantine_id"], *SIGNED)
    assert run(poisoned).held == []
    assert frame(poisoned, "ops.decisions")["decision_id"].to_list() == [good["decision_id"]]
    assert [path.name for path in inbox.iterdir()] == ["refused"]
    assert outside.read_text(encoding="utf-8") == "{}"
    assert len(events(poisoned, EventName.FILE_REFUSED)) == 10
    told = ask_json(poisoned, "quarantine", "list")["set_aside"]
    assert len(told) == 10
    assert any("symbolic link" in note["reason"] for note in told)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("quarantine", "release", "ID", "--by", " \t", "--because", "x"), "--by is blank"),
        (("quarantine", "release", "ID", "--by", "Ann", "--because", "\u200b"), "--because is blank"),
        (("quarantine", "release", "ID", "--because", "x"), "--by"),
        (("quarantine", "release", "ID", *SIGNED), "can't be stored as it is"),
        (("quarantine", "discard", "ffff", *SIGNED), "no row in quarantine has the id"),
        (("quarantine", "show", ""), "no row in quarantine has the id"),
        (("correct", "--quarantined", "ID", "--set", "clos=1", *SIGNED), "has no such column"),
        (("correct", "--quarantined", "ID", "--set", "symbol=BABA", *SIGNED), "is found by it"),
        (("correct", "--quarantined", "ID", "--set", "close=1,5", *SIGNED), "is not a number"),
        (("correct", "--quarantined", "ID", "--set", "close=", *SIGNED), "close would be missing"),
        (("correct", "--quarantined", "ID", "--set", "close=-146.58", *SIGNED), "is not above 0"),
        (("correct", "--quarantined", "ID", "--set", "close", *SIGNED), "COLUMN=VALUE"),
        (("correct", "--quarantined", "ID", *SIGNED), "nothing is set"),
        (("correct", "core.documents", "--key", "a=b", "--set", "c=d", *SIGNED), "one by one"),
        (("correct", "daily_bars", "--key", "symbol=BABA", "--key", "session=2025-12-30", "--set", "currency=USD",
          *SIGNED), "nothing would change"),
        (("correct", "prices.csv", "--key", "symbol=BABA", "--set", "close=1", *SIGNED), "symbol, session"),
        (("correct", "daily_bars", "--key", "symbol=BABA", "--key", "session=1999-01-04", "--set", "close=1", *SIGNED),
         "has no row"),
        (("correct", "daily_bars", "--key", "symbol=BABA", "--key", "session=x", "--set", "close=1", *SIGNED),
         "the key can't be read"),
        (("correct", "daily_bars", "--set", "close=1", "--quarantined", "ID", *SIGNED), "of one row"),
    ],
)  # fmt: skip
def test_what_can_not_be_decided_is_refused_at_once(poisoned_home, ask, words, said):
    id_ = frame(poisoned_home, "ops.quarantine")["quarantine_id"].item()
    code, _, err = ask(poisoned_home, *(id_ if word == "ID" else word for word in words))
    assert code == 2
    assert said in " ".join(err.split())
    assert not Warehouse(poisoned_home).layout.inbox.exists()
