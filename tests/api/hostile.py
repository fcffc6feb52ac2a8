"""Requests that are made to hurt, each with the code that it is refused by. A test sends them all, a benchmark takes the time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hostile:
    """A request: the body to send, and the code of the answer."""

    name: str
    code: str
    body: bytes


def _asked(query: str, **variables: Any) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


def _many(count: int, written: Callable[[int], str]) -> str:
    return " ".join(written(n) for n in range(count))


def _wide(count: int, written: Callable[[int], str]) -> str:
    return f"{{ {_many(count, written)} }}"


def _why(levels: int) -> str:
    tree = "premises { " * levels + "sentence" + " }" * levels
    return f'{{ why(space: "s", candidate: "c") {{ proofs {{ {tree} }} }} }}'


def _bomb(levels: int) -> str:
    """Fragments each of which is spread twice by the one before: 2 to the power of ``levels`` places."""

    def doubled(n: int) -> str:
        twice = f"reactants {{ item {{ ...f{n + 1} }} }} products {{ item {{ ...f{n + 1} }} }}"
        return f"fragment f{n} on Item {{ ... on Step {{ {twice} }} }}"

    return f'{{ item(name: "x") {{ ...f0 }} }} {_many(levels, doubled)} fragment f{levels} on Item {{ localName }}'


def _nested(levels: int) -> Any:
    found: Any = "x"
    for _ in range(levels):
        found = [found]
    return found


NAMED = "query ($x: String!) { item(name: $x) { localName } }"
AGAIN = "observations { nodes { subject { ... on Species { localName } } } }"
SEEN = f"observations {{ nodes {{ subject {{ ... on Species {{ {AGAIN} }} }} }} }}"
PAGED = f"query ($n: Int!) {{ allSpecies(first: $n) {{ nodes {{ {SEEN} }} }} }}"
REPORTED = "wholeSpace { completeUpTo } killMatrix { observations } whatIf { __typename } nextExperiment { __typename }"
TAKES_PART = "steps { nodes { localName reactants { item { localName } } products { item { localName } } } }"
FULL = f"localName {TAKES_PART} observations {{ nodes {{ localName subject {{ localName }} }} }}"

HOSTILE = (
    # --- form ---
    Hostile("deep", "graphql.depth", _asked(_why(45))),
    Hostile("deeper than the parser can go", "graphql.depth", _asked(_why(700))),
    Hostile("brackets that never close", "graphql.depth", _asked("{" * 50_000)),
    Hostile(
        "lists within lists, written out", "graphql.depth", _asked(f"{{ item(name: {'[' * 5000}{']' * 5000}) {{ localName }} }}")
    ),
    Hostile("wide: the same field again and again", "graphql.fields", _asked(f"{{ {'graphVersion ' * 1900} }}")),
    Hostile(
        "wide and deep: the same places again and again",
        "graphql.fields",
        _asked(_wide(20, lambda n: f'item(name: "x") {{ {_many(20, lambda m: "source { locator }")} }}')),
    ),
    Hostile("the same inline fragment again and again", "graphql.fields", _asked(f"{{ {'... { graphVersion } ' * 450} }}")),
    Hostile(
        "many fragments at one place",
        "graphql.fields",
        _asked(_wide(150, lambda n: f"...f{n}") + _many(150, lambda n: f"fragment f{n} on Query {{ graphVersion }}")),
    ),
    Hostile("a fragment bomb", "graphql.fields", _asked(_bomb(12))),
    Hostile("aliases", "graphql.aliases", _asked(_wide(600, lambda n: f"a{n}: graphVersion"))),
    Hostile(
        "aliases in fragments",
        "graphql.aliases",
        _asked(
            '{ a: item(name: "x") { ...f } b: item(name: "y") { ...f } } fragment f on Item ' + _wide(40, lambda n: f"a{n}: id")
        ),
    ),
    Hostile("words", "graphql.tokens", _asked(_wide(15_000, lambda n: "a"))),
    Hostile("commas and comments only", "graphql.tokens", _asked("#\n" * 45_000 + "{ graphVersion }")),
    Hostile("directives", "graphql.directives", _asked(f"{{ graphVersion {'@include(if: true) ' * 500} }}")),
    Hostile("unknown directives", "graphql.directives", _asked(f"{{ graphVersion {'@a ' * 2000} }}")),
    Hostile("a huge document", "graphql.too-large", _asked("{ graphVersion } " + "#" * 500_000)),
    # --- what is wrong ---
    Hostile(
        "a circle of fragments",
        "graphql.validation",
        _asked("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
    ),
    Hostile(
        "a long circle of fragments",
        "graphql.validation",
        _asked("{ ...f0 } " + _many(200, lambda n: f"fragment f{n} on Query {{ ...f{(n + 1) % 200} }}")),
    ),
    Hostile(
        "a fragment within itself, by a field",
        "graphql.validation",
        _asked(
            '{ item(name: "x") { ...a } } fragment a on Item { source { document { ...b } } } fragment b on Document { ...b }'
        ),
    ),
    Hostile("names that are almost right", "graphql.validation", _asked(_wide(1000, lambda n: f"graphVersio{n}"))),
    Hostile(
        "arguments that are not there", "graphql.validation", _asked(f"{{ graphVersion({_many(600, lambda n: f'a{n}: 1')}) }}")
    ),
    Hostile(
        "values that do not fit",
        "graphql.validation",
        _asked(f'{{ check(space: "s", candidates: [{_many(1900, str)}]) {{ space }} }}'),
    ),
    Hostile(
        "fragments that nobody asks for",
        "graphql.validation",
        _asked("{ graphVersion } " + _many(250, lambda n: f"fragment f{n} on Query {{ graphVersion }}")),
    ),
    Hostile(
        "variables that nobody asks for",
        "graphql.validation",
        _asked(f"query ({_many(450, lambda n: f'$a{n}: Int')}) {{ graphVersion }}"),
    ),
    Hostile("operations without names", "graphql.validation", _asked("{ graphVersion } " * 600)),
    Hostile("a text that does not end", "graphql.syntax", _asked('{ item(name: "' + "x" * 50_000 + ") { localName } }")),
    Hostile("a block text of escapes that does not end", "graphql.syntax", _asked('{ item(name: """' + '\\"""' * 12_000)),
    # --- values ---
    Hostile("a huge name", "graphql.tokens", _asked(f"{{ {'a' * 90_000} }}")),
    Hostile("a huge whole number", "graphql.tokens", _asked(f"{{ allSpecies(first: {'9' * 90_000}) {{ totalCount }} }}")),
    Hostile("a whole number too large", "graphql.validation", _asked("{ allSpecies(first: 99999999999) { totalCount } }")),
    Hostile(
        "a huge text as a wrong value",
        "graphql.validation",
        _asked('{ allSpecies(first: "' + "x" * 90_000 + '") { totalCount } }'),
    ),
    Hostile("many variables", "graphql.too-large", _asked(NAMED, x="y", **{f"v{n}": n for n in range(20_000)})),
    Hostile("a long list in a variable", "graphql.too-large", _asked(NAMED, x=["y"] * 100_000)),
    Hostile("lists within lists, in a variable", "graphql.depth", _asked(NAMED, x=_nested(400))),
    Hostile(
        "lists within lists, beyond any reader",
        "graphql.request",
        b'{"query": "{ graphVersion }", "variables": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    ),
    Hostile("a wrong list in a variable", "graphql.variables", _asked(NAMED, x=["y"] * 9000)),
    Hostile(
        "wrong values in a list",
        "graphql.variables",
        _asked('query ($x: [String!]) { check(space: "s", candidates: $x) { space } }', x=list(range(9000))),
    ),
    Hostile(
        "a huge whole number in a variable",
        "graphql.request",
        b'{"query": "query ($n: Int) { allSpecies(first: $n) { totalCount } }", "variables": {"n": ' + b"9" * 90_000 + b"}}",
    ),
    Hostile(
        "a huge text as a wrong variable",
        "graphql.variables",
        _asked("query ($n: Int!) { allSpecies(first: $n) { totalCount } }", n="x" * 900_000),
    ),
    Hostile("a huge body", "graphql.too-large", _asked(NAMED, x="x" * 2_000_000)),
    # --- what it would cost ---
    Hostile("long pages of long lists", "graphql.cost", _asked(PAGED, n=500)),
    Hostile(
        "everything of everything",
        "graphql.cost",
        _asked(_wide(10, lambda n: f"a{n}: allSpecies(first: 500) {{ nodes {{ {FULL} }} }}")),
    ),
    Hostile("a tree of lists", "graphql.cost", _asked(_why(12))),
    Hostile(
        "the reasoner, again and again", "graphql.cost", _asked(_wide(40, lambda n: f'a{n}: report(space: "s") {{ {REPORTED} }}'))
    ),
    # --- several at once ---
    Hostile("a batch", "graphql.request", json.dumps([{"query": "{ graphVersion }"}] * 10_000).encode()),
    Hostile("not JSON at all", "graphql.request", b"{" * 500_000),
)
