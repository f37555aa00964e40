"""The gate's logic after the checks: repeats, the division of a batch, holds. Pure functions."""
