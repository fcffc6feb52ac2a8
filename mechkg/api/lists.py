"""Lists as connections: pages by cursor in an order, how many there are in all, and how many have which value."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import total_ordering
from typing import Annotated, Any, Final, Generic, NamedTuple, Optional, TypeVar

import strawberry

from mechkg.errors import BadInputError

T = TypeVar("T")

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045

LARGEST_PAGE: Final = 500
USUAL_PAGE: Final = 50

First = Annotated[
    Optional[int],
    strawberry.argument(description="The first so many; 50 when neither first nor last is given, 500 at most."),
]
After = Annotated[Optional[str], strawberry.argument(description="Those after this cursor, such as the endCursor of a page.")]
Last = Annotated[Optional[int], strawberry.argument(description="The last so many, 500 at most.")]
Before = Annotated[Optional[str], strawberry.argument(description="Those before this cursor, such as the startCursor of a page.")]


@strawberry.type(description="Where a page begins and ends, and whether there is more. A list that was cut always says so.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True when more follows.")
    has_previous_page: bool = strawberry.field(description="True when something comes before.")
    start_cursor: Optional[str] = strawberry.field(description="Give it as before, to get what precedes; null for an empty page.")
    end_cursor: Optional[str] = strawberry.field(description="Give it as after, to get what follows; null for an empty page.")


@strawberry.type(description="One of a list, with its place.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="What stands there.")
    cursor: str = strawberry.field(description="Its place in this order; it stays good when others come and go.")


Cursors = Callable[[], Sequence[str]]
"""The cursors of a page, made when they are asked for, as most callers want none."""


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="What is on the page.")
    cursors: strawberry.Private[Cursors]
    total_count: int = strawberry.field(description="How many there are in all, before the page was cut.")
    cut: strawberry.Private[tuple[bool, bool]]

    @strawberry.field(description="What is on the page, each with its cursor.")
    def edges(self) -> list[Edge[T]]:
        return [Edge(node=node, cursor=cursor) for node, cursor in zip(self.nodes, self.cursors(), strict=True)]

    @strawberry.field(description="Where the page begins and ends.")
    def page_info(self) -> PageInfo:
        return page_info(self.cursors(), self.cut)


def page_info(cursors: Sequence[str], cut: tuple[bool, bool]) -> PageInfo:
    """Return where a page begins and ends; ``cut``: whether something comes before, and whether something follows."""
    return PageInfo(
        has_next_page=cut[1],
        has_previous_page=cut[0],
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


class Window(NamedTuple):
    """Which part of a list is asked for."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def sizes(self) -> tuple[int | None, int | None]:
        """The first and the last so many that are given: a page of the usual size where none is said, none above the largest.

        Raises BadInputError for a negative number.
        """
        first, last = self.first, self.last
        if first is None and last is None:
            return USUAL_PAGE, None
        return _size("first", first), _size("last", last)

    @property
    def capped(self) -> Window:
        """What is given of it, by its sizes; raises as they do."""
        first, last = self.sizes
        return Window(first, self.after, last, self.before)


def _size(name: str, number: int | None) -> int | None:
    if number is not None and number < 0:
        raise BadInputError(f"'{name}' is {number}", hint="give 0 or more")
    return None if number is None else min(number, LARGEST_PAGE)


# --- lists that are small enough to be sorted as they are ---------------------------------------------------------------

Key = tuple[Any, ...]


@dataclass(frozen=True)
class By(Generic[T]):
    """An order: its name, what it goes by, and which way. What comes last in the key tells one from all others."""

    name: str
    key: Callable[[T], Key]
    descending: bool = False

    @property
    def sign(self) -> str:
        """What the cursors of this order begin with."""
        return f"-{self.name}" if self.descending else self.name

    def ranks(self, key: Key) -> Any:
        """Return a key as it is compared in this order."""
        return _Turned(key) if self.descending else key

    def rank(self, one: T) -> Any:
        """Return what one of the list is compared by."""
        return self.ranks(self.key(one))


@total_ordering
class _Turned:
    """A key that comes before what it would come after."""

    __slots__ = ("key",)

    def __init__(self, key: Key) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Turned) and self.key == other.key

    def __lt__(self, other: _Turned) -> bool:
        return other.key < self.key

    __hash__ = None  # type: ignore[assignment]


def cursor(sign: str, key: Key) -> str:
    """Return the cursor of a place in an order."""
    content = json.dumps([sign, *key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(text: str, sign: str) -> Key:
    """Return the key in a cursor of this order; raise BadInputError for any other text."""
    try:
        content = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(content, list) or len(content) < 2 or not isinstance(content[0], str):
        raise bad_cursor()
    if content[0] != sign:
        raise BadInputError(f"the cursor is of a list in the order '{content[0]}'", hint=f"this one is in the order '{sign}'")
    return tuple(content[1:])


def bad_cursor() -> BadInputError:
    """Return the error that something is no cursor."""
    return BadInputError("this is no cursor of a page", hint="give one as a page told it")


def page_of(ranked: Sequence[T], by: By[T], window: Window) -> tuple[Sequence[T], Cursors, tuple[bool, bool]]:
    """Return a page of a list that is in this order, its cursors, and whether something comes before and follows.

    Raise BadInputError for a cursor of another order or none of ours, and for a negative number.
    """
    start, end = 0, len(ranked)
    if window.after is not None:
        start = _place(window.after, ranked, by, bisect_right)
    if window.before is not None:
        end = max(start, _place(window.before, ranked, by, bisect_left))
    first, last = window.sizes
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    shown = ranked[start:end]
    return shown, lambda: [cursor(by.sign, by.key(one)) for one in shown], (start > 0, end < len(ranked))


def _place(text: str, ranked: Sequence[T], by: By[T], bisect: Callable[..., int]) -> int:
    key = read_cursor(text, by.sign)
    try:
        return bisect(ranked, by.ranks(key), key=by.rank)
    except TypeError as error:  # text where there are numbers
        raise bad_cursor() from error


def connection(those: Sequence[T], by: By[T], window: Window, wrap: Callable[[T], Any]) -> Connection[Any]:
    """Return a page of a list, in any order, as a connection; raise as :func:`page_of` does."""
    shown, cursors, cut = page_of(sorted(those, key=by.rank), by, window)
    return Connection(nodes=[wrap(one) for one in shown], cursors=cursors, total_count=len(those), cut=cut)
