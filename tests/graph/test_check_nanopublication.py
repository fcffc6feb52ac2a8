"""The validator of nanopublications: the published test suite, and each fault by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mechkg.errors import BadInputError
from mechkg.graph.check_nanopublication import check_file, check_nanopublications
from mechkg.graph.store import read
from mechkg.graph.terms import Quad
from mechkg.graph.trusty import code_in, drafted, minted

# --- the suite of https://github.com/Nanopublication/nanopub-testsuite --------------------------------------------------

# It is not shipped. MECHKG_SUITES names the folder that has it as `nanopub`; by default, the folder shared/suites beside the
# checkout.
SUITE = Path(os.environ.get("MECHKG_SUITES") or Path(__file__).parents[3] / "shared" / "suites") / "nanopub"
CASES = sorted(path for path in SUITE.glob("*valid/*/*") if path.suffix in (".trig", ".nq", ".xml"))


@pytest.mark.skipif(not CASES, reason=f"the nanopublication test suite is not in {SUITE}; MECHKG_SUITES tells where it is")
def test_the_suite() -> None:
    """All 91 valid cases are accepted, all 17 invalid ones refused; signed ones are seen as signed, trusty ones as trusty."""
    wrong = []
    counts = {"valid": 0, "invalid": 0}
    for path in CASES:
        verdict, group = path.relative_to(SUITE).parts[:2]
        checked = check_file(path)
        counts[verdict] += 1
        if checked.valid != (verdict == "valid"):
            wrong.append((verdict, path.name, [str(f) for f in checked.findings]))
        if checked.valid and group in ("signed", "trusty"):
            assert checked.trusty == checked.names
            assert bool(checked.signed) == (group == "signed"), path.name
    assert wrong == []
    assert counts == {"valid": 91, "invalid": 17}


# --- fault by fault ---------------------------------------------------------------------------------------------------

BASE = "http://example.org/np/"
HEAD = f"""
@prefix : <{BASE}> .
@prefix np: <http://www.nanopub.org/nschema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
GOOD = (
    HEAD
    + """
:head { : a np:Nanopublication ; np:hasAssertion :a ; np:hasProvenance :p ; np:hasPublicationInfo :i . }
:a { :x :y 1 . }
:p { :a prov:wasDerivedFrom :paper . }
:i { : dct:creator :me ; dct:created "2026-01-02T03:04:05Z"^^xsd:dateTime . }
"""
)


def quads(text: str) -> list[Quad]:
    return list(read(text.encode(), "trig"))


def errors(text: str) -> list[str]:
    return [f.code for f in check_nanopublications(quads(text)).findings if f.severity == "error"]


def test_a_good_one_has_only_the_remark_that_it_is_not_trusty() -> None:
    checked = check_nanopublications(quads(GOOD), "here.trig")
    assert checked.valid
    assert checked.names == (BASE,)
    assert [str(f) for f in checked.findings] == [
        f"here.trig: information: <{BASE}> is no trusty URI, so nothing shows that its content is unchanged [nanopub.not-trusty]"
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("a np:Nanopublication ;", "", ["none", *["extra-graph"] * 4], id="nothing says what it is"),
        pytest.param("np:hasAssertion :a ;", "", ["links", "extra-graph"], id="no assertion"),
        pytest.param("np:hasAssertion :a ;", "np:hasAssertion :a, :b ;", ["links"], id="two assertions"),
        pytest.param(
            "np:hasAssertion :a ;", "np:hasAssertion :p ;", ["names", "extra-graph", "provenance"], id="one graph twice"
        ),
        pytest.param(
            "np:hasAssertion :a ;",
            'np:hasAssertion "a" ;',
            ["names", "names", "empty", "extra-graph", "provenance"],
            id="a text as graph",
        ),
        pytest.param(":a { :x :y 1 . }", "", ["empty"], id="empty assertion"),
        pytest.param(":p { :a prov:wasDerivedFrom :paper . }", "", ["empty"], id="empty provenance"),
        pytest.param(":p { :a prov", ":p { :b prov", ["provenance"], id="provenance of something else"),
        pytest.param(":i { : dct", ":i { :other dct", ["publication-info"], id="publication info of something else"),
        pytest.param(":a { :x :y 1 . }", ":a { :x :y 1 . } :more { :x :y 1 . }", ["extra-graph"], id="a graph too many"),
        pytest.param(":a { :x :y 1 . }", ":a { :x :y 1 . } { :x :y 1 . }", ["extra-graph"], id="something in no graph"),
        pytest.param(":y 1 .", ':y "one"^^xsd:integer .', ["ill-typed"], id="ill-typed"),
        pytest.param(":head { :", ":head { :other a np:Nanopublication . :", ["head"] * 2, id="two in one head"),
    ],
)
def test_a_fault_is_found(old: str, new: str, code: list[str]) -> None:
    assert old in GOOD
    assert sorted(errors(GOOD.replace(old, new))) == sorted(f"nanopub.{c}" for c in code)


def test_graphs_are_named_below_the_nanopublication() -> None:
    assert errors(GOOD.replace(":a", "<http://example.org/elsewhere>")) == ["nanopub.names"]


def test_who_and_when_are_asked_for() -> None:
    text = GOOD.replace("dct:creator :me ; dct:created", ":about")
    checked = check_nanopublications(quads(text))
    assert checked.valid
    assert [f.code for f in checked.findings if f.severity == "warning"] == ["nanopub.no-maker", "nanopub.no-time"]


def test_an_ill_typed_literal_beside_the_assertion_is_a_warning() -> None:
    checked = check_nanopublications(quads(GOOD.replace("2026-01-02T03:04:05Z", "2026-01-02")))
    assert checked.valid
    assert [f.code for f in checked.findings if f.severity == "warning"] == ["nanopub.ill-typed"]


def test_a_document_may_hold_several() -> None:
    checked = check_nanopublications([*quads(GOOD), *quads(GOOD.replace(BASE, "http://example.org/other/"))])
    assert checked.valid
    assert len(checked.names) == 2
    assert not check_nanopublications([]).valid


def test_a_trusty_one_is_checked_against_its_name() -> None:
    code, content = minted(drafted(quads(GOOD), BASE))
    checked = check_nanopublications(content)
    assert checked.valid
    assert checked.trusty == checked.names == (BASE + code,)
    assert code_in(checked.names[0]) == code
    changed = check_nanopublications([(s, p, o.replace('"1"', '"2"'), g) for s, p, o, g in content])
    assert [f.code for f in changed.findings] == ["nanopub.trusty"]
    assert changed.trusty == ()
    blank = check_nanopublications([(s, p, "_:b" if '"1"' in o else o, g) for s, p, o, g in content])
    assert [f.code for f in blank.findings] == ["nanopub.blank-node"]


def test_files_are_told_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "good.trig").write_text(GOOD)
    assert check_file(tmp_path / "good.trig").valid
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "bad.trig").write_text("this is no TriG")
    assert [f.code for f in check_file(tmp_path / "bad.trig").findings] == ["nanopub.syntax"]
    (tmp_path / "bad.xml").write_text("<TriX")
    assert [f.code for f in check_file(tmp_path / "bad.xml").findings] == ["nanopub.syntax"]
    with pytest.raises(BadInputError, match=r"expected a file that ends in \.trig"):
        check_file(tmp_path / "good.txt")
    with pytest.raises(BadInputError, match="No such file"):
        check_file(tmp_path / "none.trig")
