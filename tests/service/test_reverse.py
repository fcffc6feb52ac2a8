"""An accepted change set is undone by another one, which is reviewed as all else."""

from __future__ import annotations

import pytest

from mechkg.errors import RefusedActError
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem, RemoveItem
from mechkg.service.proposal import changed_item
from mechkg.service.reverse import reverse
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.service.changes import REMARK, changed, proposed


def test_all_of_it_is_put_back(curated: Workspace) -> None:
    before = {name: entry.record.id for name, entry in curated.catalog.entries.items()}
    new = PutItem("remark", "zhang2020", {"id": "w-new", "kind": "gap", "text": "Nothing is said of it."})
    found = proposed(
        curated, new, changed_item(curated.catalog, REMARK, {"note": "x"}), RemoveItem("w-06", "duplicate"), title="Much"
    )
    with pytest.raises(RefusedActError, match="it is open"):
        reverse(curated, CLEO, found.id)
    accept(curated, BEN, found.id, revision=1)
    undo = reverse(curated, CLEO, found.id)
    assert undo.title == "Undo: Much" and {edit.op for edit in undo.edits} == {"add", "change", "remove"}
    accept(curated, BEN, undo.id, revision=1)
    assert {name: entry.record.id for name, entry in curated.catalog.entries.items()} == before


def test_what_was_changed_since_is_not_put_back(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    accept(curated, BEN, found.id, revision=1)
    accept(curated, BEN, changed(curated, REMARK, note="y").id, revision=1)
    with pytest.raises(RefusedActError, match="'w-05' was changed since"):
        reverse(curated, CLEO, found.id)
