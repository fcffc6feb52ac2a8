"""The store: transactions, parameters that stay values, one process at a time, and exchanging it for a new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mechkg.errors import GraphError, LockedGraphError, QueryError
from mechkg.graph import store as module
from mechkg.graph.namespaces import MK, MKID, XSD
from mechkg.graph.store import Store, beside, bound, swap_in
from mechkg.graph.terms import Plain, Quad, iri, literal, term, thing, typed

G, H = "urn:g", "urn:h"


def quad(subject: str, property_: str, value: Plain, graph: str = G) -> Quad:
    return thing(subject), term(property_), literal(value), iri(graph)


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store.open(None if request.param == "memory" else tmp_path / "graph")


# --- writing ----------------------------------------------------------------------------------------------------------


def test_graphs_go_and_quads_come_in_one_change(store: Store) -> None:
    store.change([quad("a", "p", 1), quad("a", "p", 2), quad("b", "p", 3, H)])
    store.change([quad("a", "p", 4), quad("b", "p", 5, H)], [G, "urn:never"], [quad("b", "p", 3, H)])
    assert sorted(store.quads()) == sorted([quad("a", "p", 4), quad("b", "p", 5, H)])
    store.change(remove_graphs=[G])
    assert not store.has_graph(G)
    assert store.has_graph(H)


def test_a_change_that_fails_changes_nothing(store: Store) -> None:
    store.change([quad("a", "p", 1)])
    with pytest.raises(GraphError, match="cannot be written"):
        store.change([quad("a", "p", 2), (thing("a"), term("p"), "no term", iri(G))], [G])
    assert list(store.quads()) == [quad("a", "p", 1)]


def test_what_is_loaded_is_there(store: Store) -> None:
    quads = [quad(f"s{n}", "p", f'line\n"{n}" \\ é') for n in range(100)]
    store.load(quads)
    assert sorted(store.quads()) == sorted(quads)
    assert len(store) == 100
    store.clear()
    assert len(store) == 0


def test_what_is_on_disk_is_there_after_opening_again(tmp_path: Path) -> None:
    with Store.open(tmp_path / "deep" / "graph") as store:
        store.change([quad("a", "p", 1)])
    with Store.open(str(tmp_path / "deep" / "graph")) as store:
        assert list(store.quads()) == [quad("a", "p", 1)]


# --- reading ----------------------------------------------------------------------------------------------------------


def test_rows_are_plain_values(store: Store) -> None:
    values = [quad("a", "p", value) for value in ("text", 2, 2.5, True)]
    values.append((thing("a"), term("p"), term("PrimaryAmine"), iri(G)))
    values.append((thing("a"), term("p"), iri("http://example.org/x"), iri(G)))
    values.append((thing("a"), term("p"), typed("2026-01-01T00:00:00Z", XSD + "dateTime"), iri(G)))
    values.append((thing("a"), term("p"), typed("many", XSD + "integer"), iri(G)))
    store.change(values)
    table = store.select(f"SELECT ?s ?o ?none WHERE {{ ?s <{MK}p> ?o }}")
    assert table.columns == ("s", "o", "none")
    assert {(s, o, type(o), none) for s, o, none in table.rows} == {
        ("a", "text", str, None), ("a", 2, int, None), ("a", 2.5, float, None), ("a", True, bool, None),
        ("a", "PrimaryAmine", str, None), ("a", "http://example.org/x", str, None),
        ("a", "2026-01-01T00:00:00Z", str, None), ("a", "many", str, None),
    }  # fmt: skip


def test_queries_see_all_graphs_together_and_can_tell_them_apart(store: Store) -> None:
    store.change([quad("a", "p", 1), quad("b", "p", 1, H)])
    assert sorted(store.rows("SELECT ?s WHERE { ?s ?p 1 }", {})) == [["a"], ["b"]]
    assert store.rows("SELECT ?s ?g WHERE { GRAPH ?g { ?s ?p 1 } FILTER(?g = <urn:h>) }", {}) == [["b", H]]
    assert store.says("ASK { ?s ?p 1 }")
    assert store.construct("CONSTRUCT { ?s <urn:q> ?o } WHERE { GRAPH <urn:g> { ?s ?p ?o } }") == [
        (thing("a"), "<urn:q>", literal(1))
    ]
    assert store.graph(H) == [quad("b", "p", 1, H)[:3]]


@pytest.mark.parametrize("query", ["SELECT nothing", "SELECT ?x WHERE { ?x", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_a_bad_query_says_so(store: Store, query: str) -> None:
    with pytest.raises(QueryError):
        store.rows(query, {})


def test_each_way_to_ask_expects_its_kind_of_query(store: Store) -> None:
    with pytest.raises(QueryError, match="CONSTRUCT"):
        store.construct("SELECT ?s WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match="ASK"):
        store.says("SELECT ?s WHERE { ?s ?p ?o }")


# --- parameters -------------------------------------------------------------------------------------------------------


def test_a_parameter_reaches_filters_and_sub_selects(store: Store) -> None:
    store.change([quad(name, "v", number) for name, number in (("a", 1.0), ("b", 2.0), ("c", 5.0))])
    query = """# WHERE { in a comment does not count
    SELECT ?s ?n WHERE {
      ?s ?p ?x FILTER(?x < ?most)
      { SELECT (COUNT(?y) AS ?n) WHERE { ?z ?p ?y FILTER(?y < ?most) } }
      FILTER NOT EXISTS { ?s ?p ?same FILTER(?same = ?most - 1) }
    }"""
    assert store.select(query, {"most": literal(3.0)}).rows == [["a", 2]]


def test_items_are_given_by_local_name(store: Store) -> None:
    store.change([quad("z-f1/s3", "p", 1), quad("other", "p", 2)])
    assert store.rows("SELECT ?o WHERE { ?s ?p ?o }", {"s": "z-f1/s3"}) == [[1]]
    assert store.rows("SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o", {"not-mentioned".replace("-", ""): "x"}) == [[1], [2]]


@pytest.mark.parametrize("text", ['") } } DROP ALL #', "'''", '"\\', "} UNION { ?s ?p ?o }", "\n# \u2028", "?s"])
def test_a_value_never_becomes_part_of_the_query(store: Store, text: str) -> None:
    store.change([quad("a", "p", text), quad("b", "p", "other")])
    query = "SELECT ?s WHERE { ?s ?p ?o FILTER(?o = ?wanted) }"
    assert store.select(query, {"wanted": literal(text)}).rows == [["a"]]
    assert store.rows("SELECT ?p WHERE { ?s ?p ?o }", {"s": text}) == []
    assert len(store) == 2


@pytest.mark.parametrize("value", ["x", "<urn:a> } UNION {", "_:b", '"a" "b"', "<urn:a> . <urn:b> <urn:c> <urn:d>", ""])
def test_only_whole_terms_are_taken_as_values(value: str) -> None:
    with pytest.raises(QueryError):
        bound("SELECT ?s WHERE { ?s ?p ?o }", {"s": value})


def test_a_query_without_where_takes_no_parameter() -> None:
    with pytest.raises(QueryError, match="WHERE"):
        bound("ASK { ?s ?p ?o }", {"s": iri(MKID)})


# --- one process at a time --------------------------------------------------------------------------------------------


def test_a_store_held_by_another_process_says_so(tmp_path: Path) -> None:
    place = tmp_path / "graph"
    code = f"import pyoxigraph; s = pyoxigraph.Store({str(place)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n"
        with pytest.raises(LockedGraphError, match="in use") as caught:
            Store.open(place)
        assert caught.value.hint is not None
        assert "one process" in caught.value.hint
        child.communicate(b"\n")
    Store.open(place).close()


def test_a_closed_store_says_so_and_may_be_closed_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "graph")
    store.close()
    store.close()
    with pytest.raises(GraphError, match="closed"):
        len(store)


def test_a_damaged_store_says_how_to_go_on(tmp_path: Path) -> None:
    place = tmp_path / "graph"
    with Store.open(place) as store:
        store.load([quad("a", "p", 1)])
    (place / "CURRENT").write_text("nonsense")
    with pytest.raises(GraphError, match="cannot be opened") as caught:
        Store.open(place)
    assert "built anew" in str(caught.value)


# --- exchanging it ----------------------------------------------------------------------------------------------------


def make(place: Path, value: int) -> Path:
    with Store.open(place) as store:
        store.change([quad("a", "p", value)])
    return place


def content(place: Path) -> list[list[Plain]]:
    with Store.open(place) as store:
        return store.rows("SELECT ?o WHERE { ?s ?p ?o }", {})


def test_a_new_store_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    place = make(tmp_path / "graph", 1)
    swap_in(make(beside(place), 2), place)
    assert content(place) == [[2]]
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


def test_a_process_that_died_between_taking_away_and_putting_in_leaves_the_old_store(tmp_path: Path) -> None:
    place = make(tmp_path / "graph", 1)
    make(beside(place), 2)
    place.rename(tmp_path / "graph.old")
    assert content(place) == [[1]]
    assert not beside(place).exists()


def test_a_store_in_use_is_not_exchanged(tmp_path: Path) -> None:
    place = make(tmp_path / "graph", 1)
    fresh = make(beside(place), 2)
    with Store.open(place) as store:
        with pytest.raises(LockedGraphError):
            swap_in(fresh, place)
        assert store.rows("SELECT ?o WHERE { ?s ?p ?o }", {}) == [[1]]


def test_a_damaged_store_can_be_exchanged(tmp_path: Path) -> None:
    place = make(tmp_path / "graph", 1)
    (place / "CURRENT").write_text("nonsense")
    swap_in(make(beside(place), 2), place)
    assert content(place) == [[2]]


def test_a_large_copy_lies_beside_the_store_until_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGE", 0)
    one, other = [(iri("urn:a"), iri("urn:b"), literal(n), iri("urn:g")) for n in (1, 2)]
    with Store.open(tmp_path / "graph") as store:
        store.change([one])
        copy = store.copy()
        assert len(list(tmp_path.iterdir())) == 2
        copy.change([other], remove=[one])
        store.change([other])
        assert list(copy.quads()) == [other]
        assert sorted(store.quads()) == sorted([one, other])
        copy.close()
        assert [path.name for path in tmp_path.iterdir()] == ["graph"]
    assert Store.open(None).copy().where is None


def test_a_copy_that_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "graph.copy-1234"
    with Store.open(tmp_path / "graph"):
        left.mkdir()  # somebody holds the graph, and this may be their copy
        with pytest.raises(LockedGraphError):
            Store.open(tmp_path / "graph")
    assert left.exists()
    Store.open(tmp_path / "graph").close()
    assert not left.exists()
