"""``mechkg table``: what counts as CSV or XLSX, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_findings, print_json
from mechkg.cli.people import As, Why
from mechkg.errors import BadInputError, NotFoundError

if TYPE_CHECKING:
    from mechkg.literature.spreadsheets import Sheet
    from mechkg.service.import_table import Preview
    from mechkg.service.workspace import Workspace

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

app = typer.Typer(help="Tables: what counts as CSV or XLSX, and back.", no_args_is_help=True)


@app.command("export", epilog="Example: mechkg table export claim species -o claims.xlsx")
def export_table(
    what: Annotated[
        list[str], typer.Argument(help="Kinds of items, 'disagreements', the name of one, or 'compositions' (by band and work).")
    ],
    output: Annotated[
        Optional[Path], typer.Option("--output", "-o", help="A .csv or .xlsx file.", show_default="CSV, printed")
    ] = None,
    document: Annotated[Optional[str], typer.Option("--document", "-d", help="Only items of this document.")] = None,
    tolerance: Annotated[
        Optional[str], typer.Option(metavar="LENGTH", help="Of disagreements: bands no further apart are taken for one.")
    ] = None,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Write what counts as a table. Cells that begin like a formula are made safe, and read back as they were."""
    from mechkg.service.export_table import written
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        sheets = [_sheet(workspace, name, document, tolerance, as_of) for name in what]
    content = written(sheets, "csv" if output is None else output.suffix.lstrip(".").lower())
    if output is None:
        sys.stdout.write(content.decode("utf-8-sig").replace("\r\n", "\n"))
        return
    output.write_bytes(content)
    rows = ", ".join(f"{len(sheet.rows)} rows of {sheet.name}" for sheet in sheets)
    console.print(f"{output}: {rows}", markup=False)


def _sheet(workspace: Workspace, name: str, document: str | None, tolerance: str | None, as_of: str | None) -> Sheet:
    from mechkg.model.corpus import ITEM_TYPES
    from mechkg.service.disagreements import disagreement, disagreements
    from mechkg.service.export_table import compositions_table, disagreements_table, items_table

    view = workspace.view(as_of)
    for kind in ("document", *ITEM_TYPES):
        if name in (kind, f"{kind}s"):
            return items_table(view, kind, document=document)
    if document is not None:
        raise BadInputError(f"'{name}' is no kind of item, and a document is named", hint="leave out --document")
    if name == "compositions":
        return compositions_table(view)
    if name == "disagreements":
        return disagreements_table(disagreements(view, tolerance=tolerance))
    known = [each.disagreement.id for each in disagreements(view, tolerance=tolerance).found]
    if name not in known:
        raise NotFoundError.of("table", name, [*known, "compositions", "disagreements", "document", *ITEM_TYPES])
    return disagreements_table(disagreement(view, name, tolerance=tolerance))


@app.command("import", epilog="Example: mechkg table import claims.xlsx --propose")
def import_table(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file, as 'mechkg table export' writes it.")],
    kind: Annotated[
        Optional[str], typer.Option("--kind", "-k", help="Kind of its items.", show_default="as the table says")
    ] = None,
    document: Annotated[Optional[str], typer.Option("--document", "-d", help="Document of rows that name none.")] = None,
    propose: Annotated[bool, typer.Option("--propose", help="Put it into the queue, as one change set.")] = False,
    title: Annotated[Optional[str], typer.Option("--title", help="Title of the change set.")] = None,
    reason: Why = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Hold a table against what counts, row by row; with --propose let it enter the queue, all of it or nothing.

    Exit status: 0 when nothing stands against it, else 1.
    """
    from mechkg.literature.spreadsheets import LARGEST
    from mechkg.service.import_table import import_table as enter
    from mechkg.service.import_table import preview_table
    from mechkg.service.people import acting
    from mechkg.service.workspace import Workspace

    if not file.is_file():
        raise NotFoundError(f"there is no file '{file}'")
    if file.stat().st_size > LARGEST:
        raise BadInputError(f"'{file.name}' has {file.stat().st_size} bytes; at most {LARGEST} are read", hint="split it")
    made = None
    with Workspace.open(home) as workspace:
        found = preview_table(workspace, file.read_bytes(), file.name, kind=kind, document=document)
        if propose and found.acceptable:
            made = enter(workspace, acting(workspace.ledger, as_), found, title=title, reason=reason)
    if as_json:
        print_json({**found.as_json(), "proposed": made.id if made else None})
    else:
        print_findings(found.findings, quiet=False)
        _print_preview(found)
        if made is not None:
            console.print(f"Proposed as {made.id}.")
        elif found.acceptable and found.asked:
            console.print(f"Into the queue: [bold]mechkg table import {file.name} --propose[/bold]")
    raise typer.Exit(0 if found.acceptable else 1)


def _print_preview(found: Preview) -> None:
    counts = f"{len(found.added)} added, {len(found.changed)} changed, {len(found.unchanged)} as they are"
    console.print(f"{found.name}: {counts}.", markup=False)
    for what, names in (("added", found.added), ("changed", found.changed)):
        if names:
            more = f" and {len(names) - 20} more" if len(names) > 20 else ""
            console.print(f"  {what}: {', '.join(names[:20])}{more}", markup=False)
    if not found.acceptable:
        console.print("Nothing was changed: a table enters as a whole, or not at all.")
