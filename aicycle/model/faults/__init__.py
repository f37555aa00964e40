"""What can happen to data on its way to us, as data: the vocabulary of fault catalogues and of the gate's scorecard.

Here: frozen dataclasses. Not here: reading catalogues (`aicycle.settings.faults`), doing to files what they say
(`transforms.gate.faults`).
"""

from aicycle.model.faults.conditions import RowCondition
from aicycle.model.faults.kinds import FaultFile, FaultKind, RowsHit, Size, Undetectable
from aicycle.model.faults.operations import OPERATIONS, Operation
from aicycle.model.faults.scoring import JudgedAlarm, RedundantCheck, ScoringRules

__all__ = [
    "OPERATIONS",
    "FaultFile",
    "FaultKind",
    "JudgedAlarm",
    "Operation",
    "RedundantCheck",
    "RowCondition",
    "RowsHit",
    "ScoringRules",
    "Size",
    "Undetectable",
]
