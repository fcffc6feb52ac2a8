"""What an operation costs, told before it is carried out: about as many values as its answer may have.

A field costs one. What stands below a list counts as often as the list is long: ``first`` where the caller says it, else the
length that such a list usually has. What needs the reasoner, or changes something, costs more. Where a thing may be of several
types, that one counts which costs most; ``@skip`` and ``@include`` are left out of account. So the cost depends on the document
and its variables alone, and whoever asks can know it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    Undefined,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)

from mechkg.api.lists import LARGEST_PAGE, USUAL_PAGE

REASONING: Final = 1000
"""Cost of a field that asks the reasoner; it may take seconds."""

CHANGE: Final = 100
"""Cost of a mutation."""

USUAL: Final = 5
"""Length of a list of which nothing else is known."""

WEIGHTS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        (
            "Query.check",
            "Query.why",
            "Query.whyNot",
            "Query.wholeSpace",
            "Query.killMatrix",
            "Query.conflictSets",
            "Query.whatIf",
            "Query.nextExperiment",
            "Query.impact",
            "Report.check",
            "Report.wholeSpace",
            "Report.killMatrix",
            "Report.conflictSets",
            "Report.whatIf",
            "Report.nextExperiment",
        ),
        REASONING,
    ),
    "Query.diff": REASONING,
    "Query.ask": CHANGE,
    "Query.conflicts": CHANGE,
    "Query.belief": CHANGE,
    "Query.disagreements": CHANGE,
    "Query.search": CHANGE,
    "Query.node": CHANGE,
    "Query.nodes": CHANGE,
    "Species.disagreements": CHANGE,
    "Observation.verdicts": REASONING,
    "Subscription.progress": REASONING,
}
"""Field -> its own cost, where that is not one."""

LENGTHS: Final[Mapping[str, int]] = {
    "Query.questions": 20,
    "Answer.rows": 100,
    "ProofNode.premises": 3,
    "KillMatrix.rows": 100,
    "KillMatrix.observations": 100,
    "CandidateVerdict.explained": 80,
    "CandidateVerdict.permitted": 80,
    "CandidateVerdict.silent": 80,
    "HypothesisSpace.candidates": 12,
}
"""List -> how long it usually is, where that is not :data:`USUAL`."""

_OF_ITSELF: Final = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}

Fragments = Mapping[str, FragmentDefinitionNode]


class Costs:
    """Tells what operations of a schema cost."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._lengths = {**LENGTHS, **_of_introspection(schema)}

    def of(self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """Return what an operation of a valid document costs."""
        root = self._schema.get_root_type(operation.operation)
        assert root is not None  # the document is valid
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        return ceil(
            _Sum(self._schema, self._lengths, fragments, {**defaults, **variables}).of(operation.selection_set, root, None)
        )


class _Sum:
    """One reckoning; what was found for a selection on a type is kept, as fragments are spread again and again."""

    def __init__(
        self, schema: GraphQLSchema, lengths: Mapping[str, float], fragments: Fragments, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._lengths = lengths
        self._fragments = fragments
        self._variables = variables
        self._kept: dict[tuple[int, str, int | None], float] = {}

    def of(self, selections: SelectionSetNode, type_: GraphQLCompositeType, page: int | None) -> float:
        """Return the cost of selections on a type; ``page`` is how many nodes a page has, on the type of a page."""
        key = (id(selections), type_.name, page)
        if key not in self._kept:
            if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
                those = self._schema.get_possible_types(type_)
                found = max((self._on(selections, one, page) for one in those), default=0.0)
            else:
                found = self._on(selections, type_, page)
            self._kept[key] = found
        return self._kept[key]

    def _on(self, selections: SelectionSetNode, type_: GraphQLObjectType, page: int | None) -> float:
        total = 0.0
        for one in selections.selections:
            if isinstance(one, FieldNode):
                total += self._field(one, type_, page)
            elif isinstance(one, FragmentSpreadNode):
                fragment = self._fragments[one.name.value]
                if self._is(type_, fragment.type_condition.name.value):
                    total += self.of(fragment.selection_set, type_, page)
            elif isinstance(one, InlineFragmentNode) and (
                one.type_condition is None or self._is(type_, one.type_condition.name.value)
            ):
                total += self.of(one.selection_set, type_, page)
        return total

    def _is(self, type_: GraphQLObjectType, name: str) -> bool:
        wider = self._schema.type_map[name]
        return wider is type_ or (
            isinstance(wider, GraphQLInterfaceType | GraphQLUnionType) and self._schema.is_sub_type(wider, type_)
        )

    def _field(self, node: FieldNode, type_: GraphQLObjectType, page: int | None) -> float:
        name = node.name.value
        field = self._definition(type_, name)
        if field is None:  # __typename
            return 1
        where = f"{type_.name}.{name}"
        own = WEIGHTS.get(where, CHANGE if type_ is self._schema.mutation_type else 1)
        if node.selection_set is None:
            return own
        inner = get_named_type(field.type)
        assert isinstance(inner, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)  # the document is valid
        length = 1.0
        asked = self._first(node, field)
        if not _is_list(field.type):
            return own + self.of(node.selection_set, inner, asked)
        if page is not None and name in ("nodes", "edges"):
            length = page
        elif asked is not None:
            length = asked
        else:
            length = self._lengths.get(where, USUAL)
        return own + length * self.of(node.selection_set, inner, None)

    def _definition(self, type_: GraphQLObjectType, name: str) -> GraphQLField | None:
        found: GraphQLField | None = _OF_ITSELF.get(name) or type_.fields.get(name)
        return found

    def _first(self, node: FieldNode, field: GraphQLField) -> int | None:
        """Return how many a field is asked for, the first or the last; None where it does not let itself be asked so."""
        if "first" not in field.args:
            return None
        asked = [self._number(node, name, field.args[name].default_value) for name in ("first", "last") if name in field.args]
        return min((number for number in asked if number is not None), default=USUAL_PAGE)

    def _number(self, node: FieldNode, name: str, default: Any) -> int | None:
        given: Any = default
        for argument in node.arguments or ():
            if argument.name.value == name:
                if isinstance(argument.value, VariableNode):
                    given = self._variables.get(argument.value.name.value, default)
                elif isinstance(argument.value, IntValueNode):
                    given = int(argument.value.value)
                else:
                    given = None
        if given is None or given is Undefined:
            return None
        return min(max(given, 0), LARGEST_PAGE) if isinstance(given, int) else LARGEST_PAGE


def _is_list(type_: GraphQLOutputType) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def _of_introspection(schema: GraphQLSchema) -> dict[str, float]:
    """Return how long the lists of a schema that describes itself are: on the average, so that all of it is reckoned right."""
    types = list(schema.type_map.values())
    with_fields = [type_ for type_ in types if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)]
    fields = [field for type_ in with_fields for field in type_.fields.values()]
    inputs = sum(len(type_.fields) for type_ in types if isinstance(type_, GraphQLInputObjectType))
    return {
        "__Schema.types": len(types),
        "__Schema.directives": len(schema.directives),
        "__Type.fields": len(fields) / len(types),
        "__Type.inputFields": inputs / len(types),
        "__Type.interfaces": 1,
        "__Type.possibleTypes": 1,
        "__Type.enumValues": 1,
        "__Field.args": sum(len(field.args) for field in fields) / max(1, len(fields)),
        "__Directive.args": 1,
    }
