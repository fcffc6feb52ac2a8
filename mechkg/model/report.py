"""Reports on a hypothesis space beyond the verdicts: conflict sets, repairs, what-if, conclusions, experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mechkg.model.verdict import Check, Role, VerdictName


@dataclass(frozen=True, slots=True)
class ConflictSet:
    """Things that cannot hold together: steps and postulates that are part of the candidate and that are not, assumptions,
    observations. As a repair: assumptions and observations that go.
    """

    steps: tuple[str, ...] = ()
    missing_steps: tuple[str, ...] = ()
    postulates: tuple[str, ...] = ()
    missing_postulates: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    observations: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[str]:
        """Yield the elements in words."""
        yield from (f"{name} runs" for name in self.steps)
        yield from (f"{name} does not run" for name in self.missing_steps)
        yield from (f"claimed: {name}" for name in self.postulates)
        yield from (f"not claimed: {name}" for name in self.missing_postulates)
        yield from (f"assumed: {name}" for name in self.assumptions)
        yield from (f"observed: {name}" for name in self.observations)


@dataclass(frozen=True, slots=True)
class ConflictSets:
    """The minimal conflict sets of a candidate and its repairs, smallest repairs first.

    ``complete`` is False when the search was ended by its budget. ``hopeless``: the steps alone contradict the constraints,
    so nothing that could go would help.
    """

    candidate: str
    sets: tuple[ConflictSet, ...]
    repairs: tuple[ConflictSet, ...]
    complete: bool
    hopeless: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Flip:
    """What changes when one assumption or observation is withdrawn: candidate -> (verdict before, verdict after)."""

    kind: str
    name: str
    verdicts: Mapping[str, tuple[VerdictName, VerdictName]]


@dataclass(frozen=True, slots=True)
class Premise:
    """The premise that a verdict hangs on most doubtfully: an assumption or observation whose withdrawal alone changes it.

    ``name`` is None when no single withdrawal changes it.
    """

    candidate: str
    kind: str | None = None
    name: str | None = None
    backing: str | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every assumption and observation withdrawn by itself: those that change a verdict, and those (kind, name) that change none.

    ``tried`` counts both.
    """

    flips: tuple[Flip, ...]
    weakest: tuple[Premise, ...]
    tried: int
    unchanged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole space: how many candidates meet the constraints, how many survive, what they have in common.

    ``standing``: step or postulate -> required (in every survivor), possible or excluded. ``minimal``: survivors that contain
    no other, each as its steps and postulates, fewest choices first. ``complete_up_to``: every such survivor with so many
    choices on or fewer is among them. ``killed``: observation -> how many candidates it rules out by itself. ``exact`` is
    False when ``survivors`` is only a lower bound; ``method`` says how they were found.
    """

    choices: int
    candidates: int
    survivors: int
    standing: Mapping[str, str]
    minimal: tuple[tuple[str, ...], ...]
    complete_up_to: int
    killed: Mapping[str, int] = field(default_factory=dict)
    exact: bool = True
    method: str = "every candidate"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The kill matrix: for each candidate the part that each observation plays."""

    candidates: tuple[str, ...]
    observations: tuple[str, ...]
    roles: tuple[tuple[Role, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is found about a hypothesis space.

    ``classes``: named candidates that no observation tells apart (same part of every observation). ``rate_laws``: rate law -> the
    candidates that predict it.
    """

    check: Check
    whole: Whole
    matrix: Matrix
    classes: tuple[tuple[str, ...], ...]
    rate_laws: Mapping[str, tuple[str, ...]]
    conflicts: tuple[ConflictSets, ...]
    what_if: WhatIf
