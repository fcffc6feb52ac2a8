"""Drafts: saved whatever they say, and proposed when they say what can be proposed."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError, NotFoundError, StaleError
from mechkg.service.draft import (
    discard_draft,
    drafts,
    history_of_draft,
    load_draft,
    propose_draft,
    restore_draft,
    save_draft,
)
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.service.changes import REMARK


def test_from_a_draft_to_a_change_set(curated: Workspace) -> None:
    position = curated.ledger.position()
    first = save_draft(curated, CLEO, {"title": "A remark", "chang": {}})
    assert (first.version, curated.ledger.position()) == (1, position)
    with pytest.raises(BadInputError, match="did you mean 'change'"):
        propose_draft(curated, CLEO, first.id, version=1)
    second = save_draft(curated, CLEO, {"title": "A remark", "change": {REMARK: {"note": "n"}}}, draft=first.id, version=1)
    with pytest.raises(StaleError, match="version 2 of"):
        propose_draft(curated, CLEO, first.id, version=1)
    assert [d.version for d in history_of_draft(curated, CLEO, first.id)] == [1, 2]
    with pytest.raises(NotFoundError, match="you have no draft"):
        load_draft(curated, BEN, first.id)
    found = propose_draft(curated, CLEO, first.id, version=second.version, reason="read again")
    assert (found.title, found.reason, [e.item for e in found.edits]) == ("A remark", "read again", [REMARK])
    assert drafts(curated, CLEO) == [] and load_draft(curated, CLEO, first.id).discarded
    with pytest.raises(BadInputError, match="was discarded"):
        propose_draft(curated, CLEO, first.id)
    again = restore_draft(curated, CLEO, first.id, old=2, version=3)
    assert again.version == 4 and [d.id for d in drafts(curated, CLEO)] == [first.id]
    assert discard_draft(curated, CLEO, first.id, version=4).discarded
    assert [d.id for d in drafts(curated, CLEO, discarded=True)] == [first.id]
