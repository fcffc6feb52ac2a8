"""``mechkg matrix``: which part each observation plays for each candidate."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mechkg.cli.options import AsJson, AsMarkdown, AsOf, Home, Ignoring, Space, Without, form_of
from mechkg.cli.output import console, print_json
from mechkg.cli.page import print_parts


def matrix(
    space: Space,
    without: Without = None,
    ignoring: Ignoring = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: a row per candidate, a column per observation.")] = False,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Print the kill matrix: for each candidate and observation whether it conflicts, is explained, is permitted or is silent."""
    from mechkg.service.matrix import as_csv as matrix_as_csv
    from mechkg.service.matrix import as_json as matrix_as_json
    from mechkg.service.matrix import marks
    from mechkg.service.matrix import matrix as matrix_of
    from mechkg.service.open_case import opened_at
    from mechkg.service.page import parts_as_markdown

    form = form_of(csv=as_csv, json=as_json, markdown=markdown)
    with opened_at(space, home, as_of) as (workspace, name):
        found, words = matrix_of(workspace, name, without=without or (), ignoring=ignoring or ())
    problem = words.problem
    if form == "csv":
        sys.stdout.write(matrix_as_csv(found))
    elif form == "json":
        print_json({"space": problem.space.id, "graph_version": problem.version, **matrix_as_json(found)})
    elif form == "markdown":
        sys.stdout.write(parts_as_markdown(f"Kill matrix: {problem.space.title}", [marks(found, words)]))
    else:
        print_parts([marks(found, words)], console)
