"""The only home of pyshacl: what data must look like (SHACL, https://www.w3.org/TR/shacl/), and where it does not."""

from __future__ import annotations

import re

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from mechkg.errors import GraphError, MissingExtraError
from mechkg.graph.terms import shown
from mechkg.model.finding import Finding, Severity

_SEVERITY: dict[Node | None, Severity] = {SH.Violation: "error", SH.Warning: "warning", SH.Info: "information"}


def validate(data: Graph, shapes: Graph, ontology: Graph) -> list[Finding]:
    """Return a finding for every place where ``data`` breaks one of ``shapes``, in order of code and message.

    The classes of ``ontology`` count: a shape for a class holds for members of its narrower classes. Nothing else is inferred.
    Raises MissingExtraError when pyshacl is not installed, GraphError when the shapes themselves are wrong.
    """
    try:
        from pyshacl import validate as run
        from pyshacl.errors import ValidationFailure
    except ImportError as error:
        raise MissingExtraError("checking shapes needs pyshacl", hint="pip install 'mechkg[ontology]'") from error
    try:
        # pyshacl writes into both graphs that it is given, so it gets copies
        _, report, text = run(data + ontology, shacl_graph=Graph() + shapes, inference="none", inplace=True)
    except Exception as error:  # pyshacl lets anything through that a wrong shape makes it stumble over
        raise GraphError(f"the shapes cannot be used: {error}") from error
    if isinstance(report, ValidationFailure) or not isinstance(report, Graph):
        raise GraphError(f"the shapes cannot be used: {text}")
    found = {_finding(report, shapes, result) for result in report.subjects(RDF.type, SH.ValidationResult)}
    return sorted(found, key=lambda finding: (finding.code, finding.message))


def _finding(report: Graph, shapes: Graph, result: Node) -> Finding:
    shape = report.value(result, SH.sourceShape)
    said = [str(message) for message in report.objects(result, SH.resultMessage)]
    place = [f"at {_words(report.value(result, SH.focusNode))}"]
    if (path := report.value(result, SH.resultPath)) is not None:
        place.append(f"property {_path(report, path)}")
    if (value := report.value(result, SH.value)) is not None:
        place.append(f"value {_words(value)}")
    return Finding(
        severity=_SEVERITY.get(report.value(result, SH.resultSeverity), "error"),
        code=f"shape.{slug(_shape_name(shapes, shape))}",
        message=f"{'; '.join(sorted(said)) or 'this does not fit its shape'} ({', '.join(place)})",
    )


def _shape_name(shapes: Graph, shape: Node | None) -> str:
    """Return the name of a shape; a property shape without one goes by that of the shape it is written in."""
    seen: set[Node] = set()
    while shape is not None and shape not in seen:
        seen.add(shape)
        if (name := shapes.value(shape, SH.name)) is not None:
            return str(name)
        if isinstance(shape, URIRef):
            return re.split(r"[#/]", str(shape))[-1]
        shape = next((owner for owner, _ in shapes.subject_predicates(shape)), None)
    return "unnamed"


def slug(name: str) -> str:
    """Return a name as part of a finding's code.

    >>> slug("StepShape"), slug("A step has products.")
    ('step-shape', 'a-step-has-products')
    """
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")


def _words(node: Node | None) -> str:
    """Return a node as people write it: a local name, or the text of a literal in quotes."""
    if isinstance(node, URIRef):
        return shown(str(node))
    if isinstance(node, Literal):
        return f"'{node}'"
    return "an unnamed node"


def _path(report: Graph, path: Node) -> str:
    if isinstance(path, URIRef):
        return shown(str(path))
    inverse = report.value(path, SH.inversePath)
    if isinstance(inverse, URIRef):
        return f"the inverse of {shown(str(inverse))}"
    if isinstance(path, BNode) and (path, RDF.first, None) in report:
        return "/".join(_path(report, part) for part in report.items(path))
    return "of several steps"
