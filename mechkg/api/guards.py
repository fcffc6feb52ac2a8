"""Limits on the form of a document and of its variables, held before anything slow is done with them.

Each look stops at the limit, so that what is refused is refused quickly, however large it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from mechkg.api.graphql_errors import RequestError
from mechkg.api.limits import Limits

LONGEST_WORD: Final = 256
"""Characters of a name or number."""

# Possessive, so that no text makes it go back and try again. What is none of these is skipped.
_SIGNS: Final = re.compile(
    r'"""(?:\\"""|[^"]|"(?!""))*+(?:""")?+'
    r'|"(?:\\.|[^"\\\n])*+"?+'
    r"|\#[^\n]*+"
    rf"|(?P<long>[\w.+-]{{{LONGEST_WORD + 1},}}+)"
    r"|(?P<sign>[{}()\[\]@])"
)


def guard_text(text: str, limits: Limits) -> None:
    """Raise RequestError for a document that is too large, or nested too deeply, to be parsed.

    Words and signs are counted by the parser itself.
    """
    if len(text) > limits.characters:
        said = f"the document has {len(text)} characters; {limits.characters} are read"
        raise RequestError.of("graphql.too-large", said, "give long texts as variables")
    deepest = limits.depth + limits.nesting
    open_ = directives = 0
    for found in _SIGNS.finditer(text):
        if found["long"] is not None:
            raise RequestError.of("graphql.tokens", f"a name or number has more than {LONGEST_WORD} characters")
        match found["sign"]:
            case "{" | "(" | "[":
                open_ += 1
                if open_ > deepest:
                    raise RequestError.of("graphql.depth", f"more than {deepest} brackets are open at once")
            case "}" | ")" | "]":
                open_ -= 1
            case "@":
                directives += 1
                if directives > limits.directives:
                    raise RequestError.of("graphql.directives", f"the document has more than {limits.directives} directives")


def guard_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raise RequestError for variables with too many values, or values nested too deeply."""
    left = limits.values
    level: list[Any] = [variables]
    for _ in range(limits.nesting + 1):
        inner: list[Any] = []
        for value in level:
            parts = value.values() if isinstance(value, Mapping) else value
            left -= len(value)
            if left < 0:
                said = f"the variables hold more than {limits.values} values"
                raise RequestError.of("graphql.too-large", said, "ask in several requests")
            inner += [part for part in parts if isinstance(part, dict | list)]
        if not inner:
            return
        level = inner
    raise RequestError.of("graphql.depth", f"the variables are nested more than {limits.nesting} deep")


def guard_document(document: DocumentNode, limits: Limits) -> None:
    """Raise RequestError for a document that asks for too much, or has fragments within themselves or that nothing asks for."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    spread = {name: tuple(_spreads(node.selection_set)) for name, node in fragments.items()}
    _refuse_unused(spread, [name for node in operations for name in _spreads(node.selection_set)])
    _refuse_cycles(spread)
    count = _Count(fragments, limits)
    for node in operations:
        count.look([node.selection_set], 1)


class _Count:
    """Counts what a document asks for, fields that come to stand at one place of the answer taken together."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._fields = self._aliases = self._repeats = 0

    def look(self, those: list[SelectionSetNode], depth: int) -> None:
        """Count the selections of one place of the answer, and of all below it."""
        if depth > self._limits.depth:
            raise RequestError.of("graphql.depth", f"fields are nested more than {self._limits.depth} deep")
        below: dict[str, list[SelectionSetNode]] = {}
        times: dict[str, int] = {}
        for field in self._fields_of(those):
            self._count(field)
            key = (field.alias or field.name).value
            times[key] = times.get(key, 0) + 1
            if field.selection_set is not None:
                below.setdefault(key, []).append(field.selection_set)
        self._compared(times.values())
        for sets in below.values():
            self.look(sets, depth + 1)

    def _fields_of(self, those: list[SelectionSetNode]) -> Iterator[FieldNode]:
        left, spread = list(those), dict[str, int]()
        while left:
            for one in left.pop().selections:
                if isinstance(one, FieldNode):
                    yield one
                    continue
                if isinstance(one, FragmentSpreadNode):
                    name = one.name.value
                    spread[name] = spread.get(name, 0) + 1
                    if spread[name] > 1 or name not in self._fragments:
                        continue
                    left.append(self._fragments[name].selection_set)
                elif isinstance(one, InlineFragmentNode):
                    left.append(one.selection_set)
        self._compared([sum(spread.values())])

    def _count(self, field: FieldNode) -> None:
        limits = self._limits
        self._fields += 1
        self._aliases += field.alias is not None
        if self._fields > limits.fields:
            said = f"the document asks for more than {limits.fields} fields, fragments written out"
            raise RequestError.of("graphql.fields", said, "ask in several requests")
        if self._aliases > limits.aliases:
            said = f"the document has more than {limits.aliases} aliases, fragments written out"
            raise RequestError.of("graphql.aliases", said, "ask in several requests")
        if not limits.introspection and field.name.value in ("__schema", "__type"):
            raise RequestError.of("graphql.not-allowed", "the schema cannot be asked for here")

    def _compared(self, times: Iterable[int]) -> None:
        self._repeats += sum(n * (n - 1) // 2 for n in times)
        if self._repeats > self._limits.repeats:
            raise RequestError.of("graphql.fields", "the document asks too often for the same field of the answer")


def _refuse_unused(spread: Mapping[str, tuple[str, ...]], asked: Iterable[str]) -> None:
    """Raise RequestError when a fragment is not reached from what is asked; to validate many of them takes long."""
    left, reached = list(asked), set[str]()
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += spread.get(name, ())
    unused = next((name for name in spread if name not in reached), None)
    if unused is not None:
        raise RequestError.of("graphql.validation", f"the fragment '{unused}' is not used")


def _refuse_cycles(spread: Mapping[str, tuple[str, ...]]) -> None:
    """Raise RequestError when a fragment is spread within itself, however indirectly."""
    done: set[str] = set()
    for start in spread:
        path: list[tuple[str, Iterator[str]]] = [] if start in done else [(start, iter(spread[start]))]
        within = {start} if path else set()
        while path:
            name, rest = path[-1]
            following = next((one for one in rest if one in spread and one not in done), None)
            if following is None:
                path.pop()
                within.discard(name)
                done.add(name)
            elif following in within:
                raise RequestError.of("graphql.validation", f"the fragment '{following}' is spread within itself")
            else:
                path.append((following, iter(spread[following])))
                within.add(following)


def _spreads(selections: SelectionSetNode) -> Iterator[str]:
    left = [selections]
    while left:
        for one in left.pop().selections:
            if isinstance(one, FragmentSpreadNode):
                yield one.name.value
            elif isinstance(one, FieldNode | InlineFragmentNode) and one.selection_set is not None:
                left.append(one.selection_set)
