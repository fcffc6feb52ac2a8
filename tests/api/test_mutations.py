"""One mutation for each act: who may, what is refused and why, and what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.enums import Decision, ItemKind, MergeSide, Outcome, RetractionCode
from mechkg.curation import tokens
from mechkg.curation.declare import declare
from mechkg.model.person import Caller, Grant
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO, DAN

Ask = Callable[..., Any]

OWN = {"ada": Grant("administrator"), "ben": Grant("reviewer"), "cleo": Grant("curator"), "dan": Grant("curator", "m-1")}
"""What each of them may do."""

REMARK = "w-05"
FAILED = "... on NotDone { __typename code message hint }"
SET = f"... on ChangeSet {{ localName status revision authors title decided decidedBy staleItems }} {FAILED}"
ACT = f"... on Act {{ position kind actor reason door content subject assertion }} {FAILED}"
DRAFT = f"... on Draft {{ localName version content discarded }} ... on Stale {{ now }} {FAILED}"
SIGNED = f"... on Signature {{ subject by says stale saysNow }} {FAILED}"


@pytest.fixture
def client(curated: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(curated)) as client:
        yield client


@pytest.fixture
def ask(client: TestClient, curated: Workspace) -> Ask:
    """Do one mutation as somebody, by a token; return what it answers."""
    texts: dict[tuple[str, Grant], str] = {}

    def ask(act: str, by: Caller | None, shown: str = "", within: Grant | None = None, **arguments: Any) -> Any:
        headers = {}
        if by is not None:
            reach = within or OWN[by.person]
            if (by.person, reach) not in texts:
                text, _ = tokens.issue(curated.ledger, by, f"test-{len(texts)}", reach)
                texts[by.person, reach] = text.reveal()
            headers = {"Authorization": f"Bearer {texts[by.person, reach]}"}
        given = ", ".join(f"{name}: {written(value)}" for name, value in arguments.items())
        query = f"mutation {{ {act}({given}) {{ {shown or SET} }} }}"
        answer = client.post("/graphql", json={"query": query}, headers=headers).json()
        assert "errors" not in answer, answer
        return answer["data"][act]

    return ask


def written(value: Any) -> str:
    """Write a value as GraphQL does."""
    if isinstance(value, StrEnum):
        return value.name
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value) if isinstance(value, int | float) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def note(text: str | None, item: str = REMARK) -> list[Any]:
    return [{"change": {"item": item, "fields": {"note": text}}}]


def kind(answer: Any) -> tuple[str, str]:
    return answer["__typename"], answer["code"]


MISREAD, DUPLICATE = RetractionCode("misread"), RetractionCode("duplicate")
FORBIDDEN, REFUSED = ("Forbidden", "mechkg.forbidden"), ("Refused", "mechkg.refused_act")
STALE, NOT_FOUND, BAD = ("Stale", "mechkg.stale"), ("NotFound", "mechkg.not_found"), ("BadInput", "mechkg.bad_input")


def test_propose(ask: Ask, curated: Workspace) -> None:
    position = curated.ledger.position()
    assert kind(ask("propose", None, title="T", edits=note("n"))) == ("Forbidden", "mechkg.unauthenticated")
    assert "send a token" in ask("propose", None, title="T", edits=note("n"))["hint"]
    assert kind(ask("propose", DAN, title="T", edits=note("n"))) == FORBIDDEN
    assert kind(ask("propose", CLEO, within=Grant("reader"), title="T", edits=note("n"))) == FORBIDDEN
    assert kind(ask("propose", CLEO, title=" ", edits=note("n"))) == BAD
    assert kind(ask("propose", CLEO, title="T", edits=[])) == BAD
    lost = ask("propose", CLEO, title="T", edits=note("n", "w-055"))
    assert kind(lost) == NOT_FOUND and lost["hint"].startswith("did you mean 'w-")
    assert {act.kind for act in curated.ledger.acts(position)} == {"issue"}  # the tokens, and nothing else

    document = curated.catalog.entries[REMARK].record.document
    new = {"id": "w-new", "kind": "gap", "text": "Something is missing."}
    edits = [{"put": {"kind": ItemKind("remark"), "document": document, "content": new}}, *note("n")]
    edits.append({"remove": {"item": "w-06", "code": DUPLICATE}})
    made = ask("propose", CLEO, title="T", edits=edits, reason="R")
    assert (made["status"], made["revision"], made["authors"]) == ("OPEN", 1, ["cleo"])
    acts = [act for act in curated.ledger.acts(position) if act.kind == "propose"]
    assert {(act.actor, act.door) for act in acts} == {("cleo", "graphql")} and acts[0].reason == "R"
    assert kind(ask("propose", CLEO, title="U", edits=note("n"))) == REFUSED  # the same is proposed already


def test_a_word_that_there_is_not_is_told_before_anything_is_done(client: TestClient) -> None:
    wrong = '{ propose(title: "T", edits: [{remove: {item: "w-05", code: MISSREAD}}]) { __typename } }'
    answer = client.post("/graphql", json={"query": f"mutation {wrong}"}).json()
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "graphql.validation" and "'MISREAD'" in error["message"]


def test_accept(ask: Ask, curated: Workspace) -> None:
    one = ask("propose", BEN, title="One", edits=note("one"))["localName"]
    other = ask("propose", CLEO, title="Other", edits=note("other"))["localName"]
    assert kind(ask("accept", CLEO, changeSet=one, revision=1)) == FORBIDDEN  # no reviewer
    own = ask("accept", BEN, changeSet=one, revision=1)
    assert kind(own) == FORBIDDEN and own["hint"] == "somebody else has to look at it"
    assert kind(ask("accept", ADA, within=Grant("curator"), changeSet=one, revision=1)) == FORBIDDEN
    assert kind(ask("accept", ADA, changeSet=one, revision=2)) == REFUSED
    assert kind(ask("accept", ADA, changeSet="set-1", revision=1)) == NOT_FOUND
    assert kind(ask("accept", None, changeSet=one, revision=1)) == ("Forbidden", "mechkg.unauthenticated")
    document = curated.catalog.entries[REMARK].record.document
    declare(curated.ledger, ADA, document, "wrote it")
    interested = ask("accept", ADA, changeSet=one, revision=1)
    assert kind(interested) == FORBIDDEN and "declared a conflict of interest" in interested["message"]
    declare(curated.ledger, ADA, document, "", gone=True)
    done = ask("accept", ADA, changeSet=one, revision=1, reason="seen")
    assert (done["status"], done["decided"], done["decidedBy"]) == ("ACCEPTED", "seen", "ada")
    assert curated.catalog.entries[REMARK].record.body["note"] == "one"
    assert kind(ask("accept", ADA, changeSet=one, revision=1)) == REFUSED  # decided
    stale = ask("accept", BEN, changeSet=other, revision=1)
    assert kind(stale) == STALE and "rebase it" in stale["hint"]
    wrong = [{"change": {"item": "w-06", "fields": {"about": ["nothing-like-it"]}}}]
    dangling = ask("propose", CLEO, title="W", edits=wrong)["localName"]
    refused = ask("accept", BEN, changeSet=dangling, revision=1)
    assert kind(refused) == REFUSED and "'about' of 'w-06' names 'nothing-like-it'" in refused["message"]


def test_rebase_and_revise(ask: Ask, curated: Workspace) -> None:
    one = ask("propose", CLEO, title="One", edits=note("one"))["localName"]
    other = ask("propose", CLEO, title="Other", edits=note("other"))["localName"]
    ask("accept", BEN, changeSet=one, revision=1)
    assert kind(ask("rebase", CLEO, changeSet=other, revision=1)) == STALE
    choices = [{"item": REMARK, "place": "note", "side": MergeSide("ours")}]
    assert kind(ask("rebase", CLEO, changeSet=other, revision=1, choices=choices * 2)) == BAD
    assert kind(ask("rebase", BEN, changeSet=other, revision=1, choices=choices)) == REFUSED  # not an author
    assert ask("rebase", CLEO, changeSet=other, revision=1, choices=choices)["revision"] == 2
    assert kind(ask("revise", BEN, changeSet=other, revision=2, edits=note("x"))) == REFUSED
    assert kind(ask("revise", CLEO, changeSet=other, revision=1, edits=note("x"))) == REFUSED
    revised = ask("revise", CLEO, changeSet=other, revision=2, edits=note("third"), title="Third")
    assert (revised["revision"], revised["title"], revised["staleItems"]) == (3, "Third", [])
    assert ask("accept", BEN, changeSet=other, revision=3)["status"] == "ACCEPTED"
    assert curated.catalog.entries[REMARK].record.body["note"] == "third"


def test_request_changes_reject_and_withdraw(ask: Ask) -> None:
    one = ask("propose", CLEO, title="One", edits=note("one"))["localName"]
    assert kind(ask("requestChanges", CLEO, changeSet=one, revision=1, reason="x")) == FORBIDDEN
    assert kind(ask("requestChanges", BEN, changeSet=one, revision=1, reason=" ")) == REFUSED
    assert ask("requestChanges", BEN, changeSet=one, revision=1, reason="which figure?")["status"] == "CHANGES_REQUESTED"
    assert kind(ask("requestChanges", BEN, changeSet=one, revision=1, reason="again")) == REFUSED
    assert kind(ask("withdraw", BEN, changeSet=one, revision=1, reason="x")) == REFUSED
    assert ask("withdraw", CLEO, changeSet=one, revision=1, reason="said already")["status"] == "WITHDRAWN"
    other = ask("propose", CLEO, title="Other", edits=note("other"))["localName"]
    assert kind(ask("reject", CLEO, changeSet=other, revision=1, reason="x")) == FORBIDDEN
    assert ask("reject", BEN, changeSet=other, revision=1, reason="no")["status"] == "REJECTED"
    assert kind(ask("withdraw", CLEO, changeSet=other, revision=1, reason="x")) == REFUSED


def test_retract_restore_and_supersede(ask: Ask, curated: Workspace) -> None:
    assertion, successor = (curated.catalog.entries[name].record.id for name in (REMARK, "w-06"))
    assert kind(ask("retract", CLEO, ACT, assertion=assertion, code=MISREAD, reason="x")) == FORBIDDEN
    assert kind(ask("retract", BEN, ACT, assertion=assertion, code=MISREAD, reason="")) == REFUSED
    assert kind(ask("retract", BEN, ACT, assertion="RA" + 43 * "x", code=MISREAD, reason="x")) == NOT_FOUND
    gone = ask("retract", BEN, ACT, assertion=assertion, code=MISREAD, reason="not there")
    assert (gone["kind"], gone["content"], gone["door"]) == ("RETRACT", {"code": "misread"}, "GRAPHQL")
    assert REMARK not in curated.catalog.entries
    assert kind(ask("retract", BEN, ACT, assertion=assertion, code=MISREAD, reason="x")) == REFUSED
    assert kind(ask("restore", CLEO, ACT, assertion=assertion, reason="x")) == FORBIDDEN
    assert ask("restore", BEN, ACT, assertion=assertion, reason="it is there")["kind"] == "RESTORE"
    assert kind(ask("restore", BEN, ACT, assertion=assertion, reason="x")) == REFUSED
    assert kind(ask("supersede", CLEO, ACT, assertion=assertion, successor=successor, reason="x")) == FORBIDDEN
    assert kind(ask("supersede", BEN, ACT, assertion=assertion, successor=assertion, reason="x")) == REFUSED
    declare(curated.ledger, BEN, curated.catalog.entries["w-06"].record.document, "wrote it")
    assert kind(ask("supersede", BEN, ACT, assertion=assertion, successor=successor, reason="x")) == FORBIDDEN
    assert ask("supersede", ADA, ACT, assertion=assertion, successor=successor, reason="the same")["kind"] == "SUPERSEDE"
    assert REMARK not in curated.catalog.entries


def test_comment_dispute_and_settle(ask: Ask, curated: Workspace) -> None:
    upon = f"assertion:{curated.catalog.entries[REMARK].record.id}"
    assert kind(ask("comment", None, ACT, upon=upon, text="x")) == ("Forbidden", "mechkg.unauthenticated")
    said = ask("comment", DAN, ACT, upon="item:w-05", text="which figure?")
    assert (said["reason"], said["subject"]) == ("which figure?", "item:w-05")
    assert ask("comment", CLEO, ACT, upon="item:w-05", text="2", answers=said["position"])["content"] == {
        "answers": said["position"]
    }
    assert kind(ask("comment", CLEO, ACT, upon="item:w-05", text="x", answers=1)) == NOT_FOUND
    assert kind(ask("comment", CLEO, ACT, upon="item:w-05", text=" ")) == REFUSED
    assert kind(ask("comment", CLEO, ACT, upon="itm:w-05", text="x")) == BAD
    assert kind(ask("dispute", DAN, ACT, upon=upon, reason="x")) == FORBIDDEN
    assert kind(ask("dispute", CLEO, ACT, upon=upon, reason="x", restsOn=["z-f4-o66"])) == NOT_FOUND
    begun = ask("dispute", CLEO, ACT, upon=upon, reason="not so", restsOn=["z-f4-o6"])
    assert begun["content"] == {"rests_on": ["z-f4-o6"]}
    assert kind(ask("settle", CLEO, ACT, upon=upon, of=begun["position"], outcome=Outcome("upheld"), reason="x")) == FORBIDDEN
    assert kind(ask("settle", BEN, ACT, upon=upon, of=1, outcome=Outcome("upheld"), reason="x")) == REFUSED
    settled = ask("settle", BEN, ACT, upon=upon, of=begun["position"], outcome=Outcome("dismissed"), reason="it is so")
    assert settled["content"] == {"of": begun["position"], "outcome": "dismissed"}
    assert kind(ask("settle", BEN, ACT, upon=upon, of=begun["position"], outcome=Outcome("upheld"), reason="x")) == REFUSED


def test_decide(ask: Ask) -> None:
    asked = {"disagreement": "cdse-434-composition", "reason": "mass against absorption"}
    assert kind(ask("decide", CLEO, ACT, decision=Decision("by method"), **asked)) == FORBIDDEN
    assert kind(ask("decide", BEN, ACT, decision=Decision("resolved"), **asked)) == BAD
    assert kind(ask("decide", BEN, ACT, decision=Decision("by method"), **{**asked, "disagreement": "x"})) == NOT_FOUND
    assert ask("decide", BEN, ACT, decision=Decision("by method"), **asked)["content"]["decision"] == "by method"


def test_assign_sign_off_and_declare(ask: Ask) -> None:
    assert kind(ask("assign", CLEO, ACT, what="item:w-05", to="ben")) == FORBIDDEN
    assert kind(ask("assign", BEN, ACT, what="item:w-05", to="cleoo")) == NOT_FOUND
    assert ask("assign", BEN, ACT, what="item:w-05", to="cleo", reason="please")["content"] == {"to": "cleo"}
    assert ask("assign", CLEO, ACT, what="item:w-05")["content"] == {"to": None}  # gives it back
    verdict = "verdict:msc-399-in-toluene/back-to-pc-and-on"
    assert kind(ask("signOff", CLEO, SIGNED, upon=verdict)) == FORBIDDEN
    assert kind(ask("signOff", BEN, SIGNED, upon=f"{verdict}x")) == NOT_FOUND
    signed = ask("signOff", BEN, SIGNED, upon=verdict)
    assert signed == {"subject": verdict, "by": "ben", "says": "ruled out", "stale": False, "saysNow": "ruled out"}
    assert kind(ask("declare", BEN, ACT, about="cdsee", why="makes them")) == NOT_FOUND
    past = "2020-01-01T00:00:00+00:00"
    assert kind(ask("declare", BEN, ACT, about="cdse", why="makes them", until=past)) == BAD
    assert ask("declare", BEN, ACT, about="cdse", why="makes them")["content"]["about"] == "cdse"
    assert kind(ask("signOff", BEN, SIGNED, upon="verdict:cdse-pc-in-toluene-and-amine/marker")) == FORBIDDEN


def test_drafts(ask: Ask, curated: Workspace) -> None:
    assert kind(ask("saveDraft", None, DRAFT, content={"title": "x"})) == ("Forbidden", "mechkg.unauthenticated")
    first = ask("saveDraft", CLEO, DRAFT, content={"title": "T", "half": ["written"]})
    name = first["localName"]
    assert (first["version"], first["content"]) == (1, {"title": "T", "half": ["written"]})
    assert kind(ask("proposeDraft", CLEO, draft=name, version=1)) == BAD
    whole = {"title": "T", "remove": [{"item": REMARK, "code": "duplicate"}]}
    assert ask("saveDraft", CLEO, DRAFT, content=whole, draft=name, version=1)["version"] == 2
    late = ask("saveDraft", CLEO, DRAFT, content={"title": "other window"}, draft=name, version=1)
    assert kind(late) == STALE and late["now"]["version"] == 2 and late["now"]["content"] == whole
    assert kind(ask("saveDraft", BEN, DRAFT, content={}, draft=name, version=2)) == NOT_FOUND
    assert ask("discardDraft", CLEO, DRAFT, draft=name, version=2)["discarded"]
    assert ask("restoreDraft", CLEO, DRAFT, draft=name, old=2, version=3)["content"] == whole
    made = ask("proposeDraft", CLEO, draft=name, version=4, reason="twice there")
    assert made["title"] == "T" and made["status"] == "OPEN"
    gone = ask("proposeDraft", CLEO, draft=name, version=5)
    assert kind(gone) == BAD and "was discarded" in gone["message"]


def test_nothing_is_done_without_a_token_that_holds(client: TestClient, curated: Workspace) -> None:
    position = curated.ledger.position()
    query = 'mutation { comment(upon: "item:w-05", text: "x") { __typename } }'
    wrong = client.post("/graphql", json={"query": query}, headers={"Authorization": "Bearer mkg_aaaaaaaaaa_" + 52 * "a"})
    assert "comment" not in str(wrong.json().get("data")) and wrong.status_code in (200, 401)
    assert client.get("/graphql", params={"query": query}).status_code != 200 or curated.ledger.position() == position
    assert curated.ledger.position() == position
