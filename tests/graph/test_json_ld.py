"""JSON-LD: short names, and the same quads when it is read with its context."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.graph.json_ld import CONTEXT, PREFIXES, as_text, graphs_as_json
from mechkg.graph.namespaces import MK, MKID, NP, TYPE, XSD
from mechkg.graph.store import read, write
from mechkg.graph.terms import Quad, Term, literal, term, thing, typed

GRAPH = f"<{NP}g>"


def json_of(object_: Term) -> Any:
    [graph] = graphs_as_json([(thing("x"), term("p"), object_, GRAPH)])
    return graph["@graph"][0]["p"][0]


def read_again(quads: list[Quad]) -> set[Quad]:
    document = {"@context": CONTEXT, "@graph": graphs_as_json(quads)}
    return set(read(as_text(document).encode(), "json-ld"))


@pytest.mark.parametrize(
    ("object_", "written"),
    [
        (literal("a"), "a"),
        (literal(True), True),
        (literal(2), 2),
        (literal(2**60), {"@value": str(2**60), "@type": "xsd:integer"}),
        (typed("007", XSD + "integer"), {"@value": "007", "@type": "xsd:integer"}),
        (typed("1", XSD + "boolean"), {"@value": "1", "@type": "xsd:boolean"}),
        (literal(371.0), {"@value": "371", "@type": "xsd:double"}),
        ('"a"@en', {"@value": "a", "@language": "en"}),
        (thing("y/s 1"), {"@id": "id:y/s%201"}),
        ("<http://example.org/y>", {"@id": "http://example.org/y"}),
        (term("Species"), {"@id": "mk:Species"}),
    ],
)
def test_values(object_: Term, written: Any) -> None:
    assert json_of(object_) == written
    quad = (thing("x"), term("p"), object_, GRAPH)
    assert read_again([quad]) == {quad}


def test_classes_are_types_and_terms_have_local_names() -> None:
    quad = (thing("x"), f"<{TYPE}>", term("Species"), GRAPH)
    assert graphs_as_json([quad]) == [{"@id": "np:g", "@graph": [{"@id": "id:x", "@type": ["Species"]}]}]
    assert read_again([quad]) == {quad}


@pytest.mark.parametrize("name", [*PREFIXES, "a:b", ""])
def test_a_term_that_would_be_taken_for_something_else_has_its_whole_name(name: str) -> None:
    quad = (thing("x"), f"<{MK}{name}>", literal("a"), GRAPH)
    assert read_again([quad]) == {quad}


IRIS = st.text("ab/.-_", max_size=5).flatmap(
    lambda rest: st.sampled_from([f"<{base}{rest}>" for base in (MK, MKID, NP, "urn:x:")])
)
LITERALS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.integers() | st.booleans() | st.floats(allow_nan=False)
)


@given(st.lists(st.tuples(IRIS, IRIS, IRIS | LITERALS.map(literal), IRIS), max_size=5))
def test_the_same_quads_come_back(quads: list[Quad]) -> None:
    assert read_again(quads) == set(read(write(quads, "n-quads"), "n-quads"))  # the store escapes control characters
