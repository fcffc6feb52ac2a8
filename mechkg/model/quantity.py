"""Quantities as papers print them: a number, a unit, and what the print says about how exact it is."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isinf
from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_serializer, model_validator

from mechkg.model.base import Value

if TYPE_CHECKING:
    import pint

Relation = Literal["=", "~", "<", "<=", ">", ">="]

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_PATTERN = re.compile(
    rf"^\s*(?P<relation>~|<=|>=|<|>)?\s*(?P<low>{_NUMBER})"
    rf"(?:\s*(?:\.\.|to)\s*(?P<high>{_NUMBER}))?"
    rf"(?:\s*(?:\+-|±)\s*(?P<error>{_NUMBER}))?\s*(?P<unit>\S.*?)?\s*$"
)


@lru_cache(maxsize=1)
def units() -> pint.UnitRegistry[Any]:
    """Return the unit registry, made on first use: it costs a quarter of a second."""
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    registry.define("absorbance = [] = A_u")
    registry.define("mz = [] = m_per_z")
    return registry


@lru_cache(maxsize=4096)
def _canonical_unit(unit: str) -> str:
    """Return the unit as pint spells it; raise ValueError when it is unknown."""
    if unit in ("", "1"):
        return ""
    registry = units()
    try:
        return str(registry.Unit(unit.replace("°C", "degC").replace("µ", "u").replace("μ", "u")))
    except Exception as error:
        raise ValueError(f"'{unit}' is not a known unit") from error


@lru_cache(maxsize=1 << 14)
def _in_unit(value: float, unit: str, to: str) -> float:
    """Return a number in another unit; papers print few different ones, and each takes a tenth of a millisecond."""
    return float(units().Quantity(value, unit).to(to).magnitude)


def _digits(number: float) -> str:
    """Return a short text that reads back as exactly ``number``: what is stored must come out equal."""
    short = f"{number:.10g}"
    return short if float(short) == number else repr(number)


class Quantity(Value):
    """A measured or prescribed amount: value, unit, uncertainty, and how exact the print says it is.

    In files it is written as a string: ``30 min``, ``~2 h``, ``> 12.6 mmol``, ``100.0 +- 15.1 kJ/mol``, ``500 to 532 nm``.

    >>> Quantity.model_validate("100.0 +- 15.1 kJ/mol").uncertainty
    15.1
    >>> Quantity.model_validate("24 h").to("min")
    1440.0
    """

    value: float
    unit: str = ""
    high: float | None = None
    uncertainty: float | None = None
    relation: Relation = "="

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, given: Any) -> Any:
        if isinstance(given, bool):
            raise ValueError("expected a quantity such as '30 min', found a truth value")
        if isinstance(given, int | float):
            return {"value": given}
        if not isinstance(given, str):
            return given
        match = _PATTERN.match(given)
        if match is None:
            raise ValueError(f"'{given}' is not a quantity; write a number and a unit, such as '30 min' or '~2 h'")
        return {
            "value": float(match["low"]),
            "high": float(match["high"]) if match["high"] else None,
            "uncertainty": float(match["error"]) if match["error"] else None,
            "relation": match["relation"] or "=",
            "unit": match["unit"] or "",
        }

    @model_validator(mode="after")
    def _check_unit(self) -> Quantity:
        _canonical_unit(self.unit)
        return self

    @model_serializer
    def _as_text(self) -> str:
        return str(self)

    def to(self, unit: str) -> float:
        """Return the magnitude in ``unit``; raise ValueError when the dimensions differ."""
        try:
            return _in_unit(self.value, _canonical_unit(self.unit) or "dimensionless", unit)
        except Exception as error:
            raise ValueError(f"{self} cannot be given in {unit}") from error

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest number that the print allows, in its own unit.

        >>> Quantity.model_validate("> 2 h").bounds, Quantity.model_validate("10 +- 2 nm").bounds
        ((2.0, inf), (8.0, 12.0))
        """
        low, high = self.value, self.value if self.high is None else self.high
        if self.uncertainty is not None:
            low, high = low - self.uncertainty, high + self.uncertainty
        if self.relation in ("<", "<="):
            low = float("-inf")
        if self.relation in (">", ">="):
            high = float("inf")
        return low, high

    def interval(self, unit: str) -> tuple[float, float]:
        """Return the lowest and the highest number that the print allows, in ``unit``; raise ValueError as :meth:`to` does.

        >>> Quantity.model_validate("> 2 h").interval("min")
        (120.0, inf)
        """
        low, high = self.bounds
        there = {end: end if isinf(end) else self.model_copy(update={"value": end}).to(unit) for end in {low, high}}
        return there[low], there[high]

    def __str__(self) -> str:
        relation = "" if self.relation == "=" else f"{self.relation} "
        high = "" if self.high is None else f" to {_digits(self.high)}"
        error = "" if self.uncertainty is None else f" +- {_digits(self.uncertainty)}"
        unit = f" {self.unit}" if self.unit else ""
        return f"{relation}{_digits(self.value)}{high}{error}{unit}"
