"""Keep the ledger safe: back it up, restore it, verify it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from mechkg.cli.options import AsJson, Home
from mechkg.cli.output import console, errors, print_json

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045


def backup(
    target: Annotated[Path, typer.Argument(help="Folder to back up into; one with an earlier backup is continued.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Back the ledger up, with the papers kept, while others work; what was copied is checked before it counts.

    In a folder that holds an earlier backup of the same ledger, what came since is added.
    """
    from mechkg.service.back_up import back_up

    with _progress() as told:
        report = back_up(target, home, progress=told)
    manifest = report.manifest
    if as_json:
        print_json({"folder": str(target), "new_acts": report.new_acts, "new_papers": report.new_papers, **asdict(manifest)})
        return
    console.print(
        f"{escape(str(target))}: {manifest.position} acts, {report.new_acts} of them new; their chain holds. Last act "
        f"{manifest.at or 'none'}.",
        soft_wrap=True,
    )
    console.print(f"Its head, to be kept elsewhere too: {manifest.position}:{manifest.digest}", soft_wrap=True)


def restore(
    source: Annotated[Path, typer.Argument(help="Folder with a backup.")],
    to: Annotated[
        str, typer.Option("--to", metavar="HOME|URL", help="A new home folder, or the URL of an empty PostgreSQL database.")
    ],
    at: Annotated[
        Optional[str],
        typer.Option("--at", metavar="WHEN", help="Leave out what came later than a position, a time, or a release."),
    ] = None,
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Take sessions and tokens along, as they were when the backup was made.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup, whole or as of an earlier moment. Nothing is written over, and nothing is half restored.

    Sessions and tokens stay out unless they are asked for: one that was revoked since would hold again.
    """
    from mechkg.service.restore_backup import restore_backup

    with _progress() as told:
        report = restore_backup(source, to, at=at, tokens=tokens, progress=told)
    if as_json:
        print_json(asdict(report))
        return
    console.print(
        f"{report.head.position} acts restored, up to {report.at or 'none'}; their chain holds. Tokens: {report.tokens}.",
        soft_wrap=True,
    )
    if "://" not in to:
        console.print(f"To serve it: [bold]mechkg serve --home {escape(to)}[/bold]; the graph is derived anew.", soft_wrap=True)


def verify(
    where: Annotated[
        Optional[str],
        typer.Argument(help="A home folder, a ledger file, a backup, or a URL.", show_default="the ledger of the user"),
    ] = None,
    against: Annotated[
        Optional[list[str]],
        typer.Option("--against", metavar="HEAD", help="A backup, or POSITION:DIGEST, that the ledger has to go on from."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify the ledger from its first act on, and name the first that is not what was written.

    Exit status: 0 when all is as written, 1 when it is not, 2 when it cannot be read at all.
    """
    from mechkg.service.verify_ledger import verify_ledger

    with _progress() as told:
        found = verify_ledger(where, against=against or (), progress=lambda done, of: told("verifying", done, of))
    broken = found.broken
    if as_json:
        print_json({"ok": broken is None, **asdict(found)})
    elif broken is None:
        console.print(
            f"{found.acts} acts, {found.assertions} assertions, {found.batches} batches: all as written. Last act "
            f"{found.at or 'none'}.",
            soft_wrap=True,
        )
        console.print(f"Head, to be kept elsewhere: {found.head.position}:{found.head.digest}", soft_wrap=True)
    else:
        errors.print(
            f"[red]The ledger is not what was written.[/red] Act {broken.position}: {escape(broken.reason)}.", soft_wrap=True
        )
        if broken.expected is not None:
            errors.print(f"  expected  {escape(broken.expected)}\n  found     {escape(broken.found or '')}", soft_wrap=True)
        good = f"The {found.acts} acts before hold." if found.acts == broken.position - 1 else ""
        errors.print(f"{good} Restore from a backup: mechkg restore BACKUP --to HOME".strip(), soft_wrap=True)
    if broken is not None:
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show progress on a terminal while the block lasts."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=errors, transient=True,
        disable=not errors.is_terminal,
    )  # fmt: skip
    tasks: dict[str, object] = {}

    def told(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=of)
        bar.update(tasks[what], completed=done, total=of)  # type: ignore[arg-type]

    with bar:
        yield told
