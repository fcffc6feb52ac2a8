"""Values as plain JSON content and back: how a whole verdict, report or record goes from one program to another."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from mechkg.errors import BadInputError

T = TypeVar("T")

_LARGEST: Final = 2**63 - 1
"""Writers of JSON stop here; larger numbers go as text, and come back as numbers."""


_ADAPTERS: Final[dict[type[Any], TypeAdapter[Any]]] = {}
"""Made when first needed: each takes a while."""


def _adapter(of: type[Any]) -> TypeAdapter[Any]:
    if of not in _ADAPTERS:
        _ADAPTERS[of] = TypeAdapter(of)
    return _ADAPTERS[of]


def plain(value: object) -> Any:
    """Return a value of the model (a dataclass or a pydantic model) as plain JSON content, all its fields by name.

    >>> from mechkg.model.report import ConflictSet
    >>> plain(ConflictSet(steps=("eq2",)))["steps"]
    ['eq2']
    """
    return _written(_adapter(type(value)).dump_python(value, mode="json", by_alias=True))


def read_plain(of: type[T], content: object) -> T:
    """Return the value that :func:`plain` made content of; fields that this version does not know are left out.

    Raise BadInputError, saying where, for what is no such value.

    >>> from mechkg.model.report import ConflictSet
    >>> read_plain(ConflictSet, {"steps": ["eq2"]})
    ConflictSet(steps=('eq2',), missing_steps=(), postulates=(), missing_postulates=(), assumptions=(), observations=())
    """
    try:
        found: T = _adapter(of).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInputError(
            f"what was given is no {of.__name__}: {where}: {first['msg']}", hint="it may come from another version of mechkg"
        ) from error
    return found


def _written(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _written(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_written(value) for value in content]
    return str(content) if isinstance(content, int) and abs(content) > _LARGEST else content
