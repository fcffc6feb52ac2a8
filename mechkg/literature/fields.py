"""Paths into values: ``stages.*.medium.*.of`` names every place of that form in an item, and walking it yields them."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from mechkg.literature.places import Path


def key_of(model: type[BaseModel], name: str) -> str:
    """Return how files write the field: its alias, where it has one."""
    return model.model_fields[name].alias or name


def values_at(value: Any, pattern: str) -> Iterator[tuple[Path, Any]]:
    """Yield path (as written in files) and value of every place that ``pattern`` names; absent ones are left out.

    ``*`` stands for every member of a list or entry of a mapping, ``{}`` for every key of a mapping.

    >>> from mechkg.model.step import Step
    >>> step = Step.model_validate({"id": "s", "kind": "growth", "reactants": ["a", {"of": "b"}]})
    >>> list(values_at(step, "reactants.*.of"))
    [(('reactants', 0, 'of'), 'a'), (('reactants', 1, 'of'), 'b')]
    """
    return _walk(value, pattern.split("."), ())


def _walk(value: Any, parts: list[str], path: Path) -> Iterator[tuple[Path, Any]]:
    if value is None:
        return
    if not parts:
        yield path, value
        return
    head, rest = parts[0], parts[1:]
    if head == "*" and isinstance(value, dict):
        for key, member in value.items():
            yield from _walk(member, rest, (*path, key))
    elif head == "*" and isinstance(value, tuple | list):
        for number, member in enumerate(value):
            yield from _walk(member, rest, (*path, number))
    elif head == "{}" and isinstance(value, dict):
        for key in value:
            yield (*path, key), key
    elif isinstance(value, BaseModel) and head in type(value).model_fields:
        yield from _walk(getattr(value, head), rest, (*path, key_of(type(value), head)))


def members(annotation: Any) -> Iterator[tuple[str, Any]]:
    """Yield the plain types inside an annotation, each with the path parts (``.*``, ``.{}``) that lead into it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        if inner[0] is str:
            yield "", annotation
        else:
            yield from members(inner[0])
    elif origin in (Union, types.UnionType):
        for each in inner:
            yield from members(each)
    elif origin in (tuple, list):
        for step, each in ((step, each) for member in inner if member is not Ellipsis for step, each in members(member)):
            yield f".*{step}", each
    elif origin is dict:
        for step, each in members(inner[0]):
            yield f".{{}}{step}", each
        for step, each in members(inner[1]):
            yield f".*{step}", each
    elif annotation is not type(None):
        yield "", annotation


@lru_cache(maxsize=256)
def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Return the model that a mapping at ``path`` inside ``model`` has to fit; None where none is expected."""
    for part in path:
        if isinstance(part, int):
            continue
        name = next((n for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        if name is None:
            return None
        inside = [t for _, t in members(model.model_fields[name].annotation) if isinstance(t, type) and issubclass(t, BaseModel)]
        if not inside:
            return None
        model = inside[0]
    return model


def leaves(model: type[BaseModel], prefix: str = "", seen: tuple[type[BaseModel], ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield pattern and annotation of every field in ``model`` that holds no further fields; a quantity counts as one value."""
    for name, info in model.model_fields.items():
        # Metadata of ``Annotated[str, ...]`` is moved to the field by pydantic; put it back, for it tells words from identifiers.
        annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        for step, inner in members(annotation):
            pattern = f"{prefix}{name}{step}"
            if isinstance(inner, type) and issubclass(inner, BaseModel) and inner.__name__ != "Quantity":
                if inner not in seen:
                    yield from leaves(inner, f"{pattern}.", (*seen, model))
            else:
                yield pattern, inner
