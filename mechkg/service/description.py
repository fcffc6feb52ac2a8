"""A description: what is known of one thing, as quads for programs and as facts for readers, and the forms of the quads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mechkg.errors import NotFoundError
from mechkg.graph.json_ld import CONTEXT, PREFIXES, as_text, graphs_as_json
from mechkg.graph.namespaces import DCT, LABEL, MK, MKID, OA, PROV, RDF, TYPE
from mechkg.graph.ontology import definition_of, label_of
from mechkg.graph.store import write
from mechkg.graph.terms import Quad, Term, iri, is_resource, literal_parts, shown, value_of

Form = Literal["turtle", "json-ld", "n-quads"]
"""A form of a description for programs. JSON-LD and N-Quads tell which graph says what, Turtle what all say together."""

CITO: Final = "http://purl.org/spar/cito/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
VOID: Final = "http://rdfs.org/ns/void#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
SCHEMA: Final = "https://schema.org/"

_PREFIXES: Final = {
    **{name: namespace for name, namespace in PREFIXES.items() if name != "np"},
    "cito": CITO,
    "dcat": DCAT,
    "void": VOID,
    "skos": SKOS,
    "owl": "http://www.w3.org/2002/07/owl#",
}
_A: Final = iri(TYPE)


class GoneError(NotFoundError):
    """It counted once, and does not any more."""

    code = "mechkg.gone"


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as readers see it: text, what it links to (an IRI or a path), what to know of it, and the facts within it.

    ``how`` says how the text is to be set: as a formula, as code.
    """

    text: str
    link: str | None = None
    title: str = ""
    how: Literal["text", "formula", "code"] = "text"
    facts: tuple[Fact, ...] = ()
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Something said of a thing: the property in words, what the property means, its values."""

    label: str
    values: tuple[Shown, ...]
    title: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of a source, where they stand, and the source."""

    words: str
    where: str
    document: Shown | None


@dataclass(frozen=True, slots=True)
class Group:
    """Facts or links under a heading; ``left_out`` are not shown. ``lines`` are sentences, each with how deep it stands."""

    title: str
    facts: tuple[Fact, ...] = ()
    links: tuple[Shown, ...] = ()
    lines: tuple[tuple[int, str], ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of one thing, as of a position of the ledger.

    ``document`` says whether the thing itself is a document, which can be sent; otherwise what is sent is about it.
    ``about`` is the same in terms of schema.org.
    """

    iri: str
    kind: str
    title: str
    position: int
    quads: tuple[Quad, ...]
    document: bool
    lead: str = ""
    warning: str = ""
    facts: tuple[Fact, ...] = ()
    quotes: tuple[Quote, ...] = ()
    groups: tuple[Group, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    formula: bool = False


# --- forms ------------------------------------------------------------------------------------------------------------


def as_rdf(quads: Iterable[Quad], form: Form) -> bytes:
    """Return quads in a form for programs; the graph of a triple outside named graphs is the empty text."""
    those = list(dict.fromkeys(quads))
    if form == "n-quads":
        return write(sorted(those), "n-quads")
    if form == "turtle":
        return write(_together(those), "turtle", _PREFIXES)
    if any(part.startswith("_:") for quad in those for part in quad):
        return write(those, "json-ld", _PREFIXES)
    graphs = graphs_as_json(quad for quad in those if quad[3])
    for outside in graphs_as_json(quad for quad in those if not quad[3]):
        graphs = [*outside["@graph"], *graphs]
    return (as_text({"@context": CONTEXT, "@graph": graphs}) + "\n").encode()


def _together(quads: Iterable[Quad]) -> list[Quad]:
    """Return what all graphs say together, the triples of a subject next to each other."""
    by_subject: dict[Term, dict[Quad, None]] = defaultdict(dict)
    for subject, predicate, object_, _ in quads:
        by_subject[subject][subject, predicate, object_, ""] = None
    return [quad for those in by_subject.values() for quad in sorted(those, key=lambda quad: (quad[1] != _A, quad[1], quad[2]))]


# --- facts from triples -----------------------------------------------------------------------------------------------

_WORDS: Final = {
    RDF + "value": "value",
    PROV + "wasDerivedFrom": "from the document",
    PROV + "wasAttributedTo": "accepted by",
    PROV + "generatedAtTime": "accepted at",
    DCT + "creator": "creator",
    DCT + "created": "created",
    OA + "hasTarget": "quote",
    LABEL: "label",
    TYPE: "class",
}
_FORMULAS: Final = frozenset(MK + name for name in ("formula", "composition"))
_HIDDEN: Final = frozenset({LABEL, TYPE, MK + "kind"})

Namer = Callable[[str], str]
"""Says what a thing is called, by its IRI."""


def property_of(predicate: Term) -> tuple[str, str, str | None]:
    """Return a property in words, what it means, and its IRI where that is ours."""
    name = predicate[1:-1]
    if name.startswith(MK):
        local = name.removeprefix(MK)
        return label_of(local), definition_of(local), name
    return _WORDS.get(name, shown(name).rpartition("#")[2].rpartition("/")[2]), name, None


def facts_of(subject: Term, quads: Sequence[Quad], called: Namer, *, implied: str = "") -> tuple[Fact, ...]:
    """Return what quads say of a subject, property by property, its parts within; ``implied`` names the graph of what follows."""
    by_subject: dict[Term, list[Quad]] = defaultdict(list)
    for quad in quads:
        by_subject[quad[0]].append(quad)
    # within what is described, parts go by their own names alone
    owner = f"{MKID}{shown(subject[1:-1]).partition('/')[0]}/"
    return _facts(subject, by_subject, lambda name: name.removeprefix(owner) if name.startswith(owner) else called(name), implied)


def _facts(subject: Term, by_subject: Mapping[Term, list[Quad]], called: Namer, implied: str) -> tuple[Fact, ...]:
    found: dict[Term, dict[Term, Shown]] = defaultdict(dict)
    for _, predicate, object_, graph in by_subject.get(subject, ()):
        if predicate[1:-1] in _HIDDEN or object_ in found[predicate]:
            continue
        follows = bool(implied) and graph == iri(implied)
        found[predicate][object_] = _shown(subject, predicate, object_, by_subject, called, implied, follows)
    facts = []
    for predicate, values in found.items():
        if values:
            label, title, link = property_of(predicate)
            facts.append(Fact(label, tuple(sorted(values.values(), key=lambda v: (v.implied, _natural(v.text)))), title, link))
    return tuple(sorted(facts, key=lambda fact: fact.label.casefold()))


def _shown(
    subject: Term,
    predicate: Term,
    object_: Term,
    by_subject: Mapping[Term, list[Quad]],
    called: Namer,
    implied: str,
    follows: bool,
) -> Shown:
    if not is_resource(object_):
        if object_.startswith("_:"):
            return Shown(object_, implied=follows)
        text = literal_parts(object_)[0]
        return Shown(text, how="formula" if predicate[1:-1] in _FORMULAS else "text", implied=follows)
    name = object_[1:-1]
    if name.startswith(MK):
        local = name.removeprefix(MK)
        return Shown(label_of(local), name, definition_of(local), implied=follows)
    if object_ in by_subject and object_.startswith(f"{subject[:-1]}/"):
        printed = next((str(value_of(o)) for _, p, o, _ in by_subject[object_] if p == iri(MK + "text")), None)
        if printed is not None:  # a quantity: as printed is all a reader wants
            return Shown(printed, name, implied=follows)
        within = _facts(object_, by_subject, called, implied)
        return Shown(called(name), name, facts=within, implied=follows)
    return Shown(called(name), name, implied=follows)


def _natural(text: str) -> tuple[tuple[int, object], ...]:
    return tuple((0, int(part)) if part.isdigit() else (1, part.casefold()) for part in re.split(r"(\d+)", text) if part)


def classes_of(subject: Term, quads: Iterable[Quad], implied: str = "") -> list[Shown]:
    """Return the classes that a thing is said to be of, those that follow last."""
    found: dict[str, Shown] = {}
    for s, p, o, graph in quads:
        name = o[1:-1]
        if s == subject and p == _A and name.startswith(MK):
            local = name.removeprefix(MK)
            follows = graph == iri(implied) if implied else False
            if name not in found or not follows:
                found[name] = Shown(label_of(local), name, definition_of(local), implied=follows)
    return sorted(found.values(), key=lambda each: (each.implied, each.text))


def fact(label: str, *values: Shown | str | None, title: str = "") -> Fact:
    """Return a fact; values that are None are left out."""
    return Fact(label, tuple(Shown(v) if isinstance(v, str) else v for v in values if v is not None), title)


def kept(*facts: Fact) -> tuple[Fact, ...]:
    """Return the facts that have values."""
    return tuple(each for each in facts if each.values)


def local(name: str) -> str:
    """Return the local name of a thing, by its IRI."""
    return shown(name)


def is_thing(name: str) -> bool:
    """Say whether an IRI is that of an item or a part of one."""
    return name.startswith(MKID)
