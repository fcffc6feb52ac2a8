"""A plan: closures that complete a value of a field, down to its leaves, as long as all is plain.

They raise where graphql-core would report an error or wait for something, and never say which: graphql-core then answers in their
place. So nothing here keeps track of paths, and an answer without errors costs no more than its values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CoroutineType
from typing import Any, NamedTuple

from graphql import (
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE, get_strawberry_type_cast

from mechkg.api.compiled.fields import Reader, reader
from mechkg.api.compiled.info import LightInfo, NotPlain, Unsupported
from mechkg.api.compiled.leaves import Names, complete_leaf, is_awaitable, passing_class
from mechkg.api.compiled.templates import template

Complete = Callable[[Any, LightInfo], Any]


class Step(NamedTuple):
    """What answers one field of an object."""

    kind: str
    """A letter of :mod:`mechkg.api.compiled.templates`."""
    get: Callable[..., Any] | None = None
    passes: type | Names | None = None
    complete: Any = None


_DEFINITION = "strawberry-definition"


class TypeInfo(NamedTuple):
    """What strawberry asks of info when it tells of which type an object is."""

    schema: GraphQLSchema
    field_name: str
    is_awaitable: Callable[[Any], bool]


class Compiler:
    """Makes plans for one operation, under one choice of the variables that its directives ask for."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDetails],
        variables: VariableValues,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = dict(fragments)
        self.variables = variables
        """As given when the plan is made; only what is the same in each execution of the plan is read from them."""

    def root(self) -> list[tuple[str, Reader, Complete]]:
        """Return what answers the fields of the query itself; raise Unsupported when graphql-core has to."""
        query = self.schema.query_type
        assert query is not None
        collected = collect_fields(self.schema, self.fragments, self.variables, query, self.operation)
        found: list[tuple[str, Reader, Complete]] = []
        for key, details in collected.grouped_field_set.items():
            name = details[0].node.name.value
            if name == "__typename":
                found.append((key, Reader(lambda _source: query.name, calls=False), _as_it_is))
                continue
            field = self.schema.get_field(query, name)
            if field is None or not is_plain(details):
                raise Unsupported
            read = reader(self.schema, field, details[0], self.variables)
            found.append((key, read, self.value(field.type, details, called=read.calls)))
        return found

    def value(self, type_: GraphQLOutputType, details: FieldDetailsList, *, called: bool = False) -> Complete:
        """Return what completes a value of a type; raise Unsupported when graphql-core has to.

        ``called`` says that a resolver made the value, which then may be a coroutine that nobody will wait for.
        """
        nullable = not is_non_null_type(type_)
        named: Any = type_ if nullable else type_.of_type  # type: ignore[union-attr]
        if is_object_type(named):
            return self._object(named, details, nullable=nullable, called=called)
        if is_abstract_type(named):
            return self._abstract(named, details, nullable=nullable, called=called)
        if is_list_type(named):
            complete = self._list(named, details, nullable=nullable)
        else:
            complete = _ignoring_info(complete_leaf(named, nullable=nullable))
        return _putting_away(complete) if called else complete

    # --- lists

    def _list(self, type_: GraphQLList[Any], details: FieldDetailsList, *, nullable: bool) -> Complete:
        inner = type_.of_type
        named: Any = inner.of_type if isinstance(inner, GraphQLNonNull) else inner
        if is_leaf_type(named):
            return _list_of_leaves(named, nullable=nullable, nullable_items=named is inner)
        item = self.value(inner, details)

        def complete(value: Any, info: LightInfo) -> Any:
            if value.__class__ is list or value.__class__ is tuple:
                return [item(each, info) for each in value]
            return _no_list(value, nullable)

        return complete

    # --- objects

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList, *, nullable: bool, called: bool = False) -> Complete:
        steps = self._steps(type_, details)
        if not steps:  # all of it is left out
            raise Unsupported
        belongs = _is_of(type_)
        any_class = type_.is_type_of is None
        known: set[type] = set()
        type_info = TypeInfo(self.schema, details[0].node.name.value, is_awaitable)

        def absent(value: Any) -> bool:
            """Say whether to answer with null; raise NotPlain for what is no object of the type."""
            if value is None or value is Undefined:
                if nullable:
                    return True
                raise NotPlain
            if not belongs(value, type_info):
                if called:
                    _put_away(value)
                raise NotPlain
            if any_class or _tells_by_class(value):
                known.add(value.__class__)
            return False

        make = template("".join(step.kind for step in steps.values()), cast=type_.is_type_of is not None)
        parts = ([getattr(step, name) for step in steps.values()] for name in ("get", "passes", "complete"))
        return make(steps, *parts, known, absent, TYPE_CAST_ATTRIBUTE)

    def _steps(self, type_: GraphQLObjectType, details: FieldDetailsList) -> dict[str, Step]:
        """Return what answers each field that is asked of an object of the type, under its key in the answer."""
        collected = collect_subfields(self.schema, self.fragments, self.variables, self.operation, type_, details)
        return {key: self._step(type_, those) for key, those in collected.grouped_field_set.items()}

    def _step(self, parent: GraphQLObjectType, details: FieldDetailsList) -> Step:
        name = details[0].node.name.value
        if name == "__typename":
            return Step("c", complete=parent.name)
        field = self.schema.get_field(parent, name)
        if field is None:
            raise Unsupported
        read = reader(self.schema, field, details[0], self.variables)
        type_ = field.type
        nullable = not is_non_null_type(type_)
        named: Any = type_ if nullable else type_.of_type  # type: ignore[union-attr]
        if not is_leaf_type(named):
            return Step("i" if read.info else "s", read.get, complete=self.value(type_, details, called=read.calls))
        leaf = complete_leaf(named, nullable=nullable)
        if read.calls:
            leaf = _leaf_putting_away(leaf)
        if isinstance(named, GraphQLEnumType):
            return Step("f" if read.info else "e", read.get, Names(named), leaf)
        passes = passing_class(named)
        if passes is None:
            return Step("m" if read.info else "l", read.get, complete=leaf)
        return Step("q" if read.info else "p", read.get, passes, leaf)

    # --- interfaces and unions

    def _abstract(
        self, type_: GraphQLAbstractType, details: FieldDetailsList, *, nullable: bool, called: bool = False
    ) -> Complete:
        resolve = type_.resolve_type
        definition = type_.extensions.get(_DEFINITION)
        if resolve is None or (isinstance(type_, GraphQLInterfaceType) and getattr(definition, "resolve_type", None)):
            raise Unsupported
        for possible in self.schema.get_possible_types(type_):
            _is_of(possible)  # raises where the type tells by itself what belongs to it
        type_info = TypeInfo(self.schema, details[0].node.name.value, is_awaitable)
        by_class: dict[type, Complete] = {}
        by_name: dict[str, Complete | None] = {}

        def of(name: str) -> Complete:
            if name not in by_name:
                runtime = self.schema.get_type(name)
                if not is_object_type(runtime) or not self.schema.is_sub_type(type_, runtime):
                    raise NotPlain
                try:
                    by_name[name] = self._object(runtime, details, nullable=False)
                except Unsupported:
                    by_name[name] = None
            found = by_name[name]
            return found or _never

        def complete(value: Any, info: LightInfo) -> Any:
            found = by_class.get(value.__class__)
            if found is not None and get_strawberry_type_cast(value) is None:
                return found(value, info)
            if value is None or value is Undefined:
                if nullable:
                    return None
                raise NotPlain
            if isinstance(value, Exception) or is_awaitable(value):
                if called:
                    _put_away(value)
                raise NotPlain
            name = resolve(value, type_info, type_)  # type: ignore[arg-type]
            if not isinstance(name, str):
                raise NotPlain
            found = of(name)
            if _tells_by_class(value):
                by_class[value.__class__] = found
            return found(value, info)

        return complete


def is_plain(details: FieldDetailsList) -> bool:
    """Say whether fields are asked without what graphql-core has on trial: deferred, or by fragments with arguments."""
    return all(detail.defer_usage is None and detail.fragment_variable_values is None for detail in details)


# --- steps ------------------------------------------------------------------------------------------------------------


def _putting_away(complete: Complete) -> Complete:
    """Return what completes a value that a resolver returned, and puts it away when that does not succeed."""

    def completing(value: Any, info: LightInfo) -> Any:
        try:
            return complete(value, info)
        except Exception:
            _put_away(value)
            raise

    return completing


def _leaf_putting_away(complete: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def completing(value: Any) -> Any:
        try:
            return complete(value)
        except Exception:
            _put_away(value)
            raise

    return completing


def _put_away(value: Any) -> None:
    """Close coroutines that a resolver made and nobody will wait for, as graphql-core calls the resolver again."""
    for each in value if isinstance(value, list | tuple) else (value,):
        if isinstance(each, CoroutineType):
            each.close()


def _as_it_is(value: Any, _info: LightInfo) -> Any:
    return value


def _ignoring_info(complete: Callable[[Any], Any]) -> Complete:
    return lambda value, _info: complete(value)


def _list_of_leaves(leaf: GraphQLLeafType, *, nullable: bool, nullable_items: bool) -> Complete:
    item = complete_leaf(leaf, nullable=nullable_items)

    def complete(value: Any, _info: LightInfo) -> Any:
        if value.__class__ is list or value.__class__ is tuple:
            return [item(each) for each in value]
        return _no_list(value, nullable)

    return complete


def _no_list(value: Any, nullable: bool) -> None:
    """Answer with null where that is an answer. Other iterables are left to graphql-core: some can be gone through once only."""
    if nullable and (value is None or value is Undefined):
        return
    raise NotPlain


def _never(_value: Any, _info: LightInfo) -> Any:
    raise Unsupported


# --- of which type an object is -----------------------------------------------------------------------------------------


def _is_of(type_: GraphQLObjectType) -> Callable[[Any, TypeInfo], bool]:
    """Return what tells whether an object may be answered as one of the type; raise Unsupported for a type that asks itself."""
    definition = type_.extensions.get(_DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_type_of is not None:
        raise Unsupported
    test: Any = type_.is_type_of

    def belongs(value: Any, info: TypeInfo) -> bool:
        if isinstance(value, Exception) or is_awaitable(value):
            return False
        return test is None or test(value, info) is True

    return belongs


def _tells_by_class(value: Any) -> bool:
    """Say whether all objects of this class are of one type: those that strawberry made of a type that is not generic."""
    definition = getattr(value.__class__, "__strawberry_definition__", None)
    return (
        isinstance(definition, StrawberryObjectDefinition)
        and definition.origin is value.__class__
        and not definition.is_graphql_generic
        and not isinstance(value, Exception)
        and not is_awaitable(value)
        and get_strawberry_type_cast(value) is None
    )
