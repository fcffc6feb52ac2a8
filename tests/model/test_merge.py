"""Differences and merging: laws that hold for any content, and the cases that people meet."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.model.merge import ABSENT, Difference, Path, differences, merge

# --- content with parts that have ids, parts that have none, and values that look alike -------------------------------

_KEYS = st.sampled_from(["k", "l", "m"])
_LEAVES = st.sampled_from([None, True, False, 0, 1, 1.0, "", "x", "1"])
_IDS = st.lists(st.sampled_from(["p", "q", "r", "s"]), unique=True, max_size=4)


def _named(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    part = st.dictionaries(_KEYS, inner, max_size=2)
    return _IDS.flatmap(lambda ids: st.tuples(*(part.map(lambda body, i=i: {"id": i, **body}) for i in ids)).map(list))


_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.dictionaries(_KEYS, inner, max_size=3) | st.lists(inner, max_size=2) | _named(inner),
    max_leaves=10,
)
BODIES = st.dictionaries(_KEYS, _VALUES, max_size=3)


@st.composite
def triples(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A body and two changes of it, mostly small ones, so that both sides keep much in common."""
    base = draw(BODIES)
    sides = []
    for _ in range(2):
        side = deepcopy(base)
        for key in draw(st.lists(_KEYS, max_size=2)):
            if draw(st.booleans()):
                side[key] = draw(_VALUES)
            elif isinstance(side.get(key), list):
                side[key] = draw(st.permutations(side[key]))
            else:
                side.pop(key, None)
        sides.append(side)
    return base, sides[0], sides[1]


def _exact(content: Any) -> str:
    return json.dumps(content, sort_keys=True)


def _named_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, dict) and "id" in part for part in value)


def _unordered(value: Any) -> Any:
    """The content with parts that have ids in the order of these."""
    if isinstance(value, dict):
        return {key: _unordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        inner = [_unordered(part) for part in value]
        return sorted(inner, key=lambda part: str(part["id"])) if _named_parts(value) else inner
    return value


def _applied(before: Any, difference: Difference) -> Any:
    """``before`` with one difference applied, by the plain meaning of a path."""
    return _set(deepcopy(before), difference.path, difference.before, difference.after)


def _set(value: Any, path: Path, old: Any, new: Any) -> Any:
    if not path:
        if (
            _named_parts(value)
            and isinstance(new, list)
            and sorted(map(str, new)) == sorted(str(p["id"]) for p in value)
            and value
        ):
            return [next(part for part in value if part["id"] == key) for key in new]  # the order of ids
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        ids = [part["id"] for part in value]
        if key not in ids:
            return [*value, new]
        parts = [_set(part, rest, old, new) if part["id"] == key else part for part in value]
        return [part for part in parts if part is not ABSENT]
    found = _set(value.get(key, ABSENT), rest, old, new)
    return {**{k: v for k, v in value.items() if k != key}, **({} if found is ABSENT else {key: found})}


# --- differences ------------------------------------------------------------------------------------------------------


@given(triples())
def test_differences_applied_give_what_came_after(bodies: tuple[dict[str, Any], ...]) -> None:
    before, after, _ = bodies
    found = differences(before, after)
    assert (found == ()) == (_exact(before) == _exact(after))
    seen = before
    for difference in found:
        seen = _applied(seen, difference)
    assert _exact(seen) == _exact(after)


@given(BODIES)
def test_nothing_differs_from_itself(body: dict[str, Any]) -> None:
    assert differences(body, deepcopy(body)) == ()
    assert differences({}, body) == tuple(Difference((key,), ABSENT, value) for key, value in body.items())


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), (1, 1.0), ("1", 1), (None, False), ([1], [True]), ({"b": 0}, {"b": False})]
)
def test_what_python_takes_for_equal_may_differ(one: Any, other: Any) -> None:
    assert len(differences({"a": one}, {"a": other})) == 1
    assert merge({"a": one}, {"a": one}, {"a": other}).body == {"a": other}
    assert type(merge({"a": one}, {"a": one}, {"a": other}).body["a"]) is type(other)


def test_parts_are_compared_by_their_ids() -> None:
    before = {"parts": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}
    after = {"parts": [{"id": "c", "n": 9}, {"id": "b", "n": 3}]}
    assert [(d.place, d.before, d.after) for d in differences(before, after)] == [
        ("parts.a", {"id": "a", "n": 1}, ABSENT),
        ("parts.b.n", 2, 3),
        ("parts.c", ABSENT, {"id": "c", "n": 9}),
        ("parts", ["a", "b"], ["c", "b"]),
    ]


# --- merging ----------------------------------------------------------------------------------------------------------


@given(triples())
def test_one_side_alone_is_taken_whole(bodies: tuple[dict[str, Any], ...]) -> None:
    base, x, _ = bodies
    for theirs, ours in ((x, base), (base, x), (x, x)):
        found = merge(base, theirs, ours)
        assert (_exact(found.body), found.clashes) == (_exact(x), ())


@given(triples())
def test_the_sides_can_change_places(bodies: tuple[dict[str, Any], ...]) -> None:
    base, one, other = bodies
    there, back = merge(base, one, other), merge(base, other, one)
    assert [c.path for c in there.clashes] == [c.path for c in back.clashes] or {c.path for c in there.clashes} == {
        c.path for c in back.clashes
    }
    for clash in there.clashes:
        twin = next(c for c in back.clashes if c.path == clash.path)
        assert (_exact_or_absent(clash.theirs), _exact_or_absent(clash.ours)) == (
            _exact_or_absent(twin.ours),
            _exact_or_absent(twin.theirs),
        )
    choices: dict[str, Literal["theirs", "ours"]] = {c.place: "theirs" for c in there.clashes}
    mirrored: dict[str, Literal["theirs", "ours"]] = {c.place: "ours" for c in there.clashes}
    # what both added has no order of its own
    assert _exact(_unordered(merge(base, one, other, choices).body)) == _exact(_unordered(merge(base, other, one, mirrored).body))


def _exact_or_absent(value: Any) -> str:
    return "absent" if value is ABSENT else _exact(value)


@given(triples(), st.randoms(use_true_random=False))
def test_choices_settle_every_clash(bodies: tuple[dict[str, Any], ...], random: Any) -> None:
    base, theirs, ours = bodies
    found = merge(base, theirs, ours)
    choices: dict[str, Literal["theirs", "ours"]] = {c.place: random.choice(["theirs", "ours"]) for c in found.clashes}
    settled = merge(base, theirs, ours, choices)
    assert settled.clashes == ()
    if set(choices.values()) <= {"theirs"}:
        assert _exact(settled.body) == _exact(found.body)  # what is not settled keeps theirs
    for clash in found.clashes:
        chosen = clash.ours if choices[clash.place] == "ours" else clash.theirs
        assert _exact_or_absent(_at(settled.body, clash.path)) == _exact_or_absent(chosen)
    # a choice that names no side settles nothing
    assert merge(base, theirs, ours, dict.fromkeys(choices, "mine")).clashes == found.clashes  # type: ignore[arg-type]


@given(triples())
def test_what_only_one_side_changed_is_never_lost(bodies: tuple[dict[str, Any], ...]) -> None:
    base, theirs, ours = bodies
    found = merge(base, theirs, ours)
    clashing = [c.path for c in found.clashes]
    for key in {*base, *theirs, *ours}:
        b, t, o = (_exact_or_absent(side.get(key, ABSENT)) for side in (base, theirs, ours))
        if any(path[0] == key for path in clashing):
            continue
        merged = _exact_or_absent(found.body.get(key, ABSENT))
        if b == t:
            assert merged == o
        if b == o:
            assert merged == t


def _at(value: Any, path: Path) -> Any:
    for key in path:
        if isinstance(value, list):
            value = next((part for part in value if part["id"] == key), ABSENT)
        elif isinstance(value, dict):
            value = value.get(key, ABSENT)
        else:
            return ABSENT
    return value


def _list(*ids: str) -> dict[str, Any]:
    return {"parts": [{"id": i[0], **({"n": i[1:]} if i[1:] else {})} for i in ids]}


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "merged"),
    [
        ("a b c", "a b c", "c a b", "c a b"),  # one side moves
        ("a b c", "a1 b c", "c a b", "c a1 b"),  # one moves, the other changes within
        ("a b c", "c b a", "a b c2", "c2 b a"),
        ("a b", "a x b", "a b y", "a x b y"),  # both add
        ("a b", "x a b", "a b", "x a b"),
        ("a b c", "a c", "a b c d", "a c d"),  # one removes, the other adds
        ("a b c", "b a c", "b a c d", "b a c d"),  # both move alike
        ("a b", "a x b", "b a", "b a x"),  # what only one added follows what it followed there
    ],
)
def test_parts_keep_the_order_that_somebody_gave_them(base: str, theirs: str, ours: str, merged: str) -> None:
    found = merge(_list(*base.split()), _list(*theirs.split()), _list(*ours.split()))
    assert (found.body, found.clashes) == (_list(*merged.split()), ())


def test_two_new_orders_and_a_change_of_what_is_gone_clash() -> None:
    found = merge(_list("a", "b", "c"), _list("b", "a", "c"), _list("a", "c", "b"))
    assert [c.place for c in found.clashes] == ["parts"]
    found = merge(_list("a", "b"), _list("a"), _list("a", "b1"))
    assert [(c.place, c.theirs) for c in found.clashes] == [("parts.b", ABSENT)]
    assert found.body == _list("a")
    assert merge(_list("a", "b"), _list("a"), _list("a", "b1"), {"parts.b": "ours"}).body == _list("a", "b1")


def test_lists_without_ids_are_one_value() -> None:
    found = merge({"tags": ["x"]}, {"tags": ["x", "y"]}, {"tags": ["x", "z"]})
    assert [(c.place, c.base, c.theirs, c.ours) for c in found.clashes] == [("tags", ["x"], ["x", "y"], ["x", "z"])]
    assert [d.place for d in (*found.theirs, *found.ours)] == ["tags", "tags"]
