"""PDFs read in a process of their own: the same is read, the same is refused, and there is an end."""

from __future__ import annotations

import time

import pytest

from mechkg.errors import BadInputError, TooLargeError
from mechkg.literature import pdf_process
from mechkg.literature.pdf_process import pages_apart
from mechkg.literature.pdf_text import pdf_pages
from tests.literature.test_pdf_text import drawn, pdf


def test_the_same_is_read_as_here() -> None:
    content = pdf("No MSC-415 was seen.", "", "Kept for 30 min, at 60 \N{DEGREE SIGN}C.")
    assert pages_apart(content, "a.pdf") == pdf_pages(content, "a.pdf")


def test_what_is_wrong_is_told_as_here() -> None:
    content = pdf("Secret words.", password="secret")
    with pytest.raises(BadInputError) as here:
        pdf_pages(content, "-a\nb.pdf")
    with pytest.raises(BadInputError) as there:
        pages_apart(content, "-a\nb.pdf")
    assert (there.value.message, there.value.hint) == (here.value.message, here.value.hint)


def test_what_takes_long_is_ended() -> None:
    content, begin = drawn("q Q " * 400_000), time.monotonic()
    with pytest.raises(TooLargeError, match=r"'a\.pdf' takes longer than 0\.3 s to read"):
        pages_apart(content, "a.pdf", seconds=0.3)
    assert time.monotonic() - begin < 5


def test_what_takes_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_process, "MEMORY", 64)
    with pytest.raises(TooLargeError, match=r"'a\.pdf' could not be read to its end with up to 64 MB of memory"):
        pages_apart(drawn("q Q " * 2_000_000), "a.pdf")
