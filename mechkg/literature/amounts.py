"""Bounds of quantities: what is more than nothing, what is not less, which way a span runs, and what compares with what."""

from __future__ import annotations

from collections.abc import Iterator

from mechkg.literature.dimensions import DIMENSIONS
from mechkg.literature.fields import values_at
from mechkg.literature.places import Path, Places
from mechkg.model.base import Item
from mechkg.model.corpus import CorpusFile, ItemKind
from mechkg.model.finding import Finding
from mechkg.model.hypothesis import Effect
from mechkg.model.observation import Observation
from mechkg.model.quantity import Quantity

_BANDS = ("signature.absorption.*", "signature.emission.*")
POSITIVE: dict[ItemKind, tuple[str, ...]] = {
    "species": (*_BANDS, "mass_to_charge.*"),
    "chemical": _BANDS,
    "step": ("rate_constant.k", "isosbestic"),
    "observation": ("limit",),
    "assumption": ("effects.*.within", "effects.*.limit", "effects.*.level"),
}
"""Kind of item -> quantities that are more than nothing: a limit or a level of zero would compare with anything as it likes."""

NOT_NEGATIVE: dict[ItemKind, tuple[str, ...]] = {
    "species": ("signature.tolerance",),
    "chemical": ("signature.tolerance",),
    "procedure": (
        "stages.*.medium.*.amount",
        "stages.*.charge.*.amount",
        "stages.*.aliquot",
        "stages.*.total_volume",
        "stages.*.duration",
        "stages.*.observed_at.*",
    ),
    "observation": ("window.start", "window.end"),
    "zone": ("amounts.*", "peaks.*.at.*"),
}
"""Kind of item -> quantities that may be nothing, and not less."""


_ROUNDING = 1e-6


def check_amounts(kind: ItemKind, item: Item, start: Path, places: Places, file: str | None) -> Iterator[Finding]:
    """Yield a finding for every quantity of the item that nothing can have, whatever its unit."""

    def wrong(path: Path, quantity: Quantity, what: str) -> Finding:
        field = ".".join(str(part) for part in path if isinstance(part, str))
        message = f"'{item.id}' gives {field} as {quantity}; {what}"
        return Finding("error", "corpus.impossible", message, file, places.at((*start, *path)))

    for pattern in POSITIVE.get(kind, ()):
        for path, quantity in values_at(item, pattern):
            if quantity.value <= 0:
                yield wrong(path, quantity, "it must be more than zero")
    for pattern in NOT_NEGATIVE.get(kind, ()):
        for path, quantity in values_at(item, pattern):
            if quantity.value < 0:
                yield wrong(path, quantity, "it cannot be negative")
    for pattern, dimensions in DIMENSIONS.get(kind, {}).items():
        for path, quantity in values_at(item, pattern):
            if not isinstance(quantity, Quantity):
                continue
            if quantity.high is not None and quantity.high < quantity.value:
                yield wrong(path, quantity, "the range runs backwards")
            if quantity.uncertainty is not None and quantity.uncertainty < 0:
                yield wrong(path, quantity, "an uncertainty cannot be negative")
            if dimensions == ("temperature",) and (kelvin := _in(quantity, "kelvin")) is not None and kelvin < 0:
                yield wrong(path, quantity, "that is below absolute zero")
    if isinstance(item, Observation) and item.window and item.window.start and item.window.end:
        begin, end = _in(item.window.start, "s"), _in(item.window.end, "s")
        if begin is not None and end is not None and begin > end:
            yield wrong(("window", "end"), item.window.end, f"the window begins later, at {item.window.start}")


def check_windows(corpus: CorpusFile, places: Places, file: str | None) -> Iterator[Finding]:
    """Yield an error for each observation that goes on after the end of its stage, where this file says how long that lasts.

    It would take what has no time to form for something that was looked for and not seen.
    """
    lasting = {f"{p.id}/{s.id}": s.duration for p in corpus.procedures for s in p.stages if s.duration is not None}
    for number, observation in enumerate(corpus.observations):
        end = observation.window.end if observation.window else None
        for stage in observation.at:
            duration = lasting.get(stage)
            if end is None or duration is None or (end.relation, duration.relation) != ("=", "="):
                continue
            seconds, longest = _in(end, "s"), _in(duration if duration.high is None else _upper(duration), "s")
            if seconds is not None and longest is not None and seconds > longest * (1 + _ROUNDING):
                message = f"'{observation.id}' gives window.end as {end}; the stage '{stage}' lasts {duration}"
                place = places.at(("observations", number, "window", "end"))
                yield Finding("error", "corpus.impossible", message, file, place, "a window counts from the start of its stage")
                break


def check_levels(corpus: CorpusFile, places: Places, file: str | None) -> Iterator[Finding]:
    """Yield an error for each assumed level that no detection limit of the same species can be compared with.

    Such a level would decide nothing, and nobody would be told.
    """
    absences = [o for o in corpus.observations if o.kind == "absent"]
    for number, assumption in enumerate(corpus.assumptions):
        for path, effect in values_at(assumption, "effects.*"):
            if not isinstance(effect, Effect) or effect.kind != "level" or effect.level is None:
                continue
            about = [o for o in absences if effect.species in o.subject]
            if not about or any(o.limit is None or _in(effect.level, o.limit.unit or "dimensionless") is not None for o in about):
                continue
            message = (
                f"'{assumption.id}' gives the level of '{effect.species}' as {effect.level}, which cannot be compared with "
                f"the detection limit of '{about[0].id}', {about[0].limit}"
            )
            hint = "give both in units of one kind, such as absorbance, or nmol/L"
            yield Finding("error", "corpus.wrong-unit", message, file, places.at(("assumptions", number, *path, "level")), hint)


def _upper(quantity: Quantity) -> Quantity:
    """Return the upper end of a range."""
    return quantity.model_copy(update={"value": quantity.high, "high": None})


def _in(quantity: Quantity, unit: str) -> float | None:
    """Return the magnitude in ``unit``; None when the dimensions differ."""
    try:
        return quantity.to(unit)
    except ValueError:
        return None
