"""Graphs inside a file: stages that continue stages, and steps that are the reverse of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mechkg.errors import nearest
from mechkg.literature.places import Path, Places
from mechkg.model.corpus import CorpusFile
from mechkg.model.finding import Finding
from mechkg.model.step import Participant, Step

if TYPE_CHECKING:
    import networkx as nx


def check_stages(corpus: CorpusFile, names: Mapping[str, str], lines: Places, file: str | None) -> list[Finding]:
    """Return findings for stages of one name, for unknown stages that are continued, and for rings of stages."""
    import networkx as nx  # takes a third of a second, and whoever serves reads no files

    found: list[Finding] = []
    graph: nx.DiGraph[str] = nx.DiGraph()
    place: dict[str, Path] = {}
    for number, procedure in enumerate(corpus.procedures):
        before: str | None = None
        for index, stage in enumerate(procedure.stages):
            path: Path = ("procedures", number, "stages", index)
            name = f"{procedure.id}/{stage.id}"
            if name in place:
                message = f"the stage '{name}' is given twice, first in line {lines.at(place[name])}"
                hint = "give each stage of a procedure its own id"
                found.append(Finding("error", "corpus.duplicate-id", message, file, lines.at((*path, "id")), hint))
                continue
            place[name] = path
            named = stage.continues if stage.continues is not None else (before,) if before else ()
            for position, given in enumerate(named):
                full = given if "/" in given else f"{procedure.id}/{given}"
                if names.get(full) == "stage":
                    graph.add_edge(full, name)
                else:
                    line = lines.at((*path, "from", position))
                    found.append(_unknown(given, full, name, names, file, line))
            before = name
    found += _rings(graph, place, lines, file)
    return found


def _unknown(given: str, full: str, stage: str, names: Mapping[str, str], file: str | None, line: int | None) -> Finding:
    close = nearest(full, [n for n, kind in names.items() if kind == "stage"])
    hint = f"did you mean '{close}'?" if close else "write procedure/stage, or only the stage within its own procedure"
    return Finding(
        "error", "corpus.unknown-stage", f"the stage '{stage}' continues '{given}'; there is no such stage", file, line, hint
    )


def _rings(graph: nx.DiGraph[str], place: Mapping[str, Path], lines: Places, file: str | None) -> Iterator[Finding]:
    import networkx as nx

    for ring in nx.strongly_connected_components(graph):
        first = min(ring, key=lambda name: place.get(name, ()) or ("~",))
        if len(ring) == 1 and not graph.has_edge(first, first):
            continue
        edges = nx.find_cycle(graph.subgraph(ring), first)
        order = [edge[0] for edge in edges] + [edges[-1][1]]
        message = f"stages continue each other in a ring: {' -> '.join(order)}"
        line = lines.at((*place[first], "from")) if first in place else None
        yield Finding("error", "corpus.stage-cycle", message, file, line, "correct the 'from' of one of them")


def check_reverse(corpus: CorpusFile, lines: Places, file: str | None) -> list[Finding]:
    """Return findings for steps whose reverse does not name them back, or does not turn products into reactants."""
    steps = {step.id: (number, step) for number, step in enumerate(corpus.steps)}
    found: list[Finding] = []
    for number, step in enumerate(corpus.steps):
        if step.reverse is None or step.reverse not in steps:
            continue  # unknown names have findings of their own; a step of another file cannot name one of this file
        other = steps[step.reverse][1]
        line = lines.at(("steps", number, "reverse"))
        if other.reverse != step.id:
            message = (
                f"'{step.id}' names '{other.id}' as its reverse, which names {repr(other.reverse) if other.reverse else 'none'}"
            )
            found.append(Finding("error", "corpus.reverse", message, file, line, f"write 'reverse: {step.id}' in '{other.id}'"))
        elif step.id <= other.id:
            found += _mirror(step, other, file, line)
    return found


def _mirror(step: Step, other: Step, file: str | None, line: int | None) -> Iterator[Finding]:
    for one, two, words in ((step.reactants, other.products, "reactants"), (step.products, other.reactants, "products")):
        if not _same(one, two):
            opposite = "products" if words == "reactants" else "reactants"
            message = f"'{step.id}' and '{other.id}' do not mirror each other: {words} of the one are not {opposite} of the other"
            hint = f"{_shown(one)} against {_shown(two)}"
            yield Finding("error", "corpus.reverse", message, file, line, hint)


def _same(one: tuple[Participant, ...], two: tuple[Participant, ...]) -> bool:
    """Say whether both sides name the same things; a coefficient that is not printed fits any."""
    left, right = {p.of: p.coefficient for p in one}, {p.of: p.coefficient for p in two}
    return left.keys() == right.keys() and all(None in (left[name], right[name]) or left[name] == right[name] for name in left)


def _shown(side: tuple[Participant, ...]) -> str:
    return " + ".join(p.of if p.coefficient is None else f"{p.coefficient:g} {p.of}" for p in side) or "nothing"
