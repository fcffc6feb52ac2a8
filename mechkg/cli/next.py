"""``mechkg next``: the experiment to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

from mechkg.cli.output import console, print_json

if TYPE_CHECKING:
    from mechkg.model.experiment import Experiment, Plan, Readout

Home = Annotated[Optional[Path], typer.Option("--home", envvar="MECHKG_HOME", help="Folder of ledger and graph.")]  # noqa: UP045

_COLOUR = {"must": "green", "likely": "green", "none": "red", "open": "dim", "follows": "cyan", "need not follow": "dim"}


def next_experiment(
    space: Annotated[str, typer.Argument(help="Name of a hypothesis space, or a case file (.yaml).")],
    without: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--without", "-w", metavar="ASSUMPTION", help="Withdraw an assumption; may be given several times."),
    ] = None,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="Show so many experiments.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    home: Home = None,
) -> None:
    """Say which experiment would split the candidates that survive, and which pairs nothing listed separates.

    Each experiment is a procedure of the papers with one thing changed. What a survivor predicts: 'must' be seen; 'likely' seen
    (reached by steps that have their promoters); 'open'; 'none' can be there. Cost is in hours, by a convention.
    """
    from rich.progress import Progress

    from mechkg.service.next_experiment import as_json as plan_as_json
    from mechkg.service.next_experiment import next_experiment as find
    from mechkg.service.open_case import opened

    with (
        opened(space, home) as (workspace, name),
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("predictions", total=1.0)
        found = find(workspace, name, without=without or (), progress=lambda share: progress.update(task, completed=share))
    if as_json:
        print_json(plan_as_json(found, most))
    else:
        _print(found, most)


def _print(found: Plan, most: int) -> None:
    if len(found.survivors) < 2:
        console.print(f"{len(found.survivors)} candidate survives: there is nothing to separate.")
        return
    console.print("Candidates that survive:")
    letters = {name: _letter(place) for place, name in enumerate(found.survivors)}
    for name, letter in letters.items():
        console.print(f"  [bold]{letter}[/bold]  {escape(name)}")
    console.print()
    for experiment in found.experiments[:most]:
        _print_experiment(experiment, letters)
    left = len(found.experiments) - most
    if left > 0:
        console.print(f"[dim]{left} more that split them; --most shows more, --json all.[/dim]")
    split = f"{found.considered} experiments were worked out, {len(found.experiments)} split the survivors."
    console.print(split)
    if found.smallest_set:
        titles = {e.name: e.title for e in found.experiments}
        console.print(f"\nFewest that separate every pair that can be separated ({len(found.smallest_set)}):")
        for name in found.smallest_set:
            console.print(f"  {escape(titles[name])}")
    tied = [pair for pair in found.pairs if pair.experiment is None]
    if tied:
        console.print("\nNothing listed separates:")
        for pair in tied:
            console.print(f"  {escape(pair.one)}  and  {escape(pair.other)}")


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _print_experiment(experiment: Experiment, letters: dict[str, str]) -> None:
    console.print(f"[bold]{escape(experiment.title)}[/bold]")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("looked for")
    for letter in letters.values():
        table.add_column(letter)
    for readout in experiment.readouts:
        words = [f"[{_COLOUR[p]}]{p}[/{_COLOUR[p]}]" for p in readout.predicted]
        table.add_row(escape(readout.label), *words)
    console.print(table)
    for readout in experiment.readouts:
        console.print(f"  {escape(_meaning(readout, list(letters.values())))}")

    def pairs(some: tuple[tuple[str, str], ...]) -> str:
        return ", ".join(f"{letters[a]}-{letters[b]}" for a, b in some)

    parts = [f"about {experiment.hours:g} h", f"at worst {experiment.worst} of {len(letters)} are left"]
    if experiment.separates:
        parts.insert(0, f"tells apart {pairs(experiment.separates)}")
    if experiment.may_separate:
        parts.insert(0, f"one of two outcomes tells apart {pairs(experiment.may_separate)}")
    if not experiment.shown:
        parts.append("no procedure listed shows how to make this change")
    console.print(f"  {'; '.join(parts)}.\n")


def _meaning(readout: Readout, letters: list[str]) -> str:
    """Say what each outcome of a readout would do to the survivors."""
    saying: dict[str, list[str]] = {}
    for letter, predicted in zip(letters, readout.predicted, strict=True):
        saying.setdefault(predicted, []).append(letter)

    def those(word: str) -> str:
        return ", ".join(saying.get(word, ()))

    if "follows" in saying:
        return f"Does the amount of {readout.label} follow that portion? If not, {those('follows')} is ruled out."
    parts = []
    if "none" in saying:
        parts.append(f"if {readout.label} is seen, {those('none')} is ruled out")
    if "must" in saying:
        parts.append(f"if it is not, {those('must')} is ruled out")
    if "likely" in saying:
        parts.append(f"if it is not, that speaks against {those('likely')}")
    return f"{'; '.join(parts)}.".capitalize() if parts and parts[0].startswith("if it") else f"{'; '.join(parts)}."
