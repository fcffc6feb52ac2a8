"""One field of an object: what reads it from the object that strawberry resolvers return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from operator import attrgetter
from typing import Any, Final

from graphql import FieldNode, GraphQLField, GraphQLSchema, VariableNode, Visitor, visit
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from mechkg.api.compiled.info import LightInfo, NotPlain, Unsupported
from mechkg.api.compiled.once import attribute_of

_IMMUTABLE: Final = frozenset({str, int, float, bool, type(None)})
_MOST_READY: Final = 50


ONLY_WITH: Final = "only_with"
"""Attribute of a field extension: the argument without which it does nothing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a field from the object: ``get(source)``, or ``get(source, info)`` when it needs ``info``."""

    get: Callable[..., Any]
    info: bool = False
    calls: bool = True
    """Whether a resolver is called, which may make a coroutine, and does not only read an attribute."""


def reader(schema: GraphQLSchema, field: GraphQLField, details: FieldDetails, variables: VariableValues) -> Reader:
    """Return what reads a field of an object; raise Unsupported when it takes graphql-core to do it."""
    definition = field.extensions.get("strawberry-definition")
    # a subclass may resolve in any way, an extension wrap the resolver, an exception handler answer in its place
    if type(definition) is not StrawberryField or definition.is_async:
        raise Unsupported
    only_with = [getattr(extension, ONLY_WITH, None) for extension in definition.extensions]
    if None in only_with:
        raise Unsupported
    converter = schema._strawberry_schema.schema_converter  # type: ignore[attr-defined]
    if converter.exception_handlers or definition.is_subscription:
        raise Unsupported
    if definition.base_resolver is None:
        if definition.default_resolver is not getattr or only_with:
            raise Unsupported
        return Reader(attrgetter(definition.python_name), calls=False)
    return _calling(definition, field, details, variables, converter, tuple(map(str, only_with)))


def _calling(
    definition: StrawberryField,
    field: GraphQLField,
    details: FieldDetails,
    variables: VariableValues,
    converter: Any,
    only_with: tuple[str, ...],
) -> Reader:
    """Return what calls a resolver as strawberry does."""
    resolver = definition.base_resolver
    assert resolver is not None
    function = resolver.wrapped_func
    if not callable(function):
        raise Unsupported
    with_self, info_parameter = resolver.self_parameter is not None, resolver.info_parameter
    # the parents by name are rare, and none is here
    if resolver.root_parameter is not None or resolver.parent_parameter is not None:
        raise Unsupported
    arguments = _arguments(definition, field, details, variables, converter)
    if arguments is None:
        if info_parameter is None:
            kept = attribute_of(function, definition.origin) if with_self and isinstance(definition.origin, type) else None
            if kept is not None:
                return Reader(attrgetter(kept), calls=False)
            return Reader(function if with_self else lambda _source: function())
        if with_self and _second(resolver.signature.parameters) == info_parameter.name:
            return Reader(function, info=True)
        name = info_parameter.name
        if with_self:
            return Reader(lambda source, info: function(source, **{name: info}), info=True)
        return Reader(lambda _source, info: function(**{name: info}), info=True)

    info_is_second = info_parameter is not None and _second(resolver.signature.parameters) == info_parameter.name
    if isinstance(arguments, dict) and with_self and info_is_second and arguments.keys().isdisjoint(only_with):
        return Reader(lambda source, info: function(source, info, **arguments), info=True)

    def call(source: Any, info: LightInfo) -> Any:
        named = dict(arguments if isinstance(arguments, dict) else arguments(info))
        for name in only_with:
            if named.pop(name, None) is not None:
                raise NotPlain
        if info_parameter is not None:
            named[info_parameter.name] = info
        return function(source, **named) if with_self else function(**named)

    return Reader(call, info=True)


def _second(parameters: Mapping[str, Parameter]) -> str | None:
    """Return the name of the second parameter, if it may be given by place."""
    of_place = [p.name for p in parameters.values() if p.kind is Parameter.POSITIONAL_OR_KEYWORD]
    return of_place[1] if len(of_place) > 1 else None


def _arguments(
    definition: StrawberryField, field: GraphQLField, details: FieldDetails, variables: VariableValues, converter: Any
) -> Callable[[LightInfo], Mapping[str, Any]] | dict[str, Any] | None:
    """Return the arguments of a resolver, or what gives them; None when the field takes none.

    Constant ones are coerced once, those with variables once in each execution; what is not immutable is made for each call, so
    that no resolver meets what another one did to it.
    """
    node = details.node
    if not field.args and not node.arguments:
        return None

    def coerced(values: VariableValues) -> Mapping[str, Any]:
        return get_argument_values(field, node, values, details.fragment_variable_values)

    def converted(raw: Mapping[str, Any]) -> dict[str, Any]:
        return convert_arguments(
            dict(raw), definition.arguments, scalar_registry=converter.scalar_registry, config=converter.config
        )

    if not _has_variables(node):
        constant = coerced(variables)
        if all(value.__class__ in _IMMUTABLE for value in constant.values()):
            return converted(constant)
        return lambda _info: converted(constant)

    me = object()
    ready_for: dict[tuple[Any, ...], Mapping[str, Any]] = {}

    def of_execution(info: LightInfo) -> Mapping[str, Any]:
        raw = info.arguments.get(me)
        if raw is None:
            raw = info.arguments[me] = coerced(info.variables)
        # with their classes, for 1 is 1.0 and True
        values = tuple((value.__class__, value) for value in raw.values())
        if not all(kind in _IMMUTABLE for kind, _ in values):
            return converted(raw)
        key = (*raw, *values)
        found = ready_for.get(key)
        if found is None:
            if len(ready_for) >= _MOST_READY:
                ready_for.clear()
            found = ready_for[key] = converted(raw)
        return found

    return of_execution


class _Variables(Visitor):
    """Notices a variable."""

    found = False

    def enter_variable(self, _node: VariableNode, *_: Any) -> None:
        self.found = True


def _has_variables(node: FieldNode) -> bool:
    visitor = _Variables()
    for argument in node.arguments or ():
        visit(argument.value, visitor)
    return visitor.found
