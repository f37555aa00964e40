"""The options that several commands share.

Here: their types and help. Not here: the commands (`app` lists them), which company is meant when nobody says
(`flows.steps.comparing.default_company`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Folder the data lives in. Else AICYCLE_HOME, else .aicycle/ under this folder."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="Only facts known by the end of this day (UTC), or by this instant."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Company = Annotated[
    str | None,
    typer.Option("--company", help="A company of config/universe.toml; by default the first of config/scenarios/."),
]
CompanyOrAll = Annotated[
    str | None, typer.Option("--company", help="A company of config/universe.toml; by default all.")
]
