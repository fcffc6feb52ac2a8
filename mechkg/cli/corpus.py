"""``mechkg corpus``: load papers, check their quotes, count what they gave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_findings, print_json

if TYPE_CHECKING:
    from mechkg.service.workspace import Workspace

app = typer.Typer(help="Papers: load them, check their quotes, count what they gave.", no_args_is_help=True)

Files = Annotated[Optional[list[Path]], typer.Argument(help="Corpus files; the shipped ones by default.")]  # noqa: UP045


@app.command(epilog="Example: mechkg corpus load my_paper.yaml")
def load(files: Files = None, home: Home = None) -> None:
    """Load corpus files: all or nothing per file, and nothing twice."""
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        failed = load_and_report(workspace, files)
    raise typer.Exit(2 if failed else 0)


def load_and_report(workspace: Workspace, files: list[Path] | None) -> bool:
    """Load, with progress on a terminal; print what happened; say whether a file was refused."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from mechkg.service.load_corpus import load_corpus

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks = {}

        def show(name: str, done: int, of: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=of)
            progress.update(tasks[name], completed=done)

        report = load_corpus(workspace, files, show)
    print_findings([f for f in report.findings if f.severity == "error"])
    for done in report.imports:
        changes = (
            f"{done.accepted} accepted, {done.superseded} superseded, {done.retracted} retracted, {done.unchanged} unchanged"
        )
        console.print(f"[bold]{done.file_name}[/bold]: {changes}")
        for held in done.held_back:
            console.print(f"  held back: {held.item} ({held.reason})")
    return any(f.severity == "error" for f in report.findings)


@app.command(epilog="Example: mechkg corpus verify --texts papers/")
def verify(
    texts: Annotated[Path, typer.Option(help="Folder with the texts of the papers.", exists=True, file_okay=False)],
    files: Files = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Check every quote against the text of its paper."""
    from mechkg.service.verify_corpus import verify_corpus

    report = verify_corpus(texts, files)
    if as_json:
        print_json(report.counts)
    else:
        print_findings(report.findings)
        for name, counts in report.counts.items():
            console.print(f"[bold]{name}[/bold]: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
    raise typer.Exit(0 if report.complete else 1)


@app.command(epilog="Example: mechkg corpus count")
def count(home: Home = None, as_json: AsJson = False, as_of: AsOf = None) -> None:
    """Count species, steps, procedures, stages, observations, assertions and quotes."""
    from mechkg.service.count import count as count_items
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        found = count_items(workspace.view(as_of))
    if as_json:
        print_json(found)
    else:
        for what, number in sorted(found.items()):
            console.print(f"{number:6} {what}")


@app.command(epilog="Example: mechkg corpus schema > corpus.schema.json")
def schema() -> None:
    """Print the JSON Schema of corpus and case files, for an editor to help with."""
    from mechkg.literature.schema import corpus_json_schema

    print_json(corpus_json_schema())
