"""Which dimension the quantity of each field must have, and the units that chemists write for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType

from mechkg.errors import nearest
from mechkg.literature.fields import values_at
from mechkg.literature.places import Path, Places
from mechkg.model.base import Item
from mechkg.model.corpus import SECTIONS, ItemKind
from mechkg.model.finding import Finding
from mechkg.model.quantity import Quantity

UNITS = MappingProxyType(
    {
        "time": ("min", "h", "s", "d", "ms", "week"),
        "temperature": ("degC", "°C", "K"),
        "volume": ("mL", "uL", "µL", "L", "ml", "l"),
        "mass": ("g", "mg", "kg", "ug"),
        "amount of substance": ("mmol", "mol", "umol"),
        "concentration": ("mmol/kg", "mol/L", "mmol/L", "mg/mL", "g/L"),
        "length": ("nm", "um", "mm", "cm", "angstrom"),
        "energy": ("eV", "meV", "kJ/mol", "kcal/mol", "J"),
        "rate constant": ("1/s", "1/min", "1/h", "L/mol/s", "mol/L/s"),
        "pressure": ("mbar", "bar", "kPa", "Pa", "torr", "atm"),
        "mass to charge": ("mz", "Da"),
        "plain number": ("", "absorbance", "percent"),
    }
)
"""Dimension -> units written for it; the ones shown first are offered when a unit is wrong."""

_SAMPLES: dict[str, tuple[str, ...]] = {
    "time": ("s",),
    "temperature": ("kelvin",),
    "volume": ("mL",),
    "mass": ("g",),
    "amount of substance": ("mol",),
    "concentration": ("mol/kg", "mol/L", "g/L"),
    "length": ("nm",),
    "energy": ("eV", "kJ/mol"),
    "rate constant": ("1/s", "L/mol/s", "mol/L/s"),
    "pressure": ("Pa",),
    "mass to charge": ("dimensionless", "Da"),
    "plain number": ("dimensionless",),
}
"""Dimension -> units, one of which a quantity of that dimension can be converted to."""

_CHARGED = ("volume", "mass", "amount of substance", "concentration", "plain number")
_DETECTED = ("plain number", "concentration", "amount of substance", "mass", "pressure", "length")
ANY: tuple[str, ...] = ()
"""The field holds whatever a method measures."""

_SIGNATURE: dict[str, tuple[str, ...]] = {
    "signature.absorption.*": ("length",),
    "signature.emission.*": ("length",),
    "signature.tolerance": ("length",),
}
DIMENSIONS: dict[ItemKind, dict[str, tuple[str, ...]]] = {
    "material": {"band_gap": ("energy",), "absorption_onset": ("length",)},
    "species": {**_SIGNATURE, "mass_to_charge.*": ("mass to charge",)},
    "chemical": _SIGNATURE,
    "step": {"rate_constant.k": ("rate constant",), "isosbestic": ("length",)},
    "procedure": {
        "stages.*.medium.*.amount": _CHARGED,
        "stages.*.charge.*.amount": _CHARGED,
        "stages.*.aliquot": ("volume", "mass"),
        "stages.*.total_volume": ("volume",),
        "stages.*.temperature": ("temperature",),
        "stages.*.duration": ("time",),
        "stages.*.observed_at.*": ("time",),
    },
    "observation": {
        "window.start": ("time",),
        "window.end": ("time",),
        "measured.*.quantity": ANY,
        "limit": _DETECTED,
    },
    "claim": {"measured.*.quantity": ANY, "entries.*.absorption": ("length",)},
    "zone": {
        "amounts.*": _CHARGED,
        "temperature": ("temperature",),
        "peaks.*.at.*": ("time",),
        "peaks.*.absorption.*": ("length",),
        "peaks.*.emission.*": ("length",),
    },
    "assumption": {"effects.*.within": ("time",), "effects.*.limit": _DETECTED, "effects.*.level": _DETECTED},
    "space": {"postulates.*.predicts.*.quantity": ANY},
}
"""Kind of item -> field -> the dimensions it may have. Every quantity of the model stands here; a test holds that."""


@lru_cache(maxsize=2048)
def has_dimension(unit: str, dimension: str) -> bool:
    """Say whether a quantity in ``unit`` is of ``dimension``.

    >>> has_dimension("min", "time"), has_dimension("nm", "time"), has_dimension("1/min", "rate constant")
    (True, False, True)
    """
    for sample in _SAMPLES[dimension]:
        try:
            Quantity(value=1.0, unit=unit).to(sample)
        except ValueError:
            continue
        return True
    return False


def dimensions_of(path: Path) -> tuple[str, ...]:
    """Return the dimensions that the quantity at ``path`` of a corpus file may have; none when any will do.

    >>> dimensions_of(("procedures", 0, "stages", 2, "duration"))
    ('time',)
    """
    kind = SECTIONS.get(str(path[0])) if path else None
    if kind is None:
        return ANY
    words = [str(part) for part in path[2:] if isinstance(part, str)]
    for pattern, dimensions in DIMENSIONS.get(kind, {}).items():
        parts = [part for part in pattern.split(".") if part != "*"]
        if words[: len(parts)] == parts:
            return dimensions
    return ANY


def near_unit(unit: str, dimensions: tuple[str, ...] = ANY) -> str | None:
    """Return the unit in common use that ``unit`` looks like, among those of the ``dimensions``; None when none does.

    >>> near_unit("mim", ("time",)), near_unit("Nm "), near_unit("furlongs of hope")
    ('min', 'nm', None)
    """
    wanted = unit.strip()
    common = [u for dimension in dimensions or UNITS for u in UNITS[dimension] if u]
    for form in (wanted.lower(), wanted.lower().removesuffix("s").removesuffix(".")):
        same = [u for u in common if u.lower() == form]
        if same:
            return same[0]
    return nearest(wanted, common)


def check_dimensions(kind: ItemKind, item: Item, start: Path, places: Places, file: str | None) -> Iterator[Finding]:
    """Yield a finding for every quantity of the item whose unit cannot be what its field asks for."""
    for pattern, dimensions in DIMENSIONS.get(kind, {}).items():
        if not dimensions:
            continue
        for path, quantity in values_at(item, pattern):
            if isinstance(quantity, Quantity) and not any(has_dimension(quantity.unit, d) for d in dimensions):
                names = [str(part) for part in path if isinstance(part, str)]
                unit = f"in '{quantity.unit}'" if quantity.unit else "without a unit"
                shown = "; ".join(f"{d}: {', '.join(u for u in UNITS[d][:3] if u) or 'no unit'}" for d in dimensions)
                message = (
                    f"'{item.id}' gives {'.'.join(names)} as {quantity}, {unit}; a unit of {' or '.join(dimensions)} is needed"
                )
                yield Finding("error", "corpus.wrong-unit", message, file, places.at((*start, *path)), shown)
