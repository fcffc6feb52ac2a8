"""``mechkg disagreements`` and ``mechkg belief``: who contradicts whom, and how far each is to be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.padding import Padding

from mechkg.cli.options import AsJson, AsOf, Home
from mechkg.cli.output import console, print_json
from mechkg.errors import BadInputError

if TYPE_CHECKING:
    from mechkg.model.belief import Belief
    from mechkg.service.disagreements import Disagreements, Weighed

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

_BEFORE = {"method": "by", "than": "compared with stage", "time": "seen"}
"""What stands before the value of a condition, where it is not 'at' and its name."""

_STATE_COLOUR = {"open": "yellow", "explained": "cyan", "superseded": "dim", "resolved": "green"}


def disagreements(
    name: Annotated[Optional[str], typer.Argument(help="One disagreement, with every sum in full.", show_default="all")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that nobody has decided about.")] = False,
    tolerance: Annotated[
        Optional[str],
        typer.Option(
            metavar="LENGTH", help="Take bands no further apart than this for one, such as '5 nm', to see what it does."
        ),
    ] = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Show what papers disagree about: the sides, the laboratories and methods behind each, and what was decided.

    Exit status: 0, whether or not there are any.
    """
    from mechkg.service.disagreements import disagreement
    from mechkg.service.disagreements import disagreements as find
    from mechkg.service.workspace import Workspace

    if name is not None and open_only:
        raise BadInputError("one disagreement is named, and only open ones are asked for", hint="leave out one of the two")
    with Workspace.open(home) as opened:
        workspace = opened.view(as_of)
        if name is not None:
            one = disagreement(workspace, name, tolerance=tolerance)
            if as_json:
                print_json(one.as_json())
            else:
                _print_one(one, full=True)
            return
        found = find(workspace, tolerance=tolerance, open_only=open_only)
    if as_json:
        print_json(found.as_json())
    else:
        _print_all(found, open_only)


def belief(
    name: Annotated[str, typer.Argument(help="Id or printed name of a claim, an observation, a step, a model, ...")],
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say how far something is to be believed: which independent laboratories and methods carry it, and the sum."""
    from mechkg.service.belief import belief as sum_up
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        found = sum_up(workspace.view(as_of), name)
    entry = found.entry
    if as_json:
        print_json({"item": entry.id, "kind": entry.kind, "label": entry.label, **found.belief.as_json()})
        return
    console.print(f"[bold]{escape(entry.label)}[/bold] ({entry.kind} {entry.id})")
    if not (found.belief.supports or found.belief.refutes):
        console.print("Nothing speaks for it or against it.")
        return
    _print_sum(found.belief)


def _print_all(found: Disagreements, open_only: bool) -> None:
    for weighed in found.found:
        _print_one(weighed, full=False)
        console.print()
    count = len(found.found)
    some = f"{count} {'open ' if open_only else ''}{'disagreement' if count == 1 else 'disagreements'}"
    console.print(f"{some} among what counts as of ledger position {found.version}.")
    merged = "; ".join(_joined(band.positions) for band in found.bands)
    console.print(f"Bands no further apart than {found.tolerance} are taken for one, which is a decision: {merged or 'none'}.")
    if found.tolerance != found.usual:
        for what, bands in (("joined", found.joins), ("no longer joined", found.parts)):
            each = "; ".join(f"{_joined(band.positions)} ({', '.join(band.names)})" for band in bands)
            console.print(f"Against the usual {found.usual}, {what}: {each or 'nothing'}.", markup=False)
    if found.unread:
        # several values of one item are not compared for one reason
        names = ", ".join(dict.fromkeys(f"{value.item} ({why})" for value, why in found.unread))
        console.print(f"Not compared: {names}.", markup=False, style="dim")
    if found.found:
        console.print("The sums in full: [bold]mechkg disagreements NAME[/bold]")


def _print_one(weighed: Weighed, *, full: bool) -> None:
    from mechkg.model.belief import method_name, number

    found = weighed.disagreement
    colour = _STATE_COLOUR[found.state]
    console.print(f"[bold]{escape(found.title)}[/bold]  {escape(found.id)}  [{colour}]{found.state}[/{colour}]")
    if found.decision is not None:
        console.print(f"  {found.decision}, by {found.decided_by}: {found.reason}", markup=False)
    if found.band is not None:
        band = found.band
        joined = f"  within {band.tolerance} of a neighbour, so taken for one: {', '.join(band.positions)}"
        console.print(f"{joined} ({', '.join(band.names)})", markup=False)
    for condition, value in found.conditions:
        console.print(f"  {_BEFORE.get(condition, f'at {condition}')} {value}", markup=False)
    for side, belief in zip(found.sides, weighed.beliefs, strict=True):
        values = " or ".join(dict.fromkeys(value.value for value in side.values))
        assertions = len(side.values)
        behind = f"{_count(len({t.laboratory for t in belief.supports}), 'laboratory', 'laboratories')}"
        behind += f", {_count(assertions, 'assertion', 'assertions')}"
        console.print(f"  [bold]{escape(values)}[/bold]: belief {number(belief.value)} [dim]({behind})[/dim]")
        if full:
            _print_sum(belief, 4)
        else:
            for term in belief.supports:
                works = ", ".join(term.works)
                line = f"{number(term.strength)}  {term.laboratory}, by {method_name(term.method)}: {works}"
                console.print(Padding(escape(line), (0, 0, 0, 4)))
    if found.same_method:
        console.print("  Two sides rest on the same method: the method does not explain the difference.")
    for one, other in found.looser:
        console.print(
            f"  {one} and {other} do not contradict each other: one says less exactly what the other says.", markup=False
        )


def _print_sum(belief: Belief, indent: int = 2) -> None:
    for line in belief.in_words():
        console.print(Padding(escape(line), (0, 0, 0, indent)))


def _joined(positions: tuple[str, ...]) -> str:
    return ", ".join(positions)


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
