"""Check nanopublications: shape, trusty URI and signature, each fault a finding.

Shape: https://nanopub.net/guidelines/working_draft/, with what tools of nanopublications ask for beyond it: all graphs named
below the nanopublication, and no graph that belongs to none. A document may hold any number of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mechkg.errors import BadInputError, GraphError
from mechkg.graph.datatypes import fits
from mechkg.graph.namespaces import DCT, NSCHEMA, PAV, PROV, TYPE
from mechkg.graph.signature import has_signature, keys_in, why_not_valid
from mechkg.graph.store import Syntax, read
from mechkg.graph.terms import Quad, Term, iri, is_resource, literal_parts
from mechkg.graph.trix import read_trix
from mechkg.graph.trusty import code_in, holds
from mechkg.model.finding import Finding, Severity

_A: Final = iri(TYPE)
_NANOPUBLICATION: Final = iri(NSCHEMA + "Nanopublication")
_LINKS: Final = {
    "assertion": iri(NSCHEMA + "hasAssertion"),
    "provenance": iri(NSCHEMA + "hasProvenance"),
    "publication info": iri(NSCHEMA + "hasPublicationInfo"),
}
_MAKERS: Final = frozenset(
    iri(name) for name in (DCT + "creator", PAV + "createdBy", PAV + "authoredBy", PROV + "wasAttributedTo", DCT + "rightsHolder")
)
_TIMES: Final = frozenset(iri(name) for name in (DCT + "created", PAV + "createdOn", PROV + "generatedAtTime"))
_SYNTAX_OF: Final[dict[str, Syntax]] = {".trig": "trig", ".nq": "n-quads", ".jsonld": "json-ld"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking nanopublications found.

    ``names`` are those of the nanopublications; ``trusty`` those whose name holds the digest of their content, ``signed`` those
    with a good signature; ``keys`` the public keys, in base64, that any of them carries.
    """

    names: tuple[str, ...] = ()
    trusty: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        """Say whether there is a nanopublication and no fault; what is merely unusual is a warning and does no harm."""
        return bool(self.names) and all(finding.severity != "error" for finding in self.findings)


def check_file(path: Path) -> Checked:
    """Check the nanopublications in a file: TriG, N-Quads, JSON-LD or TriX, told by the end of its name.

    Raises BadInputError for a file that is none of these or is not there; one that cannot be parsed is a finding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}") from error
    try:
        if path.suffix in (".xml", ".trix"):
            quads = list(read_trix(content))
        elif path.suffix in _SYNTAX_OF:
            quads = list(read(content, _SYNTAX_OF[path.suffix]))
        else:
            raise BadInputError(f"{path.name}: expected a file that ends in {', '.join(_SYNTAX_OF)}, .xml or .trix")
    except GraphError as error:
        return Checked(findings=(Finding("error", "nanopub.syntax", error.message, path.name),))
    return check_nanopublications(quads, path.name)


def check_nanopublications(quads: Iterable[Quad], where: str | None = None) -> Checked:
    """Check all nanopublications in ``quads``; ``where`` is the place that findings name."""
    check = _Check(where)
    check.run(quads)
    return Checked(tuple(check.names), tuple(check.trusty), tuple(check.signed), frozenset(check.keys), tuple(check.findings))


@dataclass(slots=True)
class _Parts:
    """A nanopublication as its head tells it: terms that name it and its graphs."""

    name: Term
    head: Term
    graphs: Mapping[str, Term]

    @property
    def pubinfo(self) -> Term:
        return self.graphs["publication info"]


@dataclass(slots=True)
class _Check:
    where: str | None
    names: list[str] = field(default_factory=list)
    trusty: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def run(self, quads: Iterable[Quad]) -> None:
        graphs: dict[Term, dict[Quad, None]] = defaultdict(dict)
        for quad in quads:
            graphs[quad[3]][quad] = None
        heads = [(s, graph) for graph, inside in graphs.items() for s, p, o, _ in inside if (p, o) == (_A, _NANOPUBLICATION)]
        if not heads:
            self._found("error", "none", "there is no nanopublication: nothing is of the class np:Nanopublication")
        owned: set[Term] = set()
        for name, head in heads:
            self.names.append(name[1:-1])
            if sum(other == name for other, _ in heads) > 1 or sum(graph == head for _, graph in heads) > 1:
                self._found("error", "head", f"{name} and its head {head} do not belong to each other alone")
                owned |= {head, *(o for _, p, o, _ in graphs[head] if p in _LINKS.values())}
                continue
            owned |= {head, *self._nanopublication(name, head, graphs)}
        for graph in graphs:
            if graph not in owned:
                which = graph or "the default graph"
                self._found("error", "extra-graph", f"{which} is no part of a nanopublication", "name it in a head, or remove it")

    def _nanopublication(self, name: Term, head: Term, graphs: Mapping[Term, Mapping[Quad, None]]) -> Iterable[Term]:
        """Check one nanopublication; return the names of its graphs."""
        linked = {what: [o for s, p, o, _ in graphs[head] if (s, p) == (name, link)] for what, link in _LINKS.items()}
        whole = True
        for what, ends in linked.items():
            if len(ends) != 1:
                whole = False
                how_many = "no graph" if not ends else f"{len(ends)} graphs"
                self._found("error", "links", f"{name} has {how_many} for its {what}; expected just one")
        if whole:
            parts = _Parts(name, head, {what: end for what, [end] in linked.items()})
            self._shape(parts, graphs)
            mine = [quad for graph in dict.fromkeys((head, *parts.graphs.values())) for quad in graphs.get(graph, ())]
            self._literals(mine, parts.graphs["assertion"])
            self._content(parts, mine)
        return [end for ends in linked.values() for end in ends]

    def _shape(self, parts: _Parts, graphs: Mapping[Term, Mapping[Quad, None]]) -> None:
        name, named = parts.name, [parts.head, *parts.graphs.values()]
        for term in (name, *named):
            if not is_resource(term):
                self._found(
                    "error", "names", f"{term or 'the default graph'} is no IRI; a nanopublication and its graphs have one each"
                )
        if len({name, *named}) != 5:
            self._found("error", "names", f"{name} and its four graphs need five different names")
        for graph in named:
            if not graph[1:].startswith(name[1:-1]):
                self._found("error", "names", f"the graph {graph} is not named below {name}", f"begin its name with {name[1:-1]}")
        for what, graph in parts.graphs.items():
            if not graphs.get(graph):
                self._found("error", "empty", f"the {what} of {name} is empty: there is nothing in the graph {graph}")
        assertion, provenance, pubinfo = parts.graphs.values()
        if graphs.get(provenance) and not any(assertion in (s, o) for s, _, o, _ in graphs[provenance]):
            self._found("error", "provenance", f"the provenance of {name} does not speak of its assertion {assertion}")
        about = [(p, o) for s, p, o, _ in graphs.get(pubinfo, ()) if s == name]
        if graphs.get(pubinfo) and not about and not any(o == name for _, _, o, _ in graphs[pubinfo]):
            self._found("error", "publication-info", f"the publication info of {name} does not speak of it")
        if not any(p in _MAKERS for p, _ in about):
            self._found("warning", "no-maker", f"the publication info of {name} does not say who made it", "add dct:creator")
        if not any(p in _TIMES for p, _ in about):
            self._found("warning", "no-time", f"the publication info of {name} does not say when it was made", "add dct:created")

    def _literals(self, quads: Iterable[Quad], assertion: Term) -> None:
        for subject, predicate, object_, graph in quads:
            if object_.startswith('"'):
                text, datatype, _language = literal_parts(object_)
                if datatype is not None and not fits(text, datatype):
                    # in what is said it is an error; around it, published nanopublications have many a date called a dateTime
                    severity: Severity = "error" if graph == assertion else "warning"
                    self._found(severity, "ill-typed", f"{subject} {predicate}: '{text}' is not of the type {datatype}")

    def _content(self, parts: _Parts, quads: list[Quad]) -> None:
        """Check trusty URI and signature."""
        name = parts.name[1:-1]
        code = code_in(name)
        if code is None:
            self._found(
                "information", "not-trusty", f"{parts.name} is no trusty URI, so nothing shows that its content is unchanged"
            )
            if has_signature(quads):
                self._found("error", "signature", f"{parts.name} is signed, and a signature needs a trusty URI")
            return
        if blank := next((term for quad in quads for term in quad if term.startswith("_:")), None):
            self._found(
                "error", "blank-node", f"{parts.name} has the blank node {blank}; with a trusty URI, all nodes have names"
            )
            return
        if holds(code, quads):
            self.trusty.append(name)
        else:
            self._found("error", "trusty", f"the content of {parts.name} is not that of its name: one of them was changed")
        if has_signature(quads):
            self.keys |= keys_in(quads)
            if why := why_not_valid(parts.name, parts.pubinfo, quads, code):
                self._found("error", "signature", f"{parts.name}: {why}")
            else:
                self.signed.append(name)

    def _found(self, severity: Severity, code: str, message: str, hint: str | None = None) -> None:
        self.findings.append(Finding(severity, f"nanopub.{code}", message, self.where, hint=hint))
