"""``mechkg ontology``: check it with a reasoner and with shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.markup import escape

from mechkg.cli.output import console, print_findings

app = typer.Typer(help="The ontology: check it with a reasoner and with shapes.", no_args_is_help=True)


@app.command(epilog="Example: mechkg ontology check --extra my_terms.ttl")
def check(
    extra: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads this form
        typer.Option("--extra", help="Turtle to check together with it.", exists=True, dir_okay=False),
    ] = None,
    graph: Annotated[bool, typer.Option(help="Check the accepted graph against the shapes as well.")] = True,
    hierarchy: Annotated[bool, typer.Option(help="Print the subclasses that the reasoner found.")] = False,
    home: Annotated[Optional[Path], typer.Option("--home", envvar="MECHKG_HOME", help="Folder of ledger and graph.")] = None,  # noqa: UP045
) -> None:
    """Run HermiT (consistency, unsatisfiable classes, inferred hierarchy) and the SHACL shapes."""
    from mechkg.service.check_ontology import check_ontology

    report = check_ontology(extra or (), home if graph else None, with_graph=graph)
    print_findings(report.findings, quiet=False)
    console.print(f"consistent: {'yes' if report.consistent else 'no'}")
    console.print(f"unsatisfiable classes: {', '.join(report.unsatisfiable) or 'none'}")
    for what, number in report.counts.items():
        console.print(f"{what}: {number}")
    console.print(f"inferred subclass relations: {len(report.inferred)}")
    if hierarchy:
        for sub, sup in report.inferred:
            console.print(f"  {escape(sub)} is a {escape(sup)}")
    bad = not report.consistent or report.unsatisfiable or any(f.severity == "error" for f in report.findings)
    raise typer.Exit(1 if bad else 0)
