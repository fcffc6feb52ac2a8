"""The verdicts of all hypothesis spaces, kept up to date beside what is asked: a page shows what is known, and waits for nothing.

They are worked out by a thread that begins when somebody looks at the board. When what counts changes, only spaces that the
change reaches are worked out anew; verdicts that came out otherwise are kept as changes, newest first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from mechkg.errors import MechkgError
from mechkg.model.verdict import Check
from mechkg.service.catalog import Catalog
from mechkg.service.check import check
from mechkg.service.reach import spaces_reached
from mechkg.service.workspace import Workspace

MOST_CHANGES: Final = 50
"""So many changes of verdicts are kept."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A candidate whose verdict came out otherwise at a position of the ledger than before; None where it was not there."""

    space: str
    candidate: str
    before: str | None
    after: str | None
    version: int
    seen: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """What is known of one version: checks by space, spaces that wait, spaces that cannot be checked and why, changes seen."""

    version: int
    checks: Mapping[str, Check]
    waiting: tuple[str, ...]
    failed: Mapping[str, str]
    changes: tuple[Changed, ...]
    since: datetime


@dataclass(eq=False)
class _Keeper:
    """The verdicts of one workspace."""

    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: threading.Event = field(default_factory=threading.Event)
    catalog: Catalog | None = None
    checks: dict[str, Check] = field(default_factory=dict)
    before: dict[str, Check] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    changes: deque[Changed] = field(default_factory=lambda: deque(maxlen=MOST_CHANGES))

    def move_to(self, catalog: Catalog) -> None:
        """Let go of the verdicts that a change can have reached."""
        earlier = self.catalog
        if earlier is catalog:
            return
        if earlier is not None and earlier.version != catalog.version:
            gone, come = catalog.since(earlier.version, earlier.entries)
            items = {*gone, *(entry.id for entry in come)}
            reached = spaces_reached(earlier, items) | spaces_reached(catalog, items)
            for name in [*self.checks]:
                if name in reached:
                    self.before[name] = self.checks.pop(name)
                else:
                    self.checks[name] = replace(self.checks[name], graph_version=catalog.version)
            self.failed = {name: why for name, why in self.failed.items() if name not in reached}
        self.catalog = catalog

    def missing(self) -> list[str]:
        """Return the spaces that were not worked out yet, in the order in which they were accepted."""
        assert self.catalog is not None
        spaces = [entry.id for entry in self.catalog.by_kind.get("space", ())]
        return [name for name in spaces if name not in self.checks and name not in self.failed]

    def keep(self, space: str, found: Check) -> None:
        """Keep the verdicts of a space, and what changed in them."""
        self.checks[space] = found
        earlier = self.before.pop(space, None)
        if earlier is None:
            return
        was = {one.id: one.verdict for one in earlier.candidates}
        now = {one.id: one.verdict for one in found.candidates}
        for name in {**was, **now}:
            if was.get(name) != now.get(name):
                change = Changed(space, name, was.get(name), now.get(name), found.graph_version, datetime.now(UTC))
                self.changes.appendleft(change)


_KEEPERS: WeakKeyDictionary[Workspace, _Keeper] = WeakKeyDictionary()


def verdict_board(workspace: Workspace) -> Board:
    """Return what is known now, at once; what is missing is worked out if :func:`keeping` runs."""
    keeper = _KEEPERS.setdefault(workspace, _Keeper())
    catalog = workspace.catalog
    with keeper.lock:
        keeper.move_to(catalog)
        missing = keeper.missing()
        if missing:
            keeper.wanted.set()
        return Board(
            catalog.version, MappingProxyType(dict(keeper.checks)), tuple(missing), MappingProxyType(dict(keeper.failed)),
            tuple(keeper.changes), keeper.since,
        )  # fmt: skip


def work_out(workspace: Workspace) -> bool:
    """Work out one space that is missing; return False when none is."""
    keeper = _KEEPERS.setdefault(workspace, _Keeper())
    catalog = workspace.catalog
    with keeper.lock:
        keeper.move_to(catalog)
        space = next(iter(keeper.missing()), None)
    if space is None:
        return False
    found: Check | None = None
    why = ""
    try:
        found = check(workspace, space)
    except MechkgError as error:
        why = str(error)
    with keeper.lock:
        # an act may have come between; then it is worked out again
        if keeper.catalog is catalog and (found is None or found.graph_version == catalog.version):
            if found is None:
                keeper.failed[space] = why
            else:
                keeper.keep(space, found)
    return True


@contextmanager
def keeping(workspace: Workspace) -> Iterator[None]:
    """Work out what is missing beside the block, once somebody looked at the board; the space in work is finished at the end."""
    keeper = _KEEPERS.setdefault(workspace, _Keeper())
    ended = threading.Event()

    def work() -> None:
        while True:
            keeper.wanted.wait()
            keeper.wanted.clear()
            while not ended.is_set() and work_out(workspace):
                pass
            if ended.is_set():
                return

    worker = threading.Thread(target=work, name="verdicts", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        keeper.wanted.set()
        worker.join()
