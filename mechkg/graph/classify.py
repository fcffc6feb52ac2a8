"""The only home of owlready2: HermiT says whether the ontology can be true at all, and what it implies.

owlready2 ships HermiT and knows how to start Java. Its own way of reading the answer is not used: it takes the class of a
class that is also used as a thing (``promotedByClass value PrimaryAmine``) for a type, and leaves its input behind on the disk
whenever HermiT finds a contradiction.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, BNode, Graph, URIRef
from rdflib.term import Node

from mechkg.errors import GraphError, MissingExtraError
from mechkg.graph.terms import shown

_ANSWER = re.compile(r"^(SubClassOf|EquivalentClasses|Type)\( ((?:<[^>]+>\s*)+)\)$", re.MULTILINE)
_WORDS = frozenset({OWL.imports, RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy})
_WORD_NAMESPACES = (str(SKOS), str(DCTERMS))
# HermiT's parser takes every IRI that holds these letters, such as that of a chalcogenide, for a blank node.
_GENID = ("genid", "gen%69d")
_BLAME_RUNS = 20  # of HermiT, half a second each; enough to single out two culprits among some hundred subjects
# Start-up is most of the time: one collector thread, and the quick compiler only. Other Java machines may ignore this.
_QUICK = ("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_MEMORY = "2000M"
_SECONDS = 300  # after which HermiT is stopped; it needs about one


@dataclass(frozen=True, slots=True)
class Classification:
    """What HermiT found. Names are local names where they are ours, else IRIs.

    What is told, or follows from told sub-class relations alone, is not among the inferred. ``blame`` names what of the extra
    graph must stay for the trouble to stay; it is empty when there is no trouble, or when the ontology alone has it.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    inferred_subclasses: tuple[tuple[str, str], ...] = ()
    inferred_types: tuple[tuple[str, str], ...] = ()
    blame: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    consistent: bool
    subclasses: frozenset[tuple[str, str]] = frozenset()
    types: frozenset[tuple[str, str]] = frozenset()
    unsatisfiable: frozenset[str] = frozenset()


def classify(graph: Graph, extra: Graph | None = None) -> Classification:
    """Classify ``graph``, an ontology with or without individuals, together with ``extra``.

    Raises MissingExtraError when owlready2 or Java is not installed, GraphError when HermiT cannot work with the graph.
    """
    both = graph if extra is None else graph + extra
    answer = _ask(both)
    blame: tuple[str, ...] = ()
    if extra is not None and not (answer.consistent and not answer.unsatisfiable):
        blame = _blame(graph, extra, answer)
    above = _told(both)
    return Classification(
        consistent=answer.consistent,
        unsatisfiable=_names(answer.unsatisfiable),
        inferred_subclasses=_pairs((low, high) for low, high in answer.subclasses if high not in above(low)),
        inferred_types=_pairs((one, name) for one, name in answer.types if not _is_told(both, above, one, name)),
        blame=blame,
    )


def is_consistent(graph: Graph) -> bool:
    """Say whether everything in ``graph`` can be true at once: a tenth of the work of classifying it.

    Raises as :func:`classify` does.
    """
    return _run(graph, "-k") is not None


def _names(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(shown(iri) for iri in iris))


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((shown(one), shown(other)) for one, other in pairs))


def _told(graph: Graph) -> Callable[[str], set[str]]:
    """Return the function that gives the classes above a class, itself included, by told sub-class relations alone."""
    known: dict[str, set[str]] = {}

    def above(name: str) -> set[str]:
        if name not in known:
            known[name] = {str(node) for node in graph.transitive_objects(URIRef(name), RDFS.subClassOf)}
        return known[name]

    return above


def _is_told(graph: Graph, above: Callable[[str], set[str]], one: str, name: str) -> bool:
    return any(name in above(str(told)) for told in graph.objects(URIRef(one), RDF.type))


# --- HermiT -----------------------------------------------------------------------------------------------------------


def _java() -> tuple[str, str]:
    """Return the Java command and the class path of HermiT."""
    try:
        import owlready2
    except ImportError as error:
        raise MissingExtraError("classifying needs owlready2", hint="pip install 'mechkg[ontology]'") from error
    folder = Path(owlready2.__path__[0]) / "hermit"
    return owlready2.JAVA_EXE, os.pathsep.join((str(folder), str(folder / "HermiT.jar")))


def _ask(graph: Graph) -> _Answer:
    """Let HermiT work out the classes of classes and of individuals."""
    output = _run(graph, "-c", "-I")
    return _Answer(consistent=False) if output is None else _read(output)


def _run(graph: Graph, *actions: str) -> str | None:
    """Run HermiT over a graph; return what it prints, None when the graph contradicts itself."""
    java, classes = _java()
    with tempfile.TemporaryDirectory(prefix="mechkg-") as folder:
        file = Path(folder) / "graph.nt"
        file.write_text("".join(_lines(graph)), encoding="utf-8")
        options = [*_QUICK, f"-Xmx{_MEMORY}", "-cp", classes, "org.semanticweb.HermiT.cli.CommandLine"]
        command = [java, *options, *actions, "--ignoreUnsupportedDatatypes", file.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except FileNotFoundError as error:
            hint = "install a Java runtime: apt-get install default-jre-headless"
            raise MissingExtraError("HermiT needs Java, which was not found", hint=hint) from error
        except subprocess.TimeoutExpired as error:
            raise GraphError(f"HermiT did not finish within {_SECONDS} s") from error
    if done.returncode == 0:
        return done.stdout
    if "Inconsistent ontology" in done.stdout + done.stderr:
        return None
    raise GraphError(f"HermiT cannot work with this ontology: {_first_line(done.stderr or done.stdout)}")


def _lines(graph: Graph) -> list[str]:
    """Write a graph as N-Triples, without what says nothing to a reasoner: imports (the modules are merged), labels, remarks.

    Sorted, declarations first, so that the parser, which reads the graph once, meets it the same way every time.
    """
    first: list[str] = []
    rest: list[str] = []
    for triple in graph:
        _, predicate, object_ = triple
        if predicate in _WORDS or str(predicate).startswith(_WORD_NAMESPACES):
            continue
        declares = predicate == RDF.type and str(object_).startswith(str(OWL))
        line = f"{' '.join(node.n3() for node in triple)} .\n"
        (first if declares else rest).append(line.replace(*_GENID))
    return sorted(first) + sorted(rest)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] if lines else "it gave no reason"


def _read(output: str) -> _Answer:
    nothing, thing = str(OWL.Nothing), str(OWL.Thing)
    subclasses: set[tuple[str, str]] = set()
    types: set[tuple[str, str]] = set()
    empty: set[str] = set()
    for relation, text in _ANSWER.findall(output):
        names = re.findall(r"<([^>]+)>", text.replace(*reversed(_GENID)))
        if relation == "Type":
            types.add((names[0], names[1]))
        elif relation == "SubClassOf":
            subclasses.add((names[0], names[1]))
        elif nothing in names:
            empty.update(name for name in names if name != nothing)
        else:
            subclasses.update((one, other) for one in names for other in names if one != other)
    return _Answer(
        consistent=True,
        subclasses=frozenset((low, high) for low, high in subclasses if high != thing),
        types=frozenset((one, name) for one, name in types if name != thing),
        unsatisfiable=frozenset(empty),
    )


# --- whom to blame ----------------------------------------------------------------------------------------------------


def _blame(graph: Graph, extra: Graph, answer: _Answer) -> tuple[str, ...]:
    """Return the subjects of ``extra`` without which the trouble would be gone, found by leaving out ever smaller parts.

    The number of runs is bounded: where it does not suffice, more subjects remain than are to blame.
    """
    parts = _by_subject(extra)
    before = _ask(graph).unsatisfiable if answer.consistent else frozenset()
    is_new = answer.unsatisfiable > before if answer.consistent else is_consistent(graph)
    if not is_new:
        return ()

    def in_trouble(subjects: list[str]) -> bool:
        tried = Graph() + graph
        for subject in subjects:
            for triple in parts[subject]:
                tried.add(triple)
        if not answer.consistent:
            return not is_consistent(tried)
        found = _ask(tried)
        return found.consistent and bool(found.unsatisfiable - before)

    kept, runs, size = sorted(parts), 0, max(1, len(parts) // 2)
    while runs < _BLAME_RUNS:
        start = 0
        while start < len(kept) and len(kept) > 1 and runs < _BLAME_RUNS:
            rest = kept[:start] + kept[start + size :]
            runs += 1
            if rest and in_trouble(rest):
                kept = rest
            else:
                start += size
        if size == 1:
            break
        size = max(1, size // 2)
    return _names(kept)


def _by_subject(graph: Graph) -> dict[str, list[tuple[Node, Node, Node]]]:
    """Sort triples by the named subject that they belong to; those of a blank node go to who points to it."""
    owners: dict[Node, Node] = {object_: subject for subject, _, object_ in graph if isinstance(object_, BNode)}
    parts: dict[str, list[tuple[Node, Node, Node]]] = defaultdict(list)
    for triple in graph:
        owner, seen = triple[0], set[Node]()
        while isinstance(owner, BNode) and owner in owners and owner not in seen:
            seen.add(owner)
            owner = owners[owner]
        parts[str(owner)].append(triple)
    return parts
