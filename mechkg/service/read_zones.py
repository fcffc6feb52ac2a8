"""Read a map of tested conditions from the graph: the zones of a paper, its axes, what each run gave and what was seen when.

A file ``queries/maps/<document>.yaml`` may give a map its title, and words for axes and outcomes; else those of the graph serve.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from mechkg.assets import queries_dir
from mechkg.errors import NotFoundError
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.filter import UNITS
from mechkg.model.quantity import Quantity
from mechkg.service.browse import short_title
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.describe_item import title_of
from mechkg.service.read_models.item_facts import AMOUNTS
from mechkg.service.read_models.models import ReadModels
from mechkg.service.recorded import Recorded
from mechkg.service.zone_map import TIME, Axis, Point, Span, Zones, settled

RESERVED: Final = frozenset({"x", "y", "asOf", "ask"})
"""Parameters of an address that are no axis."""

_RATIO: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)\s*")
_NAME_OF_RUN: Final = "sample"
"""The setting that names a run rather than a condition."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: in words, and by a sign in drawings."""

    id: str
    words: str
    sign: str


@dataclass(frozen=True, slots=True)
class MapWords:
    """What a file says of a map."""

    title: str = ""
    question: str = ""
    axes: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A zone as the page shows it: what was varied, its point, and the points at single times."""

    entry: Entry
    varied: str
    point: Point
    sightings: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ZoneMap:
    """A map with its paper, outcomes in the order of the legend, and every run."""

    zones: Zones
    document: str
    outcomes: tuple[Outcome, ...]
    runs: tuple[Run, ...]


_KEPT: WeakKeyDictionary[ReadModels, dict[str, ZoneMap]] = WeakKeyDictionary()
_MAKING: Final = threading.Lock()


def maps(view: Recorded) -> list[ZoneMap]:
    """Return the maps there are: one for each document with tested conditions, in the order of the ledger."""
    return [zone_map(view, name) for name in _documents(view.catalog)]


def zone_map(view: Recorded, name: str) -> ZoneMap:
    """Return the map of a document, read once per version; raise NotFoundError with the nearest name."""
    catalog = view.catalog
    documents = _documents(catalog)
    if name not in documents:
        raise NotFoundError.of("map of tested conditions", name, documents)
    with _MAKING:
        kept = _KEPT.setdefault(catalog.models, {})
        if name not in kept:
            kept[name] = _read(view, name, documents[name])
        return kept[name]


def _documents(catalog: Catalog) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in catalog.by_kind.get("zone", ()):
        found.setdefault(entry.record.document, []).append(entry)
    return found


@cache
def words_of_map(name: str, folder: Path | None = None) -> MapWords:
    """Return what the file of a map says; nothing where there is none."""
    path = (folder or queries_dir() / "maps") / f"{name}.yaml"
    if not path.is_file():
        return MapWords()
    content = read_yaml(path.read_text(encoding="utf-8"), path.name).content
    outcomes = (Outcome(key, each["words"], each["sign"]) for key, each in content.get("outcomes", {}).items())
    return MapWords(content.get("title", ""), content.get("question", ""), content.get("axes", {}), tuple(outcomes))


def _read(view: Recorded, name: str, entries: list[Entry]) -> ZoneMap:
    words = words_of_map(name)
    axes = _axes(view.catalog, entries, words)
    outcomes = _outcomes(entries, words)
    called = {outcome.id: outcome.words for outcome in outcomes}
    runs = []
    for entry in entries:
        body = entry.record.body
        given, inferred = _given(axes, body), _inferred(axes, body)
        point = Point(entry.id, entry.id, body["outcome"], called[body["outcome"]], given, inferred)
        runs.append(Run(entry, body["varied"], point, tuple(_sightings(view.catalog, entry, given, inferred, axes))))
    document = view.catalog.entries.get(name)
    title = f"Conditions tested by {short_title(view, document) if document else name}"
    question = f"What came of which conditions in {title_of(view, document)}?" if document else "What came of which conditions?"
    sightings = tuple(point for run in runs for point in run.sightings)
    tested = {axis: _tested(axis, (*(run.point for run in runs), *sightings)) for axis in axes}
    whole = {
        key: Axis(axis.id, axis.title, axis.unit, axis.words, tested[key])
        for key, axis in axes.items()
        if axis.words or tested[key]
    }
    zones = Zones(name, words.title or title, words.question or question, whole, tuple(run.point for run in runs), sightings)
    return ZoneMap(zones, name, outcomes, tuple(runs))


# --- axes -------------------------------------------------------------------------------------------------------------


def _axes(catalog: Catalog, entries: list[Entry], words: MapWords) -> dict[str, Axis]:
    """Return the conditions that any run prints: temperature, time, solvent, ratio, each chemical charged, settings that vary."""
    bodies = [entry.record.body for entry in entries]
    found: dict[str, Axis] = {}
    if any("temperature" in body for body in bodies):
        found["temperature"] = Axis("temperature", "Temperature", "degC")
    if any(peak.get("at") for body in bodies for peak in body.get("peaks", ())):
        found[TIME] = Axis(TIME, "Time", "h")
    solvents = dict.fromkeys(body["solvent"] for body in bodies if body.get("solvent"))
    if solvents:
        found["solvent"] = Axis("solvent", "Solvent", None, {name: _label(catalog, name) for name in solvents})
    for chemical, text in ((c, t) for body in bodies for c, t in body.get("amounts", {}).items()):
        key, unit = _amount_axis(chemical, text)
        if key not in found:
            title = _label(catalog, chemical)
            found[key] = Axis(key, title[0].upper() + title[1:], unit)
    if any(_RATIO.fullmatch(body.get("ratio") or "") for body in bodies):
        found["ratio"] = Axis("ratio", "Ratio", "")
    settings: dict[str, Counter[str]] = {}
    for key, text in ((k, t) for body in bodies for k, t in body.get("settings", {}).items()):
        settings.setdefault(key, Counter())[text] += 1
    for key, values in settings.items():
        if key != _NAME_OF_RUN and len(values) > 1:
            found[_parameter(key)] = Axis(_parameter(key), key[0].upper() + key[1:], None, {text: text for text in values})
    return {key: Axis(key, words.axes.get(key, axis.title), axis.unit, axis.words) for key, axis in found.items()}


def _amount_axis(chemical: str, text: str) -> tuple[str, str]:
    """Return the axis that an amount of a chemical lies on, and its unit: amounts, volumes and masses are no one axis."""
    quantity = Quantity.model_validate(text)
    for amount in AMOUNTS:
        try:
            quantity.to(UNITS[amount])
        except ValueError:
            continue
        return _parameter(chemical if amount == "amount" else f"{chemical}-{amount}"), UNITS[amount]
    return _parameter(f"{chemical}-{quantity.unit}"), quantity.unit


def _parameter(name: str) -> str:
    return f"of-{name}" if name in RESERVED else name.replace(" ", "-")


def _label(catalog: Catalog, name: str) -> str:
    return catalog.entries[name].label if name in catalog.entries else name


def _tested(axis: str, points: Iterable[Point]) -> tuple[float, ...]:
    spans = (point.given.get(axis) for point in points)
    return tuple(sorted({end for span in spans if isinstance(span, Span) for end in (span.low, span.high) if abs(end) < 1e300}))


# --- points -----------------------------------------------------------------------------------------------------------


def _given(axes: Mapping[str, Axis], body: Mapping[str, Any]) -> dict[str, Span | str]:
    found: dict[str, Span | str] = {}
    if "temperature" in body:
        found["temperature"] = _span(body["temperature"], "degC")
    if body.get("solvent"):
        found["solvent"] = body["solvent"]
    for chemical, text in body.get("amounts", {}).items():
        key, unit = _amount_axis(chemical, text)
        found[key] = _span(text, unit)
    if match := _RATIO.fullmatch(body.get("ratio") or ""):
        number = settled(float(match[1]) / float(match[2]))
        found["ratio"] = Span(number, number, body["ratio"])
    for key, text in body.get("settings", {}).items():
        if _parameter(key) in axes and not axes[_parameter(key)].is_number:
            found[_parameter(key)] = text
    return found


def _inferred(axes: Mapping[str, Axis], body: Mapping[str, Any]) -> frozenset[str]:
    said = set(body.get("inferred", ()))
    if "amounts" in said:
        said |= {_amount_axis(chemical, text)[0] for chemical, text in body.get("amounts", {}).items()}
    if "gave" in said:
        said.add("outcome")
    return frozenset(name for name in said if name in axes or name == "outcome")


def _sightings(
    catalog: Catalog, entry: Entry, given: Mapping[str, Span | str], inferred: frozenset[str], axes: Mapping[str, Axis]
) -> Iterable[Point]:
    """Yield what was seen at each printed time of a run."""
    seen: dict[str, tuple[Span, dict[str, None], list[str]]] = {}
    for peak in entry.record.body.get("peaks", ()):
        for text in peak.get("at", ()):
            span, species, notes = seen.setdefault(text, (_span(text, "h"), {}, []))
            species.update(dict.fromkeys(peak.get("species", ())))
            if peak.get("note"):
                notes.append(peak["note"])
    for text, (span, species, notes) in seen.items():
        named = " and ".join(_label(catalog, name) for name in species)
        note = "; ".join(notes)
        shows = " ".join(sorted(species)) or note or "nothing is said"
        words = named or note or "nothing is said"
        yield Point(
            f"{entry.id}@{text}", entry.id, shows, words, {**given, TIME: span}, inferred - {"outcome"}, note if named else ""
        )


def _span(text: str, unit: str) -> Span:
    quantity = Quantity.model_validate(text)
    low, high = (settled(end) if abs(end) < 1e300 else end for end in quantity.interval(unit))
    return Span(low, high, text.replace("degC", "°C").replace("~ ", "~"), quantity.relation in ("<", ">"))


# --- outcomes ---------------------------------------------------------------------------------------------------------


def _outcomes(entries: list[Entry], words: MapWords) -> tuple[Outcome, ...]:
    """Return the outcomes that there are, those that the file of the map names first, in its order."""
    there = dict.fromkeys(entry.record.body["outcome"] for entry in entries)
    named = [outcome for outcome in words.outcomes if outcome.id in there]
    known = {outcome.id for outcome in named}
    rest = [name for name in there if name not in known]
    return (*named, *(Outcome(name, name.replace("-", " "), chr(ord("A") + n % 26)) for n, name in enumerate(rest)))
