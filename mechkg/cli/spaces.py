"""What ``mechkg start`` prints: the verdicts on the first hypothesis space in full, a line for each of the others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from mechkg.cli.output import console, print_check
from mechkg.cli.page import print_parts

if TYPE_CHECKING:
    from mechkg.service.workspace import Workspace


def print_verdicts(workspace: Workspace) -> None:
    """Print the verdicts on every hypothesis space, the first in full."""
    from mechkg.service.check import check, whole
    from mechkg.service.report_page import in_brief
    from mechkg.service.words import Words

    spaces = workspace.catalog.by_kind.get("space", [])
    if not spaces:
        return
    first, *others = (entry.id for entry in spaces)
    print_check(check(workspace, first))
    print_parts(in_brief(whole(workspace, first), Words.of(workspace, workspace.problem(first))), console)
    console.print(f"Why? [bold]mechkg why {first} CANDIDATE[/bold]. All of it: [bold]mechkg report {first}[/bold]\n")
    if not others:
        return
    console.print(
        "Other hypothesis spaces, with how many of their candidates survive, are ruled out (out) and not covered (open)"
    )
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("space", style="bold", no_wrap=True, min_width=max(map(len, others)))
    for name in ("survive", "out", "open"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    table.add_column("question")  # the only one that may be cut: a line for each space
    for name in others:
        found = check(workspace, name)
        counts = Counter(candidate.verdict for candidate in found.candidates)
        numbers = [counts["survives"], counts["ruled out"], counts["not covered"]]
        question = Text(found.question, no_wrap=True, overflow="ellipsis")
        table.add_row(name, *(str(count or "") for count in numbers), question)
    console.print(table)
    console.print("Verdicts on one of them: [bold]mechkg check SPACE[/bold]\n")
