"""``mechkg matrix``: which part each observation plays for each candidate."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mechkg.cli.options import AsJson, Home, Ignoring, Space, Without
from mechkg.cli.output import console, print_json
from mechkg.cli.page import print_parts


def matrix(
    space: Space,
    without: Without = None,
    ignoring: Ignoring = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: a row per candidate, a column per observation.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print the kill matrix: for each candidate and observation whether it conflicts, is explained, is permitted or is silent."""
    from mechkg.service.matrix import as_csv as matrix_as_csv
    from mechkg.service.matrix import as_json as matrix_as_json
    from mechkg.service.matrix import marks
    from mechkg.service.matrix import matrix as matrix_of
    from mechkg.service.open_case import opened

    if as_csv and as_json:
        raise typer.BadParameter("choose one of --csv and --json")
    with opened(space, home) as (workspace, name):
        found, words = matrix_of(workspace, name, without=without or (), ignoring=ignoring or ())
    if as_csv:
        sys.stdout.write(matrix_as_csv(found))
    elif as_json:
        print_json({"space": name, **matrix_as_json(found)})
    else:
        print_parts([marks(found, words)], console)
