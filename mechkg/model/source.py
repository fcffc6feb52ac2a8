"""Papers: the document a corpus file was read from, and the references it cites."""

from __future__ import annotations

from pydantic import Field

from mechkg.model.base import Identifier, Item, Text, Texts, Value


class Document(Value):
    """The paper that one corpus file was read from."""

    id: Identifier
    title: Text | None = Field(default=None, description="As printed; absent when the text at hand does not print it.")
    authors: tuple[Text, ...] = ()
    journal: Text | None = None
    year: int | None = Field(default=None, ge=1600, le=2100)
    volume: Text | None = None
    pages: Text | None = None
    doi: Text | None = None
    version: Text | None = None
    text_file: Text | None = Field(
        default=None, description="Name of the text that quotes are checked against; none for curated files."
    )
    notes: Texts = Field(default=(), description="What is missing from the text at hand.")


class Reference(Item):
    """A work that the paper cites, with its bibliographic data exactly as printed there."""

    authors: tuple[Text, ...] = ()
    title: Text | None = None
    journal: Text | None = None
    year: int | None = Field(default=None, ge=1600, le=2100)
    volume: Text | None = None
    pages: Text | None = None
    doi: Text | None = None
    number: Text | None = Field(default=None, description="Number(s) in the reference list(s) of the paper.")
    cited_by: tuple[Text, ...] = ()
    role: Text | None = None
