"""``mechkg next``: the experiment to do next."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mechkg.cli.options import AsJson, AsMarkdown, AsOf, Home, Ignoring, Space, Without, form_of
from mechkg.cli.output import console, print_json
from mechkg.cli.page import print_parts


def next_experiment(
    space: Space,
    without: Without = None,
    ignoring: Ignoring = None,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="Show so many experiments.")] = 5,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say which experiment would split the candidates that survive, and which pairs nothing listed separates.

    Each experiment is a procedure of the papers with one thing changed. What a survivor predicts: 'must' be seen; 'likely' seen
    (reached by steps that have their promoters); 'open'; 'none' can be there. Cost is in hours, by a convention.
    """
    from rich.progress import Progress

    from mechkg.service.next_experiment import as_json as plan_as_json
    from mechkg.service.next_experiment import next_experiment as find
    from mechkg.service.next_experiment_page import experiments
    from mechkg.service.open_case import opened_at
    from mechkg.service.page import parts_as_markdown

    form = form_of(json=as_json, markdown=markdown)
    with (
        opened_at(space, home, as_of) as (workspace, name),
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("predictions", total=1.0)
        found, words = find(
            workspace,
            name,
            without=without or (),
            ignoring=ignoring or (),
            progress=lambda share: progress.update(task, completed=share),
        )
    problem = words.problem
    if form == "json":
        print_json({"space": problem.space.id, "graph_version": problem.version, **plan_as_json(found, most)})
    elif form == "markdown":
        sys.stdout.write(parts_as_markdown(f"The next experiment: {problem.space.title}", experiments(found, words, most)))
    else:
        print_parts(experiments(found, words, most), console)
        left = len(found.experiments) - most
        if left > 0:
            console.print(f"\n[dim]{left} more: --most {len(found.experiments)} shows all.[/dim]")
