"""The queue of change sets: filtered, in an order that pages keep, and held against what counts."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError
from mechkg.model.ledger_record import Subject
from mechkg.service.accept import accept
from mechkg.service.assign import assign
from mechkg.service.comment import comment
from mechkg.service.proposal import changed_item
from mechkg.service.queue import Filter, queue
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN
from tests.service.changes import LIMIT, REMARK, changed, proposed


def test_the_queue(curated: Workspace) -> None:
    assert queue(curated).found == () and queue(curated).end is None
    first = changed(curated, REMARK, title="One remark", note="one")
    second = changed(curated, LIMIT, by=BEN, title="The limit", note="two")
    machine = {"program": "a reader", "version": "1"}
    third = proposed(
        curated, changed_item(curated.catalog, "z-f4-o6", {"note": "three"}), title="Found by a program", machine=machine
    )
    fourth = changed(curated, REMARK, title="Another remark", locator="Figure 9")
    decided = changed(curated, "w-06", note="x")
    accept(curated, BEN, decided.id, revision=1)
    accept(curated, BEN, first.id, revision=1)
    assign(curated, ADA, Subject("set", second.id), "ada")
    comment(curated, ADA, Subject("set", third.id), "which figure?")

    def names(order: str = "oldest", **wanted: object) -> list[str]:
        return [q.change_set.id for q in queue(curated, Filter(**wanted), order=order).found]  # type: ignore[arg-type]

    assert names() == [second.id, third.id, fourth.id]
    assert names("newest") == [fourth.id, third.id, second.id]
    assert names("changed") == [third.id, second.id, fourth.id]
    assert names(waiting=False) == [first.id, decided.id] and len(names(waiting=None)) == 5
    assert names(waiting=None, status="accepted") == [first.id, decided.id]
    assert names(stale=True) == [fourth.id] and names(stale=False) == [second.id, third.id]
    assert [q.stale_items for q in queue(curated).found] == [(), (), (REMARK,)]
    assert names(machine=True) == [third.id] and names(author="ben") == [second.id] and names(assignee="ada") == [second.id]
    assert names(material="cdse") == [second.id] and names(item="z-f4-o6") == [third.id]
    document = curated.catalog.entries[REMARK].record.document
    assert fourth.id in names(document=document) and names(document="no-such-paper") == []
    assert names(text="LIMIT") == [second.id] and names(text="z-f4-O6") == [third.id]

    page = queue(curated, first=2)
    assert (len(page.found), page.total, page.more, page.end) == (2, 3, True, third.id.removeprefix("set-"))
    rest = queue(curated, first=2, after=page.end)
    assert ([q.change_set.id for q in rest.found], rest.total, rest.more) == ([fourth.id], 3, False)
    with pytest.raises(BadInputError, match="did you mean 'newest'"):
        queue(curated, order="newst")
    with pytest.raises(BadInputError, match="is no cursor"):
        queue(curated, after="x")
