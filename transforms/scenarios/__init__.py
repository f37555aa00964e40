"""Scenarios: what a company is worth in each, how likely each is, and where its price stands among them."""
