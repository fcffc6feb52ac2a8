"""Drafts: every save is kept, two windows lose nothing, and nobody else reads them."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.curation.draft import LARGEST, discard, drafts_of, history, load, restore_version, save
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError, RefusedActError, StaleError, TooLargeError
from mechkg.model.person import Caller, Grant
from tests.curation.staff import BEN, CLEO, DAN


@pytest.mark.parametrize(
    "content", [{"items": [{"id": ""}], "half": "writ"}, [], "", None, 0, 1.5, True, {"α": "(CdSe)₃₄\u0000"}], ids=repr
)
def test_any_json_is_kept_valid_or_not(staffed: Ledger, content: Any) -> None:
    before = staffed.position()
    saved = save(staffed, CLEO, content)
    assert (saved.id, saved.version, saved.owner, saved.discarded) == ("draft-1", 1, "cleo", False)
    assert load(staffed, CLEO, "draft-1") == saved
    assert load(staffed, CLEO, "draft-1").content == content
    assert staffed.position() == before  # no act
    assert staffed.verify_chain() is None


def test_every_save_is_a_version(staffed: Ledger) -> None:
    first = save(staffed, CLEO, {"a": 1})
    second = save(staffed, CLEO, {"a": 2}, draft=first.id, version=1)
    again = save(staffed, CLEO, {"a": 2}, draft=first.id, version=2)
    assert again == second  # what stands already is not saved twice
    assert history(staffed, CLEO, first.id) == [first, second]
    assert load(staffed, CLEO, first.id, version=1) == first
    assert first.at <= second.at
    with pytest.raises(NotFoundError, match=r"no version 3 .its versions are 1 to 2"):
        load(staffed, CLEO, first.id, version=3)


def test_of_two_windows_neither_overwrites_the_other(staffed: Ledger) -> None:
    begun = save(staffed, CLEO, "begun")
    theirs = save(staffed, CLEO, "from one window", draft=begun.id, version=1)
    for version in (1, None):
        with pytest.raises(StaleError, match=r"version 2 of draft-1 stands, saved at .*save yours as a new draft") as caught:
            save(staffed, CLEO, "from the other", draft=begun.id, version=version)
        assert caught.value.now == theirs
    assert [d.content for d in history(staffed, CLEO, begun.id)] == ["begun", "from one window"]
    # both windows wrote the same: nothing is lost, so nothing is refused
    assert save(staffed, CLEO, "from one window", draft=begun.id, version=1) == theirs


def test_what_is_discarded_stays_and_can_be_had_back(staffed: Ledger) -> None:
    kept, gone = save(staffed, CLEO, "kept"), save(staffed, CLEO, "gone")
    ended = discard(staffed, CLEO, gone.id, version=1)
    assert (ended.version, ended.discarded, ended.content) == (2, True, None)
    assert discard(staffed, CLEO, gone.id, version=1) == ended
    assert drafts_of(staffed, CLEO) == [kept]
    assert drafts_of(staffed, CLEO, discarded=True) == [ended, kept]
    with pytest.raises(StaleError, match="version 2 of draft-2 stands, discarded at") as caught:
        save(staffed, CLEO, "late", draft=gone.id, version=1)
    assert caught.value.now == ended
    with pytest.raises(RefusedActError, match="it was discarded"):
        save(staffed, CLEO, "late", draft=gone.id, version=2)
    with pytest.raises(BadInputError, match="says that it was discarded"):
        restore_version(staffed, CLEO, gone.id, old=2, version=2)
    back = restore_version(staffed, CLEO, gone.id, old=1, version=2)
    assert (back.version, back.content, back.discarded) == (3, "gone", False)
    assert [d.content for d in history(staffed, CLEO, gone.id)] == ["gone", None, "gone"]


def test_an_old_version_is_restored_as_a_new_one(staffed: Ledger) -> None:
    for n in range(3):
        save(staffed, CLEO, n, draft=None if n == 0 else "draft-1", version=n)
    with pytest.raises(StaleError):
        restore_version(staffed, CLEO, "draft-1", old=1, version=2)
    assert restore_version(staffed, CLEO, "draft-1", old=1, version=3).version == 4
    assert [d.content for d in history(staffed, CLEO, "draft-1")] == [0, 1, 2, 0]


def test_nobody_else_reads_or_writes_it(staffed: Ledger) -> None:
    own = save(staffed, CLEO, "mine")
    save(staffed, BEN, "his")
    assert [d.content for d in drafts_of(staffed, CLEO)] == ["mine"]
    missing = {}
    for name in (own.id, "draft-99"):
        for do in (
            lambda name: load(staffed, BEN, name),
            lambda name: history(staffed, BEN, name),
            lambda name: save(staffed, BEN, "x", draft=name, version=1),
            lambda name: discard(staffed, BEN, name, version=1),
            lambda name: restore_version(staffed, BEN, name, old=1, version=1),
        ):
            with pytest.raises(NotFoundError, match=f"you have no draft called '{name}'") as caught:
                do(name)
            missing.setdefault(name, []).append(str(caught.value).replace(name, "it"))
    assert missing[own.id] == missing["draft-99"]  # nor learns that it is there


def test_who_may_propose_may_draft(staffed: Ledger) -> None:
    assert save(staffed, DAN, "in his material").version == 1
    for caller in (Caller("eve", "web"), Caller("cleo", "graphql", Grant("reader"))):
        with pytest.raises(ForbiddenError):
            save(staffed, caller, "x")
    assert drafts_of(staffed, Caller("eve", "web")) == []


def test_what_is_too_large_or_no_json_is_refused(staffed: Ledger) -> None:
    with pytest.raises(TooLargeError, match=f"has {LARGEST + 1} bytes, and {LARGEST} is the most"):
        save(staffed, CLEO, "x" * (LARGEST - 1))  # and its quotation marks
    assert save(staffed, CLEO, "x" * (LARGEST - 2)).version == 1
    loop: list[Any] = []
    loop.append(loop)
    for content in (float("nan"), {1, 2}, "\ud800", loop, b"bytes"):
        with pytest.raises(BadInputError, match="a draft is JSON"):
            save(staffed, CLEO, content)
    assert len(drafts_of(staffed, CLEO)) == 1
