"""``mechkg report``: everything that is found about a hypothesis space."""

from __future__ import annotations

import io
import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console

from mechkg.cli.options import AsJson, AsMarkdown, AsOf, Budget, Home, Ignoring, Space, Without, form_of
from mechkg.cli.output import WIDTH, console
from mechkg.cli.page import print_page
from mechkg.errors import BadInputError

_FORMS = {".md": "markdown", ".markdown": "markdown", ".json": "json"}


def report(
    space: Space,
    without: Without = None,
    ignoring: Ignoring = None,
    budget: Budget = 5.0,
    markdown: AsMarkdown = False,
    as_json: AsJson = False,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads this form
        typer.Option("--output", "-O", metavar="FILE", help="Write to a file; .md and .json say in which form.", dir_okay=False),
    ] = None,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Report on a hypothesis space: verdicts, kill matrix, survivors, conflicts, repairs, what if, the next experiment."""
    from rich.progress import BarColumn, Progress, TextColumn

    from mechkg.service.open_case import opened_at
    from mechkg.service.page import as_markdown
    from mechkg.service.report import as_json as report_as_json
    from mechkg.service.report import report as report_on
    from mechkg.service.report_page import page

    asked = form_of(json=as_json, markdown=markdown)
    if output is not None and not output.parent.is_dir():
        raise BadInputError(f"there is no folder '{output.parent}' to write '{output.name}' into")
    suffix = output.suffix.lower() if output is not None else ""
    form = asked if asked != "text" else _FORMS.get(suffix, "text")
    columns = (TextColumn("{task.description}"), BarColumn())
    hidden = not console.is_terminal
    with (
        opened_at(space, home, as_of) as (workspace, name),
        Progress(*columns, console=console, transient=True, disable=hidden) as shown,
    ):
        task = shown.add_task("verdicts", total=1.0)
        found = report_on(
            workspace,
            name,
            without=without or (),
            ignoring=ignoring or (),
            budget=budget,
            progress=lambda what, share: shown.update(task, description=what, completed=share),
        )
    found = replace(found, asked_as=shlex.quote(space))
    if form == "text" and output is None:
        print_page(page(found), console)
        return
    if form == "text":
        out = io.StringIO()
        print_page(page(found), Console(file=out, width=WIDTH, highlight=False, emoji=False))
        text = out.getvalue()
    elif form == "markdown":
        text = as_markdown(page(found))
    else:
        text = json.dumps(report_as_json(found), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"cannot write '{output}': {error.strerror}") from error
    console.print(f"Written to {output}.")
