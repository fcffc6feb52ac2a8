"""What rebasing a change set comes to, as its author reads it: what each side changed, and where one has to be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.curation.rebase import MovedEdit
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.merge import Clash, Difference
from mechkg.service.describe_item import title_of
from mechkg.service.edit_sheet import FieldChange, field_change, field_changes
from mechkg.service.rebase import merge_of
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class ClashView:
    """A place that both sides changed: as it reads now, and as the change set has it, each against what it read before."""

    place: str
    title: str
    theirs: FieldChange
    ours: FieldChange


@dataclass(frozen=True, slots=True)
class MovedView:
    """A stale edit: what others changed meanwhile, what it changes itself, and where a side has to be chosen.

    ``whole`` says what to choose between where there is nothing to merge; empty where there is.
    """

    item: str
    title: str
    theirs: tuple[FieldChange, ...]
    ours: tuple[FieldChange, ...]
    clashes: tuple[ClashView, ...]
    whole: str = ""


def merge_sheet(view: Recorded, change_set: str) -> tuple[MovedView, ...]:
    """Return each stale edit of a change set; raise NotFoundError when there is none of that name."""
    return tuple(_moved(view, each) for each in merge_of(view, change_set))


def _moved(view: Recorded, moved: MovedEdit) -> MovedView:
    edit, merge = moved.edit, moved.merge
    entry = view.catalog.entries.get(edit.item)
    title = edit.item if entry is None else title_of(view, entry)
    if merge is None:
        base, ours = _body(view, edit.base), _body(view, edit.assertion)
        told = "It is gone by now" if moved.now is None else "This removes it, and others changed it meanwhile"
        others = field_changes(view, edit.kind, base, moved.now.body) if moved.now is not None else ()
        return MovedView(edit.item, title, others, field_changes(view, edit.kind, base, ours), (), told)

    def clash(found: Clash) -> ClashView:
        theirs = field_change(view, edit.kind, found.path, found.base, found.theirs)
        return ClashView(found.place, theirs.title, theirs, field_change(view, edit.kind, found.path, found.base, found.ours))

    def rest(those: tuple[Difference, ...]) -> tuple[FieldChange, ...]:
        """Return the fields of one side without those that clash."""
        return tuple(
            field_change(view, edit.kind, each.path, each.before, each.after)
            for each in those
            if not any(each.path[: len(other.path)] == other.path for other in merge.clashes)
        )

    return MovedView(edit.item, title, rest(merge.theirs), rest(merge.ours), tuple(map(clash, merge.clashes)))


def _body(view: Recorded, name: str | None) -> dict[str, object] | None:
    record: AssertionRecord | None = view.ledger.assertion(name) if name is not None else None
    return record.body if record is not None else None
