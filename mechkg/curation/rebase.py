"""Rebase a change set: its edits, made on what no longer counts, are made anew on what counts now.

Nothing is applied blindly: every field that both sides changed is a clash, and each clash needs a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from mechkg.curation.desk import Desk, at_desk
from mechkg.curation.edits import Put, Remove, Wish
from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import Record
from mechkg.curation.revise import renew
from mechkg.errors import RefusedActError, StaleError
from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.ledger_record import AssertionRecord, content_id
from mechkg.model.merge import Merge, merge
from mechkg.model.person import Caller

Choices = Mapping[str, Mapping[str, Literal["theirs", "ours"]]]
"""Item -> place of a clash -> the side to take."""

Check = Callable[[AssertionRecord], None]
"""Raises BadInputError when the merged content is no valid item."""


@dataclass(frozen=True, slots=True)
class MovedEdit:
    """An edit of a stale change set held against what counts now.

    ``now`` is what counts (None when the item is gone); ``merge`` the merging of both changes, None when there is nothing to
    merge: the item is gone, or the edit removes or adds it.
    """

    edit: Edit
    now: AssertionRecord | None
    merge: Merge | None


def moved_edits(ledger: Record, found: ChangeSet, choices: Choices | None = None) -> list[MovedEdit]:
    """Return, for each edit of a change set that is stale, what a merge with what counts now comes to."""
    moved = []
    for edit in found.edits:
        now = ledger.accepted_of(edit.item)
        if (now.id if now else None) != edit.base:
            moved.append(_moved(ledger, edit, now, (choices or {}).get(edit.item, {})))
    return moved


def rebase(
    ledger: Ledger,
    by: Caller,
    change_set: str,
    *,
    revision: int,
    choices: Choices | None = None,
    reason: str | None = None,
    materials: Collection[str] = (),
    check: Check | None = None,
) -> ChangeSet:
    """Make the edits of revision ``revision`` of a change set anew on what counts now, and return it.

    Edits that come to what counts already are left out; ``materials`` are those that it is found to belong to by now, besides
    those it was written for. Raise StaleError, naming every place, when a clash has no choice, or an
    item to change is gone; RefusedActError when the change set is decided, was revised since, is by others, or nothing is left.
    """
    with at_desk(ledger, by) as desk:
        found = desk.change_set(change_set)
        wishes: list[Wish] = []
        open_places: list[str] = []
        for edit in found.edits:
            current = desk.counting([edit.item]).get(edit.item)
            now = ledger.assertion(current) if current else None
            wish = _wish(ledger, desk, edit, now, (choices or {}).get(edit.item, {}), open_places)
            if wish is not None:
                wishes.append(wish)
                if check is not None and isinstance(wish, Put):
                    check(wish.record)
        if open_places:
            raise StaleError(
                f"both sides changed {', '.join(open_places)}",
                hint="choose 'ours' or 'theirs' for each, or revise it",
            )
        if not wishes:
            raise RefusedActError(f"nothing is left of {change_set}: what it asks for counts already", hint="withdraw it")
        belongs = {*found.materials, *materials} if found.materials else ()
        return renew(desk, "rebase", change_set, wishes, revision, desk.batch.rows.settled(), None, reason, belongs)


def _moved(
    ledger: Record, edit: Edit, now: AssertionRecord | None, choices: Mapping[str, Literal["theirs", "ours"]]
) -> MovedEdit:
    if now is None or edit.assertion is None:
        return MovedEdit(edit, now, None)
    base = ledger.assertion(edit.base).body if edit.base else {}
    return MovedEdit(edit, now, merge(base, now.body, ledger.assertion(edit.assertion).body, choices))


def _wish(
    ledger: Ledger, desk: Desk, edit: Edit, now: AssertionRecord | None, choices: Mapping[str, Literal["theirs", "ours"]],
    open_places: list[str],
) -> Wish | None:  # fmt: skip
    """Return the edit as it reads on what counts now; None when nothing is left of it."""
    if (now.id if now else None) == edit.base:
        return Remove(now, edit.code or "other") if edit.assertion is None and now else _again(ledger, edit)
    if edit.assertion is None:
        if now is None:
            return None
        if choices.get("") == "theirs":
            return None
        if choices.get("") != "ours":
            open_places.append(f"'{edit.item}' (ours removes it)")
        return Remove(now, edit.code or "other")
    if now is None:
        if choices.get("") == "ours":
            return Put(ledger.assertion(edit.assertion))
        if choices.get("") == "theirs":
            return None
        open_places.append(f"'{edit.item}' (theirs removed it)")
        return None
    if (now.kind, now.document) != (edit.kind, edit.document):
        open_places.append(f"'{edit.item}' (now a {now.kind} of '{now.document}': give ours another id)")
        return None
    moved = _moved(ledger, edit, now, choices)
    assert moved.merge is not None
    open_places.extend(f"'{edit.item}': {clash.place or 'all of it'}" for clash in moved.merge.clashes)
    body = moved.merge.body
    record = AssertionRecord(
        content_id({"kind": now.kind, "document": now.document, "body": body}), now.kind, now.item, now.document, body
    )
    return None if record.id == now.id else Put(record, now.id)


def _again(ledger: Ledger, edit: Edit) -> Put:
    assert edit.assertion is not None
    return Put(ledger.assertion(edit.assertion), edit.base)
