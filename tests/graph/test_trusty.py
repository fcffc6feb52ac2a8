"""Trusty URIs: the digest of RDF as the specification has it, and names that hold it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.errors import GraphError
from mechkg.graph.store import read, write
from mechkg.graph.terms import Quad, literal
from mechkg.graph.trusty import BLANK, code_in, digest_code, drafted, holds, minted, normal_form

BASE = "http://example.org/np/"
GRAPH = f"<{BASE}#g>"


def quad(object_: str, subject: str = "<urn:s>") -> Quad:
    return subject, "<urn:p>", object_, GRAPH


def test_no_content_has_the_digest_that_the_specification_gives_for_it() -> None:
    assert digest_code(normal_form([])) == "RA47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def test_the_order_is_that_of_the_specification() -> None:
    objects = ['"b"', '"a"^^<urn:t>', '"a"@en', '"a"', "<urn:z>"]
    lines = [line for line in normal_form(quad(o) for o in objects).split("\n") if line.startswith(("^", "@", "urn:z"))]
    string = "http://www.w3.org/2001/XMLSchema#string"
    assert lines == ["urn:z", "@en a", f"^{string} a", "^urn:t a", f"^{string} b"]


def test_literals_are_escaped_and_languages_are_in_small_letters() -> None:
    assert "\n@en-gb a\\\\b\\nc\n" in normal_form([quad(literal("a\\b\nc") + "@en-GB")])


def test_the_code_is_blank_in_names_and_stays_in_texts() -> None:
    code = "RA" + "x" * 43
    text = normal_form([quad(literal(code), f"<urn:{code}#s>")], code)
    assert "\nurn: #s\n" in text
    assert f"string {code}\n" in text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("http://example.org/RA" + "a" * 43, "RA" + "a" * 43),
        ("http://example.org/data.RA" + "-" * 43, "RA" + "-" * 43),
        ("http://example.org/RA" + "a" * 42, None),
        ("http://example.org/xRA" + "a" * 43, None),
        ("http://example.org/RA" + "a" * 43 + "#part", None),
    ],
)
def test_which_names_hold_a_code(name: str, code: str | None) -> None:
    assert code_in(name) == code


def test_what_is_minted_holds_and_what_is_changed_does_not() -> None:
    draft = drafted([quad('"a"', f"<{BASE}>"), quad(f"<{BASE}#part>")], BASE)
    code, quads = minted(draft)
    assert quads[0] == (f"<{BASE}{code}>", "<urn:p>", '"a"', f"<{BASE}{code}#g>")
    assert holds(code, quads)
    assert holds(code, [*reversed(quads), quads[0]])
    assert not holds(code, quads[:1])
    assert not holds(code, [quads[0], (*quads[1][:2], '"b"', quads[1][3])])


def test_blank_nodes_are_named_before_a_digest_is_taken() -> None:
    with pytest.raises(GraphError, match="_:x is a blank node"):
        normal_form([quad("_:x")])
    code, quads = minted(drafted([quad("_:x"), quad("_:y", "_:x")], BASE))
    assert [q[2] for q in quads] == [f"<{BASE}{code}#_1>", f"<{BASE}{code}#_2>"]
    assert quads[1][0] == f"<{BASE}{code}#_1>"
    assert holds(code, quads)


def test_a_base_without_an_end_gets_one() -> None:
    [(subject, *_)] = drafted([quad('"a"', "<http://example.org/np>")], "http://example.org/np")
    assert subject == f"<http://example.org/np/{BLANK}>"
    [(subject, *_)] = drafted([quad('"a"', f"<{BASE}part>")], BASE)
    assert subject == f"<{BASE}{BLANK}#part>"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(["trig", "n-quads", "json-ld"]))
def test_a_digest_does_not_hang_on_the_syntax(texts: list[str], syntax: str) -> None:
    code, quads = minted(drafted([quad(literal(text), f"<{BASE}>") for text in texts], BASE))
    assert holds(code, read(write(quads, syntax), syntax))  # type: ignore[arg-type]
