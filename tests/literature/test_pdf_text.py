from __future__ import annotations

import io
import sys
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from mechkg.errors import BadInputError, MissingExtraError, TooLargeError
from mechkg.literature import pdf_text
from mechkg.literature.papers import PaperStore
from mechkg.literature.pdf_text import pdf_pages


def pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with these words, a line of text each page."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for words in pages:
        page = writer.add_blank_page(300, 200)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode() if words else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def test_pages_are_read_in_order() -> None:
    pages, reader = pdf_pages(pdf("No MSC-415 was seen.", "", "Kept for 30 min."), "a.pdf")
    assert [page.strip() for page in pages] == ["No MSC-415 was seen.", "", "Kept for 30 min."]
    assert reader == f"pypdf {pypdf.__version__}"


def test_a_kept_pdf_knows_its_pages(tmp_path: Path) -> None:
    content = pdf("First words.", "Second words.")
    paper = PaperStore(tmp_path).add(content, "a.pdf")
    assert (paper.media_type, paper.size) == ("application/pdf", len(content))
    assert paper.page(paper.text.index("Second")) == 2
    assert PaperStore(tmp_path).add(content, "b.pdf") == paper


def test_a_pdf_cut_off_is_refused_or_read() -> None:
    content, refused, read = pdf("Some words.", "More words."), 0, 0
    for length in range(20, len(content), 40):
        try:
            pages, _ = pdf_pages(content[:length], "a.pdf")
        except BadInputError:
            refused += 1  # and with no other error
        else:
            read += any("words" in page for page in pages)
    assert refused > 0
    assert refused + read == len(range(20, len(content), 40))


def test_what_is_no_pdf_at_all_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"'a\.pdf' is damaged, or no PDF"):
        pdf_pages(b"%PDF-1.7 and then nothing of the kind", "a.pdf")


def test_a_protected_pdf_is_refused() -> None:
    with pytest.raises(BadInputError, match="protected by a password"):
        pdf_pages(pdf("Secret words.", password="secret"), "a.pdf")


def test_a_pdf_locked_without_a_password_is_read() -> None:
    pages, _ = pdf_pages(pdf("Open words.", password=""), "a.pdf")
    assert "Open words." in pages[0]


def test_a_pdf_of_pictures_is_refused() -> None:
    with pytest.raises(BadInputError, match="holds no text"):
        pdf_pages(pdf("", ""), "a.pdf")


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_text, "MOST_PAGES", 1)
    with pytest.raises(TooLargeError, match="2 pages; at most 1"):
        pdf_pages(pdf("One.", "Two."), "a.pdf")
    monkeypatch.setattr(pdf_text, "MOST_CHARACTERS", 3)
    with pytest.raises(TooLargeError, match="more than 3 characters"):
        pdf_pages(pdf("One and more."), "a.pdf")


def test_without_the_package_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(MissingExtraError, match=r"mechkg\[pdf\]"):
        pdf_pages(b"%PDF-", "a.pdf")
