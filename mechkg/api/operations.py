"""Operations: a document parsed, held against the limits and validated once, however often it is asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

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
from strawberry.extensions.max_aliases import create_validator as alias_rule
from strawberry.extensions.query_depth_limiter import create_validator as depth_rule
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from mechkg.api.graphql_errors import RequestError

MOST_KEPT: Final = 500
"""So many documents are remembered."""

MOST_ERRORS: Final = 10
"""So many mistakes of a document are told; looking for names that resemble a wrong one takes a while."""

_RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule, depth_rule(40, None), alias_rule(60))


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation to be carried out: valid, within the limits, with the variables as the caller gave them."""

    text: str
    document: DocumentNode
    definition: OperationDefinitionNode
    name: str | None
    """Its name where the document holds several operations and the caller had to choose."""
    variables: Mapping[str, Any]

    @property
    def type(self) -> OperationType:
        """Whether it asks, changes or listens."""
        return self.definition.operation


class Operations:
    """The documents that were asked lately, ready to be carried out."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, DocumentNode] = OrderedDict()

    def read(self, text: str, name: str | None, variables: Mapping[str, Any]) -> Operation:
        """Return the operation of a document that is meant; raise RequestError for what cannot be carried out."""
        document = self._kept.get(text)
        if document is None:
            document = self._checked(text)
            self._kept[text] = document
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        return Operation(text, document, _chosen(document, name), name, variables)

    def _checked(self, text: str) -> DocumentNode:
        try:
            document = parse(text, max_tokens=4000)
        except GraphQLSyntaxError as error:
            raise RequestError.by_graphql("graphql.syntax", [error]) from None
        errors = validate(self._schema, document, _RULES, max_errors=MOST_ERRORS)
        if errors:
            raise RequestError.by_graphql("graphql.validation", errors)
        return document


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
