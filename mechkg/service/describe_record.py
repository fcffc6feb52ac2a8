"""What is known of what people did: people, acts, change sets, releases, disagreements; and of verdicts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from mechkg.errors import BadInputError, NotFoundError
from mechkg.graph.namespaces import DCT, PROV, RDFS, TYPE, XSD
from mechkg.graph.terms import Quad, Term, iri, literal, term, thing, typed
from mechkg.model.happened import Happened, Wanted
from mechkg.model.ledger_record import Subject
from mechkg.model.verdict import CandidateVerdict
from mechkg.reasoning.render import proof_lines, quotes_of
from mechkg.service.describe_item import MOST_LINKS, namer
from mechkg.service.description import CITO, DCAT, Description, Fact, Group, Shown, fact, kept
from mechkg.service.disagreements import disagreement as find_disagreement
from mechkg.service.history import find, reason_of, sentence
from mechkg.service.identifiers import ROOT, iri_of
from mechkg.service.people import everybody
from mechkg.service.queue import change_sets
from mechkg.service.recorded import Recorded
from mechkg.service.release import find_release
from mechkg.service.released_files import released_files
from mechkg.service.why import why
from mechkg.service.workspace import Workspace

_A: Final = iri(TYPE)
_LABEL: Final = iri(RDFS + "label")
_ORCID: Final = "https://orcid.org/"
_SOME: Final = 50
"""So many of the last acts are shown."""

MOST_PROOFS: Final = 20
"""So many proofs of a verdict are shown."""

_MEDIA: Final = {
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".jsonld": "application/ld+json",
    ".ttl": "text/turtle",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".json": "application/json",
}


def describe_person(view: Recorded, name: str) -> Description:
    """Describe somebody who is known here, or did something. Raises NotFoundError with the nearest name."""
    known = everybody(view.ledger)
    person = known.get(name)
    acts = find(view, Wanted(person=name), newest=True, most=_SOME)
    if person is None and not acts.found:
        raise NotFoundError.of("person", name, known)
    node = iri(iri_of("person", name))
    title = person.name if person is not None else name
    quads: list[Quad] = [(node, _A, iri(PROV + "Agent"), ""), (node, _LABEL, literal(title), "")]
    facts = [fact("short name", name)]
    about: dict[str, Any] = {"@type": "Person" if person is not None else "Thing", "name": title, "identifier": name}
    if person is not None:
        quads.append((node, _A, iri(PROV + "Person"), ""))
        if person.orcid:
            quads.append((node, iri("http://www.w3.org/2002/07/owl#sameAs"), iri(_ORCID + person.orcid), ""))
            facts.append(fact("ORCID", Shown(person.orcid, _ORCID + person.orcid)))
            about["sameAs"] = _ORCID + person.orcid
    return Description(
        iri=iri_of("person", name),
        kind="person" if person is not None else "agent",
        title=title,
        position=view.ledger.position(),
        quads=tuple(quads),
        document=False,
        facts=tuple(facts),
        groups=(Group("What was done last", links=tuple(map(_happened, acts.found)), left_out=1 if acts.more else 0),),
        about=about,
    )


def describe_act(view: Recorded, name: str) -> Description:
    """Describe an act, by its position. Raises NotFoundError for one that there is not, or that concerns one person alone."""
    position, last = int(name), view.ledger.position()
    if not 1 <= position <= last:
        raise NotFoundError(f"there is no act {position}", hint=f"the last one is {last}" if last else None)
    found = view.ledger.find(Wanted(), after=position - 1, before=position + 1, most=1)
    if not found:
        raise NotFoundError(f"act {position} concerns one person alone", hint="such acts are not told")
    happened, act = found[0], found[0].act
    node = iri(iri_of("act", name))
    title = sentence(happened)
    quads: list[Quad] = [
        (node, _A, iri(PROV + "Activity"), ""),
        (node, _LABEL, literal(title), ""),
        (node, term("actKind"), literal(act.kind), ""),
        (node, term("ledgerPosition"), literal(act.position), ""),
        (node, term("ledgerDigest"), literal(act.digest), ""),
        (node, term("door"), literal(act.door), ""),
        (node, iri(PROV + "endedAtTime"), _time(act.at), ""),
    ]
    facts = [fact("kind", act.kind), fact("at", act.at.isoformat(timespec="seconds"))]
    if act.actor:
        quads.append((node, iri(PROV + "wasAssociatedWith"), iri(iri_of("person", act.actor)), ""))
        facts.append(fact("by", Shown(act.actor, iri_of("person", act.actor))))
    if act.reason:
        quads.append((node, term("reason"), literal(act.reason), ""))
        facts.append(fact("reason", reason_of(happened)))
    if act.assertion is not None:
        quads.append((node, iri(DCT + "subject"), iri(iri_of("assertion", act.assertion)), ""))
        facts.append(fact("assertion", Shown(act.assertion, iri_of("assertion", act.assertion), how="code")))
    if happened.item is not None:
        quads.append((node, iri(DCT + "relation"), thing(happened.item), ""))
        facts.append(fact("item", Shown(namer(view)(iri_of("item", happened.item)), iri_of("item", happened.item))))
    if act.subject is not None:
        quads.append((node, term("actSubject"), literal(str(act.subject)), ""))
        subject = _subject(act.subject)
        if subject is not None:
            predicate = "isPartOf" if act.assertion is not None else "subject"
            quads.append((node, iri(DCT + predicate), iri(subject), ""))
        facts.append(fact("upon", Shown(str(act.subject), subject)))
    facts += [fact("door", act.door), fact("digest", Shown(act.digest, how="code"))]
    beside = [Shown(f"act {p}", iri_of("act", str(p))) for p in (position - 1, position + 1) if 1 <= p <= last]
    return Description(
        iri=iri_of("act", name),
        kind=f"act {position} of the ledger",
        title=title,
        position=last,
        quads=tuple(quads),
        document=True,
        facts=tuple(facts),
        groups=(Group("Before and after", links=tuple(beside)),),
        about={"@type": "Action", "name": title, "endTime": act.at.isoformat(), "agent": {"@type": "Person", "name": act.actor}},
    )


def describe_set(view: Recorded, name: str) -> Description:
    """Describe a change set. Raises NotFoundError with the nearest name."""
    known = change_sets(view.ledger)
    if name not in known:
        raise NotFoundError.of("change set", name, known)
    found = known[name]
    node = iri(iri_of("set", name))
    quads: list[Quad] = [
        (node, _A, iri(PROV + "Collection"), ""),
        (node, iri(DCT + "title"), literal(found.title), ""),
        (node, iri(DCT + "type"), literal(found.status), ""),
        (node, iri(DCT + "created"), _time(found.opened_at), ""),
        (node, iri(DCT + "modified"), _time(found.changed_at), ""),
        *((node, iri(PROV + "wasAttributedTo"), iri(iri_of("person", author)), "") for author in found.authors),
    ]
    called = namer(view)
    edits = []
    for edit in found.edits:
        if edit.assertion is not None:
            quads.append((node, iri(PROV + "hadMember"), iri(iri_of("assertion", edit.assertion)), ""))
        else:
            quads.append((node, iri(DCT + "relation"), thing(edit.item), ""))
        link = iri_of("assertion", edit.assertion) if edit.assertion is not None else iri_of("item", edit.item)
        edits.append(Shown(f"{edit.op} {edit.kind} {called(iri_of('item', edit.item))}", link, edit.item))
    acts = [Happened(act) for act in view.ledger.acts_on(Subject("set", name)) if act.assertion is None]
    quads += [(node, iri(DCT + "hasPart"), iri(iri_of("act", str(one.act.position))), "") for one in acts]
    return Description(
        iri=iri_of("set", name),
        kind=f"change set, {found.status}",
        title=found.title,
        position=view.ledger.position(),
        quads=tuple(quads),
        document=True,
        lead=found.reason or "",
        facts=kept(
            fact("status", found.status),
            fact("revision", str(found.revision)),
            fact("authors", *(Shown(author, iri_of("person", author)) for author in found.authors)),
            fact("assigned to", Shown(found.assignee, iri_of("person", found.assignee)) if found.assignee else None),
            fact("proposed", found.opened_at.isoformat(timespec="seconds")),
            fact("decided by", Shown(found.decided_by, iri_of("person", found.decided_by)) if found.decided_by else None),
            fact("decided because", found.decided),
        ),
        groups=(Group("Edits", links=tuple(edits)), Group("What was done", links=tuple(map(_happened, acts)))),
        about={"@type": "CreativeWork", "name": found.title, "creativeWorkStatus": found.status},
    )


def describe_release(workspace: Workspace, view: Recorded, name: str) -> Description:
    """Describe a release, with its files. Raises NotFoundError with the nearest name."""
    found = find_release(view.ledger, name)
    address = iri_of("release", name)
    node = iri(address)
    quads: list[Quad] = [
        (node, _A, iri(DCAT + "Dataset"), ""),
        (node, iri(DCT + "title"), literal(f"mechkg, release {name}"), ""),
        (node, iri(DCT + "identifier"), literal(name), ""),
        (node, iri(DCT + "issued"), _time(found.at), ""),
        (node, iri(DCT + "creator"), iri(iri_of("person", found.by)), ""),
        (node, term("ledgerPosition"), literal(found.position), ""),
        (node, term("ledgerDigest"), literal(found.digest), ""),
        (node, iri(DCT + "isVersionOf"), iri(f"{ROOT}dataset"), ""),
    ]
    if found.note:
        quads.append((node, iri(DCT + "description"), literal(found.note), ""))
    files = []
    try:
        listed = released_files(workspace, name)
    except BadInputError:  # a workspace without a home keeps no files
        listed = ()
    for file in listed:
        path = f"{ROOT}releases/{name}/{file.name}"
        part = iri(f"{address}#{file.name.replace('/', '-')}")
        quads += [
            (node, iri(DCAT + "distribution"), part, ""),
            (part, _A, iri(DCAT + "Distribution"), ""),
            (part, iri(DCT + "title"), literal(file.name), ""),
            (part, iri(DCAT + "downloadURL"), iri(path), ""),
            (part, iri(DCAT + "byteSize"), typed(str(file.bytes), XSD + "nonNegativeInteger"), ""),
        ]
        media = _MEDIA.get(f".{file.name.rpartition('.')[2]}")
        if media is not None:
            quads.append((part, iri(DCAT + "mediaType"), iri(f"https://www.iana.org/assignments/media-types/{media}"), ""))
        files.append(Shown(f"{file.name}, {_bytes(file.bytes)}", path, f"SHA-256 {file.sha256}"))
    return Description(
        iri=address,
        kind="release",
        title=f"Release {name}",
        position=view.ledger.position(),
        quads=tuple(quads),
        document=True,
        lead=found.note or "",
        facts=(
            fact("stands for", Shown(f"position {found.position} of the ledger", iri_of("act", str(found.position)))),
            fact("made by", Shown(found.by, iri_of("person", found.by))),
            fact("made", found.at.isoformat(timespec="seconds")),
            fact("digest", Shown(found.digest, how="code")),
        ),
        groups=(Group("Files", links=tuple(files)),),
        about={
            "@type": "Dataset",
            "name": f"mechkg, release {name}",
            "description": found.note or f"What counted at position {found.position} of the ledger.",
            "datePublished": found.at.isoformat(),
            "version": name,
            "distribution": [{"@type": "DataDownload", "contentUrl": each.link, "name": each.text} for each in files],
        },
    )


def describe_disagreement(view: Recorded, name: str) -> Description:
    """Describe a disagreement among what counts. Raises NotFoundError with the nearest name."""
    weighed = find_disagreement(view, name)
    found = weighed.disagreement
    node = iri(iri_of("disagreement", name))
    quads: list[Quad] = [
        (node, _A, iri(PROV + "Collection"), ""),
        (node, iri(DCT + "title"), literal(found.title), ""),
        (node, iri(DCT + "type"), literal(found.state), ""),
        *((node, iri(PROV + "hadMember"), iri(iri_of("assertion", each)), "") for each in found.assertions),
    ]
    entry = view.catalog.entries.get(found.subject)
    subject = Shown(entry.label, iri_of("item", entry.id)) if entry is not None else Shown(found.subject)
    if entry is not None:
        quads.append((node, iri(DCT + "subject"), thing(entry.id), ""))
    called = namer(view)
    groups = []
    for side, belief in zip(found.sides, weighed.beliefs, strict=True):
        facts = [
            Fact(
                called(iri_of("item", value.item)),
                (Shown(f"{value.value}{f', {value.locator}' if value.locator else ''}", iri_of("assertion", value.assertion)),),
                value.item,
                iri_of("item", value.item),
            )
            for value in side.values
        ]
        groups.append(Group(side.value, tuple(facts), lines=((0, f"Belief: {float(belief.value):.2f}"),)))
    return Description(
        iri=iri_of("disagreement", name),
        kind=f"disagreement, {found.state}",
        title=found.title,
        position=view.ledger.position(),
        quads=tuple(quads),
        document=True,
        facts=kept(
            fact("about", subject),
            fact("property", found.property_id),
            fact("conditions", *(f"{key}: {value}" for key, value in found.conditions)),
            fact("state", found.state),
            fact("decision", found.decision),
            fact("because", found.reason),
            fact("decided by", Shown(found.decided_by, iri_of("person", found.decided_by)) if found.decided_by else None),
        ),
        groups=tuple(groups),
        about={"@type": "CreativeWork", "name": found.title, "creativeWorkStatus": found.state},
    )


def describe_verdict(view: Recorded, name: str) -> Description:
    """Describe the verdict on a candidate, ``space/candidate``, with its proof. Raises NotFoundError with the nearest name."""
    space, _, candidate = name.partition("/")
    value = view.catalog.space(space)
    known = {each.id for each in value.candidates}
    if candidate not in known:
        raise NotFoundError.of(f"candidate of '{space}'", candidate, known)
    explained = why(view, space, candidate)
    found = explained.candidate
    called = namer(view)
    title = f"{found.title}: {found.verdict}"
    groups = [_observations("Ruled out by", [c.observation for c in found.conflicts], called)]
    groups.append(_observations("Explains", found.explained, called))
    assumptions = dict.fromkeys(name for conflict in found.conflicts for name in conflict.assumptions)
    assumed = tuple(Shown(called(iri_of("item", each)), iri_of("item", each)) for each in assumptions)
    groups.append(Group("Under these assumptions", links=assumed))
    proofs = explained.proofs[:MOST_PROOFS]
    for number, proof in enumerate(proofs, start=1):
        lines = []
        for depth, text, node in proof_lines(proof):
            lines.append((depth, text))
            lines += [(depth + 1, quote) for quote in quotes_of(node)]
        left_out = len(explained.proofs) - len(proofs) if number == len(proofs) else 0
        groups.append(Group(f"Proof {number}: {proof.sentence}", lines=tuple(lines), left_out=left_out))
    return Description(
        iri=iri_of("verdict", name),
        kind="verdict",
        title=title,
        position=view.ledger.position(),
        quads=tuple(_verdict_quads(name, space, found, explained.graph_version, list(assumptions))),
        document=True,
        lead=value.question,
        facts=kept(
            fact("verdict", found.verdict),
            fact("on", Shown(found.title, iri_of("part", f"{space}/candidates/{candidate}"))),
            fact("in the space", Shown(called(iri_of("item", space)), iri_of("item", space))),
            fact("steps", *(Shown(called(iri_of("item", step)), iri_of("item", step)) for step in found.steps)),
            fact("claims", *found.postulates),
            fact("graph version", str(explained.graph_version)),
        ),
        groups=tuple(group for group in groups if group.links or group.lines),
        about={
            "@type": "Claim",
            "name": title,
            "text": f"{value.question} {title}.",
            "isPartOf": {"@type": "Thing", "@id": iri_of("item", space), "name": called(iri_of("item", space))},
        },
    )


def _verdict_quads(name: str, space: str, found: CandidateVerdict, version: int, assumptions: list[str]) -> list[Quad]:
    node, candidate = iri(iri_of("verdict", name)), thing(f"{space}/candidates/{found.id}")
    quads: list[Quad] = [
        (node, _A, iri(PROV + "Entity"), ""),
        (node, iri(DCT + "title"), literal(f"{found.title}: {found.verdict}"), ""),
        (node, iri(DCT + "type"), literal(found.verdict), ""),
        (node, iri(DCT + "subject"), candidate, ""),
        (node, iri(DCT + "isPartOf"), thing(space), ""),
        (node, term("ledgerPosition"), literal(version), ""),
    ]
    quads += [(node, iri(DCT + "requires"), thing(assumption), "") for assumption in assumptions]
    for conflict in found.conflicts:
        quads.append((candidate, iri(CITO + "isRefutedBy"), thing(conflict.observation), ""))
        quads.append((node, iri(PROV + "wasDerivedFrom"), thing(conflict.observation), ""))
        quads.append((node, iri(DCT + "description"), literal(conflict.sentence), ""))
    quads += [(node, iri(CITO + "citesAsEvidence"), thing(observation), "") for observation in found.explained]
    return list(dict.fromkeys(quads))


def _observations(title: str, names: Any, called: Any) -> Group:
    those = list(dict.fromkeys(names))
    links = tuple(Shown(called(iri_of("item", each)), iri_of("item", each), each) for each in those[:MOST_LINKS])
    return Group(title, links=links, left_out=max(0, len(those) - MOST_LINKS))


def _subject(subject: Subject) -> str | None:
    """Return the IRI of what an act is upon; None for what has none."""
    if subject.kind in ("item", "document"):
        return iri_of("item", subject.name)
    for kind in ("set", "assertion", "disagreement", "verdict", "person", "release"):
        if subject.kind == kind:
            if kind == "verdict" and "/" not in subject.name:
                return iri_of("item", subject.name)  # upon all verdicts of a space
            return iri_of(kind, subject.name)
    return None


def _happened(one: Happened) -> Shown:
    return Shown(f"{one.act.at.date().isoformat()}: {sentence(one)}", iri_of("act", str(one.act.position)), reason_of(one) or "")


def _time(at: datetime) -> Term:
    return typed(at.isoformat(), XSD + "dateTime")


def _bytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"
