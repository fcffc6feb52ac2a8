"""The projector: what the ledger accepts becomes a graph, stamped with what it was derived from.

What the ledger did since the graph was last written, what then follows by the ontology, and the new stamp are written in one
transaction: a process killed at any moment leaves the graph of an earlier position, and the next start catches up. A graph
without a stamp counts for nothing. It can be thrown away and built anew at any time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from mechkg.graph.graph_store import GraphStore, GraphView
from mechkg.graph.namespaces import GRAPH, IMPLIED_GRAPH, MK, ONTOLOGY_GRAPH, STATE_GRAPH, TYPE
from mechkg.graph.nanopublication import ASSERTION_SUFFIX, graphs_of, quads_of
from mechkg.graph.ontology_files import ontology_digest
from mechkg.graph.store import Store, beside, refuse_in_use, swap_in
from mechkg.graph.terms import Plain, Quad, Term, Triple, iri, literal, term, triples_in, value_of
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.tracing import span

if TYPE_CHECKING:
    from mechkg.graph.entail import Axioms

_WORTH: Final = 20
"""Acts that a graph was derived from, per assertion exchanged, from which it is faster to follow the change than to work out
everything anew.
"""

_MUCH: Final = 10_000
"""Quads after which the store is flushed. It takes a tenth of a second, and spares the next opening to write them again."""

_IMPLIED: Final = iri(IMPLIED_GRAPH)

_CHUNK: Final = 5000  # assertions whose quads are in memory at once when a graph is built from nothing: some 40 MB
_LOADED: Final = 200_000  # quads that are loaded at once, for which the store takes more than 1 kB each


class Ledger(Protocol):
    """What the projector reads of a ledger."""

    def settled(self) -> int:
        """Return the position of the last act that changed what counts; 0 when there is none."""
        ...

    def acts(self, after: int = 0, until: int | None = None) -> Iterator[Act]:
        """Yield the acts with a position above ``after``, up to ``until``, oldest first."""
        ...

    def assertions(self, ids: Iterable[str] | None = None) -> Mapping[str, AssertionRecord]:
        """Return assertions by id."""
        ...

    def each_accepted_with_act(self, at: int | None = None) -> Iterator[tuple[AssertionRecord, Act]]:
        """Yield the assertions accepted as of position ``at``, each with the act that accepted it, in the order of those acts."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """What a graph was derived from: the graph of one state is always the same.

    ``position`` of the ledger and ``ledger``, the digest of the act there, which chains to all acts before; digests of the
    ``ontology`` and of the ``mapping``, the code that turns items into triples and works out what follows.
    """

    position: int = 0
    ledger: str = ""
    ontology: str = ""
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What bringing a graph up to date did: acts applied, assertions put in and taken out, triples that came to follow.

    ``rebuilt``: the graph was made from nothing.
    """

    position: int
    acts: int = 0
    added: int = 0
    removed: int = 0
    implied: int = 0
    rebuilt: bool = False


# --- use cases --------------------------------------------------------------------------------------------------------


def bring_up_to_date(store: GraphStore, ledger: Ledger) -> BuildReport:
    """Apply to the graph what the ledger did since, and what follows from it.

    A graph of another ledger, of a position that the ledger has not reached, or made by other code is made from nothing.
    """
    before, now = read_state(store), state_of(ledger)
    if before == now:
        return BuildReport(now.position)
    with span("projection", {"mechkg.from": before.position, "mechkg.to": now.position}):
        if before.position == 0 or before.mapping != now.mapping or not _continues(ledger, before, now):
            return _build(store, ledger, now)
        return _advance(store, ledger, before, now)


def rebuild(where: Path | str, ledger: Ledger) -> BuildReport:
    """Build the graph anew beside ``where`` and put it in its place when it is complete.

    The store in ``where`` must be closed; LockedGraphError when some process holds it. A process killed meanwhile leaves the old
    graph or the new one.
    """
    folder = Path(where)
    refuse_in_use(folder)
    fresh = beside(folder)
    with Store.open(fresh) as store:
        report = bring_up_to_date(store, ledger)
    swap_in(fresh, folder)
    return report


def read_state(store: GraphView) -> State:
    """Return what the graph was derived from; an empty state when it has no stamp."""
    return state_in({predicate: object_ for _, predicate, object_ in store.graph(STATE_GRAPH)})


def state_in(stamp: Mapping[Term, Term]) -> State:
    """Return the state that a stamp tells, given as objects by property; an empty state for none."""
    found = {predicate: str(value_of(object_)) for predicate, object_ in stamp.items()}
    if not found:
        return State()
    return State(int(found[_POSITION]), found[_LEDGER], found[_ONTOLOGY], found[_MAPPING])


# --- from nothing, and from an earlier position -----------------------------------------------------------------------


def _build(store: GraphStore, ledger: Ledger, now: State) -> BuildReport:
    """Make the graph from nothing. The stamp is written last: without it, whatever a killed process left is made anew."""
    if len(store):
        store.change(remove_graphs=[STATE_GRAPH])
        store.clear()
    accepted = ledger.each_accepted_with_act(now.position)
    following, added = _Following(), 0
    while some := list(islice(accepted, _CHUNK)):
        quads = [quad for record, act in some for quad in quads_of(record, act)]
        following.add(_said(quads))
        store.load(quads)
        added += len(some)
    implied = following.implied()
    rest = iter(implied)
    while some_implied := list(islice(rest, _LOADED)):
        store.load(_in(IMPLIED_GRAPH, some_implied))
    store.load(_in(ONTOLOGY_GRAPH, _ontology()))
    store.change(_state_quads(now))
    store.flush()
    return BuildReport(now.position, now.position, added, 0, len(implied), rebuilt=True)


def _advance(store: GraphStore, ledger: Ledger, before: State, now: State) -> BuildReport:
    """Apply the acts after ``before`` in one transaction."""
    last = {act.assertion: act for act in ledger.acts(before.position, now.position) if act.assertion is not None}
    gone = [name for name in last if store.has_graph(graphs_of(name)[0])]
    records = ledger.assertions([name for name, act in last.items() if act.kind in ("accept", "restore")])
    other_ontology = before.ontology != now.ontology
    exchange = _exchange(store, gone, [(record, last[name]) for name, record in records.items()], anew=other_ontology)
    new, dropped = [*exchange.new, *_state_quads(now)], [*exchange.dropped, STATE_GRAPH]
    if other_ontology:
        dropped.append(ONTOLOGY_GRAPH)
        new.extend(_in(ONTOLOGY_GRAPH, _ontology()))
    store.change(new, dropped, exchange.no_longer_implied)
    if len(new) > _MUCH:
        store.flush()
    return BuildReport(now.position, now.position - before.position, len(records), len(gone), len(exchange.newly_implied))


@contextmanager
def supposed(
    store: GraphStore, without: Collection[str], accepted: Iterable[tuple[AssertionRecord, Act]]
) -> Iterator[frozenset[Triple]]:
    """Let a graph say for a while what it would say ``without`` some assertions and with others ``accepted``.

    Yields the triples that come and go, wherever they are said. For a graph in memory that nobody else looks at. When the block
    ends, it says again what it said.
    """
    gone = [name for name in without if store.has_graph(graphs_of(name)[0])]
    exchange = _exchange(store, gone, list(accepted))
    taken_out = [(*triple, iri(graph)) for graph in exchange.dropped for triple in store.graph(graph)]
    coming = {quad[:3] for quad in exchange.new}
    going = {quad[:3] for quad in (*taken_out, *exchange.no_longer_implied)}
    store.change(exchange.new, exchange.dropped, exchange.no_longer_implied)
    try:
        yield frozenset(coming ^ going)
    finally:
        added = {quad[3] for quad in exchange.new if quad[3] != _IMPLIED}
        store.change([*taken_out, *exchange.no_longer_implied], [graph[1:-1] for graph in sorted(added)], exchange.newly_implied)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What goes and what comes when assertions are exchanged, with what follows from them."""

    new: list[Quad]
    dropped: list[str]
    newly_implied: list[Quad]
    """Part of what is new."""
    no_longer_implied: list[Quad]


def _exchange(
    store: GraphStore, gone: Sequence[str], accepted: Sequence[tuple[AssertionRecord, Act]], *, anew: bool = False
) -> _Exchange:
    """Work out what changes: by what hangs on it where that is little of the graph, else, or where asked, all of it ``anew``."""
    new = [quad for record, act in accepted for quad in quads_of(record, act)]
    dropped = [graph for name in gone for graph in graphs_of(name)]
    few = (len(gone) + len(accepted)) * _WORTH < read_state(store).position
    implied = _follow_change(store, new, dropped) if few and not anew else _follow_all(store, new, dropped)
    newly = _in(IMPLIED_GRAPH, implied.come)
    return _Exchange([*new, *newly], dropped, newly, _in(IMPLIED_GRAPH, implied.gone))


@dataclass(frozen=True, slots=True)
class _Implied:
    """What comes to the graph of what is implied, and what goes from it."""

    come: set[Triple]
    gone: set[Triple]


def _follow_all(store: GraphStore, new: list[Quad], dropped: list[str]) -> _Implied:
    without = {iri(graph) for graph in dropped}
    before, following = set[Triple](), _Following()
    following.add(_said(new))
    for quad in store.quads():
        if quad[3] == _IMPLIED:
            before.add(quad[:3])
        elif quad[3] not in without:
            following.add(_said((quad,)))
    after = following.implied()
    return _Implied(after - before, before - after)


def _follow_change(store: GraphStore, new: list[Quad], dropped: list[str]) -> _Implied:
    from mechkg.graph.entail import entail_change

    axioms, told = _axioms(ontology_digest())
    known = _Known(store, told | axioms.facts)
    without = {iri(graph) for graph in dropped}
    gone = {quad[:3] for graph in dropped if graph.endswith(ASSERTION_SUFFIX) for quad in known.said_in(graph)}
    come = set(_said(new))

    def said(triple: Triple) -> bool:
        return triple in come or triple in known.always or known.is_said(triple, without)

    change = entail_change(axioms, known, gone, come, said)
    hierarchy = axioms.hierarchy()
    result = _Implied(set(), set())
    for triple in change.gone | change.come | gone | come:
        follows = triple in change.come or (triple in known and triple not in change.gone)
        after = (follows and triple not in axioms.facts and not said(triple)) or (
            triple in hierarchy and triple not in told and not said(triple)
        )
        before = known.is_implied(triple)
        if after and not before:
            result.come.add(triple)
        elif before and not after:
            result.gone.add(triple)
    return result


class _Known:
    """What a graph says and what follows, to be looked up; ``always`` is what the ontology says of individuals."""

    def __init__(self, store: GraphStore, always: Set[Triple]) -> None:
        self._store = store
        self.always = always
        self._objects: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._subjects: dict[tuple[str, str], set[str]] = defaultdict(set)
        for subject, predicate, object_ in always:
            self._objects[subject, predicate].add(object_)
            self._subjects[object_, predicate].add(subject)

    def said_in(self, graph: str) -> list[Triple]:
        """Return what one graph says."""
        return self._store.graph(graph)

    def is_said(self, triple: Triple, without: Set[Term]) -> bool:
        """Say whether an assertion says it that is not one of those ``without``."""
        return any(_is_assertion(q[3]) and q[3] not in without for q in self._store.quads_with(*triple))

    def is_implied(self, triple: Triple) -> bool:
        """Say whether it is written among what is implied."""
        return any(quad[3] == _IMPLIED for quad in self._store.quads_with(*triple))

    def __contains__(self, triple: object) -> bool:
        return triple in self.always or any(map(_counts, self._store.quads_with(*cast("Triple", triple))))

    def objects(self, subject: str, predicate: str) -> Set[str]:
        found = {quad[2] for quad in self._store.quads_with(subject, predicate) if _counts(quad)}
        return found | self._objects.get((subject, predicate), set())

    def subjects(self, object_: str, predicate: str) -> Set[str]:
        found = {quad[0] for quad in self._store.quads_with(None, predicate, object_) if _counts(quad)}
        return found | self._subjects.get((object_, predicate), set())

    def about(self, subject: str) -> Iterator[Triple]:
        quads = [*self._store.quads_with(subject), *self._store.quads_with(None, None, subject)]
        yield from (quad[:3] for quad in quads if _counts(quad))
        yield from (triple for triple in self.always if subject in (triple[0], triple[2]))


def _is_assertion(graph: Term) -> bool:
    return graph.endswith(f"{ASSERTION_SUFFIX}>")


def _counts(quad: Quad) -> bool:
    """Say whether a quad is said by an assertion, or implied."""
    return quad[3] == _IMPLIED or _is_assertion(quad[3])


def _said(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Yield what is said in assertions, leaving out where it comes from."""
    return (quad[:3] for quad in quads if _is_assertion(quad[3]))


class _Following:
    """What follows from what is said, and the whole hierarchy of the classes, so that queries need no paths."""

    def __init__(self) -> None:
        from mechkg.graph.entail import SUB_CLASS, Closure

        self._axioms, self._told = _axioms(ontology_digest())
        self._closure = Closure(self._axioms)
        self._closure.add(self._told)
        self._sub_class = SUB_CLASS
        self._said: set[Triple] = set()
        """What is said of the hierarchy."""

    def add(self, triples: Iterable[Triple]) -> None:
        """Take on what is said, a part at a time."""
        self._closure.add(self._noted(triples))

    def implied(self) -> set[Triple]:
        """Return what follows from all that was said, and is not said itself."""
        return self._closure.implied() | (self._axioms.hierarchy() - self._told - self._said)

    def _noted(self, triples: Iterable[Triple]) -> Iterator[Triple]:
        for triple in triples:
            if triple[1] == self._sub_class:
                self._said.add(triple)
            yield triple


@lru_cache(maxsize=1)
def _axioms(_ontology_of: str) -> tuple[Axioms, Set[Triple]]:
    """Return the axioms of the ontology with this digest, and what it says of individuals."""
    # what reads Turtle takes a third of a second to import, and a graph that is up to date does not need it
    from mechkg.graph.entail import Axioms
    from mechkg.graph.ontology import load_ontology

    return Axioms.from_graph(load_ontology()), frozenset(_individuals())


def _individuals() -> Iterator[Triple]:
    """Yield what the ontology itself says of individuals, such as classes of chemicals taken as things."""
    ours, a = f"<{MK}", iri(TYPE)
    for triple in _ontology():
        subject, predicate, object_ = triple
        if subject.startswith(ours) and object_.startswith(ours) and (predicate.startswith(ours) or predicate == a):
            yield triple


@cache
def _ontology() -> tuple[Triple, ...]:
    """Return the ontology as written."""
    from mechkg.graph.ontology import load_ontology

    return tuple(triples_in(load_ontology().serialize(format="nt")))


def _in(graph: str, triples: Iterable[Triple]) -> list[Quad]:
    name = iri(graph)
    return [(subject, predicate, object_, name) for subject, predicate, object_ in triples]


# --- the stamp --------------------------------------------------------------------------------------------------------

_STAMP: Final = iri(GRAPH + "state")
_POSITION, _LEDGER, _ONTOLOGY, _MAPPING = (
    term(name) for name in ("ledgerPosition", "ledgerDigest", "ontologyDigest", "mappingDigest")
)


def _state_quads(state: State) -> list[Quad]:
    content: list[tuple[Term, Plain]] = [
        (_POSITION, state.position),
        (_LEDGER, state.ledger),
        (_ONTOLOGY, state.ontology),
        (_MAPPING, state.mapping),
    ]
    return [(_STAMP, predicate, literal(value), iri(STATE_GRAPH)) for predicate, value in content]


def state_of(ledger: Ledger) -> State:
    """Return the state that a graph of the ledger should have now."""
    position = ledger.settled()
    return State(position, digest_at(ledger, position), ontology_digest(), mapping_digest())


def _continues(ledger: Ledger, before: State, now: State) -> bool:
    """Say whether the ledger of now has the same acts up to where the graph was derived from."""
    return before.position <= now.position and digest_at(ledger, before.position) == before.ledger


def digest_at(ledger: Ledger, position: int) -> str:
    """Return the digest of the act at a position of the ledger; nothing for the beginning."""
    act = next(islice(ledger.acts(position - 1, position), 1), None) if position else None
    return act.digest if act else ""


@cache
def mapping_digest() -> str:
    """Return the SHA-256, in hexadecimal, of the code that derives a graph: a graph made by other code is made anew."""
    here = Path(__file__).parent
    modules = [here / f"{name}.py" for name in ("build", "entail", "namespaces", "nanopublication", "rdf", "terms")]
    digest = hashlib.sha256()
    for module in [*modules, *sorted((here.parent / "model").glob("*.py"))]:
        content = module.read_bytes()
        digest.update(f"{module.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
