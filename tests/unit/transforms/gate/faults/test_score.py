"""Outcomes and what they add up to."""

from __future__ import annotations

from datetime import date

import pytest

from aicycle.model.faults import FaultKind, RedundantCheck, Undetectable
from aicycle.model.faults import operations as do
from transforms.gate.faults.batch import batch_file, written
from transforms.gate.faults.outcome import Judgement, Outcome, Stop, outcome, sole_catcher
from transforms.gate.faults.recorded import recorded_file
from transforms.gate.faults.score import Trial, catchers, scored, worse_than

CONTENT = b"pair,session,rate\nUSDCNY,2025-03-28,7.2\nUSDHKD,2025-03-28,7.8\n"
DAY = date(2025, 3, 28)
RATES = recorded_file("fx.csv", CONTENT, {2: DAY, 3: DAY})
KIND = FaultKind(name="k", says="something", file="fx.csv", do=(do.Drop(op="drop"),))
ABSORBED = FaultKind(name="a", says="harmless", file="fx.csv", do=(do.Drop(op="drop"),), expected="absorbed")
ADDING = FaultKind(name="b", says="more", file="fx.csv", do=(do.Drop(op="drop"),), expected="absorbed", adds=True)


def stop(check="core.fx_rates/rate.range", line=2, key="cny", **more) -> Stop:
    return Stop(**{"check": check, "key": key, "file": "fx.csv", "line": line, "subject": "USDCNY"} | more)


def judged(*stops: Stop, rows=(("USDCNY", 7.2),)) -> Judgement:
    return Judgement(stops=stops, passing={"core.fx_rates": frozenset(rows)})


def of(faulty: Judgement, clean: Judgement | None = None, kind: FaultKind = KIND) -> Outcome:
    file = batch_file(RATES, RATES.rows)
    file.rows[0].cells["rate"] = "-7.2"
    return outcome(kind, file, written(file), clean or judged(), faulty)


def test_stopped_is_caught_and_exact_when_nothing_else_is():
    assert of(judged(stop())) == Outcome(result="caught", is_exact=True, checks=frozenset({"core.fx_rates/rate.range"}))
    assert not of(judged(stop(), stop(line=3, key="hkd"))).is_exact
    assert not of(judged(stop(file="prices.csv"))).is_exact
    assert of(judged(stop(line=0, file=""))).is_exact
    assert not of(judged(stop(line=0, file="", subject="USDHKD"))).is_exact


def test_what_the_clean_batch_has_stopped_too_is_not_caught():
    assert of(judged(stop()), clean=judged(stop())).result == "absorbed"
    assert of(judged(rows=[("USDCNY", -7.2)])).result == "missed"


def test_absorbed_is_the_same_content_or_more_where_the_kind_brings_more():
    more = judged(rows=[("USDCNY", 7.2), ("X", 1.0)])
    assert of(judged(), kind=ABSORBED).result == "absorbed"
    assert of(more, kind=ABSORBED).result == "missed"
    assert of(more, kind=ADDING).result == "absorbed"
    assert of(judged(rows=()), kind=ADDING).result == "missed"


def test_a_cell_that_could_not_be_read_is_not_caught_twice():
    found = of(judged(stop("core.fx_rates/row.readable"), stop("core.fx_rates/rate.given")))
    assert found.checks == {"core.fx_rates/row.readable"}


def test_a_clock_that_cannot_be_told_is_not_caught_beside_the_cell_that_tells_it():
    clocks = [stop(f"core.fx_rates/{name}.given") for name in ("known_at", "source_known_at")]
    assert of(judged(stop("core.fx_rates/session.given"), *clocks)).checks == {"core.fx_rates/session.given"}
    assert of(judged(*clocks)).checks == {"core.fx_rates/known_at.given"}


def test_a_row_that_was_stopped_is_not_found_missing_as_well():
    finding = stop("core.fx_rates/rates.missing", line=0, key="pair:USDCNY:rate:cny", file="", missing="cny")
    assert of(judged(stop(), finding)).checks == {"core.fx_rates/rate.range"}
    assert of(judged(finding)).checks == {"core.fx_rates/rates.missing"}


def test_the_budget_is_no_catcher():
    assert sole_catcher({"t/a", "t/batch.within_budget"}) == "t/a"
    assert sole_catcher({"t/a", "t/b"}) == sole_catcher(()) == ""


def trial(kind="k", result="caught", checks=("t/a",), *, p=0.0, size=None) -> Trial:
    made = Outcome(result=result, is_exact=True, checks=frozenset(checks))
    return Trial(kind=kind, size=size, class_="pair", outcome=made, p_natural=p)


def test_every_detectable_cell_weighs_the_same_and_the_others_are_listed():
    trials = [
        *(trial(size=2.0) for _ in range(9)),
        trial(size=4.0, result="missed", checks=()),
        *(trial(size=1.02, result="missed", checks=(), p=p) for p in (0.5, 0.5, 0.0)),
    ]
    sized = FaultKind(name="k", says="", file="fx.csv", do=KIND.do, sizes=(1.02, 2.0, 4.0, 8.0))
    content = scored([sized, ABSORBED], trials, 0.01)
    assert content["mean_detection"] == 0.5
    assert content["kinds"][0]["detection"] == 0.5
    assert content["kinds"][0]["note"] == "no row to hit for size 8.0"
    assert content["undetectable"] == [{"kind": "k", "size": 1.02, "class": "pair", "p_natural": 0.5, "detection": 0.0}]
    assert content["kinds"][1]["detection"] is None
    assert content["kinds"][1]["note"] == "no row to hit"


def test_a_size_that_is_declared_undetectable_is_listed_with_its_reason_and_not_counted():
    declared = (Undetectable(size=0.1, why="nobody can tell"),)
    sized = FaultKind(name="k", says="", file="fx.csv", do=KIND.do, sizes=(0.1, 10.0), undetectable=declared)
    content = scored([sized], [trial(size=0.1, result="missed", checks=()), trial(size=10.0)], 0.01)
    assert content["mean_detection"] == 1.0
    (entry,) = content["undetectable"]
    assert (entry["size"], entry["declared"], entry["p_natural"]) == (0.1, "nobody can tell", 0.0)


def test_an_absorbed_kind_that_is_stopped_counts_against_the_gate():
    content = scored([ABSORBED], [trial(kind="a"), trial(kind="a", result="absorbed", checks=())], 0.01)
    assert content["mean_detection"] == 0.5


def test_who_caught_alone_and_who_never_did():
    trials = [trial(size=2.0), trial(size=2.0), trial(kind="z", checks=("t/a", "t/b"))]
    stated = [RedundantCheck(check="*/b", why="it is cheap")]
    alone, others = catchers(trials, ["t/a", "t/b", "t/c"], stated)
    assert alone == {"t/a": ["k/2.0"]}
    assert others == [{"check": "t/b", "why": "it is cheap"}, {"check": "t/c", "why": None}]


@pytest.mark.parametrize(
    ("baseline", "worse"),
    [({"k": 1.0}, []), ({"k": None}, []), ({"gone": 0.5}, ["gone: not measured, was 50%"])],
)
def test_worse_than_a_baseline(baseline, worse):
    content = scored([KIND], [trial()], 0.01)
    assert worse_than(baseline, content) == worse
    missed = scored([KIND], [trial(result="missed", checks=())], 0.01)
    assert worse_than({"k": 1.0}, missed) == ["k: 0%, was 100%"]
