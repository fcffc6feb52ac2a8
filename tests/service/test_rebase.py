"""Rebasing: what others changed meanwhile is kept, and where both changed the same somebody chooses."""

from __future__ import annotations

import pytest

from mechkg.errors import NotFoundError, StaleError
from mechkg.service.accept import accept
from mechkg.service.rebase import merge_of, rebase
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.service.changes import REMARK, changed


def test_both_sides_are_kept(curated: Workspace) -> None:
    theirs, ours = changed(curated, REMARK, note="theirs"), changed(curated, REMARK, locator="Figure 9", note="ours")
    assert merge_of(curated, ours.id) == []
    accept(curated, BEN, theirs.id, revision=1)

    [moved] = merge_of(curated, ours.id)
    assert moved.merge is not None and moved.now is not None and moved.now.body["note"] == "theirs"
    assert [(c.place, c.theirs, c.ours) for c in moved.merge.clashes] == [("note", "theirs", "ours")]
    with pytest.raises(StaleError, match=f"both sides changed '{REMARK}': note"):
        rebase(curated, CLEO, ours.id, revision=1)
    [chosen] = merge_of(curated, ours.id, {REMARK: {"note": "ours"}})
    assert chosen.merge is not None and chosen.merge.clashes == ()

    for needless, hint in (
        ({REMARK: {"note": "ours", "notes": "ours"}}, "did you mean 'note'?"),
        ({REMARK: {"locator": "ours"}}, "both sides changed note"),
        ({f"{REMARK}0": {"note": "ours"}}, f"did you mean '{REMARK}'?"),
    ):
        with pytest.raises(NotFoundError) as refused:
            rebase(curated, CLEO, ours.id, revision=1, choices=needless)  # type: ignore[arg-type]
        assert refused.value.hint == hint

    found = rebase(curated, CLEO, ours.id, revision=1, choices={REMARK: {"note": "theirs"}}, reason="theirs says more")
    assert (found.revision, found.status) == (2, "open")
    accept(curated, BEN, ours.id, revision=2)
    body = curated.catalog.entries[REMARK].record.body
    assert (body["note"], body["locator"]) == ("theirs", "Figure 9")
