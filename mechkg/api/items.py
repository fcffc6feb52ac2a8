"""GraphQL types that all others build on: quantities, sources, items, and pages of items.

Every item carries its source: document, place, exact words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Optional, TypeVar

import strawberry
from strawberry.scalars import JSON

from mechkg.api import enums
from mechkg.api.compiled import once
from mechkg.api.context import Info, asked
from mechkg.api.enums import plain
from mechkg.api.lists import After, Before, By, Cursors, Edge, First, Last, PageInfo, Window, page_info, page_of
from mechkg.api.node import Node, id_of
from mechkg.model import filter as filters
from mechkg.model import quantity
from mechkg.model import source as sources
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import And, Filter, Is, Sort
from mechkg.service.catalog import Entry
from mechkg.service.read_models.models import ReadModels

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
    relation: str = strawberry.field(description="How the number is to be read.", graphql_type=enums.Relation)

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


@strawberry.type(
    description="Where a quote stands in the text of a paper: its words and those around them, offsets, page. These are "
    "the selectors by quote, position and fragment of the Web Annotation Data Model."
)
class Anchor:
    exact: str = strawberry.field(description="The words, as the text has them.")
    prefix: str = strawberry.field(description="What stands before them.")
    suffix: str = strawberry.field(description="What stands after them.")
    start: int = strawberry.field(description="Offset of the first character in the text.")
    end: int = strawberry.field(description="Offset after the last character.")
    page: int = strawberry.field(description="The page, from 1.")
    document_digest: str = strawberry.field(description="SHA-256 of the file that was read, in hexadecimal.")
    text_digest: str = strawberry.field(description="SHA-256 of the text in which the offsets count.")


@strawberry.type(description="Where something is stated.")
class Source:
    entry: strawberry.Private[Entry]

    @strawberry.field(description="The paper.")
    def document(self, info: Info) -> Optional[Document]:
        return found(info, self.entry.record.document)  # type: ignore[return-value]

    @strawberry.field(description="Page, figure panel, table row or note.")
    @once
    def locator(self) -> Optional[str]:
        return getattr(self.entry.value, "locator", None)

    @strawberry.field(description="Exact words of the paper.")
    @once
    def quotes(self) -> list[str]:
        return list(getattr(self.entry.value, "quote", ()))

    @strawberry.field(description="Where its quotes stand in the text; empty where only their words are known.")
    @once
    def anchors(self) -> list[Anchor]:
        return [
            Anchor(
                exact=each.exact,
                prefix=each.prefix,
                suffix=each.suffix,
                start=each.start,
                end=each.end,
                page=each.page,
                document_digest=each.document,
                text_digest=each.text_sha256,
            )
            for each in self.entry.anchors
        ]

    @strawberry.field(description="How the item came about.", graphql_type=enums.Flag)
    @once
    def flag(self) -> str:
        return getattr(self.entry.value, "flag", "stated")


@strawberry.interface(description="An accepted item: what one assertion says.")
class Item(Node):
    entry: strawberry.Private[Entry]

    @strawberry.field(description="Its IRI, the same in SPARQL and as linked data; node(id:) takes it, as do names everywhere.")
    @once
    def id(self) -> strawberry.ID:
        return id_of("item", self.entry.id)

    @strawberry.field(description="Local name, stable, which stands for the IRI wherever a name is given.")
    @once
    def local_name(self) -> str:
        return self.entry.id

    @strawberry.field(description="The name to show.")
    @once
    def label(self) -> str:
        return self.entry.label

    @strawberry.field(description="Kind of item.", graphql_type=enums.ItemKind)
    @once
    def item_kind(self) -> str:
        return self.entry.kind

    @strawberry.field(description="Content-addressed id of the assertion.")
    @once
    def assertion_id(self) -> str:
        return self.entry.record.id

    @strawberry.field(description="IRI of the assertion; node(id:) answers with this version of the item.")
    @once
    def assertion_iri(self) -> strawberry.ID:
        return id_of("assertion", self.entry.record.id)

    @strawberry.field(description="When the assertion was accepted (UTC).")
    @once
    def accepted_at(self) -> datetime:
        return self.entry.accepted_at

    @strawberry.field(description="Who accepted it.")
    @once
    def accepted_by(self) -> str:
        return self.entry.accepted_by

    @strawberry.field(description="All that the assertion says, as JSON.")
    def content(self) -> JSON:
        return JSON(self.entry.record.body)

    @strawberry.field(description="A remark of the curator.")
    @once
    def note(self) -> Optional[str]:
        return getattr(self.entry.value, "note", None)

    @strawberry.field(description="Where it is stated.")
    @once
    def source(self) -> Source:
        return Source(entry=self.entry)


_TYPES: dict[ItemKind, type[Item]] = {}


def item_type(kind: ItemKind, description: str) -> Callable[[type[AnItem]], type[AnItem]]:
    """Declare the GraphQL type of a kind of item."""

    def declare(cls: type[AnItem]) -> type[AnItem]:
        declared = strawberry.type(cls, description=description)
        _TYPES[kind] = declared
        return declared

    return declare


def item_types() -> list[type[Item]]:
    """Return the GraphQL types of all kinds of items."""
    return list(_TYPES.values())


def wrap(entry: Entry) -> Item:
    """Return the GraphQL object of an entry: one, however often it is asked for."""
    kept: Item | None = entry.kept.get("item")
    if kept is None:
        kept = entry.kept["item"] = _TYPES[entry.kind](entry=entry)
    return kept


def wrap_all(entries: Iterable[Entry]) -> list[Item]:
    """Return the GraphQL objects of some entries."""
    return [entry.kept.get("item") or wrap(entry) for entry in entries]


def found(info: Info, name: str | None) -> Item | None:
    """Return the item called ``name`` in this request's catalog."""
    entry = asked(info).catalog.entries.get(name) if name is not None else None
    return None if entry is None else entry.kept.get("item") or wrap(entry)


def all_found(info: Info, names: Iterable[str]) -> list[Item]:
    """Return the items with these names that are accepted."""
    entries = asked(info).catalog.entries
    return wrap_all(entry for name in names if (entry := entries.get(name)))


# --- pages of items -----------------------------------------------------------------------------------------------------


@strawberry.type(description="A value, and how many items have it.")
class FacetValue:
    value: str = strawberry.field(description="The value, as written in files; of items the local name.")
    count: int = strawberry.field(description="How many items have it.")

    @strawberry.field(description="The name to show: the label of an item, else the value.")
    def label(self, info: Info) -> str:
        entry = asked(info).catalog.entries.get(self.value)
        return entry.label if entry else self.value


@strawberry.type(description="The values of one field among the items of a list, and how many have each.")
class Facet:
    field: str = strawberry.field(description="The field.", graphql_type=enums.ItemFacetField)
    values: list[FacetValue] = strawberry.field(description="Its values, the most frequent first, then by name.")
    others: int = strawberry.field(description="How many further values were left out.")
    without: int = strawberry.field(description="How many items have no value.")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a list was made of: the read models, the filter that all such lists meet, and the one that was given."""

    models: ReadModels
    always: Filter
    given: Filter = filters.EVERYTHING


@strawberry.type(name="Connection", description="A page of a list of items.")
class Items(Generic[T]):
    nodes: list[T] = strawberry.field(description="What is on the page.")
    cursors: strawberry.Private[Cursors]
    total_count: int = strawberry.field(description="How many there are in all, before the page was cut.")
    cut: strawberry.Private[tuple[bool, bool]]
    counted: strawberry.Private[Callable[[], Counted]]

    @strawberry.field(description="What is on the page, each with its cursor.")
    def edges(self) -> list[Edge[T]]:
        return [Edge(node=node, cursor=cursor) for node, cursor in zip(self.nodes, self.cursors(), strict=True)]

    @strawberry.field(description="Where the page begins and ends.")
    def page_info(self) -> PageInfo:
        return page_info(self.cursors(), self.cut)

    @strawberry.field(
        description="How many items have which value in each of these fields, whatever the page. A condition of the filter on "
        "the field itself is left out of account, so that the other values can be chosen from."
    )
    def facets(
        self,
        by: Annotated[list[str], strawberry.argument(description="The fields.", graphql_type=list[enums.ItemFacetField])],
        most: Annotated[int, strawberry.argument(description="So many values of each at most.")] = 20,
    ) -> list[Facet]:
        counted = self.counted()
        return [_facet(counted, plain(field), most) for field in by]


def _facet(counted: Counted, field: str, most: int) -> Facet:
    told = counted.models.facet(field, And((counted.always, _without(counted.given, field))), most)
    return Facet(
        field=told.field,
        values=[FacetValue(value=value, count=count) for value, count in told.values],
        others=told.cut,
        without=told.without,
    )


def _without(given: Filter, field: str) -> Filter:
    """Return a filter without what it says of a field by itself; the kind of a species is its type."""
    if not isinstance(given, And):
        return given
    same = {field, "type", "species_kind"} if field in ("type", "species_kind") else {field}
    return And(tuple(_without(each, field) for each in given.of if not (isinstance(each, Is) and each.field in same)))


def listed(
    info: Info, kind: ItemKind | None, given: Filter | None, orders: Sequence[Sort], window: Window, *more: Filter
) -> Items[Any]:
    """Return a page of the items of a kind (of all when None) that meet a filter, in an order: by local name, if none is said.

    Raise as the read models do.
    """
    always = And((*((Is("kind", (kind,)),) if kind is not None else ()), *more))
    given = given or filters.EVERYTHING
    return _page(Counted(asked(info).catalog.models, always, given), orders, window)


def listed_now(info: Info, kind: ItemKind, always: Filter, window: Window) -> Items[Any]:
    """Return a page of the items of a kind that meet a filter, by local name."""
    return _page(Counted(asked(info).catalog.models, And((Is("kind", (kind,)), always))), (), window)


def _page(counted: Counted, orders: Sequence[Sort], window: Window) -> Items[Any]:
    shown = window.capped
    page = counted.models.page(
        And((counted.always, counted.given)),
        orders,
        first=shown.first,
        after=shown.after,
        last=shown.last,
        before=shown.before,
    )
    return Items(
        nodes=wrap_all(page.entries),
        cursors=lambda: page.cursors,
        total_count=page.total,
        cut=(page.has_previous, page.has_next),
        counted=lambda: counted,
    )


_BY_NAME: By[Entry] = By("id", lambda entry: (entry.id,))


def related(info: Info, item: str, kind: ItemKind, window: Window) -> Items[Any]:
    """Return a page of the items of a kind that are about an item, by local name."""
    models = asked(info).catalog.models
    found = models.relations.by_name(item, kind)
    return some(found, window, lambda: Counted(models, And((Is("kind", (kind,)), Is("about", (item,))))))


def some(entries: Sequence[Entry], window: Window, counted: Callable[[], Counted]) -> Items[Any]:
    """Return a page of some items, which stand by local name; ``counted`` tells which they are."""
    shown, cursors, cut = page_of(entries, _BY_NAME, window)
    return Items(
        nodes=wrap_all(shown),
        cursors=cursors,
        total_count=len(entries),
        cut=cut,
        counted=counted,
    )


# --- papers -------------------------------------------------------------------------------------------------------------


@item_type("document", "A paper whose statements are in the graph.")
class Document(Item):
    @strawberry.field(description="Title.")
    @once
    def title(self) -> Optional[str]:
        return self._value.title

    @strawberry.field(description="Authors, in the order of the paper.")
    def authors(self) -> list[str]:
        return list(self._value.authors)

    @strawberry.field(description="Journal.")
    @once
    def journal(self) -> Optional[str]:
        return self._value.journal

    @strawberry.field(description="Year of publication.")
    @once
    def year(self) -> Optional[int]:
        return self._value.year

    @strawberry.field(description="Digital object identifier.")
    @once
    def doi(self) -> Optional[str]:
        return self._value.doi

    @strawberry.field(description="What was read from it, all of it or of one kind; by local name.")
    def assertions(
        self,
        info: Info,
        kind: Annotated[
            Optional[str],
            strawberry.argument(description="Only items of this kind.", graphql_type=Optional[enums.ItemKind]),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Items[Item]:
        models = asked(info).catalog.models
        wanted: ItemKind | None = plain(kind) if kind is not None else None  # type: ignore[assignment]
        found = sorted(models.relations.in_document(self.entry.id, wanted), key=_BY_NAME.rank)
        meet = And((Is("document", (self.entry.id,)), *((Is("kind", (wanted,)),) if wanted else ())))
        return some(found, Window(first, after, last, before), lambda: Counted(models, meet))

    @property
    def _value(self) -> sources.Document:
        assert isinstance(self.entry.value, sources.Document)
        return self.entry.value


@item_type("reference", "A work that a paper cites.")
class Reference(Item):
    @strawberry.field(description="Authors, as printed.")
    def authors(self) -> list[str]:
        return list(self._value.authors)

    @strawberry.field(description="Title.")
    @once
    def title(self) -> Optional[str]:
        return self._value.title

    @strawberry.field(description="Journal.")
    @once
    def journal(self) -> Optional[str]:
        return self._value.journal

    @strawberry.field(description="Year of publication.")
    @once
    def year(self) -> Optional[int]:
        return self._value.year

    @strawberry.field(description="Digital object identifier.")
    @once
    def doi(self) -> Optional[str]:
        return self._value.doi

    @strawberry.field(description="Number in the list of references of the paper.")
    @once
    def number(self) -> Optional[str]:
        return self._value.number

    @property
    def _value(self) -> sources.Reference:
        assert isinstance(self.entry.value, sources.Reference)
        return self.entry.value
