"""What the service finds, as values of the model, which programs elsewhere know too."""

from __future__ import annotations

from typing import Any

from mechkg.model.asserted import Asserted
from mechkg.model.comparison import Comparison, FieldChange, ItemChange, VerdictChange
from mechkg.model.merge import ABSENT
from mechkg.service.catalog import Entry
from mechkg.service.diff import Diff


def asserted(entry: Entry) -> Asserted:
    """Return an item that counts, with where it was read and who let it count."""
    record = entry.record
    return Asserted(record.kind, record.body, record.id, record.document, entry.accepted_at, entry.accepted_by)


def comparison(found: Diff) -> Comparison:
    """Return what differs between two moments."""
    return Comparison(
        found.before,
        found.after,
        tuple(map(asserted, found.added)),
        tuple(map(asserted, found.removed)),
        tuple(
            ItemChange(
                asserted(one.before),
                asserted(one.after),
                tuple(FieldChange(d.place, _there(d.before), _there(d.after)) for d in one.differences),
            )
            for one in found.changed
        ),
        tuple(VerdictChange(one.space, one.candidate, one.before, one.after) for one in found.verdicts),
    )


def _there(value: Any) -> Any:
    return None if value is ABSENT else value
