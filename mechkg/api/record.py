"""What a type answers with as a whole: one field that holds the value as JSON, so that a program need not ask for each part."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import strawberry
from strawberry.scalars import JSON

from mechkg.model.plain import plain

_MEANING = "All of it as one JSON value, with the fields that it has in Python: what mechkg.connect reads."


def record(value: Callable[[Any], object] = attrgetter("value")) -> Any:
    """Return the field; ``value`` takes the value of the model from the object."""

    def read(self: Any) -> JSON:
        return JSON(plain(value(self)))

    return strawberry.field(resolver=read, description=_MEANING)
