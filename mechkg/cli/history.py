"""``mechkg history`` and ``mechkg diff``: what was done, and what it changed."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_json
from mechkg.errors import BadInputError

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045


def history(
    item: Annotated[Optional[str], typer.Argument(help="Id of an item; without it, everything.")] = None,
    kind: Annotated[
        Optional[list[str]], typer.Option("--kind", "-k", help="Only acts of this kind; may be given several times.")
    ] = None,
    document: Annotated[Optional[str], typer.Option("--document", help="Only about the paper with this id.")] = None,
    material: Annotated[Optional[str], typer.Option("--material", help="Only about this material.")] = None,
    change_set: Annotated[Optional[str], typer.Option("--set", metavar="SET", help="Only upon this change set.")] = None,
    person: Annotated[Optional[str], typer.Option("--by", metavar="PERSON", help="Only what this person did.")] = None,
    after: Annotated[int, typer.Option("--after", min=0, metavar="POSITION", help="Only what came after this position.")] = 0,
    most: Annotated[int, typer.Option("--most", min=1, max=500, help="So many acts, the last ones.")] = 50,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say what was done, the last first: who, when, why, by which door."""
    from typing import cast

    from mechkg.model.happened import Wanted
    from mechkg.model.ledger_record import ActKind, Subject
    from mechkg.service.history import as_json as act_as_json
    from mechkg.service.history import find, reason_of, sentence, versions
    from mechkg.service.workspace import Workspace

    wanted = Wanted(
        cast("frozenset[ActKind]", frozenset(kind or ())), item, document,
        Subject("set", change_set) if change_set else None, person,
    )  # fmt: skip
    with Workspace.open(home) as opened:
        workspace = opened.view(as_of)
        if item is not None:
            versions(workspace.ledger, item)  # raises for an item that never was
        page = find(workspace, wanted, material=material, after=after, newest=True, most=most)
    if as_json:
        print_json({"acts": [act_as_json(one) for one in page.found], "more": page.more})
        return
    for one in page.found:
        act = one.act
        console.print(f"{act.position:>6} {act.at:%Y-%m-%d %H:%M} {sentence(one)} [by {act.door}]", markup=False)
        if act.reason:
            console.print(f"{'':>24}{reason_of(one)}", markup=False)
    if page.more:
        console.print(f"Older acts are left out: --most {min(500, most * 2)} shows more", markup=False)


def diff(
    before: Annotated[str, typer.Argument(help="The name of a release, a time, or a position; of an item: a version.")],
    after: Annotated[Optional[str], typer.Argument(help="The same, now by default.")] = None,
    item: Annotated[Optional[str], typer.Option("--item", help="Compare two versions of this item.")] = None,
    verdicts: Annotated[bool, typer.Option(help="Compare verdicts too.")] = True,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say what differs between two moments, or between two versions of an item: items, fields, verdicts."""
    from mechkg.model.merge import ABSENT
    from mechkg.service.diff import as_json as diff_as_json
    from mechkg.service.diff import diff as compare
    from mechkg.service.diff import field_as_json
    from mechkg.service.history import compare as compare_versions
    from mechkg.service.workspace import Workspace

    def told(value: object) -> str:
        return "nothing" if value is ABSENT else str(value)

    with Workspace.open(home) as workspace:
        if item is not None:
            if after is None:
                raise BadInputError("one version alone cannot be compared", hint="give two versions, by number or assertion")
            fields = compare_versions(workspace.ledger, item, before, after)
            if as_json:
                print_json([field_as_json(field) for field in fields])
                return
            for field in fields:
                console.print(f"{field.place}: {told(field.before)} -> {told(field.after)}", markup=False)
            return
        found = compare(workspace, before, after, verdicts=verdicts)
    if as_json:
        print_json(diff_as_json(found))
        return
    console.print(
        f"From position {found.before} to {found.after}: {len(found.added)} items added, {len(found.changed)} changed, "
        f"{len(found.removed)} removed; {len(found.verdicts)} verdicts differ.",
        markup=False,
    )
    for mark, entries in (("+", found.added), ("-", found.removed)):
        for entry in entries:
            console.print(f"{mark} {entry.kind} {entry.id}", markup=False)
    for change in found.changed:
        console.print(f"~ {change.after.kind} {change.after.id}", markup=False)
        for field in change.differences:
            console.print(f"    {field.place}: {told(field.before)} -> {told(field.after)}", markup=False)
    for flip in found.verdicts:
        was, now = (verdict or "not there" for verdict in (flip.before, flip.after))
        console.print(f"! {flip.candidate} of {flip.space}: {was} -> {now}", markup=False)
