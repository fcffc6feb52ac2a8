"""An item as the cells of one row, and back: a column for each field, dotted where a field has parts.

Of a list of parts each member has columns of its own (``entries.1.formula``), counted from 1; a list of texts or names is one
cell with a line for each. What cells cannot tell stands as JSON in the column ``content``; that is rare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from mechkg.errors import BadInputError, nearest
from mechkg.model.base import Value
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document

CONTENT = "content"
Shape = Literal["text", "whole", "real", "truth", "texts", "part", "parts", "entries"]
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]|^\s|\s$")
"""What a table may lose on its way: control characters, blanks at the ends."""
_MOST_MEMBERS = 200
"""Members of one list, at most: a slip in a number must not make a list of a million."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in files, how it stands in cells, what it means, and its own fields."""

    name: str
    shape: Shape
    meaning: str = ""
    expected: str = "a text"
    fields: tuple[Field, ...] = ()
    of: Shape = "text"


class BadCell(ValueError):
    """A cell that cannot be read: in which column, and why."""

    def __init__(self, column: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.column, self.message, self.hint = column, message, hint


def fields_of(kind: ItemKind) -> tuple[Field, ...]:
    """Return the fields of a kind of item; raise BadInputError, with the nearest kind, for an unknown one."""
    model = Document if kind == "document" else ITEM_TYPES.get(kind)
    if model is None:
        close = nearest(kind, ("document", *ITEM_TYPES))
        raise BadInputError(f"there is no kind of item called '{kind}'", hint=f"did you mean '{close}'?" if close else None)
    return _fields(model)


@cache
def _fields(model: type[Value]) -> tuple[Field, ...]:
    hints = get_type_hints(model, include_extras=True)
    return tuple(_field(i.alias or name, hints[name], i.description or "") for name, i in model.model_fields.items())


def _field(name: str, hint: Any, meaning: str = "") -> Field:
    bare = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    origin, parts = get_origin(bare), get_args(bare)
    if origin in (Union, UnionType):
        options = [part for part in parts if part is not NoneType]
        if Quantity in options:
            words = [word for option in options if get_origin(option) is Literal for word in get_args(option)]
            return Field(name, "text", meaning, " or ".join(["a quantity, such as '~2 h'", *words]))
        return _field(name, options[0], meaning)
    if origin is tuple:
        member = _field("", parts[0])
        if member.shape == "part":
            return Field(name, "parts", meaning, member.expected, member.fields)
        return Field(name, "texts", meaning, f"{member.expected}, each on a line of its own")
    if origin is dict:
        member = _field("", parts[1])
        return Field(name, "entries", meaning, member.expected, of=member.shape)
    if origin is Literal:
        return Field(name, "text", meaning, f"one of {', '.join(map(str, parts))}")
    if bare is Quantity:
        return Field(name, "text", meaning, "a quantity, such as '~2 h'")
    if isinstance(bare, type) and issubclass(bare, Value):
        return Field(name, "part", meaning, fields=_fields(bare))
    simple: dict[Any, tuple[Shape, str]] = {
        bool: ("truth", "yes or no"),
        int: ("whole", "a whole number"),
        float: ("real", "a number"),
    }
    shape, expected = simple.get(bare, ("text", "a text"))
    return Field(name, shape, meaning, expected)


# --- there ------------------------------------------------------------------------------------------------------------


def cells_of(kind: ItemKind, body: Mapping[str, Any]) -> dict[str, str]:
    """Return an item as cells, so that :func:`body_from` gives it back exactly.

    >>> cells_of("claim", {"id": "a", "kind": "model", "about": ["x", "y"], "entries": [{"formula": "CdS"}]})
    {'id': 'a', 'kind': 'model', 'about': 'x\\ny', 'entries.1.formula': 'CdS'}
    """
    cells: dict[str, str] = {}
    _write(fields_of(kind), body, "", cells)
    try:
        exact = body_from(kind, cells) == body and not any(map(_UNSAFE.search, cells.values()))
    except BadCell:
        exact = False
    return cells if exact else {"id": str(body["id"]), CONTENT: json.dumps(body, ensure_ascii=True, sort_keys=True)}


def _write(fields: Iterable[Field], body: Mapping[str, Any], before: str, cells: dict[str, str]) -> None:
    for field in fields:
        if field.name not in body:
            continue
        column, value = before + field.name, body[field.name]
        if field.shape == "part":
            _write(field.fields, value, f"{column}.", cells)
        elif field.shape == "parts":
            for number, member in enumerate(value, start=1):
                _write(field.fields, member, f"{column}.{number}.", cells)
        elif field.shape == "entries":
            cells.update({f"{column}.{key}": _text(each) for key, each in value.items()})
        elif field.shape == "texts":
            cells[column] = "\n".join(map(_text, value))
        else:
            cells[column] = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


# --- and back ---------------------------------------------------------------------------------------------------------


def body_from(kind: ItemKind, cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of the item in these cells; an empty cell says nothing. Raise BadCell for what cannot be read."""
    if given := cells.get(CONTENT, "").strip():
        try:
            body = json.loads(given)
        except ValueError as error:
            raise BadCell(CONTENT, f"this is no JSON: {error}") from error
        if not isinstance(body, dict):
            raise BadCell(CONTENT, "expected an item as a JSON object")
        return body
    tree: dict[str, Any] = {}
    for column, text in cells.items():
        if text.strip():
            field_of(kind, column)
            place = tree
            *above, last = column.split(".") if not _is_entry(kind, column) else column.split(".", 1)
            for part in above:
                place = place.setdefault(part, {})
            place[last] = text
    return _read(fields_of(kind), tree, "")


def field_of(kind: ItemKind, column: str) -> Field:
    """Return the field that a column is for; raise BadCell, with the nearest column, when there is none."""
    return _find(fields_of(kind), column.split("."), 0, column)


def _find(fields: Iterable[Field], parts: list[str], place: int, column: str) -> Field:
    """Return the field that the parts from ``place`` on name."""
    known = {field.name: field for field in fields}
    if place == len(parts):
        raise BadCell(column, f"'{column}' has parts", f"write it as in {column}.{next(iter(known))}")
    field = known.get(parts[place])
    done, rest = ".".join(parts[: place + 1]), parts[place + 1 :]
    if field is None:
        close = nearest(parts[place], known)
        better = ".".join([*parts[:place], close]) if close else None
        raise BadCell(column, f"there is no column '{column}'", f"did you mean '{better}'?" if better else None)
    if field.shape == "part":
        return _find(field.fields, parts, place + 1, column)
    if field.shape == "parts":
        if not rest or not re.fullmatch(r"[1-9]\d{0,2}", rest[0]) or int(rest[0]) > _MOST_MEMBERS:
            hint = f"write it as in {done}.1.{field.fields[0].name}; at most {_MOST_MEMBERS} are read"
            raise BadCell(column, f"'{column}' says not which of the list", hint)
        return _find(field.fields, parts, place + 2, column)
    if field.shape == "entries":
        if not rest:
            raise BadCell(column, f"'{column}' says not whose", f"write it as in {column}.name")
        return Field(".".join(rest), field.of, field.meaning, field.expected)
    if rest:
        raise BadCell(column, f"there is no column '{column}'", f"did you mean '{done}'?")
    return field


def _is_entry(kind: ItemKind, column: str) -> bool:
    """Say whether a column is for one entry of a table of the item, whose key may hold dots."""
    first = column.partition(".")[0]
    return any(field.name == first and field.shape == "entries" for field in fields_of(kind))


def _read(fields: Iterable[Field], tree: Mapping[str, Any], before: str) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields:
        if field.name not in tree:
            continue
        column, given = before + field.name, tree[field.name]
        if field.shape == "part":
            body[field.name] = _read(field.fields, given, f"{column}.")
        elif field.shape == "parts":
            numbers = sorted(given, key=int)
            body[field.name] = [_read(field.fields, given[number], f"{column}.{number}.") for number in numbers]
        elif field.shape == "entries":
            body[field.name] = {key: _value(field.of, text, f"{column}.{key}", field.expected) for key, text in _flat(given)}
        elif field.shape == "texts":
            body[field.name] = [line.strip() for line in given.split("\n") if line.strip()]
        else:
            body[field.name] = _value(field.shape, given, column, field.expected)
    return body


def _flat(given: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, str]]:
    for key, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def _value(shape: Shape, text: str, column: str, expected: str) -> Any:
    given = text.strip()
    try:
        if shape == "whole":
            return int(given)
        if shape == "real":
            return float(given)
    except ValueError:
        raise BadCell(column, f"expected {expected}, found '{given}'") from None
    if shape == "truth":
        if given.casefold() not in ("yes", "no", "true", "false"):
            raise BadCell(column, f"expected {expected}, found '{given}'")
        return given.casefold() in ("yes", "true")
    return given
