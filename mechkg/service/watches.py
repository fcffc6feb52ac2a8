"""Saved hypotheses: a candidate or a whole space that somebody watches, and what became of its verdicts.

Whenever something came to count or ceased to, whichever way it came in, the verdicts of the watches that it can bear on are
worked out anew; one that is another than before is recorded with the act that caused it. Who does so need not be who acted: a
process that dies before it is done leaves the rest to the next one that looks, and of several that look at once one records.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from mechkg.curation import watch as record
from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import Record
from mechkg.curation.watch import Flip, Watch
from mechkg.errors import BadInputError, LedgerError, MechkgError, NotFoundError, TooLargeError
from mechkg.graph.store import Store
from mechkg.model.ledger_record import Act
from mechkg.model.person import Caller
from mechkg.service.as_of import read_at, together
from mechkg.service.catalog import Catalog
from mechkg.service.check import ad_hoc
from mechkg.service.reach import spaces_reached
from mechkg.service.reading import View
from mechkg.service.verdict_names import verdict_names
from mechkg.service.workspace import Workspace

__all__ = ["Flip", "Hypothesis", "Watch", "catch_up", "following", "unwatch", "watch", "watches_of"]

_log = logging.getLogger(__name__)

_MANY = 2000
"""After so many acts without a flip it is recorded how far a watch was looked after, so that nobody goes through them again."""

_PAUSE = 1.0
"""Seconds between two looks at what other processes did."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What is watched: the named ``candidate`` of a space, one of one's own, or with neither all the named ones.

    ``steps`` and ``postulates`` make a candidate of one's own. Assumptions in ``without`` are withdrawn, observations in
    ``ignoring`` left out of account.
    """

    space: str
    candidate: str | None = None
    steps: tuple[str, ...] | None = None
    postulates: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    ignoring: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Hypothesis:
        """Read what :meth:`content` returns."""
        steps = content.get("steps")
        return cls(
            content["space"], content.get("candidate"), None if steps is None else tuple(steps),
            *(tuple(content.get(name, ())) for name in ("postulates", "without", "ignoring")),
        )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON content, what is not said left out."""
        said = {
            "space": self.space,
            "candidate": self.candidate,
            "steps": None if self.steps is None else list(self.steps),
            "postulates": list(self.postulates) or None,
            "without": list(self.without) or None,
            "ignoring": list(self.ignoring) or None,
        }
        return {name: value for name, value in said.items() if value is not None}

    @property
    def own(self) -> bool:
        """Whether it is a candidate of one's own."""
        return self.steps is not None or bool(self.postulates)

    def verdicts(self, view: View) -> dict[str, str]:
        """Return the verdicts, candidate -> verdict; raise NotFoundError or BadInputError when it cannot be asked."""
        named = () if self.candidate is None else (self.candidate,)
        extra = (ad_hoc(self.steps or (), self.postulates),) if self.own else ()
        space = view.catalog.space(self.space).id
        return dict(verdict_names(view, space, named, extra, self.without, self.ignoring))

    def verdicts_if_any(self, view: View) -> dict[str, str]:
        """Return the verdicts, none when it can no longer be asked; what was withdrawn and is gone by now stays so."""
        if self.space not in view.catalog.entries:
            return {}
        with view.lock:
            try:
                problem = view.problem(self.space)
                still = Hypothesis(
                    self.space, self.candidate, self.steps, self.postulates,
                    tuple(name for name in self.without if name in problem.space.assumptions),
                    tuple(name for name in self.ignoring if name in problem.observations),
                )  # fmt: skip
                return still.verdicts(view)
            except (NotFoundError, BadInputError, TooLargeError):
                return {}


# --- use cases ----------------------------------------------------------------------------------------------------------


def watch(workspace: Workspace, by: Caller, hypothesis: Hypothesis, *, title: str | None = None) -> Watch:
    """Begin to watch a hypothesis, under a title of its own or one that says what it is.

    Raise NotFoundError with the nearest name for anything unknown, BadInputError for what is no candidate, or a candidate named
    and made up at once; ForbiddenError for who has no role here.
    """
    if hypothesis.candidate is not None and hypothesis.own:
        raise BadInputError(
            f"name a candidate ('{hypothesis.candidate}') or put one together, not both",
            hint="steps and claims make a candidate of their own",
        )
    space = workspace.catalog.space(hypothesis.space).id
    exact = Hypothesis.of({**hypothesis.content(), "space": space})
    while True:
        checked = workspace.version
        verdicts = exact.verdicts(workspace)
        if workspace.version == checked:
            break
    name = (title or "").strip() or _title(exact)
    return record.watch(workspace.ledger, by, name, exact.content(), verdicts=verdicts, checked=checked)


def unwatch(ledger: Ledger, by: Caller, watch_id: str) -> Watch:
    """End a watch; only who began it can. Raise RefusedActError when it has ended."""
    return record.unwatch(ledger, by, watch_id)


def watches_of(ledger: Record, person: str, *, ended: bool = False) -> list[Watch]:
    """Return the watches of a person with what became of them, oldest first; those that ended too when asked for."""
    return [found for found in _all(ledger).values() if found.by == person and (ended or not found.ended)]


def watch_of(ledger: Record, person: str, watch_id: str) -> Watch:
    """Return one watch of a person; raise NotFoundError, with the nearest of their own, also for another's."""
    own = {name: one for name, one in _all(ledger).items() if one.by == person}
    if watch_id not in own:
        raise NotFoundError.of("watch", watch_id, own)
    return own[watch_id]


def _all(ledger: Record) -> dict[str, Watch]:
    return record.fold(ledger.acts_of_kinds(["watch", "flip"]))


def _title(hypothesis: Hypothesis) -> str:
    if hypothesis.candidate is not None:
        what = hypothesis.candidate
    elif hypothesis.own:
        what = " + ".join([*(hypothesis.steps or ()), *hypothesis.postulates]) or "the established steps alone"
    else:
        what = "all candidates"
    without = f", without {', '.join(hypothesis.without)}" if hypothesis.without else ""
    ignoring = f", ignoring {', '.join(hypothesis.ignoring)}" if hypothesis.ignoring else ""
    return f"{what} in {hypothesis.space}{without}{ignoring}"


# --- looking after watches ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """Acts of one transaction that changed what counts: the first of them, the last that did, and the items concerned."""

    first: int
    last: int
    items: frozenset[str]


@dataclass(slots=True)
class _Looked:
    """How far this process looked after a watch that no flip tells of, and the verdicts it found."""

    until: int
    verdicts: Mapping[str, str]


@dataclass(eq=False)
class _Progress:
    """How far this process looked after each watch of a ledger; one thread at a time looks."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    looked: dict[str, _Looked] = field(default_factory=dict)


_PROGRESS: WeakKeyDictionary[Ledger, _Progress] = WeakKeyDictionary()


def catch_up(workspace: Workspace) -> list[Act]:
    """Look after all watches up to what counts now; return the flips that were recorded.

    A watch on which nothing that came bears is not worked out. Changes that came one after another are gone through one by one,
    so that each flip names the act that caused it.
    """
    progress = _PROGRESS.setdefault(workspace.ledger, _Progress())
    with progress.lock:
        return _catch_up(workspace, progress.looked)


def _catch_up(workspace: Workspace, looked: dict[str, _Looked]) -> list[Act]:
    ledger = workspace.ledger
    settled = ledger.settled()
    open_ = {}
    for found in _all(ledger).values():
        if not found.ended:
            seen = looked.get(found.id)
            if seen is None or seen.until < found.checked:
                seen = looked[found.id] = _Looked(found.checked, found.verdicts)
            if seen.until < settled:
                open_[found.id] = found
    if not open_:
        return []
    recorded: list[Act] = []
    start = min(looked[name].until for name in open_)
    then: Store | None = None
    before = Catalog.of(start, ledger.accepted_with_acts(start))
    for change in _changes(ledger, start, settled):
        after = Catalog.of(change.last, ledger.accepted_with_acts(change.last))
        reached = spaces_reached(before, change.items) | spaces_reached(after, change.items)
        before = after
        concerned = [one for one in open_.values() if looked[one.id].until < change.last and one.hypothesis["space"] in reached]
        if not concerned:
            continue
        verdicts = _verdicts_now(workspace, concerned, change.last)
        if verdicts is None:
            then = then or Store.open(None)
            view = read_at(ledger, change.last, then)
            verdicts = {one.id: Hypothesis.of(one.hypothesis).verdicts_if_any(view) for one in concerned}
        for one in concerned:
            was, now = looked[one.id].verdicts, verdicts[one.id]
            if was != now:
                act = record.flip(ledger, one.id, now, checked=change.last, cause=change.first, before=was)
                recorded += [] if act is None else [act]
            looked[one.id] = _Looked(change.last, now)
    for one in open_.values():
        seen = looked[one.id]
        seen.until = settled
        if settled - one.checked > _MANY and seen.verdicts == one.verdicts:
            record.flip(ledger, one.id, seen.verdicts, checked=settled, cause=settled, before=seen.verdicts)
    return recorded


def _verdicts_now(workspace: Workspace, watches: Sequence[Watch], version: int) -> dict[str, dict[str, str]] | None:
    """Return the verdicts as of now; None when what counts now is not what counted at ``version``."""
    if workspace.version != version:
        return None
    found = {one.id: Hypothesis.of(one.hypothesis).verdicts_if_any(workspace) for one in watches}
    return found if workspace.version == version else None


def _changes(ledger: Ledger, after: int, until: int) -> Iterator[_Change]:
    """Yield what changed what counts after one position up to another, transaction by transaction."""
    group: list[Act] = []
    for act in ledger.acts(after, until):
        if group and together(group[0]) != together(act):
            yield from _change(ledger, group)
            group = []
        group.append(act)
    yield from _change(ledger, group)


def _change(ledger: Ledger, group: Sequence[Act]) -> Iterator[_Change]:
    settling = {
        act.assertion: act.position
        for act in group
        if act.assertion is not None and act.kind in ("accept", "supersede", "retract", "restore")
    }
    if settling:
        items = frozenset(found.item for found in ledger.assertions(settling).values())
        yield _Change(group[0].position, max(settling.values()), items)


# --- when to look ----------------------------------------------------------------------------------------------------------


_FOLLOWED: WeakKeyDictionary[Workspace, list[Callable[[], None]]] = WeakKeyDictionary()
"""Workspace whose ledger somebody follows -> what tells each of them to look at once."""


def after_settling(workspace: Workspace) -> None:
    """Look after the watches once something came to count or ceased to; whoever follows the ledger already does it.

    The act is done: a failure here is left to the next who looks.
    """
    if followers := _FOLLOWED.get(workspace):
        for wake in tuple(followers):
            wake()
        return
    try:
        catch_up(workspace)
    except MechkgError as error:
        _log.warning("watched hypotheses were not looked after, and will be when something is accepted next: %s", error)


@dataclass(eq=False)
class _Follower:
    """A thread that looks after watches whenever what counts has changed, in this process or in another."""

    workspace: Workspace
    pause: float
    woken: threading.Event = field(default_factory=threading.Event)
    ended: bool = False

    def run(self) -> None:
        done = -1
        while not self.ended:
            self.woken.clear()
            settled = done
            try:
                settled = self.workspace.ledger.settled()
                if settled != done:
                    catch_up(self.workspace)
            except LedgerError as error:  # such as a database that is away, which is looked for again after a pause
                settled = done
                _log.warning("watched hypotheses were not looked after, and will be: %s", error)
            except Exception:  # whatever it is, the service goes on; what is left is done when something is accepted next
                _log.exception("watched hypotheses were not looked after")
            done = settled
            self.woken.wait(self.pause)

    def end(self) -> None:
        self.ended = True
        self.woken.set()


@contextmanager
def following(workspace: Workspace, pause: float = _PAUSE) -> Iterator[None]:
    """Look after the watches for as long as the block lasts, in a thread of its own, beginning with what was left undone."""
    follower = _Follower(workspace, pause)
    thread = threading.Thread(target=follower.run, name="watches", daemon=True)
    followers = _FOLLOWED.setdefault(workspace, [])
    followers.append(follower.woken.set)
    thread.start()
    try:
        yield
    finally:
        followers.remove(follower.woken.set)
        follower.end()
        thread.join()


# --- as JSON ----------------------------------------------------------------------------------------------------------------


def as_json(found: Watch) -> dict[str, Any]:
    """Return a watch as plain JSON content."""
    return {
        "id": found.id,
        "by": found.by,
        "title": found.title,
        "hypothesis": dict(found.hypothesis),
        "since": found.since.isoformat(),
        "checked": found.checked,
        "verdicts": dict(found.verdicts),
        "flips": [
            {
                "candidate": flip.candidate,
                "before": flip.before,
                "after": flip.after,
                "cause": flip.cause,
                "at": flip.at.isoformat(),
                "position": flip.position,
            }
            for flip in found.flips
        ],
        "ended": found.ended,
    }
