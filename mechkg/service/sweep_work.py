"""What a worker of a sweep does: one block of one hypothesis space under one setting.

A task names the ground program by the digest of its content. A worker that has not seen it says so, and is sent it along with the
task; so it travels once to each worker, whatever carries the tasks: processes, a cluster, or any other executor.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import socket
import threading
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple

from mechkg.errors import BadInputError
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.verdict import VerdictName
from mechkg.reasoning.blocks import Blocks, Counts
from mechkg.reasoning.check import verdict_of
from mechkg.reasoning.outcomes import Outcomes, Setting
from mechkg.reasoning.plain import plain_program, read_plain_program
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.program import GroundProgram

MOST_PROGRAMS = 8
"""So many ground programs a worker keeps."""


class Parcel(NamedTuple):
    """A ground program and its space as they travel, with the digest of what is in it."""

    digest: str
    content: bytes


class Task(NamedTuple):
    """One block: ``number`` of a space that is cut into blocks of 2^bits, with assumptions withdrawn and observations ignored.

    ``place`` says which block of the whole sweep it is; ``most``: so many of its survivors are to be listed; ``made_by`` is the
    version of mechkg that asks.
    """

    place: int
    program: str
    number: int
    bits: int
    most: int
    withdrawn: tuple[str, ...]
    ignored: tuple[str, ...]
    made_by: str


class NamedVerdict(NamedTuple):
    """The verdict on a candidate that the space names, the observations that rule it out, and those that it explains."""

    candidate: str
    verdict: VerdictName
    ruled_out_by: tuple[str, ...]
    explained: tuple[str, ...]


class Done(NamedTuple):
    """What came of a block; ``verdicts`` on the named candidates come with the first block of a space."""

    place: int
    counts: Counts
    first_survivors: tuple[int, ...]
    verdicts: tuple[NamedVerdict, ...]
    seconds: float
    worker: str


class Lacking(NamedTuple):
    """A worker has not seen the ground program with this digest."""

    program: str


@dataclass(eq=False)
class _Known:
    """A ground program that a worker keeps."""

    program: GroundProgram
    space: HypothesisSpace
    outcomes: Outcomes
    lock: threading.Lock = field(default_factory=threading.Lock)


_programs: OrderedDict[str, _Known] = OrderedDict()
_taking = threading.Lock()


@cache
def made_by() -> str:
    """Return the version of mechkg that works here."""
    return version("mechkg")


def packed(problem: Problem) -> Parcel:
    """Return the ground program of a problem, with its space, ready to travel."""
    content = zlib.compress(pickle.dumps((plain_program(problem.program), problem.space)))
    return Parcel(hashlib.sha256(content).hexdigest(), content)


def work(task: Task, parcel: Parcel | None = None) -> Done | Lacking:
    """Work out a block, or say that the ground program has not been seen here.

    Raises TooLargeError where the space has too many choices for it, BadInputError where another version of mechkg works here.
    """
    if task.made_by != made_by():
        what = f"a worker on {socket.gethostname()} runs mechkg {made_by()}, and the sweep is of {task.made_by}"
        raise BadInputError(what, hint="install the same version everywhere")
    start = time.perf_counter()
    known = _taken(task.program, parcel)
    if known is None:
        return Lacking(task.program)
    with known.lock:
        verdicts = _verdicts(known, task) if task.number == 0 else ()
        blocks = _blocks(known, task.bits, task.withdrawn, task.ignored)
    found = blocks.block(task.number, task.most)
    worker = f"{socket.gethostname()}:{os.getpid()}"
    return Done(task.place, found.counts, found.first_survivors, verdicts, time.perf_counter() - start, worker)


def _taken(digest: str, parcel: Parcel | None) -> _Known | None:
    with _taking:
        known = _programs.get(digest)
        if known is None and parcel is not None:
            content, space = pickle.loads(zlib.decompress(parcel.content))
            program = read_plain_program(content)
            known = _programs[digest] = _Known(program, space, Outcomes(program))
            while len(_programs) > MOST_PROGRAMS:
                _programs.popitem(last=False)
        if known is not None:
            _programs.move_to_end(digest)
        return known


@lru_cache(maxsize=2)  # one being worked on, and the next
def _blocks(known: _Known, bits: int, withdrawn: tuple[str, ...], ignored: tuple[str, ...]) -> Blocks:
    return Blocks(known.program, known.space, bits, withdrawn, ignored)


def _verdicts(known: _Known, task: Task) -> tuple[NamedVerdict, ...]:
    """Return the verdicts that a check of the space comes to."""
    without, ignoring = frozenset(task.withdrawn), frozenset(task.ignored)
    nothing = Setting(frozenset(), frozenset(), without, ignoring)
    named = known.space.candidates
    asked = [Setting(frozenset(c.steps), frozenset(c.postulates), without, ignoring) for c in named]
    baseline, *outcomes = known.outcomes.of([nothing, *asked])
    return tuple(
        NamedVerdict(
            candidate.id,
            verdict_of(outcome, baseline),
            tuple(sorted(outcome.hit)),
            tuple(sorted(outcome.explained - outcome.hit)),
        )
        for candidate, outcome in zip(named, outcomes, strict=True)
    )
