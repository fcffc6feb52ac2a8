"""Is the ontology sound? HermiT, the shapes, and what every term must have, as findings that name what is wrong."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Graph, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax

from mechkg.assets import ontology_dir
from mechkg.errors import GraphError
from mechkg.graph.clashes import clashes
from mechkg.graph.classify import Classification, classify, is_consistent
from mechkg.graph.namespaces import MK
from mechkg.graph.ontology import load_ontology
from mechkg.graph.shapes import validate
from mechkg.graph.terms import shown
from mechkg.model.finding import Finding

_TERM_KINDS = {
    OWL.Class: "classes",
    OWL.ObjectProperty: "object properties",
    OWL.DatatypeProperty: "data properties",
    OWL.AnnotationProperty: "annotation properties",
    OWL.NamedIndividual: "individuals",
}


@dataclass(frozen=True, slots=True)
class OntologyReport:
    """What a check of the ontology found.

    ``unsatisfiable`` holds classes that nothing can belong to, ``inferred`` the sub-class relations that the reasoner added,
    both by local name. ``counts`` says how much was checked. ``seconds`` is how long it took.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    inferred: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


def check_ontology(extra: Sequence[Path] = (), data: Graph | None = None) -> OntologyReport:
    """Check the ontology by HermiT, SHACL and the rules for terms, with the Turtle files ``extra`` and with ``data``, if given.

    Everything wrong with the content becomes a finding, also Turtle in ``extra`` that cannot be read. Raises GraphError when the
    ontology itself cannot be read, MissingExtraError when owlready2, pyshacl or Java is not installed.
    """
    start = time.perf_counter()
    ontology = load_ontology()
    added, findings = _read(extra)
    shapes, unread = _read(_shape_files())
    findings += unread
    told = data if data is not None else Graph()
    terms = _terms(ontology)
    findings += _undescribed(ontology, terms)
    classification, trouble = _classify(ontology, added, told)
    findings += trouble
    findings += _misshapen(added + told, shapes, ontology)
    counts = {name: len({term for term, kind in terms if kind == name}) for name in _TERM_KINDS.values()}
    counts["triples"] = len(ontology)
    counts["shapes"] = len(set(shapes.subjects(RDF.type, SH.NodeShape)))
    counts["mappings"] = sum(_rows(file) for file in sorted((ontology_dir() / "mappings").glob("*.tsv")))
    counts["data triples"] = len(added) + len(told)
    return OntologyReport(
        consistent=classification.consistent,
        unsatisfiable=classification.unsatisfiable,
        findings=tuple(findings),
        counts=counts,
        inferred=classification.inferred_subclasses,
        seconds=round(time.perf_counter() - start, 3),
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def _shape_files() -> list[Path]:
    return sorted((ontology_dir() / "shapes").glob("*.ttl"))


def _read(files: Iterable[Path]) -> tuple[Graph, list[Finding]]:
    """Merge Turtle files; what cannot be read is a finding with its line, and nothing of that file is merged."""
    merged, findings = Graph(), []
    for file in files:
        try:
            merged += Graph().parse(file, format="turtle")
        except BadSyntax as error:
            reason = f"this is not valid Turtle: {error._why}"
            # rdflib counts lines from 0 at the last line break it has passed
            findings.append(Finding("error", "ontology.not-turtle", reason, str(file), error.lines + 1))
        except (OSError, ValueError) as error:
            findings.append(Finding("error", "ontology.not-turtle", f"this cannot be read: {error}", str(file)))
    return merged, findings


def _rows(file: Path) -> int:
    """Count the mappings of an SSSOM file: rows below the heading, comments left out (https://mapping-commons.github.io/sssom/)."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return max(0, sum(1 for row in rows if any(row)) - 1)


# --- terms ------------------------------------------------------------------------------------------------------------


def _terms(ontology: Graph) -> list[tuple[URIRef, str]]:
    """Return the terms of our own namespace, each with its kind."""
    return sorted(
        (term, name)
        for kind, name in _TERM_KINDS.items()
        for term in ontology.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term.startswith(MK)
    )


def _undescribed(ontology: Graph, terms: Iterable[tuple[URIRef, str]]) -> Iterator[Finding]:
    """Yield terms that lack what every term has: a label, a definition, an example or a source."""
    for term in sorted({term for term, _ in terms}):
        for what, article, properties in (
            ("label", "a label (rdfs:label)", (RDFS.label,)),
            ("definition", "a definition (skos:definition)", (SKOS.definition,)),
            ("example", "an example (skos:example) or a source (dcterms:source)", (SKOS.example, DCTERMS.source)),
        ):
            if not any((term, name, None) in ontology for name in properties):
                yield Finding("error", f"ontology.term-without-{what}", f"'{shown(str(term))}' has not {article}")


# --- reasoner and shapes ----------------------------------------------------------------------------------------------


def _classify(ontology: Graph, added: Graph, told: Graph) -> tuple[Classification, list[Finding]]:
    """Run HermiT. Contradictions are named by the disjoint classes that clash, or else by what of the rest cannot stay."""
    try:
        found = classify(ontology + added)
        if found.consistent and len(told) and not is_consistent(ontology + added + told):
            found = replace(found, consistent=False)
        if found.consistent and not found.unsatisfiable:
            return found, []
        reasons = clashes(ontology + added + told)
        explained = {clash.name for clash in reasons if clash.is_class}
        clear = explained.issuperset(found.unsatisfiable) and (found.consistent or any(not clash.is_class for clash in reasons))
        blame = () if clear else classify(ontology, added + told).blame
    except GraphError as error:
        # HermiT refuses what is not OWL 2 DL; whether it contradicts itself is then not known, which is not sound
        return Classification(consistent=False), [Finding("error", "ontology.not-classified", error.message)]
    findings = []
    if not found.consistent:
        named = [str(clash) for clash in reasons if not clash.is_class] or _involved(blame) or ["what causes it was not found"]
        findings = [Finding("error", "ontology.inconsistent", f"a contradiction: {what}") for what in named]
    for name in found.unsatisfiable:
        why = [str(clash) for clash in reasons if clash.is_class and clash.name == name] or _involved(blame)
        reason = f": {'; '.join(why)}" if why else ""
        findings.append(Finding("error", "ontology.unsatisfiable", f"nothing can belong to class '{name}'{reason}"))
    return found, findings


def _involved(names: Sequence[str]) -> list[str]:
    """Return a sentence part that names who is involved, the first ten where there are many; none for nobody."""
    told = ", ".join(f"'{name}'" for name in names[:10])
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return [f"involved: {told}{more}"] if names else []


def _misshapen(data: Graph, shapes: Graph, ontology: Graph) -> list[Finding]:
    try:
        return validate(data, shapes, ontology)
    except GraphError as error:
        return [Finding("error", "ontology.bad-shape", error.message)]
