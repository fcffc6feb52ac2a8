"""Canonical N-Quads: the same text for the same dataset, however it was built, and another for any other."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.errors import GraphError
from mechkg.graph.canonical import canonical, digest, labelled
from mechkg.graph.namespaces import ONTOLOGY_GRAPH
from mechkg.graph.ontology import load_ontology
from mechkg.graph.store import Store
from mechkg.graph.terms import Quad, iri, literal, thing, triples_in

NAMES = st.sampled_from(["a", "b", "c"])
QUADS = st.builds(
    lambda s, p, o, g: (thing(s), thing(p), literal(o), thing(g)),
    NAMES,
    NAMES,
    st.text(st.characters(exclude_categories=["Cs"])),
    NAMES,
)


def stored(quads: list[Quad]) -> Store:
    store = Store.open(None)
    store.load(quads)
    return store


@given(st.lists(QUADS, unique=True), st.randoms())
def test_order_does_not_matter_and_content_does(quads: list[Quad], random: object) -> None:
    mixed = list(quads)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert digest(stored(quads)) == digest(stored(mixed))
    if quads:
        assert digest(stored(quads)) != digest(stored(quads[1:]))


def in_ontology(text: str) -> Store:
    graph = iri(ONTOLOGY_GRAPH)
    return stored([(*triple, graph) for triple in triples_in(text.replace("\n", " .\n"))])


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        pytest.param(
            "<urn:a> <urn:p> _:x\n_:x <urn:q> _:y\n_:y <urn:q> <urn:b>\n",
            "_:n1 <urn:q> _:n0\n<urn:a> <urn:p> _:n1\n_:n0 <urn:q> <urn:b>\n",
            "<urn:a> <urn:p> _:x\n_:x <urn:q> _:y\n_:y <urn:q> <urn:c>\n",
            id="a tree",
        ),
        pytest.param(
            "<urn:a> <urn:p> _:x\n<urn:a> <urn:p> _:y\n_:x <urn:q> <urn:b>\n_:y <urn:q> <urn:b>\n",
            "<urn:a> <urn:p> _:y\n<urn:a> <urn:p> _:z\n_:z <urn:q> <urn:b>\n_:y <urn:q> <urn:b>\n",
            "<urn:a> <urn:p> _:x\n_:x <urn:q> <urn:b>\n",
            id="twins",
        ),
        pytest.param(
            "<urn:a> <urn:p> _:x\n<urn:c> <urn:p> _:y\n_:x <urn:q> <urn:b>\n_:y <urn:q> <urn:b>\n",
            "<urn:a> <urn:p> _:y\n<urn:c> <urn:p> _:x\n_:x <urn:q> <urn:b>\n_:y <urn:q> <urn:b>\n",
            "<urn:a> <urn:p> _:x\n<urn:c> <urn:p> _:x\n_:x <urn:q> <urn:b>\n",
            id="equal below, at two places",
        ),
        pytest.param(
            "<urn:a> <urn:p> _:x\n_:x <urn:q> _:y\n_:y <urn:q> _:x\n",
            "<urn:a> <urn:p> _:y\n_:y <urn:q> _:z\n_:z <urn:q> _:y\n",
            "<urn:a> <urn:p> _:x\n_:x <urn:q> _:y\n_:y <urn:q> _:y\n",
            id="a ring",
        ),
    ],
)
def test_labels_of_blank_nodes_in_the_ontology_do_not_matter(one: str, same: str, other: str) -> None:
    assert canonical(in_ontology(one)) == canonical(in_ontology(same))
    assert canonical(in_ontology(one)) != canonical(in_ontology(other))


def test_the_ontology_gets_the_same_labels_whatever_it_had() -> None:
    written = list(triples_in(load_ontology().serialize(format="nt")))
    names = sorted({term for triple in written for term in triple if term.startswith("_:")})
    assert names
    mixed = names[:]
    Random(1).shuffle(mixed)
    other = dict(zip(names, mixed, strict=True))
    renamed = [(other.get(s, s), p, other.get(o, o)) for s, p, o in reversed(written)]
    assert sorted(labelled(renamed)) == sorted(labelled(written))
    assert len(set(labelled(written))) == len(written)
    less = next(triple for triple in written if triple[2].startswith("_:"))
    assert sorted(labelled([t for t in written if t != less])) != sorted(t for t in labelled(written) if t != less)


@pytest.mark.parametrize("line", ["_:x <urn:p> <urn:o>", "<urn:s> <urn:p> _:x"])
def test_a_blank_node_elsewhere_is_refused(line: str) -> None:
    subject, predicate, object_ = line.split(" ")
    with pytest.raises(GraphError, match="blank node"):
        canonical(stored([(subject, predicate, object_, "<urn:g>")]))


def test_text_that_looks_like_a_blank_node_is_text(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "graph")
    store.change([(iri("urn:s"), iri("urn:p"), literal("> <a> _:x"), iri("urn:g"))])
    assert canonical(store) == '<urn:s> <urn:p> "> <a> _:x" <urn:g> .\n'
