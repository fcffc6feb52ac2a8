"""The graph as a script sees it: the same questions, acts and values, whether it is here or on a server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypedDict, TypeVar, Unpack

from mechkg.client.failures import error_in
from mechkg.client.pages import Pages
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.answer import Answer
from mechkg.model.asserted import Asserted
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.belief import Belief
from mechkg.model.change_set import ChangeSet, RetractionCode
from mechkg.model.comparison import Comparison
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.disagreement import Disagreement
from mechkg.model.experiment import Plan
from mechkg.model.filter import NAME_FIELDS, And, Filter, Is, Says, Sort
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

AsOf = str | int | datetime
"""A moment: the name of a release, a position of the ledger, or a time."""

Names = str | Collection[str]
"""One name, or several of which any will do."""

BUDGET: Final = 5.0
"""Seconds that go into the conflict sets of a candidate unless more or less is asked for."""


class Conditions(TypedDict, total=False):
    """Conditions that hold together with a filter; :data:`mechkg.model.filter.MEANING` says what each means."""

    id: Names
    type: Names
    document: Names
    about: Names
    material: Names
    species_kind: Names
    uses: Names
    cites: Names
    evidence: Names
    direction: Names
    status: Names
    method: Names
    text: str


def met(where: Filter | None, conditions: Mapping[str, Any], kinds: Names = ()) -> Filter:
    """Return the filter that a filter, conditions and kinds of items come to.

    >>> met(None, {"about": "cdte-msc-371"}, "claim")
    And(of=(Is(field='kind', of=('claim',)), Is(field='about', of=('cdte-msc-371',))))
    """
    found: list[Filter] = [Is("kind", _names(kinds))] if kinds else []
    for field, value in conditions.items():
        if field == "text":
            found.append(Says(value))
        elif field in NAME_FIELDS:
            found.append(Is(field, _names(value)))
        else:
            raise NotFoundError.of("condition", field, Conditions.__annotations__)
    return And((*found, *((where,) if where is not None else ())))


def moment(as_of: AsOf | None) -> str | None:
    """Return a moment as it is written; raise BadInputError for a time without an offset, which may be any."""
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            raise BadInputError(f"{as_of.isoformat()} may be any of several times", hint="give it an offset, such as tzinfo=UTC")
        return as_of.isoformat()
    return None if as_of is None else str(as_of)


def subject(of: str) -> str:
    """Return what is meant as ``kind:name``: as given, an IRI as it is, or else an item.

    >>> subject("cdte-msc-371"), subject("set:set-1")
    ('item:cdte-msc-371', 'set:set-1')
    """
    return of if ":" in of else f"item:{of}"


def as_kind(asserted: Asserted, of: type[T], asked: str) -> T:
    """Return the item of an assertion; raise NotFoundError when it is of another kind than ``of``."""
    if isinstance(asserted.item, of):
        return asserted.item
    wanted = next((kind for kind, model in ITEM_TYPES.items() if model is of), "document")
    raise NotFoundError(f"there is no {wanted} called '{asked}'", hint=f"'{asserted.id}' is a {asserted.kind}")


def data_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a whole answer; raise what the first of its errors stands for."""
    if answer.get("errors"):
        raise error_in(answer["errors"])
    data: dict[str, Any] = answer["data"]
    return data


def _names(given: Names) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


class Graph(ABC):
    """A graph to be asked and curated: :func:`mechkg.open` gives one that is here, :func:`mechkg.connect` one on a server.

    Both answer with the same frozen values of :mod:`mechkg.model`. Items are named by local name, IRI or printed name. A name
    that nothing has raises NotFoundError with the nearest one. Use it as a context manager; threads may share it.
    """

    # --- what is asked of

    @abstractmethod
    def at(self, as_of: AsOf | None) -> Self:
        """Return the graph as it was then, or as it is now (None); both are closed together.

        Raise BadInputError, when something is asked of it, for a moment that is none.
        """

    @property
    @abstractmethod
    def version(self) -> int:
        """The ledger position that answers are derived from."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is held: connections, or ledger and graph."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- items

    @abstractmethod
    def assertion(self, name: str) -> Asserted:
        """Return the item called ``name``, with where it was read and who let it count."""

    @abstractmethod
    def _assertions(self, where: Filter, order: Sequence[Sort]) -> Pages[Asserted]:
        """Return the assertions that meet a filter."""

    @abstractmethod
    def _search(self, text: str, where: Filter, first: int) -> tuple[Asserted, ...]:
        """Return the first of what is found, the best first."""

    def item(self, name: str) -> Item | Document:
        """Return the item called ``name``, of whatever kind."""
        return self.assertion(name).item

    def species(self, name: str) -> Species:
        """Return one species."""
        return as_kind(self.assertion(name), Species, name)

    def step(self, name: str) -> Step:
        """Return one step."""
        return as_kind(self.assertion(name), Step, name)

    def procedure(self, name: str) -> Procedure:
        """Return one procedure."""
        return as_kind(self.assertion(name), Procedure, name)

    def observation(self, name: str) -> Observation:
        """Return one observation."""
        return as_kind(self.assertion(name), Observation, name)

    def claim(self, name: str) -> Claim:
        """Return one claim."""
        return as_kind(self.assertion(name), Claim, name)

    def document(self, name: str) -> Document:
        """Return one paper."""
        return as_kind(self.assertion(name), Document, name)

    def space(self, name: str) -> HypothesisSpace:
        """Return one hypothesis space."""
        return as_kind(self.assertion(name), HypothesisSpace, name)

    def assertions(
        self,
        where: Filter | None = None,
        *,
        kind: ItemKind | Collection[ItemKind] = (),
        order: Sequence[Sort] = (),
        **conditions: Unpack[Conditions],
    ) -> Pages[Asserted]:
        """Return the assertions that meet a filter and conditions: of any kind, or of some; by local name, or in an order."""
        return self._assertions(met(where, conditions, kind), order)

    def all_species(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[Species]:
        """Return the species that meet a filter and conditions."""
        return self._items(Species, "species", where, order, conditions)

    def chemicals(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[Chemical]:
        """Return the chemicals that meet a filter and conditions."""
        return self._items(Chemical, "chemical", where, order, conditions)

    def steps(self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]) -> Pages[Step]:
        """Return the steps that meet a filter and conditions."""
        return self._items(Step, "step", where, order, conditions)

    def procedures(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[Procedure]:
        """Return the procedures that meet a filter and conditions."""
        return self._items(Procedure, "procedure", where, order, conditions)

    def observations(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[Observation]:
        """Return the observations that meet a filter and conditions."""
        return self._items(Observation, "observation", where, order, conditions)

    def claims(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[Claim]:
        """Return the claims that meet a filter and conditions."""
        return self._items(Claim, "claim", where, order, conditions)

    def documents(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[Document]:
        """Return the papers that meet a filter and conditions."""
        return self._items(Document, "document", where, order, conditions)

    def spaces(
        self, where: Filter | None = None, *, order: Sequence[Sort] = (), **conditions: Unpack[Conditions]
    ) -> Pages[HypothesisSpace]:
        """Return the hypothesis spaces that meet a filter and conditions."""
        return self._items(HypothesisSpace, "space", where, order, conditions)

    def search(self, text: str, *, kind: ItemKind | Collection[ItemKind] = (), first: int = 20) -> tuple[Asserted, ...]:
        """Return the first of what has all words of ``text`` in a name, formula, statement or quote; the best come first.

        A part of a word is enough; words in quotation marks are sought as they stand.
        """
        return self._search(text, met(None, {}, kind), first)

    def _items(
        self, of: type[T], kind: ItemKind, where: Filter | None, order: Sequence[Sort], conditions: Mapping[str, Any]
    ) -> Pages[T]:
        read: Callable[[Asserted], T] = lambda asserted: as_kind(asserted, of, asserted.id)  # noqa: E731
        return self._assertions(met(where, conditions, kind), order).each(read)

    # --- verdicts

    @abstractmethod
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
        """Return verdicts on the candidates of a hypothesis space: on all, or on those named.

        ``without`` are assumptions to withdraw, ``ignoring`` observations to leave out of account. ``steps`` and ``postulates``
        put a candidate of one's own together, called ``ad-hoc`` in the answer.
        """

    @abstractmethod
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
        """Return why a candidate, or one of one's own, has its verdict: proofs down to the quotes of papers."""

    @abstractmethod
    def whole_space(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Whole:
        """Return what all candidates of a space come to: how many survive, what they share, the smallest."""

    @abstractmethod
    def matrix(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Matrix:
        """Return which part each observation plays for each candidate."""

    @abstractmethod
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
        """Return what cannot hold together in a candidate, and the least that has to go; ``budget`` in seconds."""

    @abstractmethod
    def what_if(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> WhatIf:
        """Return which verdicts change when one assumption or observation is withdrawn, for each of them."""

    @abstractmethod
    def next_experiment(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Plan:
        """Return the experiments that could be done next, those that split the survivors best first."""

    @abstractmethod
    def report(
        self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = (), budget: float = BUDGET
    ) -> Report:
        """Return everything about a space at once; ``budget`` in seconds for the conflict sets of each candidate."""

    # --- the record

    @abstractmethod
    def belief(self, name: str) -> Belief:
        """Return how far independent laboratories and methods carry an item."""

    @abstractmethod
    def disagreements(self) -> Pages[Disagreement]:
        """Return what sources disagree about, with every side and what was decided."""

    @abstractmethod
    def history(self, of: str) -> tuple[Act, ...]:
        """Return what was ever done upon an item, or upon something else as ``kind:name``; the oldest first."""

    @abstractmethod
    def changes_since(self, when: AsOf) -> Pages[Happened]:
        """Return what was done after a moment, the newest first."""

    @abstractmethod
    def diff(self, before: AsOf, after: AsOf | None = None, *, verdicts: bool = True) -> Comparison:
        """Return what differs between two moments, the other one now by default: items, their fields, verdicts."""

    @abstractmethod
    def releases(self) -> Pages[Release]:
        """Return all releases, the oldest first."""

    @abstractmethod
    def snapshot(self, release: str, folder: Path | str) -> Path:
        """Write the files of a release into a new ``folder``, each checked by its digest, and return the folder.

        :func:`mechkg.open_snapshot` opens it, without a network. Raise BadInputError for a folder that holds something else.
        """

    @abstractmethod
    def ask(self, question: str, **parameters: object) -> Answer:
        """Answer one of the questions that come with mechkg (``mechkg ask`` lists them)."""

    @abstractmethod
    def answer(self, operation: str, variables: Mapping[str, Any] | None = None, *, name: str | None = None) -> dict[str, Any]:
        """Carry a GraphQL operation out, the one called ``name`` where the text has several; return the whole answer.

        That is ``data``, and ``errors`` where a part could not be answered. Raise BadInputError for what cannot be carried out at
        all. The moment of :meth:`at` does not enter: an operation says ``asOf`` itself.
        """

    def query(self, operation: str, variables: Mapping[str, Any] | None = None, *, name: str | None = None) -> dict[str, Any]:
        """Carry a GraphQL operation out as :meth:`answer` does, and return its data.

        Raise what the first of its errors stands for; notes on it tell of the others.
        """
        return data_of(self.answer(operation, variables, name=name))

    # --- acts

    @abstractmethod
    def change_set(self, name: str) -> ChangeSet:
        """Return a change set."""

    @abstractmethod
    def propose(self, title: str, *wishes: Wish, reason: str | None = None) -> ChangeSet:
        """Propose a change set: items put, changed or removed together. It waits for a reviewer.

        All acts raise ForbiddenError for who may not do that, RefusedActError when the present state does not allow it,
        StaleError when what it was based on no longer counts. UncertainError: no answer came, so look before you do it again.
        """

    @abstractmethod
    def revise(
        self, change_set: str, *wishes: Wish, revision: int, title: str | None = None, reason: str | None = None
    ) -> ChangeSet:
        """Put other edits in place of those of a change set of one's own; it waits again."""

    @abstractmethod
    def withdraw(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        """Take a change set of one's own back."""

    @abstractmethod
    def request_changes(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        """Send a change set back to its authors, saying what to change."""

    @abstractmethod
    def accept(
        self,
        change_set: str,
        *,
        revision: int,
        reason: str | None = None,
        despite: Mapping[str, str] | None = None,
        alone: str | None = None,
    ) -> ChangeSet:
        """Accept a change set of others: all of it counts from here on. ``despite``: doubt -> why it is accepted all the same."""

    @abstractmethod
    def reject(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        """Leave a change set out for good."""

    @abstractmethod
    def retract(self, assertion: str, *, code: RetractionCode, reason: str) -> Act:
        """Retract what counts; what rests on it goes on counting and waits for a review."""

    @abstractmethod
    def restore(self, assertion: str, *, reason: str) -> Act:
        """Let what was retracted count again."""

    @abstractmethod
    def supersede(self, assertion: str, *, successor: str, reason: str) -> Act:
        """Let what counts give way to another assertion that counts and says it better."""

    @abstractmethod
    def comment(self, upon: str, text: str, *, answers: int | None = None) -> Act:
        """Say something upon an item, or upon something else as ``kind:name``; ``answers`` is the position of a comment."""

    @abstractmethod
    def dispute(self, upon: str, reason: str, *, rests_on: Collection[str] = ()) -> Act:
        """Dispute an assertion or a verdict (as ``kind:name``); ``rests_on`` are items that speak against it."""

    @abstractmethod
    def settle(self, upon: str, *, of: int, outcome: str, reason: str) -> Act:
        """Settle a dispute, begun by the act at position ``of``: upheld or dismissed; or a review: stands."""

    @abstractmethod
    def decide(self, disagreement: str, decision: str, reason: str, *, holds: str | None = None) -> Act:
        """Decide about a disagreement: by method, by sample, by definition, superseded, resolved, or open again."""

    @abstractmethod
    def assign(self, what: str, to: str | None, *, reason: str | None = None) -> Act:
        """Assign an item, or something else as ``kind:name``, to a person, or to nobody (None)."""

    @abstractmethod
    def declare(self, about: str, why: str, *, until: datetime | None = None, gone: bool = False) -> Act:
        """Declare a conflict of interest of one's own, about a document, a material or a person; or that it is ``gone``."""
