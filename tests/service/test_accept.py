"""Accepting a change set: two people, nothing that would leave the record wrong, nothing that has moved."""

from __future__ import annotations

import pytest

from mechkg.curation.declare import declare
from mechkg.errors import ForbiddenError, RefusedActError, StaleError
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem, RemoveItem
from mechkg.service.reject import reject
from mechkg.service.request_changes import request_changes
from mechkg.service.revise import revise
from mechkg.service.withdraw import withdraw
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO, DAN
from tests.service.changes import REMARK, changed, proposed


def test_a_dangling_reference_is_refused_with_its_field(curated: Workspace) -> None:
    found = changed(curated, REMARK, about=["nothing-like-it"])
    with pytest.raises(RefusedActError, match=rf"'about' of '{REMARK}' names 'nothing-like-it'"):
        accept(curated, BEN, found.id, revision=1)
    body = curated.catalog.entries[REMARK].record.body
    document = curated.catalog.entries[REMARK].record.document
    revise(curated, CLEO, found.id, [PutItem("remark", document, {**body, "note": "n"})], revision=1)
    assert accept(curated, BEN, found.id, revision=2).status == "accepted"
    assert curated.catalog.entries[REMARK].record.body["note"] == "n"

    gone = proposed(curated, RemoveItem("tol", "misread"))
    with pytest.raises(RefusedActError, match=r"names 'tol'.* and [0-9]+ more"):
        accept(curated, BEN, gone.id, revision=1)
    assert "tol" in curated.catalog.entries


def test_it_takes_two(curated: Workspace) -> None:
    own = changed(curated, REMARK, by=BEN, note="by a reviewer")
    with pytest.raises(ForbiddenError, match=r"ben cannot accept .*, being an author of it"):
        accept(curated, BEN, own.id, revision=1)
    for nobody in (CLEO, DAN):
        with pytest.raises(ForbiddenError, match="may not accept"):
            accept(curated, nobody, own.id, revision=1)
    with pytest.raises(ForbiddenError, match="being an author"):  # for there are two who may review
        accept(curated, BEN, own.id, revision=1, alone="nobody else is here")

    sent_back = request_changes(curated, ADA, own.id, revision=1, reason="say which figure")
    assert (sent_back.status, sent_back.decided_by) == ("changes requested", "ada")
    with pytest.raises(RefusedActError, match="ada asked for changes of it"):
        accept(curated, ADA, own.id, revision=1)
    document, body = (curated.catalog.entries[REMARK].record.document, curated.catalog.entries[REMARK].record.body)
    revised = revise(curated, BEN, own.id, [PutItem("remark", document, {**body, "note": "Figure 2"})], revision=1)
    assert (revised.status, revised.revision) == ("open", 2)
    with pytest.raises(RefusedActError, match=r"cannot accept revision 1 .* revised since, by ben"):
        accept(curated, ADA, own.id, revision=1)
    before = curated.version
    assert accept(curated, ADA, own.id, revision=2, reason="so it is").decided == "so it is"
    assert curated.version > before and curated.catalog.entries[REMARK].record.body["note"] == "Figure 2"
    assert curated.catalog.entries[REMARK].accepted_by == "ada"


def test_who_may_not_accept_is_told_so_before_what_is_wrong(curated: Workspace) -> None:
    own = changed(curated, REMARK, by=BEN, about=["nothing-like-it"])
    position = curated.ledger.position()
    for nobody, why in ((BEN, "being an author of it"), (CLEO, "may not accept")):
        with pytest.raises(ForbiddenError, match=why):
            accept(curated, nobody, own.id, revision=1)
    assert curated.ledger.position() == position


def test_who_declared_an_interest_decides_nothing(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="n")
    document = curated.catalog.entries[REMARK].record.document
    declare(curated.ledger, BEN, document, "wrote it")
    with pytest.raises(ForbiddenError, match=f"ben declared a conflict of interest about {document}: wrote it"):
        accept(curated, BEN, found.id, revision=1)
    declare(curated.ledger, BEN, document, "", gone=True)
    assert accept(curated, BEN, found.id, revision=1).status == "accepted"


def test_what_has_moved_is_stale(curated: Workspace) -> None:
    one, other = changed(curated, REMARK, note="one"), changed(curated, REMARK, note="other")
    accept(curated, BEN, one.id, revision=1)
    with pytest.raises(StaleError, match=f"{other.id} was made on what no longer counts: '{REMARK}' changed since"):
        accept(curated, BEN, other.id, revision=1)
    assert reject(curated, BEN, other.id, revision=1, reason="the first one says it").status == "rejected"
    third = changed(curated, REMARK, note="third")
    assert withdraw(curated, CLEO, third.id, revision=1, reason="said already").status == "withdrawn"
    assert curated.catalog.entries[REMARK].record.body["note"] == "one"
