"""Edits as somebody wishes them, and as the ledger keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mechkg.curation.desk import Desk
from mechkg.errors import BadInputError, RefusedActError
from mechkg.model.change_set import Edit, Operation, RetractionCode
from mechkg.model.ledger_record import AssertionRecord, Subject


@dataclass(frozen=True, slots=True)
class Put:
    """Let an item read like ``record``; ``base`` is the assertion that was changed for it, None for a new item."""

    record: AssertionRecord
    base: str | None = None

    @property
    def edit(self) -> Edit:
        """The edit as the ledger keeps it."""
        r = self.record
        op: Operation = "add" if self.base is None else "change"
        return Edit(op=op, kind=r.kind, item=r.item, document=r.document, assertion=r.id, base=self.base)


@dataclass(frozen=True, slots=True)
class Remove:
    """Let the item of the accepted assertion ``record`` go, for a coded reason."""

    record: AssertionRecord
    code: RetractionCode

    @property
    def edit(self) -> Edit:
        """The edit as the ledger keeps it."""
        r = self.record
        return Edit(op="remove", kind=r.kind, item=r.item, document=r.document, base=r.id, code=self.code)


Wish = Put | Remove


def checked(wishes: Sequence[Wish]) -> tuple[Edit, ...]:
    """Return the edits; raise BadInputError when there is none, two are about one item, or one changes nothing."""
    if not wishes:
        raise BadInputError("a change set without edits says nothing", hint="add, change or remove an item")
    edits = tuple(wish.edit for wish in wishes)
    seen: set[str] = set()
    for edit in edits:
        if edit.item in seen:
            raise BadInputError(f"two edits are about '{edit.item}'", hint="join them into one")
        if edit.assertion is not None and edit.assertion == edit.base:
            raise BadInputError(f"the edit of '{edit.item}' changes nothing")
        seen.add(edit.item)
    return edits


LONGEST_TITLE = 300
"""Characters of the title of a change set, which stands in lists and feeds."""


def check_frame(desk: Desk, title: str | None, base: int) -> None:
    """Raise BadInputError for a title that is blank or too long, or a base that is no position of the ledger."""
    if title is not None and not title.strip():
        raise BadInputError("a change set without a title cannot be told from others", hint="say in a few words what it does")
    if title is not None and len(title) > LONGEST_TITLE:
        raise BadInputError(
            f"a title has at most {LONGEST_TITLE} characters, and this has {len(title)}", hint="put the rest into the reason"
        )
    if not 0 <= base < desk.batch.next_position:
        raise BadInputError(f"the ledger has no position {base}", hint=f"its last is {desk.batch.next_position - 1}")


def content_of(edits: Sequence[Edit]) -> list[Mapping[str, object]]:
    """Return the edits as plain JSON content."""
    return [edit.model_dump(mode="json", exclude_defaults=True) for edit in edits]


def enter(desk: Desk, wishes: Sequence[Wish], cause: Subject) -> None:
    """Propose the new assertions of a change set.

    What was proposed without a change set, because an import held it back, is taken up: from here on it is decided here. Raise
    RefusedActError, naming who and when, for one that another change set proposes already.
    """
    desk.batch.prefetch([wish.record.id for wish in wishes])
    for wish in wishes:
        if isinstance(wish, Put):
            state = desk.batch.state(wish.record.id)
            if state is not None and state.status == "proposed":
                before = desk.batch.rows.acts_upon(wish.record.id)[-1].subject
                if before is None:
                    desk.give_status("retract", wish.record.id, f"taken up by {cause.name}", cause)
                    desk.give_status("propose", wish.record.id, cause=cause)
                    continue
                raise RefusedActError(
                    f"the same of '{wish.record.item}' is proposed already, by {state.actor} in {before.name}",
                    hint="comment on that change set",
                )
            desk.give_status("propose", wish.record.id, cause=cause, record=wish.record)


def take_back(desk: Desk, edits: Sequence[Edit], cause: Subject, reason: str, *, kept: Sequence[Edit] = ()) -> None:
    """Withdraw the assertions that a change set proposed, but for those that it goes on proposing."""
    keep = {edit.assertion for edit in kept}
    for assertion in waiting(desk, edits):
        if assertion not in keep:
            desk.give_status("retract", assertion, reason, cause)


def waiting(desk: Desk, edits: Sequence[Edit]) -> list[str]:
    """Return the assertions of a change set that wait with it; one that came to count by another road is not its own any more."""
    named = [edit.assertion for edit in edits if edit.assertion is not None]
    desk.batch.prefetch(named)
    states = [desk.batch.state(assertion) for assertion in named]
    return [state.assertion for state in states if state is not None and state.status == "proposed"]
