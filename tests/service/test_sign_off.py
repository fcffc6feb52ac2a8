"""Signatures: upon what counts, and stale as soon as anything beneath reads otherwise."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Subject
from mechkg.service.accept import accept
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.sign_off import beneath, sign_off, signatures
from mechkg.service.supersede import supersede
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import FREED, LIMIT, REMARK, changed


def test_beneath_an_assertion_lies_all_that_it_comes_to_name(curated: Workspace) -> None:
    catalog = curated.catalog
    observation = catalog.entries["z-f4-o6"].record
    ground = beneath(curated.reading, Subject("assertion", observation.id))
    names = {entry.id for entry in catalog.entries.values() if entry.record.id in ground.assertions}
    assert {"z-f4-o6", "z-f4", "cdte-msc-371", "cdte", "tol"} <= names and REMARK not in names
    with pytest.raises(BadInputError, match="sign an assertion or a verdict"):
        beneath(curated.reading, Subject("item", "z-f4-o6"))


def test_a_signature_upon_an_assertion(curated: Workspace) -> None:
    subject = Subject("assertion", curated.catalog.entries["z-f4-o6"].record.id)
    with pytest.raises(ForbiddenError, match="cleo may not sign-off"):
        sign_off(curated, CLEO, subject)
    signed = sign_off(curated, BEN, subject, reason="seen in the figure")
    sign_off(curated, ADA, subject)
    assert [(s.signed.by, s.stale) for s in signatures(curated, subject)] == [("ben", False), ("ada", False)]
    accept(curated, BEN, changed(curated, REMARK, note="elsewhere").id, revision=1)
    assert [s.stale for s in signatures(curated, subject)] == [False, False]
    accept(curated, BEN, changed(curated, "tol", note="beneath").id, revision=1)
    assert [s.stale for s in signatures(curated, subject)] == [True, True]
    again = sign_off(curated, BEN, subject)
    assert again.position > signed.position and [s.stale for s in signatures(curated, subject)] == [False, True]


@pytest.mark.parametrize("how", ["revised", "retracted", "superseded"])
def test_a_signature_goes_stale_when_what_was_signed_counts_no_more(curated: Workspace, how: str) -> None:
    record = curated.catalog.entries[REMARK].record
    subject = Subject("assertion", record.id)
    sign_off(curated, BEN, subject)
    assert [(s.stale, s.says) for s in signatures(curated, subject)] == [(False, record.id)]
    if how == "revised":
        accept(curated, BEN, changed(curated, REMARK, note="in other words").id, revision=1)
    elif how == "retracted":
        retract(curated, BEN, record.id, code="misread", reason="not in the paper")
    else:
        other = next(entry for entry in curated.catalog.entries.values() if entry.kind == record.kind and entry.id != REMARK)
        supersede(curated, BEN, record.id, successor=other.record.id, reason="it says the same")
    assert [(s.stale, s.says) for s in signatures(curated, subject)] == [(True, None)]
    assert [(s.stale, s.says) for s in signatures(curated)] == [(True, None)]
    if how == "retracted":
        restore(curated, ADA, record.id, reason="it is there")
        assert [(s.stale, s.says) for s in signatures(curated, subject)] == [(False, record.id)]  # the same words again


def test_a_signature_upon_a_verdict(curated: Workspace) -> None:
    space, candidate = FREED
    subject = Subject("verdict", f"{space}/{candidate}")
    ground = beneath(curated.reading, subject)
    assert ground.says == "ruled out" and curated.catalog.entries[LIMIT].record.id in ground.assertions
    sign_off(curated, BEN, subject)
    accept(curated, BEN, changed(curated, REMARK, note="elsewhere").id, revision=1)
    assert not signatures(curated, subject)[0].stale
    accept(curated, BEN, changed(curated, LIMIT, note="the same facts, in other words").id, revision=1)
    [found] = signatures(curated, subject)
    assert (found.stale, found.says) == (True, "ruled out")
    with pytest.raises(NotFoundError, match="did you mean 'back-to-pc-and-on'"):
        sign_off(curated, BEN, Subject("verdict", f"{space}/back-to-pc-and-onn"))


def test_what_does_not_count_is_not_signed(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="n")
    waiting = found.edits[0].assertion
    assert waiting is not None
    with pytest.raises(RefusedActError, match="it is proposed"):
        sign_off(curated, BEN, Subject("assertion", waiting))
