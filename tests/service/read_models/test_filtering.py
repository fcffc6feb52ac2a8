"""Filters over the columns find what going through all items finds, however the columns came about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.filter import MEANING, NAME_FIELDS, UNITS, And, AtStage, Between, Filter, Is, Not, Says, YesNo
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service.read_models.models import ReadModels
from mechkg.service.workspace import Workspace
from tests.service.read_models.made import Plain, changes, filters, histories


def found(models: ReadModels, given: Filter) -> set[str]:
    return {models.columns.entries[row].id for row in np.flatnonzero(models.rows(given))}


@settings(max_examples=100, deadline=None)
@given(changes, st.data())
def test_a_filter_finds_what_going_through_all_finds(steps: list[tuple[list[AssertionRecord], list[str]]], data: Any) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        if data.draw(st.booleans()):
            continue  # a version that nobody asks
        plain = Plain(catalog)
        asked = data.draw(filters(catalog))
        assert found(models, asked) == plain.matching(asked)
        assert found(ReadModels(catalog), asked) == plain.matching(asked)
        assert models.count(asked) == len(plain.matching(asked))


@settings(max_examples=30, deadline=None)
@given(changes, st.data())
def test_what_an_earlier_version_answers_stays(steps: list[tuple[list[AssertionRecord], list[str]]], data: Any) -> None:
    versions = []
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        assert found(models, And(())) == set(catalog.entries)
        if catalog.entries:
            models.search("b")
        versions.append((catalog, models))
    for catalog, models in versions:
        asked = data.draw(filters(catalog))
        assert found(models, asked) == Plain(catalog).matching(asked)


# --- on the shipped corpus ----------------------------------------------------------------------------------------------


def test_a_chemists_question(shipped: Workspace) -> None:
    models = shipped.reading.models
    asked = And((Is("kind", ("species",)), Is("species_kind", ("MSC",)), Between("absorption", 0.37, 0.375, "um")))
    plain = Plain(shipped.catalog)
    assert found(models, asked) == plain.matching(asked) != set()


def test_conditions_of_one_stage_hold_together(shipped: Workspace) -> None:
    models, plain = shipped.reading.models, Plain(shipped.catalog)
    asked = AtStage(temperature=Between("temperature", 20, 30), duration=Between("duration", 1, None, "h"))
    assert found(models, asked) == plain.matching(asked) != set()
    kinds = {models.catalog.entries[name].kind for name in found(models, asked)}
    assert kinds >= {"procedure", "observation"}


def test_items_are_told_by_printed_names(shipped: Workspace) -> None:
    species = next(e for e in shipped.catalog.by_kind["species"] if len(shipped.catalog.by_name[e.label.casefold()]) == 1)
    models = shipped.reading.models
    assert found(models, Is("about", (species.label,))) == found(models, Is("about", (species.id,)))


def test_every_field_has_a_meaning() -> None:
    assert set(NAME_FIELDS) | set(UNITS) <= set(MEANING)


# --- what cannot be asked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Is("kind", ("specis",)), "there is no kind called 'specis' (did you mean 'species'?)"),
        (Is("species_kind", ("msc",)), "there is no species kind called 'msc'"),
        (Is("evidence", ("experimental",)), "there is no evidence called 'experimental' (did you mean 'experiment'?)"),
        (Is("knd", ("x",)), "there is no field called 'knd' (did you mean 'kind'?)"),  # type: ignore[arg-type]
        (Not(Is("document", ("nowhere",))), "there is no document called 'nowhere'"),
        (Between("absorbtion", 1, 2), "did you mean 'absorption'?"),  # type: ignore[arg-type]
        (YesNo("quotd"), "did you mean 'quoted'?"),  # type: ignore[arg-type]
        (AtStage(actions=("heats",)), "there is no action called 'heats' (did you mean 'heat'?)"),
        (Says("beta", ("labels",)), "did you mean 'label'?"),  # type: ignore[arg-type]
    ],
)
def test_what_there_is_not_is_answered_with_the_nearest_name(shipped: Workspace, asked: Filter, says: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        shipped.reading.models.rows(asked)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Between("absorption", 1, 2, "min"), "'min' is no unit of absorption (give it in nm"),
        (Between("absorption", 1, 2, "furlongs-per"), "is no unit of absorption"),
        (Between("year", 1, 2, "d"), "'d' is no unit of year (give it without a unit)"),
        (Between("absorption", 2, 1), "no absorption lies between 2 and 1"),
        (AtStage(temperature=Between("duration", 1)), "a condition on duration stands where one on temperature is expected"),
        (AtStage(amount=Between("duration", 1)), "a condition on duration is none on an amount (take amount, volume, mass)"),
        (Says(" - ' "), "nothing is sought"),
        (Says(" ".join(f"word{n}" for n in range(17))), "17 words are sought at once"),
    ],
)
def test_what_means_nothing_is_refused(shipped: Workspace, asked: Filter, says: str) -> None:
    if asked == Says(" - ' "):
        asked = Says(" \u200b ")
    with pytest.raises(BadInputError) as raised:
        shipped.reading.models.rows(asked)
    assert says in str(raised.value)


def test_times_without_a_zone_are_utc(shipped: Workspace) -> None:
    from mechkg.model.filter import Accepted

    models = shipped.reading.models
    some = next(iter(shipped.catalog.entries.values())).accepted_at
    assert found(models, Accepted(since=some)) == found(models, Accepted(since=some.astimezone(UTC).replace(tzinfo=None)))
    assert found(models, Accepted(before=datetime(2000, 1, 1))) == set()
