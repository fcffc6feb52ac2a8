"""``mechkg curate draft``: what is being written, before it is proposed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from mechkg.cli.curation_options import MaybeWhy, opened_as, read_file
from mechkg.cli.options import AsJson, Home
from mechkg.cli.output import console, print_json
from mechkg.cli.people import As

if TYPE_CHECKING:
    pass

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

app = typer.Typer(help="Drafts: kept version by version, seen by their owner alone.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="DRAFT", help="Name of a draft, draft-N.")]
Version = Annotated[
    Optional[int], typer.Option("--version", min=1, help="The version that you looked at.", show_default="the last")
]


@app.command("list", epilog="Example: mechkg curate draft list")
def list_drafts(
    discarded: Annotated[bool, typer.Option("--discarded", help="Those that were put away too.")] = False,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """List your drafts, the one saved last first."""
    from mechkg.cli.curation_output import print_drafts
    from mechkg.service.draft import drafts

    with opened_as(home, as_) as (workspace, by):
        print_drafts(drafts(workspace, by, discarded=discarded), as_json=as_json)


@app.command(epilog="Example: mechkg curate draft save change.yaml --draft draft-3")
def save(
    file: Annotated[Path, typer.Argument(help="A file in YAML; it need not be a valid proposal yet.")],
    draft: Annotated[Optional[str], typer.Option(metavar="DRAFT", help="The draft to go on with.", show_default="new")] = None,
    version: Version = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Save a file as a new draft, or as the next version of one."""
    from mechkg.cli.curation_output import draft_json
    from mechkg.service.draft import load_draft, save_draft

    content = read_file(file)
    with opened_as(home, as_) as (workspace, by):
        if draft is not None and version is None:
            version = load_draft(workspace, by, draft).version
        found = save_draft(workspace, by, content, draft=draft, version=version)
    if as_json:
        print_json(draft_json(found))
    else:
        console.print(f"{found.id}, version {found.version}", markup=False)


@app.command(epilog="Example: mechkg curate draft show draft-3 --version 2")
def show(name: Name, version: Version = None, as_: As = None, home: Home = None) -> None:
    """Print a draft as JSON: its last version, or a given one."""
    from mechkg.cli.curation_output import draft_json
    from mechkg.service.draft import load_draft

    with opened_as(home, as_) as (workspace, by):
        print_json(draft_json(load_draft(workspace, by, name, version=version)))


@app.command(epilog="Example: mechkg curate draft history draft-3")
def history(name: Name, as_: As = None, as_json: AsJson = False, home: Home = None) -> None:
    """List all versions of a draft, oldest first."""
    from mechkg.cli.curation_output import print_drafts
    from mechkg.service.draft import history_of_draft

    with opened_as(home, as_) as (workspace, by):
        print_drafts(history_of_draft(workspace, by, name), as_json=as_json)


@app.command(epilog="Example: mechkg curate draft discard draft-3")
def discard(name: Name, version: Version = None, as_: As = None, as_json: AsJson = False, home: Home = None) -> None:
    """Put a draft away; its versions stay."""
    from mechkg.cli.curation_output import print_drafts
    from mechkg.service.draft import discard_draft, load_draft

    with opened_as(home, as_) as (workspace, by):
        seen = load_draft(workspace, by, name).version if version is None else version
        print_drafts([discard_draft(workspace, by, name, version=seen)], as_json=as_json)


@app.command(epilog="Example: mechkg curate draft restore draft-3 2")
def restore(
    name: Name,
    old: Annotated[int, typer.Argument(metavar="VERSION", help="The version that it is to read like.")],
    version: Version = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Let a draft read again as in an earlier version."""
    from mechkg.cli.curation_output import print_drafts
    from mechkg.service.draft import load_draft, restore_draft

    with opened_as(home, as_) as (workspace, by):
        seen = load_draft(workspace, by, name).version if version is None else version
        print_drafts([restore_draft(workspace, by, name, old=old, version=seen)], as_json=as_json)


@app.command(epilog="Example: mechkg curate draft propose draft-3")
def propose(
    name: Name,
    version: Version = None,
    title: Annotated[Optional[str], typer.Option(help="A title in place of the one in the draft.")] = None,
    reason: MaybeWhy = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Propose what a draft says, and put the draft away."""
    from mechkg.cli.curation_output import change_set_json
    from mechkg.service.draft import propose_draft

    with opened_as(home, as_) as (workspace, by):
        found = propose_draft(workspace, by, name, version=version, title=title, reason=reason)
    if as_json:
        print_json(change_set_json(found))
    else:
        console.print(f"{found.id} ({found.title}), revision {found.revision}: {found.status}", markup=False)
