"""The text of a PDF, page by page, in the order of reading. Only this file imports pypdf, which comes with the extra ``pdf``."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from mechkg.errors import BadInputError, MissingExtraError, TooLargeError
from mechkg.literature.columns import in_columns

if TYPE_CHECKING:
    import pypdf

MOST_PAGES = 2000
MOST_CHARACTERS = 20_000_000


def pdf_pages(content: bytes, name: str) -> tuple[list[str], str]:
    """Return the text of each page, and by what it was read (package and version).

    Raises MissingExtraError without pypdf, BadInputError for a file that is damaged, protected or holds no text, TooLargeError
    for more than MOST_PAGES pages or MOST_CHARACTERS characters. ``name`` is for those messages.
    """
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise MissingExtraError("reading a PDF needs pypdf", hint="pip install 'mechkg[pdf]', or give the text") from error

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it remarks on every oddity of a file that it can read
    damaged = f"'{name}' is damaged, or no PDF"
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and not reader.decrypt("")
        if locked:
            raise BadInputError(f"'{name}' is protected by a password", hint="save it without a password, or give the text")
        if len(reader.pages) > MOST_PAGES:
            raise TooLargeError(f"'{name}' has {len(reader.pages)} pages; at most {MOST_PAGES} are read", hint="split it")
        pages: list[str] = []
        length = 0
        for page in reader.pages:
            # A lone half of a pair of code units is no character, and cannot be kept as UTF-8.
            pages.append(_read(page).encode("utf-8", "replace").decode())
            length += len(pages[-1])
            if length > MOST_CHARACTERS:
                raise TooLargeError(f"'{name}' has more than {MOST_CHARACTERS} characters of text", hint="split it")
    except pypdf.errors.DependencyError as error:
        raise BadInputError(f"'{name}' is encrypted", hint="save it without encryption, or give the text") from error
    except PyPdfError as error:
        raise BadInputError(damaged, hint="open and save it anew, or give the text") from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # What a broken object deep in the file does to the reader.
        raise BadInputError(damaged, hint="open and save it anew, or give the text") from error
    if not any(page.strip() for page in pages):
        raise BadInputError(
            f"'{name}' holds no text: its pages are pictures", hint="run it through text recognition, or give the text"
        )
    return pages, f"pypdf {pypdf.__version__}"


def _read(page: pypdf.PageObject) -> str:
    """Return the text of a page, column by column where its file runs the columns into each other."""
    plain = page.extract_text()
    try:
        layout = page.extract_text(extraction_mode="layout")
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return plain  # what cannot be laid out can still be read
    return in_columns(plain, layout) or plain
