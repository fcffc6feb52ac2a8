"""Operations: a document parsed, held against the limits and validated once, however often it is asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from mechkg.api.cost import Costs
from mechkg.api.graphql_errors import RequestError
from mechkg.api.guards import guard_document, guard_text, guard_variables
from mechkg.api.limits import Limits

MOST_KEPT: Final = 500
"""So many documents are remembered."""

MOST_CHARACTERS: Final = 10_000
MOST_VARIABLES: Final = 20
MOST_BYTES: Final = 1000
"""Operations in documents of so many characters, with so many variables, of so many bytes, are remembered with them."""

MOST_ERRORS: Final = 5
"""So many mistakes of a document are told; looking for names that resemble a wrong one takes a while."""

_IMMUTABLE: Final = frozenset({str, int, float, bool, type(None)})
_RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation to be carried out: valid, within the limits, with the variables as the caller gave them."""

    text: str
    document: DocumentNode
    definition: OperationDefinitionNode
    name: str | None
    """Its name where the document holds several operations and the caller had to choose."""
    variables: Mapping[str, Any]
    coerced: VariableValues | None
    """The variables as resolvers get them, where each request may get the same: all are immutable, and none is wrong."""
    extensions: Mapping[str, Any]
    """What its answer tells beside the data: what it costs, as estimated, and what it may cost."""

    @property
    def type(self) -> OperationType:
        """Whether it asks, changes or listens."""
        return self.definition.operation

    @property
    def called(self) -> str | None:
        """Its name in the document, None for one without."""
        return self.definition.name.value if self.definition.name is not None else None


class Operations:
    """The documents that were asked lately, ready to be carried out."""

    def __init__(self, schema: GraphQLSchema, limits: Limits | None = None) -> None:
        self._schema = schema
        self._limits = limits or Limits()
        self._costs = Costs(schema)
        self._kept: OrderedDict[str, DocumentNode] = OrderedDict()
        self._ready: OrderedDict[tuple[str, str | None, bytes], Operation] = OrderedDict()

    def read(self, text: str, name: str | None, variables: Mapping[str, Any]) -> Operation:
        """Return the operation of a document that is meant; raise RequestError for what cannot be carried out."""
        given = _as_bytes(variables) if len(text) <= MOST_CHARACTERS else None
        found = self._ready.get((text, name, given)) if given is not None else None
        if found is None:
            found = self._read(text, name, variables)
            if given is not None:  # asked just so again, there is nothing to hold against the limits anew
                self._ready[text, name, given] = found
                if len(self._ready) > MOST_KEPT:
                    self._ready.popitem(last=False)
        return found

    def _read(self, text: str, name: str | None, variables: Mapping[str, Any]) -> Operation:
        guard_variables(variables, self._limits)
        document = self._kept.get(text)
        if document is None:
            document = self._checked(text)
            self._kept[text] = document
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        definition = _chosen(document, name)
        cost = self._costs.of(document, definition, variables)
        extensions = {"cost": {"requested": cost, "limit": self._limits.cost}}
        if cost > self._limits.cost:
            said = f"the operation costs {cost}, and may cost {self._limits.cost}"
            hint = "ask for shorter pages or fewer fields, or in several requests"
            raise RequestError.of("graphql.cost", said, hint, extensions=extensions)
        return Operation(text, document, definition, name, variables, self._coerced(definition, variables), extensions)

    def _coerced(self, definition: OperationDefinitionNode, variables: Mapping[str, Any]) -> VariableValues | None:
        found = get_variable_values(self._schema, definition.variable_definitions or (), dict(variables), max_errors=1)
        if isinstance(found, VariableValues) and all(value.__class__ in _IMMUTABLE for value in found.coerced.values()):
            return found
        return None

    def _checked(self, text: str) -> DocumentNode:
        guard_text(text, self._limits)
        try:
            document = parse(text, max_tokens=self._limits.tokens)
        except GraphQLSyntaxError as error:
            if f"more than {self._limits.tokens} tokens" in error.message:
                said = f"the document has more than {self._limits.tokens} words and signs"
                raise RequestError.of("graphql.tokens", said, "ask in several requests") from None
            raise RequestError.by_graphql("graphql.syntax", [error]) from None
        guard_document(document, self._limits)
        errors = validate(self._schema, document, _RULES, max_errors=MOST_ERRORS)
        if errors:
            raise RequestError.by_graphql("graphql.validation", errors)
        return document


def _as_bytes(variables: Mapping[str, Any]) -> bytes | None:
    """Return small variables as bytes, the same for the same; None for larger ones."""
    if len(variables) > MOST_VARIABLES:
        return None
    try:
        found = orjson.dumps(variables)
    except TypeError:
        return None
    return found if len(found) <= MOST_BYTES else None


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None:
        if len(found) != 1:
            names = ", ".join(node.name.value for node in found if node.name)
            raise RequestError.of(
                "graphql.operation", "the document has several operations: give operationName", f"one of {names}"
            )
        return found[0]
    for node in found:
        if node.name is not None and node.name.value == name:
            return node
    raise RequestError.of("graphql.operation", f"the document has no operation called '{name}'")
