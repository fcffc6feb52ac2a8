"""Texts that somebody reads: theirs alone, never in the record, gone after a while."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mechkg.errors import BadInputError, NotFoundError, TooLargeError
from mechkg.service.private_files import PrivateFiles
from mechkg.service.readings import DAYS, forget_text, keep_text, kept_texts, looked_through, read_as, reading, texts_of
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO

TEXT = b"Results\n\nAt 60 \xc2\xb0C a quite unheard-of sentence about CdTe MSC-371 stood in toluene."


def test_a_text_is_kept_for_one_person_and_in_no_record(curated: Workspace) -> None:
    before = curated.ledger.position()
    digest = keep_text(curated, CLEO, TEXT, "note.txt", "zhang2020")
    found = reading(curated, CLEO, digest)
    assert (found.paper.text.encode(), found.document, found.digest) == (TEXT, "zhang2020", digest)
    assert found.file.until - found.file.used == timedelta(days=DAYS)
    with pytest.raises(NotFoundError, match="you keep nothing"):
        reading(curated, BEN, digest)
    assert [each.digest for each in kept_texts(curated, CLEO)] == [digest] and kept_texts(curated, BEN) == []
    assert curated.ledger.position() == before
    assert curated.home is not None
    written = [path for path in curated.home.rglob("*") if path.is_file() and b"unheard-of" in path.read_bytes()]
    assert [path.relative_to(curated.home).parts[:2] for path in written] == [("readings", "cleo")]
    assert forget_text(curated, CLEO, digest) == "note.txt"
    assert kept_texts(curated, CLEO) == [] and not written[0].exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_files_are_their_owners_alone(curated: Workspace) -> None:
    digest = keep_text(curated, CLEO, TEXT, "note.txt")
    assert curated.home is not None
    folder = curated.home / "readings"
    for path in (folder, folder / "cleo", folder / "cleo" / digest, folder / "cleo" / digest / "content"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_what_is_not_opened_goes(curated: Workspace) -> None:
    digest, other = keep_text(curated, CLEO, TEXT, "a.txt"), keep_text(curated, CLEO, TEXT + b" More.", "b.txt")
    assert curated.home is not None
    long_ago = (datetime.now(UTC) - timedelta(days=DAYS, minutes=1)).timestamp()
    for each in (digest, other):
        os.utime(curated.home / "readings" / "cleo" / each / "about.json", (long_ago, long_ago))
    reading(curated, CLEO, other)  # opened, it is kept for another while
    assert [each.digest for each in kept_texts(curated, BEN)] == []
    assert [each.digest for each in kept_texts(curated, CLEO)] == [other]


def test_which_paper_it_is_can_be_said_later(curated: Workspace) -> None:
    digest = keep_text(curated, CLEO, TEXT, "note.txt")
    assert reading(curated, CLEO, digest).document is None
    assert looked_through(curated, reading(curated, CLEO, digest)).new_document
    read_as(curated, CLEO, digest, "doe2026", {"id": "doe2026", "title": "T"})
    found = reading(curated, CLEO, digest)
    assert (found.document, found.about) == ("doe2026", {"id": "doe2026", "title": "T"})
    assert looked_through(curated, found).about == {"id": "doe2026", "title": "T"}
    with pytest.raises(BadInputError, match="is here already"):
        read_as(curated, CLEO, digest, "zhang2020", {"id": "zhang2020"})
    with pytest.raises(NotFoundError, match="did you mean 'zhang2020'"):
        read_as(curated, CLEO, digest, "zhang202")
    read_as(curated, CLEO, digest, "zhang2020")
    assert not looked_through(curated, reading(curated, CLEO, digest)).new_document


def test_what_cannot_be_read_is_refused(curated: Workspace, tmp_path: Path) -> None:
    for name, content, said in (("a.xml", b"<a/>", "are not read"), ("a.txt", b" ", "is empty"), ("a.pdf", b"x", "no PDF")):
        with pytest.raises(BadInputError, match=said):
            keep_text(curated, CLEO, content, name)
    store = PrivateFiles(tmp_path / "few", "cleo", days=1, most=1)
    store.keep("a" * 64, b"1", {})
    store.keep("a" * 64, b"2", {})
    assert store.content("a" * 64) == b"2"
    with pytest.raises(TooLargeError, match="1 are kept"):
        store.keep("b" * 64, b"1", {})
    for digest in ("../../ledger", "c" * 64):
        with pytest.raises(NotFoundError):
            store.content(digest)
    with pytest.raises(BadInputError, match="no short name"):
        PrivateFiles(tmp_path, "../ben", days=1, most=1)
    assert texts_of(curated, CLEO).person == "cleo"
