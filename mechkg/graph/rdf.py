"""Items as RDF and back: one systematic walk over any model, with no special case per class.

A field becomes a property of the same name in camel case, unless the model says otherwise (``WrittenAs``); a nested value a
node of its own below its owner; a reference the IRI of what it names; every member of a tuple a triple. Nothing is said for a
field that is empty or false, and the order of references and texts is not kept. No blank nodes are made: every node has a
name that follows from the item alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from pydantic import StringConstraints

from mechkg.graph.namespaces import LABEL, TYPE, camel, class_of_kind, item_class
from mechkg.graph.terms import Term, Triple, iri, literal, literal_parts, local_name, term, thing, value_of
from mechkg.model.base import Identifier, Item, StageReference, Value, WrittenAs
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.procedure import Procedure, Stage
from mechkg.model.quantity import Quantity
from mechkg.model.source import Document

# Fields that hold local names of classes of the ontology.
_CLASS_FIELDS: Final = frozenset({"classes", "chemical_class", "promoter_class", "medium_class"})
# Of a class field of this name a thing is also an instance.
_OWN_CLASSES: Final = "classes"
# Fields that hold a word, though it is written like the name of an item.
_WORD_FIELDS: Final = frozenset({"outcome"})
# Fields of an item that tell where it stands in its source; they belong to the provenance of the assertion.
PROVENANCE_FIELDS: Final = frozenset({"locator", "quote", "flag"})
# Where the printed name of an item stands, the most specific first.
_LABELS: Final = ("names", "label", "title", "name", "formula")

# Unit and property in which a quantity is also given, so that queries can compare quantities printed in different units.
_NORMAL_UNITS: Final = {
    "s": "seconds",
    "degC": "celsius",
    "mL": "millilitres",
    "mmol": "millimoles",
    "nm": "nanometres",
    "g": "grams",
}

_A: Final = iri(TYPE)
_RDFS_LABEL: Final = iri(LABEL)
_QUANTITY: Final = term("Quantity")
_KEY, _ENTRY, _OF = term("key"), term("entry"), term("of")
_VALUE, _UNIT, _HIGH, _UNCERTAINTY = term("value"), term("unit"), term("high"), term("uncertainty")
_RELATION, _TEXT = term("relation"), term("text")

Role = Literal["thing", "stage", "class", "part", "text"]
"""What a string in a field is: the name of an item, of a stage, of a class of the ontology, of a part of the same item, or
text.
"""


@dataclass(frozen=True, slots=True)
class _Field:
    """How one field of a model is written."""

    name: str
    key: str
    property: str
    predicate: Term
    role: Role
    many: bool
    mapping: bool
    key_role: Role
    nested: type[Value] | None
    part_of: str


# --- there: values to triples -----------------------------------------------------------------------------------------


def triples_of(kind: ItemKind, item: Item | Document) -> Iterator[Triple]:
    """Yield what an item says, without where its source says so."""
    subject = thing(item.id)
    yield subject, _A, term(item_class(kind))
    narrow = getattr(item, "kind", None)
    if narrow is not None and (name := class_of_kind(kind, narrow)) is not None:
        yield subject, _A, term(name)
    if (label := _label(item)) is not None:
        yield subject, _RDFS_LABEL, literal(label)
    yield from _walk(item, item.id, subject, item.id if isinstance(item, Procedure) else "", PROVENANCE_FIELDS)
    if isinstance(item, Procedure):
        yield from _default_order(item)


def _label(item: Item | Document) -> str | None:
    for field in _LABELS:
        if found := getattr(item, field, None):
            return str(found if isinstance(found, str) else found[0])
    return None


def _walk(value: Value, node: str, subject: Term, procedure: str, skip: frozenset[str] = frozenset()) -> Iterator[Triple]:
    """Yield the fields of ``value``, whose node has the local name ``node`` and may be a part of a ``procedure``."""
    for field in _plan(type(value)):
        content = getattr(value, field.name)
        if content is None or content is False or content == () or field.name in skip:
            continue
        if field.mapping:
            yield from _entries(content, field, node, subject)
        elif field.many:
            for number, member in enumerate(content, start=1):
                yield from _member(member, field, f"{node}/{field.property}/{number}", node, subject, procedure)
        else:
            yield from _member(content, field, f"{node}/{field.property}", node, subject, procedure)


def _member(member: Any, field: _Field, part: str, node: str, subject: Term, procedure: str) -> Iterator[Triple]:
    """Yield one member of a field; ``part`` is the local name of a node made for it, unless it has a name of its own."""
    predicate = field.predicate
    if isinstance(member, Quantity):
        there = thing(part)
        yield subject, predicate, there
        yield from _quantity(member, there)
    elif isinstance(member, Value):
        if isinstance(member, Stage):
            part = f"{node}/{member.id}"
        elif (own := getattr(member, "id", None)) is not None:
            part = f"{node}/{field.property}/{own}"
        there = thing(part)
        yield subject, predicate, there
        yield there, _A, term(type(member).__name__)
        if isinstance(member, Stage) and (name := class_of_kind("stage", member.action)) is not None:
            yield there, _A, term(name)
        yield from _walk(member, part, there, procedure)
    elif field.role == "text" or not isinstance(member, str):
        yield subject, predicate, literal(member)
        if isinstance(member, str) and field.nested is Quantity:
            # words that stand for a quantity, such as "room temperature", are also a yes-or-no property of that name
            yield subject, term(camel(member.replace(" ", "_"))), literal(True)
    elif field.role == "part":
        yield subject, predicate, thing(f"{node.partition('/')[0]}/{field.part_of}/{member}")
    elif field.role == "class":
        yield subject, predicate, term(member)
        if field.name == _OWN_CLASSES:
            yield subject, _A, term(member)
    elif field.role == "stage" and "/" not in member and procedure:
        yield subject, predicate, thing(f"{procedure}/{member}")
    else:
        yield subject, predicate, thing(member)


def _entries(content: Mapping[str, Any], field: _Field, node: str, subject: Term) -> Iterator[Triple]:
    # sorted, because the order of keys is no part of the content of an assertion
    for number, key in enumerate(sorted(content), start=1):
        part = f"{node}/{field.property}/{number}"
        there = thing(part)
        yield subject, field.predicate, there
        yield there, _KEY, literal(key)
        if field.key_role == "thing":
            yield there, _OF, thing(key)
        entry = content[key]
        if isinstance(entry, Quantity):
            yield there, _ENTRY, thing(f"{part}/entry")
            yield from _quantity(entry, thing(f"{part}/entry"))
        else:
            yield there, _ENTRY, literal(entry)


def _quantity(quantity: Quantity, node: Term) -> Iterator[Triple]:
    yield node, _A, _QUANTITY
    yield node, _VALUE, literal(quantity.value)
    yield node, _RELATION, literal(quantity.relation)
    yield node, _TEXT, literal(str(quantity))
    if quantity.unit:
        yield node, _UNIT, literal(quantity.unit)
    if quantity.high is not None:
        yield node, _HIGH, literal(quantity.high)
    if quantity.uncertainty is not None:
        yield node, _UNCERTAINTY, literal(quantity.uncertainty)
    for predicate, scale, offset in _normal_forms(quantity.unit):
        # twelve digits, so that 0.1 h is 360 s and not 360.00000000000006 s
        yield node, predicate, literal(float(f"{quantity.value * scale + offset:.12g}"))


@lru_cache(maxsize=512)
def _normal_forms(unit: str) -> tuple[tuple[Term, float, float], ...]:
    """Return the properties that give a quantity of this unit in a common one, with factor and offset of the conversion."""
    found: list[tuple[Term, float, float]] = []
    for common, name in _NORMAL_UNITS.items() if unit else ():
        try:
            zero = Quantity(value=0.0, unit=unit).to(common)
            found.append((term(name), Quantity(value=1.0, unit=unit).to(common) - zero, zero))
        except ValueError:
            continue  # another dimension
    return tuple(found)


def _default_order(procedure: Procedure) -> Iterator[Triple]:
    """Yield what a stage continues that names nothing: the one written before it."""
    before: str | None = None
    for stage in procedure.stages:
        if stage.continues is None and before is not None:
            yield thing(f"{procedure.id}/{stage.id}"), term("continues"), thing(f"{procedure.id}/{before}")
        before = stage.id


# --- and back: triples to values --------------------------------------------------------------------------------------


def item_from(
    kind: ItemKind,
    name: str,
    triples: Iterable[Triple],
    provenance: Mapping[str, Any] | None = None,
    order: Mapping[tuple[Term, Term], list[Term]] | None = None,
) -> Item | Document:
    """Return the item called ``name`` that ``triples`` say; ``provenance`` gives the fields that stand elsewhere.

    ``order`` gives the objects of a subject and property in their order, where it is known; elsewhere it is that of
    :func:`natural_order`. Raises a validation error when the triples are not those of an item of this kind.
    """
    about: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
    for subject, predicate, object_ in triples:
        about[subject, predicate].append(object_)
    about = {place: natural_order(objects) for place, objects in about.items()} | dict(order or {})
    model = Document if kind == "document" else ITEM_TYPES[kind]
    return model.model_validate({"id": name, **_content(model, thing(name), about), **(provenance or {})})


def _content(model: type[Value], subject: Term, about: Mapping[tuple[Term, Term], list[Term]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for field in _plan(model):
        objects = about.get((subject, field.predicate), [])
        if not objects:
            if field.many:
                content[field.key] = []  # said, so that a stage that continues nothing does not get the one before it
            continue
        if field.mapping:
            content[field.key] = dict(_entry_from(node, about) for node in objects)
            continue
        members = [_member_from(field, object_, about) for object_ in objects]
        content[field.key] = members if field.many else members[0]
    return content


def _member_from(field: _Field, object_: Term, about: Mapping[tuple[Term, Term], list[Term]]) -> Any:
    is_node = (object_, _A) in about
    if field.nested is Quantity and is_node:
        return _quantity_from(object_, about)
    if field.nested is not None and is_node:
        content = _content(field.nested, object_, about)
        if "id" in field.nested.model_fields:
            content["id"] = local_name(object_).rpartition("/")[2]
        return content
    if field.role == "part":
        return local_name(object_).rpartition("/")[2]
    return value_of(object_)


def _entry_from(node: Term, about: Mapping[tuple[Term, Term], list[Term]]) -> tuple[Any, Any]:
    entry = about[node, _ENTRY][0]
    return value_of(about[node, _KEY][0]), _quantity_from(entry, about) if (entry, _A) in about else value_of(entry)


def _quantity_from(node: Term, about: Mapping[tuple[Term, Term], list[Term]]) -> dict[str, Any]:
    parts = {"value": _VALUE, "unit": _UNIT, "high": _HIGH, "uncertainty": _UNCERTAINTY, "relation": _RELATION}
    return {name: value_of(about[node, predicate][0]) for name, predicate in parts.items() if (node, predicate) in about}


def natural_order(objects: Iterable[Term]) -> list[Term]:
    """Return terms in the order that their names tell: numbered nodes by number, all else by letter.

    A literal counts by its text, however that is escaped.
    """
    given = list(objects)
    return given if len(given) < 2 else sorted(given, key=_natural)


def _natural(of: Term) -> list[tuple[int, str]]:
    """Return a key that sorts numbered nodes by their numbers: 2 before 10."""
    if of.startswith('"'):
        text, datatype, language = literal_parts(of)
        return [(-1, text), (-1, datatype or ""), (-1, language or "")]
    return [(int(part), part) if part.isdigit() else (-1, part) for part in re.split(r"(?<=/)(\d+)(?=>$)", of)]


# --- how each model is written ----------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _plan(model: type[Value]) -> tuple[_Field, ...]:
    """Work out, once per model, how each field is written."""
    hints = get_type_hints(model, include_extras=True)
    plan = []
    for name, info in model.model_fields.items():
        if name == "id":
            continue
        kinds = list(_kinds(hints[name]))
        mapping = dict in kinds
        written = written_as(model, name)
        plan.append(
            _Field(
                name=name,
                key=info.alias or name,
                property=written.name,
                predicate=term(written.name),
                role="part" if written.part_of else _field_role(name, hints[name]),
                many=tuple in kinds,
                mapping=mapping,
                key_role=_role(get_args(_bare(hints[name]))[0]) if mapping else "text",
                nested=next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Value)), None),
                part_of=written.part_of,
            )
        )
    return tuple(plan)


def written_as(model: type[Value], field: str) -> WrittenAs:
    """Return the property that a field is written as."""
    hint = get_type_hints(model, include_extras=True)[field]
    said = (m for m in getattr(hint, "__metadata__", ()) if isinstance(m, WrittenAs))
    return next(said, WrittenAs(camel(field)))


def _field_role(name: str, hint: Any) -> Role:
    return "class" if name in _CLASS_FIELDS else "text" if name in _WORD_FIELDS else _role(hint)


def _bare(hint: Any) -> Any:
    """Return a type without the constraints on it."""
    return hint.__origin__ if hasattr(hint, "__metadata__") else hint


def _kinds(hint: Any) -> Iterator[Any]:
    """Yield the plain types that a type is made of: containers, models, numbers, text."""
    bare = _bare(hint)
    if (origin := get_origin(bare)) in (tuple, dict):
        yield origin
    if not get_args(bare):
        yield bare
    elif origin is not Literal:
        for part in get_args(bare):
            yield from _kinds(part)


_PATTERNS: Final = {
    constraint.pattern: role
    for hint, role in ((Identifier, "thing"), (StageReference, "stage"))
    for constraint in hint.__metadata__  # type: ignore[attr-defined]
    if isinstance(constraint, StringConstraints)
}


def _role(hint: Any) -> Role:
    """Return what a string of this type is: the patterns of names tell."""
    for constraint in getattr(hint, "__metadata__", ()):
        if isinstance(constraint, StringConstraints) and constraint.pattern in _PATTERNS:
            return "thing" if _PATTERNS[constraint.pattern] == "thing" else "stage"
    for part in get_args(_bare(hint)):
        if (role := _role(part)) != "text":
            return role
    return "text"
