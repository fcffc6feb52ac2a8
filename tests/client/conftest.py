"""A graph with people and releases: here, and on a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import mechkg
from mechkg.api.app import create_app
from mechkg.client.graph import Graph
from mechkg.curation import tokens
from mechkg.curation.release import release
from mechkg.curation.retract import retract
from mechkg.embedded import EmbeddedGraph
from mechkg.model.person import Caller, Grant
from mechkg.service.workspace import Workspace
from tests.api.serving import serving
from tests.curation.staff import ADA

BEFORE, AFTER = "2024.1", "2024.2"
"""Releases; between them a remark was retracted."""


@pytest.fixture(scope="module")
def workspace(staffed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("asked") / "home"
    shutil.copytree(staffed_home, home)
    with Workspace.open(home) as workspace:
        release(workspace.ledger, ADA, BEFORE, note="the first")
        gone = workspace.catalog.by_kind["remark"][0]
        retract(workspace.ledger, ADA, gone.record.id, code="duplicate", reason="said twice")
        release(workspace.ledger, ADA, AFTER)
        yield workspace


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    """Where the graph is served."""
    with serving(create_app(workspace)) as address:
        yield address


@pytest.fixture(scope="module")
def here(workspace: Workspace) -> Graph:
    return EmbeddedGraph(workspace)


@pytest.fixture(scope="module")
def there(address: str) -> Iterator[Graph]:
    with mechkg.connect(address) as graph:
        yield graph


@pytest.fixture(scope="module")
def token(workspace: Workspace) -> Callable[[Caller], str]:
    """Return a new token for a person."""

    def make(person: Caller) -> str:
        name = f"t-{workspace.ledger.position()}"
        text, _ = tokens.issue(workspace.ledger, person, name, Grant("administrator" if person == ADA else "curator"))
        return text.reveal()

    return make
