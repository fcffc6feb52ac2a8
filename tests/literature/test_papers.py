from __future__ import annotations

import hashlib
import multiprocessing
import os
from pathlib import Path

import pytest

from mechkg.errors import BadInputError, NotFoundError, TooLargeError
from mechkg.literature.papers import Paper, PaperStore


def test_a_text_is_kept_by_the_hash_of_its_bytes(tmp_path: Path) -> None:
    store = PaperStore(tmp_path)
    content = "First page.\fSecond page with (CdSe)₃₄.".encode()
    paper = store.add(content, "paper.txt")
    assert paper.sha256 == hashlib.sha256(content).hexdigest()
    assert (paper.name, paper.media_type, paper.size, paper.read_by) == ("paper.txt", "text/plain", len(content), "UTF-8")
    assert [paper.text[start : start + 5] for start in paper.pages] == ["First", "Secon"]
    assert [paper.page(offset) for offset in (0, 10, 11, 12, len(paper.text))] == [1, 1, 1, 2, 2]
    assert store.get(paper.sha256) == paper
    assert store.original(paper.sha256) == content
    assert list(store.hashes()) == [paper.sha256]


def test_asking_again_gives_the_same_paper(tmp_path: Path) -> None:
    store = PaperStore(tmp_path)
    first = store.add(b"one text", "a.txt")
    assert store.add(b"one text", "b.txt") == first
    assert store.add(b"another text", "c.txt") != first
    assert len(list(store.hashes())) == 2


def test_line_ends_and_byte_order_marks_keep_their_offsets(tmp_path: Path) -> None:
    paper = PaperStore(tmp_path).add("\ufeffone\r\ntwo".encode(), "dos.txt")
    assert paper.text == "one\r\ntwo"
    assert PaperStore(tmp_path).get(paper.sha256).text == "one\r\ntwo"


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", BadInputError, "is empty"),
        (b" \n\n ", BadInputError, "is empty"),
        (b"caf\xe9", BadInputError, "neither a PDF nor a text in UTF-8"),
        (b"text\x00text", BadInputError, "zero bytes"),
        (b"x" * 2001, TooLargeError, "at most 2000"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    tmp_path: Path, content: bytes, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        PaperStore(tmp_path, largest=2000).add(content, "paper")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_called_a_pdf_and_is_none_is_damaged() -> None:
    with pytest.raises(BadInputError, match=r"'Paper\.PDF' is damaged, or no PDF"):
        Paper.of(b"only plain characters are left of it", "Paper.PDF")


def test_a_hash_that_is_not_kept_is_named(tmp_path: Path) -> None:
    store = PaperStore(tmp_path)
    kept = store.add(b"one text", "a.txt").sha256
    with pytest.raises(NotFoundError, match=kept):
        store.get(kept[:-1] + ("0" if kept[-1] != "0" else "1"))
    for bad in ("../../etc/passwd", "abc", kept.upper()):
        with pytest.raises(NotFoundError, match="not the hash"):
            store.get(bad)


def test_what_was_changed_on_disk_is_noticed(tmp_path: Path) -> None:
    store = PaperStore(tmp_path)
    digest = store.add(b"one text", "a.txt").sha256
    (tmp_path / digest[:2] / digest / "original").write_bytes(b"other")
    with pytest.raises(BadInputError, match="was changed"):
        store.original(digest)
    (tmp_path / digest[:2] / digest / "text.txt").write_bytes(b"other")
    with pytest.raises(BadInputError, match="was changed"):
        store.get(digest)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        PaperStore(tmp_path).add(b"one text", "a.txt")
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert PaperStore(tmp_path).add(b"one text", "a.txt").text == "one text"


def _add(folder: str) -> str:
    return PaperStore(folder).add(b"one text " * 1000, "a.txt").text_sha256


def test_several_processes_keep_one_paper(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_add, [str(tmp_path)] * 8))) == 1
    assert len(list(PaperStore(tmp_path).hashes())) == 1
    assert list(tmp_path.rglob(".new-*")) == []


def test_the_name_does_not_make_the_paper() -> None:
    assert Paper.of(b"text", "../x").sha256 == Paper.of(b"text", "y").sha256


def test_from_a_pdf_to_a_suggestion_with_its_place(tmp_path: Path) -> None:
    """The way of a paper: kept by hash, read, a sentence suggests an observation, whose quote has page and offsets."""
    from mechkg.literature.lexicon import Lexicon
    from mechkg.literature.selectors import reanchor
    from mechkg.literature.suggestions import suggest
    from mechkg.model.species import Material, Species

    known = [
        Material(id="cdse", formula="CdSe"),
        Species(id="cdse-msc-415", kind="MSC", material="cdse", names=("CdSe MSC-415",)),
    ]
    store = PaperStore(tmp_path)
    paper = store.add(b"A title.\fAfter 20 h in 2.3 mL of toluene, CdSe MSC-415 was not observed.", "a.txt")
    (made,) = suggest(paper.text, Lexicon.of(known), prefix=f"read-{paper.sha256[:8]}")
    assert (made.body["kind"], made.body["subject"], made.missing) == ("absent", ["cdse-msc-415"], ("at",))
    place = made.anchor(paper)
    assert (place.document, place.page, place.exact) == (paper.sha256, 2, made.quote)
    later = store.add(b"A new title.\n\nAfter 20 h in 2.3 mL of toluene, CdSe MSC-415\nwas not observed.", "b.txt")
    assert reanchor(place, later).status == "typeset"
