"""Where one phase may be stated: alone the likeliest, and likely enough."""

import numpy as np
import pytest

from aicycle.model.parameters import Configuration
from transforms.phases.deciding import is_clear


@pytest.mark.parametrize(
    ("probabilities", "clear"),
    [([0.9, 0.05, 0.05], True), ([0.5, 0.5, 0.0], False), ([0.34, 0.33, 0.33], False)],
    ids=["one leads", "two tie", "none is likely enough"],
)
def test_a_phase_is_stated_where_it_leads_alone(
    probabilities: list[float], clear: bool, configuration: Configuration
) -> None:
    assert is_clear(np.array([probabilities]), configuration.phases).tolist() == [clear]
