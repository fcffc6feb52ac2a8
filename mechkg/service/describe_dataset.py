"""The whole graph as a dataset, in terms of VoID and DCAT, with counts that were measured from it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Final
from weakref import WeakKeyDictionary

from mechkg.errors import BadInputError, MechkgError
from mechkg.graph.graph_store import GraphView
from mechkg.graph.json_ld import PREFIXES
from mechkg.graph.namespaces import DCT, MK, MKID, TYPE, XSD
from mechkg.graph.ontology import label_of
from mechkg.graph.sparql_server import REVISION
from mechkg.graph.store import Store
from mechkg.graph.terms import Quad, iri, literal, term, typed
from mechkg.service.description import DCAT, VOID, Description, Group, Shown, fact
from mechkg.service.identifiers import ROOT, iri_of
from mechkg.service.recorded import Recorded
from mechkg.service.release import all_releases
from mechkg.service.released_files import released_files
from mechkg.service.workspace import Workspace

DATASET: Final = f"{ROOT}dataset"
"""The IRI of the dataset."""

_A: Final = iri(TYPE)
_TITLE: Final = "mechkg: claims about the formation of magic-size clusters"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a graph holds; classes and properties with the number of their instances and uses.

    ``by_graph``: a triple that several graphs say is counted in each of them.
    """

    triples: int
    subjects: int
    objects: int
    graphs: int
    entities: int
    classes: dict[str, int]
    properties: dict[str, int]
    by_graph: bool = False


_WHOLE: Final = 2_000_000
"""Of so many quads at most, triples are held against each other, to count each once: that takes 150 bytes of memory for each."""

_AT_ONCE: Final = 2.0
"""Seconds that counting may take for whoever asks to wait for it, when it was counted before and something has changed since."""

_REST: Final = 20
"""What takes longer is counted anew beside what is asked, and then not for so many times as long as it took."""

_SAID: Final = "GRAPH ?g { ?s ?p ?o }"
_TYPED: Final = "GRAPH ?g { ?s a ?c }"
_NO_REVISION: Final = f'FILTER(!STRSTARTS(STR(?g), "{REVISION}"))'
"""All but what a server of the graph keeps of its revisions."""


@dataclass(slots=True)
class _Counted:
    """What was counted of one graph: at which version, how long that took, when it ended; whether it is being counted again."""

    version: int
    counts: Counts
    took: float
    ended: float
    again: bool = False


_LOCK: Final = Lock()
_COUNTED: Final[WeakKeyDictionary[GraphView, _Counted]] = WeakKeyDictionary()


def counts(store: GraphView, version: int) -> Counts:
    """Count what the graph of a version holds, once; see :func:`counted`."""
    return counted(store, version)[1]


def counted(store: GraphView, version: int) -> tuple[int, Counts]:
    """Return what a graph holds, and at which version it was counted.

    That is ``version``, save where counting takes long: then what was counted last is told, and it is counted anew meanwhile.
    """
    with _LOCK:
        known = _COUNTED.get(store)
        if known is None or (known.version != version and known.took <= _AT_ONCE):
            known = _COUNTED[store] = _count(store, version)
        elif known.version != version and not known.again and time.monotonic() - known.ended > _REST * known.took:
            known.again = True
            Thread(target=_count_again, args=(store, version, known), name="counting", daemon=True).start()
        return known.version, known.counts


def _count_again(store: GraphView, version: int, known: _Counted) -> None:
    try:
        found = _count(store, version)
    except MechkgError:  # it was closed meanwhile; whoever asks next counts
        known.again = False
        return
    with _LOCK:
        _COUNTED[store] = found


def _count(store: GraphView, version: int) -> _Counted:
    start = time.monotonic()
    found = _counts_of(store)
    ended = time.monotonic()
    return _Counted(version, found, ended - start, ended)


def _counts_of(store: GraphView) -> Counts:
    # graphs that only a server has are looked for there alone: to read the name of each takes most of the time
    said, typed = (each if isinstance(store, Store) else f"{each} {_NO_REVISION}" for each in (_SAID, _TYPED))
    by_graph = isinstance(store, Store) and len(store) > _WHOLE
    triples = f"{{ {said} }}" if by_graph else f"{{ SELECT DISTINCT ?s ?p ?o WHERE {{ {said} }} }}"

    def number(query: str) -> int:
        return int(store.select(query).rows[0][0])

    def by_name(query: str) -> dict[str, int]:
        found = store.answer(query, base=ROOT, prefixes=PREFIXES)
        assert not isinstance(found, bool) and hasattr(found, "rows")
        table = {}
        for name, count in found.rows:
            assert isinstance(name, str) and isinstance(count, str)
            table[name[1:-1]] = int(count.split('"')[1])
        return table

    properties = by_name(f"SELECT ?p (COUNT(*) AS ?n) WHERE {triples} GROUP BY ?p ORDER BY DESC(?n) ?p")
    return Counts(
        triples=sum(properties.values()),
        subjects=number(f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {said} }}"),
        objects=number(f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {said} }}"),
        graphs=number(f"SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE {{ {said} }}"),
        entities=number(
            f"SELECT (COUNT(?s) AS ?n) WHERE {{ {{ SELECT DISTINCT ?s WHERE {{ {typed} }} }} "
            f'FILTER(STRSTARTS(STR(?s), "{MKID}")) }}'
        ),
        classes=by_name(
            f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {typed} FILTER(ISIRI(?s) && ISIRI(?c)) }} "
            "GROUP BY ?c ORDER BY DESC(?n) ?c"
        ),
        properties=properties,
        by_graph=by_graph,
    )


def describe_dataset(workspace: Workspace, view: Recorded) -> Description:
    """Describe the dataset, as of the moment of the view."""
    position, found = counted(view.store, view.version)
    node = iri(DATASET)
    quads: list[Quad] = [
        (node, _A, iri(VOID + "Dataset"), ""),
        (node, _A, iri(DCAT + "Dataset"), ""),
        (node, iri(DCT + "title"), literal(_TITLE), ""),
        (node, iri(DCT + "description"), literal(_ABOUT), ""),
        (node, iri(DCT + "conformsTo"), iri(MK.removesuffix("#")), ""),
        (node, term("ledgerPosition"), literal(view.version), ""),
        (node, iri(VOID + "sparqlEndpoint"), iri(f"{ROOT}sparql"), ""),
        (node, iri(VOID + "uriSpace"), literal(ROOT), ""),
        (node, iri(VOID + "triples"), literal(found.triples), ""),
        (node, iri(VOID + "entities"), literal(found.entities), ""),
        (node, iri(VOID + "distinctSubjects"), literal(found.subjects), ""),
        (node, iri(VOID + "distinctObjects"), literal(found.objects), ""),
        (node, iri(VOID + "classes"), literal(len(found.classes)), ""),
        (node, iri(VOID + "properties"), literal(len(found.properties)), ""),
        *(
            (node, iri(VOID + "vocabulary"), iri(namespace), "")
            for prefix, namespace in PREFIXES.items()
            if prefix in _VOCABULARIES
        ),
        *(
            (node, iri(VOID + "feature"), iri(f"http://www.w3.org/ns/formats/{name}"), "")
            for name in ("Turtle", "JSON-LD", "N-Quads")
        ),
    ]
    accepted = list(view.catalog.entries.values())  # in the order of acceptance
    if accepted:
        quads.append((node, iri(DCT + "modified"), typed(accepted[-1].accepted_at.isoformat(), XSD + "dateTime"), ""))
    examples = [entries[0] for entries in view.catalog.by_kind.values()]
    quads += [(node, iri(VOID + "exampleResource"), iri(iri_of("item", entry.id)), "") for entry in examples]
    for place, names, predicate, count in (
        ("class", found.classes, "class", "entities"),
        ("property", found.properties, "property", "triples"),
    ):
        for name, number in names.items():
            part = iri(f"{DATASET}#{place}-{_short(name)}")
            quads += [
                (node, iri(f"{VOID}{place}Partition"), part, ""),
                (part, iri(VOID + predicate), iri(name), ""),
                (part, iri(VOID + count), literal(number), ""),
            ]
    releases = []
    for release in all_releases(view.ledger):
        address = iri(iri_of("release", release.name))
        quads += [(node, iri(DCT + "hasVersion"), address, ""), (address, _A, iri(DCAT + "Dataset"), "")]
        try:
            files = released_files(workspace, release.name)
        except BadInputError:  # a workspace without a home keeps no files
            files = ()
        for file in files:
            url = iri(f"{ROOT}releases/{release.name}/{file.name}")
            part = iri(f"{iri_of('release', release.name)}#{file.name.replace('/', '-')}")
            quads += [(node, iri(DCAT + "distribution"), part, ""), (part, iri(DCAT + "downloadURL"), url, "")]
            if file.name.endswith((".nq", ".trig", ".ttl", ".jsonld")):
                quads.append((node, iri(VOID + "dataDump"), url, ""))
        releases.append(
            Shown(f"{release.name}, {release.at.date().isoformat()}", iri_of("release", release.name), release.note or "")
        )
    behind = position != view.version
    kinds = sorted((kind, len(entries)) for kind, entries in view.catalog.by_kind.items())
    return Description(
        iri=DATASET,
        kind="dataset",
        title=_TITLE,
        position=view.ledger.position(),
        quads=tuple(quads),
        document=True,
        lead=_ABOUT,
        facts=(
            fact("version", str(view.version), title="Ledger position of the last act that changed what counts."),
            *((fact("counted at", str(position), title="What came since is not in the numbers below."),) if behind else ()),
            fact("triples", f"{found.triples:,}".replace(",", " "), title=_BY_GRAPH if found.by_graph else ""),
            fact("named graphs", f"{found.graphs:,}".replace(",", " ")),
            fact("things and their parts", f"{found.entities:,}".replace(",", " ")),
            fact("items by kind", *(f"{kind}: {count}" for kind, count in kinds)),
            fact("ask it", Shown("SPARQL", f"{ROOT}sparql"), Shown("GraphQL", f"{ROOT}graphql")),
            fact("terms", Shown("ontology", MK.removesuffix("#"))),
        ),
        groups=(
            Group("Releases", links=tuple(releases)),
            Group("For example", links=tuple(Shown(f"{e.kind}: {e.label}", iri_of("item", e.id)) for e in examples)),
            Group(
                "Classes, by number of instances",
                links=tuple(_counted(n, c) for n, c in found.classes.items() if n.startswith(MK)),
            ),
        ),
        about={
            "@type": "Dataset",
            "name": _TITLE,
            "description": _ABOUT,
            "version": str(view.version),
            "isAccessibleForFree": True,
            "keywords": ["magic-size clusters", "reaction mechanisms", "nanopublications"],
            "hasPart": [{"@type": "Dataset", "@id": each.link, "name": each.text} for each in releases],
        },
    )


_ABOUT: Final = (
    "What papers claim about species, steps, procedures and observations in the formation of colloidal semiconductor magic-size "
    "clusters, each claim with its source, place and exact words, as nanopublications."
)
_BY_GRAPH: Final = "One that several graphs say is counted in each of them."
_VOCABULARIES: Final = ("mk", "nschema", "prov", "dct", "oa", "rdfs")


def _counted(name: str, count: int) -> Shown:
    return Shown(f"{label_of(name.removeprefix(MK))}: {count}", name)


def _short(name: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace):
            return name.removeprefix(namespace) if prefix == "mk" else f"{prefix}-{name.removeprefix(namespace)}"
    return name.partition("://")[2].replace("/", "-").replace("#", "-")
