"""Reads rule files for the interpreter, character by character, so that nothing is shared with the reader of the reasoner.

Only what rules are made of is understood: a head, and premises that are atoms, absences, comparisons, and atoms for every way
in which a condition holds. Choices and preferences are passed over: the interpreter is told what was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, Premise, RuleText, Term, Variable

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|%[^\n]*|.', re.DOTALL)
_ATOM = re.compile(r"([a-z]\w*)\s*(?:\((.*)\))?", re.DOTALL)
_COMPARE = re.compile(r"(.+?)\s*(!=|<=|>=|<|>|=)\s*(.+)", re.DOTALL)


class UnreadableError(ValueError):
    """Something is not of the form that rules have."""


def read_rules(text: str) -> list[RuleText]:
    """Return the rules of a text in their order; raise UnreadableError for what is no rule."""
    found = []
    for line, statement in _statements(text):
        if not statement.startswith(("{", "#")):
            found.append(_rule(statement, line))
    return found


def read_folder(folder: Path) -> tuple[RuleText, ...]:
    """Return the rules of all files of a folder."""
    return tuple(rule for path in sorted(folder.glob("*.lp")) for rule in read_rules(path.read_text(encoding="utf-8")))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the statements, each with the line on which it begins, without the stop at its end and without comments."""
    line, begun, parts = 1, 1, list[str]()
    for match in _PART.finditer(text):
        part = match.group()
        if part == ".":
            yield begun, "".join(parts).strip()
            parts = []
        elif not part.startswith("%") and (parts or not part.isspace()):
            begun = begun if parts else line
            parts.append(part)
        line += part.count("\n")
    if parts:
        raise UnreadableError(f"line {begun}: no stop after '{''.join(parts).strip()}'")


def _rule(statement: str, line: int) -> RuleText:
    head, _, body = statement.partition(":-")
    first = _atom(head.strip())
    premises = tuple(_premises(body)) if body.strip() else ()
    variables: dict[str, None] = {}
    for atom in (first, *(p.atom for p in premises if isinstance(p, Literal))):
        variables.update((a.name, None) for a in atom.arguments if isinstance(a, Variable))
    return RuleText(first, premises, tuple(variables), line, f"{statement}.")


def _premises(body: str) -> Iterator[Premise]:
    """Read a body. A condition reaches from its colon to the next semicolon."""
    for section in _split(body, ";"):
        plain, *conditions = _split(section, ":")
        *before, last = _split(plain, ",")
        for part in before:
            yield _premise(part)
        if not conditions:
            yield _premise(last)
        elif len(conditions) == 1:
            yield ForAll(_atom(last), _atom(conditions[0]))
        else:
            raise UnreadableError(f"two conditions in '{section.strip()}'")


def _premise(text: str) -> Premise:
    if text.startswith("not "):
        return Literal(_atom(text.removeprefix("not ").strip()), negative=True)
    if _ATOM.fullmatch(text):
        return Literal(_atom(text))
    match = _COMPARE.fullmatch(text)
    if match is None:
        raise UnreadableError(f"'{text}' is neither an atom nor a comparison")
    left, operator, right = match.groups()
    return Comparison(text, _term(left), operator, _term(right))


def _atom(text: str) -> Atom:
    match = _ATOM.fullmatch(text)
    if match is None:
        raise UnreadableError(f"'{text}' is no atom")
    name, inside = match.groups()
    return Atom(name, tuple(map(_term, _split(inside, ","))) if inside else ())


def _term(text: str) -> Term | Variable:
    text = text.strip()
    if match := _STRING.fullmatch(text):
        return _ESCAPE.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], match[1])
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"[A-Z]\w*", text):
        return Variable(text)
    raise UnreadableError(f"'{text}' is neither a string, a number nor a variable")


def _split(text: str, mark: str) -> list[str]:
    """Return the parts of a text between marks that stand neither in brackets nor in strings."""
    parts, depth = [""], 0
    for match in _PART.finditer(text):
        part = match.group()
        depth += (part == "(") - (part == ")")
        if part == mark and not depth:
            parts.append("")
        else:
            parts[-1] += part
    return [part.strip() for part in parts]
