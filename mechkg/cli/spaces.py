"""What ``mechkg start`` prints: the verdicts on the first hypothesis space in full, a line for each of the others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

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
    table = Table(title="Other hypothesis spaces", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("space", style="bold", no_wrap=True)
    for name in ("candidates", "survive", "ruled out", "not covered"):
        table.add_column(name, justify="right")
    table.add_column("question", no_wrap=True, overflow="ellipsis")
    for name in others:
        found = check(workspace, name)
        counts = Counter(candidate.verdict for candidate in found.candidates)
        numbers = [len(found.candidates), counts["survives"], counts["ruled out"], counts["not covered"]]
        table.add_row(name, *(str(count or "") for count in numbers), escape(found.question))
    console.print(table)
    console.print("Verdicts on one of them: [bold]mechkg check SPACE[/bold]\n")
