"""Sweep hypothesis spaces that are large or many, or under many settings: in blocks, on many processors; it can be gone on with.

A *case* is one space under one setting: with some assumptions withdrawn and some observations left out of account. Each case is
cut into blocks of its candidates. What comes of a block is on the disk when it is counted as done; a block whose worker dies is
tried again, and given up, and told, after a few times.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import asdict, dataclass, field
from itertools import chain, combinations
from math import comb
from pathlib import Path
from typing import Any

from mechkg.errors import BadInputError, MechkgError, NotFoundError, TooLargeError, UnreachableError
from mechkg.reasoning.blocks import MOST_CHOICES, Counts
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import Choice, choices_of
from mechkg.service.sweep_folder import SweepFolder
from mechkg.service.sweep_work import Done, Lacking, Parcel, Task, made_by, packed, work

BITS = 32
"""A block is 2^32 candidates unless told otherwise: less than a second of work for most spaces."""

MOST_BLOCKS = 1 << 20
"""So many blocks a sweep may have."""

MOST_SURVIVORS = 10_000
"""So many survivors of each case are listed unless told otherwise."""

TRIES = 3
"""A block is given up after so many tries."""

_PATIENCE = 0.5
"""After so many seconds without news it is looked whether to stop, and whether there are more workers."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the spaces of a sweep.

    Assumptions in ``without`` are withdrawn and observations in ``ignoring`` left out of account in every case; besides, each
    choice of up to ``withdraw_up_to`` other assumptions and ``ignore_up_to`` other observations makes a case. A block is 2^bits
    candidates; ``most_survivors`` are listed of each case, those with the lowest numbers.
    """

    without: tuple[str, ...] = ()
    ignoring: tuple[str, ...] = ()
    withdraw_up_to: int = 0
    ignore_up_to: int = 0
    bits: int = BITS
    most_survivors: int = MOST_SURVIVORS


@dataclass(frozen=True, slots=True)
class Case:
    """A space under one setting; ``first`` is the place of its first block in the sweep."""

    problem: Problem
    withdrawn: tuple[str, ...]
    ignored: tuple[str, ...]
    choices: tuple[Choice, ...]
    first: int
    blocks: int


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
class Progress:
    """How far a sweep is: blocks, and candidates and survivors in those that are done."""

    blocks: int
    done: int
    given_up: int
    candidates: int
    survivors: int


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
    wanted: Wanted = Wanted(),
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
        run = _Run(there, cases, wanted, executor, in_flight, tries, progress or (lambda _: None), stop or threading.Event())
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


# --- what is asked -----------------------------------------------------------------------------------------------------------


def cases_of(problems: Sequence[Problem], wanted: Wanted) -> list[Case]:
    """Return the cases of a sweep in their order: space by space, as few withdrawn as possible first.

    Raises NotFoundError with the nearest name for an assumption or observation that no space knows, TooLargeError for too many
    choices or blocks, BadInputError for a space that is named twice.
    """
    if not problems:
        raise BadInputError("no hypothesis space is named")
    names = [problem.space.id for problem in problems]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInputError(f"the space '{twice}' is named twice")
    _known("assumption", wanted.without, [problem.space.assumptions for problem in problems])
    _known("observation considered here", wanted.ignoring, [problem.observations for problem in problems])
    found: list[Case] = []
    place = 0
    for problem in problems:
        held = [a for a in problem.space.assumptions if a not in wanted.without]
        counted = [o for o in problem.observations if o not in wanted.ignoring]
        base = (
            [a for a in problem.space.assumptions if a in wanted.without],
            [o for o in problem.observations if o in wanted.ignoring],
        )
        many = _subsets(len(held), wanted.withdraw_up_to) * _subsets(len(counted), wanted.ignore_up_to)
        if place + many > MOST_BLOCKS:
            hint = "withdraw or ignore fewer at a time"
            raise TooLargeError(f"the sweep has more than {MOST_BLOCKS} cases", hint=hint)
        for gone in _up_to(held, wanted.withdraw_up_to):
            withdrawn = (*base[0], *gone)
            choices = tuple(choices_of(problem.space, withdrawn)[0])
            if len(choices) > MOST_CHOICES:
                what = f"'{problem.space.id}' has {len(choices)} free choices"
                raise TooLargeError(f"{what}; up to {MOST_CHOICES} are gone through in blocks")
            blocks = 1 << max(0, len(choices) - wanted.bits)
            for unseen in _up_to(counted, wanted.ignore_up_to):
                if place + blocks > MOST_BLOCKS:
                    hint = "make blocks larger, or space and settings smaller"
                    raise TooLargeError(f"the sweep has more than {MOST_BLOCKS} blocks of 2^{wanted.bits} candidates", hint=hint)
                found.append(Case(problem, withdrawn, (*base[1], *unseen), choices, place, blocks))
                place += blocks
    return found


def _subsets(of: int, up_to: int) -> int:
    return sum(comb(of, size) for size in range(up_to + 1))


def _up_to(names: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(most + 1))


def _known(what: str, names: Iterable[str], valid: Iterable[Collection[str]]) -> None:
    all_valid = sorted({name for some in valid for name in some})
    for name in names:
        if name not in all_valid:
            raise NotFoundError.of(what, name, all_valid)


def question_of(problems: Sequence[Problem], wanted: Wanted) -> dict[str, Any]:
    """Return what a result is the answer to, as plain JSON content: nothing that is in it may change while a sweep goes on."""
    spaces = [
        {
            "space": problem.space.id,
            "ledger version": problem.version,
            "content": _digest(problem.space.model_dump_json()),
            "facts": _digest("\n".join(sorted(map(str, problem.facts.atoms)))),
            "rules": _digest("\n".join([*(rule.text.text for rule in problem.rulebook.rules), problem.rulebook.choices])),
        }
        for problem in problems
    ]
    asked = {name.replace("_", " "): list(v) if isinstance(v, tuple) else v for name, v in asdict(wanted).items()}
    return {"spaces": spaces, **asked, "mechkg": made_by()}


def digest_of(question: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a question, in hexadecimal."""
    return _digest(json.dumps(question, sort_keys=True, ensure_ascii=False))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- how it is worked out ----------------------------------------------------------------------------------------------------


@dataclass
class _Run:
    """One run of a sweep: hands out blocks that are not done, takes in what comes of them."""

    there: SweepFolder
    cases: Sequence[Case]
    wanted: Wanted
    executor: Executor
    in_flight: Callable[[], int]
    tries: int
    progress: Callable[[Progress], None]
    stop: threading.Event
    done: set[int] = field(default_factory=set)
    kept: int = 0
    again: int = 0
    _failed: dict[int, int] = field(default_factory=dict)
    _given_up: int = 0
    _candidates: int = 0
    _survivors: int = 0
    _running: dict[Future[Done | Lacking], Task] = field(default_factory=dict)
    _retried: deque[tuple[Task, Parcel | None]] = field(default_factory=deque)
    _packed: dict[str, Parcel] = field(default_factory=dict)
    """By space."""

    _parcels: dict[str, Parcel] = field(default_factory=dict)
    """By digest."""

    def __post_init__(self) -> None:
        last = self.cases[-1]
        self.blocks = last.first + last.blocks
        self._listing = _Listing(self.wanted.most_survivors)
        for found in self.there.done():
            self._count(found)
        self.kept = len(self.done)

    def case_at(self, place: int) -> Case:
        """Return the case that a block belongs to."""
        low, high = 0, len(self.cases)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.cases[middle].first <= place else (low, middle)
        return self.cases[low]

    def to_the_end(self) -> None:
        """Work out all that is not done, unless stopped."""
        waiting = self._waiting()
        try:
            self._tell()
            while True:
                if self.stop.is_set():
                    for future in [future for future in self._running if future.cancel()]:
                        del self._running[future]
                else:
                    self._hand_out(waiting)
                if not self._running:
                    return
                ended, _ = wait(self._running, _PATIENCE, FIRST_COMPLETED)
                if ended:
                    self._take_in(ended)
                    self._tell()
        finally:
            for future in self._running:
                future.cancel()

    def _waiting(self) -> Iterator[Task]:
        """Yield the blocks that are not done."""
        for case in self.cases:
            parcel = None
            for place in range(case.first, case.first + case.blocks):
                if place not in self.done:
                    parcel = parcel or self._parcel(case.problem)
                    most = self._listing.lacking(case)
                    number = place - case.first
                    yield Task(place, parcel.digest, number, self.wanted.bits, most, case.withdrawn, case.ignored, made_by())

    def _parcel(self, problem: Problem) -> Parcel:
        found = self._packed.get(problem.space.id)
        if found is None:
            found = self._packed[problem.space.id] = packed(problem)
            self._parcels[found.digest] = found
        return found

    def _hand_out(self, waiting: Iterator[Task]) -> None:
        room = max(1, self.in_flight()) - len(self._running)
        while room > 0:
            task, parcel = self._retried.popleft() if self._retried else (next(waiting, None), None)
            if task is None:
                return
            try:
                self._running[self.executor.submit(work, task, parcel)] = task
            except Exception as error:
                hint = "what is done is kept, and the same command goes on from it"
                raise UnreachableError(f"the workers take no more blocks: {_in_words(error)}", hint=hint) from error
            room -= 1

    def _take_in(self, ended: Iterable[Future[Done | Lacking]]) -> None:
        done: list[Done] = []
        given_up: list[tuple[int, int, str]] = []
        refused: MechkgError | None = None
        for future in ended:
            task = self._running.pop(future)
            try:
                found = future.result()
            except TooLargeError as error:  # it would come to the same again
                given_up.append((task.place, 1, str(error)))
            except MechkgError as error:
                refused = error
            except (Exception, CancelledError) as error:
                self._failed_once(task, error, given_up)
            else:
                if isinstance(found, Lacking):
                    self._retried.append((task, self._parcels[found.program]))
                elif found.place not in self.done:
                    done.append(found)
        if done or given_up:
            self.there.add([self._listing.cut(found, self.case_at(found.place)) for found in done], given_up)
        for found in done:
            self._count(found)
        self._given_up += len(given_up)
        if refused is not None:
            raise refused

    def _failed_once(self, task: Task, error: BaseException, given_up: list[tuple[int, int, str]]) -> None:
        """Have a block tried again, unless that was its last try."""
        count = self._failed[task.place] = self._failed.get(task.place, 0) + 1
        if count >= self.tries:
            given_up.append((task.place, count, _in_words(error)))
        else:
            self.again += 1
            self._retried.append((task, self._parcels[task.program]))
        if len(self.done) == self.kept and sum(self._failed.values()) >= self.tries * (1 + max(1, self.in_flight())):
            hint = "a script that starts processes does so under: if __name__ == '__main__':"
            raise UnreachableError(f"no worker ends a block: {_in_words(error)}", hint=hint) from error

    def _count(self, found: Done) -> None:
        self.done.add(found.place)
        self._candidates += found.counts.candidates
        self._survivors += found.counts.survivors
        self._listing.count(found, self.case_at(found.place))

    def _tell(self) -> None:
        self.progress(Progress(self.blocks, len(self.done), self._given_up, self._candidates, self._survivors))


class _Listing:
    """How many survivors of a case are still to be listed: those of its first blocks, as far as these are all done, are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._until: dict[int, int] = {}
        self._listed: dict[int, int] = {}
        self._beyond: dict[int, dict[int, int]] = {}

    def lacking(self, case: Case) -> int:
        """Return how many of a block that is handed out now may be wanted."""
        return max(0, self._most - self._listed.get(case.first, 0))

    def count(self, found: Done, case: Case) -> None:
        """Take in how many survivors a block has."""
        beyond = self._beyond.setdefault(case.first, {})
        beyond[found.place] = found.counts.survivors
        until = self._until.get(case.first, case.first)
        while until in beyond:
            self._listed[case.first] = self._listed.get(case.first, 0) + beyond.pop(until)
            until += 1
        self._until[case.first] = until

    def cut(self, found: Done, case: Case) -> Done:
        """Leave out what others have filled the list with meanwhile."""
        if found.place < self._until.get(case.first, case.first) or len(found.first_survivors) <= (most := self.lacking(case)):
            return found
        return found._replace(first_survivors=found.first_survivors[:most])


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


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().removesuffix(":").splitlines()[0]
