"""The GraphQL schema: what can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Optional, cast

import strawberry
from graphql import GraphQLError, GraphQLNonNull
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext
from strawberry.types.graphql import OperationType

from mechkg.api import arguments as given
from mechkg.api import beliefs, enums, experiments, filters, items, next_experiments, participants, reports, verdicts
from mechkg.api import claims as claimed
from mechkg.api import search as searched
from mechkg.api.admission import Admission
from mechkg.api.arguments import Hypothesis, item_name, part_name, seconds, stage_name
from mechkg.api.as_of import AS_OF
from mechkg.api.compiled import CompiledExecutor
from mechkg.api.context import Context, Info, asked
from mechkg.api.curation import CurationQueries
from mechkg.api.graphql_errors import explain
from mechkg.api.graphql_request import GraphQLRequest
from mechkg.api.history import HistoryQueries
from mechkg.api.limits import Limits
from mechkg.api.lists import After, Before, First, Last, Window
from mechkg.api.mutations import Mutation as CurationMutations
from mechkg.api.nodes import NodeQueries
from mechkg.api.persisted import Persisted
from mechkg.api.releases import ReleaseMutations, ReleaseQueries
from mechkg.api.scalars import BIG_INT, BigInt
from mechkg.api.socket import told
from mechkg.api.subscriptions import Subscription
from mechkg.api.watches import WatchMutations, WatchQueries
from mechkg.errors import MechkgError
from mechkg.model.corpus import ItemKind
from mechkg.service.ask import ask, questions
from mechkg.service.belief import belief as belief_of
from mechkg.service.check import check
from mechkg.service.why import why
from mechkg.service.why_not import why_not

# ruff: noqa: UP045


@strawberry.type(description="A parameter of a question.")
class Parameter:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="What kind of value it takes.")
    default: Optional[str] = strawberry.field(description="The value it has when none is given; null when one must be given.")
    description: Optional[str] = strawberry.field(description="What it is.")


@strawberry.type(description="A question that can be asked of the graph.")
class Question:
    name: str = strawberry.field(description="The name to ask it by.")
    text: str = strawberry.field(description="The question in words.")
    parameters: list[Parameter] = strawberry.field(description="What it takes.")


@strawberry.type(description="Rows that answer a question.")
class Answer:
    question: str = strawberry.field(description="The question in words.")
    columns: list[str] = strawberry.field(description="Names of the columns.")
    rows: list[list[Optional[JSON]]] = strawberry.field(description="The rows.")
    total: int = strawberry.field(description="How many rows there are in all.")
    truncated: bool = strawberry.field(description="True when rows were left out.")


@strawberry.input(description="Value of a parameter.")
class ParameterValue:
    name: str = strawberry.field(description="Name of the parameter.")
    value: str = strawberry.field(description="Its value.")


OrderBy = Annotated[
    Optional[list[filters.ItemOrder]],
    strawberry.argument(description="What they are ordered by, the first of these first; by local name when left out."),
]


@strawberry.type(description="Everything that can be asked.")
class Query(NodeQueries, CurationQueries, HistoryQueries, ReleaseQueries, WatchQueries):
    @strawberry.field(description="Ledger position that the graph was derived from.", extensions=AS_OF)
    def graph_version(self, info: Info) -> int:
        return asked(info).catalog.version

    @strawberry.field(description="Papers in the graph.", extensions=AS_OF)
    def documents(
        self,
        info: Info,
        filter: Annotated[Optional[filters.DocumentFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[items.Document]:
        return _listed(info, "document", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Any item by IRI, local name or printed name.", extensions=AS_OF)
    def item(self, info: Info, name: given.Name) -> items.Item:
        return items.wrap(asked(info).catalog.find(item_name(name)))

    @strawberry.field(
        description="How far something is to be believed: who carries it, by which method, and the sum.", extensions=AS_OF
    )
    async def belief(self, info: Info, name: given.Name) -> beliefs.Belief:
        return beliefs.Belief(value=await asyncio.to_thread(belief_of, asked(info), item_name(name)))

    @strawberry.field(description="Accepted assertions of any kind, each with its source and quotes.", extensions=AS_OF)
    def assertions(
        self,
        info: Info,
        filter: Annotated[Optional[filters.ItemFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[items.Item]:
        return _listed(info, None, filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="One species by IRI, local name or printed name.", extensions=AS_OF)
    def species(self, info: Info, name: given.Name) -> participants.Species:
        return items.wrap(asked(info).catalog.find(item_name(name), "species"))  # type: ignore[return-value]

    @strawberry.field(description="Species.", extensions=AS_OF)
    def all_species(
        self,
        info: Info,
        filter: Annotated[Optional[filters.SpeciesFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[participants.Species]:
        return _listed(info, "species", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Chemicals.", extensions=AS_OF)
    def chemicals(
        self,
        info: Info,
        filter: Annotated[Optional[filters.ChemicalFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[participants.Chemical]:
        return _listed(info, "chemical", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Reaction steps.", extensions=AS_OF)
    def steps(
        self,
        info: Info,
        filter: Annotated[Optional[filters.StepFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[participants.Step]:
        return _listed(info, "step", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Procedures with their stages.", extensions=AS_OF)
    def procedures(
        self,
        info: Info,
        filter: Annotated[Optional[filters.ProcedureFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[experiments.Procedure]:
        return _listed(info, "procedure", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Observations.", extensions=AS_OF)
    def observations(
        self,
        info: Info,
        filter: Annotated[Optional[filters.ObservationFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[experiments.Observation]:
        return _listed(info, "observation", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Claims of the literature.", extensions=AS_OF)
    def claims(
        self,
        info: Info,
        filter: Annotated[Optional[filters.ClaimFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[claimed.Claim]:
        return _listed(info, "claim", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Assumptions, each of which can be withdrawn.", extensions=AS_OF)
    def assumptions(
        self,
        info: Info,
        filter: Annotated[Optional[filters.AssumptionFilter], strawberry.argument(description="Which are meant.")] = None,
        order_by: OrderBy = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> items.Items[claimed.Assumption]:
        return _listed(info, "assumption", filter, order_by, Window(first, after, last, before))

    @strawberry.field(description="Hypothesis spaces, by local name.", extensions=AS_OF)
    def hypothesis_spaces(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> items.Items[claimed.HypothesisSpace]:
        return items.listed(info, "space", None, (), Window(first, after, last, before))

    @strawberry.field(
        description="Items in which words are found, the best first: names before formulas, statements and quotes.",
        extensions=AS_OF,
    )
    async def search(
        self,
        info: Info,
        text: Annotated[
            str,
            strawberry.argument(description="Words, or parts of them; what stands in quotation marks is sought as it stands."),
        ],
        filter: Annotated[Optional[filters.ItemFilter], strawberry.argument(description="Which items are meant.")] = None,
        within: Annotated[
            Optional[list[str]],
            strawberry.argument(
                description="Sought in these texts alone.",
                graphql_type=enums.many(enums.TextField),
            ),
        ] = None,
        first: Annotated[int, strawberry.argument(description="So many at most, up to 500.")] = 20,
    ) -> searched.Found:
        return await searched.search(info, text, filter, within, first)

    @strawberry.field(
        description="Compositions that different sources report for the same absorption position.", extensions=AS_OF
    )
    async def conflicts(
        self,
        info: Info,
        tolerance: Annotated[float, strawberry.argument(description="Positions this far apart count as the same (nm).")] = 3.0,
    ) -> Answer:
        return await _answer(info, "conflicting-compositions", {"tolerance": f"{tolerance:g}"})

    @strawberry.field(
        description="Verdicts on candidates: all, those named, or one put together from steps and postulates.", extensions=AS_OF
    )
    async def check(
        self,
        info: Info,
        space: given.Space,
        candidates: given.Candidates = None,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        steps: given.Steps = None,
        postulates: given.Postulates = None,
    ) -> verdicts.Check:
        of = Hypothesis.of(space, without, ignoring, steps, postulates)
        found = await asked(info).ask(
            check,
            of.space,
            candidates=[part_name(name) for name in candidates or ()],
            without=of.without,
            ignoring=of.ignoring,
            steps=of.steps,
            postulates=of.postulates,
        )
        return verdicts.Check(value=found)

    @strawberry.field(
        description="Why a candidate has its verdict: a named one, or one put together from steps and postulates.",
        extensions=AS_OF,
    )
    async def why(
        self,
        info: Info,
        space: given.Space,
        candidate: given.CandidateName = None,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        steps: given.Steps = None,
        postulates: given.Postulates = None,
    ) -> verdicts.Explanation:
        of = Hypothesis.of(space, without, ignoring, steps, postulates)
        found = await asked(info).ask(
            why,
            of.space,
            None if candidate is None else part_name(candidate),
            without=of.without,
            ignoring=of.ignoring,
            steps=of.steps,
            postulates=of.postulates,
        )
        return verdicts.Explanation(value=found, without=tuple(of.without), ignoring=tuple(of.ignoring))

    @strawberry.field(
        description="Why something does not follow for a candidate, or its proof where it does. Ask of a predicate, or of what "
        "becomes of a species at a stage.",
        extensions=AS_OF,
    )
    async def why_not(
        self,
        info: Info,
        space: given.Space,
        candidate: given.CandidateName = None,
        predicate: Annotated[
            Optional[str], strawberry.argument(description="name(argument, ...); _ stands for any value.")
        ] = None,
        about: Annotated[Optional[str], strawberry.argument(description="A species or chemical; needs a stage.")] = None,
        at: Annotated[Optional[str], strawberry.argument(description="A stage (procedure/stage, or its IRI).")] = None,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        steps: given.Steps = None,
        postulates: given.Postulates = None,
    ) -> verdicts.WhyNot:
        of = Hypothesis.of(space, without, ignoring, steps, postulates)
        found = await asked(info).ask(
            why_not,
            of.space,
            None if candidate is None else part_name(candidate),
            predicate=predicate,
            about=None if about is None else item_name(about),
            at=None if at is None else stage_name(at),
            without=of.without,
            ignoring=of.ignoring,
            steps=of.steps,
            postulates=of.postulates,
        )
        return verdicts.WhyNot(value=found)

    @strawberry.field(
        description="What all candidates of a space come to: how many survive, what they share, the smallest.", extensions=AS_OF
    )
    async def whole_space(
        self, info: Info, space: given.Space, without: given.Without = None, ignoring: given.Ignoring = None
    ) -> reports.WholeSpace:
        return await reports.whole_space_of(info, Hypothesis.of(space, without, ignoring))

    @strawberry.field(
        description="Which part each observation plays for each candidate, with classes that nothing separates.", extensions=AS_OF
    )
    async def kill_matrix(
        self, info: Info, space: given.Space, without: given.Without = None, ignoring: given.Ignoring = None
    ) -> reports.KillMatrix:
        return await reports.kill_matrix_of(info, Hypothesis.of(space, without, ignoring))

    @strawberry.field(
        description="What cannot hold together in a candidate, and the least that has to go for it to return.", extensions=AS_OF
    )
    async def conflict_sets(
        self,
        info: Info,
        space: given.Space,
        candidate: given.CandidateName = None,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        steps: given.Steps = None,
        postulates: given.Postulates = None,
        budget: given.Budget = 5.0,
    ) -> reports.ConflictSets:
        of = Hypothesis.of(space, without, ignoring, steps, postulates)
        return await reports.conflict_sets_of(info, of, None if candidate is None else part_name(candidate), budget=budget)

    @strawberry.field(
        description="Every assumption and observation withdrawn by itself: which verdicts change.", extensions=AS_OF
    )
    async def what_if(
        self, info: Info, space: given.Space, without: given.Without = None, ignoring: given.Ignoring = None
    ) -> reports.WhatIf:
        return await reports.what_if_of(info, Hypothesis.of(space, without, ignoring))

    @strawberry.field(description="Which experiment would split the candidates that survive.", extensions=AS_OF)
    async def next_experiment(
        self, info: Info, space: given.Space, without: given.Without = None, ignoring: given.Ignoring = None
    ) -> next_experiments.NextExperiment:
        return await reports.next_experiment_of(info, Hypothesis.of(space, without, ignoring))

    @strawberry.field(description="The report on a space; only the parts that are asked for are worked out.", extensions=AS_OF)
    def report(
        self,
        info: Info,
        space: given.Space,
        without: given.Without = None,
        ignoring: given.Ignoring = None,
        budget: given.Budget = 5.0,
    ) -> reports.Report:
        of = Hypothesis.of(space, without, ignoring)
        return reports.Report(
            space=asked(info).catalog.space(of.space).id,
            without=tuple(of.without),
            ignoring=tuple(of.ignoring),
            budget=seconds(budget),
        )

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

    @strawberry.field(description="Answer one of the questions.", extensions=AS_OF)
    async def ask(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Name of the question.")],
        parameters: Annotated[
            Optional[list[ParameterValue]], strawberry.argument(description="Values of its parameters.")
        ] = None,
    ) -> Answer:
        return await _answer(info, name, {p.name: p.value for p in parameters or ()})


def _listed(
    info: Info,
    kind: ItemKind | None,
    filter: filters.AnyFilter | None,
    order_by: Sequence[filters.ItemOrder] | None,
    window: Window,
) -> items.Items[Any]:
    given = filter.read() if filter else None
    return items.listed(info, kind, given, [order.read() for order in order_by or ()], window)


async def _answer(info: Info, name: str, parameters: dict[str, str]) -> Answer:
    found = await asyncio.to_thread(ask, asked(info).view, name, parameters)
    return Answer(
        question=found.question,
        columns=list(found.columns),
        rows=[list(row) for row in found.rows],
        total=found.total,
        truncated=found.truncated,
    )


@strawberry.type(description="Everything that can be done. Each answers with what came of it, or with why nothing was done.")
class Mutation(CurationMutations, ReleaseMutations, WatchMutations):
    pass


class Schema(strawberry.Schema):
    """The schema; a failed operation of mechkg is an answer to the caller and no matter for the log.

    Its errors carry their code and hint whichever way they go, and nothing is told of what went wrong within.
    """

    admission: Admission
    """What is held against each operation."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        for error in errors:
            explain(error)
        unexpected = [error for error in errors if not isinstance(error.original_error, MechkgError)]
        super().process_errors(unexpected, execution_context)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> StreamResult:
        asked = GraphQLRequest(query, operation_name, variable_values or {}, operation_extensions or {})
        return told(self, self.admission, asked, cast("Context", context_value))


def create_schema(limits: Limits | None = None, persisted: Persisted | None = None) -> Schema:
    """Return the schema, with what is held against each operation: limits, and which may be named or are the only ones."""
    schema = Schema(
        Query,
        Mutation,
        Subscription,
        types=items.item_types(),
        config=StrawberryConfig(scalar_map={BigInt: BIG_INT}),
        execution_context_class=CompiledExecutor,
    )
    _let_each_fail_alone(schema)
    schema.admission = Admission(schema._schema, limits, persisted)
    return schema


def _let_each_fail_alone(schema: Schema) -> None:
    """Let each field of an operation be null where it fails: what else was asked is answered all the same.

    In Python the fields say what they return, and raise where they cannot.
    """
    for field in schema._schema.query_type.fields.values():  # type: ignore[union-attr]
        if isinstance(field.type, GraphQLNonNull):
            field.type = field.type.of_type
