"""A resolver that is marked is called once for each object, and plans read what it made."""

from __future__ import annotations

from operator import attrgetter

from mechkg.api.compiled import once
from mechkg.api.compiled.once import attribute_of


class Counting:
    def __init__(self, name: str) -> None:
        self.name = name
        self.calls = 0

    @once
    def label(self) -> str:
        self.calls += 1
        return f"{self.name} {self.calls}"

    def plain(self) -> str:
        return self.name


class Other(Counting):
    @once
    def label(self) -> str:
        return "other"


def test_each_object_keeps_its_own_value() -> None:
    name = attribute_of(Counting.label, Counting)
    assert name is not None
    read, a, b = attrgetter(name), Counting("a"), Counting("b")
    assert [read(a), read(b), read(a)] == ["a 1", "b 1", "a 1"]
    assert (a.calls, b.calls) == (1, 1)


def test_a_class_below_may_resolve_otherwise() -> None:
    for of in (Counting, Other, Counting):
        name = attribute_of(of.label, of)
        assert name is not None
        assert attrgetter(name)(of("a")) == ("a 1" if of is Counting else "other")


def test_without_the_mark_nothing_is_kept() -> None:
    assert attribute_of(Counting.plain, Counting) is None
