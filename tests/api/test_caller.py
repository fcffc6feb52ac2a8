"""Who asks is told from a token or a session; a page of another site cannot ask for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from mechkg.api.app import create_app
from mechkg.api.caller import caller_of
from mechkg.api.failures import add_failures
from mechkg.api.sign_in import add_sign_in
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant, revoke
from mechkg.curation.ledger import Ledger
from mechkg.model.person import Caller, Grant
from mechkg.service.sign_in import SignIn
from mechkg.service.workspace import Workspace

ADA = Caller("ada", "python")
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        enrol(ledger, ADA, "ada", name="Ada")
        enrol(ledger, ADA, "cleo", name="Cleo")
        grant(ledger, ADA, "cleo", Grant("curator", "m-1"))
        yield ledger


@pytest.fixture
def client(ledger: Ledger) -> TestClient:
    app = FastAPI()
    add_failures(app)
    add_sign_in(app, SignIn(ledger, {}))

    @app.api_route("/who", methods=["GET", "POST", "PUT", "DELETE"])
    def who(caller: Annotated[Caller | None, Depends(caller_of)]) -> dict[str, Any]:
        return {"who": caller and [caller.person, caller.door, caller.within.role, caller.within.scope]}

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, caller: Annotated[Caller | None, Depends(caller_of)]) -> None:
        await websocket.accept()
        await websocket.send_json(caller and caller.person)

    return TestClient(app, base_url=HERE, follow_redirects=False)


def signed_in(client: TestClient, ledger: Ledger) -> None:
    text, _ = tokens.sign_in_link(ledger, ADA)
    assert client.get(f"/sign-in/once/{text.reveal()}").status_code == 303


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_somebody_who_says_nothing_may_read(client: TestClient) -> None:
    assert client.get("/who").json() == client.post("/who").json() == {"who": None}


def test_a_token_says_who_and_how_far(client: TestClient, ledger: Ledger) -> None:
    text, _ = tokens.issue(ledger, Caller("cleo", "python"), "robot", Grant("curator", "m-1"))
    for method in ("GET", "POST", "DELETE"):  # no page of another site can send it: it needs no further proof
        headers = {**bearer(text.reveal()), "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
        answer = client.request(method, "/who", headers=headers)
        assert answer.json() == {"who": ["cleo", "graphql", "curator", "m-1"]}
    assert tokens.listed(ledger, "cleo")[0].last_used is not None
    me = client.get("/me", headers=bearer(text.reveal())).json()
    assert (me["person"], me["within"]) == ("cleo", {"role": "curator", "scope": "m-1"})


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic YWRhOng=", "mkg_x", "Bearer mkg_" + "a" * 10 + "_" + "a" * 52, "Bearer \xff"],
)
def test_a_token_that_does_not_hold_is_refused_and_not_overlooked(client: TestClient, given: str) -> None:
    answer = client.get("/who", headers={"Authorization": given.encode("latin-1")})  # type: ignore[dict-item]
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "mechkg.unauthenticated"


def test_a_session_is_no_token_and_a_token_no_session(client: TestClient, ledger: Ledger) -> None:
    signed_in(client, ledger)
    [(name, session)] = client.cookies.items()
    text, _ = tokens.issue(ledger, ADA, "robot", Grant("reader"))
    client.cookies.clear()
    assert client.get("/who", headers=bearer(session)).status_code == 401
    client.cookies.set(name, text.reveal())
    assert client.get("/who").json() == {"who": None}


def test_a_revoked_token_and_an_ended_session(client: TestClient, ledger: Ledger) -> None:
    signed_in(client, ledger)
    assert client.get("/who").json() == {"who": ["ada", "web", "administrator", "all"]}
    text, _ = tokens.issue(ledger, ADA, "robot", Grant("reader"))
    tokens.revoke_all(ledger, ADA, "ada")
    assert client.get("/who").json() == {"who": None}  # reading goes on
    assert "was revoked" in client.get("/who", headers=bearer(text.reveal())).json()["detail"]


def test_rights_that_were_taken_are_gone_at_once(client: TestClient, ledger: Ledger) -> None:
    text, _ = tokens.issue(ledger, Caller("cleo", "python"), "robot", Grant("curator", "m-1"))
    revoke(ledger, ADA, "cleo", Grant("curator", "m-1"), reason="left")
    assert client.get("/me", headers=bearer(text.reveal())).json()["grants"] == []


OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": HERE},
    {"Origin": HERE},
    {"X-Mechkg": "1"},
]
OTHER: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9000"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Origin": "http://evil.example"},
    {"Origin": "http://127.0.0.1:9000"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": "http://evil.example/127.0.0.1:8000"},
    {"Origin": "http://127.0.0.1:8000@evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Referer": HERE},
]


@pytest.mark.parametrize("headers", OWN, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_session_counts_from_a_page_of_ours(client: TestClient, ledger: Ledger, method: str, headers: dict[str, str]) -> None:
    signed_in(client, ledger)
    assert client.request(method, "/who", headers=headers).json() == {"who": ["ada", "web", "administrator", "all"]}


@pytest.mark.parametrize("headers", OTHER, ids=str)
def test_a_session_does_not_count_from_another_site(client: TestClient, ledger: Ledger, headers: dict[str, str]) -> None:
    signed_in(client, ledger)
    for path in ("/who", "/sign-out"):
        answer = client.post(path, headers=headers)
        assert answer.status_code == 403, path
        assert answer.json()["code"] == "mechkg.forbidden"
    assert client.get("/who", headers=headers).json()["who"][0] == "ada"  # still in; reading is no change


def test_a_socket_counts_as_a_change(client: TestClient, ledger: Ledger) -> None:
    signed_in(client, ledger)
    with client.websocket_connect("ws://127.0.0.1:8000/socket", headers={"Origin": HERE}) as socket:
        assert socket.receive_json() == "ada"
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("ws://127.0.0.1:8000/socket", headers={"Origin": "http://evil.example"}) as s,
    ):
        s.receive_json()


def test_graphql_knows_who_asks(shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real application: the context of an operation has the caller, and a token that does not hold is refused."""
    seen: list[Caller | None] = []
    from mechkg.api import context

    real = context.Context.__init__

    def watched(self: context.Context, *arguments: Any) -> None:
        real(self, *arguments)
        seen.append(self.caller)

    monkeypatch.setattr(context.Context, "__init__", watched)
    monkeypatch.setattr(tokens, "find", lambda ledger, text, kinds: TOKENS[text])
    monkeypatch.setattr(tokens, "used", lambda ledger, token: None)
    question = {"query": "{ graphVersion }"}
    with TestClient(create_app(shipped), base_url=HERE) as client:
        assert "data" in client.post("/graphql", json=question).json()
        assert "data" in client.post("/graphql", json=question, headers=bearer("a")).json()
        monkeypatch.undo()
        refused = client.post("/graphql", json=question, headers=bearer("a"))
    assert refused.status_code == 401 and refused.json()["errors"][0]["extensions"]["code"] == "mechkg.unauthenticated"
    assert seen == [None, Caller("ada", "graphql", Grant("reader"))]


class _Token:
    id, person, within = "abcdefghij", "ada", Grant("reader")


TOKENS = {"a": _Token}
