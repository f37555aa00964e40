"""Valuation: the sum of a company's parts to the horizon, from facts and drivers, and what that says of target bands."""
