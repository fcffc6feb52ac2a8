"""``mechkg benchmark``: hold what the engine and the reader of papers find against what people found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

from mechkg.cli.options import AsOf, Home
from mechkg.cli.output import console, print_json

if TYPE_CHECKING:
    from mechkg.literature.recognition import Score
    from mechkg.service.benchmark_conclusions import ConclusionReport

app = typer.Typer(help="Hold what the engine and the reader of papers find against what people found.", no_args_is_help=True)


@app.command(epilog="Example: mechkg benchmark conclusions conclusions.yaml")
def conclusions(
    file: Annotated[Path, typer.Argument(help="List of conclusions, each with id, conclusion and the curator's verdict.")],
    maps: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder of the files that put conclusions in the engine's own terms.", show_default="the shipped ones"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    proofs: Annotated[bool, typer.Option(help="Say why, where the engine and the curator differ.")] = True,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say of each conclusion whether it is derived, tied, contradicted or not covered, and whether the curator agrees.

    Exit status 0 when at least 85 % agree and nothing that the curator holds open is found derived, 1 otherwise.
    """
    from rich.progress import Progress

    from mechkg.service.benchmark_conclusions import as_json as report_as_json
    from mechkg.service.benchmark_conclusions import benchmark_conclusions
    from mechkg.service.workspace import Workspace

    with (
        Workspace.open(home) as workspace,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("conclusions", total=1.0)
        report = benchmark_conclusions(
            workspace.view(as_of), file, maps=maps, proofs=proofs, progress=lambda share: progress.update(task, completed=share)
        )
    if as_json:
        print_json(report_as_json(report))
    else:
        _print(report)
    raise typer.Exit(0 if report.agreeing >= 0.85 * len(report.assessed) and not report.overclaims else 1)


def _print(report: ConclusionReport) -> None:
    table = Table(title=f"Conclusions (graph version {report.graph_version})", title_justify="left")
    for name in ("conclusion", "curator", "found", "with, or against it"):
        table.add_column(name, no_wrap=name == "conclusion")
    for found in report.assessed:
        parts = []
        if found.candidates:
            parts.append(f"not in {', '.join(found.candidates)}")
        if found.assumptions:
            parts.append(f"assumes {', '.join(found.assumptions)}")
        if found.observations:
            parts.append(f"observed {', '.join(found.observations)}")
        colour = "green" if found.agrees else "red"
        judgement = (found.judgement or "").replace("_", " ")
        table.add_row(found.id, judgement, f"[{colour}]{found.found}[/{colour}]", escape("; ".join(parts)))
    console.print(table)
    for found in report.assessed:
        if not found.agrees and found.proof:
            console.print(f"\n[bold]{found.id}[/bold] {escape(found.text)}")
            console.print(f"curator: {(found.judgement or '').replace('_', ' ')}; found: {found.found}", style="dim")
            if found.note:
                console.print(escape(found.note))
            for line in found.proof:
                console.print(f"  {escape(line)}", soft_wrap=True)
    share = 100 * report.agreeing / max(1, len(report.assessed))
    console.print(f"\n{report.agreeing} of {len(report.assessed)} agree with the curator ({share:.0f} %).")
    console.print(f"Found derived, and held open by the curator: {len(report.overclaims)}.")
    if report.unmapped:
        console.print(f"Not put in the engine's terms: {', '.join(report.unmapped)}.")


@app.command(epilog="Example: mechkg benchmark recognition tests/literature/recognition/held_out.yaml --new-paper")
def recognition(
    file: Annotated[Path, typer.Argument(help="Passages of papers, with the names and quantities that a person marked in each.")],
    new_paper: Annotated[
        bool, typer.Option("--new-paper", help="Forget the names that the paper of a passage gave, but for its materials.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    home: Home = None,
) -> None:
    """Say how many names and quantities the reader of papers finds, and list every one that it misses or invents.

    Exit status 0 when precision is at least 0.95 and recall at least 0.90, 1 otherwise.
    """
    from mechkg.service.benchmark_recognition import as_json as report_as_json
    from mechkg.service.benchmark_recognition import benchmark_recognition
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        found = benchmark_recognition(workspace, file, new_paper=new_paper)
    if as_json:
        print_json(report_as_json(found))
    else:
        _print_score(found)
    raise typer.Exit(0 if found.precision() >= 0.95 and found.recall() >= 0.90 else 1)


def _print_score(found: Score) -> None:
    table = Table(title=f"Names and quantities in {found.passages} passages", title_justify="left")
    for name in ("kind", "there", "found", "precision", "recall"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind in (*found.kinds, None):
        figures = (str(found.there(kind)), str(found.found(kind)), f"{found.precision(kind):.3f}", f"{found.recall(kind):.3f}")
        table.add_row(kind or "all", *figures, end_section=kind == found.kinds[-1] if found.kinds else False)
    console.print(table)
    for miss in found.misses:
        said = f" = {miss.value}" if miss.value else ""
        console.print(f"{miss.what}: {miss.kind} “{miss.text}”{said}", markup=False)
        console.print(f"    {miss.paper}: {miss.passage}", markup=False, style="dim")
    missed, wrong = found.missed.total(), found.wrong.total()
    console.print(f"{missed} of {found.there()} not found, {wrong} of {found.found()} found and not there.")
