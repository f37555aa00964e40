"""What rates need beyond their contract: they fit their pair's past, the day's other pairs, and other ways across."""

from aicycle.model.kinds import Severity
from expectations.checks import within

ADDITIONS = (
    within("session.repeat", ("rate",), reason="the day's rates are those of the day before"),
    within("rate.jump", ("rate",), reason="the rate moved further than rates do"),
    within("rate.surprise", ("rate",), reason="the rate moved unusually, and no other pair bears it out"),
    within("session.market", ("rate",), reason="all rates of the day moved further than the dollar does"),
    within("rate.cross", ("rate",), reason="two other pairs of the day come to another rate"),
    within("rate.repeat", ("rate",), severity=Severity.ADVISORY, reason="the rate is that of the day before"),
)
