"""Filters answered from the columns: which rows meet them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, get_args

import numpy as np

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.assertion import Directness, EvidenceType
from mechkg.model.base import Flag
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import (
    NAME_FIELDS,
    NUMBER_FIELDS,
    UNITS,
    Accepted,
    And,
    AtStage,
    Between,
    Filter,
    Is,
    NameField,
    Not,
    Or,
    Says,
    TextField,
    YesNo,
)
from mechkg.model.hypothesis import Backing
from mechkg.model.observation import Method
from mechkg.model.procedure import Action
from mechkg.model.species import SpeciesKind
from mechkg.model.step import StepStatus
from mechkg.service.catalog import Catalog
from mechkg.service.read_models.columns import NO_YEAR, Bools, Columns, Floats, Ints, Several, microseconds
from mechkg.service.read_models.item_facts import AMOUNTS, conversion, plain
from mechkg.service.read_models.names import NONE

ITEM_FIELDS: dict[NameField, ItemKind | None] = {
    "id": None, "material": "material", "document": "document", "about": None, "uses": None, "cites": None,
}  # fmt: skip
"""Fields that hold items, which may be given by a printed name, and the kind of those where it is one kind."""

WORDS: dict[NameField, tuple[str, ...]] = {
    "kind": get_args(ItemKind),
    "species_kind": get_args(SpeciesKind),
    "evidence": get_args(EvidenceType),
    "direction": ("supports", "refutes", "neutral"),
    "directness": get_args(Directness),
    "status": get_args(StepStatus),
    "method": get_args(Method),
    "flag": get_args(Flag),
    "backing": get_args(Backing),
}
"""Fields that hold words, and which there are."""


_FEW = 4


class Asked(Protocol):
    """What a filter is asked of."""

    @property
    def catalog(self) -> Catalog:
        """The items."""
        ...

    @property
    def columns(self) -> Columns:
        """Their columns."""
        ...

    def saying(self, text: str, fields: tuple[TextField, ...]) -> Bools:
        """Return which rows say something."""
        ...

    @property
    def in_disagreement(self) -> Bools:
        """Which rows stand on a side of a disagreement."""
        ...


def matching(asked: Asked, given: Filter) -> Bools:
    """Return which rows meet a filter; those that no longer count do not.

    Raise NotFoundError, with the nearest name, for an item, a word or a field that there is not; BadInputError for a unit of
    another dimension, and bounds the wrong way round.
    """
    return np.logical_and(_met(asked, given), asked.columns.alive)


def _met(asked: Asked, given: Filter) -> Bools:
    columns = asked.columns
    match given:
        case And(of):
            found = np.ones(len(columns), np.bool_)
            for each in of:
                found &= _met(asked, each)
            return found
        case Or(of):
            found = np.zeros(len(columns), np.bool_)
            for each in of:
                found |= _met(asked, each)
            return found
        case Not(of):
            return ~_met(asked, of)
        case Is(field, of):
            return _is(asked, field, of)
        case Between():
            return _between(columns, given)
        case Accepted(since, before):
            found = np.ones(len(columns), np.bool_)
            if since is not None:
                found &= columns.accepted >= microseconds(since)
            if before is not None:
                found &= columns.accepted < microseconds(before)
            return found
        case Says(text, fields):
            return asked.saying(text, fields)
        case YesNo(field, holds):
            if field not in ("quoted", "disagreement"):
                raise NotFoundError.of("field", field, ("quoted", "disagreement"))
            return np.equal(columns.quoted if field == "quoted" else asked.in_disagreement, holds)
        case AtStage():
            return _at_stage(asked, given)


# --- names ------------------------------------------------------------------------------------------------------------


def _is(asked: Asked, field: NameField, of: Sequence[str]) -> Bools:
    if field not in NAME_FIELDS:
        raise NotFoundError.of("field", field, NAME_FIELDS)
    columns = asked.columns
    wanted = _codes(asked, field, of)
    column = columns.single.get(field)
    if column is not None:
        return _among(column, wanted)
    return _of_rows(several(columns, field), wanted, len(columns))


def several(columns: Columns, field: NameField) -> Several:
    """Return the column of a field with any number of names."""
    if field == "material":
        return columns.material
    return columns.species_kind if field == "species_kind" else columns.several[field]


def _of_rows(column: Several, wanted: Ints, count: int) -> Bools:
    found = np.zeros(count, np.bool_)
    found[column.rows[_among(column.names, wanted)]] = True
    return found


def _among(names: Ints, wanted: Ints) -> Bools:
    """Say which of some names are wanted: of few, by looking for one after the other, which is many times faster."""
    if len(wanted) > _FEW:
        return np.isin(names, wanted)
    found = np.zeros(len(names), np.bool_)
    for each in wanted:
        found |= names == each
    return found


def _codes(asked: Asked, field: NameField, of: Sequence[str]) -> Ints:
    """Return the numbers of the names that are asked for; raise NotFoundError for what cannot be."""
    known = WORDS.get(field)
    names = []
    for name in of:
        if field in ITEM_FIELDS:
            name = asked.catalog.find(name, ITEM_FIELDS[field]).id
        elif known is not None and name not in known:
            raise NotFoundError.of(field.replace("_", " "), name, known)
        names.append(name)
    return _known(asked.columns, names)


def _known(columns: Columns, names: Iterable[str]) -> Ints:
    """Return the numbers of names; what stands in no column has none, as has a row without a name."""
    return np.array([code for name in names if (code := columns.names.find(name)) != NONE], np.int32)


# --- numbers ----------------------------------------------------------------------------------------------------------


def _between(columns: Columns, given: Between) -> Bools:
    low, high = _bounds(given)
    if given.field == "year":
        dated: Bools = (columns.year != NO_YEAR) & (columns.year >= low) & (columns.year <= high)
        return dated
    ranges = columns.ranges[given.field]
    found = np.zeros(len(columns), np.bool_)
    found[ranges.rows[_overlap(ranges.low, ranges.high, low, high)]] = True
    return found


def _overlap(low: Floats, high: Floats, at_least: float, at_most: float) -> Bools:
    """Say which ranges have a number within bounds; what is not printed has none."""
    return np.logical_and(low <= at_most, high >= at_least)


def _bounds(given: Between) -> tuple[float, float]:
    if given.field not in NUMBER_FIELDS:
        raise NotFoundError.of("field", given.field, NUMBER_FIELDS)
    unit = UNITS[given.field]
    try:
        scale, offset = conversion(given.unit, unit) if given.unit else (1.0, 0.0)
    except ValueError as error:
        hint = f"give it in {unit}, or in what can be converted to that" if unit else "give it without a unit"
        raise BadInputError(f"'{given.unit}' is no unit of {given.field}", hint=hint) from error
    low = float("-inf") if given.low is None else plain(given.low * scale + offset)
    high = float("inf") if given.high is None else plain(given.high * scale + offset)
    if low > high:
        raise BadInputError(f"no {given.field} lies between {given.low:g} and {given.high:g}", hint="give the lower bound first")
    return low, high


# --- stages -----------------------------------------------------------------------------------------------------------


def _at_stage(asked: Asked, given: AtStage) -> Bools:
    columns = asked.columns
    stages = columns.stages
    met = np.ones(len(stages.rows), np.bool_)
    if given.actions:
        for action in given.actions:
            if action not in get_args(Action):
                raise NotFoundError.of("action", action, get_args(Action))
        met &= np.isin(stages.actions, _known(columns, given.actions))
    for field, bounds, (low, high) in (
        ("temperature", given.temperature, stages.temperature),
        ("duration", given.duration, stages.duration),
    ):
        if bounds is not None:
            if bounds.field != field:
                raise BadInputError(f"a condition on {bounds.field} stands where one on {field} is expected")
            met &= _overlap(low, high, *_bounds(bounds))
    if given.uses or given.amount is not None:
        met &= _charged(asked, given, len(met))
    found = np.zeros(len(columns), np.bool_)
    found[stages.rows[met]] = True
    # what was observed there: of stages that count, as an item's new version has stages of the same names
    alive = met & columns.alive[stages.rows]
    at = columns.several["at"]
    found[at.rows[np.isin(at.names, stages.names[alive])]] = True
    return found


def _charged(asked: Asked, given: AtStage, count: int) -> Bools:
    charged = asked.columns.stages.charged
    met = np.ones(len(charged.stages), np.bool_)
    if given.uses:
        met &= np.isin(charged.names, _codes(asked, "uses", given.uses))
    if (amount := given.amount) is not None:
        if amount.field not in AMOUNTS:
            raise BadInputError(f"a condition on {amount.field} is none on an amount", hint=f"take {', '.join(AMOUNTS)}")
        met &= (charged.fields == AMOUNTS.index(amount.field)) & _overlap(charged.low, charged.high, *_bounds(amount))
    found = np.zeros(count, np.bool_)
    found[charged.stages[met]] = True
    return found
