"""Every answer has the headers that bound what a browser does with it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message

from mechkg.api.app import create_app
from mechkg.api.security_headers import ALWAYS, SecurityHeaders
from mechkg.service.workspace import Workspace

PATHS = ("/", "/spaces", "/dataset.ttl", "/sparql", "/graphql", "/healthz", "/openapi.json", "/sign-in", "/me", "/nothing-here")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_them(client: TestClient, path: str) -> None:
    found = client.get(path, follow_redirects=False).headers
    assert set(ALWAYS) <= set(found), path
    assert len(found.get_list("content-security-policy")) == 1
    assert "strict-transport-security" not in found


def test_what_is_refused_has_them_too(client: TestClient) -> None:
    for answer in (client.post("/graphql", content=b"{"), client.get("/id/%00"), client.put("/sparql"), client.post("/")):
        assert answer.status_code >= 400 and set(ALWAYS) <= set(answer.headers)


def test_a_page_keeps_the_policy_of_its_own(client: TestClient) -> None:
    assert "script-src 'self'" in client.get("/", headers={"accept": "text/html"}).headers["content-security-policy"]
    explorer = client.get("/graphql", headers={"accept": "text/html"}).headers["content-security-policy"]
    assert "script-src 'nonce-" in explorer
    assert client.get("/dataset.ttl").headers["content-security-policy"] == ALWAYS["content-security-policy"]


def test_a_page_that_a_browser_has_keeps_its_policy(client: TestClient) -> None:
    path = "/id/step-1.html"
    page = client.get(path)
    again = client.get(path, headers={"If-None-Match": page.headers["etag"]})
    # a browser puts the headers of this answer in place of those that it kept (RFC 9111, section 4.3.4)
    assert again.status_code == 304 and "content-security-policy" not in again.headers


@pytest.mark.parametrize(("url", "kept"), [("https://graph.example.org", True), ("http://localhost:8000", False), (None, False)])
def test_browsers_are_bound_to_tls_where_people_come_by_it(url: str | None, kept: bool) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response("x", headers={"Referrer-Policy": "same-origin"})(scope, receive, send)

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(SecurityHeaders(app, url)({"type": "http", "method": "GET"}, None, send))  # type: ignore[arg-type]
    found = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    assert ("strict-transport-security" in found) is kept
    assert found["referrer-policy"] == "same-origin"


def test_the_address_that_people_know_is_told_to_browsers(shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHKG_URL", "https://graph.example.org/")
    with TestClient(create_app(shipped)) as client:
        assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"
