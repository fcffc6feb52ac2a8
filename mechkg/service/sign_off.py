"""Sign off on an assertion or on a verdict, and tell which signatures still hold.

Beneath an assertion lie it and all that counts and that it comes to name; beneath a verdict the hypothesis space, the
assumptions that it holds, and what is stated at the leaves of its proofs. A signature holds as long as what it is upon says
the same and rests on the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from mechkg.curation.sign_off import SignOff, ground_digest, sign_offs
from mechkg.curation.sign_off import sign_off as write
from mechkg.errors import BadInputError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller
from mechkg.model.verdict import ProofNode
from mechkg.reasoning.check import explain
from mechkg.service.acting import materials_of_subject
from mechkg.service.catalog import Catalog
from mechkg.service.naming import called, known_subject
from mechkg.service.reading import Reading
from mechkg.service.recorded import Recorded
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ground:
    """What something says, and the assertions that it rests on."""

    says: str
    assertions: frozenset[str]

    @property
    def digest(self) -> str:
        """Digest of both."""
        return ground_digest(self.says, self.assertions)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, and whether what it is upon has changed since; ``says`` is what it says now, None when it is gone."""

    signed: SignOff
    stale: bool
    says: str | None


_GROUNDS: WeakKeyDictionary[Reading, dict[Subject, Ground]] = WeakKeyDictionary()
"""Grounds that were worked out: proofs take long, and a reading does not change."""


def sign_off(workspace: Workspace, by: Caller, upon: Subject, *, reason: str | None = None) -> SignOff:
    """Stand by an accepted assertion, or by the verdict on a candidate (``space/candidate``) or on a whole space.

    Raise ForbiddenError for who may not or declared an interest, NotFoundError for what is not there, RefusedActError for what
    does not count.
    """
    subject = known_subject(workspace, upon)
    reading = workspace.reading
    if subject.kind == "assertion" and all(entry.record.id != subject.name for entry in reading.catalog.entries.values()):
        status = workspace.ledger.status(subject.name)
        raise RefusedActError(f"cannot sign off {called(workspace, subject)}: it is {status}", hint="only what counts is signed")
    with workspace.lock:
        ground = beneath(reading, subject)
    materials = materials_of_subject(workspace, subject)
    return write(workspace.ledger, by, subject, says=ground.says, beneath=ground.assertions, reason=reason, materials=materials)


def signatures(workspace: Recorded, upon: Subject | None = None) -> list[Signature]:
    """Return the signatures upon ``upon``, or all, oldest first, each held against what counts now."""
    acts = workspace.ledger.acts_of_kinds(["sign-off"]) if upon is None else workspace.ledger.acts_on(upon)
    signed = list(sign_offs(acts))
    if not signed:
        return []
    reading = workspace.reading
    with workspace.lock:
        return [signature(reading, each) for each in signed]


def signature(reading: Reading, signed: SignOff) -> Signature:
    """Hold a signature against what counts in a reading."""
    try:
        ground = beneath(reading, signed.subject)
    except NotFoundError:
        return Signature(signed, True, None)
    return Signature(signed, ground.digest != signed.ground, ground.says)


def beneath(reading: Reading, subject: Subject) -> Ground:
    """Return what an accepted assertion or a verdict says and rests on.

    Raise NotFoundError when it is not there, BadInputError for what cannot be signed.
    """
    known = _GROUNDS.setdefault(reading, {})
    if subject not in known:
        if subject.kind == "assertion":
            known[subject] = _of_assertion(reading.catalog, subject.name)
        elif subject.kind == "verdict":
            known[subject] = _of_verdict(reading, subject.name)
        else:
            raise BadInputError(f"{subject} cannot be signed", hint="sign an assertion or a verdict")
    return known[subject]


def _of_assertion(catalog: Catalog, assertion: str) -> Ground:
    start = next((entry for entry in catalog.entries.values() if entry.record.id == assertion), None)
    if start is None:
        raise NotFoundError(f"no assertion {assertion} counts")
    found = {start.id}
    waiting = [start]
    while waiting:
        entry = waiting.pop()
        named = {name.partition("/")[0] for name in _strings(entry.record.body)} & catalog.entries.keys() - found
        found |= named
        waiting += [catalog.entries[name] for name in named]
    return Ground(assertion, frozenset(catalog.entries[name].record.id for name in found))


def _of_verdict(reading: Reading, name: str) -> Ground:
    space, slash, candidate = name.partition("/")
    problem = reading.problem(space)
    names = [candidate] if slash else [each.id for each in problem.space.candidates]
    explained = [explain(problem, each) for each in names]
    leaves = {leaf for each in explained for proof in each.proofs for leaf in _leaves(proof)}
    verdicts = {each.candidate.id: each.candidate.verdict for each in explained}
    says = verdicts[candidate] if slash else ", ".join(f"{each}: {verdict}" for each, verdict in sorted(verdicts.items()))
    entries = reading.catalog.entries
    return Ground(says, frozenset(leaves) | {entries[each].record.id for each in (space, *problem.space.assumptions)})


def _leaves(proof: ProofNode) -> Iterator[str]:
    """Yield the assertions that a proof rests on."""
    seen: set[int] = set()
    waiting = [proof]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # lines are shared
            continue
        seen.add(id(node))
        yield from (source.assertion for source in node.sources if source.assertion is not None)
        waiting += node.premises


def _strings(content: object) -> Iterable[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield key
            yield from _strings(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _strings(value)
