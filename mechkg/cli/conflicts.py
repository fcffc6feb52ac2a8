"""``mechkg conflicts``: what cannot hold together in a candidate, and what would have to go for it to return."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Optional

import typer

from mechkg.cli.options import (
    AsJson,
    AsMarkdown,
    AsOf,
    Budget,
    Home,
    Ignoring,
    Postulates,
    Space,
    Steps,
    Without,
    form_of,
)
from mechkg.cli.output import console, print_json
from mechkg.cli.page import print_parts


def conflicts(
    space: Space,
    candidate: Annotated[Optional[str], typer.Argument(help="Name of a candidate.")] = None,  # noqa: UP045 - typer reads it
    without: Without = None,
    ignoring: Ignoring = None,
    step: Steps = None,
    postulate: Postulates = None,
    budget: Budget = 5.0,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say what cannot hold together in a candidate: the first minimal conflict set at once, then all, and the repairs.

    A conflict set holds steps, claims, assumptions and observations that cannot all stand, and no part of it is one. A repair
    is a smallest set of assumptions and observations without which the candidate is free of conflict.
    """
    from rich.progress import Progress, TextColumn

    from mechkg.service.conflicts import as_json as sets_as_json
    from mechkg.service.conflicts import conflicts as search
    from mechkg.service.conflicts import first_conflict, set_as_json
    from mechkg.service.conflicts_page import all_of, first_of
    from mechkg.service.open_case import opened_at
    from mechkg.service.page import parts_as_markdown
    from mechkg.service.words import LEGEND

    form = form_of(json=as_json, markdown=markdown)
    asked: dict[str, Any] = {"without": without or (), "ignoring": ignoring or (), "steps": step, "postulates": postulate or ()}
    with opened_at(space, home, as_of) as (workspace, name):
        clashes = first_conflict(workspace, name, candidate, **asked)
        if form == "text":
            print_parts(first_of(clashes), console)
        hidden = form != "text" or not console.is_terminal or clashes.first is None
        with Progress(TextColumn("{task.description}"), console=console, transient=True, disable=hidden) as shown:
            task = shown.add_task("looking for all conflict sets and repairs", total=None)
            found = search(
                workspace,
                name,
                candidate,
                **asked,
                budget=budget,
                progress=lambda sets, repairs: shown.update(task, description=f"{sets} conflict sets, {repairs} repairs"),
            )
    problem = clashes.words.problem
    if form == "json":
        first = set_as_json(clashes.first) if clashes.first else None
        content = {"space": problem.space.id, "graph_version": problem.version, "verdict": clashes.verdict, "first": first}
        print_json({**content, **sets_as_json(found)})
        return
    parts = [*first_of(clashes)] if form == "markdown" else []
    if clashes.first is not None:
        parts += [*all_of(found, clashes.words), LEGEND]
    if form == "markdown":
        sys.stdout.write(parts_as_markdown(f"Conflict sets: {problem.space.title}", parts))
    else:
        print_parts(parts, console)
