"""A reaction network as a file for other programs: GraphML, and JSON with what a candidate says of each stage."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson

from mechkg.service.course import Course
from mechkg.service.pathways import Network, Stand

if TYPE_CHECKING:
    import networkx as nx


def as_graph(network: Network, stands: Mapping[str, Stand]) -> nx.DiGraph[str]:
    """Return a network as a graph of two kinds of nodes: an edge leads from what a step takes to it, and on to what it makes.

    Nodes go by the names of items, behind ``step:`` and ``species:``. Steps tell what they come to (``stand``), and the step of
    the other direction (``reverse``); edges say how often something takes part (``coefficient``, left out where that is not
    told), and whether it is what the step is about (``main``).
    """
    import networkx as nx  # takes a third of a second

    graph: nx.DiGraph[str] = nx.DiGraph(space=network.space.id, title=network.space.title, version=network.version)
    for node in network.species:
        graph.add_node(f"species:{node.id}", type="species", item=node.id, label=node.name, kind=node.kind, silent=node.silent)
    for step in network.steps:
        name = f"step:{step.id}"
        graph.add_node(
            name, type="step", item=step.id, label=step.name, kind=step.kind, status=step.status,
            stand=stands.get(step.id, "undecided"), reverse=step.reverse or "",
            promoters="; ".join(each.words for each in step.promoters),
            inhibitors="; ".join(each.words for each in step.inhibitors),
        )  # fmt: skip
        for taking in step.left:
            graph.add_edge(f"species:{taking.species}", name, role="takes", main=taking.main, **_often(taking.coefficient))
        for taking in step.right:
            graph.add_edge(name, f"species:{taking.species}", role="makes", main=taking.main, **_often(taking.coefficient))
    return graph


def _often(coefficient: float | None) -> dict[str, float]:
    return {} if coefficient is None else {"coefficient": coefficient}


def as_graphml(network: Network, stands: Mapping[str, Stand]) -> str:
    """Return a network as GraphML (http://graphml.graphdrawing.org), which Gephi, Cytoscape and yEd read."""
    import networkx as nx

    out = io.BytesIO()
    nx.write_graphml(as_graph(network, stands), out, encoding="utf-8", prettyprint=True)
    return out.getvalue().decode()


def as_json(network: Network, stands: Mapping[str, Stand], course: Course | None = None) -> str:
    """Return a network as JSON: species, steps and, for one candidate, what holds of each species at each stage."""
    content = {
        "space": network.space.id,
        "title": network.space.title,
        "question": network.space.question,
        "graph_version": network.version,
        "species": [asdict(node) for node in network.species],
        "steps": [{**asdict(step), "stand": stands.get(step.id, "undecided")} for step in network.steps],
        "gone": list(network.gone),
        "course": None if course is None else _course(course),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _course(course: Course) -> dict[str, object]:
    return {
        "candidate": course.candidate,
        "steps": list(course.steps),
        "gone": list(course.gone),
        "procedures": [asdict(each) for each in course.procedures],
        "stages": [asdict(stage) for stage in course.stages.values()],
    }
