"""Propose a change set: its edits enter the ledger and wait for a reviewer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mechkg.curation.change_set import subject_of
from mechkg.curation.desk import at_desk
from mechkg.curation.edits import Wish, check_frame, checked, content_of, enter
from mechkg.curation.ledger import Ledger
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller


def propose(
    ledger: Ledger,
    by: Caller,
    wishes: Sequence[Wish],
    *,
    title: str,
    base: int,
    reason: str | None = None,
    materials: Collection[str] = (),
    machine: Mapping[str, Any] | None = None,
    quotes: Mapping[str, Any] | None = None,
) -> ChangeSet:
    """Propose ``wishes`` as one change set, drafted at ledger position ``base``, and return it.

    ``materials`` are those that the edits belong to; ``machine`` says which program suggested them, ``quotes`` where somebody
    read the quote of an item, by item. Raise ForbiddenError for who may not propose there, StaleError when an edit was made on
    what no longer counts, BadInputError for edits that make no sense, RefusedActError when the same is proposed already.
    """
    edits = checked(wishes)
    with at_desk(ledger, by) as desk:
        desk.require("propose", materials)
        check_frame(desk, title, base)
        desk.refuse_moved(edits)
        desk.refuse_stale("the change set", edits)
        subject = subject_of(f"set-{desk.batch.next_position}")
        content: dict[str, Any] = {"title": title, "base": base, "edits": content_of(edits), "materials": sorted(materials)}
        if machine is not None:
            content["machine"] = dict(machine)
        if quotes:
            content["quotes"] = dict(quotes)
        desk.act("propose", subject, reason, content)
        enter(desk, wishes, subject)
        return desk.change_set(subject.name)
