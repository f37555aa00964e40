"""The report: one HTML file that works offline.

Here: `view` (what it is drawn from) and `render` (how). Not here: reading a warehouse. Importing this loads no charts.
"""
