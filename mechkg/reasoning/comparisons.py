"""What needs arithmetic before rules can use it: what differs between two samples, and numbers held against numbers.

Nothing is concluded here; each comparison becomes a fact, and rules say what it means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from mechkg.reasoning.terms import Atom

TOLERANCE = 0.1
"""How far two numbers may differ, as a part of the larger one, where no uncertainty is printed (a convention)."""

TEMPERATURE, TIME = "temperature", "time"
"""What two samples can differ in besides their contents."""

Rows = Callable[[str], Sequence[Sequence[Any]]]
"""Gives the rows of a query of ``queries/facts``, by its name."""


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number: value, unit, end of a range, uncertainty, and how exact the print says it is."""

    value: float
    unit: str = ""
    high: float | None = None
    uncertainty: float | None = None
    relation: str = "="

    def span(self, unit: str) -> tuple[float, float] | None:
        """Return the least and the greatest value it can have in ``unit``; None when the dimensions differ."""
        scale = _scale(self.unit, unit)
        if scale is None:
            return None
        low, high = self.value * scale, (self.value if self.high is None else self.high) * scale
        if self.uncertainty is not None:
            low, high = low - self.uncertainty * scale, high + self.uncertainty * scale
        return (-inf, high) if "<" in self.relation else (low, inf) if ">" in self.relation else (low, high)


def _scale(unit: str, other: str) -> float | None:
    """Return what turns numbers in one unit into another; None when the dimensions differ."""
    if unit == other:
        return 1.0
    from mechkg.model.quantity import Quantity  # its table of units takes a quarter of a second to read

    try:
        return Quantity(value=1.0, unit=unit).to(other or "dimensionless")
    except ValueError:
        return None


def held_against(predicted: Number, found: Number) -> str | None:
    """Say whether a predicted number is ``less``, ``more`` or the ``same``; None when the two cannot be compared.

    Where neither has an uncertainty, a range or a bound, they may differ by a tenth of the larger.

    >>> held_against(Number(2), Number(1.93)), held_against(Number(1), Number(1.93)), held_against(Number(1), Number(2, "s"))
    ('same', 'less', None)
    """
    ours, theirs = predicted.span(found.unit), found.span(found.unit)
    if ours is None or theirs is None:
        return None
    bare = all(n.uncertainty is None and n.high is None for n in (predicted, found))
    sizes = [abs(end) for end in (*ours, *theirs) if abs(end) != inf]
    slack = TOLERANCE * max(sizes, default=0.0) if bare else 0.0
    if ours[1] < theirs[0] - slack:
        return "less"
    return "more" if ours[0] > theirs[1] + slack else "same"


# --- what differs between two samples ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sample:
    """What is known of a stage and of everything it comes from."""

    contents: Mapping[str, tuple[float, str] | None]
    temperature: str | None
    seconds: int | None


def differences(atoms: Iterable[Atom], rows: Rows, media: Callable[[str], Mapping[str, float | None]]) -> Iterator[Atom]:
    """Yield ``differs(stage, stage, what)`` for every two stages that an observation compares.

    What may differ is the amount of a chemical (in the medium, or put in anywhere on the way), the temperature, and the time that
    the sample was kept before. An amount that is not printed for both is taken to be the same. Where the volume is the same and
    one liquid stands in place of another, that is one difference, named after the one of which there is less. ``media`` reads the
    name of a medium.
    """
    by_name: dict[str, list[Atom]] = defaultdict(list)
    for atom in atoms:
        by_name[atom.name].append(atom)
    pairs = {
        (str(one.arguments[3]), str(other.arguments[1]))
        for other in by_name["than"]
        for one in by_name["reported"]
        if one.arguments[0] == other.arguments[0] and one.arguments[3] != other.arguments[1]
    }
    if not pairs:
        return
    before: dict[str, list[str]] = defaultdict(list)
    for atom in by_name["follows"]:
        before[str(atom.arguments[0])].append(str(atom.arguments[1]))
    medium = {str(a.arguments[0]): media(str(a.arguments[1])) for a in by_name["medium"]}
    lasts = {str(a.arguments[0]): int(a.arguments[1]) for a in by_name["duration"]}
    warm = {
        str(stage): words or f"{celsius:g} °C" for stage, celsius, words in rows("temperatures") if words or celsius is not None
    }
    charges: dict[str, list[tuple[str, float | None, str]]] = defaultdict(list)
    for stage, participant, value, unit in rows("charges"):
        charges[str(stage)].append((str(participant), None if value is None else float(value), str(unit or "")))

    def sample(stage: str) -> _Sample:
        past, waiting = [stage], list(before[stage])
        while waiting:
            if (earlier := waiting.pop()) not in past:
                past.append(earlier)
                waiting.extend(before[earlier])
        contents: dict[str, tuple[float, str] | None] = {
            name: None if volume is None else (volume, "mL") for name, volume in medium.get(stage, {}).items()
        }
        for name, value, unit in (charge for earlier in past for charge in charges[earlier]):
            contents[name] = _sum(contents.get(name, (0.0, unit)), value, unit)
        known = [lasts.get(earlier) for earlier in past[1:] if earlier in lasts]
        return _Sample(contents, warm.get(stage), sum(s for s in known if s is not None) if known else None)

    samples = {stage: sample(stage) for stage in sorted({stage for pair in pairs for stage in pair})}
    for one, other in sorted(pairs):
        for what in _different(samples[one], samples[other]):
            yield Atom("differs", (one, other, what))


def _sum(so_far: tuple[float, str] | None, value: float | None, unit: str) -> tuple[float, str] | None:
    return (so_far[0] + value, unit) if so_far is not None and value is not None and so_far[1] == unit else None


def _different(one: _Sample, other: _Sample) -> Iterator[str]:
    changes: dict[str, tuple[float, str]] = {}
    for name in sorted({*one.contents, *other.contents}):
        here, there = one.contents.get(name, (0.0, "")), other.contents.get(name, (0.0, ""))
        if name not in one.contents or name not in other.contents:
            amount = here if name in one.contents else there
            changes[name] = (1.0, "?") if amount is None else (amount[0] * (1 if name in one.contents else -1), amount[1])
        elif here is not None and there is not None and here[1] == there[1] and here[0] != there[0]:
            changes[name] = (here[0] - there[0], here[1])
    if len(changes) == 2 and {unit for _, unit in changes.values()} == {"mL"} and abs(sum(v for v, _ in changes.values())) < 1e-9:
        held = [sample.contents.get(name) for name in sorted(changes) for sample in (one, other)]
        volumes = [0.0 if amount is None else amount[0] for amount in held]
        first, last = sorted(changes)
        changes.pop(first if sum(volumes[:2]) > sum(volumes[2:]) else last)
    yield from changes
    if one.temperature is not None and other.temperature is not None and one.temperature != other.temperature:
        yield TEMPERATURE
    if one.seconds is not None and other.seconds is not None and one.seconds != other.seconds:
        yield TIME


# --- numbers ----------------------------------------------------------------------------------------------------------


def foretold(rows: Rows) -> Iterator[tuple[Atom, str]]:
    """Yield ``foretells(postulate, observation, what, outcome)`` wherever a claim predicts what was measured, with the
    observation.
    """
    predicted: dict[str, list[tuple[str, Number]]] = defaultdict(list)
    for name, what, *number in rows("predictions"):
        predicted[str(what).casefold()].append((str(name), number_of(number)))
    if not predicted:
        return
    for item, kind, what, _, *number in rows("measured"):
        for postulate, expected in predicted.get(str(what).casefold(), ()) if kind == "ratio" else ():
            if outcome := held_against(expected, number_of(number)):
                yield Atom("foretells", (postulate, str(item), str(what), outcome)), str(item)


def number_of(row: Sequence[Any]) -> Number:
    """Read a number from the last columns of a query: value, unit, end of a range, uncertainty, relation."""
    value, unit, high, uncertainty, relation = row
    return Number(
        float(value),
        str(unit or ""),
        None if high is None else float(high),
        None if uncertainty is None else float(uncertainty),
        str(relation),
    )


def limits(atoms: Iterable[Atom], rows: Rows) -> Iterator[tuple[Atom, str]]:
    """Yield ``limit_reaches`` or ``limit_misses(observation, assumption, participant)``, with the observation.

    It reaches where the detection limit of an absence lies no higher than the level that the assumption gives the participant.
    """
    levels = [(str(item), str(of), float(value), str(unit or "")) for item, of, value, unit in rows("levels")]
    least = {str(item): (float(value), str(unit or "")) for item, value, unit in (rows("limits") if levels else ())}
    absent = {(str(a.arguments[0]), str(a.arguments[2])) for a in atoms if a.name == "reported" and a.arguments[1] == "absent"}
    for assumption, participant, level, unit in levels:
        for observation, _ in sorted(pair for pair in absent if pair[1] == participant and pair[0] in least):
            value, printed = least[observation]
            if (scale := _scale(printed, unit)) is not None:
                name = "limit_reaches" if value * scale <= level else "limit_misses"
                yield Atom(name, (observation, assumption, participant)), observation
