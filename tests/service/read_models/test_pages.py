"""Pages: under every order they cover everything once, and go on where they stopped although others came and went."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.filter import EVERYTHING, SORT_FIELDS, Is, Sort
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.source import Document
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.read_models.models import ReadModels
from mechkg.service.read_models.pages import PageOf, cursor
from mechkg.service.workspace import Workspace
from tests.service.read_models.made import Plain, changes, filters, histories

sorts = st.lists(st.builds(Sort, st.sampled_from(SORT_FIELDS), st.booleans()), max_size=2).map(tuple)


def ids(page: PageOf) -> list[str]:
    return [entry.id for entry in page.entries]


def pages_of(models: ReadModels, asked: Any, order: tuple[Sort, ...], size: int, *, backwards: bool = False) -> list[str]:
    """Go through all pages, from either end."""
    found: list[str] = []
    place = None
    while True:
        page = models.page(asked, order, **({"last": size, "before": place} if backwards else {"first": size, "after": place}))
        found = [*ids(page), *found] if backwards else [*found, *ids(page)]
        if not (page.has_previous if backwards else page.has_next):
            return found
        place = page.cursors[0 if backwards else -1]


def value(plain: Plain, entry: Entry, sort: Sort) -> Any:
    """What an item is ordered by, read from its value."""
    if sort.by == "id":
        return entry.id
    if sort.by == "label":
        return entry.label.casefold()
    if sort.by == "accepted":
        return entry.accepted_at
    if sort.by in ("kind", "type", "document"):
        return next(iter(plain.names(entry, sort.by)), None)
    if sort.by == "year":
        return next((q.value for q in plain.numbers(entry, "year")), None)
    unit = {"absorption": "nm", "temperature": "degC", "duration": "s"}[sort.by]
    ends = []
    for quantity in plain.numbers(entry, sort.by):  # type: ignore[arg-type]
        try:
            low, high = quantity.interval(unit)
        except ValueError:
            continue
        wanted, other = (high, low) if sort.descending else (low, high)
        ends.append(other if abs(wanted) == float("inf") else wanted)
    return (max if sort.descending else min)(ends) if ends else None


def in_order(plain: Plain, names: set[str], order: tuple[Sort, ...]) -> list[str]:
    entries = sorted((plain.catalog.entries[name] for name in names), key=lambda e: e.id)
    for sort in reversed(order):
        known = [e for e in entries if value(plain, e, sort) is not None]
        without = [e for e in entries if value(plain, e, sort) is None]
        entries = sorted(known, key=lambda e: value(plain, e, sort), reverse=sort.descending) + without
    return [e.id for e in entries]


@settings(max_examples=60, deadline=None)
@given(changes, sorts, st.integers(1, 4), st.data())
def test_pages_cover_everything_once_in_order(
    steps: list[tuple[list[AssertionRecord], list[str]]], order: tuple[Sort, ...], size: int, data: Any
) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        if data.draw(st.booleans()):
            continue
        plain = Plain(catalog)
        asked = data.draw(filters(catalog))
        expected = in_order(plain, plain.matching(asked), order)
        assert pages_of(models, asked, order, size) == expected
        assert pages_of(models, asked, order, size, backwards=True) == expected
        assert models.page(asked, order, first=size).total == len(expected)


@settings(max_examples=40, deadline=None)
@given(changes, sorts, st.integers(1, 3))
def test_a_cursor_stays_good_when_others_come_and_go(
    steps: list[tuple[list[AssertionRecord], list[str]]], order: tuple[Sort, ...], size: int
) -> None:
    catalogs = list(histories(steps))
    old, new = ReadModels(catalogs[0]), ReadModels(catalogs[-1])
    page = old.page(EVERYTHING, order, first=size)
    if not page.entries:
        return
    last = page.entries[-1]
    rest = ids(new.page(EVERYTHING, order, after=page.cursors[-1]))
    everything = ids(new.page(EVERYTHING, order))
    if new.catalog.entries.get(last.id) is last and all(sort.by != "year" for sort in order):
        assert rest == everything[everything.index(last.id) + 1 :]
    assert rest == everything[len(everything) - len(rest) :]


@pytest.mark.parametrize("by", SORT_FIELDS)
@pytest.mark.parametrize("descending", [False, True])
def test_the_corpus_is_covered_in_every_order(shipped: Workspace, by: Any, descending: bool) -> None:
    order = (Sort(by, descending),)
    plain = Plain(shipped.catalog)
    found = pages_of(shipped.reading.models, EVERYTHING, order, 100)
    assert found == in_order(plain, set(shipped.catalog.entries), order)


def test_a_page_tells_what_is_around_it(shipped: Workspace) -> None:
    models = shipped.reading.models
    asked = Is("kind", ("species",))
    everything = ids(models.page(asked))
    page = models.page(asked, first=3)
    assert (ids(page), page.has_previous, page.has_next, page.total) == (everything[:3], False, True, len(everything))
    middle = models.page(asked, first=2, after=page.cursors[0], before=page.cursors[2])
    assert (ids(middle), middle.has_previous, middle.has_next) == ([everything[1]], True, True)
    end = models.page(asked, last=1)
    assert (ids(end), end.has_previous, end.has_next) == (everything[-1:], True, False)
    nothing = models.page(asked, first=0)
    assert (nothing.entries, nothing.has_next, nothing.total) == ((), True, len(everything))


# --- what is no cursor ---------------------------------------------------------------------------------------------------


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    ["", "x", "%%%", "é", encoded("{}"), encoded("[]"), encoded('["id"]'), encoded('["id",1,2]'), encoded('["id",{},"a"]'),
     encoded("[" * 5000), encoded('["id","a",3]'), encoded('["id",NaN,"a"]'), encoded('["id",7,"a"]')],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(shipped: Workspace, text: str) -> None:
    with pytest.raises(BadInputError, match="this is no cursor of a page"):
        shipped.reading.models.page(EVERYTHING, (Sort("id"),), first=1, after=text)


def test_a_cursor_of_another_order_is_refused(shipped: Workspace) -> None:
    models = shipped.reading.models
    of_year = models.page(EVERYTHING, (Sort("year", descending=True),), first=1).cursors[0]
    with pytest.raises(BadInputError, match="the cursor is of a list in the order '-year'"):
        models.page(EVERYTHING, (Sort("label"),), first=1, after=of_year)


def test_an_unknown_order_and_a_negative_size_are_refused(shipped: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'label'"):
        shipped.reading.models.page(EVERYTHING, (Sort("labl"),))  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="'first' is -1"):
        shipped.reading.models.page(EVERYTHING, first=-1)


def test_a_cursor_holds_what_an_item_is_ordered_by() -> None:
    record = AssertionRecord.of("document", Document(id="p", title="Ünï"), "p", "p")
    from tests.service.read_models.made import START

    models = ReadModels(Catalog(1, {"p": Entry(record, START, "ana")}))
    order = (Sort("label"), Sort("year"))
    assert models.page(EVERYTHING, order).cursors == (cursor(("ünï", None, "p"), order),)
