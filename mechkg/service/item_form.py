"""The form of each kind of item: its fields as the model has them, an item as typed text, and back without loss.

What is typed goes by paths: ``stages.2.medium.1.of`` is the name of the first component of the second stage. Members of
lists are counted from 1, with gaps where some were taken away. An entry of a mapping has a ``key`` and a ``value``. Nothing that
is typed is refused here: what is no number stays as it is typed, and is found wanting where the item is checked.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from mechkg.errors import BadInputError, nearest
from mechkg.graph.ontology import definition_of
from mechkg.graph.rdf import written_as
from mechkg.literature.dimensions import DIMENSIONS, UNITS
from mechkg.literature.references import ANYTHING, CLASSES, REFERENCES
from mechkg.model.base import Value
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document

Shape = Literal["text", "name", "class", "choice", "quantity", "whole", "real", "truth", "part", "entries"]
"""name: of another item. class: of the ontology. part: fields of its own. entries: keys with a value each."""

KINDS: Final[tuple[ItemKind, ...]] = ("document", *ITEM_TYPES)
REST: Final = "rest"
"""What of an item no field has a place for, as JSON."""

MOST_MEMBERS: Final = 400
"""Members of one list, at most."""

_SOURCE: Final = ("quote", "locator")
_RECORD: Final = ("id", "flag", "note")
_LONG: Final = frozenset(
    ("quote", "note", "notes", "statement", "statements", "question", "text", "claims", "critique", "reading", "curator_verdict",
     "open_questions", "alternatives", "rate_notes", "requires", "thermodynamics", "mechanism_claim", "author_status")
)  # fmt: skip
"""Fields that hold sentences."""

_MEANINGS: Final = {
    "id": "What it goes by here, for good: lower-case letters, digits, dots and hyphens. Made for you where you leave it open.",
    "kind": "What sort of thing it is.",
    "quote": "Exact words of the source, at most 25.",
}
"""What is said of fields in other words than the ontology has for them."""

_STAGE_OF: Final = {"procedure": {"stages.*.continues.*": ("stage",)}}
"""Names of stages that are resolved within their procedure, and so are in no table of references."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    ``many``: it may be given several times. ``outright``: that it is empty may be said outright, and means something else than
    that nothing is said. ``refers`` are the kinds of things that a name may be of, none for any; ``units`` those that a quantity
    is usually in. ``of`` is the form of the values of entries, whose keys are this field's names.
    """

    name: str
    shape: Shape
    many: bool = False
    required: bool = False
    outright: bool = False
    meaning: str = ""
    options: tuple[str, ...] = ()
    default: str = ""
    refers: tuple[str, ...] = ()
    keyed: bool = False
    units: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    of: Field | None = None
    told: str = ""

    @property
    def title(self) -> str:
        """The name in words.

        >>> Field("rests_on", "name").title
        'Rests on'
        """
        words = self.name.replace("_", " ").strip()
        return {"id": "Name", "doi": "DOI"}.get(words, words[:1].upper() + words[1:])

    @property
    def long(self) -> bool:
        """Whether it holds sentences."""
        return self.name in _LONG

    @property
    def group(self) -> Literal["source", "item", "record"]:
        """What it tells of: the place in the source, the item itself, or the record of it."""
        return "source" if self.name in _SOURCE else "record" if self.name in _RECORD else "item"


# --- the model as fields ----------------------------------------------------------------------------------------------


def model_of(kind: str) -> type[Value]:
    """Return the model of a kind of item; raise BadInputError, with the nearest kind, for an unknown one."""
    if kind == "document":
        return Document
    model = ITEM_TYPES.get(kind)  # type: ignore[call-overload]
    if model is None:
        close = nearest(kind, KINDS)
        hint = f"did you mean '{close}'?" if close else f"there are {', '.join(KINDS)}"
        raise BadInputError(f"there is no kind of item called '{kind}'", hint=hint)
    found: type[Value] = model
    return found


def form_of(kind: str) -> tuple[Field, ...]:
    """Return the fields of a kind of item, in the order of the model; raise as :func:`model_of`."""
    return _fields(model_of(kind), kind, "")


@cache
def _fields(model: type[Value], kind: str, before: str) -> tuple[Field, ...]:
    hints = get_type_hints(model, include_extras=True)
    found = []
    for name, info in model.model_fields.items():
        field = _field(info.alias or name, hints[name], kind, f"{before}{name}")
        default = info.get_default(call_default_factory=True, validated_data={}) if not info.is_required() else None
        meaning = (
            ("" if before and name == "id" else _MEANINGS.get(name))
            or info.description
            or definition_of(written_as(model, name).name)
        )
        found.append(
            replace(
                field,
                required=info.is_required(),
                meaning=meaning,
                default=default if isinstance(default, str) else "",
            )
        )
    return tuple(found)


def _field(name: str, hint: Any, kind: str, pattern: str) -> Field:
    bare = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    origin, parts = get_origin(bare), get_args(bare)
    if origin in (Union, UnionType):
        options = [part for part in parts if part is not NoneType]
        words = tuple(word for option in options if get_origin(option) is Literal for word in get_args(option))
        if Quantity in options:
            return replace(_field(name, Quantity, kind, pattern), options=words)
        found = _field(name, options[0], kind, pattern)
        return replace(found, outright=found.many and NoneType in parts)
    if origin is tuple:
        return replace(_field(name, parts[0], kind, f"{pattern}.*"), many=True)
    if origin is dict:
        refers = REFERENCES.get(kind, {}).get(f"{pattern}.{{}}")  # type: ignore[call-overload]
        value = _field("value", parts[1], kind, f"{pattern}.*")
        return Field(name, "entries", of=value, refers=refers or (), keyed=refers is not None)
    if origin is Literal:
        return Field(name, "choice", options=tuple(map(str, parts)))
    if bare is Quantity:
        dimensions = DIMENSIONS.get(kind, {}).get(pattern, ())  # type: ignore[call-overload]
        return Field(name, "quantity", units=tuple(UNITS[dimension][0] for dimension in dimensions))
    if isinstance(bare, type) and issubclass(bare, Value):
        told = inspect.cleandoc(bare.__doc__ or "").partition("\n\n>>>")[0]
        return Field(name, "part", fields=_fields(bare, kind, f"{pattern}."), told=told if "\n" in told else "")
    if bare is str:
        if pattern in CLASSES.get(kind, ()):  # type: ignore[call-overload]
            return Field(name, "class")
        refers = {**REFERENCES.get(kind, {}), **_STAGE_OF.get(kind, {})}.get(pattern)  # type: ignore[call-overload]
        return Field(name, "text") if refers is None else Field(name, "name", refers=refers)
    shapes: dict[Any, Shape] = {bool: "truth", int: "whole", float: "real"}
    return Field(name, shapes[bare])


# --- an item as typed text --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A field as it is shown: its path, what is typed there, and its members or parts.

    Of a field that may be given several times ``members`` are the boxes, of one with parts ``boxes`` those of the parts, of an
    entry two boxes: key and value. ``said``: that it is empty is said outright. ``there``: it is given, though nothing is in it.
    """

    field: Field
    path: str
    value: str = ""
    members: tuple[Box, ...] = ()
    boxes: tuple[Box, ...] = ()
    said: bool = False
    there: bool = False
    number: int = 0

    @property
    def blank(self) -> bool:
        """Whether nothing is given."""
        given = (*self.members, *self.boxes)
        return not (self.value.strip() or self.said or self.there) and all(box.blank for box in given)

    def all(self) -> Iterator[Box]:
        """Yield this box and those within."""
        yield self
        for box in (*self.members, *self.boxes):
            yield from box.all()


def boxes_of(kind: str, body: Mapping[str, Any], more: Mapping[str, int] | None = None) -> tuple[Box, ...]:
    """Return an item as boxes; ``more`` says which lists (by path) have how many members more, still to be filled in.

    What has no place in the form is in the last box, whose path is ``rest``.
    """
    fields = form_of(kind)
    fitted, rest = _fitted(fields, usual(kind, body))
    boxes = _boxes(fields, fitted, "", dict(more or {}))
    text = json.dumps(rest, ensure_ascii=False, indent=1) if rest else ""
    return (*boxes, Box(Field(REST, "text", meaning="Fields that this form has no place for, as JSON."), REST, text))


def usual(kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an item in the one form in which the record keeps it, where it is a valid item; else as it is."""
    try:
        item = model_of(kind).model_validate(dict(body))
    except ValidationError:
        return body
    return AssertionRecord.of(kind, item, str(body.get("id", "")), "").body  # type: ignore[arg-type]


def _fitted(fields: Sequence[Field], body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what of an item the fields can show, and the rest; one thing may stand for a list of one."""
    known = {field.name: field for field in fields}
    fitted: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in body.items():
        field = known.get(name)
        if field is None:
            rest[name] = value
            continue
        if value is None:
            continue
        if field.shape == "entries":
            good = isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values())
            (fitted if good else rest)[name] = value
            continue
        members = list(value) if isinstance(value, list | tuple) else [value]
        if field.shape == "part":
            members = [_part(field, member) for member in members]
            good = all(isinstance(m, dict) and not _fitted(field.fields, m)[1] for m in members)
            members = [_fitted(field.fields, m)[0] for m in members] if good else members
        else:
            good = not any(isinstance(member, dict | list) for member in members)
        good = good and (field.many or (len(members) == 1 and not isinstance(value, list | tuple)))
        if good:
            fitted[name] = members if field.many else members[0]
        else:
            rest[name] = value
    return fitted, rest


def _part(field: Field, member: Any) -> Any:
    """Return a part that files may write as a name or a moment alone as its fields."""
    if isinstance(member, dict):
        return member
    names = [each.name for each in field.fields]
    if "of" in names and isinstance(member, str):
        return {"of": member}
    if names[:2] == ["start", "end"] and not isinstance(member, list):
        return {"start": member, "end": member}
    return member


def _boxes(fields: Sequence[Field], body: Mapping[str, Any], before: str, more: dict[str, int]) -> tuple[Box, ...]:
    return tuple(_box(field, body.get(field.name), before + field.name, more) for field in fields)


def _box(field: Field, value: Any, path: str, more: dict[str, int]) -> Box:
    if field.shape == "entries":
        pairs = list((value or {}).items())
        pairs += [("", "")] * _wanted(path, len(pairs), more)
        rows = [_entry(field, f"{path}.{n}", key, each, n) for n, (key, each) in enumerate(pairs, start=1)]
        return Box(field, path, members=tuple(rows), there=value == {})
    if field.many:
        members = list(value or ())
        asked = _wanted(path, len(members), more, field.shape)
        filled = [*members, *([None] * asked)]
        rows = [replace(_one(field, each, f"{path}.{n}", more), number=n) for n, each in enumerate(filled, start=1)]
        return Box(field, path, members=tuple(rows), said=field.outright and value is not None and not members)
    return _one(field, value, path, more)


def _wanted(path: str, there: int, more: Mapping[str, int], shape: Shape = "part") -> int:
    """Return how many empty members are shown besides: one of what is short, so that the first can be filled in at once."""
    return more.get(path, 0 if shape == "part" or there else 1)


def _one(field: Field, value: Any, path: str, more: dict[str, int]) -> Box:
    if field.shape == "part":
        return Box(field, path, boxes=_boxes(field.fields, value or {}, f"{path}.", more), there=value == {})
    return Box(field, path, _text(value))


def _entry(field: Field, path: str, key: str, value: Any, number: int) -> Box:
    named = Field("key", "name" if field.keyed else "text", refers=field.refers)
    assert field.of is not None
    return Box(field, path, boxes=(Box(named, f"{path}.key", key), Box(field.of, f"{path}.value", _text(value))), number=number)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


# --- and back ---------------------------------------------------------------------------------------------------------


def typed(boxes: Iterable[Box]) -> list[tuple[str, str]]:
    """Return what a browser sends of boxes: path and text of each."""
    pairs = []
    for box in (each for one in boxes for each in one.all()):
        if box.said:
            pairs.append((f"{box.path}.none", "yes"))
        if box.there:
            pairs.append((f"{box.path}.there", "yes"))
        if not (box.members or box.boxes or box.field.shape in ("part", "entries") or (box.field.many and not box.number)):
            pairs.append((box.path, box.value))
    return pairs


def body_of(kind: str, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the item that was typed; what is blank is not there. Raise BadInputError for an unknown kind, or too long a list."""
    tree: dict[str, Any] = {}
    for path, text in given:
        *above, last = path.split(".")
        place = tree
        for part in above:
            inside = place.setdefault(part, {})
            if not isinstance(inside, dict):
                inside = place[part] = {}
            place = inside
        if not isinstance(place.get(last), dict):
            place[last] = text.replace("\r\n", "\n").replace("\r", "\n")
    body = _read(form_of(kind), tree)
    rest = tree.get(REST)
    if isinstance(rest, str) and rest.strip():
        body |= _rest(rest)
    return body


def _rest(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {REST: text}


def _read(fields: Sequence[Field], tree: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields:
        value = _value(field, tree.get(field.name))
        if value is not None:
            body[field.name] = value
    return body


def _value(field: Field, given: Any) -> Any:
    """Return what was typed for a field, None for nothing."""
    if field.shape == "entries":
        return _entries(field, given if isinstance(given, dict) else {})
    if not field.many:
        return _single(field, given)
    rows = given if isinstance(given, dict) else {"1": given} if given else {}
    members = [value for row in _numbered(rows) if (value := _single(field, row)) is not None]
    return members or ([] if field.outright and rows.get("none") else None)


def _single(field: Field, given: Any) -> Any:
    if field.shape == "part":
        inside = _read(field.fields, given) if isinstance(given, dict) else {}
        return inside or ({} if isinstance(given, dict) and given.get("there") else None)
    text = given.strip() if isinstance(given, str) else ""
    if not text or (field.default and text == field.default):
        return None
    if field.shape == "truth":
        return True
    if field.shape in ("whole", "real"):
        return _number(field.shape, text)
    return text


def _number(shape: Shape, text: str) -> int | float | str:
    """Return a number; the text itself where it is none."""
    try:
        found = int(text) if shape == "whole" else float(text)
    except ValueError:
        return text
    return found if abs(found) < 1e300 else text  # neither too large nor "inf"


def _entries(field: Field, rows: Mapping[str, Any]) -> dict[str, Any] | None:
    assert field.of is not None
    found: dict[str, Any] = {}
    for row in _numbered(rows):
        if not isinstance(row, dict):
            continue
        key, value = str(row.get("key", "")).strip(), _single(field.of, row.get("value"))
        if not key and value is None:
            continue
        while key in found:
            key = f"{key} (again)"  # both are kept, and the second is found to be no name
        found[key] = "" if value is None else value
    return found or ({} if rows.get("there") else None)


def _numbered(rows: Mapping[str, Any]) -> list[Any]:
    numbers = sorted((int(n), n) for n in rows if re.fullmatch(r"[1-9]\d{0,3}", n))
    if len(numbers) > MOST_MEMBERS:
        raise BadInputError(f"a list has {len(numbers)} members; {MOST_MEMBERS} is the most", hint="split the item")
    return [rows[n] for _, n in numbers]


# --- names in it ------------------------------------------------------------------------------------------------------


def named(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield path, kinds and text of every name of another item."""
    for box in (each for one in boxes_of(kind, body) for each in one.all()):
        if box.field.shape == "name" and box.value and not box.members:
            yield box.path, box.field.refers or ANYTHING, box.value


# --- lists that grow and shrink ---------------------------------------------------------------------------------------

Pairs = list[tuple[str, str]]


def without(pairs: Pairs, path: str) -> Pairs:
    """Return what was typed without a member of a list.

    >>> without([("a.1", "x"), ("a.2.b", "y"), ("a.10", "z")], "a.2")
    [('a.1', 'x'), ('a.10', 'z')]
    """
    return [(name, text) for name, text in pairs if name != path and not name.startswith(f"{path}.")]


def raised(pairs: Pairs, path: str) -> Pairs:
    """Return what was typed with a member of a list and the one before it exchanged.

    >>> raised([("a.1.b", "x"), ("a.3.b", "y")], "a.3")
    [('a.3.b', 'x'), ('a.1.b', 'y')]
    """
    before, _, last = path.rpartition(".")
    here = int(last) if last.isdigit() else 0
    numbers = sorted({int(n) for name, _ in pairs if (n := _number_in(name, before))})
    above = max((n for n in numbers if n < here), default=None)
    if above is None:
        return pairs
    exchanged = {f"{before}.{here}": f"{before}.{above}", f"{before}.{above}": f"{before}.{here}"}
    found = []
    for name, text in pairs:
        old = next((start for start in exchanged if name == start or name.startswith(f"{start}.")), None)
        found.append((exchanged[old] + name[len(old) :] if old else name, text))
    return found


def _number_in(name: str, before: str) -> str:
    start, _, rest = name.partition(f"{before}.")
    number = rest.partition(".")[0]
    return number if not start and number.isdigit() else ""


def blanks(kind: str, pairs: Pairs, grown: str = "") -> dict[str, int]:
    """Return how many members were still blank in each list, with one more in the list ``grown``."""
    filled = {box.path: box for one in boxes_of(kind, body_of(kind, pairs)) for box in one.all()}
    shown: dict[str, set[str]] = {}
    for name, _ in pairs:
        steps = name.split(".")
        for place, step in enumerate(steps):
            if place and step.isdigit():
                shown.setdefault(".".join(steps[:place]), set()).add(step)
    found = {}
    for path in {*shown, *([grown] if grown else ())}:
        box = filled.get(path)
        there = sum(not member.blank for member in box.members) if box else 0
        found[path] = max(0, len(shown.get(path, ())) - there) + (path == grown)
    return found
