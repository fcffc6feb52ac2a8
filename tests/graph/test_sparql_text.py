"""What is told of a query from its text: whether it names graphs, asks other services, changes something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.graph.sparql_text import asks_others, is_update, keywords, names_graphs


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT * FROM <urn:g> { ?s ?p ?o }", True),
        ("select *\nfrom named <urn:g>{ }", True),
        ("CONSTRUCT { ?s ?p ?o } FROM<urn:g> WHERE { ?s ?p ?o }", True),
        ("SELECT * { ?s ?p ?o } # FROM <urn:g>", False),
        ("SELECT * { <http://from/#from> ?from ?o }", False),
        ('SELECT * { ?s from:from \'FROM\', """a " FROM""" }', False),
        ("PREFIX from: <urn:x> SELECT (EXISTS { ?s ?p from:x } AS ?e) FROM <urn:g> {}", True),
    ],
)
def test_whether_it_names_graphs(query: str, named: bool) -> None:
    assert names_graphs(query) is named


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT*{service<http://x/>{}}",
        "SELECT * { SERVICE SILENT ?where { ?s ?p ?o } }",
        "PREFIX x: <http://x/> ASK { SERVICE x:y{} }",
        "ASK { SERVICE # } a comment {\n <http://x/it's> # 'another\n { } }",
        "ASK { FILTER(?a<?b&&'x>'=?c)SERVICE<http://x>{?s ?p 'o'} }",
        "ASK { <http://x/it's> a 'b' . SERVICE <y:y> { } }",
        'ASK { ?s ?p "a" . SERVICE $x { } }',
        "ASK { ?s ?p 1SERVICE<http://x/>{ } }",
        "ASK { ?s ?p trueSERVICE:x{ } }",
    ],
)
def test_what_asks_others_is_seen(query: str) -> None:
    assert asks_others(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?service ?p ?o }",
        "PREFIX service: <http://x/> ASK { ?s service:x ?o . OPTIONAL { ?o ?p 1 } }",
        'ASK { ?s ?p "a service" . OPTIONAL { ?s ?q ?r } }',
        "# of a service: one\nASK { ?s ?p ?o }",
        "ASK { GRAPH ?service { ?s ?p ?o } }",
        "ASK { ?s <http://x/service> ?o . { ?a ?b ?c } }",
    ],
)
def test_what_speaks_of_services_asks_none(query: str) -> None:
    assert not asks_others(query)


_SPACE = st.lists(st.sampled_from([" ", "\n", "\t", "# it's {\n", "#}\r\n", '# "\n']), min_size=1, max_size=3).map("".join)


@given(
    before=st.sampled_from(
        ["", "?a ?b 'c' .", "<http://x/'> ?p \"it's\" .", "FILTER(1<2&&'x>'='x>')", "# '\n", '?s ?p """a"b""" . ']
    ),
    word=st.sampled_from(["SERVICE", "service", "SeRvIcE"]),
    silent=st.sampled_from(["", "SILENT ", "silent\n"]),
    name=st.sampled_from(["<http://x/>", "<http://x/#a'b>", "?where", "$w", "x:y", ":y", "x:a%20b", "x:"]),
    one=_SPACE,
    other=_SPACE,
)
def test_nothing_around_hides_it(before: str, word: str, silent: str, name: str, one: str, other: str) -> None:
    assert asks_others(f"ASK {{ {before}\n{word}{one}{silent}{name}{other}{{ ?s ?p ?o }} }}")


def test_updates_are_told_from_queries() -> None:
    for text in (
        "CLEAR ALL",
        "PREFIX a: <urn:select> insert data { }",
        "# SELECT\nDROP GRAPH <urn:g>",
        "WITH <urn:g> DELETE {} WHERE {}",
    ):
        assert is_update(text)
    for text in ("SELECT ?insert { }", "PREFIX insert: <urn:i> ASK { ?s insert:x 'DELETE' }", "nonsense", ""):
        assert not is_update(text)


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    list(keywords(text))
    asks_others(text)
    is_update(text)
