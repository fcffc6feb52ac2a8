"""Random operations that a schema can be asked: aliases, fragments of both kinds, directives, variables, good values and bad."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
)
from hypothesis import strategies as st

Draw = Any


@dataclass
class Asked:
    """An operation, and the variables to ask it with."""

    text: str
    variables: dict[str, Any]


@dataclass
class _Making:
    draw: Draw
    schema: GraphQLSchema
    words: Mapping[str, Sequence[Any]]
    roots: Collection[str] | None
    depth: int
    aliases: int = 0
    spared: int = 40
    variables: dict[str, tuple[str, str]] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(1, 100)) <= percent)

    def one_of(self, those: Sequence[Any]) -> Any:
        return those[self.draw(st.integers(0, len(those) - 1))]

    # --- selections

    def selections(self, type_: GraphQLNamedType, depth: int, *, within: bool = False) -> str:
        found = []
        for _ in range(self.draw(st.integers(1, 4))):
            turn = self.draw(st.integers(0, 99))
            if turn < 60 or depth <= 0:
                found.append(self.field(type_, depth, within=within))
            elif turn < 80:
                found.append(self.inline(type_, depth))
            elif turn < 92:
                found.append(self.spread(type_, depth))
            else:
                found.append(f"__typename{self.directives()}")
        return "{ " + " ".join(found) + " }"

    def field(self, type_: GraphQLNamedType, depth: int, *, within: bool) -> str:
        fields = getattr(type_, "fields", {})
        root = type_ is self.schema.query_type
        names = [
            name
            for name, each in fields.items()
            if (depth > 0 or not is_composite_type(get_named_type(each.type)))
            and not (root and self.roots and name not in self.roots)
        ]
        if not names or self.spared <= 0:
            return "__typename"
        self.spared -= 1
        name = self.one_of(names)
        chosen = fields[name]
        arguments = self.arguments(chosen.args)
        alias = ""
        # without an alias, fields of one key have to agree in arguments and type
        if arguments or within or self.chance(30):
            self.aliases += 1
            alias = f"a{self.aliases}: "
        named = get_named_type(chosen.type)
        below = f" {self.selections(named, depth - 1)}" if is_composite_type(named) else ""
        return f"{alias}{name}{arguments}{self.directives()}{below}"

    def inline(self, type_: GraphQLNamedType, depth: int) -> str:
        on = self.condition(type_)
        condition = "" if on is type_ and self.chance(30) else f" on {on.name}"
        return f"...{condition}{self.directives()} {self.selections(on, depth - 1, within=True)}"

    def spread(self, type_: GraphQLNamedType, depth: int) -> str:
        usable = [name for name, (on, _) in self.fragments.items() if on == type_.name]
        if usable and self.chance(40):
            return f"...{self.one_of(usable)}{self.directives()}"
        on = self.condition(type_)
        body = self.selections(on, depth - 1, within=True)
        name = f"F{len(self.fragments)}"
        self.fragments[name] = (on.name, body)
        return f"...{name}{self.directives()}"

    def condition(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        if is_abstract_type(type_):
            return self.one_of([type_, *self.schema.get_possible_types(type_)])
        if is_object_type(type_) and type_.interfaces and self.chance(30):
            return self.one_of(type_.interfaces)
        return type_

    def directives(self) -> str:
        if not self.chance(12):
            return ""
        name = self.one_of(["skip", "include"])
        if self.chance(50):
            return f" @{name}(if: {self.one_of(['true', 'false'])})"
        variable = self.variable("Boolean!", self.one_of([True, True, False]), None)
        return f" @{name}(if: {variable})"

    # --- values

    def arguments(self, those: Mapping[str, GraphQLArgument]) -> str:
        found = []
        for name, argument in those.items():
            if is_required_argument(argument) or self.chance(35):
                found.append(f"{name}: {self.argument(name, argument.type)}")
        return f"({', '.join(found)})" if found else ""

    def argument(self, name: str, type_: GraphQLInputType) -> str:
        value = self.value(name, type_)
        if not self.chance(40):
            return literal(type_, value)
        turn = self.draw(st.integers(0, 9))
        default = literal(type_, self.value(name, type_)) if turn < 3 and not is_non_null_type(type_) else None
        if turn == 9:  # what no variable of the type can be
            value = self.one_of([{"no": "such"}, "x", 1e99, [[[1]]], True])
        return self.variable(str(type_), value, default, left_out=turn == 8)

    def variable(self, type_: str, value: Any, default: str | None, *, left_out: bool = False) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = (type_, "" if default is None else f" = {default}")
        if not left_out:
            self.given[name] = value
        return f"${name}"

    def value(self, name: str, type_: GraphQLInputType) -> Any:
        if is_non_null_type(type_):
            return self.some(name, type_.of_type)
        return None if self.chance(15) else self.some(name, type_)

    def some(self, name: str, type_: Any) -> Any:
        if is_list_type(type_):
            return [self.value(name, type_.of_type) for _ in range(self.draw(st.integers(0, 2)))]
        if isinstance(type_, GraphQLEnumType):
            return self.one_of(list(type_.values))
        if is_input_object_type(type_):
            return {
                key: self.value(key, each.type)
                for key, each in type_.fields.items()
                if (is_non_null_type(each.type) and each.default is None) or self.chance(50)
            }
        if name in self.words and type_.name in ("String", "ID"):
            return self.one_of(self.words[name])
        few: dict[str, list[Any]] = {
            "Int": [0, 1, 3, 500, -1],
            "Float": [0.0, 1.5, -2],
            "Boolean": [True, False],
            "String": ["", "x", 'a "quoted" word'],
            "ID": ["x", "1"],
        }
        return self.one_of(few.get(type_.name, ["x"]))


def literal(type_: Any, value: Any) -> str:
    """Return a value of a type as it is written in an operation."""
    if is_non_null_type(type_):
        return literal(type_.of_type, value)
    if value is None:
        return "null"
    if is_list_type(type_):
        return f"[{', '.join(literal(type_.of_type, each) for each in value)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    if isinstance(type_, GraphQLInputObjectType):
        return "{" + ", ".join(f"{key}: {literal(type_.fields[key].type, each)}" for key, each in value.items()) + "}"
    return json.dumps(value)


@st.composite
def operations(
    draw: Draw,
    schema: GraphQLSchema,
    words: Mapping[str, Sequence[Any]] | None = None,
    roots: Collection[str] | None = None,
    depth: int = 4,
) -> Asked:
    """Draw an operation; ``words`` are what arguments of a name may be given, ``roots`` the fields of the query to draw from."""
    making = _Making(draw, schema, words or {}, roots, depth)
    assert schema.query_type is not None
    body = making.selections(schema.query_type, depth)
    variables = ", ".join(f"${name}: {type_}{default}" for name, (type_, default) in making.variables.items())
    head = f"query Q({variables}) " if variables else "query Q "
    fragments = [f"fragment {name} on {on} {text}" for name, (on, text) in making.fragments.items()]
    return Asked("\n".join([head + body, *fragments]), making.given)
