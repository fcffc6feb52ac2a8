"""What can be asked of a server and done there: each question and act with its operation, its variables, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from mechkg.client import operations
from mechkg.client.failures import error_of
from mechkg.client.names import enum_name, filter_input, order_input
from mechkg.client.pages import Page
from mechkg.errors import BadInputError, RemoteError
from mechkg.model.answer import Answer
from mechkg.model.asserted import Asserted
from mechkg.model.belief import Belief
from mechkg.model.change_set import ChangeSet
from mechkg.model.comparison import Comparison
from mechkg.model.disagreement import Disagreement
from mechkg.model.experiment import Plan
from mechkg.model.filter import Filter, Sort
from mechkg.model.happened import Happened
from mechkg.model.ledger_record import Act
from mechkg.model.plain import read_plain
from mechkg.model.release import Release
from mechkg.model.report import ConflictSets, Matrix, Report, WhatIf, Whole
from mechkg.model.verdict import Check, Explanation
from mechkg.model.wish import Change, Put, Remove, Wish

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One operation with one field; ``read`` turns what the field answers into a value.

    ``acts``: it may change something. ``dated``: it may be asked of the past.
    """

    operation: str
    given: Mapping[str, Any]
    read: Callable[[Any], T]
    acts: bool = False
    dated: bool = True

    def variables(self, as_of: str | None) -> dict[str, Any]:
        """Return the variables, as of a moment; those that are None are left out."""
        dated = {"asOf": as_of} if self.dated else {}
        return {name: value for name, value in {**self.given, **dated}.items() if value is not None}

    def answer(self, content: Mapping[str, Any]) -> T:
        """Return what the answer to the operation says; raise RemoteError for one that cannot be read."""
        data = content.get("data")
        if not isinstance(data, dict) or len(data) != 1:
            raise RemoteError("the server gives an answer without the data that were asked for")
        try:
            return self.read(next(iter(data.values())))
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            raise _unreadable(error) from error


@dataclass(frozen=True, slots=True)
class List(Generic[T]):
    """An operation for a connection; ``read`` turns a node into a value."""

    operation: str
    given: Mapping[str, Any]
    read: Callable[[Any], T]

    def page(self, first: int, after: str | None) -> Ask[Page[T]]:
        """Return what asks for one page."""
        return Ask(self.operation, {**self.given, "first": first, "after": after}, self._page)

    def _page(self, content: Any) -> Page[T]:
        info = content["pageInfo"]
        found = tuple(self.read(node) for node in content["nodes"])
        return Page(found, content["totalCount"], info["endCursor"] if info["hasNextPage"] else None)


def _unreadable(error: Exception) -> RemoteError:
    return RemoteError(f"the server gives an answer that cannot be read: {error}", hint="is it of another version of mechkg?")


def _record(of: type[T]) -> Callable[[Any], T]:
    """Return what reads a value that was given as a whole."""

    def read(content: Any) -> T:
        try:
            return read_plain(of, content["record"])
        except BadInputError as error:
            raise _unreadable(error) from error

    return read


def _done(of: type[T]) -> Callable[[Any], T]:
    """Return what reads the result of an act, and raises why it was not done."""
    read = _record(of)

    def read_or_raise(content: Any) -> T:
        if "record" in content:
            return read(content)
        raise error_of(content.get("code"), content["message"], content.get("hint"))

    return read_or_raise


# --- items ------------------------------------------------------------------------------------------------------------


def version() -> Ask[int]:
    """Ask for the ledger position that answers are derived from."""
    return Ask(operations.VERSION, {}, int)


def assertion(name: str) -> Ask[Asserted]:
    """Ask for one item, by id, IRI or printed name."""
    return Ask(operations.ASSERTION, {"name": name}, _asserted)


def assertions(where: Filter, order: Sequence[Sort]) -> List[Asserted]:
    """Ask for the items that meet a filter."""
    return List(operations.ASSERTIONS, {"filter": filter_input(where), "orderBy": order_input(order)}, _asserted)


def search(text: str, where: Filter, first: int) -> Ask[tuple[Asserted, ...]]:
    """Ask in which items words are found."""
    given = {"text": text, "filter": filter_input(where), "first": first}
    return Ask(operations.SEARCH, given, lambda found: tuple(_asserted(hit["item"]) for hit in found["hits"]))


def _asserted(content: Any) -> Asserted:
    paper = content["source"]["document"]
    return Asserted(
        content["itemKind"].lower(),
        content["content"],
        content["assertionId"],
        paper["localName"] if paper else content["content"]["id"],
        datetime.fromisoformat(content["acceptedAt"]),
        content["acceptedBy"],
    )


# --- verdicts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Premises:
    """A hypothesis space, and what is withdrawn or left out of account."""

    space: str
    without: Collection[str] = ()
    ignoring: Collection[str] = ()

    def given(self, **more: Any) -> dict[str, Any]:
        """Return them as variables, with more."""
        return {"space": self.space, "without": list(self.without), "ignoring": list(self.ignoring), **more}


def _listed(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else list(names)


def check(of: Premises, candidates: Collection[str], steps: Collection[str] | None, postulates: Collection[str]) -> Ask[Check]:
    """Ask for verdicts on candidates."""
    given = of.given(candidates=list(candidates), steps=_listed(steps), postulates=list(postulates))
    return Ask(operations.CHECK, given, _record(Check))


def why(of: Premises, candidate: str | None, steps: Collection[str] | None, postulates: Collection[str]) -> Ask[Explanation]:
    """Ask for the proofs of a verdict."""
    given = of.given(candidate=candidate, steps=_listed(steps), postulates=list(postulates))
    return Ask(operations.WHY, given, _record(Explanation))


def whole_space(of: Premises) -> Ask[Whole]:
    """Ask what all candidates come to."""
    return Ask(operations.WHOLE_SPACE, of.given(), _record(Whole))


def matrix(of: Premises) -> Ask[Matrix]:
    """Ask for the kill matrix."""
    return Ask(operations.MATRIX, of.given(), _record(Matrix))


def conflicts(
    of: Premises, candidate: str | None, steps: Collection[str] | None, postulates: Collection[str], budget: float
) -> Ask[ConflictSets]:
    """Ask for conflict sets and repairs."""
    given = of.given(candidate=candidate, steps=_listed(steps), postulates=list(postulates), budget=budget)
    return Ask(operations.CONFLICTS, given, _record(ConflictSets))


def what_if(of: Premises) -> Ask[WhatIf]:
    """Ask which verdicts change when one premise goes."""
    return Ask(operations.WHAT_IF, of.given(), _record(WhatIf))


def next_experiment(of: Premises) -> Ask[Plan]:
    """Ask which experiment to do next."""
    return Ask(operations.NEXT_EXPERIMENT, of.given(), _record(Plan))


def report(of: Premises, budget: float) -> Ask[Report]:
    """Ask for everything about a space."""
    return Ask(operations.REPORT, of.given(budget=budget), _record(Report))


# --- the record -------------------------------------------------------------------------------------------------------


def belief(name: str) -> Ask[Belief]:
    """Ask how far something is to be believed."""
    return Ask(operations.BELIEF, {"name": name}, _record(Belief))


def disagreements() -> List[Disagreement]:
    """Ask what sources disagree about."""
    return List(operations.DISAGREEMENTS, {}, _record(Disagreement))


def history(of: str) -> Ask[tuple[Act, ...]]:
    """Ask what was done upon something."""
    read = _record(Happened)
    return Ask(operations.HISTORY, {"of": of}, lambda those: tuple(read(one).act for one in those))


def acts() -> List[Happened]:
    """Ask what was done, the newest first."""
    return List(operations.ACTS, {}, _record(Happened))


@dataclass(frozen=True, slots=True)
class Before:
    """What had been done until a moment: how many acts there were, and the position of the last."""

    total: int
    last: int

    @classmethod
    def of(cls, newest: Page[Happened]) -> Before:
        """Read it from the page of the newest act there was."""
        return cls(newest.total, newest.found[0].act.position if newest.found else 0)

    def rest(self, page: Page[Happened]) -> Page[Happened]:
        """Return what of a page, the newest first, was done later."""
        later = tuple(one for one in page.found if one.act.position > self.last)
        return Page(later, page.total - self.total, page.after if later and len(later) == len(page.found) else None)


def diff(before: str, after: str | None, verdicts: bool) -> Ask[Comparison]:
    """Ask what differs between two moments."""
    given = {"before": before, "after": after, "verdicts": verdicts}
    return Ask(operations.DIFF, given, _record(Comparison), dated=False)


def releases() -> List[Release]:
    """Ask for all releases."""
    return List(operations.RELEASES, {}, lambda content: read_plain(Release, content))


@dataclass(frozen=True, slots=True)
class FileOfRelease:
    """A file of a release: its name, its size in bytes, and its SHA-256 in hexadecimal."""

    name: str
    bytes: int
    sha256: str


def release_files(name: str) -> Ask[tuple[FileOfRelease, ...]]:
    """Ask which files a release has."""

    def read(content: Any) -> tuple[FileOfRelease, ...]:
        return tuple(FileOfRelease(one["name"], int(one["bytes"]), one["sha256"]) for one in content["files"])

    return Ask(operations.RELEASE_FILES, {"name": name}, read, dated=False)


def ask(name: str, parameters: Mapping[str, object]) -> Ask[Answer]:
    """Ask one of the questions that come with mechkg."""

    def read(content: Any) -> Answer:
        rows = tuple(tuple(row) for row in content["rows"])
        return Answer(content["question"], tuple(content["columns"]), rows, content["total"])

    given = [{"name": key, "value": str(value)} for key, value in parameters.items()]
    return Ask(operations.ASK, {"name": name, "parameters": given}, read)


def change_set(name: str) -> Ask[ChangeSet]:
    """Ask for a change set."""
    return Ask(operations.CHANGE_SET, {"id": name}, _record(ChangeSet))


# --- acts -------------------------------------------------------------------------------------------------------------


def _on_set(operation: str, /, **given: Any) -> Ask[ChangeSet]:
    return Ask(operation, given, _done(ChangeSet), acts=True, dated=False)


def _act(operation: str, /, **given: Any) -> Ask[Act]:
    read = _done(Happened)
    return Ask(operation, given, lambda content: read(content).act, acts=True, dated=False)


def _edit(wish: Wish) -> dict[str, Any]:
    match wish:
        case Put(kind=kind, document=document, content=content):
            return {"put": {"kind": enum_name(kind), "document": document, "content": dict(content)}}
        case Change(item=item, fields=fields):
            return {"change": {"item": item, "fields": dict(fields)}}
        case Remove(item=item, code=code):
            return {"remove": {"item": item, "code": enum_name(code)}}


def propose(title: str, wishes: Sequence[Wish], reason: str | None) -> Ask[ChangeSet]:
    """Propose a change set."""
    return _on_set(operations.PROPOSE, title=title, edits=[_edit(one) for one in wishes], reason=reason)


def revise(name: str, revision: int, wishes: Sequence[Wish], title: str | None, reason: str | None) -> Ask[ChangeSet]:
    """Put other edits in place of those of a change set."""
    edits = [_edit(one) for one in wishes]
    return _on_set(operations.REVISE, changeSet=name, revision=revision, edits=edits, title=title, reason=reason)


def withdraw(name: str, revision: int, reason: str) -> Ask[ChangeSet]:
    """Take a change set back."""
    return _on_set(operations.WITHDRAW, changeSet=name, revision=revision, reason=reason)


def request_changes(name: str, revision: int, reason: str) -> Ask[ChangeSet]:
    """Send a change set back."""
    return _on_set(operations.REQUEST_CHANGES, changeSet=name, revision=revision, reason=reason)


def accept(name: str, revision: int, reason: str | None, despite: Mapping[str, str], alone: str | None) -> Ask[ChangeSet]:
    """Accept a change set."""
    doubts = [{"doubt": doubt, "why": told} for doubt, told in despite.items()]
    given = {"changeSet": name, "revision": revision, "reason": reason, "despite": doubts or None, "alone": alone}
    return _on_set(operations.ACCEPT, **given)


def reject(name: str, revision: int, reason: str) -> Ask[ChangeSet]:
    """Leave a change set out."""
    return _on_set(operations.REJECT, changeSet=name, revision=revision, reason=reason)


def retract(assertion: str, code: str, reason: str) -> Ask[Act]:
    """Retract what counts."""
    return _act(operations.RETRACT, assertion=assertion, code=enum_name(code), reason=reason)


def restore(assertion: str, reason: str) -> Ask[Act]:
    """Let what was retracted count again."""
    return _act(operations.RESTORE, assertion=assertion, reason=reason)


def supersede(assertion: str, successor: str, reason: str) -> Ask[Act]:
    """Let what counts give way."""
    return _act(operations.SUPERSEDE, assertion=assertion, successor=successor, reason=reason)


def comment(upon: str, text: str, answers: int | None) -> Ask[Act]:
    """Say something upon something."""
    return _act(operations.COMMENT, upon=upon, text=text, answers=answers)


def dispute(upon: str, reason: str, rests_on: Collection[str]) -> Ask[Act]:
    """Dispute what counts."""
    return _act(operations.DISPUTE, upon=upon, reason=reason, restsOn=list(rests_on))


def settle(upon: str, of: int, outcome: str, reason: str) -> Ask[Act]:
    """Settle a dispute."""
    return _act(operations.SETTLE, upon=upon, of=of, outcome=enum_name(outcome), reason=reason)


def decide(disagreement: str, decision: str, reason: str, holds: str | None) -> Ask[Act]:
    """Decide about a disagreement."""
    return _act(operations.DECIDE, disagreement=disagreement, decision=enum_name(decision), reason=reason, holds=holds)


def assign(what: str, to: str | None, reason: str | None) -> Ask[Act]:
    """Assign something to somebody."""
    return _act(operations.ASSIGN, what=what, to=to, reason=reason)


def declare(about: str, why: str, until: datetime | None, gone: bool) -> Ask[Act]:
    """Declare a conflict of interest."""
    return _act(operations.DECLARE, about=about, why=why, until=until.isoformat() if until else None, gone=gone)
