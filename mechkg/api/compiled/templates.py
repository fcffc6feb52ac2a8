"""What answers an object, as one Python function for each shape: a dictionary written out costs less than a loop over its keys.

A shape is a letter for each field. Nothing but shapes enters the text of a function: keys, attributes and types come as values.

>>> print(source("pi", cast=False))
def make(keys, gets, passes, completes, known, absent, cast):
    k0, k1, = keys
    g0, g1, = gets
    p0, p1, = passes
    c0, c1, = completes
    def answer(value, info):
        if value.__class__ not in known and absent(value): return None
        return {k0: v if (v := g0(value)).__class__ is p0 else c0(v), k1: c1(g1(value, info), info)}
    return answer
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

_FIELDS: Final = {
    "c": "c{n}",  # always the same
    "p": "v if (v := g{n}(value)).__class__ is p{n} else c{n}(v)",  # values of a class pass
    "q": "v if (v := g{n}(value, info)).__class__ is p{n} else c{n}(v)",  # the same, read with info
    "e": "p{n}[v] if (v := g{n}(value)).__class__ is str else c{n}(v)",  # an enum, texts by name
    "f": "p{n}[v] if (v := g{n}(value, info)).__class__ is str else c{n}(v)",  # the same, read with info
    "l": "c{n}(g{n}(value))",  # any other scalar
    "m": "c{n}(g{n}(value, info))",  # the same, read with info
    "s": "c{n}(g{n}(value), info)",  # anything else
    "i": "c{n}(g{n}(value, info), info)",  # the same, read with info
}


def source(shape: str, *, cast: bool) -> str:
    """Return the text of what makes the function of a shape; ``cast`` for types whose objects may have been cast to another."""
    numbers = range(len(shape))

    def names(letter: str) -> str:
        return "".join(f"{letter}{n}, " for n in numbers)

    fields = ", ".join(f"k{n}: {_FIELDS[kind].format(n=n)}" for n, kind in enumerate(shape))
    or_cast = (
        "(value.__class__ not in known or getattr(value, cast, None) is not None)" if cast else "value.__class__ not in known"
    )
    return "\n".join(
        [
            "def make(keys, gets, passes, completes, known, absent, cast):",
            f"    {names('k')}= keys",
            f"    {names('g')}= gets",
            f"    {names('p')}= passes",
            f"    {names('c')}= completes",
            "    def answer(value, info):",
            f"        if {or_cast} and absent(value): return None",
            f"        return {{{fields}}}",
            "    return answer",
        ]
    )


@lru_cache(maxsize=2000)
def template(shape: str, *, cast: bool) -> Callable[..., Callable[[Any, Any], Any]]:
    """Return what makes the function of a shape."""
    made: dict[str, Any] = {}
    exec(compile(source(shape, cast=cast), f"<answer {shape}>", "exec"), made)
    found: Callable[..., Callable[[Any, Any], Any]] = made["make"]
    return found
