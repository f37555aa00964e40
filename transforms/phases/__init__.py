"""Where each segment stands in the cycle: features, a filter over quarters, and the honesty about both.

Here: the entry. Not here: the rules (`config/phases.toml`); the parts, one module each beside this one.
"""

from transforms.phases.assessment import PhaseAnswer, assess_phases

__all__ = ["PhaseAnswer", "assess_phases"]
