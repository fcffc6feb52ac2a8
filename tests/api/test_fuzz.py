"""Every query and mutation, asked at random: operations that schemathesis makes up from the schema, names put in that exist.

Whatever is asked, the answer is one that a client can read: no fault within, every error with a code that is documented, and data
as the schema promises.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from graphql import (
    ArgumentNode,
    FloatValueNode,
    ListValueNode,
    StringValueNode,
    ValueNode,
    Visitor,
    get_introspection_query,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes
from starlette.testclient import TestClient

from mechkg import errors
from mechkg.api.app import create_app
from mechkg.api.schema import create_schema
from mechkg.service.workspace import Workspace
from tests.api.changing import signed_in
from tests.api.test_graphql_errors import table
from tests.curation.staff import ADA, CLEO

SCHEMA: Final = create_schema()._schema
EACH: Final = 6
"""Operations made up for each field of the schema."""

ACCEPT: Final = {"Accept": "application/graphql-response+json"}

THERE: Final[Mapping[str, tuple[str, ...]]] = {
    "space": ("cdse-platelets", "cdtese-msc399"),
    "candidate": ("stacking", "eq1", "eq2"),
    "candidates": ("stacking", "eq1"),
    "without": ("amine-converts-cdse-pc",),
    "ignoring": ("z-f1-o6",),
    "name": ("cdte-pc-371", "CdTe MSC-371", "step-1", "claims-of-paper", "z-f1"),
    "item": ("cdte-pc-371", "step-1"),
    "document": ("mech_2023",),
    "of": ("item:cdte-pc-371", "verdict:cdtese-msc399/eq1"),
    "upon": ("item:cdte-pc-371", "set:set-1"),
    "changeSet": ("set-1",),
    "kind": ("claim", "species", "PC", "present"),
    "asOf": ("2", "2020-01-01", "v1"),
    "before": ("2",),
    "after": ("3",),
}
"""Argument -> names that mean something in the shipped corpus."""

CODES: Final = {code for code in table() if "*" not in code} | {
    kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MechkgError)
}

schemathesis.graphql.scalar("JSON", st.text(max_size=10).map(nodes.String))


class _Known(Visitor):
    """Puts names that exist in the place of most texts, and lets no search take long."""

    def enter_argument(self, node: ArgumentNode, *_: object) -> ArgumentNode:
        return ArgumentNode(name=node.name, value=self._value(node.name.value, node.value))

    def _value(self, name: str, value: ValueNode) -> ValueNode:
        if name == "budget":
            return FloatValueNode(value="0.05")
        if isinstance(value, ListValueNode):
            return ListValueNode(values=tuple(self._value(name, one) for one in value.values))
        there = THERE.get(name)
        if there is None or not isinstance(value, StringValueNode):
            return value
        chance = zlib.crc32(value.value.encode("utf-8", "surrogatepass")) % (len(there) + 1)
        return StringValueNode(value=there[chance]) if chance < len(there) else value


@pytest.fixture(scope="module")
def operations() -> Any:
    """What schemathesis makes of the schema."""
    found = create_schema().execute_sync(get_introspection_query())
    return schemathesis.graphql.from_dict(found.data)


@pytest.fixture(scope="module")
def workspace(staffed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("fuzzed") / "home"
    shutil.copytree(staffed_home, home)
    with Workspace.open(home) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def asking(workspace: Workspace) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MECHKG_GRAPHQL_RATE", "0")
        with TestClient(create_app(workspace)) as client:
            yield client


@pytest.fixture(scope="module")
def curator(workspace: Workspace) -> dict[str, str]:
    return signed_in(workspace, CLEO)


@pytest.fixture(scope="module")
def administrator(workspace: Workspace) -> dict[str, str]:
    return signed_in(workspace, ADA, "administrator")


def hold(operations: Any, kind: str, name: str, client: TestClient, headers: dict[str, str]) -> None:
    """Ask what schemathesis makes up for a field; fail at an answer that no client should have to read."""

    @settings(max_examples=EACH, phases=[Phase.generate], deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operations[kind][name].as_strategy())
    def ask(case: Any) -> None:
        query = print_ast(visit(parse(case.body), _Known()))
        answer = client.post("/graphql", json={"query": query}, headers={**headers, **ACCEPT})
        found = answer.json()
        codes = {error["extensions"]["code"] for error in found.get("errors", ())}
        told = f"{query}\n{found}"[:3000]
        assert codes <= CODES - {"mechkg.internal", "graphql.syntax", "graphql.value"}, told
        assert answer.status_code == (200 if "data" in found else 400), told
        assert codes or found["data"] is not None, told
        assert "graphql.validation" in codes or found["extensions"]["cost"]["requested"] > 0, told

    ask()


@pytest.mark.parametrize("name", list(SCHEMA.query_type.fields if SCHEMA.query_type else ()))
def test_a_query_at_random(operations: Any, name: str, asking: TestClient, curator: dict[str, str]) -> None:
    hold(operations, "Query", name, asking, curator)


@pytest.mark.parametrize("name", list(SCHEMA.mutation_type.fields if SCHEMA.mutation_type else ()))
def test_a_mutation_at_random(operations: Any, name: str, asking: TestClient, administrator: dict[str, str]) -> None:
    hold(operations, "Mutation", name, asking, administrator)
