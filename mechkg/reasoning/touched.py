"""Which facts can read otherwise once some triples have come or gone: those whose query speaks of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mechkg.assets import queries_dir
from mechkg.graph.terms import term
from mechkg.reasoning.facts import Source

_PREFIX = re.compile(r"PREFIX\s+(\w*):\s*<([^>]*)>", re.IGNORECASE)
_IRI = re.compile(r"<([^<>\s]+)>")
_NAME = re.compile(r"(?<![\w<:/#])(\w*):(\w+)")
_SELECT = re.compile(r"\bSELECT\s+(?:DISTINCT\s+)?(?P<shown>(?:\?\w+\s+)+)WHERE\b")
_OF_A_SPACE = re.compile(r"\?space\b")
_ANY_CLASS = re.compile(r"\sa\s+\?|\brdf:type\s+\?")
_COMMENT_LINE = re.compile(r"^\s*#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FactQuery:
    """A query of ``queries/facts``: what it names, whether it asks of one space, and whether for classes whatever their name."""

    name: str
    text: str
    names: frozenset[str]
    of_a_space: bool
    any_class: bool

    def can_see(self, touched: frozenset[str], *, classes: bool) -> bool:
        """Say whether a change of triples with these properties and classes can be seen; ``classes``: some belong to others."""
        return bool(self.names & touched) or (classes and self.any_class)


class Shared:
    """Answers of a graph that does not change, kept: those that are the same for all spaces are asked for once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: dict[tuple[str, tuple[tuple[str, str], ...]], Sequence[Sequence[Any]]] = {}
        self._before: Shared | None = None
        self._changed: frozenset[str] = frozenset()

    def follow(self, before: Shared, changed: Iterable[FactQuery]) -> None:
        """Take the answers of another graph, but for those queries that answer otherwise here."""
        self._before, self._changed = before, frozenset(query.text for query in changed)

    def asking(self, source: Source) -> Shared:
        """Return the same, to ask another ``source`` from here on, which says what this one says."""
        found = Shared(source)
        found._kept, found._before, found._changed = dict(self._kept), self._before, self._changed
        return found

    def take(self, other: Shared) -> None:
        """Keep the answers that were given to another."""
        self._kept.update(other._kept)

    def gather(self, queries: Iterable[FactQuery], spaces: Collection[str]) -> None:
        """Ask once for many ``spaces`` what would be asked for each of them."""
        for query in queries:
            if self._before is not None and query.text not in self._changed:
                self._before.gather([query], spaces)
                continue
            missing = [space for space in spaces if (query.text, (("space", space),)) not in self._kept]
            if not query.of_a_space or len(missing) < _MANY:
                continue
            text, place = _of_all_spaces(query.text)
            found: dict[str, list[Sequence[Any]]] = {space: [] for space in missing}
            for row in self._source.rows(text, {}):
                space, told = (row[0], row[1:]) if place is None else (row[place], row)
                if space in found:
                    found[space].append(told)
            self._kept.update(((query.text, (("space", space),)), rows) for space, rows in found.items())

    def rows(self, query: str, bindings: Mapping[str, str]) -> Sequence[Sequence[Any]]:
        """Answer ``query``; ``bindings`` gives IRIs (as local names) to variables."""
        if self._before is not None and query not in self._changed:
            return self._before.rows(query, bindings)
        own = tuple((name, value) for name, value in bindings.items() if re.search(rf"\?{name}\b", query))
        if (query, own) not in self._kept:
            self._kept[query, own] = self._source.rows(query, dict(own))
        return self._kept[query, own]


_MANY = 8
"""From so many spaces on it is faster to ask for all spaces at once."""


def _of_all_spaces(query: str) -> tuple[str, int | None]:
    """Return a query of one space as a query of all, which shows the space in its first column, or at the place given.

    >>> _of_all_spaces("SELECT DISTINCT ?item ?space WHERE { ... }")[1]
    1
    """
    found = _SELECT.search(query)
    assert found is not None, "a query for facts shows variables by name"
    shown = found["shown"].split()
    start, group = found.start("shown"), query.index("{", found.end()) + 1
    text = f"{query[start:group]} ?space a {term('HypothesisSpace')} .{query[group:]}"
    if "?space" in shown:
        return query[:start] + text, shown.index("?space")
    return f"{query[:start]}?space {text}", None


@cache
def fact_queries() -> tuple[FactQuery, ...]:
    """Return the queries that facts are read with."""
    return tuple(_read(path.stem, path.read_text(encoding="utf-8")) for path in sorted((queries_dir() / "facts").glob("*.rq")))


def queries_that_see(triples: Iterable[tuple[str, str, str]], type_: str) -> list[FactQuery]:
    """Return the queries that can answer otherwise once ``triples``, in N-Triples form, have come or gone.

    No query asks for properties whatever their name, so each sees only triples whose property it names, and of those that say
    what class a thing is of (property ``type_``) only those whose class it names. A test holds the queries to that.
    """
    touched: set[str] = set()
    classes = False
    for _, predicate, object_ in triples:
        classes = classes or predicate == type_
        touched.add((object_ if predicate == type_ else predicate)[1:-1])
    those = frozenset(touched)
    return [query for query in fact_queries() if query.can_see(those, classes=classes)]


def _read(name: str, text: str) -> FactQuery:
    body = _COMMENT_LINE.sub("", text)
    prefixes = dict(_PREFIX.findall(body))
    body = _PREFIX.sub("", body)
    names = {*_IRI.findall(body), *(prefixes[prefix] + local for prefix, local in _NAME.findall(body) if prefix in prefixes)}
    return FactQuery(name, text, frozenset(names), bool(_OF_A_SPACE.search(body)), bool(_ANY_CLASS.search(body)))
