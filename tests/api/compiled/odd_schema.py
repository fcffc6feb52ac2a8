"""A small schema in which anything may go wrong: for each field of each object it is settled by lot, the same at every call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Generic, NewType, Optional, TypeVar, Union
from zlib import crc32

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.schema.config import StrawberryConfig

# strawberry reads Optional[...] and Union[...] at run time
# ruff: noqa: UP007, UP045

T = TypeVar("T")

Even = NewType("Even", int)


def _even(value: Any) -> int:
    if value == 13:
        raise ValueError("13 is not even, and unlucky")
    return int(value) * 2


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Odd:
    """What no type of the schema can answer with."""

    def __repr__(self) -> str:
        return "<odd>"


@dataclass
class Lot:
    """What is drawn: ``trouble`` of a hundred fields are not well."""

    seed: int
    trouble: int

    def draw(self, key: str, sides: int) -> int:
        return crc32(f"{self.seed}/{key}".encode()) % sides

    def or_trouble(self, key: str, good: Any) -> Any:
        """Return what is good, or what is none."""
        if self.draw(key, 100) >= self.trouble:
            return good
        match self.draw(f"{key}?", 7):
            case 0:
                raise ValueError(f"{key} failed")
            case 1:
                raise GraphQLError(f"{key} failed by itself", extensions={"code": "odd"})
            case 2:
                return ValueError(f"{key} is a failure")
            case 3:
                return Odd()
            case 4:
                return Later(good)
            case _:
                return None


@dataclass
class Later:
    """Something to wait for; unlike a coroutine, it does not mind if nobody does."""

    value: Any

    def __await__(self) -> Generator[Any, None, Any]:
        return self.value
        yield


class Exclaim(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **named: Any) -> Any:
        return f"{next_(source, info, **named)}!"


@strawberry.input
class Wish:
    colour: Colour = Colour.RED
    times: int = 1
    names: Optional[list[str]] = None
    inner: Optional[Wish] = None


@strawberry.interface
class Named:
    key: strawberry.Private[str]
    lot: strawberry.Private[Lot]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.key)

    @strawberry.field
    def name(self) -> str:
        return self._get("name", f"name of {self.key}")

    @strawberry.field
    def nick(self) -> Optional[str]:
        return self._get("nick", "nick")

    @strawberry.field
    def other(self) -> Optional[Named]:
        return self._get("other", thing(self.lot, f"{self.key}o"))

    @strawberry.field
    def surely(self) -> Named:
        return self._get("surely", thing(self.lot, f"{self.key}s"))

    def _get(self, what: str, good: Any) -> Any:
        return self.lot.or_trouble(f"{self.key}.{what}", good)


@strawberry.type
class Cat(Named):
    lives: int = strawberry.field(default=9)
    weight: Optional[float] = strawberry.field(default=4.5)

    @strawberry.field
    def colour(self) -> Colour:
        return self._get("colour", Colour.GREEN)

    @strawberry.field
    def age(self) -> int:
        return self._get("age", self.lot.draw(self.key, 2**33))  # of four ages, three are too high for an Int

    @strawberry.field
    def even(self) -> Optional[Even]:
        return self._get("even", self.lot.draw(self.key, 20))

    @strawberry.field
    def grid(self) -> list[list[Optional[int]]]:
        return self._get("grid", [[self._get(f"g{x}{y}", x * y) for x in range(2)] for y in range(2)])

    @strawberry.field
    def kittens(self) -> Optional[list[Cat]]:
        return self._get("kittens", [Cat(key=f"{self.key}k{n}", lot=self.lot) for n in range(2)])

    @strawberry.field
    def maybe_kittens(self) -> list[Optional[Cat]]:
        return self._get("maybe", [self._get(f"m{n}", Cat(key=f"{self.key}m{n}", lot=self.lot)) for n in range(3)])


@strawberry.type
class Dog(Named):
    good: bool = True

    @strawberry.field(extensions=[Exclaim()])
    def barks(self) -> str:
        return self._get("barks", "woof")

    @strawberry.field
    async def fetches(self) -> Optional[Named]:
        return self._get("fetches", thing(self.lot, f"{self.key}f"))

    @strawberry.field
    def litters(self) -> list[list[Pet]]:
        return self._get("litters", [[thing(self.lot, f"{self.key}{x}{y}") for x in range(2)] for y in range(2)])


@strawberry.type
class Fish(Named):
    @strawberry.field
    def swims(self, info: strawberry.Info, far: int = 3, wish: Optional[Wish] = None) -> str:
        asked = "nothing" if wish is None else f"{wish.colour} {wish.times} {wish.names} {wish.inner is None}"
        return self._get("swims", f"{far} {asked} under {info.context['who']}")

    @strawberry.field
    def looks(self, info: strawberry.Info) -> str:
        return self._get("looks", f"{info.field_name} at {info.path.as_list()} {[f.name for f in info.selected_fields]}")

    @strawberry.field
    def school(self) -> list[Fish]:
        return self._get("school", (Fish(key=f"{self.key}{n}", lot=self.lot) for n in range(2)))  # type: ignore[return-value]

    @strawberry.field
    def shoal(self) -> list[Fish]:
        return self._get("shoal", tuple(Fish(key=f"{self.key}{n}", lot=self.lot) for n in range(2)))

    @strawberry.field
    async def bubbles(self) -> list[Optional[str]]:
        return self._get("bubbles", ["o", None, "O"])

    @strawberry.field
    def words(self, of: list[str], more: Colour = Colour.RED) -> list[str]:
        of.append(more.value)  # done to a list of its own
        return self._get("words", of)


@strawberry.type
class SmallFish(Fish):
    pass


@strawberry.type
class Stone:
    weight: Any = strawberry.field(default=1, graphql_type=int)


Pet = Annotated[Union[Cat, Dog], strawberry.union("Pet")]
Anything = Annotated[Union[Cat, Fish, Stone], strawberry.union("Anything")]


@strawberry.type
class Box(Generic[T]):
    inside: list[T]
    many: int


def thing(lot: Lot, key: str) -> Any:
    kinds: list[Any] = [Cat, Dog, Fish, SmallFish]
    return kinds[lot.draw(f"{key} is", 4)](key=key[-12:], lot=lot)


@strawberry.type
class Query:
    @strawberry.field
    def pets(self, info: strawberry.Info) -> list[Pet]:
        lot = info.context["lot"]
        return lot.or_trouble("pets", [thing(lot, f"p{n}") for n in range(3)])

    @strawberry.field
    def named(self, info: strawberry.Info, key: str = "n") -> Optional[Named]:
        lot = info.context["lot"]
        return lot.or_trouble(key, thing(lot, key))

    @strawberry.field
    async def later(self, info: strawberry.Info) -> list[Named]:
        lot = info.context["lot"]
        return lot.or_trouble("later", [thing(lot, f"l{n}") for n in range(3)])

    @strawberry.field
    async def cats(self, info: strawberry.Info) -> Optional[list[Optional[Cat]]]:
        lot = info.context["lot"]
        return lot.or_trouble("cats", [lot.or_trouble(f"c{n}", Cat(key=f"c{n}", lot=lot)) for n in range(3)])

    @strawberry.field
    def anything(self, info: strawberry.Info) -> list[Optional[Anything]]:
        lot = info.context["lot"]
        those: list[Any] = [Stone(), Cat(key="x", lot=lot), Fish(key="y", lot=lot), Dog(key="z", lot=lot), Odd(), None]
        return those[: 3 + lot.draw("anything", 4)]

    @strawberry.field
    def box(self, info: strawberry.Info) -> Box[Named]:
        lot = info.context["lot"]
        return Box(inside=[thing(lot, f"b{n}") for n in range(2)], many=lot.or_trouble("many", 2))

    @strawberry.field
    def cast(self, info: strawberry.Info) -> list[Named]:
        lot = info.context["lot"]
        fish = [Fish(key=f"f{n}", lot=lot) for n in range(3)]
        return [fish[0], strawberry.cast(SmallFish, fish[1]), fish[2]]

    @strawberry.field
    def once(self, info: strawberry.Info) -> list[str]:
        def words() -> Iterator[str]:
            yield from ("a", "b")

        return words()  # type: ignore[return-value]

    @strawberry.field
    def stream(self) -> list[int]:
        async def numbers() -> AsyncIterator[int]:
            yield 1

        return numbers()  # type: ignore[return-value]


SCHEMA = strawberry.Schema(
    Query,
    types=[SmallFish],
    config=StrawberryConfig(scalar_map={Even: strawberry.scalar(name="Even", serialize=_even, parse_value=int)}),
)


# --- resolvers that are no coroutine functions, and return coroutines ------------------------------------------------------


async def _soon(value: Any) -> Any:
    return value


@strawberry.type
class Slow:
    @strawberry.field
    def word(self) -> str:
        return _soon("word")  # type: ignore[return-value]

    @strawberry.field
    def words(self) -> list[str]:
        return [_soon("a"), _soon("b")]  # type: ignore[list-item]

    @strawberry.field
    def itself(self) -> Slow:
        return _soon(Slow())  # type: ignore[return-value]


@strawberry.type
class SlowQuery:
    @strawberry.field
    def thing(self) -> Slow:
        return Slow()


COROUTINES = strawberry.Schema(SlowQuery)
