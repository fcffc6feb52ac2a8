"""Lists that are fetched page by page."""

from __future__ import annotations

import asyncio

import pytest

from mechkg.client.pages import AsyncPages, Page, Pages
from mechkg.errors import RemoteError


class Shelf:
    """Numbers to be fetched, and what was asked for."""

    def __init__(self, many: int) -> None:
        self.many = many
        self.asked: list[tuple[int, str | None]] = []

    def __call__(self, first: int, after: str | None) -> Page[int]:
        self.asked.append((first, after))
        start = int(after or 0)
        end = min(start + first, self.many)
        return Page(tuple(range(start, end)), self.many, str(end) if end < self.many else None)


def test_pages_are_fetched_as_they_are_gone_through() -> None:
    shelf = Shelf(7)
    numbers = iter(Pages(shelf, 3))
    assert shelf.asked == []
    assert [next(numbers) for _ in range(3)] == [0, 1, 2] and shelf.asked == [(3, None)]
    assert list(numbers) == [3, 4, 5, 6] and shelf.asked == [(3, None), (3, "3"), (3, "6")]


def test_the_first_few_take_no_more_than_they_need() -> None:
    shelf = Shelf(1000)
    assert Pages(shelf, 100).first(2) == (0, 1) and shelf.asked == [(2, None)]
    assert Pages(shelf, 2).first(5) == (0, 1, 2, 3, 4)
    assert Pages(shelf).first(0) == ()
    assert Pages(Shelf(0)).one() is None and Pages(shelf).one() == 0


def test_the_length_is_had_without_the_elements() -> None:
    shelf = Shelf(1000)
    assert Pages(shelf).total == 1000 and shelf.asked == [(0, None)]


def test_a_list_can_be_gone_through_again() -> None:
    pages = Pages(Shelf(5), 2).each(lambda number: number * number)
    assert pages.all() == pages.all() == (0, 1, 4, 9, 16)


def test_a_page_that_leads_nowhere_ends_it() -> None:
    stuck = Pages(lambda first, after: Page((1,), 9, "x"))
    with pytest.raises(RemoteError, match="the same one follows"):
        stuck.all()
    empty = Pages(lambda first, after: Page((), 9, "x"))
    with pytest.raises(RemoteError, match="the same one follows"):
        empty.all()


def test_tasks_go_through_lists_too() -> None:
    shelf = Shelf(7)

    async def fetch(first: int, after: str | None) -> Page[int]:
        await asyncio.sleep(0)
        return shelf(first, after)

    async def go() -> tuple[object, ...]:
        pages = AsyncPages(fetch, 3)
        squares = await pages.each(lambda number: number * number).all()
        return [one async for one in pages], await pages.first(2), await pages.total(), await pages.one(), squares

    assert asyncio.run(go()) == ([0, 1, 2, 3, 4, 5, 6], (0, 1), 7, 0, (0, 1, 4, 9, 16, 25, 36))
