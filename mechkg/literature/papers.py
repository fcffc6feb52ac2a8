"""Papers as given, kept under the SHA-256 of their bytes, with the text that was read from them and where its pages begin."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from mechkg.durable import sync
from mechkg.errors import BadInputError, NotFoundError, TooLargeError
from mechkg.literature.pdf_text import pdf_pages

MediaType = Literal["application/pdf", "text/plain"]

LARGEST = 64 * 1024 * 1024
"""Bytes in a paper, at most, unless a store is opened with another limit."""

ReadPdf = Callable[[bytes, str], tuple[list[str], str]]
"""Returns the text of each page of a PDF of this name, and by what it was read."""

PAGE_BREAK = "\f"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Paper:
    """A paper: hash and size of the file as given, its name there, and the text that quotes and mentions are counted in.

    ``pages`` are the offsets in the text at which pages begin; a text without page breaks is one page. ``text_sha256`` is the
    hash of the text, which another version of the reader (``read_by``) may read differently from the same file.
    """

    sha256: str
    name: str
    media_type: MediaType
    size: int
    pages: tuple[int, ...]
    text_sha256: str
    read_by: str
    text: str = field(repr=False)

    def page(self, offset: int) -> int:
        """Return the page, counted from 1, of the character at ``offset`` of the text."""
        return max(1, bisect_right(self.pages, offset))

    @classmethod
    def of(cls, content: bytes, name: str, *, largest: int = LARGEST, read_pdf: ReadPdf = pdf_pages) -> Paper:
        """Read a file: a PDF by its first bytes, else a text in UTF-8, if it is not called a PDF. Its bytes decide what is read.

        ``read_pdf`` reads a PDF; :func:`mechkg.literature.pdf_process.pages_apart` does so within bounds of time and memory.
        Raises TooLargeError, and BadInputError for what is empty, damaged, protected or no text; MissingExtraError for a PDF
        where the extra for it is not installed.

        >>> paper = Paper.of(b"One page.\\x0cAnother.", "two.txt")
        >>> paper.media_type, paper.pages, paper.page(12)
        ('text/plain', (0, 10), 2)
        """
        if len(content) > largest:
            raise TooLargeError(f"'{name}' has {len(content)} bytes; at most {largest} are kept", hint="split it")
        if not content.strip():
            raise BadInputError(f"'{name}' is empty")
        if content.lstrip()[:5] != b"%PDF-" and Path(name).suffix.lower() == ".pdf":
            raise BadInputError(f"'{name}' is damaged, or no PDF", hint="open and save it anew; a text is called .txt")
        if content.lstrip()[:5] == b"%PDF-":
            pages, read_by = read_pdf(content, name)
            media_type: MediaType = "application/pdf"
        else:
            pages, read_by, media_type = _text_pages(content, name), "UTF-8", "text/plain"
        starts: list[int] = []
        length = 0
        for page in pages:
            starts.append(length)
            length += len(page) + len(PAGE_BREAK)
        text = PAGE_BREAK.join(pages)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(hashlib.sha256(content).hexdigest(), name, media_type, len(content), tuple(starts), digest, read_by, text)


def _text_pages(content: bytes, name: str) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "give a PDF, or a text saved as UTF-8"
        raise BadInputError(f"'{name}' is neither a PDF nor a text in UTF-8 (byte {error.start})", hint=hint) from error
    if "\x00" in text:
        raise BadInputError(f"'{name}' is not a text: it holds zero bytes", hint="give a PDF, or a text saved as UTF-8")
    if not text.strip():
        raise BadInputError(f"'{name}' is empty")
    return text.split(PAGE_BREAK)


class PaperStore:
    """A folder of papers, one folder each, named by the hash. What stands in it is whole: a folder appears at once or not.

    The same bytes given twice are one paper, under the name they had first. Several processes may use one folder.
    """

    def __init__(self, folder: Path | str, *, largest: int = LARGEST) -> None:
        self.folder, self.largest = Path(folder), largest

    def add(self, content: bytes, name: str) -> Paper:
        """Keep a paper and return it; errors as :meth:`Paper.of` says, with nothing kept."""
        digest = hashlib.sha256(content).hexdigest()
        if self._place(digest).is_dir():
            return self.get(digest)
        paper = Paper.of(content, name, largest=self.largest)
        place = self._place(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
        try:
            _write(making / "original", content)
            _write(making / "text.txt", paper.text.encode())
            about = {key: value for key, value in asdict(paper).items() if key != "text"}
            _write(making / "paper.json", json.dumps(about, ensure_ascii=False, indent=1).encode())
            sync(making)
            making.rename(place)
            sync(place.parent)
        except OSError:
            shutil.rmtree(making, ignore_errors=True)
            if not place.is_dir():  # else another process has kept it meanwhile
                raise
        return self.get(digest)

    def get(self, sha256: str) -> Paper:
        """Return the paper with this hash.

        Raises NotFoundError, with the nearest hash that is kept, and BadInputError when the folder was tampered with.
        """
        place = self._place(sha256)
        if not place.is_dir():
            raise NotFoundError.of("paper", sha256, self.hashes())
        about = json.loads((place / "paper.json").read_text(encoding="utf-8"))
        text = (place / "text.txt").read_bytes().decode()
        if hashlib.sha256(text.encode()).hexdigest() != about["text_sha256"]:
            raise BadInputError(f"the text kept for '{about['name']}' was changed", hint=f"remove '{place}', and give it again")
        return Paper(**{**about, "pages": tuple(about["pages"])}, text=text)

    def original(self, sha256: str) -> bytes:
        """Return the bytes as they were given; raise as :meth:`get` does."""
        paper = self.get(sha256)
        content = (self._place(sha256) / "original").read_bytes()
        if hashlib.sha256(content).hexdigest() != paper.sha256:
            place = self._place(sha256)
            raise BadInputError(f"the file kept for '{paper.name}' was changed", hint=f"remove '{place}', and give it again")
        return content

    def hashes(self) -> Iterator[str]:
        """Yield the hashes of all papers that are kept, in order."""
        yield from sorted(path.name for path in self.folder.glob("??/*") if _HASH.fullmatch(path.name))

    def _place(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise NotFoundError(f"'{sha256}' is not the hash of a paper", hint="a SHA-256 has 64 digits from 0 to f")
        return self.folder / sha256[:2] / sha256


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
