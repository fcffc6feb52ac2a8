"""YAML as chemists write it: the core schema of YAML 1.2, every value with its line, nothing that can explode.

PyYAML follows YAML 1.1, in which ``NO`` is false, ``12:30`` is 750 and ``2020-06-17`` is a date. Here only its scanner is used
(libyaml where it is built in); the values are ours. Anchors, aliases and tags are refused, so are duplicate keys, and files that
are too large, too deep or too rich in nodes. This is the only file that imports PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from mechkg.literature.places import Path
from mechkg.model.finding import Finding

LARGEST = 8 * 1024 * 1024
"""Bytes in a file, at most."""
DEEPEST = 40
"""Lists and mappings inside each other, at most."""
MOST_NODES = 500_000
"""Keys and values in a file, at most."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CONSTANTS: dict[str, Any] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
    | dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan"))
    | {f"{sign}.{word}": float(f"{sign}inf") for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")}
)
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MOST_DIGITS = 400  # no printed integer has more; Python itself refuses to read more than 4300

_SENTENCES = (
    ("mapping values are not allowed", "a value that holds ': ' must stand in quotes"),
    ("cannot start any token", "indent with blanks, not tabs; a value that begins with %, @ or ` must stand in quotes"),
    ("could not find expected ':'", "after a key comes a colon and a blank; check the indentation"),
    ("did not find expected key", "check the indentation, and that a quoted value ends where its quotes end"),
    ("did not find expected '-'", "items of one list must begin in the same column"),
    ("expected <block end>", "check the indentation, and that a quoted value ends where its quotes end"),
    ("did not find expected ',' or", "a list in [ ] or a mapping in { } is not closed, or a value in it needs quotes"),
    ("expected ',' or", "a list in [ ] or a mapping in { } is not closed, or a value in it needs quotes"),
    ("unexpected end of stream", "a quote is opened and never closed"),
    ("unknown escape", "inside double quotes a backslash must be doubled; single quotes leave it alone"),
    ("undefined tag handle", "tags (!name) are not used here; put a value that begins with '!' in quotes"),
    ("expected the node content", "a value that begins with ] } , or % must stand in quotes"),
)


@dataclass(frozen=True, slots=True)
class YamlReading:
    """What a YAML text says. ``content`` is None when there are findings; ``lines`` gives the line of every key and list item."""

    content: Any
    lines: dict[Path, int]
    findings: list[Finding]


class _RefusedError(Exception):
    """The text cannot be used; reading stops here."""

    def __init__(self, code: str, line: int, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.line, self.message, self.hint = code, line, message, hint


def scalar(word: str) -> Any:
    """Return what a plain (unquoted) word means under the core schema of YAML 1.2.

    >>> [scalar(word) for word in ("NO", "on", "12:30", "2020-06-17", "1_000", "0o17", "null", "1e3")]
    ['NO', 'on', '12:30', '2020-06-17', '1_000', 15, None, 1000.0]
    """
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if _INTEGER.fullmatch(word):
        return int(word, 0) if word[:2] in ("0o", "0x") else int(word)
    return float(word) if _FLOAT.fullmatch(word) else word


def read_yaml(text: str, file: str | None = None) -> YamlReading:
    """Parse one YAML document; what is wrong with it becomes findings, with lines.

    >>> read_yaml("molecule: NO").content
    {'molecule': 'NO'}
    >>> read_yaml("a: 1\\na: 2", "x.yaml").findings[0].line
    2
    """
    reader = _Reader()
    try:
        content = reader.read(text)
    except _RefusedError as refused:
        reader.problems.append(refused)
    except yaml.YAMLError as error:
        reader.problems.append(_syntax(error, text.count("\n")))
    found = [Finding("error", f"corpus.{p.code}", p.message, file, p.line, p.hint) for p in reader.problems]
    return YamlReading(None if found else content, reader.lines, found)


def _syntax(error: yaml.YAMLError, last_line: int) -> _RefusedError:
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if context is not None and (mark is None or mark.line >= last_line):
        mark = context  # the scanner met the end of the file: what was never closed is the place to look at
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
    hint = next((sentence for start, sentence in _SENTENCES if start in problem), None)
    if getattr(error, "reason", None):
        hint = "the file holds a control character; save it as plain UTF-8 text"
    return _RefusedError("syntax", mark.line + 1 if mark else 1, f"this is not YAML: {problem}", hint)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being filled."""

    value: Any
    path: Path
    key: str | None = None
    seen: dict[str, int] = field(default_factory=dict)


class _Reader:
    """Builds content and lines from the scanner's events, in one pass and without recursion."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[_RefusedError] = []
        self._open: list[_Open] = []
        self._root: Any = None
        self._nodes = 0

    def read(self, text: str) -> Any:
        try:
            size = len(text.encode())
        except UnicodeEncodeError as error:
            line = text.count("\n", 0, error.start) + 1
            raise _RefusedError("syntax", line, "this is not text", "save the file as plain UTF-8 text") from error
        if size > LARGEST:
            raise _RefusedError("too-large", 1, f"the file has {size} bytes; at most {LARGEST} are read", "split it")
        documents = 0
        for event in self._events(text):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _RefusedError(
                        "syntax", line, "a second document begins here", "a file holds one document; remove '---'"
                    )
                if event.tags:
                    raise _RefusedError("tag", line, "a %TAG directive is not allowed here")
            elif isinstance(event, yaml.AliasEvent):
                raise _RefusedError("alias", line, f"the alias '*{event.anchor}' is not allowed here", "write the value out")
            elif isinstance(event, yaml.NodeEvent):
                self._node(event, line)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._open.pop()
        return self._root

    @staticmethod
    def _events(text: str) -> Iterator[Any]:
        loader = _LOADER(text)
        try:
            while loader.check_event():
                yield loader.get_event()
        finally:
            loader.dispose()

    def _node(self, event: Any, line: int) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _RefusedError("too-large", line, f"the file has more than {MOST_NODES} values", "split it")
        if event.anchor is not None:
            raise _RefusedError(
                "alias", line, f"the anchor '&{event.anchor}' is not allowed here", "write the value out where it is used"
            )
        if getattr(event, "tag", None) is not None:
            hint = "remove it; put a value that begins with '!' in quotes"
            raise _RefusedError("tag", line, f"the tag '{event.tag}' is not allowed here", hint)
        if isinstance(event, yaml.ScalarEvent):
            if self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is None:
                self._key(event.value, line)
            else:
                self._add(self._scalar(event, line), line)
            return
        if len(self._open) >= DEEPEST:
            raise _RefusedError("too-deep", line, f"lists and mappings lie more than {DEEPEST} deep in each other")
        if self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is None:
            raise _RefusedError("syntax", line, "a key must be a word", "a value that begins with [ or { must stand in quotes")
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, self._add(value, line)))

    @staticmethod
    def _scalar(event: Any, line: int) -> Any:
        if not event.implicit[0]:  # quoted or a block of text: what is in quotes is a word
            return event.value
        if len(event.value) > _MOST_DIGITS and event.value.lstrip("+-").isdigit():
            raise _RefusedError("bad-value", line, "this number is too long", "put it in quotes if it is a word")
        return scalar(event.value)

    def _key(self, key: str, line: int) -> None:
        top = self._open[-1]
        if key in top.seen:
            message = f"the key '{key}' stands twice in the same mapping, first in line {top.seen[key]}"
            self.problems.append(_RefusedError("duplicate-key", line, message, "keep one of them"))
        top.seen.setdefault(key, line)
        top.key = key
        self.lines[(*top.path, key)] = line

    def _add(self, value: Any, line: int) -> Path:
        """Put ``value`` where the reader stands; return its path."""
        if not self._open:
            self._root = value
            self.lines[()] = line
            return ()
        top = self._open[-1]
        if isinstance(top.value, list):
            path: Path = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
            return path
        key = top.key if top.key is not None else ""
        top.value[key] = value
        top.key = None
        return (*top.path, key)
