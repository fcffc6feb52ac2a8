"""Check the ontology, alone or against everything that is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rdflib import Graph

from mechkg.graph.ask import check as check_graph
from mechkg.graph.check_ontology import OntologyReport
from mechkg.graph.check_ontology import check_ontology as check
from mechkg.graph.namespaces import ASSERTION, IMPLIED_GRAPH
from mechkg.service.workspace import Workspace

__all__ = ["OntologyReport", "check_ontology"]


def check_ontology(extra: Sequence[Path] = (), home: Path | None = None, *, with_graph: bool = False) -> OntologyReport:
    """Check the ontology with the Turtle files ``extra`` and, when asked for, with what is accepted in ``home``.

    What is accepted is held against the shapes and against the queries of ``queries/checks``.

    Raises GraphError when the ontology or the graph cannot be read, MissingExtraError when owlready2, pyshacl or Java is missing.
    """
    if not with_graph:
        return check(extra)
    with Workspace.open(home) as workspace:
        data = _accepted(workspace)
        violations = check_graph(workspace.store)
    report = check(extra, data)
    return replace(report, findings=(*report.findings, *violations))


def _accepted(workspace: Workspace) -> Graph:
    """Return what the accepted assertions say, and what follows from it, in one graph."""
    lines = [
        f"{subject} {predicate} {object_} .\n"
        for subject, predicate, object_, graph in workspace.store.quads()
        if (graph.startswith(f"<{ASSERTION}") and graph.endswith("#assertion>")) or graph == f"<{IMPLIED_GRAPH}>"
    ]
    return Graph().parse(data="".join(lines), format="nt")
