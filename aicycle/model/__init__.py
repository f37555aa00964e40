"""The vocabulary in plain Python: time, addresses, kinds, parameters. No library of tables, no validation framework."""
