"""Strawberry on FastAPI, as its guide begins, over data in memory. ``MECHKG_BENCHMARK_DATA`` names the file with the data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Optional

import strawberry
from fastapi import FastAPI
from strawberry.fastapi import GraphQLRouter

# ruff: noqa: UP045

_DATA = json.loads(Path(os.environ["MECHKG_BENCHMARK_DATA"]).read_text(encoding="utf-8"))


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
    source: Source


@strawberry.type
class ObservationConnection:
    nodes: list[Observation]


@strawberry.type
class Species:
    id: strawberry.ID
    label: str
    kind: str

    @strawberry.field
    def observations(self) -> ObservationConnection:
        return ObservationConnection(nodes=OBSERVATIONS[self.id])


@strawberry.type
class SpeciesConnection:
    nodes: list[Species]


DOCUMENTS = {each["id"]: Document(id=each["id"], title=each["title"]) for each in _DATA["documents"]}
SPECIES = [Species(id=each["id"], label=each["label"], kind=each["kind"]) for each in _DATA["species"]]
OBSERVATIONS: dict[str, list[Observation]] = {each.id: [] for each in SPECIES}
for _each in _DATA["observations"]:
    OBSERVATIONS[_each["subject"]].append(
        Observation(
            id=_each["id"],
            label=_each["label"],
            kind=_each["kind"],
            accepted_by=_each["acceptedBy"],
            source=Source(locator=_each["locator"], flag=_each["flag"], document=DOCUMENTS[_each["document"]]),
        )
    )


@strawberry.type
class Query:
    @strawberry.field
    def all_species(self, first: int) -> SpeciesConnection:
        return SpeciesConnection(nodes=SPECIES[:first])


app = FastAPI()
app.include_router(GraphQLRouter(strawberry.Schema(Query)), prefix="/graphql")
