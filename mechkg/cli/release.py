"""``mechkg release``: name what counts for good, write it into files, and read it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from rich.table import Table

from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_json
from mechkg.cli.people import As

if TYPE_CHECKING:  # loaded by the commands of this file alone, for the others are to answer at once
    from mechkg.service.release import Release

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

app = typer.Typer(help="Releases: what counts at a moment, named for good.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the release.")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the files.")]


@app.command(epilog="Example: mechkg release new 2024.1 --note 'As submitted'")
def new(
    name: Name,
    note: Annotated[Optional[str], typer.Option("--note", help="What it is, in a sentence.")] = None,
    as_of: AsOf = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Name what counts, now or as of then. A release cannot be changed or taken back."""
    from mechkg.service.people import acting, opened_ledger
    from mechkg.service.release import release

    with opened_ledger(home) as ledger:
        found = release(ledger, acting(ledger, as_), name, as_of=as_of, note=note)
    if as_json:
        print_json(_as_json(found))
    else:
        console.print(f"Released {found.name}: what counts at ledger position {found.position}.", markup=False)


@app.command("list", epilog="Example: mechkg release list --json")
def list_releases(as_json: AsJson = False, as_of: AsOf = None, home: Home = None) -> None:
    """List all releases, oldest first."""
    from mechkg.service.people import opened_record
    from mechkg.service.release import all_releases

    with opened_record(home, as_of) as record:
        found = all_releases(record)
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    if not found:
        console.print("There is no release yet: mechkg release new NAME", markup=False)
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in ("release", "position", "by", "on", "note"):
        table.add_column(column)
    for one in found:
        table.add_row(one.name, str(one.position), one.by, one.at.date().isoformat(), one.note or "")
    console.print(table)


@app.command("export", epilog="Example: mechkg release export 2024.1 release-2024.1 --key key.pem")
def export_files(
    name: Name,
    folder: Folder,
    key: Annotated[Optional[Path], typer.Option("--key", metavar="FILE", help="Private RSA key to sign with.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Write a release into a new folder: nanopublications (TriG, N-Quads, JSON-LD), Turtle and tables (CSV)."""
    from dataclasses import asdict

    from mechkg.service.export_release import export_release
    from mechkg.service.people import opened_ledger

    with opened_ledger(home) as ledger:
        manifest = export_release(ledger, name, folder, key=key)
    if as_json:
        print_json(asdict(manifest))
        return
    signed = ", signed" if manifest.key else ""
    console.print(f"{manifest.assertions} assertions in {len(manifest.files)} files of {folder}{signed}.", markup=False)


@app.command("import", epilog="Example: mechkg release import release-2024.1")
def import_files(
    folder: Folder,
    form: Annotated[str, typer.Option("--from", metavar="FORM", help="trig, n-quads, json-ld or csv.")] = "trig",
    signed_by: Annotated[
        Optional[str], typer.Option("--signed-by", metavar="KEY", help="Public key, in base64, that it must be signed with.")
    ] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Let all that a release holds count here, or nothing of it: its files are checked first."""
    from dataclasses import asdict
    from typing import cast, get_args

    from mechkg.graph.import_release import Form
    from mechkg.service.import_release import import_release
    from mechkg.service.people import acting
    from mechkg.service.workspace import Workspace

    if form not in get_args(Form):
        raise typer.BadParameter(f"'{form}' is not a form; use {', '.join(get_args(Form))}")
    with Workspace.open(home) as workspace:
        by = acting(workspace.ledger, as_)
        report = import_release(workspace, by, folder, form=cast("Form", form), signed_by=signed_by)
    if as_json:
        print_json(asdict(report))
        return
    console.print(
        f"Release {report.release}: {report.accepted} accepted, {report.superseded} superseded, "
        f"{report.retracted} retracted, {report.unchanged} unchanged.",
        markup=False,
    )


def _as_json(found: Release) -> dict[str, Any]:
    return {
        "name": found.name,
        "position": found.position,
        "digest": found.digest,
        "by": found.by,
        "at": found.at.isoformat(),
        "note": found.note,
    }
