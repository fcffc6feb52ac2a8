"""While the database cannot be reached, every door says so, by one code and a status that tells programs to try again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation.ledger import Ledger
from mechkg.curation.mark import ServerMarks
from mechkg.errors import LedgerError
from tests.api.changing import opened, signed_in
from tests.curation.staff import CLEO

PROBLEM = {"Accept": "application/problem+json, text/turtle;q=0.5, application/sparql-results+json;q=0.5"}
GRAPHQL = {"Accept": "application/graphql-response+json"}


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """Return a client of a service whose database went away after somebody signed in, and the header of who did."""
    with opened(tmp_path) as workspace:
        who = signed_in(workspace, CLEO, "curator")
        ledger = workspace.ledger
        now = "SELECT 'now', (SELECT max(position) FROM act)"
        ledger._marks = ServerMarks(lambda _: ledger._ask(now))  # as on a server, which is asked each time
        with TestClient(create_app(workspace), raise_server_exceptions=False) as client:
            assert client.post("/graphql", json={"query": "{ graphVersion }"}).json()["data"]

            @contextmanager
            def gone(self: Ledger, *_: Any, **__: Any) -> Iterator[None]:
                raise LedgerError("the ledger cannot be reached", hint="check host, port and that the server runs")
                yield

            with monkeypatch.context() as patch:
                for name in ("_read", "_write"):
                    patch.setattr(Ledger, name, gone)
                patch.setattr(ledger, "_pulse", None)
                patch.setattr(ledger, "_settled", None)
                yield client, who


@pytest.mark.parametrize("signed", [False, True], ids=["unknown", "signed in"])
@pytest.mark.parametrize("query", ["{ graphVersion }", 'mutation { comment(upon: "item:a", text: "hm") { __typename } }'])
def test_graphql(away: tuple[TestClient, dict[str, str]], query: str, signed: bool) -> None:
    client, who = away
    headers = {**GRAPHQL, **(who if signed else {})}
    answer = client.post("/graphql", json={"query": query}, headers=headers)
    assert answer.status_code == 503
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "mechkg.ledger" and "cannot be reached" in error["message"]


def test_graphql_by_get_and_for_old_programs(away: tuple[TestClient, dict[str, str]]) -> None:
    client, _ = away
    for headers in (GRAPHQL, {"Accept": "application/json"}):
        answer = client.get("/graphql", params={"query": "{ graphVersion }"}, headers=headers)
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["extensions"]["code"] == "mechkg.ledger"


@pytest.mark.parametrize(
    "path", ["/", "/claims", "/search?q=a", "/id/turn", "/id/turn.ttl", "/sparql?query=ASK+{}", "/feeds/acts.atom", "/curate"]
)
def test_pages_and_files(away: tuple[TestClient, dict[str, str]], path: str) -> None:
    client, _ = away
    answer = client.get(path, headers=PROBLEM)
    assert answer.status_code == 503 and "mechkg.ledger" in answer.text, answer.text[:500]


def test_signs_of_health(away: tuple[TestClient, dict[str, str]]) -> None:
    client, _ = away
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["missing"] == ["ledger", "graph"]
