"""``mechkg reference``: bibliographic data of a DOI."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from mechkg.cli.options import AsJson, Home
from mechkg.cli.output import console, print_json
from mechkg.cli.people import As
from mechkg.errors import BadInputError

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045


def reference(
    doi: Annotated[str, typer.Argument(help="A DOI, with or without its resolver.")],
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask again, though it was fetched before.")] = False,
    cited_by: Annotated[
        Optional[str], typer.Option("--cited-by", metavar="DOCUMENT", help="Propose it as a reference of this document.")
    ] = None,
    complete: Annotated[
        Optional[str], typer.Option("--complete", metavar="DOCUMENT", help="Propose for this document what it does not say yet.")
    ] = None,
    item: Annotated[
        Optional[str], typer.Option("--id", help="Id of the reference.", show_default="made of author and year")
    ] = None,
    number: Annotated[Optional[str], typer.Option("--number", help="Its number in the list of the document.")] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Look up a DOI at Crossref, if you allowed that (MECHKG_NETWORK=crossref); once fetched it is kept, and its age is shown."""
    from mechkg.service.fetch_reference import complete_document, fetch_reference, propose_reference
    from mechkg.service.people import acting
    from mechkg.service.workspace import Workspace

    if cited_by is not None and complete is not None:
        raise BadInputError("a work is a document here, or is cited by one", hint="choose one of --cited-by and --complete")
    if cited_by is None and (item is not None or number is not None):
        raise BadInputError("an id and a number belong to a reference", hint="say --cited-by too")
    made = None
    with Workspace.open(home) as workspace:
        found = fetch_reference(workspace, doi, refresh=refresh)
        if cited_by is not None:
            made = propose_reference(workspace, acting(workspace.ledger, as_), found, cited_by, item=item, number=number)
        elif complete is not None:
            made = complete_document(workspace, acting(workspace.ledger, as_), found, complete)
    if as_json:
        print_json({**found.as_json(), "proposed": made.id if made else None})
        return
    work = found.work
    for name, value in work.fields().items():
        console.print(f"{name:>8}  {', '.join(value) if isinstance(value, list) else value}", markup=False)
    if work.notices:
        console.print(f"Notices upon this work: {', '.join(work.notices)}.", markup=False, style="red")
    kept = f"kept here, fetched {work.age()}; --refresh asks again" if work.cached else "just now"
    console.print(f"From Crossref, {kept}.", style="dim", markup=False)
    if found.known:
        console.print(f"Known here as {', '.join(entry.id for entry in found.known)}.", markup=False)
    if made is not None:
        console.print(f"Proposed as {made.id}.")
