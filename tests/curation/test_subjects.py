"""Which act may be done upon what, whoever does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from mechkg.curation.batch import NewAct
from mechkg.curation.change_set import AFTER, ALLOWED, fold
from mechkg.curation.ledger import Ledger
from mechkg.curation.status import STATUS_AFTER
from mechkg.curation.subjects import ONCE, REASON_OWED, UPON, refusal_upon
from mechkg.errors import BadInputError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Act, ActKind, Subject, SubjectKind

AT = datetime(2024, 5, 1, tzinfo=UTC)
KINDS: tuple[SubjectKind, ...] = SubjectKind.__args__  # type: ignore[attr-defined]
EDIT = {"op": "add", "kind": "claim", "item": "a-1", "document": "paper", "assertion": "RAx"}


def _act(kind: ActKind, position: int = 7, actor: str = "ana", reason: str | None = "words", **content: object) -> Act:
    return Act(position, kind, None, actor, AT, reason, None, "", None, "web", content)


def _upon(subject: Subject, *acts: Act) -> list[Act]:
    return [replace(act, subject=subject) for act in acts]


@pytest.mark.parametrize("kind", UPON)
def test_an_act_is_upon_what_it_is_meant_for(kind: ActKind) -> None:
    past = _upon(Subject("watch", "x"), _act("watch", 1))
    for subject_kind in KINDS:
        subject = Subject(subject_kind, "x")
        if subject_kind in UPON[kind] or subject_kind == "set":
            continue
        refused = refusal_upon(subject, past, _act(kind))
        assert refused is not None
        assert f"cannot {kind} {subject}: that is done upon {' or '.join(sorted(UPON[kind]))}" in str(refused)


def test_an_act_upon_an_assertion_alone_is_upon_nothing_else() -> None:
    for kind in STATUS_AFTER:
        if kind not in UPON:
            assert "done upon an assertion" in str(refusal_upon(Subject("item", "a-1"), [], _act(kind)))


@pytest.mark.parametrize("kind", sorted(REASON_OWED))
def test_words_are_owed(kind: ActKind) -> None:
    subject = Subject(min(UPON[kind]), "x")
    refused = refusal_upon(subject, _upon(subject, _act("comment", 1)), _act(kind, reason=None))
    assert str(refused) == f"cannot {kind} {subject} without words (say why in a sentence)"


@pytest.mark.parametrize("kind", sorted(ONCE))
def test_what_makes_a_thing_is_done_once(kind: ActKind) -> None:
    subject = Subject(min(UPON[kind]), "x")
    assert refusal_upon(subject, [], _act(kind)) is None
    assert "already, since act 3 (choose another name)" in str(refusal_upon(subject, _upon(subject, _act(kind, 3)), _act(kind)))


@pytest.mark.parametrize(
    ("kind", "subject"), [("grant", "person:x"), ("link", "person:x"), ("flip", "watch:x"), ("declare", "person:x")]
)
def test_nothing_is_done_upon_what_is_not_there(kind: ActKind, subject: str) -> None:
    upon = Subject.parse(subject)
    assert f"there is no {upon.kind} of that name" in str(refusal_upon(upon, [], _act(kind)))


def test_a_subject_is_read_back_and_a_wrong_one_named() -> None:
    for kind in KINDS:
        assert Subject.parse(str(Subject(kind, "a:b"))) == (kind, "a:b")
    with pytest.raises(BadInputError, match=r"did you mean 'verdict:\.\.\.'"):
        Subject.parse("verdikt:x")
    for text in ("", "set", "set:", ":x", "qqq:x"):
        with pytest.raises(BadInputError):
            Subject.parse(text)


# --- change sets ------------------------------------------------------------------------------------------------------


SET = Subject("set", "set-1")
OPENED = _upon(SET, _act("propose", 1, title="t", base=0, edits=[EDIT], materials=[]))
WAYS: dict[str, list[Act]] = {
    "open": OPENED,
    "changes requested": OPENED + _upon(SET, _act("request-changes", 2, "bo", revision=1)),
    "accepted": OPENED + _upon(SET, _act("accept", 2, "bo", revision=1)),
    "rejected": OPENED + _upon(SET, _act("reject", 2, "bo", revision=1)),
    "withdrawn": OPENED + _upon(SET, _act("withdraw", 2, "ana", revision=1)),
}


def test_the_ways_lead_where_they_say() -> None:
    for status, past in WAYS.items():
        found = fold(past)
        assert found is not None
        assert found.status == status
    assert fold([]) is None


@pytest.mark.parametrize("status", WAYS)
@pytest.mark.parametrize("kind", ALLOWED)
def test_each_act_from_each_status(status: str, kind: ActKind) -> None:
    actor = "ana" if kind in ("revise", "rebase", "withdraw") else "bo"
    act = _act(kind, 9, actor, revision=1, title="t", base=0, edits=[EDIT])
    refused = refusal_upon(SET, WAYS[status], act)
    if status in ALLOWED[kind]:
        assert refused is None
        return
    assert isinstance(refused, RefusedActError)
    again = AFTER.get(kind) == status
    already = "already " if again else ""
    told = f"it is {already}{status}, by {'ana' if status == 'withdrawn' else 'bo'}"
    if status == "changes requested":
        told = f"bo {already}asked for changes of it"
    assert told in refused.message
    assert (refused.hint is None) == again


def test_who_did_not_see_the_revision_does_not_decide() -> None:
    revised = OPENED + _upon(SET, _act("revise", 2, revision=1, title="t", base=0, edits=[EDIT]))
    for kind in ("accept", "reject", "request-changes"):
        for seen in (1, 3, None):
            refused = refusal_upon(SET, revised, _act(kind, 3, "bo", revision=seen))  # type: ignore[arg-type]
            assert "revised since, by ana (look at revision 2)" in str(refused)
        assert refusal_upon(SET, revised, _act(kind, 3, "bo", revision=2)) is None  # type: ignore[arg-type]


def test_a_set_is_named_after_its_act_and_proposed_once() -> None:
    assert "named after its first act" in str(refusal_upon(SET, [], _act("propose", 2)))
    assert "was proposed already, by act 1 (revise it)" in str(refusal_upon(SET, OPENED, _act("propose", 2)))
    assert "there is none of that name" in str(refusal_upon(SET, [], _act("comment", 2)))


def test_an_author_accepts_only_when_alone_is_said() -> None:
    assert "being an author" in str(refusal_upon(SET, OPENED, _act("accept", 2, "ana", revision=1)))
    assert refusal_upon(SET, OPENED, _act("accept", 2, "ana", revision=1, alone="nobody else")) is None


# --- every road into the ledger ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (NewAct("comment", None, "ana", "x", None, Subject("item", "nothing")), "holds no item of that name"),
        (NewAct("comment", None, "ana", "x", None, Subject("assertion", "RAx")), "holds no assertion of that name"),
        (NewAct("comment", None, "ana", "x"), "it does not say upon what"),
        (NewAct("comment", None, "ana", "x", None, Subject("document", "p\0")), "NUL"),
        (NewAct("comment", None, "ana", "x", None, Subject("document", " p")), "does not name what is meant"),
        (NewAct("comment", None, "ana", "x", None, Subject("document", "p"), {"a": float("nan")}), "no JSON"),
        (NewAct("comment", None, "ana", "x", None, Subject("document", "p"), {"a": "\ud800"}), "no JSON"),
        (NewAct("comment", "RAx", "ana", "x"), "gives an assertion no status"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_ledger(ledger: Ledger, new: NewAct, words: str) -> None:
    with pytest.raises((RefusedActError, NotFoundError), match=words):
        ledger.append([new])
    assert ledger.position() == 0


def test_acts_upon_subjects_come_back_as_written(ledger: Ledger) -> None:
    document = Subject("document", "paper")
    written = ledger.append([NewAct("comment", None, "ana", f"words {n}", None, document, {"n": [n, None]}) for n in range(3)])
    assert ledger.acts_on(document) == written == list(ledger.acts())
    assert ledger.acts_on(document, until=2) == written[:2]
    assert all(b.position == a.position + 1 for a, b in pairwise(written))
    assert ledger.settled() == 0
    assert ledger.verify_chain() is None
