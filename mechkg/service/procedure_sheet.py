"""A procedure as readers follow it: stages in their order, what each is made of, and what was seen there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from mechkg.model.observation import Observation, Window
from mechkg.model.procedure import Component, Procedure, Stage
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import title_of
from mechkg.service.equation import Part, part_named
from mechkg.service.recorded import Recorded

_ABSENT = frozenset({"absent", "no-reaction", "no-change", "no-emission", "featureless"})
"""Kinds of observations that say that something was not so."""


@dataclass(frozen=True, slots=True)
class Charged:
    """Something that goes into a stage, and how much of it as printed; empty where nothing is printed."""

    part: Part
    amount: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation at a stage: in words, when, and whether it says that something was not there or did not happen."""

    id: str
    words: str
    when: str
    absent: bool


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage; ``after`` are stages of this procedure that it continues, ``from_elsewhere`` those of others.

    ``column`` counts how many stages lie before it on the longest way, ``row`` tells apart those with the same column.
    """

    id: str
    action: str
    title: str
    after: tuple[str, ...]
    from_elsewhere: tuple[str, ...]
    medium: tuple[Charged, ...]
    charge: tuple[Charged, ...]
    holds: tuple[Part, ...]
    temperature: str
    duration: str
    volume: str
    note: str
    seen: tuple[Seen, ...]
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class ProcedureSheet:
    """A procedure."""

    stages: tuple[StageView, ...]


def procedure_sheet(view: Recorded, entry: Entry) -> ProcedureSheet:
    """Return the stages of a procedure with what was seen at each."""
    value = entry.value
    assert isinstance(value, Procedure)
    seen = _seen(view, entry)
    columns: dict[str, int] = {}
    rows: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    found = []
    before: str | None = None
    for stage in value.stages:
        after, elsewhere = _continued(entry.id, stage, before, columns)
        column = max((columns[name] + 1 for name in after), default=0)
        row = rows[after[0]] if after else 0
        while (column, row) in taken:
            row += 1
        taken.add((column, row))
        columns[stage.id], rows[stage.id] = column, row
        found.append(_view(view, stage, after, elsewhere, seen.get(stage.id, []), column, row))
        before = stage.id
    return ProcedureSheet(tuple(found))


def _continued(procedure: str, stage: Stage, before: str | None, known: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which stages of the same procedure, and of others, a stage continues."""
    given = stage.continues if stage.continues is not None else ((before,) if before else ())
    own = [name.removeprefix(f"{procedure}/") for name in given]
    here = tuple(name for name in own if name in known)
    return here, tuple(name for name in own if "/" in name)


def _view(
    view: Recorded, stage: Stage, after: tuple[str, ...], elsewhere: tuple[str, ...], seen: list[Seen], column: int, row: int
) -> StageView:
    charged = [[_charged(view, each) for each in those] for those in (stage.medium, stage.charge)]
    times = ", ".join(str(each) for each in stage.observed_at)
    more = [text for text in (stage.note, f"looked at after {times}" if times else "") if text]
    more += [f"{name}: {text}" for name, text in stage.parameters.items()]
    return StageView(
        stage.id, stage.action, stage.sample or stage.id, after, elsewhere, tuple(charged[0]), tuple(charged[1]),
        tuple(part_named(view.catalog, name) for name in stage.holds),
        str(stage.temperature or ""), str(stage.duration or ""), str(stage.total_volume or ""), "; ".join(more),
        tuple(seen), column, row,
    )  # fmt: skip


def _charged(view: Recorded, given: Component) -> Charged:
    return Charged(part_named(view.catalog, given.of), str(given.amount or ""))


def _seen(view: Recorded, entry: Entry) -> dict[str, list[Seen]]:
    """Return what was observed at each stage."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for each in view.catalog.referring.get(entry.id, ()):
        value = each.value if each.kind == "observation" else None
        if isinstance(value, Observation):
            words = title_of(view, each).partition(" (")[0]
            for where in value.at:
                procedure, _, stage = where.partition("/")
                if procedure == entry.id:
                    found[stage].append(Seen(each.id, words, _when(value.window), value.kind in _ABSENT))
    return found


def _when(window: Window | None) -> str:
    if window is None:
        return ""
    start, end = window.start, window.end
    if start is not None and end is not None:
        return f"at {start}" if start == end else f"{start} to {end}"
    return f"from {start}" if start is not None else f"until {end}" if end is not None else ""
