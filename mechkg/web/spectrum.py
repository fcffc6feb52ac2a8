"""A sketch of how a species shows itself: where its bands lie. Heights and widths of the sketch mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, exp, floor
from typing import Final, Literal

from mechkg.model.quantity import Quantity
from mechkg.model.species import Signature
from mechkg.service.species_sheet import Reported

WIDTH: Final = 640
HEIGHT: Final = 190
_BASE: Final = 150
"""Height at which the axis lies."""
_TOP: Final = 34
_MARGIN: Final = 12
_STEP: Final = 50
"""The axis begins and ends at multiples of this, in nm."""
_SPREAD: Final = 7.0
"""Half width of a drawn band, in nm."""

Place = Callable[[float], float]
"""Where a wavelength, in nm, lies in the drawing."""


@dataclass(frozen=True, slots=True)
class Band:
    """A drawn band: the curve, the middle, the range that counts as this band, and its label at a height."""

    kind: Literal["absorption", "emission"]
    path: str
    x: float
    low: float
    width: float
    label: str
    label_y: float
    label_x: float


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The sketch, in units of the drawing; ``ticks`` are positions on the axis with their numbers, in nm."""

    bands: tuple[Band, ...]
    reported: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, int], ...]
    words: str
    width: int = WIDTH
    height: int = HEIGHT
    base: int = _BASE
    top: int = _TOP


def spectrum(signature: Signature | None, elsewhere: Iterable[Reported] = ()) -> Spectrum | None:
    """Return the sketch of a signature, with positions that others report; None where no position is known."""
    elsewhere = tuple(elsewhere)
    given: list[tuple[Literal["absorption", "emission"], Quantity]] = []
    tolerance = 0.0
    if signature is not None:
        given = [("absorption", each) for each in signature.absorption] + [("emission", each) for each in signature.emission]
        tolerance = signature.tolerance.to("nm") if signature.tolerance is not None else 0.0
    if not given and not elsewhere:
        return None
    ranges = [(kind, *_finite(each), str(each)) for kind, each in given]
    positions = [end for _, low, high, _ in ranges for end in (low, high)] + [one.nm for one in elsewhere]
    low = floor((min(positions) - 30) / _STEP) * _STEP
    high = ceil((max(positions) + 30) / _STEP) * _STEP
    scale = (WIDTH - 2 * _MARGIN) / (high - low)

    def place(nm: float) -> float:
        return round(_MARGIN + (nm - low) * scale, 1)

    bands = []
    ends = [float("-inf"), float("-inf"), float("-inf")]
    for kind, first, last, text in sorted(ranges, key=lambda each: each[1]):
        middle = (first + last) / 2
        x = place(middle)
        half = len(text) * 4.2
        at = min(max(x, half + 2), WIDTH - half - 2)
        level = next((n for n, end in enumerate(ends) if at - half > end), 2)
        ends[level] = at + half
        path = _curve(first, last, low, high, place, 0.8 if kind == "emission" else 1.0)
        from_, to = place(first - tolerance), place(last + tolerance)
        bands.append(Band(kind, path, x, from_, round(max(to - from_, 0.0), 1), text, 28.0 - level * 11, round(at, 1)))
    said = [f"{band.kind} at {band.label}" for band in bands] + [f"reported at {one.text} ({one.paper})" for one in elsewhere]
    margin = f"; within {tolerance:g} nm counts as the same" if tolerance else ""
    every = _STEP if high - low <= 500 else 2 * _STEP
    return Spectrum(
        tuple(bands),
        tuple((place(one.nm), f"{one.text}, {one.paper}") for one in elsewhere),
        tuple((place(nm), nm) for nm in range(low, high + 1, every)),
        f"Sketch of bands: {', '.join(said)}{margin}.",
    )


def _finite(position: Quantity) -> tuple[float, float]:
    low, high = position.interval("nm")
    middle = position.to("nm")
    return (low if low > float("-inf") else middle), (high if high < float("inf") else middle)


def _curve(first: float, last: float, low: int, high: int, place: Place, height: float) -> str:
    """Return a bell around a position, flat where a range is printed, as the path of a curve."""
    start, end = max(low, int(first - 4 * _SPREAD)), min(high, int(last + 4 * _SPREAD) + 1)
    points = []
    for nm in range(start, end + 1):
        off = max(first - nm, nm - last, 0.0)
        y = _BASE - (_BASE - _TOP - 8) * height * exp(-((off / _SPREAD) ** 2))
        points.append(f"{place(nm)},{y:.1f}")
    return f"M{' L'.join(points)}"
