"""Each request has an id: taken over where it is well formed, told in the answer, beside each failure, and in the log."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mechkg.api.visit import LONGEST, id_of

TRACE = "0af7651916cd43dd8448eb211c80319c"


@settings(deadline=None)
@given(st.text(max_size=200) | st.none(), st.text(max_size=80) | st.none())
def test_whatever_comes_an_id_is_one_short_word(request_id: str | None, traceparent: str | None) -> None:
    found = id_of(request_id, traceparent)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", found)
    assert len(found) <= LONGEST
    if found != request_id:
        assert re.fullmatch(r"[0-9a-f]{32}", found)


@pytest.mark.parametrize(
    ("traceparent", "taken"),
    [
        (f"00-{TRACE}-b7ad6b7169203331-01", True),
        (f"cc-{TRACE}-b7ad6b7169203331-01-what-the-future-will-be", True),
        (f"ff-{TRACE}-b7ad6b7169203331-01", False),
        (f"00-{'0' * 32}-b7ad6b7169203331-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE.upper()}-b7ad6b7169203331-01", False),
        (f"00-{TRACE}-b7ad6b7169203331", False),
        (f"00-{TRACE}-b7ad6b7169203331-01\n", False),
    ],
)
def test_the_trace_of_a_caller_is_the_id_where_it_is_well_formed(traceparent: str, taken: bool) -> None:
    assert (id_of(None, traceparent) == TRACE) is taken


@pytest.mark.parametrize(
    "given_id", ["a\r\nX-Evil: 1", "a b", "<script>", "x" * 65, "", "ünïcode", '{"level":"error"}', "\x1b[31m"]
)
def test_an_id_that_could_hurt_is_not_taken_over(client: TestClient, given_id: str) -> None:
    answer = client.get("/nothing", headers=[(b"x-request-id", given_id.encode())])
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert "x-evil" not in answer.headers


@pytest.fixture
def lines(client: TestClient, caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG, "mechkg"):
        yield caplog


def test_the_id_stands_in_every_kind_of_answer_and_in_the_log(client: TestClient, lines: pytest.LogCaptureFixture) -> None:
    mine = {"X-Request-ID": "job-7"}
    asked = {
        "/healthz": None,
        "/nothing": "requestId",
        "/sparql?query=SELEC": "requestId",
        "/graphql?query={nothing}": "extensions",
        "/graphql?query={version}": None,
        "/static/none.css": "requestId",
    }
    for path, where in asked.items():
        answer = client.get(path, headers={**mine, "Accept": "application/json"})
        assert answer.headers.get_list("x-request-id") == ["job-7"], path
        if where == "requestId":
            assert answer.json()["requestId"] == "job-7"
        elif where == "extensions":
            assert answer.json()["extensions"]["requestId"] == "job-7"
    told = [record for record in lines.records if record.name == "mechkg.request"]
    assert [record.request for record in told] == ["job-7"] * len(asked)
    assert [record.path for record in told] == [path.partition("?")[0] for path in asked]


def test_an_answer_that_was_kept_has_the_id_of_who_asks_now(client: TestClient, lines: pytest.LogCaptureFixture) -> None:
    body = {"query": "query Spaces { hypothesisSpaces(first: 2) { nodes { id } } }"}
    first = client.post("/graphql", json=body, headers={"X-Request-ID": "one"})
    again = client.post("/graphql", json=body, headers={"X-Request-ID": "two"})
    assert (first.headers["x-request-id"], again.headers["x-request-id"]) == ("one", "two")
    assert first.json() == again.json()
    kept = [record for record in lines.records if getattr(record, "request", None) == "two"]
    # what is asked again and again fills no log
    assert [(record.operation, record.kept, record.levelname) for record in kept] == [("Spaces", True, "DEBUG")]


def test_a_line_tells_operation_cost_and_codes_and_no_texts(client: TestClient, lines: pytest.LogCaptureFixture) -> None:
    text = "query Mine($x: Int) { hypothesisSpaces(first: $x) { totalCount } }"
    client.post("/graphql", json={"query": text, "variables": {"x": 3}})
    client.post("/graphql", json={"query": "query Bad { hidden_words }"})
    client.get("/lists/nothing?of=hidden_words", headers={"Accept": "application/json"})
    good, bad, other = [record for record in lines.records if record.name == "mechkg.request"]
    assert (good.operation, good.kind, good.status) == ("Mine", "query", 200)
    assert good.cost > 0
    assert bad.codes == ["graphql.validation"]
    assert other.codes == ["mechkg.not_found"]
    for record in (good, bad, other):
        assert "hidden_words" not in json.dumps({k: v for k, v in vars(record).items() if isinstance(v, str | list | int)})


def test_a_path_cannot_break_a_line_or_speak_to_a_terminal(client: TestClient, lines: pytest.LogCaptureFixture) -> None:
    client.get("/a%0d%0a%1b[31mINFO%20all%20is%20well")
    (record,) = [record for record in lines.records if record.name == "mechkg.request"]
    assert record.path == "/a\\r\\n\\x1b[31mINFO all is well"
    assert record.getMessage().isprintable()
