"""Assertions as tables and back: one table per kind of item, and one per list of parts that have columns of their own.

A quantity has five columns: value, unit, high end of a range, uncertainty, and relation (~, <, ...). A list of texts or names
is one cell, a JSON array. A list of quantities or of parts, and a table of the item, has a row per member in a table of its own:
``assertion`` says whose it is, ``row`` which one (``2.1`` is the first one of the second). An empty cell means that nothing is
said.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from mechkg.errors import BadInputError
from mechkg.graph.act_texts import MEANINGS, act_from, texts_of
from mechkg.graph.rdf import written_as
from mechkg.model.base import Value
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import Act, AssertionRecord, canonical_json, content_id
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document

Shape = Literal["text", "whole", "real", "truth", "list", "quantity", "part", "rows", "entries"]
"""How a field is kept: in one cell, in the five of a quantity, in the columns of a part, in rows of another table."""

Cells = dict[str, str]
"""One row: column -> cell; a column that is not there is empty."""

QUANTITY: Final = {
    "value": "The number as printed; of a range, its low end.",
    "unit": "The unit as printed; empty for a bare number.",
    "high": "The high end of a range.",
    "uncertainty": "What is printed after ±.",
    "relation": "How the print limits the number: ~, <, <=, > or >=; empty when it is just this number.",
}
"""Columns of a quantity, each after the name of the field and a dot, and what they mean."""

_JUST: Final = "="  # left out: a cell that is nothing else would have to be guarded like a formula
_WORDS: Final = "words"
_ACT: Final = "act."
KEYS: Final = {
    "nanopublication": "Trusty URI of the assertion as a nanopublication, in the RDF files of the same release.",
    "assertion": "Ledger id of the assertion: a digest of kind, document and content.",
    "document": "Document that the assertion was read from.",
    "supersedes": "Trusty URIs of what earlier releases held, and this takes the place of. A list, as a JSON array.",
    **{f"{_ACT}{name}": meaning for name, meaning in MEANINGS.items()},
    "content": "The item as JSON, given only where the cells cannot tell all of it.",
}
"""Columns that every table of items begins with, and what they mean."""

_PART_KEYS: Final = {
    "assertion": "Ledger id of the assertion that the row is a part of.",
    "row": "Which member of the list it is, counted from 1; after a dot, which one of that member's own.",
}
_KEY: Final = "key"
_ENTRY: Final = "entry"
_MEMBER: Final = ""  # a quantity that is the whole of a row needs no name before that of its parts
_NAME_MEANS: Final = {"id": "Name of the item, or of the part within its item.", _ENTRY: "What the entry says."}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model as it stands in a table: its name in JSON, its shape, what it means, and what is within.

    ``property`` is the property of the ontology that it is written as, which explains it where ``meaning`` is empty.
    """

    key: str
    shape: Shape
    meaning: str = ""
    property: str = ""
    fields: tuple[Field, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, and its columns with what they mean."""

    name: str
    columns: dict[str, str]


# --- which tables there are -------------------------------------------------------------------------------------------


def tables(definition: Callable[[str], str] = lambda _: "") -> list[Table]:
    """Return all tables, that of a kind of item before those of its parts; ``definition`` tells what a property means."""
    made = []
    for kind in ("document", *ITEM_TYPES):
        made += _tables(kind, _fields_of(kind), KEYS, definition)
    return made


def _tables(name: str, fields: tuple[Field, ...], keys: Mapping[str, str], definition: Callable[[str], str]) -> list[Table]:
    columns, below = dict(keys), list[Table]()

    def add(fields: tuple[Field, ...], prefix: str) -> None:
        for field in fields:
            column, meaning = prefix + field.key, field.meaning or _NAME_MEANS.get(field.key) or definition(field.property)
            if field.shape == "quantity":
                columns.update((_join(column, part), f"{meaning} {what}".strip()) for part, what in QUANTITY.items())
                if field.words:
                    columns[_join(column, _WORDS)] = f"{meaning} Words in place of a number: {', '.join(field.words)}."
            elif field.shape == "part":
                columns[column] = f"{meaning} 'yes' where there is one; its content is in the columns that follow.".strip()
                add(field.fields, f"{column}.")
            elif field.shape in ("rows", "entries"):
                own = dict(_PART_KEYS) | ({_KEY: f"{meaning} What the entry is for."} if field.shape == "entries" else {})
                below.extend(_tables(f"{name}.{prefix}{field.key}", field.fields, own, definition))
            else:
                columns[column] = f"{meaning} A list, as a JSON array.".strip() if field.shape == "list" else meaning

    add(fields, "")
    return [Table(name, columns), *below]


def _join(column: str, part: str) -> str:
    """Return the column for a part of a quantity; a member of a list has no name of its own."""
    return f"{column}.{part}" if column and not column.endswith(".") else column + part


def _fields_of(kind: str) -> tuple[Field, ...]:
    return _fields(Document if kind == "document" else ITEM_TYPES[kind])  # type: ignore[index]


@cache
def _fields(model: type[Value]) -> tuple[Field, ...]:
    hints = get_type_hints(model, include_extras=True)
    return tuple(
        replace(_field(info.alias or name, hints[name]), meaning=info.description or "", property=written_as(model, name).name)
        for name, info in model.model_fields.items()
    )


def _field(key: str, hint: Any) -> Field:
    bare = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    origin, parts = get_origin(bare), get_args(bare)
    if origin in (Union, UnionType):
        options = [part for part in parts if part is not NoneType]
        if Quantity in options:
            words = [word for option in options if get_origin(option) is Literal for word in get_args(option)]
            return Field(key, "quantity", words=tuple(words))
        [bare] = options
        return _field(key, bare)
    if origin is tuple:
        member = _field(_MEMBER, parts[0])
        if member.shape == "text":
            return Field(key, "list")
        return Field(key, "rows", fields=member.fields if member.shape == "part" else (member,))
    if origin is dict:
        member = _field(_MEMBER, parts[1])
        return Field(key, "entries", fields=(replace(member, key=_ENTRY) if member.shape != "quantity" else member,))
    if isinstance(bare, type) and issubclass(bare, Value):
        return Field(key, "quantity") if bare is Quantity else Field(key, "part", fields=_fields(bare))
    simple: dict[Any, Shape] = {bool: "truth", int: "whole", float: "real"}
    return Field(key, simple.get(bare, "text"))


# --- there ------------------------------------------------------------------------------------------------------------


def rows_of(
    record: AssertionRecord, act: Act, nanopublication: str, supersedes: Sequence[str] = ()
) -> Iterator[tuple[str, Cells]]:
    """Yield table and row for an assertion and for all its parts."""
    cells = {
        "nanopublication": nanopublication,
        "assertion": record.id,
        "document": record.document,
        "supersedes": json.dumps(supersedes) if supersedes else "",
        **{f"{_ACT}{name}": text for name, text in texts_of(act).items()},
    }
    parts: list[tuple[str, Cells]] = []
    fields = _fields_of(record.kind)
    _fill(record.body, fields, cells, "", record.kind, "", parts)
    if _read(cells, fields, "", record.kind, "", _by_place(parts)) != record.body:
        cells["content"] = canonical_json(record.body)
    yield record.kind, cells
    for table, row in parts:
        yield table, {"assertion": record.id, **row}


def _fill(
    body: Mapping[str, Any],
    fields: Iterable[Field],
    cells: Cells,
    prefix: str,
    table: str,
    row: str,
    parts: list[tuple[str, Cells]],
) -> None:
    """Write ``body`` into ``cells``, in columns that begin with ``prefix``, and its lists of parts into ``parts``."""
    for field in fields:
        if field.key not in body:
            continue
        value, column = body[field.key], prefix + field.key
        if field.shape == "quantity":
            _fill_quantity(value, column, field.words, cells)
        elif field.shape == "part":
            cells[column] = "yes"
            _fill(value, field.fields, cells, f"{column}.", table, row, parts)
        elif field.shape in ("rows", "entries"):
            members = [("", member) for member in value] if field.shape == "rows" else sorted(value.items())
            for number, (key, member) in enumerate(members, start=1):
                place = f"{row}.{number}" if row else str(number)
                own: Cells = {"row": place} | ({_KEY: key} if field.shape == "entries" else {})
                parts.append((f"{table}.{column}", own))
                plain = member if isinstance(member, Mapping) else {field.fields[0].key: member}
                _fill(plain, field.fields, own, "", f"{table}.{column}", place, parts)
        elif field.shape == "list":
            cells[column] = json.dumps(value, ensure_ascii=False)
        else:
            cells[column] = {True: "true", False: "false"}[value] if field.shape == "truth" else str(value)


def _fill_quantity(text: str, column: str, words: tuple[str, ...], cells: Cells) -> None:
    if text in words:
        cells[_join(column, _WORDS)] = text
        return
    try:
        quantity = Quantity.model_validate(text)
    except ValidationError:
        return  # the content goes along as JSON
    numbers = {"value": quantity.value, "high": quantity.high, "uncertainty": quantity.uncertainty}
    cells.update((_join(column, part), _number(number)) for part, number in numbers.items() if number is not None)
    cells[_join(column, "unit")] = quantity.unit
    cells[_join(column, "relation")] = quantity.relation if quantity.relation != _JUST else ""


def _number(number: float) -> str:
    short = f"{number:.10g}"
    return short if float(short) == number else repr(number)


# --- and back ---------------------------------------------------------------------------------------------------------

_Places = Mapping[tuple[str, str], list[Cells]]
"""Table and row of the owner -> rows of the parts, in order."""


def accepted_of(rows: Iterable[tuple[str, Cells]]) -> list[tuple[AssertionRecord, Act]]:
    """Return the assertions of tables, each with its act, in the order of the ledger.

    Raises BadInputError where a cell cannot be read, or the content is not that of the ledger id.
    """
    items: list[tuple[str, Cells]] = []
    parts: dict[str, list[tuple[str, Cells]]] = defaultdict(list)
    for table, cells in rows:
        if "." in table:
            parts[cells["assertion"]].append((table, cells))
        else:
            items.append((table, cells))
    accepted = [_accepted(kind, cells, _by_place(parts[cells["assertion"]])) for kind, cells in items]
    if lost := set(parts) - {cells["assertion"] for _, cells in items}:
        raise BadInputError(f"there are rows of parts of {sorted(lost)[0]}, and no row for that assertion itself")
    return sorted(accepted, key=lambda found: found[1].position)


def _accepted(kind: str, cells: Cells, places: _Places) -> tuple[AssertionRecord, Act]:
    name, document = cells["assertion"], cells["document"]
    try:
        body = json.loads(cells["content"]) if cells.get("content") else _read(cells, _fields_of(kind), "", kind, "", places)
        texts = {column.removeprefix(_ACT): cell for column, cell in cells.items() if cell and column.startswith(_ACT)}
        act = act_from(name, texts)
    except (ValueError, KeyError) as error:
        raise BadInputError(f"the rows of {name} cannot be read as a {kind}: {error}") from error
    if content_id({"kind": kind, "document": document, "body": body}) != name:
        raise BadInputError(f"the rows of {name} do not hold the content of that name: something in them was changed")
    kinds: dict[str, ItemKind] = {"document": "document", **{kind: kind for kind in ITEM_TYPES}}
    return AssertionRecord(name, kinds[kind], body["id"], document, body), act


def _by_place(parts: Iterable[tuple[str, Cells]]) -> _Places:
    found: dict[tuple[str, str], list[Cells]] = defaultdict(list)
    for table, cells in parts:
        found[table, cells["row"].rpartition(".")[0]].append(cells)
    for rows in found.values():
        rows.sort(key=lambda cells: int(cells["row"].rpartition(".")[2]))
    return found


def _read(cells: Cells, fields: Iterable[Field], prefix: str, table: str, row: str, places: _Places) -> dict[str, Any]:
    """Return what :func:`_fill` wrote."""
    body: dict[str, Any] = {}
    for field in fields:
        column = prefix + field.key
        if field.shape == "quantity":
            if (quantity := _read_quantity(cells, column)) is not None:
                body[field.key] = quantity
        elif field.shape == "part":
            if cells.get(column):
                body[field.key] = _read(cells, field.fields, f"{column}.", table, row, places)
        elif field.shape in ("rows", "entries"):
            below = f"{table}.{column}"
            found = [(own.get(_KEY, ""), _read(own, field.fields, "", below, own["row"], places))
                     for own in places.get((below, row), ())]  # fmt: skip
            alone = [inner.key for inner in field.fields if inner.key in (_MEMBER, _ENTRY)]
            members = [(key, member[alone[0]] if alone else member) for key, member in found]
            if members:
                body[field.key] = [member for _, member in members] if field.shape == "rows" else dict(members)
        elif text := cells.get(column):
            body[field.key] = _plain(text, field.shape)
    return body


def _plain(text: str, shape: Shape) -> Any:
    if shape == "list":
        return json.loads(text)
    if shape == "truth":
        return {"true": True, "false": False}[text]
    return int(text) if shape == "whole" else float(text) if shape == "real" else text


def _read_quantity(cells: Cells, column: str) -> str | None:
    if words := cells.get(_join(column, _WORDS)):
        return words
    given = {part: cells.get(_join(column, part)) or None for part in QUANTITY}
    if given["value"] is None:
        return None
    numbers = {part: float(text) for part in ("value", "high", "uncertainty") if (text := given[part]) is not None}
    return str(Quantity.model_validate({**numbers, "unit": given["unit"] or "", "relation": given["relation"] or _JUST}))
