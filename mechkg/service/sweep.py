"""Sweep hypothesis spaces that are large or many, or under many settings: in blocks, on many processors; it can be gone on with.

A *case* is one space under one setting: with some assumptions withdrawn and some observations left out of account. Each case is
cut into blocks of its candidates. What comes of a block is on the disk when it is counted as done; a block whose worker dies is
tried again, and given up, and told, after a few times.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mechkg.reasoning.blocks import Counts
from mechkg.reasoning.problem import Problem
from mechkg.service.sweep_cases import AS_THEY_STAND, Case, Wanted, cases_of, digest_of, question_of
from mechkg.service.sweep_folder import SweepFolder
from mechkg.service.sweep_run import TRIES, Progress, Run
from mechkg.service.sweep_work import Done

__all__ = ["CaseFound", "GivenUp", "Progress", "Swept", "Wanted", "sweep"]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A block that came to nothing; ``place`` is its place in the sweep, ``block`` in its case."""

    place: int
    case: Case
    tries: int
    reason: str

    @property
    def block(self) -> int:
        """Which block of its case it is."""
        return self.place - self.case.first


@dataclass(frozen=True, slots=True)
class CaseFound:
    """What comes of a case: ``done`` of its blocks are counted; ``listed`` survivors are in the result."""

    case: Case
    done: int
    counts: Counts
    listed: int

    @property
    def complete(self) -> bool:
        """Whether all of its blocks are counted."""
        return self.done == self.case.blocks

    @property
    def standing(self) -> dict[str, str]:
        """For each step and postulate: 'required' in every survivor, 'possible' in some, 'excluded' from all; empty without
        any, or when blocks are missing.
        """
        found: dict[str, str] = {}
        for choice, on in zip(self.case.choices, self.counts.on, strict=True):
            word = "excluded" if not on else "required" if on == self.counts.survivors else "possible"
            if self.counts.survivors and self.complete:
                found.update(dict.fromkeys(choice.members, word))
        return found


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a sweep, or of what was done of it when it was stopped.

    ``ran`` blocks were worked out this time, ``kept`` before, ``again`` is how often one had to be tried again. ``files`` are
    those of the result; there are none when it was stopped.
    """

    folder: Path
    digest: str
    question: Mapping[str, Any]
    blocks: int
    ran: int
    kept: int
    again: int
    seconds: float
    stopped: bool
    cases: tuple[CaseFound, ...]
    given_up: tuple[GivenUp, ...]
    files: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every block is counted."""
        return self.ran + self.kept == self.blocks


def sweep(
    problems: Sequence[Problem],
    folder: Path | str,
    executor: Executor,
    wanted: Wanted = AS_THEY_STAND,
    *,
    in_flight: Callable[[], int] = lambda: 8,
    tries: int = TRIES,
    asked: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Swept:
    """Work out the spaces of ``problems`` in blocks, and write the result into ``folder``, from which the same call goes on.

    ``executor`` may be any: threads, processes, a cluster (see :mod:`mechkg.service.executors`); it is handed up to
    ``in_flight()`` blocks at a time. ``progress`` is told how far it is. Once ``stop`` is set no block is begun any more, and
    those that run are waited for. ``asked`` is kept in the folder, for whoever goes on.

    Raises NotFoundError with the nearest name for anything unknown; TooLargeError for too many choices or blocks; BadInputError
    for the folder of another sweep, or one that cannot be written; UnreachableError when the workers are gone. What was done
    until then is kept.
    """
    from mechkg.service.sweep_tables import check_installed, write_tables

    check_installed()
    started = time.monotonic()
    cases = cases_of(problems, wanted)
    question = question_of(problems, wanted)
    with SweepFolder.open(Path(folder), question, asked or {}) as there:
        there.try_again()
        run = Run(there, cases, wanted, executor, in_flight, tries, progress or (lambda _: None), stop or threading.Event())
        run.to_the_end()
        given_up = tuple(GivenUp(place, run.case_at(place), n, reason) for place, n, reason in there.given_up())
        stopped = len(run.done) + len(given_up) < run.blocks
        found = tuple(_found(cases, there.done(), wanted.most_survivors))
        digest = digest_of(question)
        names = () if stopped else write_tables(there.folder, question, digest, found, there.done, given_up)
    return Swept(
        there.folder,
        digest,
        question,
        run.blocks,
        len(run.done) - run.kept,
        run.kept,
        run.again,
        time.monotonic() - started,
        stopped,
        found,
        given_up,
        names,
    )


def _found(cases: Sequence[Case], done: Iterator[Done], most: int) -> Iterator[CaseFound]:
    """Add up what came of the blocks, case by case."""
    following = next(done, None)
    for case in cases:
        counts = Counts(0, 0, (0,) * len(case.choices), {})
        many = listed = 0
        while following is not None and following.place < case.first + case.blocks:
            counts += following.counts
            many += 1
            listed = min(most, listed + len(following.first_survivors))
            following = next(done, None)
        yield CaseFound(case, many, counts, listed)
