"""Strawberry on FastAPI with a DataLoader for each relation, over a graph in pyoxigraph: one SPARQL query for each level.

``MECHKG_BENCHMARK_DATA`` names the file with the data.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any, Optional

import strawberry
from fastapi import FastAPI
from pyoxigraph import Literal, NamedNode, Quad, Store
from strawberry.dataloader import DataLoader
from strawberry.fastapi import GraphQLRouter

# ruff: noqa: UP045

EX = "http://example.org/"
STORE = Store()


def _node(name: str) -> NamedNode:
    return NamedNode(EX + name)


def _fill() -> None:
    data = json.loads(Path(os.environ["MECHKG_BENCHMARK_DATA"]).read_text(encoding="utf-8"))
    quads = []
    for kind, links in (("species", ()), ("observations", ("subject", "document")), ("documents", ())):
        for each in data[kind]:
            subject = _node(each["id"])
            quads.append(Quad(subject, _node("in"), _node(kind)))
            for name, value in each.items():
                if value is not None:
                    quads.append(Quad(subject, _node(name), _node(value) if name in links else Literal(value)))
    STORE.extend(quads)


_fill()


def _rows(query: str) -> list[dict[str, Any]]:
    found: Any = STORE.query(f"PREFIX ex: <{EX}> {query}")
    names = [variable.value for variable in found.variables]
    return [{name: None if row[name] is None else row[name].value for name in names} for row in found]


def _values(keys: list[str]) -> str:
    return " ".join(f"<{EX}{key}>" for key in keys)


@strawberry.type
class Document:
    id: strawberry.ID
    title: Optional[str]


@strawberry.type
class Source:
    locator: Optional[str]
    flag: str
    document: Optional[Document]


@strawberry.type
class Observation:
    id: strawberry.ID
    label: str
    kind: str
    accepted_by: str

    @strawberry.field
    async def source(self, info: strawberry.Info) -> Source:
        return await info.context["sources"].load(self.id)


@strawberry.type
class ObservationConnection:
    nodes: list[Observation]


@strawberry.type
class Species:
    id: strawberry.ID
    label: str
    kind: str

    @strawberry.field
    async def observations(self, info: strawberry.Info) -> ObservationConnection:
        return ObservationConnection(nodes=await info.context["observations"].load(self.id))


@strawberry.type
class SpeciesConnection:
    nodes: list[Species]


async def _observations(keys: list[str]) -> list[list[Observation]]:
    found: dict[str, list[Observation]] = defaultdict(list)
    query = f"""SELECT ?subject ?id ?label ?kind ?by WHERE {{ VALUES ?of {{ {_values(keys)} }}
      ?o ex:subject ?of; ex:id ?id; ex:label ?label; ex:kind ?kind; ex:acceptedBy ?by . ?of ex:id ?subject }} ORDER BY ?id"""
    for row in _rows(query):
        found[row["subject"]].append(Observation(id=row["id"], label=row["label"], kind=row["kind"], accepted_by=row["by"]))
    return [found[key] for key in keys]


async def _sources(keys: list[str]) -> list[Source]:
    query = f"""SELECT ?id ?locator ?flag ?document ?title WHERE {{ VALUES ?o {{ {_values(keys)} }}
      ?o ex:id ?id; ex:flag ?flag; ex:document ?d . ?d ex:id ?document .
      OPTIONAL {{ ?o ex:locator ?locator }} OPTIONAL {{ ?d ex:title ?title }} }}"""
    found = {
        row["id"]: Source(locator=row["locator"], flag=row["flag"], document=Document(id=row["document"], title=row["title"]))
        for row in _rows(query)
    }
    return [found[key] for key in keys]


@strawberry.type
class Query:
    @strawberry.field
    def all_species(self, first: int) -> SpeciesConnection:
        rows = _rows(
            "SELECT ?id ?label ?kind WHERE { ?s ex:in ex:species; ex:id ?id; ex:label ?label; ex:kind ?kind } "
            f"ORDER BY ?id LIMIT {first}"
        )
        return SpeciesConnection(nodes=[Species(id=r["id"], label=r["label"], kind=r["kind"]) for r in rows])


async def _context() -> dict[str, Any]:
    return {
        "observations": DataLoader(load_fn=_observations),
        "sources": DataLoader(load_fn=_sources),
    }


app = FastAPI()
app.include_router(GraphQLRouter(strawberry.Schema(Query), context_getter=_context), prefix="/graphql")
