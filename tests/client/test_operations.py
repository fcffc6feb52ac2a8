"""What the client sends fits the schema, and so does what others call by its names."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, build_schema, parse, validate

from mechkg.api.enums import graphql_name
from mechkg.api.schema import create_schema
from mechkg.client import operations
from mechkg.client.documents import chosen
from mechkg.client.names import camel, enum_name, filter_input, order_input
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.change_set import RetractionCode
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import (
    NAME_FIELDS,
    NUMBER_FIELDS,
    SORT_FIELDS,
    TEXT_FIELDS,
    AtStage,
    Between,
    Is,
    Not,
    Or,
    Says,
    Sort,
    YesNo,
)

SCHEMA = build_schema(create_schema().as_str())
OPERATIONS = {name: text for name, text in vars(operations).items() if name.isupper() and not name.startswith("_")}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_valid(name: str) -> None:
    assert validate(SCHEMA, parse(OPERATIONS[name])) == []


def test_there_are_operations_of_both_kinds() -> None:
    kinds = {chosen(text).kind for text in OPERATIONS.values()}
    assert kinds == {"query", "mutation"} and len(OPERATIONS) > 30


def test_values_of_vocabularies_are_called_as_the_schema_calls_them() -> None:
    fields: Any = dict.fromkeys(("kind", "species_kind", "evidence", "status", "method"), SCHEMA.type_map["ItemFilter"])
    for name, of in fields.items():
        assert isinstance(of, GraphQLInputObjectType)
        inner = of.fields[camel(name)].type
        while not isinstance(inner, GraphQLEnumType):
            inner = inner.of_type
        assert inner.values
    for value in (*get_args(ItemKind), *get_args(RetractionCode), "M/F", "magic-size species", "by method", *SORT_FIELDS):
        assert enum_name(value) == graphql_name(value)


def test_fields_of_filters_are_those_of_the_schema() -> None:
    known: Any = SCHEMA.type_map["ItemFilter"]
    asked = {camel(name) for name in (*NAME_FIELDS, *NUMBER_FIELDS) if name not in ("amount", "volume", "mass")}
    assert asked <= known.fields.keys()
    order: Any = SCHEMA.type_map["ItemSortField"]
    assert {one["field"] for one in order_input([Sort(name) for name in SORT_FIELDS])} == order.values.keys()
    texts: Any = SCHEMA.type_map["TextField"]
    assert set(filter_input(Says("x", TEXT_FIELDS))["textIn"]) == texts.values.keys()


def test_a_filter_is_written_as_an_input() -> None:
    given = Or((Not(Is("species_kind", ("M/F",))), Between("absorption", 370, None, "nm"), YesNo("quoted", False)))
    assert filter_input(given) == {
        "or": [{"not": {"speciesKind": ["M_F"]}}, {"absorption": {"from": 370, "unit": "nm"}}, {"quoted": False}]
    }
    stage = AtStage(("add",), Between("temperature", 20, 25), None, ("octylamine",), Between("volume", 1, 2, "mL"))
    assert filter_input(stage) == {
        "stage": {
            "action": ["ADD"],
            "temperature": {"from": 20, "to": 25, "unit": "degC"},
            "uses": ["octylamine"],
            "volume": {"from": 1, "to": 2, "unit": "mL"},
        }
    }


def test_an_amount_is_asked_for_of_a_stage() -> None:
    with pytest.raises(BadInputError, match=r"AtStage\(amount="):
        filter_input(Between("mass", 1, 2))


# --- operations of others ---------------------------------------------------------------------------------------------


def test_the_operation_that_is_meant_is_found() -> None:
    text = "query A { a } mutation B { b }"
    assert (chosen(text, "A").kind, chosen(text, "B").kind) == ("query", "mutation")
    assert chosen("{ a }").name is None
    with pytest.raises(NotFoundError, match="there is no operation called 'AB'"):
        chosen(text, "AB")
    with pytest.raises(BadInputError, match="say which: A, B"):
        chosen(text)
    with pytest.raises(BadInputError, match="no operation in it"):
        chosen("fragment F on T { a }")
    with pytest.raises(BadInputError, match="line 2, column 3: Syntax Error"):
        chosen("{\n  )")
    with pytest.raises(BadInputError, match="no single answer"):
        chosen("subscription { a }")
