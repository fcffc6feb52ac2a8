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
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections


def at(x: float, y: float, words: str, size: float = 10) -> str:
    """Words at a place of a page, as drawing operations."""
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n"


def pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with these words, a line of text each page."""
    return drawn(*(at(20, 100, words, 12) if words else "" for words in pages), password=password)


def drawn(*pages: str, password: str | None = None) -> bytes:
    """A PDF whose pages are drawn by these operations."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for operations in pages:
        page = writer.add_blank_page(600, 800)
        stream = DecodedStreamObject()
        stream.set_data(operations.encode("cp1252"))
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


LEFT = [
    "The band at 399 nm grew for two hours",
    "while that at 371 nm fell and the pre-",
    "cursor went. No MSC-415 was seen in",
    "this column of the page at any time",
]
RIGHT = [
    "after the sample had been kept at 130",
    "for 30 min. Then it was dispersed in",
    "toluene with octylamine and it was",
    "looked at again on the next morning.",
]
TITLE = "A title that goes over the whole of the page and both of its columns, as titles do"


@pytest.mark.parametrize("by_rows", [False, True], ids=["column by column", "row by row"])
def test_two_columns_are_read_one_after_the_other_however_they_are_drawn(by_rows: bool) -> None:
    one = [at(50, 700 - 14 * n, words) for n, words in enumerate(LEFT)]
    other = [at(320, 700 - 14 * n, words) for n, words in enumerate(RIGHT)]
    rows = [words for pair in zip(one, other, strict=True) for words in pair] if by_rows else [*one, *other]
    (page,), _ = pdf_pages(drawn("".join([at(50, 750, TITLE), *rows])), "a.pdf")
    read = PrintedText(page).read
    assert "No MSC-415 was seen in this column of the page at any time after the sample had been kept" in read
    assert "precursor went" in read
    assert page.index(TITLE) < page.index("The band")


def test_a_table_is_read_row_by_row() -> None:
    cells = [("399 nm", "2 h", "CdTe"), ("371 nm", "3 h", "CdSe"), ("415 nm", "4 h", "CdS"), ("311 nm", "5 h", "ZnS")]
    drawing = "".join(at(50 + 180 * n, 700 - 14 * row, cell) for row, three in enumerate(cells) for n, cell in enumerate(three))
    (page,), _ = pdf_pages(drawn(drawing), "a.pdf")
    assert [line.split() for line in page.strip().split("\n")] == [" ".join(three).split() for three in cells]


def test_numbers_set_low_or_high_stay_in_their_word() -> None:
    low = at(50, 700, "of \\(CdSe\\)") + at(92, 697, "34", 6) + at(100, 700, " was seen") + at(50, 686, "in the next line.")
    high = "BT /F1 10 Tf 50 600 Td (for 20 min) Tj /F1 6 Tf 48 4 Td (-1) Tj /F1 10 Tf 8 -4 Td ( or so) Tj ET"
    (page,), _ = pdf_pages(drawn(low + high), "a.pdf")
    assert "(CdSe)34 was seen" in page.replace("  ", " ")
    assert "20 min-1" in PrintedText(page).read


def test_ligatures_and_words_divided_at_the_end_of_a_line_are_read_as_words() -> None:
    (page,), _ = pdf_pages(drawn(at(50, 700, "The first trioctyl-") + at(50, 686, "phosphine was kept.")), "a.pdf")
    assert PrintedText(page).read == "The first trioctylphosphine was kept."
    assert PrintedText("The ﬁrst eﬀect").read == "The first effect"


def test_a_reference_list_in_columns_ends_the_reading() -> None:
    words = ["CdSe MSC-415 was seen here by all of us.", "REFERENCES", "[1] A. Author, CdS MSC-311 was seen, J. Chem."]
    (page,), _ = pdf_pages(drawn("".join(at(50, 700 - 28 * n, each) for n, each in enumerate(words))), "a.pdf")
    sections = Sections(page)
    assert sections.around(page.index("[1]")).section == "references"
    assert sections.around(page.index("CdSe")).section is None


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
