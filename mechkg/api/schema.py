"""The GraphQL schema: what can be asked."""

from __future__ import annotations

import asyncio
from typing import Optional, cast, get_args

import strawberry
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, ParserCache, QueryDepthLimiter, ValidationCache
from strawberry.scalars import JSON

from mechkg.api import claims as claimed
from mechkg.api import experiments, items, participants, verdicts
from mechkg.api.context import Info
from mechkg.errors import NotFoundError
from mechkg.model.corpus import ItemKind
from mechkg.service.ask import ask, questions
from mechkg.service.catalog import Entry
from mechkg.service.check import check
from mechkg.service.why import why

# ruff: noqa: UP045


@strawberry.type(description="A parameter of a question.")
class Parameter:
    name: str
    type: str
    default: Optional[str]
    description: Optional[str]


@strawberry.type(description="A question that can be asked of the graph.")
class Question:
    name: str
    text: str = strawberry.field(description="The question in words.")
    parameters: list[Parameter]


@strawberry.type(description="Rows that answer a question.")
class Answer:
    question: str
    columns: list[str]
    rows: list[list[Optional[JSON]]]
    total: int = strawberry.field(description="How many rows there are in all.")
    truncated: bool = strawberry.field(description="True when rows were left out.")


@strawberry.input(description="Value of a parameter.")
class ParameterValue:
    name: str
    value: str


def _says(entry: Entry, text: str | None) -> bool:
    if text is None:
        return True
    sought = text.casefold()
    words = [*entry.names, *getattr(entry.value, "quote", ()), str(getattr(entry.value, "statement", "") or "")]
    return any(sought in word.casefold() for word in words)


def _listed(
    info: Info, of: ItemKind | None, first: int, after: str | None, text: str | None, document: str | None, **wanted: str | None
) -> items.Connection[items.Item]:
    def keep(entry: Entry) -> bool:
        fields = all(value is None or getattr(entry.value, name) == value for name, value in wanted.items())
        return fields and (document is None or entry.record.document == document) and _says(entry, text)

    nodes, total, info_of_page = items.page(info.context.catalog, of, keep, first, after)
    return items.Connection(nodes=nodes, total_count=total, page_info=info_of_page)


@strawberry.type(description="Everything that can be asked.")
class Query:
    @strawberry.field(description="Ledger position that the graph was derived from.")
    def graph_version(self, info: Info) -> int:
        return info.context.catalog.version

    @strawberry.field(description="Papers in the graph.")
    def documents(self, info: Info) -> list[items.Document]:
        return [items.Document.of(e.value) for e in info.context.catalog.by_kind.get("document", ())]  # type: ignore[arg-type]

    @strawberry.field(description="Any item by id or printed name.")
    def item(self, info: Info, name: str) -> items.Item:
        return items.wrap(info.context.catalog.find(name))

    @strawberry.field(description="Accepted assertions of any kind, each with its source and quotes.")
    def assertions(
        self,
        info: Info,
        kind: Optional[str] = None,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[items.Item]:
        if kind is not None and kind not in get_args(ItemKind):
            raise NotFoundError.of("kind of item", kind, get_args(ItemKind))
        return _listed(info, cast("ItemKind | None", kind), first, after, text, document)

    @strawberry.field(description="One species by id or printed name.")
    def species(self, info: Info, name: str) -> participants.Species:
        return items.wrap(info.context.catalog.find(name, "species"))  # type: ignore[return-value]

    @strawberry.field(description="Species, filtered by kind, material, paper and words.")
    def all_species(
        self,
        info: Info,
        kind: Optional[str] = None,
        material: Optional[str] = None,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[participants.Species]:
        return _listed(info, "species", first, after, text, document, kind=kind, material=material)  # type: ignore[return-value]

    @strawberry.field(description="Chemicals, filtered by paper and words.")
    def chemicals(
        self,
        info: Info,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[participants.Chemical]:
        return _listed(info, "chemical", first, after, text, document)  # type: ignore[return-value]

    @strawberry.field(description="Steps, filtered by kind, status, paper and words.")
    def steps(
        self,
        info: Info,
        kind: Optional[str] = None,
        status: Optional[str] = None,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[participants.Step]:
        return _listed(info, "step", first, after, text, document, kind=kind, status=status)  # type: ignore[return-value]

    @strawberry.field(description="Procedures with their stages, filtered by paper and words.")
    def procedures(
        self,
        info: Info,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[experiments.Procedure]:
        return _listed(info, "procedure", first, after, text, document)  # type: ignore[return-value]

    @strawberry.field(description="Observations, filtered by kind, paper and words.")
    def observations(
        self,
        info: Info,
        kind: Optional[str] = None,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[experiments.Observation]:
        return _listed(info, "observation", first, after, text, document, kind=kind)  # type: ignore[return-value]

    @strawberry.field(description="Claims of the literature, filtered by kind, paper and words.")
    def claims(
        self,
        info: Info,
        kind: Optional[str] = None,
        document: Optional[str] = None,
        text: Optional[str] = None,
        first: int = 50,
        after: Optional[str] = None,
    ) -> items.Connection[claimed.Claim]:
        return _listed(info, "claim", first, after, text, document, kind=kind)  # type: ignore[return-value]

    @strawberry.field(description="Hypothesis spaces.")
    def hypothesis_spaces(self, info: Info) -> list[claimed.HypothesisSpace]:
        return [items.wrap(e) for e in info.context.catalog.by_kind.get("space", ())]  # type: ignore[misc]

    @strawberry.field(description="Compositions that different sources report for the same absorption position.")
    async def conflicts(self, info: Info, tolerance: float = 3.0) -> Answer:
        return await _answer(info, "conflicting-compositions", {"tolerance": f"{tolerance:g}"})

    @strawberry.field(description="Verdicts on candidates: all, those named, or one put together from optional steps.")
    async def check(
        self,
        info: Info,
        space: str,
        candidates: Optional[list[str]] = None,
        without: Optional[list[str]] = None,
        steps: Optional[list[str]] = None,
    ) -> verdicts.Check:
        found = await asyncio.to_thread(
            check, info.context.workspace, space, candidates=candidates or (), without=without or (), steps=steps
        )
        return verdicts.Check(value=found)

    @strawberry.field(description="Why a candidate has its verdict: a named one, or one put together from optional steps.")
    async def why(
        self,
        info: Info,
        space: str,
        candidate: Optional[str] = None,
        without: Optional[list[str]] = None,
        steps: Optional[list[str]] = None,
    ) -> verdicts.Explanation:
        found = await asyncio.to_thread(why, info.context.workspace, space, candidate, without=without or (), steps=steps)
        return verdicts.Explanation(value=found)

    @strawberry.field(description="Questions that can be asked.")
    def questions(self) -> list[Question]:
        return [
            Question(
                name=q.name,
                text=q.text,
                parameters=[
                    Parameter(
                        name=p.name,
                        type=p.type,
                        default=None if p.default is None else str(p.default),
                        description=p.description,
                    )
                    for p in q.parameters
                ],
            )
            for q in questions()
        ]

    @strawberry.field(description="Answer one of the questions.")
    async def ask(self, info: Info, name: str, parameters: Optional[list[ParameterValue]] = None) -> Answer:
        return await _answer(info, name, {p.name: p.value for p in parameters or ()})


async def _answer(info: Info, name: str, parameters: dict[str, str]) -> Answer:
    found = await asyncio.to_thread(ask, info.context.workspace, name, parameters)
    return Answer(
        question=found.question,
        columns=list(found.columns),
        rows=[list(row) for row in found.rows],
        total=found.total,
        truncated=found.truncated,
    )


def create_schema() -> strawberry.Schema:
    """Return the schema, with caches for parsing and validation and limits on the size of an operation."""
    return strawberry.Schema(
        Query,
        types=[items.OtherItem],
        extensions=[
            lambda: ParserCache(maxsize=200),
            lambda: ValidationCache(maxsize=200),
            lambda: QueryDepthLimiter(max_depth=40),
            lambda: MaxAliasesLimiter(max_alias_count=60),
            lambda: MaxTokensLimiter(max_token_count=4000),
        ],
    )
