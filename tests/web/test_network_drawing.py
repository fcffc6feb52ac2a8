"""Networks drawn: arrows say what a step makes, looks say what it comes to, marks say what holds at a stage."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from mechkg.service.course import course
from mechkg.service.open_case import opened
from mechkg.service.pathways import network
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from mechkg.web.network_drawing import Box, Drawing, Shown, Wire, as_data, drawing
from mechkg.web.network_svg import network_svg
from tests.small_case import CASE, SPACE

MAIN = "cdtese-msc399"
STAGE = "run/watch"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    path = tmp_path_factory.mktemp("small") / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    with opened(str(path)) as (workspace, _):
        yield workspace


def box(found: Drawing, name: str) -> Box:
    return next(each for each in found.boxes if name in each.items and each.what != "help")


def wires(found: Drawing, species: str, step: str) -> list[Wire]:
    ends = {f"species:{species}", box(found, step).id}
    return [wire for wire in found.wires if {wire.source, wire.target} == ends]


def test_an_arrow_at_a_species_says_that_the_step_makes_it(small: Workspace) -> None:
    found = drawing(network(small, SPACE), Shown({"turn": "required", "stray": "excluded", "slip": "possible"}))
    [taken], [made] = wires(found, "a", "turn"), wires(found, "b", "turn")
    assert (taken.start, taken.end) == (False, False)
    assert (made.source, made.target, made.start, made.end) == ("step:turn", "species:b", False, True)
    assert "s-required" in made.classes and "s-excluded" in wires(found, "c", "stray")[0].classes
    assert box(found, "turn").lines == ("● turning",)
    # what promotes a step stands over it, linked by dashes
    [helps] = [wire for wire in found.wires if "helps" in wire.classes]
    [over] = [each for each in found.boxes if each.what == "help"]
    assert (helps.source, helps.target, over.lines) == (over.id, "step:stray", ("water",))
    assert over.y < box(found, "stray").y


def test_both_ways_are_one_box_with_arrows_at_both_ends(shipped: Workspace) -> None:
    found = drawing(network(shipped, MAIN), Shown({}))
    pair = box(found, "step-1")
    assert pair.items == ("step-1", "step-2") and "Step 1 ⇌ Step 2" in pair.lines[0]
    assert box(found, "eq-2-forward").lines[0].endswith("Eq 2 ⇌")
    for species in ("cdte-pc-371", "cdse-mf"):
        [left] = wires(found, species, "step-1")
        assert (left.source, left.start, left.end) == (f"species:{species}", True, False)
    [right] = wires(found, "cdtese-pc-399", "step-1")
    assert (right.start, right.end) == (False, True)
    # what is exchanged is thinner than what it is about
    assert "side" in wires(found, "cdse-mf", "step-1")[0].classes and "main" in right.classes


def test_steps_of_other_candidates_fade_and_ways_that_are_off_lose_their_arrow(shipped: Workspace) -> None:
    on = frozenset({"cdse-pc-fragmentation", "step-3", "step-4"})
    found = drawing(network(shipped, MAIN), Shown({}, on))
    assert "faded" in box(found, "step-1").classes and "faded" not in box(found, "step-3").classes
    [one_way] = wires(found, "cdse-pc-415", "cdse-pc-fragmentation")
    assert not one_way.start and wires(found, "cdse-mf", "cdse-pc-fragmentation")[0].end
    assert "faded" in box(found, "cdte-msc-371").classes and "faded" not in box(found, "cdse-mf").classes


def test_what_is_left_out_moves_nothing(shipped: Workspace) -> None:
    all_of, less = (
        drawing(network(shipped, MAIN), Shown({}, without_kinds=kinds, only=only))
        for kinds, only in (((), None), (("chemical",), frozenset({"step-3", "exchange-cdte-pc-setop"})))
    )
    assert {each.id for each in less.boxes if each.what != "help"} == {
        "species:cdtese-pc-399", "species:cdtese-msc-399", "species:cdte-pc-371", "step:step-3+step-4",
        "step:exchange-cdte-pc-setop",
    }  # fmt: skip
    places = {each.id: (each.x, each.y) for each in all_of.boxes}
    assert all(places[each.id] == (each.x, each.y) for each in less.boxes)
    drawn = {each.id for each in less.boxes}
    assert all({wire.source, wire.target} <= drawn for wire in less.wires)


def test_marks_of_a_stage(small: Workspace) -> None:
    told = course(small, SPACE, "strays", Setting()).stages[STAGE]
    shown = Shown({}, frozenset({"stray"}), at={each.species: each for each in told.species}, runs=frozenset(told.runs))
    found = drawing(network(small, SPACE), shown)
    assert box(found, "a").lines[1] == "must be there" and "must" in box(found, "a").classes
    assert box(found, "b").lines[1:] == ("cannot be there", "⚠ seen")
    assert box(found, "c").lines[1:] == ("must be seen", "⚠ not seen")
    assert {"expected", "not-seen", "contradicted"} <= set(box(found, "c").classes)
    assert "runs" in box(found, "stray").classes and "faded" in box(found, "turn").classes
    assert "can run here" in box(found, "stray").words


def test_every_network_is_drawn_soundly(shipped: Workspace) -> None:
    for entry in shipped.catalog.by_kind["space"]:
        made = network(shipped, entry.id)
        found = drawing(made, Shown({}))
        assert {item for each in found.boxes for item in each.items} == {
            *(node.id for node in made.species), *(step.id for step in made.steps),
        }  # fmt: skip
        ids = [each.id for each in (*found.boxes, *found.wires)]
        assert len(ids) == len(set(ids)), entry.id
        for one in found.boxes:
            assert one.x - one.width / 2 >= 0 and one.x + one.width / 2 <= found.width, one.id
            for other in found.boxes:
                apart = (
                    abs(one.x - other.x) >= (one.width + other.width) / 2
                    or abs(one.y - other.y) >= (one.height + other.height) / 2
                )
                assert one is other or apart, (one.id, other.id)
        root = ElementTree.fromstring(network_svg(found, entry.id))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "style" not in {name for each in root.iter() for name in each.attrib}
        data = as_data(found)
        assert json.loads(json.dumps(data)) == data and len(data["boxes"]) == len(found.boxes)


@pytest.mark.parametrize(("space", "said"), [("cds-msc-311-origin", "Cd(OA)₂"), ("cdte-449-to-469", "Eqn (1)")])
def test_formulas_are_typeset(shipped: Workspace, space: str, said: str) -> None:
    found = network_svg(drawing(network(shipped, space), Shown({})), space)
    assert said in re.sub(r"<[^>]+>", "\n", found)
