"""``mechkg watch``: hypotheses that one watches, and what became of their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mechkg.cli.options import AsJson, AsOf, Home, Ignoring, Postulates, Steps, Without
from mechkg.cli.output import console, print_json
from mechkg.cli.people import As

if TYPE_CHECKING:  # loaded by the commands of this file alone, for the others are to answer at once
    from mechkg.service.watches import Watch

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

app = typer.Typer(help="Hypotheses that you watch: when a verdict flips, it is recorded.", no_args_is_help=True)

WatchId = Annotated[str, typer.Argument(metavar="WATCH", help="Name of a watch (watch-N).")]


@app.command(epilog="Example: mechkg watch add cdtese-msc399 eq1 --without amine-converts-cdse-pc")
def add(
    space: Annotated[str, typer.Argument(help="Name of a hypothesis space.")],
    candidate: Annotated[Optional[str], typer.Argument(help="Name of a candidate; without it, all of them.")] = None,
    step: Steps = None,
    postulate: Postulates = None,
    without: Without = None,
    ignoring: Ignoring = None,
    title: Annotated[Optional[str], typer.Option("--title", help="What to call it.", show_default="what it is")] = None,
    as_: As = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Watch a candidate, one put together from steps and claims, or a whole space."""
    from mechkg.service.people import acting
    from mechkg.service.watches import Hypothesis, watch
    from mechkg.service.workspace import Workspace

    steps = None if step is None else tuple(step)
    wanted = Hypothesis(space, candidate, steps, tuple(postulate or ()), tuple(without or ()), tuple(ignoring or ()))
    with Workspace.open(home) as workspace:
        found = watch(workspace, acting(workspace.ledger, as_), wanted, title=title)
    _show([found], as_json, one=True)


@app.command("list", epilog="Example: mechkg watch list --all")
def list_watches(
    every: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    as_: As = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """List what you watch, with the verdicts and every flip; what came since is looked at first, unless the past is asked of."""
    from mechkg.service.people import acting
    from mechkg.service.watches import catch_up, watches_of
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        by = acting(workspace.ledger, as_)
        if as_of is None:
            catch_up(workspace)
        found = watches_of(workspace.view(as_of).ledger, by.person, ended=every)
    _show(found, as_json)


@app.command(epilog="Example: mechkg watch end watch-812")
def end(watch: WatchId, as_: As = None, as_json: AsJson = False, home: Home = None) -> None:
    """End a watch; what it recorded stays."""
    from mechkg.service.people import acting, opened_ledger
    from mechkg.service.watches import unwatch

    with opened_ledger(home) as ledger:
        found = unwatch(ledger, acting(ledger, as_), watch)
    _show([found], as_json, one=True)


def _show(found: list[Watch], as_json: bool, *, one: bool = False) -> None:
    from mechkg.service.watches import as_json as watch_as_json

    if as_json:
        content: list[dict[str, Any]] = [watch_as_json(each) for each in found]
        print_json(content[0] if one else content)
        return
    if not found:
        console.print("Nothing is watched: mechkg watch add SPACE", markup=False)
    for each in found:
        ended = ", ended" if each.ended else ""
        console.print(f"{each.id}: {each.title} (as of position {each.checked}{ended})", markup=False)
        for name, verdict in each.verdicts.items():
            console.print(f"  {name}: {verdict}", markup=False)
        for flip in each.flips:
            was, now = (verdict or "not asked" for verdict in (flip.before, flip.after))
            when = flip.at.date().isoformat()
            console.print(f"  {flip.candidate} went from {was} to {now}, by act {flip.cause} ({when})", markup=False)
