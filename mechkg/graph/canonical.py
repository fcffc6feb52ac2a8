"""One text for one dataset, so that two graphs can be compared whatever the order in which they were built.

Nothing that is derived from the ledger has a blank node, so sorted N-Quads are canonical. The ontology as written does have
them: there each gets a label that follows from the graph alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from mechkg.errors import GraphError
from mechkg.graph.graph_store import GraphView
from mechkg.graph.namespaces import ONTOLOGY_GRAPH
from mechkg.graph.terms import Triple, iri, triples_in


def canonical(store: GraphView) -> str:
    """Return the dataset as canonical N-Quads. Raises GraphError for a blank node anywhere but in the ontology."""
    lines = []
    ontology = []
    for subject, predicate, object_, graph in store.quads():
        if graph == iri(ONTOLOGY_GRAPH):
            ontology.append((subject, predicate, object_))
        elif subject.startswith("_:") or object_.startswith("_:"):
            raise GraphError(f"a blank node outside the ontology: {subject} {predicate} {object_} {graph}")
        else:
            lines.append(f"{subject} {predicate} {object_} {graph} .\n")
    lines.extend(f"{s} {p} {o} {iri(ONTOLOGY_GRAPH)} .\n" for s, p, o in labelled(ontology))
    return "".join(sorted(lines))


def digest(store: GraphView) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(store).encode()).hexdigest()


def labelled(triples: Iterable[Triple]) -> list[Triple]:
    """Return ``triples`` with labels of blank nodes that follow from the graph alone.

    In an ontology every blank node hangs at one place (a restriction, a cell of a list), and no ring leads back to it; then its
    label is a digest of what hangs below it and of where it hangs, in time linear in the size. Where that is not so, the general
    algorithm takes over: RGDA1 as in rdflib, https://doi.org/10.1145/3068333, a second and a half for a thousand nodes.
    """
    given = list(triples)
    below: dict[str, list[tuple[str, str]]] = defaultdict(list)
    above: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, object_ in given:
        if subject.startswith("_:"):
            below[subject].append((predicate, object_))
        if object_.startswith("_:"):
            above[object_].append((subject, predicate))
    nodes = {*below, *above}
    if not nodes:
        return given
    labels = _labels_of_trees(nodes, below, above)
    if labels is None:
        return _in_general(given)
    return [(labels.get(s, s), p, labels.get(o, o)) for s, p, o in given]


def _labels_of_trees(
    nodes: set[str], below: dict[str, list[tuple[str, str]]], above: dict[str, list[tuple[str, str]]]
) -> dict[str, str] | None:
    """Return the label of each node; None when some node hangs at two places or in a ring."""
    if any(len(places) > 1 for places in above.values()):
        return None
    order: list[str] = []  # each node after the one it hangs at
    waiting = [node for node in nodes if not any(parent.startswith("_:") for parent, _ in above[node])]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(object_ for _, object_ in below[node] if object_.startswith("_:"))
    if len(order) < len(nodes):  # nothing leads into a ring
        return None
    content: dict[str, str] = {}
    for node in reversed(order):
        content[node] = _digest(sorted(f"{predicate} {content.get(object_, object_)}" for predicate, object_ in below[node]))
    labels: dict[str, str] = {}
    equal: Counter[str] = Counter()  # twins, same below and at the same place, can be exchanged for each other
    for node in order:
        place = above[node][0] if above[node] else ("", "")
        name = _digest([labels.get(place[0], place[0]), place[1], content[node]])
        labels[node] = f"_:c{name}{equal[name] or ''}"
        equal[name] += 1
    return labels


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _in_general(triples: list[Triple]) -> list[Triple]:
    import rdflib
    from rdflib.compare import to_canonical_graph

    parsed = rdflib.Graph().parse(data="".join(f"{' '.join(triple)} .\n" for triple in triples), format="nt")
    result = rdflib.Graph()
    for triple in to_canonical_graph(parsed):
        result.add(triple)
    return list(triples_in(result.serialize(format="nt")))
