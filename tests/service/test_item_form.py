"""Forms of items: every item of the shipped corpus as typed text and back, and what is typed halfway."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from mechkg.errors import BadInputError
from mechkg.model.corpus import ITEM_TYPES
from mechkg.service.item_form import KINDS, Box, blanks, body_of, boxes_of, form_of, model_of, named, raised, typed, without
from mechkg.service.workspace import Workspace


def test_every_item_comes_back_as_it_was(shipped: Workspace) -> None:
    counts: Counter[str] = Counter()
    for entry in shipped.catalog.entries.values():
        boxes = boxes_of(entry.kind, entry.record.body)
        assert boxes[-1].value == "", f"{entry.id}: {boxes[-1].value}"
        assert body_of(entry.kind, typed(boxes)) == entry.record.body, entry.id
        counts[entry.kind] += 1
    assert set(counts) == set(KINDS) and sum(counts.values()) > 1000


def test_every_field_of_the_model_is_in_the_form() -> None:
    for kind in KINDS:
        assert [field.name for field in form_of(kind)] == [
            info.alias or name for name, info in model_of(kind).model_fields.items()
        ]


def box(boxes: tuple[Box, ...], path: str) -> Box:
    return next(each for one in boxes for each in one.all() if each.path == path)


def test_fields_know_what_they_are_for() -> None:
    boxes = boxes_of("observation", {"subject": ["x"]})
    assert box(boxes, "at").field.refers == ("stage",) and box(boxes, "at").field.required
    assert "absent" in box(boxes, "kind").field.options and box(boxes, "method").field.default == "unspecified"
    assert box(boxes, "window.start").field.units == ("min",)
    assert box(boxes_of("chemical", {}), "classes").field.shape == "class"
    assert box(boxes_of("procedure", {"stages": [{}]}), "stages.1.from").field.outright


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_halfway_is_kept(kind: str) -> None:
    assert body_of(kind, typed(boxes_of(kind, {}))) == {}
    odd: dict[str, Any] = {"id": "x", "colour": "red", "note": "a\nb"}
    boxes = boxes_of(kind, odd)
    assert '"colour": "red"' in boxes[-1].value
    assert body_of(kind, typed(boxes)) == odd


def test_what_is_no_number_stays_as_it_is_typed() -> None:
    pairs = [("year", " 20x7 "), ("title", "A\r\nB"), ("authors.1", ""), ("authors.4", "Doe")]
    assert body_of("document", pairs) == {"year": "20x7", "title": "A\nB", "authors": ["Doe"]}
    assert body_of("document", [("year", "2017")]) == {"year": 2017}
    assert body_of("document", [("rest", "no json")]) == {"rest": "no json"}


def test_what_files_may_write_in_short_is_shown_in_full() -> None:
    given = {"id": "p", "title": "t", "stages": [{"id": "s", "action": "mix", "medium": "toluene", "from": []}]}
    back = body_of("procedure", typed(boxes_of("procedure", given)))
    assert back["stages"] == [{"id": "s", "action": "mix", "medium": [{"of": "toluene"}], "from": []}]


def test_an_entry_that_is_given_twice_is_not_lost() -> None:
    rows = [("orders.1.key", "a"), ("orders.1.value", "1"), ("orders.2.key", "a"), ("orders.2.value", "2")]
    assert body_of("observation", rows) == {"orders": {"a": 1.0, "a (again)": 2.0}}


def test_lists_grow_shrink_and_are_ordered_anew() -> None:
    pairs = [("stages.1.id", "a"), ("stages.2.id", ""), ("stages.3.id", "c"), ("title", "t")]
    more = blanks("procedure", pairs, "stages")
    assert more["stages"] == 2
    boxes = boxes_of("procedure", body_of("procedure", pairs), more)
    assert [box(boxes, f"stages.{n}.id").value for n in (1, 2, 3, 4)] == ["a", "c", "", ""]
    assert body_of("procedure", without(pairs, "stages.1"))["stages"] == [{"id": "c"}]
    full = without(pairs, "stages.2")
    assert body_of("procedure", raised(full, "stages.3"))["stages"] == [{"id": "c"}, {"id": "a"}]
    assert raised(pairs, "stages.1") == pairs


def test_a_list_is_not_taken_without_end() -> None:
    with pytest.raises(BadInputError, match="401 members"):
        body_of("claim", [(f"about.{n}", "x") for n in range(1, 402)])
    with pytest.raises(BadInputError, match="did you mean 'species'"):
        form_of("specie")


def test_names_of_other_items_are_found(shipped: Workspace) -> None:
    step = shipped.catalog.by_kind["step"][0]
    names = {text for _, _, text in named("step", step.record.body)}
    assert {part["of"] for part in step.record.body["reactants"]} <= names
    assert set(ITEM_TYPES) < set(KINDS)
