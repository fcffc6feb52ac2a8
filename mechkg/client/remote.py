"""A graph on a server, asked over GraphQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from mechkg.client import questions
from mechkg.client.documents import chosen
from mechkg.client.graph import BUDGET, AsOf, Graph, moment, subject
from mechkg.client.http import Http, Request
from mechkg.client.pages import Page, Pages
from mechkg.client.questions import Ask, Before, List, Premises
from mechkg.client.snapshot import download
from mechkg.model.answer import Answer
from mechkg.model.asserted import Asserted
from mechkg.model.belief import Belief
from mechkg.model.change_set import ChangeSet, RetractionCode
from mechkg.model.comparison import Comparison
from mechkg.model.disagreement import Disagreement
from mechkg.model.experiment import Plan
from mechkg.model.filter import Filter, Sort
from mechkg.model.happened import Happened
from mechkg.model.ledger_record import Act
from mechkg.model.release import Release
from mechkg.model.report import ConflictSets, Matrix, Report, WhatIf, Whole
from mechkg.model.verdict import Check, Explanation
from mechkg.model.wish import Wish

T = TypeVar("T")


def request_of(ask: Ask[Any], as_of: str | None) -> Request:
    """Return the request that asks something."""
    return Request(ask.operation, ask.variables(as_of), acts=ask.acts)


def written_request(operation: str, variables: Mapping[str, Any] | None, name: str | None) -> Request:
    """Return the request that sends an operation as it was written; raise as :func:`mechkg.client.documents.chosen` does."""
    found = chosen(operation, name)
    return Request(operation, variables or {}, found.name, acts=found.kind == "mutation", partial=True)


class RemoteGraph(Graph):
    """A graph on a server. Questions raise UnreachableError when it cannot be reached, RemoteError for what it does wrong."""

    def __init__(self, http: Http, as_of: AsOf | None = None) -> None:
        self._http = http
        self._as_of = moment(as_of)

    def _ask(self, ask: Ask[T], as_of: str | None = None) -> T:
        return ask.answer(self._http.ask(request_of(ask, as_of or self._as_of)))

    def _list(self, of: List[T], as_of: str | None = None) -> Pages[T]:
        return Pages(lambda first, after: self._ask(of.page(first, after), as_of))

    def at(self, as_of: AsOf | None) -> RemoteGraph:
        return RemoteGraph(self._http, as_of)

    @property
    def version(self) -> int:
        return self._ask(questions.version())

    def close(self) -> None:
        self._http.close()

    def assertion(self, name: str) -> Asserted:
        return self._ask(questions.assertion(name))

    def _assertions(self, where: Filter, order: Sequence[Sort]) -> Pages[Asserted]:
        return self._list(questions.assertions(where, order))

    def _search(self, text: str, where: Filter, first: int) -> tuple[Asserted, ...]:
        return self._ask(questions.search(text, where, first))

    def check(
        self,
        space: str,
        *,
        candidates: Collection[str] = (),
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
    ) -> Check:
        return self._ask(questions.check(Premises(space, without, ignoring), candidates, steps, postulates))

    def why(
        self,
        space: str,
        candidate: str | None = None,
        *,
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
    ) -> Explanation:
        return self._ask(questions.why(Premises(space, without, ignoring), candidate, steps, postulates))

    def whole_space(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Whole:
        return self._ask(questions.whole_space(Premises(space, without, ignoring)))

    def matrix(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Matrix:
        return self._ask(questions.matrix(Premises(space, without, ignoring)))

    def conflicts(
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
        return self._ask(questions.conflicts(Premises(space, without, ignoring), candidate, steps, postulates, budget))

    def what_if(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> WhatIf:
        return self._ask(questions.what_if(Premises(space, without, ignoring)))

    def next_experiment(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Plan:
        return self._ask(questions.next_experiment(Premises(space, without, ignoring)))

    def report(
        self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = (), budget: float = BUDGET
    ) -> Report:
        return self._ask(questions.report(Premises(space, without, ignoring), budget))

    def belief(self, name: str) -> Belief:
        return self._ask(questions.belief(name))

    def disagreements(self) -> Pages[Disagreement]:
        return self._list(questions.disagreements())

    def history(self, of: str) -> tuple[Act, ...]:
        return self._ask(questions.history(subject(of)))

    def changes_since(self, when: AsOf) -> Pages[Happened]:
        before = cache(lambda: Before.of(self._ask(questions.acts().page(1, None), moment(when))))

        def later(first: int, after: str | None) -> Page[Happened]:
            return before().rest(self._ask(questions.acts().page(first, after)))

        return Pages(later)

    def diff(self, before: AsOf, after: AsOf | None = None, *, verdicts: bool = True) -> Comparison:
        return self._ask(questions.diff(moment(before) or "", moment(after) or self._as_of, verdicts))

    def releases(self) -> Pages[Release]:
        return self._list(questions.releases())

    def snapshot(self, release: str, folder: Path | str) -> Path:
        files = self._ask(questions.release_files(release))

        def fetch(name: str, into: Path) -> str:
            return self._http.fetch(self._http.endpoint.file(release, name), into)

        return download(release, files, fetch, Path(folder))

    def ask(self, question: str, **parameters: object) -> Answer:
        return self._ask(questions.ask(question, parameters))

    def answer(self, operation: str, variables: Mapping[str, Any] | None = None, *, name: str | None = None) -> dict[str, Any]:
        return dict(self._http.ask(written_request(operation, variables, name)))

    def change_set(self, name: str) -> ChangeSet:
        return self._ask(questions.change_set(name))

    def propose(self, title: str, *wishes: Wish, reason: str | None = None) -> ChangeSet:
        return self._ask(questions.propose(title, wishes, reason))

    def revise(
        self, change_set: str, *wishes: Wish, revision: int, title: str | None = None, reason: str | None = None
    ) -> ChangeSet:
        return self._ask(questions.revise(change_set, revision, wishes, title, reason))

    def withdraw(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return self._ask(questions.withdraw(change_set, revision, reason))

    def request_changes(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return self._ask(questions.request_changes(change_set, revision, reason))

    def accept(
        self,
        change_set: str,
        *,
        revision: int,
        reason: str | None = None,
        despite: Mapping[str, str] | None = None,
        alone: str | None = None,
    ) -> ChangeSet:
        return self._ask(questions.accept(change_set, revision, reason, despite or {}, alone))

    def reject(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return self._ask(questions.reject(change_set, revision, reason))

    def retract(self, assertion: str, *, code: RetractionCode, reason: str) -> Act:
        return self._ask(questions.retract(assertion, code, reason))

    def restore(self, assertion: str, *, reason: str) -> Act:
        return self._ask(questions.restore(assertion, reason))

    def supersede(self, assertion: str, *, successor: str, reason: str) -> Act:
        return self._ask(questions.supersede(assertion, successor, reason))

    def comment(self, upon: str, text: str, *, answers: int | None = None) -> Act:
        return self._ask(questions.comment(subject(upon), text, answers))

    def dispute(self, upon: str, reason: str, *, rests_on: Collection[str] = ()) -> Act:
        return self._ask(questions.dispute(subject(upon), reason, rests_on))

    def settle(self, upon: str, *, of: int, outcome: str, reason: str) -> Act:
        return self._ask(questions.settle(subject(upon), of, outcome, reason))

    def decide(self, disagreement: str, decision: str, reason: str, *, holds: str | None = None) -> Act:
        return self._ask(questions.decide(disagreement, decision, reason, holds))

    def assign(self, what: str, to: str | None, *, reason: str | None = None) -> Act:
        return self._ask(questions.assign(subject(what), to, reason))

    def declare(self, about: str, why: str, *, until: datetime | None = None, gone: bool = False) -> Act:
        return self._ask(questions.declare(about, why, until, gone))
