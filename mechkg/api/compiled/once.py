"""Values that a resolver makes once for an object that never changes, and that answers more than one request.

The object keeps the value, so that a plan reads an attribute where it would call a function.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, TypeVar

T = TypeVar("T")
S = TypeVar("S")

_MARK: Final = "mechkg_once"


def once(resolver: Callable[[S], T]) -> Callable[[S], T]:
    """Mark a resolver that reads nothing but an object that never changes. Put it below ``strawberry.field``."""
    setattr(resolver, _MARK, True)
    return resolver


def attribute_of(resolver: Callable[..., Any], of: type) -> str | None:
    """Return the attribute of the objects of a class that gives what a marked resolver makes; None for one without the mark."""
    if not getattr(resolver, _MARK, False):
        return None
    name = f"_once_{resolver.__name__}"
    found = vars(of).get(name)
    if not isinstance(found, cached_property) or found.func is not resolver:
        made = cached_property(resolver)
        made.__set_name__(of, name)
        setattr(of, name, made)
    return name
