"""The commands under `aicycle eval`: what the model's claims are worth.

Here: the group they are registered on. Not here: the commands (`confronting`).
"""

from __future__ import annotations

import typer

eval_app = typer.Typer(name="eval", help="Hold the model against what it claims.", no_args_is_help=True)
