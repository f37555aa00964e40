"""Which checks a contract gives, and that the rules' version follows every one of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aicycle.contracts import CONTRACTS, LANDED_TABLES
from aicycle.contracts.core import core_table
from aicycle.contracts.core_daily_bars import DAILY_BARS
from aicycle.contracts.schema import AtLeast, Clock, TableContract, flag, integer, number, text
from aicycle.errors import GateError
from aicycle.model.kinds import Severity
from expectations import checks
from expectations.checks import FETCHED_ON, KNOWN_AT_LIMIT, CheckKind, kind_view, limit_view, value_view
from expectations.suite import RULES_VERSION, SUITES, Suite, derive, suite_of, version_of
from expectations.suites import ADDITIONS
from transforms.staging.batch import staged_schema

FERRIES = core_table(
    "ferries",
    grain="one crossing",
    time="the arrival",
    key=("crossing",),
    content=(
        text("crossing", "which", pattern="[a-z]+"),
        text("flag_state", "whose", nullable=True, domain=("NO", "DK")),
        integer("decks", "how many", minimum=1, maximum=9),
        number("length_m", "from bow to stern", above=0),
        number("beam_m", "from side to side", nullable=True),
        flag("is_late", "or not"),
    ),
    rules=(AtLeast("length_m", "beam_m"),),
)


def test_everything_a_contract_says_is_checked():
    assert [check.name for check in derive(FERRIES).checks] == [
        "rows.present",
        "row.readable",
        "crossing.given",
        "crossing.pattern",
        "flag_state.domain",
        "decks.given",
        "decks.range",
        "length_m.given",
        "length_m.finite",
        "length_m.range",
        "beam_m.finite",
        "is_late.given",
        "known_at.given",
        "known_precision.given",
        "known_precision.domain",
        "source_known_at.given",
        "length_m.at_least.beam_m",
        "known_at.not_ahead",
        "key.unique",
    ]


def test_only_dated_statements_are_told_apart_by_the_sources_clock():
    assert derive(FERRIES).checks[-1].columns == ("crossing",)
    assert derive(replace(FERRIES, clock=Clock.DATED)).checks[-1].columns == ("crossing", "source_known_at")
    assert SUITES["core.reported_figures"].checks[-1].columns[-1] == "source_known_at"
    assert SUITES["raw.labels"].checks[-1].columns == ("label_set", "label_id")
    assert "known_at.not_ahead" not in {check.name for check in SUITES["raw.labels"].checks}


def test_every_table_that_is_read_into_has_its_suite():
    assert list(SUITES) == list(LANDED_TABLES)
    assert set(ADDITIONS) <= set(SUITES)
    for table, suite in SUITES.items():
        assert suite_of(CONTRACTS[table]) is suite
        assert suite.table == table


def test_every_suite_counts_rows_reads_cells_and_keys():
    for suite in SUITES.values():
        blocking = {check.kind for check in suite.checks if check.severity is Severity.BLOCKING}
        assert {CheckKind.ROWS_PRESENT, CheckKind.READABLE, CheckKind.GIVEN, CheckKind.UNIQUE} <= blocking


def test_checks_look_at_staged_columns_or_their_views():
    for table, suite in SUITES.items():
        staged = set(staged_schema(CONTRACTS[table]))
        views = {kind_view(name) for name in staged} | {KNOWN_AT_LIMIT, FETCHED_ON}
        views |= {view(check.name) for check in suite.measured.checks for view in (value_view, limit_view)}
        for check in suite.checks:
            assert set(check.columns) <= staged
            named = {v for k, v in check.arguments.items() if k.startswith("column") and isinstance(v, str)}
            named |= set(check.arguments.get("column_list", []))
            assert named <= staged | views


def test_only_what_is_written_here_is_merely_said():
    advisory = {
        f"{table}:{check.name}"
        for table, suite in SUITES.items()
        for check in suite.checks
        if check.severity is Severity.ADVISORY
    }
    assert advisory == {
        "core.daily_bars:volume.traded",
        "core.daily_bars:close.news",
        "core.daily_bars:close.twin_news",
        "core.fx_rates:rate.repeat",
        "core.corporate_actions:ratio.usual",
        "core.corporate_actions:amount.habit",
        "core.reported_figures:duration_months.usual",
        "core.announcements:amount_high.given_with_low",
        "core.announcements:amount_low.given_with_high",
        "core.announcements:source.stated",
        "core.cycle_events:source.stated",
        "core.reported_figures:source.stated",
        "core.reported_figures:value.accumulated",
        "core.reported_figures:unit.reporting_currency",
        "core.reported_figures:segments.complete",
        "core.reported_figures:reported_on.usual",
        "core.reported_figures:reported_on.of_its_source",
        "core.reported_figures:source.of_one_company",
        "core.announcements:amount.twin_rounding",
        "core.announcements:amount.in_its_wording",
        "core.announcements:announcement.told_once",
        "core.cycle_events:event_time.by_then",
        "core.cycle_events:event_time.near",
        "core.cycle_events:company.watched",
        "core.cycle_events:event.told_once",
        "core.cycle_events:direction.usual",
        "core.documents:title.length",
        "core.documents:document.as_before",
        "core.documents:document.told_once",
    }


def test_two_checks_of_one_name_are_refused():
    with pytest.raises(GateError, match=r"two checks are called close\.given"):
        Suite(table="core.daily_bars", checks=(checks.given("close"), checks.given("close")))


def _with_close(**changes: object) -> TableContract:
    columns = tuple(replace(c, **changes) if c.name == "close" else c for c in DAILY_BARS.columns)
    return replace(DAILY_BARS, columns=columns)


@pytest.mark.parametrize(
    "changed",
    [
        derive(_with_close(above=1.0), ADDITIONS["core.daily_bars"]),
        derive(_with_close(maximum=1e6), ADDITIONS["core.daily_bars"]),
        derive(_with_close(nullable=True), ADDITIONS["core.daily_bars"]),
        derive(replace(DAILY_BARS, rules=DAILY_BARS.rules[1:]), ADDITIONS["core.daily_bars"]),
        derive(replace(DAILY_BARS, key=("symbol",)), ADDITIONS["core.daily_bars"]),
        derive(DAILY_BARS),
        derive(DAILY_BARS, tuple(replace(c, severity=Severity.BLOCKING) for c in ADDITIONS["core.daily_bars"])),
        derive(DAILY_BARS, tuple(replace(c, reason="none") for c in ADDITIONS["core.daily_bars"])),
        derive(
            DAILY_BARS,
            tuple(replace(c, condition=checks.Condition("currency", "HKD")) for c in ADDITIONS["core.daily_bars"]),
        ),
    ],
    ids=["above", "maximum", "nullable", "rule", "key", "addition", "severity", "reason", "condition"],
)
def test_the_rules_version_changes_with_every_rule(changed):
    assert version_of(SUITES | {"core.daily_bars": changed}) != RULES_VERSION


def test_the_rules_version_is_the_same_as_long_as_the_rules_are():
    again = {table: derive(CONTRACTS[table], ADDITIONS.get(table, ())) for table in reversed(LANDED_TABLES)}
    assert version_of(again) == RULES_VERSION
    assert RULES_VERSION.startswith("gate-")
