"""What the data means: pure functions, Polars in, Polars out. No clock, no network, no storage."""
