"""The schema: everything in it is described."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from mechkg.api.schema import create_schema


def undescribed() -> Iterator[str]:
    """Yield what has no description: types, fields, arguments, fields of inputs, values of enums."""
    for name, kind in create_schema()._schema.type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, value in kind.fields.items():
                if not value.description:
                    yield f"{name}.{field}"
                yield from (f"{name}.{field}({key})" for key, argument in value.args.items() if not argument.description)
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, value in kind.fields.items() if not value.description)
        elif isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{key}" for key, member in kind.values.items() if not member.description)


def test_everything_is_described() -> None:
    assert list(undescribed()) == []
