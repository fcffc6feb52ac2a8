"""Terms as plain strings: what is written reads back, and is what the store keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.graph.store import Store
from mechkg.graph.terms import Plain, agent, iri, is_resource, literal, local_name, thing, triples_in, value_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.one_of(TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))


@given(VALUES)
def test_a_value_reads_back(value: Plain) -> None:
    found = value_of(literal(value))
    assert (found, type(found)) == (value, type(value))


@given(VALUES)
def test_the_store_keeps_a_literal_as_it_is_written(value: Plain) -> None:
    graph = "urn:g"
    quad = (iri("urn:s"), iri("urn:p"), literal(value), iri(graph))
    with Store.open(None) as store:
        store.load([quad])
        [(_, _, kept)] = store.graph(graph)
        assert value_of(kept) == value
        if not isinstance(value, str):
            assert kept == quad[2]
        store.change(remove=[quad])
        assert len(store) == 0


@given(TEXTS)
def test_a_name_of_any_text_gives_an_iri(name: str) -> None:
    for of in (thing(name), agent(name)):
        assert is_resource(of)
        assert local_name(of) == name
        with Store.open(None) as store:
            store.change([(of, of, of, of)])
            assert store.rows("SELECT * WHERE { ?s ?p ?o }", {}) == [[name, name, name]]


def test_only_terms_are_read() -> None:
    with pytest.raises(ValueError, match="not a term"):
        value_of("bare words")


def test_language_and_escapes_are_understood() -> None:
    assert value_of('"gr\\u00FCn\\t\\U0001F600"@de') == "grün\t\U0001f600"


def test_lines_of_n_triples_may_hold_what_looks_like_their_end() -> None:
    text = '<urn:a> <urn:b> "one . two\u2028three \\" ." .\n<urn:a> <urn:b> <urn:c> .\n'
    assert [object_ for _, _, object_ in triples_in(text)] == ['"one . two\u2028three \\" ."', "<urn:c>"]
