"""Faults put into clean data to see what the gate makes of them: from a catalogue's kinds to a scorecard. Pure.

Here: recorded files as rows of text, faults in them, how far clean data move by themselves, outcomes, the score. Not
here: catalogues (`aicycle.model.faults`), judging what was made (`flows.steps.gate_scoring`).
"""
