"""What a request says: accepted media types, parameters in the address and in the body."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import negotiate, read_get, read_post, wants_page


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", "application/json"),
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"),
        ("application/json;q=0, */*", "application/graphql-response+json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/event-stream", "text/event-stream"),
        ("application/json;q=0.5, text/event-stream", "text/event-stream"),
        ("text/*, application/json;q=0.1", "application/json"),  # events come to who asks for them by name
    ],
)
def test_accepted(accept: str | None, answered: str) -> None:
    assert negotiate(accept) == answered


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;charset=utf-16", "application/json;q=0", "application/json;q=much"]
)
def test_not_acceptable(accept: str) -> None:
    with pytest.raises(RequestError) as caught:
        negotiate(accept)
    assert caught.value.code == "graphql.not-acceptable"


def test_an_address() -> None:
    asked = read_get(b"query=%7B+a+%7D&variables=%7B%22n%22%3A1%7D&operationName=A&extensions=&documentId=")
    assert (asked.query, asked.variables, asked.operation_name, asked.document_id) == ("{ a }", {"n": 1}, "A", None)
    assert asked.by_get
    for wrong in (b"variables=%7B", b"variables=%5B%5D", b"query=%ff", b"&".join(b"a%d=1" % n for n in range(50)), b"query=\xff"):
        with pytest.raises(RequestError) as caught:
            read_get(wrong)
        assert caught.value.code == "graphql.request"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"1", "an object"),
        (b"[]", "one operation"),
        (b'{"query": 1}', "'query' is to be a text"),
        (b'{"query": "{ a }", "variables": []}', "'variables' is to be an object"),
        (b'{"query": "{ a }", "extensions": 0}', "'extensions' is to be an object"),
        (b'{"query": "{ a }", "operationName": false}', "'operationName' is to be a text"),
        (b'{"documentId": 5}', "'documentId' is to be a text"),
    ],
)
def test_a_body_that_says_nothing(body: bytes, words: str) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        read_post("application/json", body)
    assert (caught.value.code, caught.value.status) == ("graphql.request", 400)


def test_a_body_is_utf_8() -> None:
    assert read_post('application/json; charset="UTF-8"', '{"query": "é"}'.encode()).query == "é"
    with pytest.raises(RequestError) as caught:
        read_post("application/json; charset=latin-1", b"{}")
    assert caught.value.code == "graphql.media-type"


def test_a_browser_opens_the_page() -> None:
    html = Headers({"accept": "text/html,*/*"})
    assert wants_page("GET", html, b"")
    assert not wants_page("GET", html, b"query={a}")
    assert not wants_page("POST", html, b"")
    assert not wants_page("GET", Headers({"accept": "*/*"}), b"")
