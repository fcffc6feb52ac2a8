"""Experiments that could be done next, and what each survivor predicts of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Predicted = Literal["none", "must", "likely", "open", "follows", "need not follow"]
"""What a candidate says of a species at the end of an experiment.

none: none can be there. must: it must be seen. likely: it can be reached from what must be there by steps that have their
promoters. open: it can be there, and need not. Of an experiment with little of one portion, about the final amount: follows:
it is limited by that portion. need not follow: there is a way without it.
"""


@dataclass(frozen=True, slots=True)
class Readout:
    """One thing to look for, and what each survivor predicts (in the order of the survivors)."""

    species: str
    label: str
    predicted: tuple[Predicted, ...]


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment, what would be looked for, and how well it splits the survivors.

    ``separates`` are pairs of survivors of which one predicts that a thing is seen and the other that it cannot be;
    ``may_separate`` those of which only one says anything definite, so that one of two outcomes tells them apart. ``worst``
    is how many survivors are left after the least telling outcome, ``expected`` the mean over outcomes. ``shown`` is False
    when no procedure of the space shows how to make the change.
    """

    name: str
    kind: str
    base: str
    title: str
    change: str
    readouts: tuple[Readout, ...]
    separates: tuple[tuple[str, str], ...]
    may_separate: tuple[tuple[str, str], ...]
    worst: int
    expected: float
    hours: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two survivors and the cheapest experiment that separates them; None when nothing listed does."""

    one: str
    other: str
    experiment: str | None
    surely: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do next: experiments ranked, the smallest set that separates all pairs that can be separated, and each pair.

    ``considered`` experiments were worked out; those that split nothing, and those that predict the same as a cheaper one, are
    left out of the list. ``survivors`` are names of candidates, or their steps where the space does not name them.
    """

    survivors: tuple[str, ...]
    experiments: tuple[Experiment, ...]
    smallest_set: tuple[str, ...]
    pairs: tuple[Pair, ...]
    considered: int
