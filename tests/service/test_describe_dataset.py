"""What is said of a graph as a whole is what is in it; where counting takes long, nobody waits for it twice."""

from __future__ import annotations

import threading

import pytest

from mechkg.graph.store import Store
from mechkg.graph.terms import iri, literal
from mechkg.service import describe_dataset as module
from mechkg.service.describe_dataset import counted, counts
from mechkg.service.workspace import Workspace

ONE, OTHER = ((iri("urn:a"), iri("urn:b"), literal(n), iri("urn:g")) for n in (1, 2))


def test_each_triple_is_counted_once_or_in_each_graph_that_says_it(shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    quads = set(shipped.store.copy().quads())
    found = counts(shipped.store, shipped.version)
    assert (found.triples, found.by_graph) == (len({quad[:3] for quad in quads}), False)
    assert (found.subjects, found.objects, found.graphs) == tuple(len({quad[n] for quad in quads}) for n in (0, 2, 3))
    monkeypatch.setattr(module, "_WHOLE", 0)
    again = module._counts_of(shipped.store)
    assert (again.triples, again.by_graph) == (len(quads), True)
    assert again.classes == found.classes


def test_what_is_counted_fast_is_counted_when_it_is_asked_for() -> None:
    with Store.open(None) as store:
        store.change([ONE])
        assert [counts(store, 1).triples, counted(store, 1)[0]] == [1, 1]
        store.change([OTHER])
        assert [counts(store, 2).triples, counted(store, 2)[0]] == [2, 2]


def test_what_takes_long_is_counted_beside_and_what_was_counted_last_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", -1.0)
    monkeypatch.setattr(module, "_REST", 0)
    with Store.open(None) as store:
        store.change([ONE])
        assert counts(store, 1).triples == 1
        store.change([OTHER])
        position, found = counted(store, 2)
        assert (position, found.triples) == (1, 1)
        for thread in [thread for thread in threading.enumerate() if thread.name == "counting"]:
            thread.join(10)
        position, found = counted(store, 2)
        assert (position, found.triples) == (2, 2)
