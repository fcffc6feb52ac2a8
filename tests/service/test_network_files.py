"""Networks as files: GraphML that networkx reads back, JSON that holds the stages."""

from __future__ import annotations

import io
import json

import networkx as nx
import pytest

from mechkg.service.check import whole
from mechkg.service.course import course
from mechkg.service.network_files import as_graph, as_graphml, as_json
from mechkg.service.pathways import network, standing
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


def test_graphml_comes_back_as_it_was(small: Workspace) -> None:
    found, all_of = network(small, SPACE), whole(small, SPACE)
    assert all_of is not None
    stands = standing(found, all_of)
    text = as_graphml(found, stands)
    back = nx.read_graphml(io.BytesIO(text.encode()))
    graph = as_graph(found, stands)
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert sorted(back.edges) == sorted(graph.edges) == [
        ("species:a", "step:slip"), ("species:a", "step:stray"), ("species:a", "step:turn"),
        ("step:slip", "species:d"), ("step:stray", "species:c"), ("step:turn", "species:b"),
    ]  # fmt: skip
    assert back.nodes["step:turn"]["stand"] == "required"


@pytest.mark.parametrize("space", ["cdtese-msc399", "cdte-449-to-469", "msc-monomer-source", "cdte-bands"])
def test_every_part_of_a_step_is_an_edge(shipped: Workspace, space: str) -> None:
    found = network(shipped, space)
    back = nx.read_graphml(io.BytesIO(as_graphml(found, {}).encode()))
    takes = {(f"species:{t.species}", f"step:{s.id}") for s in found.steps for t in s.left}
    makes = {(f"step:{s.id}", f"species:{t.species}") for s in found.steps for t in s.right}
    assert {tuple(edge[:2]) for edge in back.edges} == takes | makes
    often = {(f"step:{s.id}", f"species:{t.species}"): t.coefficient for s in found.steps for t in s.right if t.coefficient}
    assert {edge: back.edges[edge]["coefficient"] for edge in often} == often


def test_json_has_the_stages_of_a_candidate(small: Workspace) -> None:
    found = network(small, SPACE)
    content = json.loads(as_json(found, {}, course(small, SPACE, "strays", Setting())))
    [stage] = content["course"]["stages"]
    told = {each["species"]: each for each in stage["species"]}
    assert (told["c"]["expected"], told["b"]["possible"]) == (300, False)
    assert [each["observation"] for each in told["c"]["contradictions"]] == ["no-c"]
    assert json.loads(as_json(found, {}))["course"] is None
