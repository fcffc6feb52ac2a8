"""What was done is told with who, when, why and by which door; versions of an item are compared field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.comment import comment
from mechkg.curation.declare import declare
from mechkg.curation.ledger import Ledger
from mechkg.curation.reject import reject
from mechkg.curation.release import release
from mechkg.curation.request_changes import request_changes
from mechkg.errors import BadInputError, NotFoundError, RefusedActError
from mechkg.model.happened import Happened, Wanted
from mechkg.model.ledger_record import Subject
from mechkg.service.acting import PutItem
from mechkg.service.dispute import dispute
from mechkg.service.feed import feed
from mechkg.service.history import as_json, compare, find, happened, history, reason_of, sentence, version_of, versions
from mechkg.service.propose import propose
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.settle import settle
from mechkg.service.sign_off import sign_off
from mechkg.service.supersede import supersede
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


def test_every_kind_of_act_names_items_and_no_digest(workspace: Workspace) -> None:
    """Each line says what was done upon which item, and how it ended; ids of assertions only tell versions apart."""
    ledger = workspace.ledger
    counts = {name: entry.record.id for name, entry in workspace.catalog.entries.items()}
    seen, gone = Subject("assertion", counts["b-seen"]), counts["no-d"]
    before = ledger.position()
    one = dispute(workspace, CLEO, seen, "it cannot be seen").position
    settle(workspace, BEN, seen, "it can", outcome="dismissed", of=one)
    two = dispute(workspace, CLEO, seen, "still not").position
    settle(workspace, BEN, seen, "no", outcome="upheld", of=two)
    comment(ledger, CLEO, seen, "well")
    sign_off(workspace, BEN, seen)
    sign_off(workspace, BEN, Subject("verdict", "small/both"))
    retract(workspace, BEN, gone, code="misread", reason="another band")
    restore(workspace, BEN, gone, reason="it was right")
    supersede(workspace, BEN, gone, successor=counts["b-seen"], reason="says both")
    accept(ledger, BEN, proposed(ledger, put("a-1", "one")).id, revision=1)
    first = ledger.accepted_of("a-1")
    assert first is not None
    second = proposed(ledger, put("a-1", "two", first)).id
    accept(ledger, BEN, second, revision=1)
    release(ledger, ADA, "2026.1")
    found = find(workspace, Wanted(), after=before).found
    told = [sentence(one) for one in found]
    assert told[:10] == [
        "cleo disputed observation b-seen",
        f"ben dismissed the dispute of observation b-seen that act {one} began",
        "cleo disputed observation b-seen",
        f"ben upheld the dispute of observation b-seen that act {two} began",
        "cleo commented on observation b-seen",
        "ben signed off observation b-seen",
        "ben signed off verdict small/both: ruled out",
        "ben retracted observation no-d (misread)",
        "ben restored observation no-d",
        "ben superseded observation no-d",
    ]
    assert told[-1] == "ada made release 2026.1"
    assert f"ben superseded claim a-1 ({second})" in told
    reasons = {one.act.position: reason_of(one) for one in found if one.act.kind == "supersede"}
    assert list(reasons.values()) == [
        "superseded by b-seen: says both",
        f"superseded by a-1 (version {_version(ledger, 2)}): changed by {second}",
    ]
    listed = feed(workspace, "acts").entries
    for text in [*told, *(str(reason_of(one)) for one in found), *(f"{e.title} {e.reason}" for e in listed)]:
        assert not re.search(r"RA[\w-]{43}|assertion", text), text
    assert as_json(found[9])["reason"] == "superseded by b-seen: says both"
    [of_item] = [one for one in happened(ledger, ledger.acts_on(seen)) if one.act.position == one_of(found, "sign-off")]
    assert sentence(of_item) == "ben signed off observation b-seen"


def _version(ledger: Ledger, number: int) -> str:
    return versions(ledger, "a-1")[number - 1].record.id[:10]


def one_of(found: Sequence[Happened], kind: str) -> int:
    return next(one.act.position for one in found if one.act.kind == kind)


def test_what_stands_in_spite_of_a_retraction(workspace: Workspace) -> None:
    record = workspace.catalog.entries["b-seen"].record
    act = retract(workspace, BEN, record.id, code="misread", reason="another band")
    ended = settle(workspace, BEN, Subject("item", "no-d"), "it rests on more", outcome="stands", of=act.position)
    [found] = happened(workspace.ledger, [ended])
    assert sentence(found) == f"ben found that item no-d stands in spite of act {act.position}"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("retract", "cannot retract 'no-d': it is retracted, not accepted"),
        ("dispute", "cannot dispute 'no-d': it is retracted"),
        ("settle", "no dispute upon 'no-d' is open that act 1 began"),
        ("sign-off", "cannot sign off observation no-d: it is retracted"),
        ("release", "there is a release called '2026.1' already, since act"),
    ],
)
def test_refusals_name_items(workspace: Workspace, act: str, words: str) -> None:
    record = workspace.catalog.entries["no-d"].record
    subject = Subject("assertion", record.id)
    retract(workspace, BEN, record.id, code="misread", reason="misread")
    release(workspace.ledger, ADA, "2026.1")
    tried: dict[str, Callable[[], object]] = {
        "retract": lambda: retract(workspace, BEN, record.id, code="misread", reason="again"),
        "dispute": lambda: dispute(workspace, CLEO, subject, "no"),
        "settle": lambda: settle(workspace, BEN, subject, "no", outcome="upheld", of=1),
        "sign-off": lambda: sign_off(workspace, BEN, subject),
        "release": lambda: release(workspace.ledger, ADA, "2026.1"),
    }
    with pytest.raises(RefusedActError) as refused:
        tried[act]()
    assert refused.value.message.startswith(words)


def test_changes_asked_for_are_told_as_such(workspace: Workspace) -> None:
    name = proposed(workspace.ledger, put("a-1")).id
    request_changes(workspace.ledger, BEN, name, revision=1, reason="which figure?")
    with pytest.raises(RefusedActError, match=f"cannot accept change set {name}: ben asked for changes of it"):
        accept(workspace.ledger, BEN, name, revision=1)


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
