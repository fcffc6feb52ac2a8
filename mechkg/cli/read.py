"""``mechkg read``: a paper into the queue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from rich.markup import escape
from rich.table import Table

from mechkg.cli.options import AsJson, Home
from mechkg.cli.output import console, print_json
from mechkg.cli.people import As
from mechkg.errors import BadInputError

if TYPE_CHECKING:
    from mechkg.model.change_set import ChangeSet
    from mechkg.model.draft import Draft
    from mechkg.service.read_paper import Offered, ReadPaper

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

_NAMES = ("species", "material", "chemical")


def read(
    file: Annotated[Path, typer.Argument(help="A PDF, or a text in UTF-8.")],
    document: Annotated[Optional[str], typer.Option("--document", "-d", help="The document that it is.")] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Put suggestions into the queue; what is incomplete, among your drafts.")
    ] = False,
    only: Annotated[
        Optional[str],
        typer.Option("--only", metavar="NUMBERS", help="Those with these numbers, as in 1,4-7.", show_default="all"),
    ] = None,
    fill: Annotated[
        Optional[list[str]],
        typer.Option("--fill", metavar="N.FIELD=VALUE", help="Give what a sentence left open, as in 3.at=procedure/stage."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", "-a", help="List quantities too, and every row.")] = False,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Keep a paper by its hash; list what it speaks of, what that is linked to, and what its sentences suggest."""
    from mechkg.service.people import acting
    from mechkg.service.propose_read import propose_read
    from mechkg.service.read_paper import read_paper
    from mechkg.service.workspace import Workspace

    if (only or fill) and not propose:
        raise BadInputError("suggestions are chosen to be proposed", hint="say --propose too")
    chosen, filled = _numbers(only), _filled(fill or ())
    with Workspace.open(home) as workspace:
        by = acting(workspace.ledger, as_) if propose else None
        found = read_paper(workspace, file, document=document)
        entered = propose_read(workspace, by, found, chosen, filled=filled) if by is not None else None
    if as_json:
        proposed, saved = (entered.proposed, entered.drafts) if entered else ((), ())
        print_json({**found.as_json(), "proposed": [each.id for each in proposed], "drafts": [each.id for each in saved]})
        return
    _print_mentions(found, everything)
    _print_suggestions(found, everything)
    if entered is None:
        console.print(
            "Into the queue: [bold]mechkg read FILE --propose --only NUMBERS[/bold]; what is incomplete becomes a draft."
        )
        return
    if entered.proposed:
        console.print(
            f"Proposed, as made by a machine: {_count(len(entered.proposed), 'change set')} ({_span(entered.proposed)})."
        )
    if entered.drafts:
        console.print(
            f"Incomplete, so saved as yours to complete: {_count(len(entered.drafts), 'draft')} ({_span(entered.drafts)})."
        )
        console.print(
            "Complete one: [bold]mechkg curate draft show DRAFT[/bold], [bold]save[/bold] it with what is missing,"
            " and [bold]propose[/bold] it."
        )


def _span(named: Sequence[ChangeSet] | Sequence[Draft]) -> str:
    return named[0].id if len(named) == 1 else f"{named[0].id} to {named[-1].id}"


def _numbers(text: str | None) -> list[int] | None:
    """Read numbers and spans of numbers.

    >>> _numbers("1, 4-6")
    [1, 4, 5, 6]
    """
    if text is None:
        return None
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*", part)
        if match is None:
            raise BadInputError(f"'{part.strip()}' is no number of a suggestion", hint="write them as in 1,4-7")
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return found


def _filled(given: list[str] | tuple[()]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for text in given:
        match = re.fullmatch(r"(\d{1,6})\.([a-z_]+)=(.+)", text, re.DOTALL)
        if match is None:
            raise BadInputError(f"'{text}' gives no field of a suggestion", hint="write it as in 3.at=procedure/stage")
        found.setdefault(int(match[1]), {})[match[2]] = match[3]
    return found


_MOST = 40
"""Rows of a table, unless all are asked for."""


def _print_mentions(found: ReadPaper, everything: bool) -> None:
    paper = found.paper
    where = "new here" if found.new_document else "known"
    console.print(
        f"[bold]{escape(paper.name)}[/bold], {_count(len(paper.pages), 'page')}, document {escape(found.document)} ({where})"
    )
    console.print(f"kept under SHA-256 {paper.sha256}", style="dim")
    named = [each for each in found.named if everything or each.mention.kind in _NAMES or each.mention.candidates]
    table = Table(show_edge=False, pad_edge=False)
    for column in ("kind", "printed", "times", "page", "linked to", "why"):
        table.add_column(column, no_wrap=column in ("kind", "times", "page"))
    for each in named if everything else named[:_MOST]:
        mention = each.mention
        linked = mention.entity or (f"new: {mention.proposal.id}" if mention.proposal else "open")
        cells = (mention.kind, " ".join(mention.text.split()), str(each.times), str(each.page), linked, mention.why)
        table.add_row(*map(escape, cells))
    console.print(table)
    if not everything and len(named) > _MOST:
        console.print(f"{len(named) - _MOST} more are not shown: --all", style="yellow")
    others = len(found.mentions) - sum(each.times for each in named)
    if others and not everything:
        console.print(f"Quantities that are linked to nothing: {others}, not shown: --all", style="dim")


def _print_suggestions(found: ReadPaper, everything: bool) -> None:
    shown = found.offered if everything else found.offered[:_MOST]
    console.print(f"\n[bold]Suggestions[/bold] ({len(found.offered)}), each from one sentence:")
    for each in shown:
        console.print(f"{each.number:>3}  {escape(_line(each))}")
        console.print(f"     “{each.suggestion.quote}” (page {each.anchor.page})", markup=False, style="dim")
        if "at" in each.suggestion.body and each.standing == "new":
            _, _, placed = each.suggestion.why.partition("; ")
            console.print(f"     {placed}", markup=False, style="dim")
        if each.missing and each.standing == "new":
            fields = " ".join(f"--fill {each.number}.{field}=..." for field in each.missing)
            console.print(f"     not said: {', '.join(each.missing)}; {fields}", markup=False, style="yellow")
    if len(shown) < len(found.offered):
        console.print(f"{len(found.offered) - len(shown)} more are not shown: --all", style="yellow")


def _line(each: Offered) -> str:
    body = each.body
    said = {key: value for key, value in body.items() if key not in ("id", "quote", "flag", "kind", "locator")}
    words = "; ".join(f"{key} {_text(value)}" for key, value in said.items())
    standing = "" if each.standing == "new" else f"  [{each.standing} already, as {each.same}]"
    return f"{each.suggestion.kind} {body.get('kind', '')}: {words}{standing}"


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return ", ".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
