"""A graph on a server, asked by programs that do several things at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from mechkg.client import questions
from mechkg.client.graph import BUDGET, AsOf, Conditions, as_kind, data_of, met, moment, subject
from mechkg.client.http import AsyncHttp, Http
from mechkg.client.pages import AsyncPages, Page
from mechkg.client.questions import Ask, Before, List, Premises
from mechkg.client.remote import RemoteGraph, request_of, written_request
from mechkg.model.answer import Answer
from mechkg.model.asserted import Asserted
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.belief import Belief
from mechkg.model.change_set import ChangeSet, RetractionCode
from mechkg.model.comparison import Comparison
from mechkg.model.corpus import ItemKind
from mechkg.model.disagreement import Disagreement
from mechkg.model.experiment import Plan
from mechkg.model.filter import Filter, Sort
from mechkg.model.happened import Happened
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.ledger_record import Act
from mechkg.model.observation import Observation
from mechkg.model.procedure import Procedure
from mechkg.model.release import Release
from mechkg.model.report import ConflictSets, Matrix, Report, WhatIf, Whole
from mechkg.model.source import Document
from mechkg.model.species import Chemical, Species
from mechkg.model.step import Step
from mechkg.model.verdict import Check, Explanation
from mechkg.model.wish import Wish

T = TypeVar("T")


class AsyncGraph:
    """A graph on a server, asked without holding up other tasks.

    What is asked and done has the names and the meaning of :class:`mechkg.client.graph.Graph`; what gives one value there is
    awaited here, and lists are gone through by ``async for``. A question that is cancelled gives its connection back.
    """

    def __init__(self, http: AsyncHttp, as_of: AsOf | None = None) -> None:
        self._http = http
        self._as_of = moment(as_of)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def _ask(self, ask: Ask[T], as_of: str | None = None) -> T:
        return ask.answer(await self._http.ask(request_of(ask, as_of or self._as_of)))

    def _list(self, of: List[T], as_of: str | None = None) -> AsyncPages[T]:
        return AsyncPages(lambda first, after: self._ask(of.page(first, after), as_of))

    def at(self, as_of: AsOf | None) -> AsyncGraph:
        return AsyncGraph(self._http, as_of)

    @property
    async def version(self) -> int:
        return await self._ask(questions.version())

    async def close(self) -> None:
        await self._http.close()

    async def assertion(self, name: str) -> Asserted:
        return await self._ask(questions.assertion(name))

    def _assertions(self, where: Filter, order: Sequence[Sort]) -> AsyncPages[Asserted]:
        return self._list(questions.assertions(where, order))

    async def item(self, name: str) -> Item | Document:
        return (await self.assertion(name)).item

    async def species(self, name: str) -> Species:
        return as_kind(await self.assertion(name), Species, name)

    async def step(self, name: str) -> Step:
        return as_kind(await self.assertion(name), Step, name)

    async def procedure(self, name: str) -> Procedure:
        return as_kind(await self.assertion(name), Procedure, name)

    async def observation(self, name: str) -> Observation:
        return as_kind(await self.assertion(name), Observation, name)

    async def claim(self, name: str) -> Claim:
        return as_kind(await self.assertion(name), Claim, name)

    async def document(self, name: str) -> Document:
        return as_kind(await self.assertion(name), Document, name)

    async def space(self, name: str) -> HypothesisSpace:
        return as_kind(await self.assertion(name), HypothesisSpace, name)

    def assertions(
        self,
        where: Filter | None = None,
        *,
        kind: ItemKind | Collection[ItemKind] = (),
        order: Sequence[Sort] = (),
        **conditions: Unpack[Conditions],
    ) -> AsyncPages[Asserted]:
        return self._assertions(met(where, conditions, kind), order)

    def all_species(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Species]:
        return self._items(Species, "species", where, order, conditions)

    def chemicals(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Chemical]:
        return self._items(Chemical, "chemical", where, order, conditions)

    def steps(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Step]:
        return self._items(Step, "step", where, order, conditions)

    def procedures(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Procedure]:
        return self._items(Procedure, "procedure", where, order, conditions)

    def observations(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Observation]:
        return self._items(Observation, "observation", where, order, conditions)

    def claims(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Claim]:
        return self._items(Claim, "claim", where, order, conditions)

    def documents(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[Document]:
        return self._items(Document, "document", where, order, conditions)

    def spaces(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> AsyncPages[HypothesisSpace]:
        return self._items(HypothesisSpace, "space", where, order, conditions)

    async def search(self, text: str, *, kind: ItemKind | Collection[ItemKind] = (), first: int = 20) -> tuple[Asserted, ...]:
        return await self._ask(questions.search(text, met(None, {}, kind), first))

    def _items(
        self, of: type[T], kind: ItemKind, where: Filter | None, order: Sequence[Sort], conditions: Mapping[str, Any]
    ) -> AsyncPages[T]:
        read: Callable[[Asserted], T] = lambda asserted: as_kind(asserted, of, asserted.id)  # noqa: E731
        return self._assertions(met(where, conditions, kind), order).each(read)

    async def check(
        self,
        space: str,
        *,
        candidates: Collection[str] = (),
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
    ) -> Check:
        return await self._ask(questions.check(Premises(space, without, ignoring), candidates, steps, postulates))

    async def why(
        self,
        space: str,
        candidate: str | None = None,
        *,
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
    ) -> Explanation:
        return await self._ask(questions.why(Premises(space, without, ignoring), candidate, steps, postulates))

    async def whole_space(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Whole:
        return await self._ask(questions.whole_space(Premises(space, without, ignoring)))

    async def matrix(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Matrix:
        return await self._ask(questions.matrix(Premises(space, without, ignoring)))

    async def conflicts(
        self,
        space: str,
        candidate: str | None = None,
        *,
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
        budget: float = BUDGET,
    ) -> ConflictSets:
        return await self._ask(questions.conflicts(Premises(space, without, ignoring), candidate, steps, postulates, budget))

    async def what_if(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> WhatIf:
        return await self._ask(questions.what_if(Premises(space, without, ignoring)))

    async def next_experiment(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Plan:
        return await self._ask(questions.next_experiment(Premises(space, without, ignoring)))

    async def report(
        self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = (), budget: float = BUDGET
    ) -> Report:
        return await self._ask(questions.report(Premises(space, without, ignoring), budget))

    async def belief(self, name: str) -> Belief:
        return await self._ask(questions.belief(name))

    def disagreements(self) -> AsyncPages[Disagreement]:
        return self._list(questions.disagreements())

    async def history(self, of: str) -> tuple[Act, ...]:
        return await self._ask(questions.history(subject(of)))

    def changes_since(self, when: AsOf) -> AsyncPages[Happened]:
        known: list[Before] = []

        async def later(first: int, after: str | None) -> Page[Happened]:
            if not known:
                known.append(Before.of(await self._ask(questions.acts().page(1, None), moment(when))))
            return known[0].rest(await self._ask(questions.acts().page(first, after)))

        return AsyncPages(later)

    async def diff(self, before: AsOf, after: AsOf | None = None, *, verdicts: bool = True) -> Comparison:
        return await self._ask(questions.diff(moment(before) or "", moment(after) or self._as_of, verdicts))

    def releases(self) -> AsyncPages[Release]:
        return self._list(questions.releases())

    async def snapshot(self, release: str, folder: Path | str) -> Path:
        def fetch() -> Path:
            with RemoteGraph(Http(self._http.endpoint)) as graph:
                return graph.snapshot(release, folder)

        return await asyncio.to_thread(fetch)  # writing files would hold other tasks up

    async def ask(self, question: str, **parameters: object) -> Answer:
        return await self._ask(questions.ask(question, parameters))

    async def answer(
        self, operation: str, variables: Mapping[str, Any] | None = None, *, name: str | None = None
    ) -> dict[str, Any]:
        return dict(await self._http.ask(written_request(operation, variables, name)))

    async def query(
        self, operation: str, variables: Mapping[str, Any] | None = None, *, name: str | None = None
    ) -> dict[str, Any]:
        return data_of(await self.answer(operation, variables, name=name))

    async def change_set(self, name: str) -> ChangeSet:
        return await self._ask(questions.change_set(name))

    async def propose(self, title: str, *wishes: Wish, reason: str | None = None) -> ChangeSet:
        return await self._ask(questions.propose(title, wishes, reason))

    async def revise(
        self, change_set: str, *wishes: Wish, revision: int, title: str | None = None, reason: str | None = None
    ) -> ChangeSet:
        return await self._ask(questions.revise(change_set, revision, wishes, title, reason))

    async def withdraw(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return await self._ask(questions.withdraw(change_set, revision, reason))

    async def request_changes(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return await self._ask(questions.request_changes(change_set, revision, reason))

    async def accept(
        self,
        change_set: str,
        *,
        revision: int,
        reason: str | None = None,
        despite: Mapping[str, str] | None = None,
        alone: str | None = None,
    ) -> ChangeSet:
        return await self._ask(questions.accept(change_set, revision, reason, despite or {}, alone))

    async def reject(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return await self._ask(questions.reject(change_set, revision, reason))

    async def retract(self, assertion: str, *, code: RetractionCode, reason: str) -> Act:
        return await self._ask(questions.retract(assertion, code, reason))

    async def restore(self, assertion: str, *, reason: str) -> Act:
        return await self._ask(questions.restore(assertion, reason))

    async def supersede(self, assertion: str, *, successor: str, reason: str) -> Act:
        return await self._ask(questions.supersede(assertion, successor, reason))

    async def comment(self, upon: str, text: str, *, answers: int | None = None) -> Act:
        return await self._ask(questions.comment(subject(upon), text, answers))

    async def dispute(self, upon: str, reason: str, *, rests_on: Collection[str] = ()) -> Act:
        return await self._ask(questions.dispute(subject(upon), reason, rests_on))

    async def settle(self, upon: str, *, of: int, outcome: str, reason: str) -> Act:
        return await self._ask(questions.settle(subject(upon), of, outcome, reason))

    async def decide(self, disagreement: str, decision: str, reason: str, *, holds: str | None = None) -> Act:
        return await self._ask(questions.decide(disagreement, decision, reason, holds))

    async def assign(self, what: str, to: str | None, *, reason: str | None = None) -> Act:
        return await self._ask(questions.assign(subject(what), to, reason))

    async def declare(self, about: str, why: str, *, until: datetime | None = None, gone: bool = False) -> Act:
        return await self._ask(questions.declare(about, why, until, gone))
