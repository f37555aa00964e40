"""Forecasts of our own: asked every quarter, stored before their outcome can be known, scored when it is."""
