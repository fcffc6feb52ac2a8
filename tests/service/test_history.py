"""What was done is told with who, when, why and by which door; versions of an item are compared field by field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.comment import comment
from mechkg.curation.declare import declare
from mechkg.curation.reject import reject
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.happened import Wanted
from mechkg.model.ledger_record import Subject
from mechkg.service.acting import PutItem
from mechkg.service.history import as_json, compare, find, history, sentence, version_of, versions
from mechkg.service.propose import propose
from mechkg.service.retract import retract
from mechkg.service.workspace import Workspace
from tests.api.changing import opened
from tests.curation.staff import ADA, BEN, CLEO, proposed, put


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path) as workspace:
        yield workspace


def test_an_item_with_all_its_versions(workspace: Workspace) -> None:
    ledger = workspace.ledger
    accept(ledger, BEN, proposed(ledger, put("a-1", "one", note="kept")).id, revision=1)
    first = ledger.accepted_of("a-1")
    second = proposed(ledger, put("a-1", "two", first, note="kept", quote=["so"])).id
    accept(ledger, BEN, second, revision=1)
    rejected = proposed(ledger, put("a-1", "three", ledger.accepted_of("a-1"))).id
    reject(ledger, BEN, rejected, revision=1, reason="no")
    found = versions(ledger, "a-1")
    assert [(v.number, v.status, v.record.body["statement"]) for v in found] == [
        (1, "superseded", "one"),
        (2, "accepted", "two"),
        (3, "rejected", "three"),
    ]
    assert [(v.proposed_by, v.accepted_by) for v in found] == [("cleo", "ben"), ("cleo", "ben"), ("cleo", None)]
    assert [[act.kind for act in v.acts] for v in found] == [
        ["propose", "accept", "supersede"],
        ["propose", "accept"],
        ["propose", "reject"],
    ]
    fields = {d.place: (d.before, d.after) for d in compare(ledger, "a-1", 1, found[1].record.id)}
    assert fields == {"statement": ("one", "two"), "quote": (fields["quote"][0], ["so"])}
    assert not fields["quote"][0]
    assert {d.place for d in compare(ledger, "a-1", "2", "3")} == {"statement", "quote", "note"}
    assert compare(ledger, "a-1", 2, 2) == ()
    with pytest.raises(NotFoundError, match=r"has no version 4.*versions 1 to 3"):
        version_of(ledger, "a-1", 4)
    with pytest.raises(NotFoundError, match="did you mean 'a-1'"):
        versions(ledger, "a-2")


def test_acts_in_words_with_why_and_by_which_door(workspace: Workspace) -> None:
    ledger = workspace.ledger
    before = ledger.position()
    found = proposed(ledger, put("a-1"))
    accept(ledger, BEN, found.id, revision=1, reason="it is so")
    declare(ledger, CLEO, "case-small", why="my own work")
    acts = find(workspace, Wanted(), after=before).found
    assert [sentence(one) for one in acts] == [
        f"cleo proposed {found.id}",
        f"cleo proposed claim a-1 ({found.id})",
        f"ben accepted {found.id}",
        f"ben accepted claim a-1 ({found.id})",
        "cleo declared an interest in case-small",
    ]
    said = as_json(acts[2])
    assert (said["reason"], said["door"], said["by"]) == ("it is so", "python", "ben")


def test_pages_follow_each_other(workspace: Workspace) -> None:
    last = workspace.ledger.position()
    for newest in (False, True):
        found: list[int] = []
        after, before, more = 0, None, True
        while more:
            page = find(workspace, Wanted(), after=after, before=before, newest=newest, most=7)
            found += [one.act.position for one in page.found]
            more = page.more
            after, before = (after, page.last) if newest else (page.last, None)
        assert found == sorted(range(1, last + 1), reverse=newest)


def test_only_of_one_material(workspace: Workspace) -> None:
    body = {"id": "stuff", "formula": "CdX", "flag": "external"}
    other = {"id": "other-stuff", "formula": "CdY", "flag": "external"}
    of = {"id": "of-stuff", "kind": "conclusion", "statement": "So it is.", "about": "stuff", "flag": "external"}
    for kind, content in (("material", body), ("material", other), ("claim", of)):
        accept(workspace.ledger, BEN, propose(workspace, ADA, [PutItem(kind, "case-small", content)], title="T").id, revision=1)  # type: ignore[arg-type]
    comment(workspace.ledger, CLEO, Subject("item", "of-stuff"), "is it so?")
    found = find(workspace, Wanted(), material="CdX").found
    assert {one.item for one in found if one.item} == {"stuff", "of-stuff"}
    assert [one.act.kind for one in found if one.act.subject == Subject("item", "of-stuff")] == ["comment"]
    assert find(workspace, Wanted(), material="stuff", newest=True, most=1).more
    with pytest.raises(NotFoundError, match=r"no material called 'stuf' .*did you mean"):
        find(workspace, Wanted(), material="stuf")


def test_what_cannot_be_asked(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'comment'"):
        find(workspace, Wanted(kinds=frozenset({"coment"})))  # type: ignore[arg-type]
    for most in (0, 501):
        with pytest.raises(BadInputError, match="ask for 1 to 500"):
            find(workspace, Wanted(), most=most)


def test_of_what_is_gone_too(workspace: Workspace) -> None:
    record = workspace.catalog.entries["no-d"].record
    comment(workspace.ledger, CLEO, Subject("assertion", record.id), "hm")
    retract(workspace, BEN, record.id, code="misread", reason="misread")
    kinds = [act.kind for act in history(workspace, Subject("item", "no-d"))]
    assert kinds == ["propose", "accept", "comment", "retract"]
    assert [act.kind for act in history(workspace, Subject("assertion", record.id))] == kinds
    with pytest.raises(NotFoundError, match="did you mean"):
        history(workspace, Subject("item", "no-dd"))
