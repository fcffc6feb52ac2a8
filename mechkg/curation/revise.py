"""Revise a change set: its authors put other edits in place of its edits, and it waits again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.edits import Put, Wish, check_frame, checked, content_of, enter, take_back
from mechkg.curation.ledger import Ledger
from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import ActKind
from mechkg.model.person import Caller


def revise(
    ledger: Ledger,
    by: Caller,
    change_set: str,
    wishes: Sequence[Wish],
    *,
    revision: int,
    base: int,
    title: str | None = None,
    reason: str | None = None,
    materials: Collection[str] = (),
) -> ChangeSet:
    """Put ``wishes`` in place of the edits of revision ``revision`` of a change set, and return it.

    Raise as :func:`mechkg.curation.propose.propose` does, and RefusedActError when the change set is decided, was revised since,
    or is by others.
    """
    with at_desk(ledger, by) as desk:
        return renew(desk, "revise", change_set, wishes, revision, base, title, reason, materials)


def renew(
    desk: Desk, kind: ActKind, name: str, wishes: Sequence[Wish], revision: int, base: int, title: str | None,
    reason: str | None, materials: Collection[str],
) -> ChangeSet:  # fmt: skip
    """Give a change set other edits, by an act of this kind."""
    edits = checked(wishes)
    before = desk.change_set(name)
    desk.require(kind, materials)
    check_frame(desk, title, base)
    desk.refuse_moved(edits)
    subject = subject_of(name)
    content = {
        "revision": revision,
        "base": base,
        "title": title or before.title,
        "edits": content_of(edits),
        "materials": sorted(materials),
    }
    desk.act(kind, subject, reason, content)
    desk.refuse_stale(f"the revision of {name}", edits)
    take_back(desk, before.edits, subject, f"{kind}d in {name}", kept=edits)
    known = {edit.assertion for edit in before.edits}
    enter(desk, [wish for wish in wishes if isinstance(wish, Put) and wish.record.id not in known], subject)
    return desk.change_set(name)
