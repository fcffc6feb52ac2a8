"""A client of the application over the shipped corpus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace


@pytest.fixture(scope="session")
def client(shipped: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(shipped)) as client:
        yield client
