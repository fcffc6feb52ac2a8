"""Facets count what going through all items counts."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import NotFoundError
from mechkg.model.filter import Is
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service.read_models.facets import FACET_FIELDS, Facet
from mechkg.service.read_models.models import ReadModels
from mechkg.service.workspace import Workspace
from tests.service.read_models.made import Plain, changes, filters, histories


def counted(plain: Plain, names: set[str], field: str) -> Facet:
    counts: Counter[str] = Counter()
    without = 0
    for name in names:
        entry = plain.catalog.entries[name]
        years = {f"{q.value:g}" for q in plain.numbers(entry, "year")}
        values = years if field == "year" else plain.names(entry, field)
        counts.update(values)
        without += not values
    return Facet(field, tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))), 0, without)


@settings(max_examples=60, deadline=None)
@given(changes, st.sampled_from(FACET_FIELDS), st.data())
def test_a_facet_counts_what_going_through_all_counts(
    steps: list[tuple[list[AssertionRecord], list[str]]], field: str, data: Any
) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        plain = Plain(catalog)
        asked = data.draw(filters(catalog))
        assert models.facet(field, asked) == counted(plain, plain.matching(asked), field)


@pytest.mark.parametrize("field", FACET_FIELDS)
def test_facets_of_the_corpus(shipped: Workspace, field: str) -> None:
    plain = Plain(shipped.catalog)
    assert shipped.reading.models.facet(field) == counted(plain, set(shipped.catalog.entries), field)


def test_a_facet_that_is_cut_says_so(shipped: Workspace) -> None:
    models = shipped.reading.models
    whole, cut = models.facet("kind"), models.facet("kind", most=3)
    assert (cut.values, cut.cut) == (whole.values[:3], len(whole.values) - 3)


def test_there_is_a_count_for_each_value_that_a_filter_can_ask_for(shipped: Workspace) -> None:
    models = shipped.reading.models
    for field in ("kind", "species_kind", "material", "document", "evidence"):
        for value, count in models.facet(field).values:
            assert models.count(Is(field, (value,))) == count  # type: ignore[arg-type]


def test_an_unknown_field_is_answered_with_the_nearest(shipped: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'material'"):
        shipped.reading.models.facet("materials")
