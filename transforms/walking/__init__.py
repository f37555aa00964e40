"""The daily walk: what was knowable on each of many days, and which alerts that would have raised."""
