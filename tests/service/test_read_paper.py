"""A paper is read: kept by hash, its mentions linked, its suggestions held against what is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.propose_read import propose_read
from mechkg.service.read_paper import read, read_paper
from mechkg.service.workspace import Workspace
from tests.service.reading import BEN, TEXT, numbered, opened


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with opened(tmp_path / "home") as found:
        yield found


def test_it_is_kept_by_its_hash_and_mentions_are_linked_or_offered(workspace: Workspace) -> None:
    found = read(workspace, TEXT, "known.txt")
    assert found.paper.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert workspace.home and (workspace.home / "papers" / found.paper.sha256[:2] / found.paper.sha256 / "original").is_file()
    assert (found.document, found.new_document) == ("paper", False)
    linked = {each.mention.text: (each.mention.entity, each.times, each.page) for each in found.named}
    assert linked["CdS MSC-311"] == ("ab-311", 2, 1)
    assert linked["toluene"] == ("tol", 1, 1)
    assert linked["CdS MSC-322"] == (None, 1, 2)
    assert [(o.suggestion.kind, o.body.get("kind"), o.missing, o.standing) for o in found.offered] == [
        ("observation", "absent", ("at",), "new"),
        ("observation", "disappears", ("at",), "new"),
        ("species", "MSC", (), "new"),
    ]
    assert found.as_json()["suggestions"][0]["body"]["locator"] == "page 1"


def test_what_is_not_there_is_answered_with_the_nearest(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'paper'"):
        read(workspace, TEXT, "known.txt", document="papers")
    with pytest.raises(NotFoundError, match="there is no file"):
        read_paper(workspace, tmp_path / "nothing.pdf")
    with pytest.raises(BadInputError, match="numbered 1 to 3"):
        propose_read(workspace, BEN, read(workspace, TEXT, "known.txt"), [7])
    found = read(workspace, TEXT, "known.txt")
    number = numbered(found, "absent")
    with pytest.raises(BadInputError, match="is no observation"):
        propose_read(workspace, BEN, found, [number], filled={number: {"at": "p/s", "colour": "red"}})
