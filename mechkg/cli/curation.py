"""``mechkg curate``: proposals, their review, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mechkg.cli import curation_acts, curation_drafts
from mechkg.cli.curation_options import MaybeWhy, Why, opened_as, read_file
from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_json
from mechkg.cli.people import As
from mechkg.errors import BadInputError

if TYPE_CHECKING:  # loaded by the commands of this file alone, for the others are to answer at once
    from mechkg.curation.rebase import Choices
    from mechkg.model.change_set import ChangeSet
    from mechkg.service.recorded import Recorded
    from mechkg.service.workspace import Workspace

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

app = typer.Typer(
    help="Curation: propose changes of what counts, see what they would do, review them, discuss, sign.", no_args_is_help=True
)
app.add_typer(curation_drafts.app, name="draft")

SetName = Annotated[str, typer.Argument(metavar="SET", help="Name of a change set, set-N.")]
Revision = Annotated[
    Optional[int],
    typer.Option("--revision", min=1, help="The revision that you looked at.", show_default="the one that stands"),
]
File = Annotated[Path, typer.Argument(help="A proposal in YAML: sections as in a corpus file, change, remove.")]

ACCEPTABLE, NOT_ACCEPTABLE = 0, 1
"""Exit status of ``impact``."""


# --- reading ----------------------------------------------------------------------------------------------------------


@app.command(epilog="Example: mechkg curate queue --stale")
def queue(
    material: Annotated[Optional[str], typer.Option(help="Only of this material.")] = None,
    document: Annotated[Optional[str], typer.Option(help="Only with an edit in this paper.")] = None,
    author: Annotated[Optional[str], typer.Option(metavar="PERSON", help="Only by this person.")] = None,
    assignee: Annotated[Optional[str], typer.Option(metavar="PERSON", help="Only those that this person is to look at.")] = None,
    item: Annotated[Optional[str], typer.Option(help="Only with an edit of this item.")] = None,
    status: Annotated[Optional[str], typer.Option(help="Only of this status, decided ones too.")] = None,
    stale: Annotated[
        Optional[bool], typer.Option("--stale/--current", help="Only made on what no longer counts, or not.")
    ] = None,
    machine: Annotated[Optional[bool], typer.Option("--machine/--hand", help="Only suggested by a program, or not.")] = None,
    text: Annotated[Optional[str], typer.Option(help="Only with these words in title, reason or items.")] = None,
    decided: Annotated[bool, typer.Option("--decided", help="Those that are decided, in place of those that wait.")] = False,
    order: Annotated[str, typer.Option(help="oldest, newest, or changed (what was done something upon last).")] = "oldest",
    first: Annotated[int, typer.Option(min=1, max=500, help="So many at most.")] = 50,
    after: Annotated[Optional[str], typer.Option(help="Those after this cursor.")] = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """List the change sets that wait for somebody."""
    from typing import get_args

    from mechkg.cli.curation_output import print_queue
    from mechkg.model.change_set import SetStatus
    from mechkg.service.choosing import chosen
    from mechkg.service.queue import Filter
    from mechkg.service.queue import queue as page_of
    from mechkg.service.workspace import Workspace

    named: SetStatus | None = None if status is None else chosen("status", status, get_args(SetStatus))
    waiting = None if status is not None else not decided
    wanted = Filter(waiting, named, material, document, author, assignee, item, stale, machine, text)
    with Workspace.open(home) as workspace:
        page = page_of(workspace.view(as_of), wanted, order=order, first=first, after=after)
    print_queue(page, as_json=as_json)


@app.command(epilog="Example: mechkg curate show set-1300")
def show(change_set: SetName, as_json: AsJson = False, as_of: AsOf = None, home: Home = None) -> None:
    """Show a change set: each edit field by field, the words that it rests on, and what was said of it."""
    from mechkg.cli.curation_output import print_change_set
    from mechkg.service.acting import change_set_of
    from mechkg.service.queue import queued_of
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as opened:
        workspace = opened.view(as_of)
        found = change_set_of(workspace, change_set)
        names = [name for edit in found.edits for name in (edit.assertion, edit.base) if name is not None]
        print_change_set(queued_of(workspace.catalog, found), workspace.ledger.assertions(names), as_json=as_json)


@app.command(epilog="Example: mechkg curate impact set-1300 --proofs")
def impact(
    change_set: Annotated[str, typer.Argument(metavar="SET|FILE", help="A change set, or a proposal that is not made yet.")],
    proofs: Annotated[bool, typer.Option("--proofs", help="Prove each verdict that would flip.")] = False,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say what would change if a change set were accepted. Nothing is changed to find it out.

    Exit status: 0 when nothing stands against it, 1 when an error does, 2 for bad input.
    """
    from mechkg.cli.curation_output import impact_json, print_impact
    from mechkg.cli.output import print_explanation
    from mechkg.service.impact import impact_of
    from mechkg.service.impact_conclusions import conclusions_that_change
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as opened:
        workspace = opened.view(as_of)
        if re.fullmatch(r"set-\d+", change_set):
            _, found = impact_of(workspace, change_set)
        else:
            found = _impact_of_file(workspace, Path(change_set))
        conclusions = conclusions_that_change(found)
        explained = [proof for v in found.verdicts if proofs and v.flips and (proof := v.proof()) is not None]
        if as_json:
            content = impact_json(found, conclusions)
            if proofs:
                content["proofs"] = {f"{e.space}/{e.candidate.id}": [proof.as_json() for proof in e.proofs] for e in explained}
            print_json(content)
        else:
            print_impact(found, conclusions, as_json=False)
            for each in explained:
                console.print()
                print_explanation(each)
    raise typer.Exit(ACCEPTABLE if found.acceptable else NOT_ACCEPTABLE)


def _impact_of_file(workspace: Recorded, path: Path) -> Any:
    from mechkg.curation.edits import Put, checked
    from mechkg.service.acting import wishes_of
    from mechkg.service.impact import impact as work_out
    from mechkg.service.proposal import read_proposal

    proposal = read_proposal(workspace.catalog, read_file(path))
    wishes = wishes_of(workspace.catalog, proposal.asked)
    return work_out(workspace, checked(wishes), {wish.record.id: wish.record for wish in wishes if isinstance(wish, Put)})


# --- acting upon change sets ------------------------------------------------------------------------------------------


def _told(found: ChangeSet, as_json: bool) -> None:
    from mechkg.cli.curation_output import change_set_json

    if as_json:
        print_json(change_set_json(found))
    else:
        console.print(f"{found.id} ({found.title}), revision {found.revision}: {found.status}", markup=False)


def _standing(workspace: Workspace, change_set: str, revision: int | None) -> int:
    from mechkg.service.acting import change_set_of

    return change_set_of(workspace, change_set).revision if revision is None else revision


@app.command(epilog="Example: mechkg curate propose change.yaml --title 'Band of Figure 2b'")
def propose(
    file: File,
    title: Annotated[Optional[str], typer.Option(help="What it does, in a few words.", show_default="that of the file")] = None,
    reason: MaybeWhy = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Propose what a file says as one change set; it waits for a reviewer."""
    from mechkg.service.proposal import read_proposal
    from mechkg.service.propose import propose as do

    with opened_as(home, as_) as (workspace, by):
        wanted = read_proposal(workspace.catalog, read_file(file))
        found = do(workspace, by, wanted.asked, title=title or wanted.title, reason=reason or wanted.reason)
    _told(found, as_json)


@app.command(epilog="Example: mechkg curate revise set-1300 change.yaml")
def revise(
    change_set: SetName, file: File, revision: Revision = None, reason: MaybeWhy = None, as_: As = None, as_json: AsJson = False,
    home: Home = None,
) -> None:  # fmt: skip
    """Put what a file says in place of the edits of a change set of one's own; it waits again."""
    from mechkg.service.proposal import read_proposal
    from mechkg.service.revise import revise as do

    with opened_as(home, as_) as (workspace, by):
        wanted = read_proposal(workspace.catalog, read_file(file))
        seen = _standing(workspace, change_set, revision)
        found = do(
            workspace, by, change_set, wanted.asked, revision=seen, title=wanted.title or None, reason=reason or wanted.reason
        )
    _told(found, as_json)


@app.command(epilog="Example: mechkg curate rebase set-1300 --choose w-05:note:ours")
def rebase(
    change_set: SetName,
    choose: Annotated[
        Optional[list[str]],
        typer.Option("--choose", metavar="ITEM:FIELD:SIDE", help="ours or theirs, where both changed; several times."),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it would come to.")] = False,
    revision: Revision = None,
    reason: MaybeWhy = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Make a change set of one's own anew on what counts now, choosing a side wherever both changed the same."""
    from mechkg.cli.curation_output import print_merge
    from mechkg.service.rebase import merge_of
    from mechkg.service.rebase import rebase as do
    from mechkg.service.workspace import Workspace

    choices = _choices(choose or [])
    if preview:
        with Workspace.open(home) as workspace:
            print_merge(merge_of(workspace, change_set, choices), as_json=as_json)
        return
    with opened_as(home, as_) as (workspace, by):
        seen = _standing(workspace, change_set, revision)
        found = do(workspace, by, change_set, revision=seen, choices=choices, reason=reason)
    _told(found, as_json)


def _choices(given: list[str]) -> Choices:
    """Read choices.

    >>> _choices(["w-1:note:ours", "w-2::theirs"])
    {'w-1': {'note': 'ours'}, 'w-2': {'': 'theirs'}}
    """
    from mechkg.service.choosing import chosen

    found: dict[str, dict[str, Any]] = {}
    for text in given:
        parts = text.split(":")
        if len(parts) != 3:
            raise BadInputError(f"'{text}' chooses nothing", hint="write ITEM:FIELD:ours or ITEM:FIELD:theirs")
        found.setdefault(parts[0], {})[parts[1]] = chosen("side", parts[2], ("ours", "theirs"))
    return found


@app.command(epilog="Example: mechkg curate accept set-1300 --reason 'checked against Figure 2'")
def accept(
    change_set: SetName,
    revision: Revision = None,
    reason: MaybeWhy = None,
    despite: Annotated[
        Optional[list[str]],
        typer.Option("--despite", metavar="DOUBT=WHY", help="Why, in spite of a doubt among the findings; several times."),
    ] = None,
    alone: Annotated[
        Optional[str], typer.Option("--alone", metavar="WHY", help="Why own work is accepted, where nobody else may review.")
    ] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Accept a change set of others: all of it counts from here on. Look at its impact first."""
    from mechkg.service.accept import accept as do

    pairs = [text.partition("=") for text in despite or ()]
    if any(not why for _, _, why in pairs):
        raise BadInputError("a doubt is named together with why it is no obstacle", hint="--despite 'DOUBT=WHY'")
    doubts = {doubt: why for doubt, _, why in pairs}
    with opened_as(home, as_) as (workspace, by):
        seen = _standing(workspace, change_set, revision)
        found = do(workspace, by, change_set, revision=seen, reason=reason, despite=doubts or None, alone=alone)
    _told(found, as_json)


@app.command(epilog="Example: mechkg curate reject set-1300 --reason 'the figure shows no such band'")
def reject(
    change_set: SetName, reason: Why, revision: Revision = None, as_: As = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Leave a change set out for good, saying why."""
    from mechkg.service.reject import reject as do

    with opened_as(home, as_) as (workspace, by):
        found = do(workspace, by, change_set, revision=_standing(workspace, change_set, revision), reason=reason)
    _told(found, as_json)


@app.command("request-changes", epilog="Example: mechkg curate request-changes set-1300 --reason 'say which figure'")
def request_changes(
    change_set: SetName, reason: Why, revision: Revision = None, as_: As = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Send a change set back to its authors, saying what to change."""
    from mechkg.service.request_changes import request_changes as do

    with opened_as(home, as_) as (workspace, by):
        found = do(workspace, by, change_set, revision=_standing(workspace, change_set, revision), reason=reason)
    _told(found, as_json)


@app.command(epilog="Example: mechkg curate withdraw set-1300 --reason 'said already'")
def withdraw(
    change_set: SetName, reason: Why, revision: Revision = None, as_: As = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Take a change set of one's own back."""
    from mechkg.service.withdraw import withdraw as do

    with opened_as(home, as_) as (workspace, by):
        found = do(workspace, by, change_set, revision=_standing(workspace, change_set, revision), reason=reason)
    _told(found, as_json)


curation_acts.add_to(app)
