"""The plans of operations, kept for when they are asked again: parts of an operation are compiled when first met."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from graphql import (
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    is_abstract_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails
from graphql.execution.values import VariableValues

from mechkg.api.compiled.fields import Reader
from mechkg.api.compiled.info import LightInfo, NeedsFullInfo, Unsupported
from mechkg.api.compiled.values import Compiler, Complete, is_plain

MOST_OPERATIONS = 500
"""So many operations are kept, those that were asked last."""

MOST_CHOICES = 16
"""So many choices of the variables in its directives are compiled of one operation; graphql-core answers the others."""

_NOT_GIVEN = object()


class Plan:
    """The compiled parts of an operation, under one choice of the variables in its directives."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._parts: dict[tuple[Any, ...], tuple[FieldDetailsList, Complete | None]] = {}
        self._whole: list[tuple[str, Reader, Complete]] | None = None
        with suppress(Exception):  # as below
            self._whole = compiler.root()

    def answer(self, root_value: Any, context: Any, variables: VariableValues) -> dict[str, Any] | None:
        """Return the whole answer, where nothing in it waits; None where graphql-core has to begin."""
        if self._whole is None:
            return None
        found = {}
        try:
            for key, read, complete in self._whole:
                info = LightInfo(context, key, variables)
                value = read.get(root_value, info) if read.info else read.get(root_value)
                found[key] = complete(value, info)
        except (Unsupported, NeedsFullInfo):
            self._whole = None
            return None
        except Exception:
            return None  # whatever it is, graphql-core meets it again, and reports it
        return found

    def complete(self, type_: GraphQLOutputType, details: FieldDetailsList) -> Complete | None:
        """Return what completes values of a field, or of an item of its list; None when graphql-core has to."""
        key = _key(type_, details)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = (details, self._compile(type_, details))
        return found[1]

    def leave(self, type_: GraphQLOutputType, details: FieldDetailsList) -> None:
        """Compile this part no more. Of an interface or union there are other types, so it is kept."""
        if not is_abstract_type(type_):
            self._parts[_key(type_, details)] = (details, None)

    def _compile(self, type_: GraphQLOutputType, details: FieldDetailsList) -> Complete | None:
        if not is_plain(details):
            return None
        try:
            return self._compiler.value(type_, details)
        except Exception:
            # unsupported; or an error of the operation, which graphql-core meets again, and tells of
            return None


def _key(type_: GraphQLOutputType, details: FieldDetailsList) -> tuple[Any, ...]:
    # the nodes live as long as the part does, which keeps them, so that no other node can get their identity
    return (type_, *(id(detail.node) for detail in details))


class _Operation:
    """One operation, and its plans."""

    def __init__(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDetails]) -> None:
        self.operation = operation
        self.fragments = fragments
        visitor = _DirectiveVariables()
        visit(operation, visitor)
        for fragment in fragments.values():
            visit(fragment.definition, visitor)
        self.choosing = tuple(sorted(visitor.names))
        self.plans: dict[tuple[Any, ...], Plan] = {}

    def choice(self, variables: VariableValues) -> tuple[Any, ...]:
        """Return what the variables in directives are."""
        return tuple(variables.coerced.get(name, _NOT_GIVEN) for name in self.choosing)


class _DirectiveVariables(Visitor):
    """Collects the variables that directives are given."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Any, *_: Any) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


class Plans:
    """The plans of the operations of one schema."""

    def __init__(self, most: int = MOST_OPERATIONS) -> None:
        self._most = most
        self._operations: OrderedDict[int, _Operation] = OrderedDict()

    def plan(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDetails],
        variables: VariableValues,
    ) -> Plan | None:
        """Return the plan of an operation under these variables; None when it had too many already."""
        # by identity: documents are parsed once and kept, and to compare two costs as much as to answer one
        found = self._operations.get(id(operation))
        if found is None or found.operation is not operation:
            found = self._operations[id(operation)] = _Operation(operation, fragments)
            while len(self._operations) > self._most:
                self._operations.popitem(last=False)
        else:
            self._operations.move_to_end(id(operation))
        choice = found.choice(variables)
        plan = found.plans.get(choice)
        if plan is None and len(found.plans) < MOST_CHOICES:
            plan = found.plans[choice] = Plan(Compiler(schema, operation, fragments, variables))
        return plan

    def made(self, operation: OperationDefinitionNode, variables: VariableValues) -> Plan | None:
        """Return the plan of an operation under these variables, if it was asked before."""
        found = self._operations.get(id(operation))
        if found is None or found.operation is not operation:
            return None
        self._operations.move_to_end(id(operation))
        return found.plans.get(found.choice(variables))

    def __len__(self) -> int:
        return len(self._operations)


def plans_of(schema: GraphQLSchema) -> Plans:
    """Return the plans of a schema, made when first asked for."""
    found = schema.extensions.get(_KEPT)
    if not isinstance(found, Plans):
        found = schema.extensions[_KEPT] = Plans()
    return found


_KEPT = "mechkg-plans"
