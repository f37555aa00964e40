"""The baseline, as it was before there was a model."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.event_members import event_members
from transforms.phases.dictionary import dictionary_phases

REGION, MODEL, RULING = {"type": "region_launch"}, {"type": "model_release"}, {"type": "regulation"}


@pytest.fixture
def read(configuration, given):
    def reading(*rows, segment="cloud"):
        events = given.events(*rows)
        found = dictionary_phases(
            events=events, members=event_members(given.announcements(), events), universe=configuration.universe,
            rules=configuration.phases, as_of=given.as_of,
        )  # fmt: skip
        mine = (pl.col("company") == "Alibaba") & (pl.col("segment") == segment)
        return found.row(by_predicate=mine, named=True)["phase"]

    return reading


def test_the_majority_of_the_votes_is_the_phase(read) -> None:
    assert read(REGION, REGION, MODEL) == 1
    assert read(REGION, REGION, MODEL, RULING) == 1, "half is not below half"
    assert read(REGION, MODEL) is None, "a tie"
    assert read(REGION, REGION, REGION, MODEL, MODEL, RULING, RULING) is None, "outvoted"
    assert read() is None


def test_one_announcement_votes_once_for_each_phase(read) -> None:
    eight = [REGION | {"announcement_id": "eight countries"} for _ in range(8)]
    assert read(*eight, MODEL, MODEL) == 2


def test_votes_fade_and_rulings_fade_slower(read, given) -> None:
    old = {"known_at": given.as_of - 4 * given.year}
    assert read(MODEL | old, MODEL | old, RULING | old, RULING | old) == 3
    assert read(MODEL | {"known_at": given.as_of - given.year}) is None, "half a vote is hearsay"


def test_others_do_not_vote(read) -> None:
    assert read(REGION | {"company": "Nvidia"}, REGION | {"segment": "models"}) is None
    assert read(MODEL | {"company": "Ant", "segment": "fintech"}, segment="fintech") == 2
