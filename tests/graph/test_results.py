"""Results in the four standard forms: read back by the engine and by rdflib, they say what was written."""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib.query import Result

from mechkg.graph.results import TableForm, table, truth
from mechkg.graph.terms import Term, iri, literal, literal_parts, typed

XSD = "http://www.w3.org/2001/XMLSchema#"
ROWS: list[tuple[Term | None, ...]] = [
    (iri("http://x/é"), literal('a "b"\t<&>\n\\ é𝛿'), None),
    ("_:b0", '"colour"@en', typed("1", XSD + "integer")),
    (None, typed("1.50", XSD + "decimal"), typed("1e3", XSD + "double")),
    (typed("01", XSD + "integer"), typed("x", XSD + "integer"), typed("2024-01-01", XSD + "date")),
]


def read_back(content: bytes, form: TableForm) -> list[tuple[str | None, ...]]:
    format_ = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML, "tsv": ox.QueryResultsFormat.TSV}[form]
    found = ox.parse_query_results(content, format_)
    assert isinstance(found, ox.QuerySolutions)
    assert [variable.value for variable in found.variables] == ["a", "b", "c"]
    return [tuple(None if value is None else str(value) for value in row) for row in found]


def without_names_of_blanks(rows: list[tuple[Term | None, ...]]) -> list[tuple[Term | None, ...]]:
    return [tuple("_:" if value is not None and value.startswith("_:") else value for value in row) for row in rows]


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_what_is_written_is_read_back(form: TableForm) -> None:
    assert without_names_of_blanks(read_back(table(form, ["a", "b", "c"], ROWS), form)) == without_names_of_blanks(ROWS)


@given(st.lists(st.tuples(*[st.none() | st.text(max_size=8).map(literal)] * 3), max_size=4))
def test_any_text_is_read_back(rows: list[tuple[Term | None, ...]]) -> None:
    found = read_back(table("json", ["a", "b", "c"], rows), "json")
    assert [[value and literal_parts(value) for value in row] for row in found] == [
        [value and literal_parts(value) for value in row] for row in rows
    ]


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflib_reads_it_too(form: TableForm) -> None:
    found = Result.parse(io.BytesIO(table(form, ["a", "b", "c"], ROWS[:1])), format=form)
    [row] = list(found)
    assert str(row[0]) == "http://x/é"
    assert str(row[1]).startswith('a "b"\t<&>')


def test_csv_as_the_standard_has_it() -> None:
    assert table("csv", ["a", "b", "c"], ROWS[:2]).decode() == ('a,b,c\r\nhttp://x/é,"a ""b""\t<&>\n\\ é𝛿",\r\n_:b0,colour,1\r\n')


def test_a_result_that_was_cut_links_to_why() -> None:
    assert json.loads(table("json", ["a"], [], ["http://h/sparql#limits"])) == {
        "head": {"vars": ["a"], "link": ["http://h/sparql#limits"]},
        "results": {"bindings": []},
    }
    assert b'<link href="http://h/sparql#limits"/></head>' in table("xml", ["a"], [], ["http://h/sparql#limits"])


def test_triples_as_terms() -> None:
    value = (iri("urn:s"), iri("urn:p"), literal("o"))
    [binding] = json.loads(table("json", ["t"], [(value,)]))["results"]["bindings"]
    assert binding["t"]["type"] == "triple"
    assert binding["t"]["value"]["object"] == {"type": "literal", "value": "o"}
    assert b"<triple><subject><uri>urn:s</uri></subject>" in table("xml", ["t"], [(value,)])
    assert table("tsv", ["t"], [(value,)]) == b'?t\n<<( <urn:s> <urn:p> "o" )>>\n'


@pytest.mark.parametrize("answer", [True, False])
def test_answers_to_ask(answer: bool) -> None:
    assert json.loads(truth("json", answer))["boolean"] is answer
    assert bool(ox.parse_query_results(truth("xml", answer), ox.QueryResultsFormat.XML)) is answer
    with pytest.raises(ValueError, match="csv"):
        truth("csv", answer)


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert "a\ufffdb".encode() in table("xml", ["a"], [(literal("a\x01b"),)])
