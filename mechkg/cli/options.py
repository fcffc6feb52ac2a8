"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional, cast

import typer

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

Home = Annotated[
    Optional[Path],
    typer.Option("--home", envvar="MECHKG_HOME", help="Folder of ledger and graph.", show_default="the user's data folder"),
]
Space = Annotated[str, typer.Argument(help="Name of a hypothesis space, or a case file (.yaml).")]
AsOf = Annotated[
    Optional[str],
    typer.Option("--as-of", metavar="WHEN", help="Ask of the past: the name of a release, a time, or a position of the ledger."),
]
Without = Annotated[
    Optional[list[str]],
    typer.Option("--without", "-w", metavar="ASSUMPTION", help="Withdraw an assumption; may be given several times."),
]
Ignoring = Annotated[
    Optional[list[str]],
    typer.Option(
        "--ignoring", "-i", metavar="OBSERVATION", help="Leave an observation out of account; may be given several times."
    ),
]
Steps = Annotated[
    Optional[list[str]],
    typer.Option("--step", metavar="STEP", help="Put a candidate together from optional steps; may be given several times."),
]
Postulates = Annotated[
    Optional[list[str]],
    typer.Option("--postulate", metavar="CLAIM", help="Let that candidate make a claim; may be given several times."),
]
Budget = Annotated[
    float,
    typer.Option("--budget", min=0.0, metavar="SECONDS", help="End the search for conflict sets of a candidate after this time."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown instead of text.")]

Form = Literal["text", "csv", "json", "markdown", "table"]


def form_of(**given: bool) -> Form:
    """Return the form that is asked for, text by default; raise BadParameter when there is more than one.

    >>> form_of(json=False, markdown=True)
    'markdown'
    """
    chosen = [name for name, wanted in given.items() if wanted]
    if len(chosen) > 1:
        raise typer.BadParameter(f"choose one of {' and '.join(f'--{name}' for name in chosen)}")
    return cast("Form", chosen[0]) if chosen else "text"
