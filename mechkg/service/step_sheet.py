"""What a reader wants to see of a step: its equation, and which verdicts of which hypothesis spaces hang on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mechkg.model.verdict import Check
from mechkg.service.catalog import Entry
from mechkg.service.equation import Equation, equation_of
from mechkg.service.recorded import Recorded
from mechkg.service.species_sheet import Line, line

Stand = Literal["established", "in every survivor", "in some survivors", "in no survivor", "no survivor", "not worked out"]
"""What a step comes to among the candidates that were named in a space. established: it is taken for granted there."""


@dataclass(frozen=True, slots=True)
class InSpace:
    """A step in a hypothesis space: what it comes to, and the candidates that take it, with their verdicts where known."""

    space: str
    title: str
    stand: Stand
    candidates: tuple[tuple[str, str, str | None], ...] = ()
    """Of those with the step: name, title, verdict."""


@dataclass(frozen=True, slots=True)
class StepSheet:
    """A step."""

    equation: Equation
    spaces: tuple[InSpace, ...]
    observations: tuple[Line, ...]
    claims: tuple[Line, ...]


def step_sheet(view: Recorded, entry: Entry, checks: Mapping[str, Check]) -> StepSheet:
    """Return what is known around a step; ``checks`` are the verdicts that are at hand, by space."""
    about = view.catalog.models.relations.about(entry.id)
    spaces = [each for each in view.catalog.referring.get(entry.id, ()) if each.kind == "space"]
    return StepSheet(
        equation_of(view.catalog, entry.record.body),
        tuple(_in_space(entry.id, each, checks.get(each.id)) for each in spaces),
        tuple(line(view, each) for each in about if each.kind == "observation"),
        tuple(line(view, each) for each in about if each.kind == "claim"),
    )


def _in_space(step: str, space: Entry, check: Check | None) -> InSpace:
    body = space.record.body
    if step in body.get("background", ()):
        return InSpace(space.id, body["title"], "established")
    verdicts = {} if check is None else {one.id: str(one.verdict) for one in check.candidates}
    those = [(one["id"], one["title"], verdicts.get(one["id"])) for one in body["candidates"] if step in one.get("steps", ())]
    stand: Stand = "not worked out"
    if check is not None:
        surviving = sum(verdict == "survives" for verdict in verdicts.values())
        with_it = sum(verdict == "survives" for _, _, verdict in those)
        if not surviving:
            stand = "no survivor"
        elif with_it == surviving:
            stand = "in every survivor"
        else:
            stand = "in some survivors" if with_it else "in no survivor"
    return InSpace(space.id, body["title"], stand, tuple(those))
