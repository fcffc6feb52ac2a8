"""The chemical elements, and formulas made of nothing else."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1)
def element_symbols() -> dict[str, str]:
    """Return the name of each element by its symbol."""
    from molmass import ELEMENTS

    return {element.symbol: element.name.lower() for element in ELEMENTS}


@lru_cache(maxsize=1)
def element_names() -> frozenset[str]:
    """Return the names of the elements, in lower case."""
    return frozenset(element_symbols().values())


@lru_cache(maxsize=4096)
def elements_of(formula: str) -> frozenset[str]:
    """Return the elements in a formula without groups; none when it is not made of symbols and numbers.

    >>> sorted(elements_of("Cd35Se20")), sorted(elements_of("NMR"))
    (['Cd', 'Se'], [])
    """
    parts = re.findall(r"([A-Z][a-z]?)\d*", formula)
    whole = re.fullmatch(r"(?:[A-Z][a-z]?\d*)+", formula) is not None
    return frozenset(parts) if whole and all(part in element_symbols() for part in parts) else frozenset()
