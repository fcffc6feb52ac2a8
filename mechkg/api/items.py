"""GraphQL types that all others build on: quantities, sources, items, and pages of items.

Every item carries its source: document, place, exact words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Generic, Optional, TypeVar

import strawberry
from strawberry.scalars import JSON

from mechkg.api.context import Info, asked
from mechkg.model import quantity
from mechkg.model import source as sources
from mechkg.model.corpus import ItemKind
from mechkg.service.catalog import Catalog, Entry

T = TypeVar("T")
AnItem = TypeVar("AnItem", bound="Item")

# strawberry reads Optional[...] and forward references from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="A measured or prescribed amount, as printed.")
class Quantity:
    text: str = strawberry.field(description="As printed: relation, number, uncertainty, unit.")
    value: float = strawberry.field(description="The number, or the lower end of a range.")
    high: Optional[float] = strawberry.field(description="Upper end of a range.")
    uncertainty: Optional[float] = strawberry.field(description="Printed uncertainty, in the same unit.")
    unit: str = strawberry.field(description="Unit, empty for a plain number.")
    relation: str = strawberry.field(description="=, ~, <, <=, > or >=.")

    @classmethod
    def of(cls, value: quantity.Quantity) -> Quantity:
        return cls(
            text=str(value),
            value=value.value,
            high=value.high,
            uncertainty=value.uncertainty,
            unit=value.unit,
            relation=value.relation,
        )


def quantities(values: Iterable[quantity.Quantity]) -> list[Quantity]:
    """Return the GraphQL objects of some quantities."""
    return [Quantity.of(value) for value in values]


def maybe(value: quantity.Quantity | None) -> Quantity | None:
    """Return the GraphQL object of a quantity, if there is one."""
    return None if value is None else Quantity.of(value)


@strawberry.type(description="A paper whose statements are in the graph.")
class Document:
    id: strawberry.ID = strawberry.field(description="Local name, stable.")
    title: Optional[str] = strawberry.field(description="Title.")
    authors: list[str] = strawberry.field(description="Authors, in the order of the paper.")
    journal: Optional[str] = strawberry.field(description="Journal.")
    year: Optional[int] = strawberry.field(description="Year of publication.")
    doi: Optional[str] = strawberry.field(description="Digital object identifier.")

    @classmethod
    def of(cls, value: sources.Document) -> Document:
        return cls(
            id=strawberry.ID(value.id),
            title=value.title,
            authors=list(value.authors),
            journal=value.journal,
            year=value.year,
            doi=value.doi,
        )


@strawberry.type(description="Where something is stated.")
class Source:
    document: Optional[Document] = strawberry.field(description="The paper.")
    locator: Optional[str] = strawberry.field(description="Page, figure panel, table row or note.")
    quotes: list[str] = strawberry.field(description="Exact words of the paper.")
    flag: str = strawberry.field(description="stated, inferred, derived or external.")


@strawberry.interface(description="An accepted item: what one assertion says.")
class Item:
    entry: strawberry.Private[Entry]

    @strawberry.field(description="Local name, stable.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.entry.id)

    @strawberry.field(description="The name to show.")
    def label(self) -> str:
        return self.entry.label

    @strawberry.field(description="Kind of item: species, step, observation, ...")
    def item_kind(self) -> str:
        return self.entry.kind

    @strawberry.field(description="Content-addressed id of the assertion.")
    def assertion_id(self) -> str:
        return self.entry.record.id

    @strawberry.field(description="When the assertion was accepted (UTC).")
    def accepted_at(self) -> datetime:
        return self.entry.accepted_at

    @strawberry.field(description="Who accepted it.")
    def accepted_by(self) -> str:
        return self.entry.accepted_by

    @strawberry.field(description="All that the assertion says, as JSON.")
    def content(self) -> JSON:
        return JSON(self.entry.record.body)

    @strawberry.field(description="A remark of the curator.")
    def note(self) -> Optional[str]:
        return getattr(self.entry.value, "note", None)

    @strawberry.field(description="Where it is stated.")
    def source(self, info: Info) -> Source:
        document = asked(info).catalog.entries.get(self.entry.record.document)
        value = document.value if document else None
        return Source(
            document=Document.of(value) if isinstance(value, sources.Document) else None,
            locator=getattr(self.entry.value, "locator", None),
            quotes=list(getattr(self.entry.value, "quote", ())),
            flag=getattr(self.entry.value, "flag", "stated"),
        )


@strawberry.type(description="An item of a kind without a type of its own: reference, material, zone, model, remark, ...")
class OtherItem(Item):
    pass


_TYPES: dict[ItemKind, type[Item]] = {}


def item_type(kind: ItemKind, description: str) -> Callable[[type[AnItem]], type[AnItem]]:
    """Declare the GraphQL type of a kind of item."""

    def declare(cls: type[AnItem]) -> type[AnItem]:
        declared = strawberry.type(cls, description=description)
        _TYPES[kind] = declared
        return declared

    return declare


def wrap(entry: Entry) -> Item:
    """Return the GraphQL object of an entry."""
    return _TYPES.get(entry.kind, OtherItem)(entry=entry)


def found(info: Info, name: str | None) -> Item | None:
    """Return the item called ``name`` in this request's catalog."""
    entry = asked(info).catalog.entries.get(name) if name is not None else None
    return wrap(entry) if entry else None


@strawberry.type(description="Where a page ends and whether more follows.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True when more follows.")
    end_cursor: Optional[str] = strawberry.field(description="Give it as after to get what follows; null for an empty page.")


@strawberry.type(description="A page of a list, with the number of all.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="What is on the page.")
    total_count: int = strawberry.field(description="How many there are in all, before the page was cut.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")


LARGEST_PAGE = 500


def page(
    catalog: Catalog, kind: ItemKind | None, keep: Callable[[Entry], bool], first: int, after: str | None
) -> tuple[list[Item], int, PageInfo]:
    """Return one page of the items of a kind (of all when None), sorted by id: those after ``after``, at most ``first``."""
    those = catalog.entries.values() if kind is None else catalog.by_kind.get(kind, ())
    entries = sorted((e for e in those if keep(e)), key=lambda e: e.id)
    rest = [e for e in entries if after is None or e.id > after]
    shown = rest[: max(0, min(first, LARGEST_PAGE))]
    info = PageInfo(has_next_page=len(shown) < len(rest), end_cursor=shown[-1].id if shown else None)
    return [wrap(e) for e in shown], len(entries), info
