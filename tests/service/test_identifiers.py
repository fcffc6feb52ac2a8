"""IRIs name one thing each, both ways, and a wrong one is answered with the nearest form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.errors import BadInputError
from mechkg.graph.namespaces import AGENT, ASSERTION, MK, MKID
from mechkg.graph.terms import agent, thing
from mechkg.service.identifiers import BASES, KINDS, Identifier, iri_of, name_of, read_iri

NAMES = {
    "item": "some-step", "part": "some-run/stage-1/medium/2", "assertion": "RAabc-_9", "nanopublication": "RAabc-_9",
    "person": "jane doe", "release": "v1.0", "verdict": "some-space/some-candidate", "set": "set-12",
    "disagreement": "some-subject-composition", "act": "12", "term": "PrimaryAmine", "graph": "implied",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_both_ways(kind) -> None:  # type: ignore[no-untyped-def]
    iri = iri_of(kind, NAMES[kind])
    assert iri.startswith(BASES[kind])
    assert read_iri(iri) == Identifier(kind, NAMES[kind])
    assert read_iri(iri).iri == iri


def test_they_are_those_of_the_graph() -> None:
    assert f"<{iri_of('part', 'run/a b')}>" == thing("run/a b")
    assert f"<{iri_of('person', 'a/b c')}>" == agent("a/b c")
    assert iri_of("assertion", "RAx") == ASSERTION + "RAx"
    assert (iri_of("term", "Step"), iri_of("item", "x")) == (MK + "Step", MKID + "x")


@given(
    st.text(min_size=1, max_size=20).filter(lambda name: "/" not in name), st.sampled_from(["item", "person", "set", "release"])
)
def test_any_name_comes_back(name: str, kind) -> None:  # type: ignore[no-untyped-def]
    iri = iri_of(kind, name)
    assert read_iri(iri) == Identifier(kind, name)
    assert not any(letter in iri for letter in ' <>"{}|\\^`')


def test_parts_of_an_assertion_are_read_as_the_assertion() -> None:
    assert read_iri(iri_of("assertion", "RAx") + "#provenance") == Identifier("assertion", "RAx")
    assert read_iri(iri_of("nanopublication", "RAx") + "#quote-1-words").name == "RAx"


@pytest.mark.parametrize(
    ("iri", "near"),
    [
        ("https://w3id.org/mechkg/ids/x", "mechkg/id/..."),
        ("https://w3id.org/mechkg/agents/x", "mechkg/agent/..."),
        ("https://w3id.org/mechkg/verdicts/a/b", "mechkg/verdict/..."),
        ("https://w3id.org/mechkg/verdict/a", "mechkg/verdict/..."),
        ("https://w3id.org/mechkg/act/first", "mechkg/act/..."),
        ("https://w3id.org/mechkg/act/0", "mechkg/act/..."),
        ("https://w3id.org/mechkg/ontology#", "mechkg/ontology#..."),
        ("http://example.org/x", "mechkg/id/..., https://w3id.org/mechkg/assertion/id-..."),
    ],
)
def test_what_is_none_is_told_the_nearest_form(iri: str, near: str) -> None:
    with pytest.raises(BadInputError) as raised:
        read_iri(iri)
    assert near in (raised.value.hint or "")


def test_names_and_iris_are_both_taken() -> None:
    assert name_of("jane", "person") == name_of(AGENT + "jane", "person") == "jane"
    with pytest.raises(BadInputError, match="names a person"):
        name_of(AGENT + "jane", "item", "part")
