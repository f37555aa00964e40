import pytest

from aicycle.contracts import CONTRACTS
from aicycle.contracts.lineage import LINEAGE, Need, Reach


@pytest.mark.parametrize("need", LINEAGE, ids=lambda need: f"{need.output}-{need.table}-{need.metric}-{need.reach}")
def test_a_need_names_a_subject_as_its_tables_contract_does(need: Need):
    subject = CONTRACTS[need.table].subject

    assert subject is not None
    assert need.subject_kind == subject.kind
    assert subject.metric_column or need.metric == subject.metric


@pytest.mark.parametrize("need", LINEAGE, ids=lambda need: f"{need.output}-{need.table}-{need.metric}-{need.reach}")
def test_a_need_serves_a_table_of_the_marts(need: Need):
    assert need.output.startswith("marts.")
    is_long = "metric" in CONTRACTS[need.output].column_names
    assert bool(need.output_metrics) == is_long


def test_no_need_is_declared_twice_and_every_reach_is_used():
    lines = [(n.output, n.table, n.metric, n.reach) for n in LINEAGE]

    assert len(set(lines)) == len(lines)
    assert {n.reach for n in LINEAGE} == set(Reach)
