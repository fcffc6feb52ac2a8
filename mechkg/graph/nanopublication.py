"""One nanopublication per accepted assertion: what is said, where it comes from, who let it count and when.

Shape: https://nanopub.net/guidelines/working_draft/. Within the graph the name is made of the ledger id, a digest of the content
as JSON. A trusty URI, whose digest is taken over RDF, it gets when it is published: :mod:`mechkg.graph.publish`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from mechkg.graph.namespaces import ASSERTION, DCT, NSCHEMA, OA, PROV, RDF, TYPE, XSD
from mechkg.graph.rdf import triples_of
from mechkg.graph.terms import Quad, Term, Triple, agent, iri, literal, term, thing, typed
from mechkg.literature.selectors import Anchor
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.source import Document

ASSERTION_SUFFIX: Final = "#assertion"
"""How the names of the graphs end that hold what is said."""

_PARTS: Final = ("#head", ASSERTION_SUFFIX, "#provenance", "#pubinfo")
_A: Final = iri(TYPE)


def graphs_of(assertion: str) -> tuple[str, ...]:
    """Return the names of the four graphs of an assertion: head, assertion, provenance, publication info."""
    return tuple(f"{ASSERTION}{assertion}{part}" for part in _PARTS)


def item_of(record: AssertionRecord) -> Item | Document:
    """Return the value that an assertion carries."""
    model = Document if record.kind == "document" else ITEM_TYPES[record.kind]
    return model.model_validate(record.body)


def quads_of(record: AssertionRecord, act: Act) -> Iterator[Quad]:
    """Yield the nanopublication of an assertion that ``act`` accepted."""
    head, assertion, provenance, pubinfo = (iri(graph) for graph in graphs_of(record.id))
    name = iri(ASSERTION + record.id)
    yield name, _A, iri(NSCHEMA + "Nanopublication"), head
    yield name, iri(NSCHEMA + "hasAssertion"), assertion, head
    yield name, iri(NSCHEMA + "hasProvenance"), provenance, head
    yield name, iri(NSCHEMA + "hasPublicationInfo"), pubinfo, head
    item = item_of(record)
    for subject, predicate, object_ in triples_of(record.kind, item):
        yield subject, predicate, object_, assertion
    for subject, predicate, object_ in _provenance(record, item, assertion, act):
        yield subject, predicate, object_, provenance
    yield name, iri(PROV + "generatedAtTime"), typed(act.at.astimezone(UTC).isoformat(), XSD + "dateTime"), pubinfo
    yield name, iri(PROV + "wasAttributedTo"), agent(act.actor), pubinfo
    yield name, term("ledgerPosition"), literal(act.position), pubinfo


def _provenance(record: AssertionRecord, item: Item | Document, assertion: Term, act: Act) -> Iterator[Triple]:
    document = thing(record.document)
    yield assertion, iri(PROV + "wasDerivedFrom"), document
    yield assertion, term("about"), thing(record.item)
    if not isinstance(item, Item):
        return
    yield assertion, term("flag"), literal(item.flag)
    if item.locator is not None:
        yield assertion, term("locator"), literal(item.locator)
    for number, words in enumerate(item.quote, start=1):
        # one target per quote: several selectors on one target would mean several ways to find the same words
        target, selector = iri(f"{ASSERTION}{record.id}#quote-{number}"), iri(f"{ASSERTION}{record.id}#quote-{number}-words")
        yield assertion, iri(OA + "hasTarget"), target
        yield target, _A, iri(OA + "SpecificResource")
        yield target, iri(OA + "hasSource"), document
        yield target, iri(OA + "hasSelector"), selector
        yield selector, _A, iri(OA + "TextQuoteSelector")
        yield selector, iri(OA + "exact"), literal(words)
        for anchor in Anchor.all_of(act.content):
            if " ".join(anchor.exact.split()) == words:
                yield from _place(anchor, target, selector)


def _place(anchor: Anchor, target: Term, selector: Term) -> Iterator[Triple]:
    """Yield where a quote stands: what is around it, its offsets and its page, in the text with this digest of this file."""
    for name, words in (("prefix", anchor.prefix), ("suffix", anchor.suffix)):
        if words:
            yield selector, iri(OA + name), literal(words)
    position, page = iri(f"{target[1:-1]}-position"), iri(f"{target[1:-1]}-page")
    yield target, iri(OA + "hasSelector"), position
    yield position, _A, iri(OA + "TextPositionSelector")
    yield position, iri(OA + "start"), literal(anchor.start)
    yield position, iri(OA + "end"), literal(anchor.end)
    yield target, iri(OA + "hasSelector"), page
    yield page, _A, iri(OA + "FragmentSelector")
    yield page, iri(DCT + "conformsTo"), iri("http://tools.ietf.org/rfc/rfc3778")
    yield page, iri(RDF + "value"), literal(f"page={anchor.page}")
    yield target, term("documentDigest"), literal(anchor.document)
    yield target, term("textDigest"), literal(anchor.text_sha256)
