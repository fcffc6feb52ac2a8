"""The whole graph as a dataset, in terms of VoID and DCAT, with counts that were measured from it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from mechkg.errors import BadInputError
from mechkg.graph.graph_store import GraphView
from mechkg.graph.json_ld import PREFIXES
from mechkg.graph.namespaces import DCT, MK, MKID, TYPE, XSD
from mechkg.graph.ontology import label_of
from mechkg.graph.sparql_server import REVISION
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
    """How much a graph holds; classes and properties with the number of their instances and uses."""

    triples: int
    subjects: int
    objects: int
    graphs: int
    entities: int
    classes: dict[str, int]
    properties: dict[str, int]


_SAID: Final = f'GRAPH ?g {{ ?s ?p ?o }} FILTER(!STRSTARTS(STR(?g), "{REVISION}"))'
"""All but what a server of the graph keeps of its revisions."""

_LOCK: Final = Lock()
_COUNTED: Final[WeakKeyDictionary[GraphView, tuple[int, Counts]]] = WeakKeyDictionary()
"""Graph -> version that it was counted at, and the counts."""


def counts(store: GraphView, version: int) -> Counts:
    """Count what the graph of a version holds, once."""
    with _LOCK:
        known = _COUNTED.get(store)
        if known is None or known[0] != version:
            known = _COUNTED[store] = (version, _count(store))
        return known[1]


def _count(store: GraphView) -> Counts:
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

    return Counts(
        triples=number(f"SELECT (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{ {_SAID} }} }}"),
        subjects=number(f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {_SAID} }}"),
        objects=number(f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {_SAID} }}"),
        graphs=number(f"SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE {{ {_SAID} }}"),
        entities=number(f'SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{MKID}")) }}'),
        classes=by_name(
            "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c FILTER(ISIRI(?s) && ISIRI(?c)) } "
            "GROUP BY ?c ORDER BY DESC(?n) ?c"
        ),
        properties=by_name(
            f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{ {_SAID} }} }} "
            "GROUP BY ?p ORDER BY DESC(?n) ?p"
        ),
    )


def describe_dataset(workspace: Workspace, view: Recorded) -> Description:
    """Describe the dataset, as of the moment of the view."""
    found = counts(view.store, view.version)
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
    last = max((entry.accepted_at for entry in view.catalog.entries.values()), default=None)
    if last is not None:
        quads.append((node, iri(DCT + "modified"), typed(last.isoformat(), XSD + "dateTime"), ""))
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
            fact("triples", f"{found.triples:,}".replace(",", " ")),
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
_VOCABULARIES: Final = ("mk", "nschema", "prov", "dct", "oa", "rdfs")


def _counted(name: str, count: int) -> Shown:
    return Shown(f"{label_of(name.removeprefix(MK))}: {count}", name)


def _short(name: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if name.startswith(namespace):
            return name.removeprefix(namespace) if prefix == "mk" else f"{prefix}-{name.removeprefix(namespace)}"
    return name.partition("://")[2].replace("/", "-").replace("#", "-")
