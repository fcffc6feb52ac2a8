"""``mechkg curate``: what is done upon things that count, what is said of them, and what waits for whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Optional, get_args

import typer

from mechkg.cli.curation_options import MaybeWhy, Why, opened_as
from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.people import As

if TYPE_CHECKING:
    from mechkg.model.ledger_record import Subject
    from mechkg.service.recorded import Recorded

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

Thing = Annotated[str, typer.Argument(metavar="ITEM", help="Id or printed name of an item, or the id of an assertion.")]
Upon = Annotated[
    str,
    typer.Argument(metavar="THING", help="An item, a change set (set-N), a verdict (space/candidate), or kind:name for others."),
]


def _assertion(workspace: Recorded, name: str) -> str:
    """Return the assertion that is meant: by its id, or the one of an item that counts, or counted last."""
    if re.fullmatch(r"RA[A-Za-z0-9_\-]{43}", name):
        return name
    gone = [act.assertion for act in workspace.ledger.history(name) if act.kind == "retract" and act.assertion is not None]
    if gone and name not in workspace.catalog.entries:
        return gone[-1]
    return workspace.catalog.find(name).record.id


def _subject(workspace: Recorded, text: str, item: Literal["item", "assertion"]) -> Subject:
    """Return what is meant; a plain name is that of an item, or of its assertion."""
    from mechkg.model.ledger_record import Subject, SubjectKind

    if text.partition(":")[0] in get_args(SubjectKind):
        return Subject.parse(text)
    if re.fullmatch(r"set-\d+", text):
        return Subject("set", text)
    if "/" in text or (text in workspace.catalog.entries and workspace.catalog.entries[text].kind == "space"):
        return Subject("verdict", text)
    if item == "item":
        return Subject("item", workspace.catalog.find(text).id)
    return Subject("assertion", _assertion(workspace, text))


def tasks(as_: As = None, as_json: AsJson = False, as_of: AsOf = None, home: Home = None) -> None:
    """List what waits for you: reviews, changes that were asked for, disputes, retractions, stale signatures."""
    from mechkg.cli.curation_output import print_tasks
    from mechkg.service.tasks import tasks as waiting

    with opened_as(home, as_) as (workspace, by):
        print_tasks(waiting(workspace.view(as_of), by), as_json=as_json)


def retract(
    item: Thing,
    code: Annotated[
        str,
        typer.Option(
            "--code",
            help="source-retracted, source-corrected, misread, mistyped, duplicate, out-of-scope, not-reproduced or other.",
            show_default=False,
        ),
    ],
    reason: Why,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Retract what counts; what rests on it goes on counting and waits for a review."""
    from mechkg.cli.curation_output import print_act
    from mechkg.model.change_set import RetractionCode
    from mechkg.service.choosing import chosen
    from mechkg.service.retract import retract as do

    codes: tuple[RetractionCode, ...] = get_args(RetractionCode)
    with opened_as(home, as_) as (workspace, by):
        named = chosen("code of why something goes", code, codes)
        act = do(workspace, by, _assertion(workspace, item), code=named, reason=reason)
    print_act(act, f"{item} is retracted", as_json=as_json)


def restore(item: Thing, reason: Why, as_: As = None, as_json: AsJson = False, home: Home = None) -> None:
    """Let what was retracted count again."""
    from mechkg.cli.curation_output import print_act
    from mechkg.service.restore import restore as do

    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, _assertion(workspace, item), reason=reason)
    print_act(act, f"{item} counts again", as_json=as_json)


def supersede(
    item: Thing,
    successor: Annotated[str, typer.Option("--by", metavar="ITEM", help="What says it better, and counts.", show_default=False)],
    reason: Why,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Let what counts give way to something else that counts and says it better."""
    from mechkg.cli.curation_output import print_act
    from mechkg.service.supersede import supersede as do

    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, _assertion(workspace, item), successor=_assertion(workspace, successor), reason=reason)
    print_act(act, f"{item} is superseded by {successor}", as_json=as_json)


def comment(
    upon: Upon,
    text: Annotated[str, typer.Argument(help="What there is to say.")],
    answers: Annotated[Optional[int], typer.Option(metavar="ACT", help="The comment that it answers.")] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say something upon a change set, an item, a verdict, a disagreement or a paper."""
    from mechkg.cli.curation_output import print_act
    from mechkg.service.comment import comment as do

    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, _subject(workspace, upon, "item"), text, answers=answers)
    print_act(act, f"said upon {act.subject}", as_json=as_json)


def dispute(
    upon: Upon,
    reason: Why,
    rests_on: Annotated[
        Optional[list[str]], typer.Option("--rests-on", metavar="ITEM", help="Something that speaks against it; several times.")
    ] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Dispute what counts; it goes on counting, marked as disputed, until somebody settles it."""
    from mechkg.cli.curation_output import print_act
    from mechkg.service.dispute import dispute as do

    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, _subject(workspace, upon, "assertion"), reason, rests_on=rests_on or ())
    print_act(act, f"{upon} is disputed", as_json=as_json)


def settle(
    upon: Upon,
    of: Annotated[int, typer.Option("--act", metavar="ACT", help="The act that began it.", show_default=False)],
    outcome: Annotated[
        str,
        typer.Option(help="upheld or dismissed, of a dispute; stands, of what rested on something gone.", show_default=False),
    ],
    reason: Why,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Settle a dispute, or the review that a retraction called for."""
    from mechkg.cli.curation_output import print_act
    from mechkg.curation.settle import Outcome
    from mechkg.service.choosing import chosen
    from mechkg.service.settle import settle as do

    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    end = chosen("outcome", outcome, outcomes)
    with opened_as(home, as_) as (workspace, by):
        subject = _subject(workspace, upon, "item" if end == "stands" else "assertion")
        act = do(workspace, by, subject, reason, outcome=end, of=of)
    print_act(act, f"{upon}: {end}", as_json=as_json)


def assign(
    what: Upon,
    to: Annotated[Optional[str], typer.Option("--to", metavar="PERSON", help="To whom.", show_default="nobody again")] = None,
    reason: MaybeWhy = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Assign a change set, an item, a paper or a disagreement to somebody, or to nobody again."""
    from mechkg.cli.curation_output import print_act
    from mechkg.service.assign import assign as do

    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, _subject(workspace, what, "item"), to, reason=reason)
    print_act(act, f"{act.subject} is assigned to {to or 'nobody'}", as_json=as_json)


def sign_off(upon: Upon, reason: MaybeWhy = None, as_: As = None, as_json: AsJson = False, home: Home = None) -> None:
    """Stand by an item or a verdict; the signature goes stale when anything beneath it changes."""
    from mechkg.cli.curation_output import print_signatures
    from mechkg.service.sign_off import Signature
    from mechkg.service.sign_off import sign_off as do

    with opened_as(home, as_) as (workspace, by):
        signed = do(workspace, by, _subject(workspace, upon, "assertion"), reason=reason)
        print_signatures(workspace, [Signature(signed, False, signed.says)], as_json=as_json)


def signatures(
    upon: Annotated[Optional[str], typer.Argument(metavar="THING", help="Upon this only.", show_default="all")] = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """List signatures, each held against what counts."""
    from mechkg.cli.curation_output import print_signatures
    from mechkg.service.sign_off import signatures as signed
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as opened:
        workspace = opened.view(as_of)
        found = signed(workspace, _subject(workspace, upon, "assertion") if upon is not None else None)
        print_signatures(workspace, found, as_json=as_json)


def decide(
    disagreement: Annotated[str, typer.Argument(help="Name of a disagreement; mechkg disagreements lists them.")],
    decision: Annotated[
        str, typer.Argument(help="'by method', 'by sample', 'by definition', superseded, resolved, or open again.")
    ],
    reason: Why,
    holds: Annotated[Optional[str], typer.Option(metavar="ITEM", help="The side that a resolution is for.")] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Decide about a disagreement between sources, as its sides stand now. Every side is kept."""
    from mechkg.cli.curation_output import print_act
    from mechkg.curation.decide import Decision
    from mechkg.service.choosing import chosen
    from mechkg.service.decide import decide as do

    decisions: tuple[Decision, ...] = get_args(Decision)
    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, disagreement, chosen("decision", decision, decisions), reason, holds=holds)
    print_act(act, f"{disagreement}: {decision}", as_json=as_json)


def declare(
    about: Annotated[str, typer.Argument(help="A document, a material or a person.")],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why there is a conflict.")] = "",
    until: Annotated[
        Optional[datetime],
        typer.Option(help="When it ends.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"], show_default="for good", metavar="DAY"),
    ] = None,
    gone: Annotated[bool, typer.Option("--gone", help="It is gone.")] = False,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Declare a conflict of interest of your own: until it ends, you decide about nothing that it touches."""
    from datetime import UTC

    from mechkg.cli.curation_output import print_act
    from mechkg.service.declare import declare as do

    end = until.replace(tzinfo=UTC) if until is not None and until.tzinfo is None else until
    with opened_as(home, as_) as (workspace, by):
        act = do(workspace, by, about, reason, until=end, gone=gone)
    print_act(act, f"declared about {about}" if not gone else f"nothing stands about {about} any more", as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Give a group of commands these."""
    examples: dict[Callable[..., None], str] = {
        tasks: "mechkg curate tasks --as jane",
        retract: "mechkg curate retract o-1 --code misread --reason 'the figure shows another band'",
        restore: "mechkg curate restore o-1 --reason 'it was right'",
        supersede: "mechkg curate supersede o-1 --by o-2 --reason 'the same, with the time'",
        comment: "mechkg curate comment set-1300 'which figure?'",
        dispute: "mechkg curate dispute o-1 --reason 'it cannot be seen there'",
        settle: "mechkg curate settle o-1 --act 1301 --outcome dismissed --reason 'it can'",
        assign: "mechkg curate assign set-1300 --to jane",
        sign_off: "mechkg curate sign-off a-space/a-candidate",
        signatures: "mechkg curate signatures",
        decide: "mechkg curate decide NAME 'by method' --reason 'mass against absorption'",
        declare: "mechkg curate declare a-paper --reason 'I wrote it'",
    }
    for command, example in examples.items():
        app.command(command.__name__.replace("_", "-"), epilog=f"Example: {example}")(command)
