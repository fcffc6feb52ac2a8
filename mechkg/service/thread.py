"""What people said upon an item, an assertion or a verdict: disputes with how they ended, comments; and who may act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from mechkg.curation import policy
from mechkg.curation.threads import Dispute, comments, disputes
from mechkg.errors import MechkgError, NotFoundError, UnauthenticatedError
from mechkg.model.change_set import Comment
from mechkg.model.ledger_record import Act, ActKind, Subject
from mechkg.model.person import Caller
from mechkg.service.acting import materials_of_subject
from mechkg.service.catalog import Entry
from mechkg.service.history import history
from mechkg.service.people import everybody
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute, what it is upon, and whether that counts still."""

    dispute: Dispute
    upon: Subject
    counts: bool

    @property
    def open(self) -> bool:
        """Whether nobody has settled it."""
        return self.dispute.outcome is None


@dataclass(frozen=True, slots=True)
class Thread:
    """Disputes and comments, oldest first."""

    disputes: tuple[Disputed, ...]
    comments: tuple[Comment, ...]

    @property
    def open(self) -> tuple[Disputed, ...]:
        """Disputes upon what counts that nobody has settled."""
        return tuple(each for each in self.disputes if each.open and each.counts)

    def __bool__(self) -> bool:
        return bool(self.disputes or self.comments)


def thread_of(view: Recorded, subject: Subject) -> Thread:
    """Return what was said upon something; upon an item, also upon each of its versions.

    Raise NotFoundError, with the nearest name where there is one, when there is no such thing.
    """
    acts = history(view, subject)
    by_subject: dict[Subject, list[Act]] = {}
    for act in acts:
        if act.subject is not None and act.kind in ("dispute", "settle"):
            by_subject.setdefault(act.subject, []).append(act)
    told = [Disputed(each, upon, _counts(view, upon)) for upon, those in by_subject.items() for each in disputes(those)]
    return Thread(tuple(sorted(told, key=lambda each: each.dispute.position)), tuple(comments(acts)))


def _counts(view: Recorded, upon: Subject) -> bool:
    return upon.kind != "assertion" or view.ledger.status(upon.name) == "accepted"


# --- who may ----------------------------------------------------------------------------------------------------------


def why_not(view: Recorded, by: Caller | None, kind: ActKind, upon: Subject, *, not_by: str | None = None) -> str:
    """Return in a sentence why somebody may not dispute, settle, decide upon or comment on something; empty when they may.

    ``not_by``: who began it, and cannot end it.
    """
    error = refused(view, by, kind, materials_of_subject(view, upon), _about(view, upon))
    if error is None and not_by is not None and by is not None and not_by == by.person:
        return "you began it: somebody else has to settle it"
    return "" if error is None else str(error)


def refused(
    view: Recorded, by: Caller | None, kind: ActKind, materials: Iterable[str], about: Iterable[str] = ()
) -> MechkgError | None:
    """Return why somebody may not do ``kind`` to what belongs to ``materials`` and is ``about`` documents; None when they may."""
    if by is None:
        return UnauthenticatedError("you are not signed in")
    person = everybody(view.ledger).get(by.person)
    those = set(materials)
    try:
        policy.require(kind, by, person, those)
        if kind in ("settle", "decide", "sign-off", "retract", "restore") and person is not None:
            policy.refuse_interested(person, {*those, *about} - {person.id}, datetime.now(UTC))
    except MechkgError as error:
        return error
    return None


def _about(view: Recorded, upon: Subject) -> set[str]:
    if upon.kind == "assertion":
        return {view.ledger.assertion(upon.name).document}
    entry = view.catalog.entries.get(upon.name.partition("/")[0])
    return {entry.record.document} if entry is not None else set()


# --- what may be disputed ---------------------------------------------------------------------------------------------


def disputable(view: Recorded, name: str) -> tuple[Subject, Entry]:
    """Return what a dispute of ``name`` is upon, and the item: the assertion of an item, or a verdict (``space/candidate``).

    Raise NotFoundError, with the nearest name, for what does not count.
    """
    owner, slash, candidate = name.partition("/")
    entry = view.catalog.entries.get(owner)
    if entry is None:
        raise NotFoundError.of("item", owner, view.catalog.entries)
    if not slash:
        return Subject("assertion", entry.record.id), entry
    candidates = {each.id for each in view.catalog.space(owner).candidates} if entry.kind == "space" else set()
    if candidate not in candidates:
        raise NotFoundError.of(f"candidate of '{owner}'", candidate, candidates)
    return Subject("verdict", name), entry


def related(view: Recorded, entry: Entry, most: int) -> list[Entry]:
    """Return observations and claims that share a subject with an item, which may speak against it; the most alike first."""
    own = {name for name in entry.named if name in view.catalog.entries} | {entry.id}
    scores: dict[str, int] = {}
    for name in own:
        for other in view.catalog.referring.get(name, ()):
            if other.kind in ("observation", "claim", "remark") and other.id != entry.id:
                scores[other.id] = scores.get(other.id, 0) + 1
    names = sorted(scores, key=lambda name: (-scores[name], name))
    return [view.catalog.entries[name] for name in names[:most]]
