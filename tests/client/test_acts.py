"""Acts are done alike by a graph that is here and by one on a server, and each is told who did it and by which door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

import mechkg
from mechkg.client.graph import Graph
from mechkg.embedded import EmbeddedGraph
from mechkg.errors import ForbiddenError, NotFoundError, RefusedActError, UnauthenticatedError
from mechkg.model.person import Caller
from mechkg.model.wish import Change, Put, Remove
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, CLEO

As = Callable[[Caller], Graph]

LIMIT = "detection-limit-of-absorption"


@pytest.fixture(params=["here", "there"])
def as_(request: pytest.FixtureRequest, workspace: Workspace, address: str, token: Callable[[Caller], str]) -> Iterator[As]:
    """The graph for a person: the one that is here, or the one on the server."""
    connected: dict[Caller, Graph] = {}

    def of(person: Caller) -> Graph:
        if request.param == "here":
            return EmbeddedGraph(workspace, person=person.person)
        if person not in connected:
            connected[person] = mechkg.connect(address, token=token(person))
        return connected[person]

    yield of
    for graph in connected.values():
        graph.close()


def test_a_change_set_goes_its_way(as_: As, workspace: Workspace) -> None:
    remark = workspace.catalog.by_kind["remark"][3]
    with_note = Change(remark.id, {"note": f"seen at {workspace.ledger.position()}"})
    found = as_(CLEO).propose("A note", with_note, reason="it helps")
    assert (found.title, found.status, found.authors, found.revision) == ("A note", "open", ("cleo",), 1)
    with pytest.raises(RefusedActError, match="look at revision 1"):
        as_(ADA).accept(found.id, revision=2)
    with pytest.raises(ForbiddenError):
        as_(CLEO).accept(found.id, revision=1, reason="mine")
    back = as_(ADA).request_changes(found.id, revision=1, reason="say when")
    assert back.status == "changes requested"
    again = as_(CLEO).revise(found.id, Change(remark.id, {"note": "seen at noon"}), revision=1, title="A better note")
    assert (again.status, again.revision, again.title) == ("open", 2, "A better note")
    assert as_(CLEO).withdraw(found.id, revision=2, reason="never mind").status == "withdrawn"
    with pytest.raises(RefusedActError):
        as_(ADA).reject(found.id, revision=2, reason="late")
    assert as_(CLEO).change_set(found.id).status == "withdrawn"


def test_what_is_accepted_counts(as_: As, workspace: Workspace) -> None:
    remark = workspace.catalog.by_kind["remark"][5]
    asserted = as_(CLEO).assertion(remark.id)
    note = f"accepted at {workspace.ledger.position()}"
    found = as_(CLEO).propose("A note", Put(asserted.kind, asserted.document, {**asserted.content, "note": note}))
    assert as_(ADA).accept(found.id, revision=1, reason="right").status == "accepted"
    assert as_(CLEO).assertion(remark.id).content["note"] == note


def test_something_goes_and_comes_back(as_: As, workspace: Workspace) -> None:
    remark = workspace.catalog.by_kind["remark"][7]
    gone = as_(ADA).retract(remark.record.id, code="misread", reason="not there")
    assert (gone.kind, gone.actor, gone.reason) == ("retract", "ada", "not there")
    with pytest.raises(NotFoundError):
        as_(ADA).item(remark.id)
    assert as_(ADA).restore(remark.record.id, reason="it is there").kind == "restore"
    assert as_(ADA).item(remark.id) == remark.value


def test_something_is_said_disputed_and_settled(as_: As, workspace: Workspace) -> None:
    said = as_(CLEO).comment(LIMIT, "how was it measured?")
    answer = as_(ADA).comment(f"item:{LIMIT}", "by the noise", answers=said.position)
    assert answer.content is not None and answer.content["answers"] == said.position
    assertion = f"assertion:{workspace.catalog.entries[LIMIT].record.id}"
    begun = as_(CLEO).dispute(assertion, "too low", rests_on=[workspace.catalog.by_kind["observation"][0].id])
    assert as_(ADA).settle(assertion, of=begun.position, outcome="dismissed", reason="it is as printed").kind == "settle"
    told = {act.position: act.kind for act in as_(ADA).history(LIMIT)}
    assert (told[said.position], told[begun.position]) == ("comment", "dispute")


def test_a_disagreement_is_decided_and_something_assigned(as_: As) -> None:
    one = as_(ADA).disagreements().first(3)[2]
    assert as_(ADA).decide(one.id, "by method", "the methods differ").kind == "decide"
    [again] = [each for each in as_(ADA).disagreements() if each.id == one.id]
    assert (again.state, again.decided_by) == ("explained", "ada")
    assert as_(ADA).decide(one.id, "open", "look again").kind == "decide"
    assert as_(ADA).assign(LIMIT, "cleo").content == {"to": "cleo"}


def test_an_interest_is_declared_and_goes(as_: As) -> None:
    until = datetime.now(UTC) + timedelta(days=3)
    act = as_(CLEO).declare("zhang2020", "I wrote it", until=until)
    assert (act.kind, (act.content or {})["about"]) == ("declare", "zhang2020")
    assert (as_(CLEO).declare("zhang2020", "it was another paper", gone=True).content or {})["gone"] is True
    with pytest.raises(NotFoundError, match="did you mean 'zhang2020'"):
        as_(CLEO).declare("zhang202", "I wrote it")


def test_the_door_is_told(as_: As, request: pytest.FixtureRequest) -> None:
    door = "graphql" if "there" in request.node.name else "python"
    assert as_(CLEO).comment(LIMIT, "hello").door == door


def test_nobody_acts_without_saying_who(workspace: Workspace, there: Graph) -> None:
    with pytest.raises((ForbiddenError, UnauthenticatedError), match="send a token"):
        there.comment(LIMIT, "hello")
    with pytest.raises(NotFoundError, match="did you mean 'cleo'"):
        EmbeddedGraph(workspace, person="cleoo").comment(LIMIT, "hello")


def test_what_cannot_be_proposed_is_refused_alike(as_: As) -> None:
    with pytest.raises(NotFoundError, match="did you mean"):
        as_(CLEO).propose("T", Remove(f"{LIMIT}s", "duplicate"))
    with pytest.raises(ForbiddenError):
        as_(CLEO).retract(as_(CLEO).assertion(LIMIT).assertion, code="misread", reason="r")
