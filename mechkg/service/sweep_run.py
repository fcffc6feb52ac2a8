"""One run of a sweep: hands blocks to an executor, takes in what comes of them, has them tried again when a worker dies."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field

from mechkg.errors import MechkgError, TooLargeError, UnreachableError
from mechkg.reasoning.problem import Problem
from mechkg.service.sweep_cases import Case, Wanted
from mechkg.service.sweep_folder import SweepFolder
from mechkg.service.sweep_work import Done, Lacking, Parcel, Task, made_by, packed, work

TRIES = 3
"""A block is given up after so many tries."""

_PATIENCE = 0.5
"""After so many seconds without news it is looked whether to stop, and whether there are more workers."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: blocks, and candidates and survivors in those that are done."""

    blocks: int
    done: int
    given_up: int
    candidates: int
    survivors: int


@dataclass
class Run:
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
        """Keep the workers busy."""
        try:
            most = max(1, self.in_flight())
            while len(self._running) < most:
                task, parcel = self._retried.popleft() if self._retried else (next(waiting, None), None)
                if task is None:
                    return
                self._running[self.executor.submit(work, task, parcel)] = task
        except Exception as error:
            hint = "what is done is kept, and the same command goes on from it"
            raise UnreachableError(f"the workers take no more blocks: {_in_words(error)}", hint=hint) from error

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


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().removesuffix(":").splitlines()[0]
