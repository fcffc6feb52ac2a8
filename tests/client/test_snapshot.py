"""A release in a folder: fetched whole or not at all, and asked without a network."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

import mechkg
from mechkg.client.graph import Graph
from mechkg.client.questions import FileOfRelease
from mechkg.client.snapshot import download, written_whole
from mechkg.errors import BadInputError, NotFoundError, RefusedActError, RemoteError
from tests.client.conftest import AFTER, BEFORE

SPACE = "cdtese-msc399"


def test_a_release_is_fetched_and_answers_as_the_graph_did(here: Graph, there: Graph, tmp_path: Path) -> None:
    folder = there.snapshot(BEFORE, tmp_path / "release")
    then = here.at(BEFORE)
    with mechkg.open_snapshot(folder) as graph:
        assert [one.item for one in graph.assertions()] == [one.item for one in then.assertions()]
        assert {one.assertion for one in graph.assertions()} == {one.assertion for one in then.assertions()}
        assert graph.check(SPACE).candidates == then.check(SPACE).candidates
        assert graph.ask("conflicting-compositions") == then.ask("conflicting-compositions")
        assert graph.query("{ assertions { totalCount } }")["assertions"]["totalCount"] == then.assertions().total
        with pytest.raises(RefusedActError, match=f"release {BEFORE} stays as it is"):
            graph.comment("cdte-msc-371", "hello")
        with pytest.raises(RefusedActError):
            graph.query('mutation { comment(upon: "item:cdte-msc-371", text: "hello") { __typename } }')
    made = (folder / ".home" / "ledger.db").stat().st_mtime_ns
    with mechkg.open_snapshot(folder) as graph:  # it is there already
        assert graph.assertions(kind="remark").total == then.assertions(kind="remark").total
    assert (folder / ".home" / "ledger.db").stat().st_mtime_ns == made


def test_a_graph_here_gives_the_same_files(here: Graph, there: Graph, tmp_path: Path) -> None:
    ours, theirs = here.snapshot(AFTER, tmp_path / "ours"), there.snapshot(AFTER, tmp_path / "theirs")
    files = {path.relative_to(ours): path.read_bytes() for path in ours.rglob("*") if path.is_file()}
    assert files == {path.relative_to(theirs): path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    assert len(files) > 10


def test_a_file_that_was_cut_or_changed_is_noticed_and_fetched_anew(there: Graph, tmp_path: Path) -> None:
    folder = there.snapshot(AFTER, tmp_path / "release")
    file = folder / "nanopublications.trig"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match=r"nanopublications\.trig is not the file that manifest\.json names"):
        mechkg.open_snapshot(folder)
    assert there.snapshot(AFTER, folder) == folder
    assert file.read_bytes() == whole
    mechkg.open_snapshot(folder).close()


def test_another_release_in_the_folder_is_not_written_over(there: Graph, tmp_path: Path) -> None:
    folder = there.snapshot(AFTER, tmp_path / "release")
    with pytest.raises(BadInputError, match=f"holds something else than release {BEFORE}"):
        there.snapshot(BEFORE, folder)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInputError, match="holds something else"):
        there.snapshot(AFTER, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_copy_made_of_other_files_is_made_anew(there: Graph, tmp_path: Path) -> None:
    before, after = there.snapshot(BEFORE, tmp_path / "before"), there.snapshot(AFTER, tmp_path / "after")
    with mechkg.open_snapshot(before) as graph:
        many = graph.assertions(kind="remark").total
    shutil.copytree(before / ".home", after / ".home")
    with mechkg.open_snapshot(after) as graph:
        assert graph.assertions(kind="remark").total == many - 1


def test_who_is_faster_makes_the_copy(tmp_path: Path) -> None:
    with written_whole(tmp_path / "home", unless=lambda: True) as temporary:
        (temporary / "mine").touch()
        (tmp_path / "home").mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["home"] and not list((tmp_path / "home").iterdir())


def test_a_folder_without_a_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="a release is a folder with this file"):
        mechkg.open_snapshot(tmp_path / "nowhere")


def test_a_release_that_is_not_there_leaves_nothing_behind(there: Graph, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean '2024\.2'"):
        there.snapshot("2024.22", tmp_path / "release")
    assert list(tmp_path.iterdir()) == []


# --- what a bad server or connection may give -------------------------------------------------------------------------

CONTENT = {"a.txt": b"first", "csv/b.txt": b"second"}
FILES = [FileOfRelease(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items()]
MANIFEST = {"release": "r", "files": [{"name": file.name, "bytes": file.bytes, "sha256": file.sha256} for file in FILES]}


class Shop:
    """Gives files as they are, but for the first so many times, when they are cut."""

    def __init__(self, cut: int = 0, manifest: object = MANIFEST) -> None:
        self.cut = cut
        self.content = {"manifest.json": json.dumps(manifest).encode(), **CONTENT}
        self.given: list[str] = []

    def __call__(self, name: str, into: Path) -> str:
        content = self.content[name]
        if name == "a.txt" and self.given.count(name) < self.cut:
            content = content[:3]
        self.given.append(name)
        into.write_bytes(content)
        return hashlib.sha256(content).hexdigest()


def test_a_file_that_came_cut_is_fetched_once_more(tmp_path: Path) -> None:
    shop = Shop(cut=1)
    assert (download("r", FILES, shop, tmp_path / "r") / "a.txt").read_bytes() == b"first"
    assert shop.given == ["manifest.json", "a.txt", "a.txt", "csv/b.txt"]


def test_a_file_that_keeps_coming_cut_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=r"a\.txt came with 3 bytes of 5"):
        download("r", FILES, Shop(cut=9), tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_of_something_else_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="names other files"):
        download("r", FILES, Shop(manifest={**MANIFEST, "files": []}), tmp_path / "r")
    with pytest.raises(RemoteError, match="names other files"):
        download("r", FILES, Shop(manifest={**MANIFEST, "release": "s"}), tmp_path / "r")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\..\\evil"])
def test_no_file_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(RemoteError, match="leads out of the folder"):
        download("r", [FileOfRelease(name, 1, "0")], Shop(), tmp_path / "r")
    assert list(tmp_path.iterdir()) == []
