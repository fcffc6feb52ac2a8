"""Which fact queries can see a change, and whose answers are taken over from before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mechkg.graph.namespaces import TYPE
from mechkg.reasoning.touched import FactQuery, Shared, fact_queries, queries_that_see
from mechkg.service.workspace import Workspace


def test_no_fact_query_asks_for_any_property() -> None:
    """What a query can see is told by the names in it, so it must name every property."""
    for query in fact_queries():
        triples = [line.split() for line in query.text.splitlines() if not line.startswith(("#", "PREFIX", "SELECT"))]
        for words in triples:
            for place, word in enumerate(words[:-1]):
                starts = place == 0 or words[place - 1] in ("{", ".", "}", "(")
                if word.startswith("?") and starts and words[place + 1].startswith("?"):
                    raise AssertionError(f"{query.name}: {' '.join(words)}")
    ours = "https://w3id.org/mechkg/ontology#"
    seen = queries_that_see([("<s>", f"<{ours}note>", '"words"'), ("<s>", f"<{TYPE}>", f"<{ours}Remark>")], f"<{TYPE}>")
    assert all(query.any_class for query in seen) and "is_a" in {query.name for query in seen}
    assert "form" in {query.name for query in queries_that_see([("<s>", f"<{ours}form>", '"induction"')], f"<{TYPE}>")}


class Asked:
    """A source that notes what it is asked."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []

    def rows(self, query: str, bindings: Mapping[str, str]) -> Sequence[Sequence[Any]]:
        self.asked.append((query, dict(bindings)))
        return [(self.answer,)]


def test_what_is_the_same_for_all_spaces_is_asked_for_once() -> None:
    source = Asked("now")
    shared = Shared(source)
    for space in ("one", "other", "one"):
        shared.rows("of ?space", {"space": space})
        shared.rows("of ?spaces", {"space": space})
    assert source.asked == [("of ?space", {"space": "one"}), ("of ?spaces", {}), ("of ?space", {"space": "other"})]


def test_only_what_changed_is_asked_again() -> None:
    before, after = Asked("before"), Asked("after")
    now, then = Shared(before), Shared(after)
    changed = FactQuery("b", "b ?space", frozenset(), True, False)
    then.follow(now, [changed])
    assert then.rows("a ?space", {"space": "s"}) == [("before",)] and then.rows("b ?space", {"space": "s"}) == [("after",)]
    assert [query for query, _ in after.asked] == ["b ?space"]


def test_asked_for_all_spaces_at_once_is_asked_for_each(shipped: Workspace) -> None:
    spaces = [entry.id for entry in shipped.catalog.by_kind["space"]]
    at_once, one_by_one = Shared(shipped.store), Shared(shipped.store)
    queries = [query for query in fact_queries() if query.of_a_space]
    at_once.gather(queries, spaces)
    for query in queries:
        for space in spaces:
            assert (query.text, (("space", space),)) in at_once._kept
            told = [Counter(map(tuple, s.rows(query.text, {"space": space}))) for s in (at_once, one_by_one)]
            assert told[0] == told[1], (query.name, space)


def test_what_did_not_change_is_gathered_from_before() -> None:
    spaces = [f"s{n}" for n in range(20)]
    query = FactQuery("a", "SELECT ?space ?item WHERE { ?space ?p ?item }", frozenset(), True, False)

    class Source(Asked):
        def rows(self, query: str, bindings: Mapping[str, str]) -> Sequence[Sequence[Any]]:
            super().rows(query, bindings)
            return [(space, self.answer) for space in ("s0", "s3", "another")]

    before, after = Source("before"), Source("after")
    now, then = Shared(before), Shared(after)
    then.follow(now, [])
    then.gather([query], spaces)
    assert then.rows(query.text, {"space": "s3"}) == [("s3", "before")] and then.rows(query.text, {"space": "s1"}) == []
    assert len(before.asked) == 1 and after.asked == []
