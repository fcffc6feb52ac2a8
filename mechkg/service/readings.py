"""Texts that somebody is reading: kept for them alone, so that sentences can be chosen from them, and never in the record.

Of a PDF its text is kept, not the file. What comes to count of a text are quotes of at most 25 words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from mechkg.errors import BadInputError
from mechkg.literature.papers import Paper
from mechkg.literature.pdf_process import pages_apart
from mechkg.model.person import Caller
from mechkg.model.source import Document
from mechkg.service.keep_answers import answers_of
from mechkg.service.private_files import PrivateFile, PrivateFiles
from mechkg.service.read_paper import ReadPaper, look_through
from mechkg.service.workspace import Workspace

DAYS: Final = 90
"""So many days after it was last opened a text is deleted."""

MOST: Final = 50
"""Texts that one person may keep."""

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of a file that is read, at most."""

READ: Final = (".txt", ".md", ".text", ".pdf")
"""Files that can be read, by their names."""

_DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;:)\]]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that somebody reads: kept how long, and of which paper, as far as that was said.

    ``document`` is the id of the paper; ``about`` its bibliographic data where it is new here.
    """

    file: PrivateFile
    paper: Paper
    document: str | None
    about: Mapping[str, Any] | None = None

    @property
    def digest(self) -> str:
        """The hash of the file as given, by which it is asked for."""
        return self.paper.sha256


def texts_of(workspace: Workspace, by: Caller) -> PrivateFiles:
    """Return the texts of one person."""
    if workspace.home is None:
        raise BadInputError("texts are kept in a home folder, and this workspace has none")
    return PrivateFiles(workspace.home / "readings", by.person, days=DAYS, most=MOST)


def keep_text(workspace: Workspace, by: Caller, content: bytes, name: str, document: str | None = None) -> str:
    """Keep the text of a file for one person, and return the hash that it goes by.

    ``document`` is the paper that it is; without it the one whose text has this file name, if there is one. Raise BadInputError,
    TooLargeError or MissingExtraError for what cannot be read, NotFoundError with the nearest document.
    """
    suffix = Path(name).suffix.lower()
    if suffix in (".xml", ".html", ".htm", ".docx", ".doc", ".odt", ".rtf", ".tex", ".epub"):
        raise BadInputError(
            f"files like '{name}' are not read", hint="save it as a PDF or as plain text in UTF-8, or paste its text"
        )
    paper = Paper.of(content, Path(name).name[:200] or "text.txt", largest=LARGEST, read_pdf=pages_apart)
    chosen = None
    if document:
        chosen = workspace.catalog.find(document, "document").id
    else:
        known = (e.value for e in workspace.catalog.by_kind.get("document", ()))
        chosen = next((d.id for d in known if isinstance(d, Document) and d.text_file == paper.name), None)
    store = texts_of(workspace, by)
    about = {key: value for key, value in asdict(paper).items() if key != "text"}
    store.keep(paper.sha256, paper.text.encode(), {**about, "document": chosen})
    return paper.sha256


def reading(workspace: Workspace, by: Caller, digest: str) -> Reading:
    """Return a text that the caller keeps, and count it as used; raise NotFoundError for any other."""
    store = texts_of(workspace, by)
    text = store.content(digest).decode()
    file = store.about(digest)
    told = dict(file.about)
    document, about = told.pop("document", None), told.pop("about", None)
    paper = Paper(**{**told, "pages": tuple(told["pages"])}, text=text)
    return Reading(file, paper, document, about)


def read_as(workspace: Workspace, by: Caller, digest: str, document: str, about: Mapping[str, Any] | None = None) -> None:
    """Say which paper a text is: one that is here, or, with ``about``, a new one. Raise NotFoundError with the nearest one."""
    store = texts_of(workspace, by)
    told = dict(store.about(digest).about)
    if about is None:
        document = workspace.catalog.find(document, "document").id
        store.tell(digest, {**told, "document": document, "about": None})
        return
    if document in workspace.catalog.entries:
        raise BadInputError(f"'{document}' is here already", hint="choose it, or give the new paper another name")
    store.tell(digest, {**told, "document": document, "about": dict(about)})


def looked_through(workspace: Workspace, found: Reading) -> ReadPaper:
    """Return what a text speaks of and suggests; it is kept for as long as the same things count and wait."""
    known = found.document if found.document in workspace.catalog.entries else None
    about = None if known else (found.about or {"id": found.document or "this-paper"})
    key = ("read", workspace.ledger.position(), found.paper.text_sha256, found.paper.sha256, found.document, repr(about))
    return answers_of(workspace).ask(key, lambda: look_through(workspace, found.paper, document=known, about=about), 60.0)


def doi_in(paper: Paper) -> str | None:
    """Return the first DOI in a text, which is mostly its own.

    >>> doi_in(Paper.of(b"Cite this: DOI: 10.1000/abc-1. Other: 10.1000/z", "a.txt"))
    '10.1000/abc-1'
    """
    match = _DOI.search(paper.text)
    return match.group() if match else None


def forget_text(workspace: Workspace, by: Caller, digest: str) -> str:
    """Delete a text, and return the name that it had; raise NotFoundError when it is not there."""
    store = texts_of(workspace, by)
    name = str(store.about(digest).about.get("name", ""))
    store.delete(digest)
    return name


def kept_texts(workspace: Workspace, by: Caller) -> list[PrivateFile]:
    """Return the texts that the caller keeps, the one opened last first."""
    store = texts_of(workspace, by)
    store.sweep()
    return store.list()
