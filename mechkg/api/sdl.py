"""The schema as text, kept in two files: as the code has it, and as it was promised.

``schema.graphql`` is what the code has. Who changes a type, field or argument writes it anew (``make sdl``), so that the change
is seen in a review. ``schema-promised.graphql`` is what callers may count on: it is replaced when a version goes out. Until then
every change that breaks an operation written against it is named in the open section of the changelog, or a test fails.

``python -m mechkg.api.sdl`` writes the first file, ``python -m mechkg.api.sdl promise`` both.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from graphql import GraphQLSchema, build_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

from mechkg.api.schema import create_schema

HERE: Final = Path(__file__).parent
CURRENT: Final = HERE / "schema.graphql"
PROMISED: Final = HERE / "schema-promised.graphql"

_PLACE: Final = re.compile(r"@?\b[A-Z]\w*(?:\.\w+)?(?:\(\w+:\))?|@\w+")


def sdl() -> str:
    """Return the schema as text."""
    return create_schema().as_str() + "\n"


def breaking(before: GraphQLSchema, after: GraphQLSchema) -> list[str]:
    """Return, in words, what breaks operations that were written against an earlier schema."""
    return [change.description for change in find_breaking_changes(before, after)]


def dangerous(before: GraphQLSchema, after: GraphQLSchema) -> list[str]:
    """Return, in words, what may change how callers fare with a later schema, such as a new value of an enum."""
    return [change.description for change in find_dangerous_changes(before, after)]


def place(change: str) -> str:
    """Return where a change is, as the changelog names it between backticks.

    >>> place("Argument Step.claims(first:) was removed."), place("Enum value Flag.STATED was removed.")
    ('Step.claims(first:)', 'Flag.STATED')
    """
    words = change.removeprefix("Enum value ").removeprefix("Argument ").removeprefix("Field ").removeprefix("Directive ")
    words = words.removeprefix("A required argument ").removeprefix("A required field ").removeprefix("Standard scalar ")
    found = _PLACE.match(words)
    return found[0] if found else words


def untold(changes: Iterable[str], changelog: str) -> list[str]:
    """Return the changes that the open section of a changelog does not name, each by its place between backticks."""
    section = changelog.partition("\n## Unreleased\n")[2].partition("\n## ")[0]
    return [change for change in changes if f"`{place(change)}`" not in section]


def promised() -> GraphQLSchema:
    """Return the schema that callers may count on."""
    return build_schema(PROMISED.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> None:
    """Write the schema; with ``promise``, let callers count on it."""
    for file in (CURRENT, PROMISED) if arguments == ["promise"] else (CURRENT,):
        file.write_text(sdl(), encoding="utf-8")
        print(f"wrote {file}")


if __name__ == "__main__":
    main(sys.argv[1:])
