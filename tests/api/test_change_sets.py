"""Change sets, their impact and all that is around them, read over GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.comment import comment
from mechkg.service.dispute import dispute
from mechkg.service.draft import save_draft
from mechkg.service.retract import retract
from mechkg.service.sign_off import sign_off
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.service.changes import FREED, LIMIT, REMARK, changed

Ask = Callable[..., Any]


@pytest.fixture
def ask(curated: Workspace) -> Iterator[Ask]:
    """Ask something as nobody, or as somebody by a token; return the data."""
    with TestClient(create_app(curated)) as client:

        def ask(query: str, by: Caller | None = None, role: Any = "curator", *, code: str | None = None) -> Any:
            headers = {}
            if by is not None:
                text, _ = tokens.issue(curated.ledger, by, f"t-{curated.ledger.position()}", Grant(role))
                headers = {"Authorization": f"Bearer {text.reveal()}"}
            answer = client.post("/graphql", json={"query": query}, headers=headers).json()
            if code is not None:
                assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
                return answer["errors"][0]
            assert "errors" not in answer, answer
            return answer["data"]

        yield ask


def test_a_change_set_and_its_impact(ask: Ask, curated: Workspace) -> None:
    found = changed(curated, LIMIT, title="No limit", effects=None)
    subject = Subject("set", found.id)
    said = comment(curated, BEN, subject, "why?")
    sign_off(curated, BEN, Subject("verdict", "/".join(FREED)))
    shown = ask(
        f"""{{ changeSet(id: "{found.id}") {{
          localName title status revision authors materials staleItems machine reason
          comments {{ position author text revision }}
          edits {{ op kind item document differences {{ place before after }} before after }}
          history {{ kind actor door }}
          impact {{
            acceptable spaces findings {{ code }}
            verdicts {{ space candidate before after flips gone appear {{ name }}
              vanish {{ name rule brief observation {{ localName }} }} }}
            standings {{ space name before after }}
            signatures {{ subject by }} disagreementsAppear {{ localName }} disagreementsVanish {{ localName }}
          }} }} }}"""
    )["changeSet"]
    assert (shown["title"], shown["status"], shown["authors"], shown["staleItems"]) == ("No limit", "OPEN", ["cleo"], [])
    assert shown["comments"] == [{"position": said.position, "author": "ben", "text": "why?", "revision": 1}]
    [edit] = shown["edits"]
    assert (edit["op"], edit["kind"], edit["item"]) == ("CHANGE", "ASSUMPTION", LIMIT)
    assert [(d["place"], d["after"]) for d in edit["differences"]] == [("effects", None)]
    assert edit["before"]["effects"] == edit["differences"][0]["before"] and "effects" not in edit["after"]
    assert [act["kind"] for act in shown["history"] if act["actor"] == "ben"] == ["COMMENT"]
    impact = shown["impact"]
    [flip] = [v for v in impact["verdicts"] if (v["space"], v["candidate"]) == FREED]
    assert (flip["before"], flip["after"], flip["flips"]) == ("RULED_OUT", "SURVIVES", True)
    assert flip["appear"] == flip["gone"] == []
    assert flip["vanish"][0]["observation"]["localName"] == flip["vanish"][0]["name"]
    assert {"space": FREED[0], "name": "pc-399-was-there", "before": "REQUIRED", "after": "POSSIBLE"} in impact["standings"]
    assert impact["signatures"] == [{"subject": f"verdict:{'/'.join(FREED)}", "by": "ben"}]
    assert impact["acceptable"] and impact["findings"] == impact["disagreementsAppear"] == impact["disagreementsVanish"] == []


def test_proofs_of_what_would_be(ask: Ask, curated: Workspace) -> None:
    found = changed(curated, LIMIT, effects=None)
    query = f"""{{ impact(changeSet: "{found.id}") {{
        flips: verdicts(flips: true) {{ space flips }}
        conclusions {{ conclusion space before after }}
        verdicts(flips: true, space: "{FREED[0]}") {{
          candidate before after
          proof(first: 1) {{ sentence }}
          proofBefore {{ sentence }}
        }} }} }}"""
    impact = ask(query)["impact"]
    assert len(impact["flips"]) == 8 and all(v["flips"] for v in impact["flips"])
    assert {"conclusion": "c-z-16", "space": "as-mixed-sample", "before": "DERIVED_WITH_ASSUMPTIONS", "after": "TIED"} in impact[
        "conclusions"
    ]
    [flip] = impact["verdicts"]
    assert (flip["candidate"], flip["before"], flip["after"]) == (FREED[1], "RULED_OUT", "SURVIVES")
    [line] = flip["proof"]
    assert line["sentence"] and all(proof["sentence"] for proof in flip["proofBefore"]) and flip["proofBefore"] != flip["proof"]


def test_the_queue_in_pages(ask: Ask, curated: Workspace) -> None:
    names = [changed(curated, item, note="n").id for item in ("w-05", "w-06", "w-07")]
    pages, after = [], None
    while True:
        cursor = f', after: "{after}"' if after else ""
        page = ask(
            f"{{ changeSets(first: 2{cursor}) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ localName }} }} }}"
        )
        pages.append([node["localName"] for node in page["changeSets"]["nodes"]])
        assert page["changeSets"]["totalCount"] == 3
        after = page["changeSets"]["pageInfo"]["endCursor"]
        if not page["changeSets"]["pageInfo"]["hasNextPage"]:
            break
    assert pages == [names[:2], names[2:]]
    of_ben = '{ changeSets(filter: {author: "ben", text: "x"}) { totalCount } }'
    assert ask(of_ben) == {"changeSets": {"totalCount": 0}}
    newest = (
        '{ changeSets(orderBy: {field: OPENED, direction: DESC}, filter: {item: "w-07", waiting: null}) { nodes { localName } } }'
    )
    assert ask(newest) == {"changeSets": {"nodes": [{"localName": names[2]}]}}
    error = ask("{ changeSets(filter: {status: OPN}) { totalCount } }", code="graphql.validation")
    assert "Did you mean the enum value 'OPEN'?" in error["message"]
    ask('{ changeSet(id: "set-1") { localName } }', code="mechkg.not_found")


def test_a_merge_is_seen_before_it_is_made(ask: Ask, curated: Workspace) -> None:
    one, other = changed(curated, REMARK, note="theirs"), changed(curated, REMARK, note="ours", locator="Figure 9")
    accept(curated, BEN, one.id, revision=1)
    query = '{ merge(changeSet: "%s"%s) { item now merged clashes { place theirs ours } theirs { place } ours { place } } }'
    [moved] = ask(query % (other.id, ""))["merge"]
    assert moved["clashes"] == [{"place": "note", "theirs": "theirs", "ours": "ours"}]
    assert {d["place"] for d in moved["ours"]} == {"note", "locator"} and [d["place"] for d in moved["theirs"]] == ["note"]
    chosen = ', choices: [{item: "w-05", place: "note", side: OURS}]'
    [moved] = ask(query % (other.id, chosen))["merge"]
    assert moved["clashes"] == [] and (moved["merged"]["note"], moved["merged"]["locator"]) == ("ours", "Figure 9")


def test_who_asks_and_what_waits(ask: Ask, curated: Workspace) -> None:
    assert ask("{ me { person { localName } } }") == {"me": None}
    ask("{ tasks { kind } }", code="mechkg.unauthenticated")
    ask("{ drafts { localName } }", code="mechkg.unauthenticated")
    me = ask("{ me { person { localName name grants { role scope } interests { about } } within { role scope } door } }", CLEO)[
        "me"
    ]
    assert me["person"] == {"localName": "cleo", "name": "Cleo", "grants": [{"role": "CURATOR", "scope": "all"}], "interests": []}
    assert (me["within"], me["door"]) == ({"role": "CURATOR", "scope": "all"}, "graphql")
    people = ask("{ people { nodes { localName grants { role } } } }")["people"]["nodes"]
    assert [person["localName"] for person in people] == ["ada", "ben", "cleo", "dan"]
    found = changed(curated, REMARK, note="n")
    [task] = ask("{ tasks { kind subject sentence act } }", BEN, "reviewer")["tasks"]
    assert (task["kind"], task["subject"]) == ("REVIEW", f"set:{found.id}")
    assert ask("{ tasks { kind } }", BEN, "curator") == {"tasks": []}  # the token reaches no further
    draft = save_draft(curated, CLEO, {"title": "T"})
    own = ask(
        f'{{ drafts {{ localName }} draft(id: "{draft.id}") {{ content }} draftHistory(id: "{draft.id}") {{ version }} }}', CLEO
    )
    assert own == {"drafts": [{"localName": draft.id}], "draft": {"content": {"title": "T"}}, "draftHistory": [{"version": 1}]}
    ask(f'{{ draft(id: "{draft.id}") {{ content }} }}', BEN, code="mechkg.not_found")


def test_discussion_history_and_signatures(ask: Ask, curated: Workspace) -> None:
    assertion = Subject("assertion", curated.catalog.entries[REMARK].record.id)
    comment(curated, CLEO, Subject("item", REMARK), "which figure?")
    dispute(curated, CLEO, assertion, "not so", rests_on=["z-f4-o6"])
    sign_off(curated, BEN, assertion)
    found = ask(
        """{ discussion(of: "item:w-05") { comments { text } disputes { by reason restsOn outcome } }
             history(of: "item:w-05") { kind actor }
             signatures { subject by stale } }"""
    )
    assert found["discussion"]["comments"] == [{"text": "which figure?"}]
    assert found["discussion"]["disputes"] == [
        {"by": "cleo", "reason": "not so", "restsOn": ["z-f4-o6"], "outcome": None}
    ]  # fmt: skip
    assert [act["kind"] for act in found["history"]] == ["PROPOSE", "ACCEPT", "COMMENT", "DISPUTE", "SIGN_OFF"]
    assert found["signatures"] == [{"subject": str(assertion), "by": "ben", "stale": False}]
    ask('{ history(of: "item:w-055") { kind } }', code="mechkg.not_found")
    ask('{ history(of: "w-05") { kind } }', code="mechkg.bad_input")


def test_disagreements(ask: Ask) -> None:
    found = ask(
        '{ disagreement(id: "cdse-434-composition") '
        "{ state property band { positions } sides { reading belief values { works } } } }"
    )["disagreement"]
    assert (found["state"], found["property"]) == ("OPEN", "composition")
    assert {side["reading"] for side in found["sides"]} == {"(CdSe)120", "(CdSe)66"}
    assert all(side["belief"] and side["values"][0]["works"] for side in found["sides"])
    ask('{ disagreement(id: "cdse-434") { state } }', code="mechkg.not_found")


def test_what_can_no_longer_be_judged_names_what_is_gone(ask: Ask, curated: Workspace) -> None:
    check = '{ check(space: "cdtese-msc399", candidates: ["eq1", "eq2"]) { candidates { localName verdict gone } } }'
    assert [one["gone"] for one in ask(check)["check"]["candidates"]] == [[], []]
    retract(curated, BEN, curated.catalog.entries["step-2"].record.id, code="other", reason="nobody saw it")
    assert ask(check)["check"]["candidates"] == [
        {"localName": "eq1", "verdict": "NOT_COVERED", "gone": ["step-2"]},
        {"localName": "eq2", "verdict": "RULED_OUT", "gone": []},
    ]
