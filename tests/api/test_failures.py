"""Every failure is told in one of two forms, whichever address it comes from, and never in the words of a framework."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

CASES = [
    ("GET", "/specis", 404, "mechkg.not_found", "did you mean '/species'?"),
    ("GET", "/nothing/of/the/kind", 404, "mechkg.not_found", None),
    ("GET", "/static/nothing.js", 404, "mechkg.not_found", None),
    ("GET", "/feeds/acts.xml", 404, "mechkg.not_found", "there are atom, rss"),
    ("GET", "/feeds/documents/wang_2022.atom", 404, "mechkg.not_found", "did you mean"),
    ("GET", "/releases/2019.1/manifest.json", 404, "mechkg.not_found", None),
    ("GET", "/sign-in/once/mkg_aaaaaaaaaa_" + "a" * 52, 401, "mechkg.unauthenticated", "get a new one"),
    ("GET", "/sign-in/with/nobody", 404, "mechkg.not_found", None),
    ("GET", "/sign-in/with/nobody/back", 401, "mechkg.unauthenticated", "begin it again"),
    ("GET", "/invitation/none", 401, "mechkg.unauthenticated", "one is mkg_"),
    ("POST", "/healthz", 405, "mechkg.method", "use GET"),
    ("POST", "/sign-out", 403, "mechkg.forbidden", None),
]


@pytest.fixture(scope="module")
def client(shipped: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(shipped), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(("method", "path", "status", "code", "hint"), CASES, ids=lambda value: str(value)[:30])
def test_a_program_gets_problem_details(
    client: TestClient, method: str, path: str, status: int, code: str, hint: str | None
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert hint is None or found["hint"].startswith(hint)
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(("method", "path", "status", "code", "hint"), CASES, ids=lambda value: str(value)[:30])
def test_a_browser_gets_a_page(client: TestClient, method: str, path: str, status: int, code: str, hint: str | None) -> None:
    answer = client.request(method, path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<code>{code}</code>" in answer.text and "default-src" in answer.headers["content-security-policy"]
    assert hint is None or hint.replace("'", "&#39;") in answer.text
    assert "mkg_aaaaaaaaaa" not in answer.text  # a secret is not repeated


def test_what_is_allowed_instead_is_said(client: TestClient) -> None:
    answer = client.delete("/readyz")
    assert answer.headers["allow"] == "GET"
    assert answer.json()["detail"] == "DELETE means nothing at /readyz"


def test_what_nobody_expected_is_not_told(shipped: Workspace) -> None:
    app = create_app(shipped)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    with TestClient(app, raise_server_exceptions=False) as client:
        for headers in ({}, BROWSER):
            answer = client.get("/broken", headers=headers)
            assert answer.status_code == 500
            assert "mechkg.internal" in answer.text and "secret detail" not in answer.text


def test_a_parameter_is_told_in_our_words(shipped: Workspace) -> None:
    app = create_app(shipped)

    @app.get("/counted")
    def counted(first: int) -> int:
        return first

    with TestClient(app) as client:
        missing, wrong = client.get("/counted"), client.get("/counted", params={"first": "many"})
    assert (missing.status_code, missing.json()["detail"]) == (400, "'first' has to be given")
    assert (wrong.status_code, wrong.json()["detail"]) == (400, "'many' is no first")
    assert wrong.json()["hint"].startswith("it is a valid integer")


def test_the_description_tells_of_no_other_form(client: TestClient) -> None:
    for address in client.get("/openapi.json").json()["paths"].values():
        for operation in address.values():
            assert "422" not in operation["responses"] and "4XX" in operation["responses"]


@pytest.mark.parametrize("path", ["/sparql", "/sign-in"])
def test_who_goes_in_the_midst_of_a_request_is_no_failure_of_ours(shipped: Workspace, path: str) -> None:
    parts = iter([{"type": "http.request", "body": b"query=", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"host", b"testserver"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"sec-fetch-site", b"same-origin"),
    ]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
    scope |= {"client": ("127.0.0.1", 1), "server": ("testserver", 80), "scheme": "http", "http_version": "1.1", "root_path": ""}
    asyncio.run(create_app(shipped)(scope, receive, send))  # a failure of ours would be raised
    assert [message["status"] for message in sent if "status" in message] == [400]
