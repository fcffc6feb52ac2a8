"""Long lists: their length, and their elements, fetched page by page as they are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

from mechkg.errors import RemoteError

T = TypeVar("T")
U = TypeVar("U")

PAGE: Final = 200
"""Elements fetched at once, at most."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list; ``after`` is the cursor to go on from, None at the end. ``total`` counts the whole list."""

    found: tuple[T, ...]
    total: int
    after: str | None

    def each(self, read: Callable[[T], U]) -> Page[U]:
        """Return the page of what ``read`` makes of each element."""
        return Page(tuple(map(read, self.found)), self.total, self.after)


class Pages(Generic[T]):
    """A list that is fetched as it is gone through; each time anew, so that it tells what is there by then.

    ``fetch`` returns a page: so many elements at most, after a cursor.
    """

    def __init__(self, fetch: Callable[[int, str | None], Page[T]], size: int = PAGE) -> None:
        self._fetch = fetch
        self._size = size

    def __iter__(self) -> Iterator[T]:
        return self._from(self._size)

    @property
    def total(self) -> int:
        """How many there are in all."""
        return self._fetch(0, None).total

    def first(self, most: int) -> tuple[T, ...]:
        """Return the first so many, and fetch no more than these."""
        return tuple(islice(self._from(min(most, self._size)), most)) if most > 0 else ()

    def all(self) -> tuple[T, ...]:
        """Return all of them."""
        return tuple(self)

    def one(self) -> T | None:
        """Return the first, None of an empty list."""
        return next(iter(self.first(1)), None)

    def each(self, read: Callable[[T], U]) -> Pages[U]:
        """Return the list of what ``read`` makes of each element."""
        return Pages(lambda first, after: self._fetch(first, after).each(read), self._size)

    def _from(self, size: int) -> Iterator[T]:
        after: str | None = None
        while True:
            page = self._fetch(size, after)
            yield from page.found
            if page.after is None:
                return
            after = _further(page, after)


class AsyncPages(Generic[T]):
    """A list that is fetched as it is gone through, like :class:`Pages`, without holding up other tasks."""

    def __init__(self, fetch: Callable[[int, str | None], Awaitable[Page[T]]], size: int = PAGE) -> None:
        self._fetch = fetch
        self._size = size

    def __aiter__(self) -> AsyncIterator[T]:
        return self._from(self._size)

    async def total(self) -> int:
        """Return how many there are in all."""
        return (await self._fetch(0, None)).total

    async def first(self, most: int) -> tuple[T, ...]:
        """Return the first so many, and fetch no more than these."""
        found: list[T] = []
        if most > 0:
            async for one in self._from(min(most, self._size)):
                found.append(one)
                if len(found) == most:
                    break
        return tuple(found)

    async def all(self) -> tuple[T, ...]:
        """Return all of them."""
        return tuple([one async for one in self])

    async def one(self) -> T | None:
        """Return the first, None of an empty list."""
        return next(iter(await self.first(1)), None)

    def each(self, read: Callable[[T], U]) -> AsyncPages[U]:
        """Return the list of what ``read`` makes of each element."""

        async def fetch(first: int, after: str | None) -> Page[U]:
            return (await self._fetch(first, after)).each(read)

        return AsyncPages(fetch, self._size)

    async def _from(self, size: int) -> AsyncIterator[T]:
        after: str | None = None
        while True:
            page = await self._fetch(size, after)
            for one in page.found:
                yield one
            if page.after is None:
                return
            after = _further(page, after)


def _further(page: Page[T], after: str | None) -> str | None:
    """Return the cursor to go on from; raise RemoteError for one that leads nowhere, which would never end."""
    if page.after == after or not page.found:
        raise RemoteError("the server gives a page after which the same one follows")
    return page.after
