"""What all values share: frozen, no unknown fields, and a note of where in a source they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.\-]*$", max_length=80)]
"""A stable local name: lower-case letters, digits, dots and hyphens."""

StageReference = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9.\-]*/)?[a-z0-9][a-z0-9.\-]*$", max_length=161)]
"""``procedure/stage``, or only ``stage`` within the same procedure."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]

Flag = Literal["stated", "inferred", "derived", "external"]
"""How an item came about.

stated: printed in the source. inferred: read from context by the curator. derived: computed by the curator from printed
numbers. external: background knowledge that is not in the source.
"""


def as_tuple(value: Any) -> Any:
    """Let one thing stand for a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else value if value is None else (value,)


Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(as_tuple)]
"""One or more local names; a single one may stand alone in a file."""

Texts = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]
"""One or more sentences; a single one may stand alone in a file."""


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """The property that a field is written as in the graph, where its own name already means something else there.

    ``part_of`` is the field of the same item whose parts are named by their ids; empty for a field that names no part.
    """

    name: str
    part_of: str = ""


class Misplaced(ValueError):
    """A mistake in some parts of a value; ``paths`` lead to them from the value, as files write it."""

    def __init__(self, message: str, *paths: tuple[str | int, ...]) -> None:
        super().__init__(message)
        self.paths = paths


class Value(BaseModel):
    """A frozen value whose fields are all known."""

    # schemas are built when first needed: the shell is to answer at once
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True)


class Item(Value):
    """Something a source states, with the place where it states it.

    ``locator`` names the page, figure panel, table row or note; ``quote`` holds exact words of the source, at most 25 words
    each, in the order of the source (W3C Web Annotation text-quote selectors, exact part).
    """

    id: Identifier
    locator: Text | None = None
    quote: Texts = ()
    flag: Flag = "stated"
    note: Text | None = Field(default=None, description="A remark of the curator; never a statement of the source.")
