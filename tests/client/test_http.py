"""Requests: when they are sent again, when not, and what is told of what went wrong."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest

import mechkg
from mechkg.client import http
from mechkg.client.http import AsyncHttp, Endpoint, Http, Request, Tries
from mechkg.errors import (
    BadInputError,
    ForbiddenError,
    MechkgError,
    MissingExtraError,
    NotFoundError,
    QueryTimeoutError,
    RemoteError,
    TooLargeError,
    TooManyTriesError,
    UnauthenticatedError,
    UncertainError,
    UnreachableError,
)

ENDPOINT = Endpoint("http://server", retries=3)
READ = Request("{ graphVersion }", {})
ACT = Request("mutation { act }", {}, acts=True)
FINE = (200, {"data": {"graphVersion": 1}}, {})

Answer = tuple[int, Any, dict[str, str]] | Exception


class Server:
    """Answers one after another with what it is told, and notes what was asked and how long was waited."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []
        self.waited: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, content, headers = answer
        if isinstance(content, bytes):
            return httpx2.Response(status, content=content, headers=headers)
        return httpx2.Response(status, json=content, headers=headers)

    def ask(self, request: Request = READ, endpoint: Endpoint = ENDPOINT) -> Any:
        transport = httpx2.MockTransport(self)
        with Http(endpoint, sleep=self.waited.append, transport=transport) as client:
            return client.ask(request)


def refused(code: str, message: str = "no", hint: str | None = None, **more: Any) -> dict[str, Any]:
    extensions = {"code": code, **({"hint": hint} if hint else {})}
    return {"errors": [{"message": message, "extensions": extensions, **more}], "data": None}


# --- what is sent again -----------------------------------------------------------------------------------------------

PASSING: dict[str, Answer] = {
    "no connection": httpx2.ConnectError("refused"),
    "no connection in time": httpx2.ConnectTimeout("late"),
    "a broken answer": httpx2.RemoteProtocolError("peer closed connection without sending complete message body"),
    "no answer in time": httpx2.ReadTimeout("late"),
    "a gateway without its server": (502, b"<html>bad gateway</html>", {}),
    "a server that starts": (503, b"", {"Retry-After": "1"}),
    "a caller too eager": (429, refused("graphql.rate-limited", "you ask too often"), {"Retry-After": "2"}),
    "a server too busy": (200, refused("mechkg.busy"), {}),
}


@pytest.mark.parametrize("passing", PASSING)
def test_a_question_is_asked_again(passing: str) -> None:
    server = Server(PASSING[passing], PASSING[passing], FINE)
    assert server.ask()["data"] == {"graphVersion": 1}
    assert len(server.asked) == 3
    assert {request.content for request in server.asked} == {READ.body}


def test_the_waits_grow_and_never_undercut_what_the_server_asks_for() -> None:
    server = Server(*[httpx2.ConnectError("refused")] * 3, FINE)
    server.ask()
    assert [0.125 <= server.waited[0] <= 0.25, 0.25 <= server.waited[1] <= 0.5, 0.5 <= server.waited[2] <= 1] == [True] * 3
    asked = Server((429, refused("graphql.rate-limited"), {"Retry-After": "7"}), FINE)
    asked.ask()
    assert asked.waited == [7]
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    dated = Server((503, b"", {"Retry-After": later}), FINE)
    dated.ask()
    assert 28 <= dated.waited[0] <= 30


def test_in_the_end_it_is_told_what_was_wrong() -> None:
    server = Server(*[httpx2.ConnectError("connection refused")] * 4)
    with pytest.raises(UnreachableError, match=r"http://server cannot be reached: connection refused \(is the server running"):
        server.ask()
    assert len(server.asked) == 4
    slow = Server(*[httpx2.ReadTimeout("late")] * 4)
    with pytest.raises(UnreachableError, match=r"http://server did not answer within 60 s \(give it longer"):
        slow.ask()


def test_who_is_told_to_wait_long_is_told_so_at_once() -> None:
    server = Server((429, refused("graphql.rate-limited", "you ask too often"), {"Retry-After": "3600"}))
    with pytest.raises(TooManyTriesError) as caught:
        server.ask()
    assert (caught.value.seconds, server.waited) == (3600, [])


def test_without_retries_there_is_one_try() -> None:
    server = Server(PASSING["a server that starts"])
    with pytest.raises(UnreachableError, match="HTTP 503"):
        server.ask(endpoint=Endpoint("http://server", retries=0))
    assert len(server.asked) == 1


# --- acts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passing", ["no connection", "no connection in time", "a caller too eager"])
def test_an_act_is_sent_again_when_nothing_can_have_been_done(passing: str) -> None:
    server = Server(PASSING[passing], FINE)
    server.ask(ACT)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "passing", ["a broken answer", "no answer in time", "a gateway without its server", "a server that starts"]
)
def test_an_act_is_sent_once_when_it_may_have_been_done(passing: str) -> None:
    server = Server(PASSING[passing])
    with pytest.raises(UncertainError, match="not known whether anything was done"):
        server.ask(ACT)
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", ["graphql.timeout", "mechkg.internal", "mechkg.ledger"])
def test_an_act_that_went_wrong_on_the_way_may_have_been_done(code: str) -> None:
    with pytest.raises(UncertainError):
        Server((503, refused(code), {})).ask(ACT)


# --- errors -----------------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Answer, type[MechkgError], str]] = {
    "an unknown name": (
        (200, refused("mechkg.not_found", "there is no item called 'x'", "did you mean 'y'?"), {}),
        NotFoundError,
        "there is no item called 'x' (did you mean 'y'?)",
    ),
    "a text that is no GraphQL": (
        (400, refused("graphql.syntax", "Unexpected Name", locations=[{"line": 2, "column": 3}]), {}),
        BadInputError,
        "line 2, column 3: Unexpected Name",
    ),
    "too costly": ((400, refused("graphql.cost", "it costs 2, and may cost 1"), {}), TooLargeError, "it costs 2, and may cost 1"),
    "too slow": ((503, refused("graphql.timeout", "longer than 60 s"), {}), QueryTimeoutError, "longer than 60 s"),
    "not on the list": ((403, refused("graphql.not-allowed", "not known"), {}), ForbiddenError, "not known"),
    "a bad token": ((401, refused("mechkg.unauthenticated", "it does not hold"), {}), UnauthenticatedError, "it does not hold"),
    "a bad token, by another server": ((401, b"", {}), UnauthenticatedError, "http://server does not take the token"),
    "within": ((500, refused("mechkg.internal", "internal error"), {}), RemoteError, "something went wrong within the server"),
    "a code to come": ((400, refused("graphql.weather", "it rains"), {}), RemoteError, "it rains"),
    "no GraphQL": ((200, b"<p>hello</p>", {}), RemoteError, "http://server answers with HTTP 200, and not as GraphQL does"),
    "nothing there": ((404, b"", {}), NotFoundError, "there is nothing at http://server/graphql"),
    "a redirect": (
        (308, b"", {"Location": "https://elsewhere/graphql"}),
        UnreachableError,
        "http://server sends us to https://elsewhere/graphql, which is not followed",
    ),
    "a crash": ((500, b"oh", {}), RemoteError, "http://server answers with HTTP 500"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_server_refuses_is_raised_as_where_the_graph_is_at_hand(name: str) -> None:
    answer, kind, message = REFUSED[name]
    with pytest.raises(kind) as caught:
        Server(answer).ask()
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


def test_further_errors_are_notes() -> None:
    content = {"errors": [*refused("mechkg.not_found", "no a")["errors"], *refused("mechkg.bad_input", "no b")["errors"]]}
    with pytest.raises(NotFoundError, match="no a") as caught:
        Server((200, content, {})).ask()
    assert caught.value.__notes__ == ["no b", "asked of http://server"]


def test_data_that_came_with_errors_count_where_they_are_wanted() -> None:
    content = {"data": {"a": 1, "b": None}, "errors": refused("mechkg.not_found")["errors"]}
    assert Server((200, content, {})).ask(Request("{ a b }", {}, partial=True)) == content


def test_what_json_cannot_say_is_not_sent() -> None:
    with pytest.raises(BadInputError, match="cannot be written as JSON"):
        Server().ask(Request("{ a }", {"a": {1, 2}}))
    with pytest.raises(BadInputError, match="cannot be written as JSON"):
        Server().ask(Request("{ a }", {"a": float("nan")}))


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["http://server", "http://server/", "http://server/graphql", " http://server/graphql/ "])
def test_an_address_may_end_in_graphql(given: str) -> None:
    assert Endpoint.of(given).url == "http://server"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("server:8000", "no address of a server"),
        ("ftp://server", "no address of a server"),
        ("http://server:port", "no address of a server"),
        ("http://me:secret@server", "a token is given apart"),
    ],
)
def test_what_is_no_address_is_refused(given: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        mechkg.connect(given)


def test_a_token_goes_along_and_is_shown_nowhere() -> None:
    server = Server(FINE)
    server.ask(endpoint=Endpoint("http://server", "mkg_secret"))
    assert server.asked[0].headers["Authorization"] == "Bearer mkg_secret"
    with pytest.raises(UnreachableError) as caught:
        Server(httpx2.ConnectError("no")).ask(endpoint=Endpoint("http://server", "mkg_secret", retries=0))
    assert "mkg_secret" not in str(caught.value) + repr(Endpoint("http://server", "mkg_secret"))


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx2", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'mechkg\[client\]'"):
        mechkg.connect("http://server")


# --- a real connection ------------------------------------------------------------------------------------------------


@pytest.fixture
def cut() -> Iterator[str]:
    """A server that promises a longer answer than it gives."""
    import threading

    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"data":')

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_an_answer_that_breaks_off_is_noticed(cut: str) -> None:
    with mechkg.connect(cut, retries=0) as graph, pytest.raises(UnreachableError, match="gave no whole answer"):
        _ = graph.version


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        mechkg.connect(f"http://127.0.0.1:{port}", retries=0) as graph,
        pytest.raises(UnreachableError, match="cannot be reached"),
    ):
        _ = graph.version


# --- tasks ------------------------------------------------------------------------------------------------------------


def in_tasks(server: Server, request: Request = READ) -> Any:
    async def sleep(seconds: float) -> None:
        server.waited.append(seconds)

    async def ask() -> Any:
        client = AsyncHttp(ENDPOINT, sleep=sleep, transport=httpx2.MockTransport(server))
        try:
            return await client.ask(request)
        finally:
            await client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("passing", PASSING)
def test_tasks_ask_again_too(passing: str) -> None:
    server = Server(PASSING[passing], FINE)
    assert in_tasks(server)["data"] == {"graphVersion": 1}


def test_tasks_send_an_act_once_when_it_may_have_been_done() -> None:
    with pytest.raises(UncertainError):
        in_tasks(Server(httpx2.ReadTimeout("late")), ACT)


def test_a_question_that_is_cancelled_ends_at_once_and_is_not_asked_again() -> None:
    asked = []

    async def never(request: httpx2.Request) -> httpx2.Response:
        asked.append(json.loads(request.content))
        await asyncio.sleep(60)
        raise AssertionError

    async def ask() -> None:
        client = AsyncHttp(ENDPOINT, transport=httpx2.MockTransport(never))
        task = asyncio.create_task(client.ask(READ))
        while not asked:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.close()

    asyncio.run(asyncio.wait_for(ask(), 5))
    assert len(asked) == 1


def test_tries_are_counted_for_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.random, "uniform", lambda low, high: high)
    tries = Tries(Endpoint("http://server", retries=2))
    waits = [tries.after_failure(httpx2.ConnectError("no")) for _ in range(2)]
    assert waits == [0.25, 0.5]
    with pytest.raises(UnreachableError):
        tries.after_failure(httpx2.ConnectError("no"))
