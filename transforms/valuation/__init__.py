"""Valuation: the sum of a company's parts to the horizon, from facts and drivers, and what it says of target bands."""
