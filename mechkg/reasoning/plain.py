"""What reasoning starts from as plain values (numbers, text, tuples, lists, dictionaries, sets), and back.

Plain values can be written to a file by the ``marshal`` of Python, and read again in a fraction of the time that it takes to work
out what they stand for. Nothing in them can be executed.
"""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from functools import cache
from typing import Any

from mechkg.model.verdict import Source
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.program import GroundProgram, GroundRule
from mechkg.reasoning.rate_laws import Balance, RateLaw
from mechkg.reasoning.rulebook import Rule, Rulebook
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, RuleText, Variable

_BARE = (str, int, bool, float, type(None))
"""Types of what stands for itself."""

_CLASSES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (Atom, Balance, Comparison, ForAll, Labels, Literal, RateLaw, Rule, Rulebook, RuleText, Source, Variable)
}


def plain(value: object) -> Any:
    """Return a value as plain values; a list stands for one of a class: its name, then its parts.

    Raise TypeError for what is not foreseen.

    >>> plain((Atom("p", ("a", 1)), Fraction(1, 2)))
    (['Atom', 'p', ('a', 1)], ['Fraction', 1, 2])
    """
    kind = type(value)
    if kind in _BARE:
        return value
    if isinstance(value, Fraction):
        return [Fraction.__name__, value.numerator, value.denominator]
    if _CLASSES.get(kind.__name__) is kind:
        return [kind.__name__, *(plain(getattr(value, name)) for name in _parts(kind))]
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, frozenset):
        return frozenset(map(plain, value))
    if isinstance(value, dict):
        return {plain(key): plain(content) for key, content in value.items()}
    raise TypeError(f"a {kind.__name__} has no plain form")


def read(content: Any) -> Any:
    """Return what plain values stand for.

    >>> read(plain({"law": RateLaw({"a": Fraction(3, 2)})}))
    {'law': RateLaw(orders={'a': Fraction(3, 2)}, exact=True)}
    """
    if isinstance(content, list):
        name, *parts = content
        if name == Fraction.__name__:
            return Fraction(*parts)
        return _CLASSES[name](*[part if type(part) in _BARE else read(part) for part in parts])
    if isinstance(content, tuple):
        return tuple([part if type(part) in _BARE else read(part) for part in content])
    if isinstance(content, dict):
        return {key: part if type(part) in _BARE else read(part) for key, part in content.items()}
    if isinstance(content, frozenset):
        return frozenset(map(read, content))
    return content


@cache
def _parts(kind: Any) -> tuple[str, ...]:
    named: tuple[str, ...] | None = getattr(kind, "_fields", None)
    return named if named is not None else tuple(field.name for field in fields(kind))


# --- what there is much of, without its class beside each -------------------------------------------------------------------


def plain_facts(facts: Facts) -> Any:
    """Return facts as plain values. Each atom of them is stated by some item."""
    if facts.atoms != facts.stated_by.keys():
        raise TypeError("facts that nothing states have no plain form")
    stated = [(atom.name, atom.arguments, items) for atom, items in facts.stated_by.items()]
    return facts.space, stated, plain(dict(facts.laws)), plain(dict(facts.steps))


def read_plain_facts(content: Any) -> Facts:
    """Return the facts that plain values stand for."""
    space, stated, laws, steps = content
    stated_by = {Atom(name, arguments): items for name, arguments, items in stated}
    return Facts(space, frozenset(stated_by), stated_by, read(laws), read(steps))


def plain_program(program: GroundProgram) -> Any:
    """Return a ground program as plain values."""
    return dict(program.texts), program.facts, program.inputs, [tuple(rule) for rule in program.rules]


def read_plain_program(content: Any) -> GroundProgram:
    """Return the ground program that plain values stand for."""
    texts, facts, inputs, rules = content
    return GroundProgram(texts, facts, inputs, tuple(map(GroundRule._make, rules)))
