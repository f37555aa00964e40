"""aicycle: where the AI investment cycle stands, from data that passed its gate.

Here: the vocabulary (`model`), the table contracts (`contracts`), the outer edges (`sources`, `report`), the
settings, the errors and the command line. Not here: when things run (`flows`), what data means (`transforms`), where it
lives (`warehouse`) and whether it may be believed (`expectations`).
"""

__version__ = "0.1.0"
