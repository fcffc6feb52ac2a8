"""Accepted assertions as nanopublications under trusty URIs, complete enough to be read back as they were.

What is published says all that the graph says (see :mod:`mechkg.graph.nanopublication`), under a name that holds the digest of
the quads, and besides: which assertion of the ledger it is, by which act it was accepted, and the order of what is listed, as
``rdf:Seq``. Where RDF still does not tell how an item was written, its content stands there as JSON too; that is rare. Which
published ones it supersedes is said in the vocabulary of the standard, and so is, in one of its own, that one is retracted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from pydantic import ValidationError

from mechkg.errors import BadInputError
from mechkg.graph.act_texts import act_from, texts_of
from mechkg.graph.namespaces import ASSERTION, DCT, NP, NPX, NSCHEMA, OA, PROV, RDF, TYPE, XSD
from mechkg.graph.nanopublication import ASSERTION_SUFFIX, quads_of
from mechkg.graph.rdf import item_from, natural_order
from mechkg.graph.signature import Signer, has_signature
from mechkg.graph.terms import Quad, Term, Triple, agent, iri, literal, local_name, term, thing, typed, value_of
from mechkg.graph.trusty import BLANK, code_in, holds, minted, normal_form
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.ledger_record import Act, AssertionRecord, canonical_json, content_id

Accepted = tuple[AssertionRecord, Act]
"""An assertion and the act that accepted it."""

_A: Final = iri(TYPE)
_IN_ORDER, _ORDER_OF, _SEQ = term("inOrder"), term("orderOf"), iri(RDF + "Seq")
_KIND, _LEDGER_ID, _CONTENT = term("itemKind"), term("ledgerId"), term("content")
_BY, _AT = iri(PROV + "wasAttributedTo"), iri(PROV + "generatedAtTime")
_CREATOR, _CREATED = iri(DCT + "creator"), iri(DCT + "created")
_SUPERSEDES: Final = iri(NPX + "supersedes")
_ABOUT, _LOCATOR, _FLAG, _SOURCE = term("about"), term("locator"), term("flag"), iri(PROV + "wasDerivedFrom")
_TARGET, _SELECTOR, _EXACT = iri(OA + "hasTarget"), iri(OA + "hasSelector"), iri(OA + "exact")
_ACT: Final = {
    "position": term("ledgerPosition"),
    "kind": term("actKind"),
    "actor": _BY,
    "at": _AT,
    "reason": term("reason"),
    "batch": term("batch"),
    "subject": term("actSubject"),
    "door": term("door"),
    "content": term("actContent"),
    "digest": term("ledgerDigest"),
}
_NANOPUBLICATION: Final = iri(NSCHEMA + "Nanopublication")
_MEMBER: Final = f"<{RDF}_"


@dataclass(frozen=True, slots=True)
class Published:
    """A nanopublication: the assertion and its act, the artifact code of its name, its quads, each once."""

    record: AssertionRecord
    act: Act
    code: str
    quads: tuple[Quad, ...]

    @property
    def name(self) -> str:
        """Return its trusty URI."""
        return NP + self.code

    def said(self) -> list[Triple]:
        """Return the triples of its assertion."""
        graph = iri(self.name + ASSERTION_SUFFIX)
        return [quad[:3] for quad in self.quads if quad[3] == graph]


def published(record: AssertionRecord, act: Act, signer: Signer | None = None, supersedes: Iterable[str] = ()) -> Published:
    """Return an accepted assertion as a nanopublication, signed when there is a signer. The same input gives the same quads.

    ``supersedes``: the trusty URIs of published nanopublications whose place it takes.
    """
    draft = _draft(record, act)
    if _record_from(draft) != record:
        draft = [*draft, (_NAME, _CONTENT, literal(canonical_json(record.body)), _PUBINFO)]
    draft += [(_NAME, _SUPERSEDES, iri(old), _PUBINFO) for old in supersedes]
    code, quads = _signed(draft, signer)
    return Published(record, act, code, quads)


def retraction(retracted: str, assertion: str, act: Act, signer: Signer | None = None) -> tuple[str, tuple[Quad, ...]]:
    """Return name and quads of the nanopublication by which the published one named ``retracted`` is taken back.

    ``assertion`` is what that one let count, ``act`` the act that ended it. The standard says this in a nanopublication of its
    own, whose assertion is that somebody retracts the other: what is published does not change.
    """
    who, when = agent(act.actor), typed(act.at.astimezone(UTC).isoformat(), XSD + "dateTime")
    draft = [
        (_NAME, _A, _NANOPUBLICATION, _HEAD),
        *((_NAME, iri(NSCHEMA + link), part, _HEAD) for link, part in _LINKS.items()),
        (who, iri(NPX + "retracts"), iri(retracted), _ASSERTION),
        (_ASSERTION, _BY, who, _PROVENANCE),
        *((_NAME, predicate, who, _PUBINFO) for predicate in (_BY, _CREATOR)),
        *((_NAME, predicate, when, _PUBINFO) for predicate in (_AT, _CREATED)),
        (_NAME, _LEDGER_ID, literal(assertion), _PUBINFO),
        (_NAME, _ACT["position"], literal(act.position), _PUBINFO),
    ]
    texts = {name: text for name, text in texts_of(act).items() if name not in ("position", "actor", "at")}
    draft += [(_NAME, _ACT[name], literal(text), _PUBINFO) for name, text in texts.items()]
    code, quads = _signed(draft, signer)
    return NP + code, quads


def _signed(draft: Sequence[Quad], signer: Signer | None) -> tuple[str, tuple[Quad, ...]]:
    """Return artifact code and quads of a draft, signed when there is a signer."""
    if signer is not None:
        draft = signer.sign(draft, _NAME, iri(f"{NP}{BLANK}#sig"), _PUBINFO)
    code, quads = minted(draft)
    return code, tuple(quads)


# --- there ------------------------------------------------------------------------------------------------------------

_NAME, _ASSERTION = iri(NP + BLANK), iri(NP + BLANK + ASSERTION_SUFFIX)
_HEAD, _PROVENANCE, _PUBINFO = iri(f"{NP}{BLANK}#head"), iri(f"{NP}{BLANK}#provenance"), iri(f"{NP}{BLANK}#pubinfo")
_LINKS: Final = {"hasAssertion": _ASSERTION, "hasProvenance": _PROVENANCE, "hasPublicationInfo": _PUBINFO}


def _draft(record: AssertionRecord, act: Act) -> list[Quad]:
    """Return the quads of an assertion with a blank in place of the code to come."""
    internal = f"<{ASSERTION}{record.id}"

    def renamed(of: Term) -> Term:
        return f"<{NP}{BLANK}{of[len(internal) :]}" if of.startswith(internal) else of

    draft = [(renamed(s), p, renamed(o), renamed(g)) for s, p, o, g in quads_of(record, act)]
    draft += [(*triple, _ASSERTION) for triple in _orders(quad[:3] for quad in draft if quad[3] == _ASSERTION)]
    # prov:generatedAtTime and prov:wasAttributedTo once more, in the terms that tools of nanopublications look for
    draft += [(_NAME, {_BY: _CREATOR, _AT: _CREATED}[p], o, g) for s, p, o, g in draft if s == _NAME and p in (_BY, _AT)]
    info = {_KIND: record.kind, _LEDGER_ID: record.id}
    info |= {_ACT[name]: text for name, text in texts_of(act).items() if name not in ("position", "actor", "at")}
    draft += [(_NAME, predicate, literal(text), _PUBINFO) for predicate, text in info.items()]
    graphs = list(dict.fromkeys(quad[3] for quad in draft))
    return sorted(dict.fromkeys(draft), key=lambda quad: graphs.index(quad[3]))


def _orders(said: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the order of the objects of each subject and property, where their names do not tell it."""
    places: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
    for subject, predicate, object_ in said:
        places[subject, predicate].append(object_)
    for (subject, predicate), objects in places.items():
        if predicate == _A or len(objects) == 1 or objects == natural_order(set(objects)):
            continue
        node = thing(f"{local_name(subject)}/order/{local_name(predicate)}")
        yield subject, _IN_ORDER, node
        yield node, _A, _SEQ
        yield node, _ORDER_OF, predicate
        for number, object_ in enumerate(objects, start=1):
            yield node, f"{_MEMBER}{number}>", object_


# --- and back ---------------------------------------------------------------------------------------------------------


def accepted_in(quads: Iterable[Quad]) -> list[Accepted]:
    """Return the assertions in nanopublications that :func:`published` made, each with its act, in the order of the ledger.

    Raises BadInputError for a nanopublication that was changed since, or whose content is not that of its ledger id.
    """
    names, graphs = _named_in(quads)
    found = [_accepted(name, graphs) for name in names]
    return sorted(found, key=lambda accepted: accepted[1].position)


def retracted_in(quads: Iterable[Quad]) -> list[Act]:
    """Return the acts told by nanopublications that :func:`retraction` made, in the order of the ledger.

    Raises BadInputError for one that was changed since, or that tells of no act.
    """
    names, graphs = _named_in(quads)
    acts = []
    for name in names:
        draft = _unchanged(name, graphs)
        try:
            acts.append(_act_from({p: value_of(o) for s, p, o, g in draft if s == _NAME and g == _PUBINFO}))
        except (KeyError, ValueError) as error:
            raise BadInputError(f"<{name}> cannot be read as a retraction of mechkg: {error}") from error
    return sorted(acts, key=lambda act: act.position)


def _named_in(quads: Iterable[Quad]) -> tuple[list[str], Mapping[Term, Iterable[Quad]]]:
    """Return the names of all nanopublications, and quads by graph, each once."""
    graphs: dict[Term, dict[Quad, None]] = defaultdict(dict)
    for quad in quads:
        graphs[quad[3]][quad] = None
    return [s[1:-1] for inside in graphs.values() for s, p, o, _ in inside if p == _A and o == _NANOPUBLICATION], graphs


def _unchanged(name: str, graphs: Mapping[Term, Iterable[Quad]]) -> list[Quad]:
    """Return the draft of a nanopublication once its content is found to be that of its name."""
    mine = [quad for part in ("#head", ASSERTION_SUFFIX, "#provenance", "#pubinfo") for quad in graphs.get(iri(name + part), ())]
    code = code_in(name)
    if code is None or name != NP + code:
        raise BadInputError(f"<{name}> is no trusty URI of a nanopublication of mechkg", hint=f"expected {NP}RA...")
    if not holds(code, mine):
        raise BadInputError(f"the content of <{name}> is not that of its name: one of them was changed")
    return [(_drafted(s, code), p, _drafted(o, code), _drafted(g, code)) for s, p, o, g in mine]


def _accepted(name: str, graphs: Mapping[Term, Iterable[Quad]]) -> Accepted:
    draft = _unchanged(name, graphs)
    info = {p: value_of(o) for s, p, o, g in draft if s == _NAME and g == _PUBINFO}
    try:
        record, act = _record_from(draft), _act_from(info)
        if _CONTENT in info:
            record = _as_written(record, str(info[_CONTENT]), draft)
    except (KeyError, ValueError) as error:
        raise BadInputError(f"<{name}> cannot be read as an assertion of mechkg: {error}") from error
    if record is None or record.id != info[_LEDGER_ID]:
        raise BadInputError(f"<{name}> does not hold the assertion {info[_LEDGER_ID]} that it says it holds")
    return record, act


def _drafted(of: Term, code: str) -> Term:
    """Return a term with a blank for the code; texts stay as they are."""
    return of.replace(code, BLANK) if code in of and of.startswith("<") else of


def _act_from(info: Mapping[Term, Any]) -> Act:
    return act_from(str(info[_LEDGER_ID]), {name: str(info[predicate]) for name, predicate in _ACT.items() if predicate in info})


def _record_from(draft: Sequence[Quad]) -> AssertionRecord | None:
    """Return the assertion that a draft says, as a file would most naturally have it written; None when it says none."""
    said = [quad[:3] for quad in draft if quad[3] == _ASSERTION]
    around: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
    for subject, predicate, object_, graph in draft:
        if graph == _PROVENANCE or (graph == _PUBINFO and subject == _NAME):
            around[subject, predicate].append(object_)
    [kind], [item], [document] = around[_NAME, _KIND], around[_ASSERTION, _ABOUT], around[_ASSERTION, _SOURCE]
    provenance: dict[str, Any] = {}
    if value_of(kind) != "document":
        targets = sorted(around[_ASSERTION, _TARGET], key=lambda target: int(target.rpartition("-")[2][:-1]))
        provenance["quote"] = [value_of(words) for t in targets for s in around[t, _SELECTOR] for words in around[s, _EXACT]]
        provenance |= {field: value_of(o) for field, p in (("locator", _LOCATOR), ("flag", _FLAG)) for o in around[_ASSERTION, p]}
    try:
        kind_, name = _known(str(value_of(kind))), local_name(item)
        value = item_from(kind_, name, said, provenance, _order_in(said))
        body = _unqualified(AssertionRecord.of(kind_, value, name, local_name(document)).body)
        model = type(value).model_validate(body)
    except ValidationError:
        return None
    return AssertionRecord.of(kind_, model, name, local_name(document))


def _known(kind: str) -> Any:
    if kind != "document" and kind not in ITEM_TYPES:
        raise ValueError(f"there is no kind of item called '{kind}'")
    return kind


def _order_in(said: Iterable[Triple]) -> dict[tuple[Term, Term], list[Term]]:
    """Return the objects of each subject and property whose order is said."""
    subjects: dict[Term, Term] = {}
    properties: dict[Term, Term] = {}
    members: dict[Term, dict[int, Term]] = defaultdict(dict)
    for subject, predicate, object_ in said:
        if predicate == _IN_ORDER:
            subjects[object_] = subject
        elif predicate == _ORDER_OF:
            properties[subject] = object_
        elif predicate.startswith(_MEMBER):
            members[subject][int(predicate.removeprefix(_MEMBER)[:-1])] = object_
    return {
        (subject, properties[node]): [members[node][number] for number in sorted(members[node])]
        for node, subject in subjects.items()
        if node in properties
    }


def _unqualified(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body of an item with stages as files have them: what a stage continues is named only where it is not the stage
    before, and without the name of its own procedure.
    """
    before: list[str] = []
    stages = []
    for stage in body.get("stages", ()):
        own = f"{body['id']}/"
        continued = [name.removeprefix(own) for name in stage.get("from", ())]
        rest = {name: value for name, value in stage.items() if name != "from"}
        stages.append(rest if continued == before else rest | {"from": continued})
        before = [stage["id"]]
    return body | {"stages": stages} if stages else body


def _as_written(read: AssertionRecord | None, text: str, draft: Sequence[Quad]) -> AssertionRecord:
    """Return the assertion with this content as JSON, once it is shown that the triples of the draft say the same."""
    [kind] = [_known(str(value_of(o))) for s, p, o, _ in draft if (s, p) == (_NAME, _KIND)]
    [document] = [local_name(o) for s, p, o, _ in draft if (s, p) == (_ASSERTION, _SOURCE)]
    body = json.loads(text)
    record = AssertionRecord(content_id({"kind": kind, "document": document, "body": body}), kind, body["id"], document, body)
    act = _act_from({p: value_of(o) for s, p, o, g in draft if s == _NAME and g == _PUBINFO})
    signed = {s for s, p, _, _ in draft if has_signature([(s, p, "", "")])}
    said = [quad for quad in draft if quad[1] not in (_CONTENT, _SUPERSEDES) and quad[0] not in signed]
    if normal_form(said) != normal_form(_draft(record, act)):
        raise ValueError("its content as JSON is not what its triples say")
    return record
