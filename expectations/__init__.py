"""Whether the data may be believed. The only importer of Great Expectations, which is imported when a suite runs."""
