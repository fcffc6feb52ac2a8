"""What is known of an item, of a part of one, and of an assertion."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

from mechkg.errors import NotFoundError
from mechkg.graph.mappings import Correspondence, correspondences
from mechkg.graph.namespaces import IMPLIED_GRAPH, PROV, XSD
from mechkg.graph.nanopublication import graphs_of, item_of, quads_of
from mechkg.graph.publish import published
from mechkg.graph.terms import Quad, Term, iri, shown, thing, typed
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.source import Document
from mechkg.service.catalog import Entry
from mechkg.service.description import (
    Description,
    Fact,
    GoneError,
    Group,
    Namer,
    Quote,
    Shown,
    classes_of,
    fact,
    facts_of,
    is_thing,
    kept,
)
from mechkg.service.identifiers import iri_of
from mechkg.service.recorded import Recorded
from mechkg.service.words import listed

_LONGEST_TITLE: Final = 140
_MOST_ACTS: Final = 20

MOST_LINKS: Final = 200
"""So many links of one kind are shown on a page."""

_PLURAL: Final = {
    "species": "species",
    "chemical": "chemicals",
    "step": "steps",
    "procedure": "procedures",
    "observation": "observations",
    "claim": "claims",
    "assumption": "assumptions",
    "space": "hypothesis spaces",
    "model": "rival models",
    "remark": "remarks",
    "reference": "references",
    "document": "documents",
    "material": "materials",
    "zone": "zones",
}


def describe_item(view: Recorded, name: str) -> Description:
    """Describe an item that counts. Raises GoneError for one that counted, NotFoundError with the nearest name."""
    entry = _entry(view, name)
    quads = quads_about(view, entry)
    called = namer(view)
    subject = thing(entry.id)
    value = entry.value
    classes = classes_of(subject, quads, IMPLIED_GRAPH)
    groups = [Group("Where it is said", provenance(entry, called))]
    if isinstance(value, HypothesisSpace):
        verdicts = (Shown(each.title, iri_of("verdict", f"{entry.id}/{each.id}"), each.id) for each in value.candidates)
        groups.append(Group("Verdicts on its candidates", links=tuple(verdicts)))
    groups += _referring(view, entry.id)
    acts = view.ledger.history(entry.id)
    groups.append(Group("History", links=tuple(_act(act) for act in acts[-_MOST_ACTS:]), left_out=max(0, len(acts) - _MOST_ACTS)))
    lead = _lead(value)
    facts = facts_of(subject, quads, called, implied=IMPLIED_GRAPH)
    return Description(
        iri=iri_of("item", entry.id),
        kind=_kind(classes, entry.kind),
        title=title_of(view, entry),
        position=view.ledger.position(),
        quads=quads,
        document=False,
        lead=lead,
        facts=kept(
            fact("local name", Shown(entry.id, how="code")),
            Fact("class", tuple(classes)),
            *(each for each in facts if [value.text for value in each.values] != [lead]),
            fact("elsewhere", *map(_elsewhere, correspondences().get(iri_of("item", entry.id), ()))),
        ),
        quotes=_quotes(entry.record, value, called),
        groups=tuple(groups),
        about=_schema(entry, called),
        formula="formula" in entry.record.body and entry.label == entry.record.body["formula"],
    )


def describe_part(view: Recorded, name: str) -> Description:
    """Describe a stage or another part of an item, by ``item/part``. Raises NotFoundError with the nearest name."""
    owner, _, _ = name.partition("/")
    entry = _entry(view, owner)
    subject = thing(name)
    all_quads = quads_about(view, entry)
    below = f"{subject[:-1]}/"
    quads = tuple(quad for quad in all_quads if quad[0] == subject or quad[0].startswith(below) or quad[2] == subject)
    if not any(quad[0] == subject for quad in quads):
        quads = _only_published(view, entry, subject)
    if not quads:
        known = {shown(quad[0][1:-1]) for quad in all_quads if quad[0].startswith(f"<{iri_of('item', entry.id)}/")}
        raise NotFoundError.of(f"part of '{entry.id}'", name, known)
    called = namer(view)
    classes = classes_of(subject, quads, IMPLIED_GRAPH)
    return Description(
        iri=iri_of("part", name),
        kind=_kind(classes, "part"),
        title=called(iri_of("part", name)),
        position=view.ledger.position(),
        quads=quads,
        document=False,
        facts=kept(
            fact("part of", Shown(title_of(view, entry), iri_of("item", entry.id))),
            Fact("class", tuple(classes)),
            *facts_of(subject, quads, called, implied=IMPLIED_GRAPH),
        ),
        quotes=_quotes(entry.record, entry.value, called),
        groups=(Group("Where it is said", provenance(entry, called)),),
        about={"@type": "Thing", "name": called(iri_of("part", name))},
    )


def _only_published(view: Recorded, entry: Entry, subject: Term) -> tuple[Quad, ...]:
    """Return what is said of a part in the published form of an assertion alone: the order of a list."""
    acts = [
        act for act in view.ledger.history(entry.id) if act.assertion == entry.record.id and act.kind in ("accept", "restore")
    ]
    quads = published(entry.record, acts[-1]).quads
    return tuple((s, p, o, "") for s, p, o, _ in quads if subject in (s, o))


def describe_assertion(view: Recorded, name: str) -> Description:
    """Describe an assertion of the ledger, whatever its status. Raises NotFoundError."""
    try:
        record = view.ledger.assertion(name)
    except NotFoundError:  # a digest has no near ones
        raise NotFoundError(f"there is no assertion called '{name}'", hint="its name is its id in the ledger, RA...") from None
    acts = [act for act in view.ledger.history(record.item) if act.assertion == record.id]
    status = view.ledger.status(record.id)
    accepting = [act for act in acts if act.kind in ("accept", "restore")]
    last = acts[-1]
    called = namer(view)
    node = iri(iri_of("assertion", record.id))
    # as it counted last; what was never accepted is shown as it would count if the act that proposed it had accepted it
    quads = list(quads_of(record, accepting[-1] if accepting else acts[0]))
    if status == "accepted":
        warning = ""
    elif accepting:
        warning = f"This does not count any more: it is {status} since {_day(last)}, by act {last.position}."
        quads.append((node, iri(PROV + "invalidatedAtTime"), typed(last.at.isoformat(), XSD + "dateTime"), ""))
        quads.append((node, iri(PROV + "wasInvalidatedBy"), iri(iri_of("act", str(last.position))), ""))
    else:
        warning = f"This does not count: it is {status}."
        quads = [quad for quad in quads if not quad[3].endswith("#pubinfo>")]
        quads.append((node, iri(PROV + "wasGeneratedBy"), iri(iri_of("act", str(acts[0].position))), ""))
    item = item_of(record)
    entry = Entry.of(record, (accepting or acts)[-1])
    subject = thing(record.item)
    title = f"{title_of(view, entry)}, as {_source(record, called)} says"
    return Description(
        iri=iri_of("assertion", record.id),
        kind=f"assertion of a {record.kind}, {status}",
        title=title,
        position=view.ledger.position(),
        quads=tuple(quads),
        document=True,
        lead=_lead(item),
        warning=warning,
        facts=kept(
            fact("about", Shown(title_of(view, entry), iri_of("item", record.item))),
            fact("status", status),
            Fact("class", tuple(classes_of(subject, quads))),
            *facts_of(subject, quads, called),
        ),
        quotes=_quotes(record, item, called),
        groups=(Group("History", links=tuple(_act(act) for act in acts)),),
        about={
            "@type": "Claim",
            "name": title,
            "text": _lead(item) or title,
            "dateCreated": acts[0].at.isoformat(),
            "appearance": {"@type": "CreativeWork", "name": _source(record, called), "@id": iri_of("item", record.document)},
        },
    )


def quads_about(view: Recorded, entry: Entry) -> tuple[Quad, ...]:
    """Return what the graph says in the assertion of an item, and what follows about the item and its parts."""
    store, subject = view.store, thing(entry.id)
    quads = [(*triple, iri(graph)) for graph in graphs_of(entry.record.id) for triple in store.graph(graph)]
    mentioned = {quad[0] for quad in quads if quad[0] == subject or quad[0].startswith(f"{subject[:-1]}/")}
    graph = iri(IMPLIED_GRAPH)
    quads += [(*triple, graph) for node in sorted(mentioned) for triple in store.triples_of(node, IMPLIED_GRAPH)]
    return tuple(quads)


def namer(view: Recorded) -> Namer:
    """Return what says what things are called: an item by its title, a part by that and its name, others by local names."""
    catalog = view.catalog

    def called(name: str) -> str:
        local = shown(name)
        owner, _, part = local.partition("/")
        entry = catalog.entries.get(owner)
        if entry is None or not is_thing(name):
            return local
        return f"{title_of(view, entry)}: {part}" if part else title_of(view, entry)

    return called


def title_of(view: Recorded, entry: Entry) -> str:
    """Return what to call an item: its name, else what it says in few words, else its local name."""
    if len(entry.names) > 1:
        return entry.label
    body = entry.record.body
    if entry.kind == "observation":
        return _observed(view, entry)
    if entry.kind == "reference" and body.get("authors"):
        others = " and others" if len(body["authors"]) > 1 else ""
        return ", ".join(str(part) for part in (f"{body['authors'][0]}{others}", body.get("journal"), body.get("year")) if part)
    words = next((str(body[name]) for name in ("statement", "text", "question") if body.get(name)), "")
    return textwrap.shorten(words, _LONGEST_TITLE, placeholder=" …") or entry.id


def _observed(view: Recorded, entry: Entry) -> str:
    """Say in few words what was observed, and where first."""
    body, say = entry.record.body, view.labels.say
    subjects = body.get("subject", ())
    known = view.catalog.entries
    names = [known[name].label if name in known else name for name in ([subjects] if isinstance(subjects, str) else subjects)]
    what = say("seen-as", body["kind"])
    if len(names) > 1 and what.startswith("was "):
        what = f"were {what.removeprefix('was ')}"
    where = body.get("at", ())
    stage = say("stage", where if isinstance(where, str) else where[0]) if where else ""
    words = " ".join(part for part in (listed(names), what, f"({stage})" if stage else "") if part)
    return textwrap.shorten(words, _LONGEST_TITLE, placeholder=" …") if names else entry.id


def provenance(entry: Entry, called: Namer) -> tuple[Fact, ...]:
    """Return where an item is stated, and who let it count."""
    value = entry.value
    return kept(
        fact("assertion", Shown(entry.record.id, iri_of("assertion", entry.record.id), how="code")),
        fact("document", _document(entry.record, called)),
        fact("place", getattr(value, "locator", None)),
        fact("how it came about", getattr(value, "flag", None)),
        fact("accepted by", Shown(entry.accepted_by, iri_of("person", entry.accepted_by)) if entry.accepted_by else None),
        fact("accepted", entry.accepted_at.isoformat(timespec="seconds")),
    )


def _entry(view: Recorded, name: str) -> Entry:
    entry = view.catalog.entries.get(name)
    if entry is not None:
        return entry
    acts = [act for act in view.ledger.history(name) if act.kind in ("retract", "supersede")]
    if acts:
        raise GoneError(
            f"'{name}' does not count any more, since act {acts[-1].position}",
            hint=f"?asOf={acts[-1].position - 1} shows it as it was",
        )
    raise NotFoundError.of("item", name, view.catalog.entries)


def _kind(classes: Sequence[Shown], kind: str) -> str:
    said = [each.text for each in classes if not each.implied]
    return ", ".join(said) if said else kind


def _lead(value: Item | Document) -> str:
    if isinstance(value, Claim):
        return value.statement or ""
    for name in ("statement", "question", "text", "description"):
        found = getattr(value, name, None)
        if isinstance(found, str):
            return found
    return ""


def _source(record: AssertionRecord, called: Namer) -> str:
    return called(iri_of("item", record.document))


def _document(record: AssertionRecord, called: Namer) -> Shown:
    return Shown(_source(record, called), iri_of("item", record.document))


def _quotes(record: AssertionRecord, value: Item | Document, called: Namer) -> tuple[Quote, ...]:
    where = getattr(value, "locator", None) or ""
    return tuple(Quote(words, where, _document(record, called)) for words in getattr(value, "quote", ()))


def _elsewhere(found: Correspondence) -> Shown:
    return Shown(f"{found.predicate.rpartition('#')[2]} {found.label} ({found.curie})", found.object, found.comment)


def _referring(view: Recorded, name: str) -> list[Group]:
    by_kind: dict[str, list[Entry]] = {}
    for entry in view.catalog.referring.get(name, ()):
        by_kind.setdefault(entry.kind, []).append(entry)
    return [
        Group(
            f"Named by these {_PLURAL.get(kind, kind)}",
            links=tuple(Shown(title_of(view, e), iri_of("item", e.id), e.id) for e in those[:MOST_LINKS]),
            left_out=max(0, len(those) - MOST_LINKS),
        )
        for kind, those in sorted(by_kind.items())
    ]


def _act(act: Act) -> Shown:
    reason = f": {act.reason}" if act.reason else ""
    return Shown(f"{_day(act)}: {act.kind} by {act.actor}{reason}", iri_of("act", str(act.position)))


def _day(act: Act) -> str:
    return act.at.date().isoformat()


def _schema(entry: Entry, called: Namer) -> dict[str, Any]:
    """Return what an item is in terms of schema.org."""
    value, names = entry.value, entry.names
    found: dict[str, Any] = {"@type": "Thing", "name": entry.label, "identifier": entry.id}
    if len(names) > 2:
        found["alternateName"] = list(names[2:])
    if isinstance(value, Document) or entry.kind == "reference":
        body = entry.record.body
        found |= {"@type": "ScholarlyArticle", "headline": entry.label}
        if body.get("authors"):
            found["author"] = [{"@type": "Person", "name": name} for name in body["authors"]]
        if body.get("year"):
            found["datePublished"] = str(body["year"])
        if body.get("doi"):
            found["sameAs"] = f"https://doi.org/{body['doi']}"
        return found
    if entry.kind in ("species", "chemical", "material"):
        found["@type"] = "ChemicalSubstance"
        if "formula" in entry.record.body:
            found["chemicalComposition"] = entry.record.body["formula"]
    elif entry.kind in ("claim", "observation", "assumption"):
        found["@type"] = "Claim"
        if _lead(value):
            found["text"] = _lead(value)
    paper = iri_of("item", entry.record.document)
    found["subjectOf"] = {"@type": "ScholarlyArticle", "@id": paper, "name": _source(entry.record, called)}
    return found
