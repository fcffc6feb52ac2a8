"""The small case, open for reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mechkg.service.open_case import opened
from mechkg.service.words import Words
from mechkg.service.workspace import Workspace
from tests.small_case import CASE, SPACE


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with the small case. Tests read it and leave it as it is."""
    path = tmp_path_factory.mktemp("small") / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    with opened(str(path)) as (workspace, space):
        assert space == SPACE
        yield workspace


@pytest.fixture
def words(small: Workspace) -> Words:
    """The words for the small case."""
    return Words.of(small, small.problem(SPACE))
