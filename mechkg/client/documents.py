"""GraphQL operations that others wrote: what is in a text, and what kind of thing it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mechkg.errors import BadInputError, NotFoundError

OperationKind = Literal["query", "mutation"]


@dataclass(frozen=True, slots=True)
class Written:
    """An operation of a text that has one answer: its name, None for one without, and what kind it is of."""

    name: str | None
    kind: OperationKind


def chosen(text: str, name: str | None = None) -> Written:
    """Return the operation of a text that is meant: the one called ``name``, or the only one.

    Raise BadInputError, with line and column, for what is no GraphQL, when it cannot be told which one is meant, and for a
    subscription, which is told on and on; NotFoundError with the nearest name.

    >>> chosen("mutation Say($text: String!) { comment(upon: \\"item:a\\", text: $text) { __typename } }").kind
    'mutation'
    """
    from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse

    try:
        document = parse(text)
    except GraphQLSyntaxError as error:
        place = error.locations[0] if error.locations else None
        where = f"line {place.line}, column {place.column}: " if place else ""
        raise BadInputError(f"{where}{error.message}") from None
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    written = {node.name.value if node.name else "": node for node in operations}
    if not written:
        raise BadInputError("there is no operation in it", hint="an operation begins with query, mutation or subscription")
    if name is not None and name not in written:
        raise NotFoundError.of("operation", name, written)
    if name is None and len(written) > 1:
        raise BadInputError("there are several operations in it", hint=f"say which: {', '.join(written)}")
    found = written[next(iter(written)) if name is None else name]
    if found.operation is OperationType.SUBSCRIPTION:
        hint = "follow it over graphql-transport-ws, or as server-sent events"
        raise BadInputError("a subscription has no single answer", hint=hint)
    kind: OperationKind = "mutation" if found.operation is OperationType.MUTATION else "query"
    return Written(found.name.value if found.name else None, kind)
