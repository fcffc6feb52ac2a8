"""Names out of a closed list, as people give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from mechkg.errors import BadInputError, nearest

Name = TypeVar("Name", bound=str)


def chosen(what: str, name: str, valid: Sequence[Name]) -> Name:
    """Return the one of ``valid`` that is called ``name``; raise BadInputError, with the nearest one, when there is none.

    >>> chosen("outcome", "upheld", ("upheld", "dismissed"))
    'upheld'
    """
    for each in valid:
        if each == name:
            return each
    close = nearest(name, valid)
    hint = f"did you mean '{close}'?" if close else f"it is one of: {', '.join(valid)}"
    raise BadInputError(f"there is no {what} '{name}'", hint=hint)
