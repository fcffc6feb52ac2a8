"""Processes that serve, forked by a parent that has all loaded and replaces at once each that ends.

The parent opens nothing: no ledger, no graph, no thread, so that each worker begins as a fresh process would, but for the seconds
that Python takes to load it all. It holds the socket that is listened on: while a worker is replaced, callers wait.

Written here because what there is does not fit. uvicorn's own supervisor starts each worker from nothing. gunicorn can fork from
what is loaded, but it ends altogether when one new worker cannot start (a database that is away for a moment), starts one that
dies again and again without a pause, notices the death of the parent seconds later, and would need a worker class of our own to
stop in our order.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Final

from mechkg.cli.status import BAD_INPUT

_log = logging.getLogger(__name__)

PAUSES: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before a worker is started again, after the first start in a row that came to nothing, the second, and so on; who
fails once more after the last of them is given up, and the whole with it."""

SETTLED: Final = 2.0
"""A worker that served for so many seconds started well, and is replaced at once whatever ended it."""

SLACK: Final = 10.0
"""Seconds beyond the grace for requests in flight after which a worker that was told to stop is killed."""

FAILED: Final = 1
"""Exit status of a parent that gave up."""

RENEW: Final = signal.SIGUSR1
"""Lets the parent replace the workers, one after the other."""

_STOP: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_HEEDED: Final = (*_STOP, RENEW, signal.SIGCHLD)


class Worker:
    """What a process that serves knows of its place: the how many-th it is, and how often its place was filled."""

    def __init__(self, number: int, starts: int, told: int, life: int) -> None:
        self.number = number
        self.starts = starts
        self._told = told
        threading.Thread(target=_end_with, args=(life,), name="parent", daemon=True).start()

    def ready(self) -> None:
        """Tell the parent that callers are answered from now on."""
        with suppress(OSError):
            os.write(self._told, b"%d\n" % os.getpid())


def _end_with(life: int) -> None:
    """End this process at once when the parent is no more, as nobody would replace or stop it; to be killed does no harm."""
    with suppress(OSError):
        os.read(life, 1)
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class _Place:
    """A place for a worker, and what became of those who had it."""

    number: int
    process: int | None = None
    began: float = 0.0
    starts: int = 0
    serving: bool = False
    failures: int = 0
    """Starts in a row that came to nothing."""
    due: float = 0.0
    """When the next is to be started."""
    ends: float | None = None
    """When one that was told to stop is killed."""


def watch(count: int, grace: float, *, pauses: Sequence[float] = PAUSES) -> Worker | int:
    """Fork ``count`` workers, and replace those that end; return in each of them, and in the parent when all have ended.

    The parent returns its exit status: 0 after SIGTERM, SIGINT (Ctrl-C) or SIGHUP, for which workers get SIGTERM and ``grace``
    seconds for requests in flight (a second SIGINT kills them); else that of a worker that could not start. SIGUSR1 lets it
    replace the workers one after the other, each stopped in that way. Nothing that a process has for itself may be open yet, and
    no thread may run.
    """
    with _Parent(count, grace, pauses) as parent:
        return parent.run()


class _Parent:
    def __init__(self, count: int, grace: float, pauses: Sequence[float]) -> None:
        self._process = os.getpid()
        self._places = [_Place(number) for number in range(1, count + 1)]
        self._patience = grace + SLACK
        self._pauses = pauses
        self._signals: list[int] = []
        self._to_renew: list[_Place] = []
        self._served = False
        self._status: int | None = None  # once it is known, all are stopped

    # --- what is held while it runs

    def __enter__(self) -> _Parent:
        self._woken, self._wake = os.pipe()  # a signal wakes us
        self._heard, self._tell = os.pipe()  # workers say that they serve
        self._life, self._lives = os.pipe()  # workers read the end of it when we are gone
        for end in (self._woken, self._wake, self._heard):
            os.set_blocking(end, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._selector.register(self._heard, selectors.EVENT_READ)
        self._handlers: dict[int, Callable[[int, FrameType | None], Any] | int | None]
        self._handlers = {number: signal.signal(number, self._note) for number in _HEEDED}
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if os.getpid() != self._process:  # a worker, which has let go of it all
            return
        if kind is not None:  # nobody watches them any more
            for place in self._places:
                self._send(place, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._let_go(self._tell, self._life)

    def _let_go(self, *more: int) -> None:
        self._selector.close()
        for end in (self._woken, self._wake, self._heard, self._lives, *more):
            os.close(end)

    def _note(self, number: int, _: FrameType | None) -> None:
        self._signals.append(number)

    # --- the loop

    def run(self) -> Worker | int:
        """Do what :func:`watch` says."""
        gc.collect()
        gc.freeze()  # what is loaded is not looked through for garbage, which would copy its memory into each worker
        while True:
            for place in self._places:
                if self._status is None and place.process is None and place.due <= time.monotonic():
                    worker = self._started(place)
                    if worker is not None:
                        return worker
            if self._status is not None and all(place.process is None for place in self._places):
                return self._status
            self._wait()
            self._reap()
            self._heed()
            self._renew()
            self._kill_late()

    def _wait(self) -> None:
        due = [place.ends for place in self._places if place.ends is not None]
        if self._status is None:
            due += [place.due for place in self._places if place.process is None]
        for key, _ in self._selector.select(max(0.0, min(due) - time.monotonic()) if due else None):
            said = os.read(key.fd, 65_536)
            if key.fd == self._heard:
                serving = {int(line) for line in said.split()}
                for place in self._places:
                    if place.process in serving:
                        place.serving = self._served = True

    def _started(self, place: _Place) -> Worker | None:
        """Fork a worker; return None here, and what it is to know there."""
        place.starts += 1
        place.serving, place.ends = False, None
        sys.stdout.flush()
        sys.stderr.flush()
        # a signal to the new process waits until its handlers are its own
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEEDED)
        place.began = time.monotonic()
        try:
            place.process = os.fork()
        except OSError as error:  # no memory, or too many processes
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._again(place, FAILED, {"worker": place.number, "how": error.strerror})
            return None
        if place.process:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            return None
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for number in (signal.SIGINT, signal.SIGHUP, RENEW):  # a terminal sends them to all of us, and the parent heeds them
            signal.signal(number, signal.SIG_IGN)
        self._let_go()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return Worker(place.number, place.starts, self._tell, self._life)

    def _reap(self) -> None:
        """Take note of who has ended. As the first process of a container we are given the children of others, too."""
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            for place in self._places:
                if place.process == process:
                    self._ended(place, os.waitstatus_to_exitcode(status))

    def _ended(self, place: _Place, code: int) -> None:
        now = time.monotonic()
        told = place.ends is not None
        about = {"worker": place.number, "ended": place.process, "how": _how(code), "lived": round(now - place.began, 3)}
        place.process, place.ends, place.due = None, None, now
        if self._status is not None:
            return
        if told:
            place.failures = 0
        elif not self._served and code == BAD_INPUT:  # it has said why, and as long as nobody changes that it will again
            self._stop(BAD_INPUT)
        else:
            self._again(place, code, about)

    def _again(self, place: _Place, code: int, about: dict[str, Any]) -> None:
        """Say when a place is filled again whose worker ended, or could not be started; or give up."""
        now = time.monotonic()
        place.failures = 0 if place.serving and now - place.began >= SETTLED else place.failures + 1
        if place.failures > len(self._pauses):
            _log.error("gave up: a process that serves ended %d times in a row as soon as it began", place.failures, extra=about)
            self._stop(code if code > 0 else FAILED)
            return
        pause = 0.0
        if place.failures > 1 or not place.serving:
            pause = self._pauses[place.failures - 1]
        place.due = now + pause
        _log.warning("a process that serves ended, and is replaced", extra={**about, "pause": pause})

    # --- signals

    def _heed(self) -> None:
        signals, self._signals = self._signals, []
        for number in signals:
            if number == signal.SIGINT and self._status is not None:
                for place in self._places:
                    self._send(place, signal.SIGKILL)
            elif number in _STOP:
                self._stop(0)
            elif number == RENEW:
                self._to_renew = list(self._places)

    def _stop(self, status: int) -> None:
        """Let all workers stop, and end with a status then."""
        if self._status is None:
            self._status = status
            for place in self._places:
                self._let_stop(place)

    def _renew(self) -> None:
        """Let the next worker stop that is to be renewed, when all others serve."""
        while self._to_renew and self._status is None:
            if not all(place.process is not None and place.serving and place.ends is None for place in self._places):
                return
            self._let_stop(self._to_renew.pop(0))

    def _let_stop(self, place: _Place) -> None:
        if place.process is not None and place.ends is None:
            place.ends = time.monotonic() + self._patience
            self._send(place, signal.SIGTERM)

    def _kill_late(self) -> None:
        for place in self._places:
            if place.ends is not None and place.ends <= time.monotonic():
                _log.warning("a process that serves did not stop in time", extra={"worker": place.number})
                place.ends = time.monotonic() + self._patience
                self._send(place, signal.SIGKILL)

    @staticmethod
    def _send(place: _Place, number: int) -> None:
        if place.process is not None:
            with suppress(ProcessLookupError):
                os.kill(place.process, number)


def _how(code: int) -> str:
    """Say how a process ended.

    >>> _how(-9), _how(3)
    ('SIGKILL', 'status 3')
    """
    if code >= 0:
        return f"status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
