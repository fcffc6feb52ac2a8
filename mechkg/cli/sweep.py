"""``mechkg sweep``: work out large spaces, many spaces, or many settings, on many processors."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mechkg.cli.options import AsJson, AsOf, Home, Ignoring, Without
from mechkg.cli.output import console, errors, print_findings, print_json
from mechkg.errors import BadInputError

if TYPE_CHECKING:
    from rich.table import Table

    from mechkg.reasoning.problem import Problem
    from mechkg.service.executors import Crew
    from mechkg.service.sweep import CaseFound, Progress, Swept

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

INCOMPLETE, STOPPED = 1, 130
"""Exit statuses: blocks were given up; it was stopped, and can be gone on with."""

_MOST_CASES = 20
"""So many cases are printed; the result has all."""

_MOST_OBSERVATIONS = 10


def sweep(
    output: Annotated[
        Path, typer.Option("--output", "-O", metavar="FOLDER", help="Folder of progress and result.", file_okay=False)
    ],
    space: Annotated[
        Optional[list[str]], typer.Argument(help="Names of hypothesis spaces, or case files (.yaml).", show_default=False)
    ] = None,
    every_space: Annotated[bool, typer.Option("--every-space", help="Every hypothesis space of the graph.")] = False,
    without: Without = None,
    ignoring: Ignoring = None,
    withdraw_up_to: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also every setting in which up to so many other assumptions are withdrawn.")
    ] = 0,
    ignore_up_to: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also every setting in which up to so many other observations are left out.")
    ] = 0,
    block: Annotated[int, typer.Option(min=0, max=60, metavar="BITS", help="A block is 2^BITS candidates.")] = 32,
    most_survivors: Annotated[
        int, typer.Option(min=0, metavar="N", help="List so many survivors of a space and setting.")
    ] = 10_000,
    workers: Annotated[
        Optional[int],
        typer.Option(
            min=0, metavar="N", help="Processes of this machine; 0 works in this one.", show_default="one per processor"
        ),
    ] = None,
    dask: Annotated[
        Optional[str], typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster, such as tcp://host:8786.")
    ] = None,
    tries: Annotated[int, typer.Option(min=1, metavar="N", help="Give a block up after so many tries.")] = 3,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep in the folder; without a space, as it was asked.")
    ] = False,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Work out spaces too large for a check, many spaces, or many settings, block by block, into Parquet files.

    What is done is kept: after an interrupt, a crash or a cut of power the same command goes on. Exit status: 0 all is worked
    out, 1 some blocks were given up, 130 stopped, 2 bad input.
    """
    from mechkg.service.executors import on_dask, on_processes, processors
    from mechkg.service.sweep import Wanted
    from mechkg.service.sweep import sweep as sweep_spaces
    from mechkg.service.sweep_folder import read_question

    if dask is not None and workers is not None:
        raise typer.BadParameter("choose one of --workers and --dask")
    asked: dict[str, Any] = {
        "spaces": list(space or ()),
        "every_space": every_space,
        "without": list(without or ()),
        "ignoring": list(ignoring or ()),
        "withdraw_up_to": withdraw_up_to,
        "ignore_up_to": ignore_up_to,
        "bits": block,
        "most_survivors": most_survivors,
        "as_of": as_of,
    }
    if resume:
        there = read_question(output)["asked"]
        if not (space or every_space) and there:
            asked = there
    if not (asked["spaces"] or asked["every_space"]):
        raise BadInputError("no hypothesis space is named", hint="name some, or give --every-space")
    wanted = Wanted(
        tuple(asked["without"]),
        tuple(asked["ignoring"]),
        *(asked[name] for name in ("withdraw_up_to", "ignore_up_to", "bits", "most_survivors")),
    )
    problems = _problems(asked["spaces"], asked["as_of"], home, every=asked["every_space"])
    crew: AbstractContextManager[Crew] = on_dask(dask) if dask else on_processes(processors() if workers is None else workers)
    with _stopped_by_signals() as stop, crew as (executor, in_flight), _shown(stop, hidden=as_json) as tell:
        found = sweep_spaces(
            problems, output, executor, wanted, in_flight=in_flight, tries=tries, asked=asked, progress=tell, stop=stop
        )
    if as_json:
        print_json(_as_json(found))
    else:
        _print(found)
    raise typer.Exit(STOPPED if found.stopped else 0 if found.complete else INCOMPLETE)


def _problems(spaces: Sequence[str], as_of: str | None, home: Path | None, *, every: bool) -> list[Problem]:
    """Return the spaces, grounded."""
    from mechkg.service.open_case import opened_at

    found: dict[str, Problem] = {}
    names = list(spaces)
    if every:
        from mechkg.service.workspace import Workspace

        with Workspace.open(home) as workspace:
            names += [entry.id for entry in workspace.view(as_of).catalog.by_kind.get("space", ())]
    for asked in dict.fromkeys(names):
        with opened_at(asked, home, as_of, print_findings) as (view, name), view.lock:
            problem = view.problem(name)
            assert problem.program  # grounded while what it is read from is open
            found.setdefault(problem.space.id, problem)
    return list(found.values())


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Yield an event that is set by the first interrupt, or a request to end, so that the blocks that run are waited for; the
    second interrupt ends at once.
    """
    stop = threading.Event()

    def ask(number: int, frame: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            errors.show_cursor()
            os._exit(STOPPED)  # the workers end with this process, and what is kept is kept
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shown(stop: threading.Event, *, hidden: bool) -> Iterator[Any]:
    """Yield what shows progress on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[survivors]} survive{task.fields[lost]}"),
    )
    with Bar(*columns, console=errors, transient=True, disable=hidden or not errors.is_terminal) as bar:
        task = bar.add_task("", total=None, survivors=0, lost="")

        def tell(found: Progress) -> None:
            lost = f", {found.given_up} blocks given up" if found.given_up else ""
            done = found.done + found.given_up
            what = "stopping" if stop.is_set() else "blocks"
            bar.update(task, description=what, total=found.blocks, completed=done, survivors=_digits(found.survivors), lost=lost)

        yield tell


def _print(found: Swept) -> None:
    from mechkg.service.words import capital, counted, number

    for each in found.given_up:
        what = f"block {each.block} of '{each.case.problem.space.id}' was given up after {each.tries} tries: {each.reason}"
        errors.print(what, style="red", markup=False, soft_wrap=True)
    if len(found.cases) == 1:
        console.print(_standing(found.cases[0]))
    else:
        console.print(_table(found.cases))
    done = found.ran + found.kept
    kept = f", {number(found.kept)} of them before" if found.kept else ""
    again = f"; {number(found.again)} tried again" if found.again else ""
    of = "" if done == found.blocks else f"{number(done)} of "
    console.print(capital(f"{of}{counted(found.blocks, 'block')} worked out{kept}{again}."))
    if found.stopped:
        console.print(f"Stopped. It goes on by: [bold]mechkg sweep --resume --output {found.folder}[/bold]", soft_wrap=True)
    else:
        console.print(f"Written to {found.folder}: {', '.join(found.files)}.", markup=False, soft_wrap=True)


def _standing(found: CaseFound) -> Table:
    """Return what one case comes to: what survivors share, and which observations rule out most."""
    from rich.table import Table

    from mechkg.service.words import number

    counts, table = found.counts, Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    table.add_row("candidates", number(counts.candidates))
    listed = f" ({number(found.listed)} listed)" if found.listed < counts.survivors else ""
    table.add_row("survive", f"[bold]{number(counts.survivors)}[/bold]{listed}")
    for word in ("required", "excluded"):
        if names := [name for name, standing in found.standing.items() if standing == word]:
            table.add_row(word, ", ".join(names))
    hits = sorted(counts.hits.items(), key=lambda hit: (-hit[1], hit[0]))
    for name, many in hits[:_MOST_OBSERVATIONS]:
        table.add_row("rules out" if name == hits[0][0] else "", f"{name}: {number(many)}")
    if len(hits) > _MOST_OBSERVATIONS:
        table.add_row("", f"and {len(hits) - _MOST_OBSERVATIONS} more observations")
    return table


def _table(cases: Sequence[CaseFound]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    cut = len(cases) - _MOST_CASES
    table = Table(show_edge=False, pad_edge=False, caption=f"and {cut} more, in cases.parquet" if cut > 0 else None)
    table.add_column("space", style="bold")
    table.add_column("withdrawn or left out")
    for name in ("candidates", "survive"):
        table.add_column(name, justify="right")
    for found in cases[:_MOST_CASES]:
        case, counts = found.case, found.counts
        numbers = [_digits(counts.candidates), _digits(counts.survivors)] if found.complete else ["not done", ""]
        table.add_row(case.problem.space.id, escape(", ".join((*case.withdrawn, *case.ignored))), *numbers)
    return table


def _digits(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def _as_json(found: Swept) -> dict[str, Any]:
    return {
        "folder": str(found.folder),
        "digest": found.digest,
        "question": dict(found.question),
        "complete": found.complete,
        "stopped": found.stopped,
        "blocks": found.blocks,
        "worked_out": found.ran,
        "kept_from_before": found.kept,
        "tried_again": found.again,
        "given_up": [
            {"space": g.case.problem.space.id, "block": g.block, "tries": g.tries, "reason": g.reason} for g in found.given_up
        ],
        "seconds": round(found.seconds, 3),
        "files": list(found.files),
        "cases": [
            {
                "space": each.case.problem.space.id,
                "graph_version": each.case.problem.version,
                "withdrawn": list(each.case.withdrawn),
                "ignored": list(each.case.ignored),
                "complete": each.complete,
                "candidates": each.counts.candidates,
                "survivors": each.counts.survivors,
                "listed": each.listed,
                "standing": each.standing,
                "ruled_out_by": dict(each.counts.hits),
            }
            for each in found.cases
        ],
    }
