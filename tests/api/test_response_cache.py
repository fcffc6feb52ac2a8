"""Answers that are kept: each is what would be answered at that moment without them, to each caller, whatever was done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from graphql import parse
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.response_cache import OVERHEAD, Lasting, Question, ResponseCache
from mechkg.api.schema import create_schema
from mechkg.curation import draft as drafts
from mechkg.curation import tokens
from mechkg.curation.accept import accept
from mechkg.curation.comment import comment
from mechkg.curation.ledger import Ledger
from mechkg.curation.mark import Mark
from mechkg.graph.store import Store
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller
from mechkg.service.workspace import Workspace
from tests.api.changing import signed_in
from tests.curation.conftest import new_place, place, postgresql, quick_path  # noqa: F401 - fixtures
from tests.curation.staff import ADA, BEN, CLEO, employ, proposed, put

TWO = 'query A { discussion(of: "item:first") { comments { text by } } } query B { releases { name } }'
QUERIES: list[dict[str, Any]] = [
    {"query": "{ graphVersion assertions(first: 3) { totalCount nodes { label source { quotes } ...on Claim { statement } } } }"},
    {"query": "query ($n: String!) { item(name: $n) { label acceptedBy } }", "variables": {"n": "w-1"}},
    {"query": "query ($n: String!) { item(name: $n) { label } me { person { localName } } }", "variables": {"n": "w-0"}},
    {"query": "{ me { person { name } within { role } door } }"},
    {"query": "{ drafts { localName version content } }"},
    {"query": "{ tasks { kind sentence } }"},
    {"query": "{ changeSets(filter: {waiting: null}) { totalCount nodes { localName status title } } }"},
    {"query": "{ people { localName name grants { role scope } } }"},
    {
        "query": 'query A { discussion(of: "item:first") { comments { text by } } } query B { releases { name } }',
        "operationName": "A",
    },
    {
        "query": 'query A { discussion(of: "item:first") { comments { text by } } } query B { releases { name } }',
        "operationName": "B",
    },
    {"query": "{ acts(first: 3) { nodes { position kind actor } } }"},
    {"query": "query ($x: Boolean!) { graphVersion me @include(if: $x) { door } }", "variables": {"x": False}},
    {"query": "query ($x: Boolean!) { graphVersion me @include(if: $x) { door } }", "variables": {"x": True}},
]

CALLERS = ("nobody", "ada", "ben", "cleo")


class Twins:
    """Two applications over one ledger, one of which keeps no answers."""

    def __init__(self, workspace: Workspace, stack: ExitStack) -> None:
        self.workspace = workspace
        self.keeping = stack.enter_context(TestClient(create_app(workspace)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MECHKG_GRAPHQL_KEPT", "0")
            self.forgetting = stack.enter_context(TestClient(create_app(workspace)))
        self.answers: ResponseCache = self.keeping.app.state.answers  # type: ignore[attr-defined]
        named = {"X-Request-ID": "twins"}  # else each answer had an id of its own
        self.headers = {"nobody": named} | {by.person: named | signed_in(workspace, by, "curator") for by in (ADA, BEN, CLEO)}
        self.made = 0

    def ask(self, question: dict[str, Any], caller: str, *, by_get: bool) -> bool:
        """Ask both, hold the answers against each other, and say whether the answer was one that had been kept."""
        before = self.answers.found
        told = [self._ask(client, question, caller, by_get) for client in (self.keeping, self.forgetting)]
        assert told[0] == told[1]
        return self.answers.found > before

    def _ask(self, client: TestClient, question: dict[str, Any], caller: str, by_get: bool) -> Any:
        if by_get:
            as_text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in question.items()}
            response = client.get("/graphql", params=as_text, headers=self.headers[caller])
        else:
            response = client.post("/graphql", json=question, headers=self.headers[caller])
        return response.status_code, response.content, sorted(response.headers.items())

    def act(self, kind: str, number: int) -> None:
        ledger = self.workspace.ledger
        self.made += 1
        match kind:
            case "accept":
                found = proposed(ledger, put(f"w-{self.made}", f"words {self.made}"))
                accept(ledger, BEN, found.id, revision=1)
            case "propose":
                proposed(ledger, put(f"p-{self.made}"), title=f"Title {self.made}")
            case "draft":
                drafts.save(ledger, (ADA, BEN, CLEO)[number % 3], {"text": self.made})
            case "comment":
                comment(ledger, CLEO, Subject.parse("item:first"), f"words {self.made}")
            case "token":
                tokens.issue(ledger, ADA, f"token {self.made}", ADA.within)
            case _:
                raise AssertionError(kind)


@pytest.fixture
def workspace(place: str, tmp_path: Path) -> Iterator[Workspace]:  # noqa: F811 - the fixture
    with Workspace(Ledger.open(place), Store.open(None), tmp_path) as opened:
        employ(opened.ledger)
        proposed(opened.ledger, put("first"))
        yield opened


@pytest.fixture
def twins(workspace: Workspace) -> Iterator[Twins]:
    with ExitStack() as stack:
        yield Twins(workspace, stack)


ACTS = st.tuples(st.just("act"), st.sampled_from(["accept", "propose", "draft", "comment", "token"]), st.integers(0, 2))
ASKS = st.tuples(st.just("ask"), st.sampled_from(QUERIES), st.sampled_from(CALLERS), st.booleans())


def test_what_is_kept_is_what_would_be_answered(twins: Twins) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(st.one_of(ASKS, ASKS, ASKS, ACTS), min_size=4, max_size=16))
    def interleaved(steps: list[tuple[Any, ...]]) -> None:
        for step in steps:
            if step[0] == "act":
                twins.act(step[1], step[2])
            else:
                event("kept" if twins.ask(step[1], step[2], by_get=step[3]) else "made")

    interleaved()
    before = twins.answers.found
    for _ in range(2):
        for question in QUERIES:
            for caller in CALLERS:
                twins.ask(question, caller, by_get=False)
    assert twins.answers.found > before + 30


@pytest.mark.parametrize("by_get", [False, True])
def test_what_everybody_is_told_is_kept_for_all_and_what_is_ones_own_for_oneself(twins: Twins, by_get: bool) -> None:
    everybody, own = QUERIES[0], QUERIES[4]
    assert not twins.ask(everybody, "ada", by_get=by_get)
    assert twins.ask(everybody, "ben", by_get=by_get)
    drafts.save(twins.workspace.ledger, ADA, {"text": "a secret"})
    assert not twins.ask(own, "ada", by_get=by_get)
    assert not twins.ask(own, "ben", by_get=by_get)
    assert twins.ask(own, "ada", by_get=by_get)
    assert "a secret" in twins.keeping.post("/graphql", json=own, headers=twins.headers["ada"]).text
    assert "a secret" not in twins.keeping.post("/graphql", json=own, headers=twins.headers["ben"]).text
    assert "a secret" not in twins.keeping.post("/graphql", json=own).text


def test_a_draft_ends_what_is_ones_own_and_an_act_ends_all(twins: Twins) -> None:
    twins.ask(QUERIES[0], "nobody", by_get=False)
    twins.ask(QUERIES[4], "ada", by_get=False)
    twins.act("draft", 0)
    assert twins.ask(QUERIES[0], "nobody", by_get=False)
    assert not twins.ask(QUERIES[4], "ada", by_get=False)
    twins.act("accept", 0)
    assert not twins.ask(QUERIES[0], "nobody", by_get=False)


def test_what_another_process_does_is_noticed(place: str, twins: Twins) -> None:  # noqa: F811 - the fixture
    assert not twins.ask(QUERIES[6], "nobody", by_get=False)
    assert twins.ask(QUERIES[6], "nobody", by_get=False)
    with Ledger.open(place) as other:
        proposed(other, put("elsewhere"))
    assert not twins.ask(QUERIES[6], "nobody", by_get=False)


# --- what is not kept, on one database ---------------------------------------------------------------------------------


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[TestClient]:
    with Workspace(Ledger.open(tmp_path / "ledger.db"), Store.open(None), tmp_path) as opened:
        employ(opened.ledger)
        with TestClient(create_app(opened)) as client:
            yield client


def found(client: TestClient) -> int:
    answers: ResponseCache = client.app.state.answers  # type: ignore[attr-defined]
    return answers.found


GOOD = b'{"query": "{ graphVersion }"}'
JSON = {"Content-Type": "application/json", "X-Request-ID": "alone"}


def test_the_same_request_is_answered_again_with_the_same_bytes(alone: TestClient) -> None:
    first, second = (alone.post("/graphql", content=GOOD, headers=JSON) for _ in range(2))
    assert found(alone) == 1
    assert (first.content, first.headers) == (second.content, second.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {},
        {**JSON, "Accept": "text/html"},
        {**JSON, "Accept": "application/graphql-response+json"},
    ],
    ids=["another type", "no type", "nothing acceptable", "another answer"],
)
def test_headers_that_change_the_answer(alone: TestClient, headers: dict[str, str]) -> None:
    alone.post("/graphql", content=GOOD, headers=JSON)
    fresh = alone.post("/graphql", content=GOOD, headers=headers)
    assert found(alone) == 0
    assert fresh.status_code in (200, 406, 415)
    assert (fresh.status_code == 200) == ("graphql-response" in headers.get("Accept", ""))


@pytest.mark.parametrize(
    "text",
    [
        '{ item(name: "nothing") { localName } }',
        '{ graphVersion item(name: "nothing") { localName } }',
        "{ nonsense }",
        'mutation { endWatch(id: "watch-1") { __typename } }',
        "{ wrong",
    ],
    ids=["error", "error beside data", "invalid", "mutation", "no document"],
)
def test_what_is_not_kept(alone: TestClient, text: str) -> None:
    for _ in range(3):
        alone.post("/graphql", json={"query": text})
    assert found(alone) == 0


def test_what_ends_when_its_time_is_up_is_not_kept() -> None:
    lasting = Lasting(create_schema()._schema)
    for text, lasts in (
        ('{ conflictSets(space: "x") { complete } }', False),
        ('{ a: report(space: "x") { ...F } } fragment F on Report { conflictSets { complete } }', False),
        ('{ check(space: "x") { space } }', True),
    ):
        assert [lasting(text, parse(text)) for _ in range(2)] == [lasts, lasts]


def test_an_answer_in_parts_and_a_large_request_are_answered_all_the_same(alone: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        yield GOOD[:10]
        yield GOOD[10:]

    assert alone.post("/graphql", content=parts(), headers=JSON).json()["data"]["graphVersion"] >= 0
    large = {"query": "{ graphVersion }", "extensions": {"note": "x" * 40_000}}
    for _ in range(2):
        assert alone.post("/graphql", json=large).json()["data"]["graphVersion"] >= 0
    assert found(alone) == 0


def test_whoever_has_the_answer_already_is_told_that_it_holds(alone: TestClient) -> None:
    question = {"query": "{ graphVersion }"}
    first = alone.get("/graphql", params=question)
    again = alone.get("/graphql", params=question, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert found(alone) == 1
    assert alone.get("/graphql", params=question, headers={"If-None-Match": '"other"'}).content == first.content


def test_kept_answers_count_as_requests_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_GRAPHQL_RATE", "0.01")
    monkeypatch.setenv("MECHKG_GRAPHQL_BURST", "3")
    with (
        Workspace(Ledger.open(tmp_path / "ledger.db"), Store.open(None), tmp_path) as opened,
        TestClient(create_app(opened)) as client,
    ):
        answers = [client.post("/graphql", content=GOOD, headers=JSON) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "retry-after" in answers[-1].headers


# --- the store --------------------------------------------------------------------------------------------------------


class _Still:
    at_once = True

    def __init__(self) -> None:
        self.mark = Mark(b"1", 1)

    def now(self) -> Mark:
        return self.mark

    def close(self) -> None:
        pass


def _question(name: str, state: bytes = b"1", position: int = 1) -> Question:
    return Question((name.encode(),), Mark(state, position))


@given(asked=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000), st.booleans()), max_size=60))
def test_so_many_bytes_are_kept(asked: list[tuple[int, int, bool]]) -> None:
    cache = ResponseCache(_Still(), most=20_000)
    for name, size, own in asked:
        cache.keep(_question(str(name)), ADA, [], b"x" * size, own=own)
        assert cache.size <= 20_000
        assert cache.size == sum(1 + len(kept.body) + OVERHEAD for kept in cache._kept.values())
        if size + OVERHEAD + 1 <= 20_000 // 8:
            again = cache.find(_question(str(name)), ADA)
            assert again is not None
            assert cache.find(_question(str(name), state=b"2", position=2), ADA) is None


def test_an_answer_from_before_an_act_is_not_kept_after_it() -> None:
    cache = ResponseCache(_Still(), most=20_000)
    cache.keep(_question("a", position=2), None, [], b"new", own=False)
    cache.keep(_question("a", position=1), None, [], b"old", own=False)
    kept = cache.find(_question("a", position=2), None)
    assert kept is not None
    assert kept.body == b"new"
    assert cache.find(_question("a", position=1), None) is None


def test_the_answer_asked_least_recently_goes_first() -> None:
    cache = ResponseCache(_Still(), most=8 * (OVERHEAD + 2))
    for name in "abcdefgh":
        cache.keep(_question(name), None, [], b"x", own=False)
    assert cache.find(_question("a"), None) is not None
    cache.keep(_question("i"), None, [], b"x", own=False)
    assert cache.find(_question("a"), None) is not None
    assert cache.find(_question("b"), None) is None


def test_a_caller_with_less_is_another_caller() -> None:
    cache = ResponseCache(_Still(), most=20_000)
    cache.keep(_question("a"), Caller("ada", "graphql"), [], b"mine", own=True)
    assert cache.find(_question("a"), Caller("ada", "graphql")) is not None
    assert cache.find(_question("a"), Caller("ada", "web")) is None
    assert cache.find(_question("a"), None) is None
