"""Questions about the past: the argument asOf, which every field that reads what counts takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Optional

from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from mechkg.api.context import Info, root_of

# strawberry reads Optional[...] at run time
# ruff: noqa: UP045


class AsOf(FieldExtension):
    """Gives a field of the query the argument asOf. All that is asked below the field is then answered as of then too."""

    only_with = "as_of"
    """The argument without which it does nothing (see :mod:`mechkg.api.compiled`)."""

    def apply(self, field: StrawberryField) -> None:
        """Add the argument."""
        argument = StrawberryArgument(
            python_name="as_of",
            graphql_name=None,
            type_annotation=StrawberryAnnotation(Optional[str]),
            description="Answer as of then: the name of a release, a time (ISO 8601), or a position of the ledger; else of now.",
            default=None,
        )
        field.arguments = [*field.arguments, argument]

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, *, as_of: str | None = None, **named: Any
    ) -> Any:
        """Read what counted then, and let the field answer from it."""
        if as_of is not None:
            await info.context.go_back(root_of(info), as_of)
        return await next_(source, info, **named)


AS_OF: Final[list[FieldExtension]] = [AsOf()]
"""The extensions of a field that can be asked of the past."""
