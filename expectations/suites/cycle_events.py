"""What cycle events need beyond their contract: one without a source is said to have none."""

from expectations.checks import stated

ADDITIONS = (stated("source", reason="no source is stated: nobody can look this event up"),)
