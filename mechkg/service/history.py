"""What was done: every act that is about something, with who, when, why and by which door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from mechkg.curation.ledger_at import Record
from mechkg.curation.status import status_kind
from mechkg.errors import BadInputError, NotFoundError, nearest
from mechkg.model.happened import Happened, Wanted, assertions_named, with_names
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Status, Subject
from mechkg.model.merge import Difference, differences
from mechkg.service.acting import materials_of
from mechkg.service.naming import known_subject
from mechkg.service.recorded import Recorded

MOST = 500
"""So many acts are told at once."""

_SCANNED = 20_000
"""So many acts are gone through at most when what is sought cannot be looked up in an index: those of one material."""

DONE: dict[ActKind, str] = {
    "propose": "proposed",
    "accept": "accepted",
    "reject": "rejected",
    "supersede": "superseded",
    "retract": "retracted",
    "restore": "restored",
    "revise": "revised",
    "rebase": "rebased",
    "withdraw": "withdrew",
    "request-changes": "requested changes of",
    "comment": "commented on",
    "dispute": "disputed",
    "settle": "settled",
    "assign": "assigned",
    "sign-off": "signed off",
    "decide": "decided",
    "enrol": "enrolled",
    "grant": "gave a role to",
    "revoke": "took a role from",
    "release": "made",
}
"""Kind of act -> what somebody did."""

_SETTLED: dict[str, str] = {
    "upheld": "upheld the dispute of {} that act {} began",
    "dismissed": "dismissed the dispute of {} that act {} began",
    "stands": "found that {} stands in spite of act {}",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the acts that are wanted; ``more`` says whether others follow, and ``last`` is the position to go on from."""

    found: tuple[Happened, ...]
    more: bool
    last: int


def history(workspace: Recorded, subject: Subject) -> list[Act]:
    """Return everything ever done upon something, oldest first.

    What gave an assertion its statuses is among what was done upon it; of an item, that of all its assertions, and what was said
    upon them. Raise NotFoundError, with the nearest name where there is one, when there is no such thing.
    """
    ledger = workspace.ledger
    if subject.kind != "item" or not ledger.history(subject.name):  # what is gone has a history all the same
        subject = known_subject(workspace, subject)
    if subject.kind == "item":
        acts = [*ledger.history(subject.name), *ledger.acts_on(subject)]
        for assertion in {act.assertion for act in acts if act.assertion is not None}:
            acts += ledger.acts_on(Subject("assertion", assertion))
    elif subject.kind == "assertion":
        item = ledger.assertion(subject.name).item
        acts = [*(act for act in ledger.history(item) if act.assertion == subject.name), *ledger.acts_on(subject)]
    else:
        acts = ledger.acts_on(subject)
    return sorted(acts, key=lambda act: act.position)


def find(
    workspace: Recorded,
    wanted: Wanted,
    *,
    material: str | None = None,
    after: int = 0,
    before: int | None = None,
    newest: bool = False,
    most: int = MOST,
) -> Page:
    """Return acts that are ``wanted``, up to ``most`` (500 at most), with a position above ``after`` and below ``before``.

    ``material``: only those about assertions and change sets that belong to this material, as of now. Oldest first, or ``newest``
    first. Raise NotFoundError, with the nearest name, for a kind of act or a material that is none.
    """
    kinds = get_args(ActKind)
    for kind in sorted(wanted.kinds):
        if kind not in kinds:
            raise NotFoundError.of("kind of act", kind, kinds)
    if material is not None:
        material = workspace.catalog.find(material, "material").id
    if not 0 < most <= MOST:
        raise BadInputError(f"{most} acts cannot be asked for at once", hint=f"ask for 1 to {MOST}")
    found: list[Happened] = []
    scanned, step = 0, most + 1 if material is None else MOST
    while True:
        some = workspace.ledger.find(wanted, after=after, before=before, newest=newest, most=step)
        for one in some:
            if material is None or material in _materials(workspace, one):
                if len(found) == most:
                    return Page(tuple(found), True, found[-1].act.position)
                found.append(one)
        scanned += len(some)
        if len(some) < step or scanned >= _SCANNED:
            last = some[-1].act.position if some else (before or after) if newest else after
            return Page(tuple(found), len(some) == step, last)
        if newest:
            before = some[-1].act.position
        else:
            after = some[-1].act.position


def count(workspace: Recorded, wanted: Wanted, *, material: str | None = None) -> int:
    """Return how many acts are wanted, of those of one material as many as :func:`find` goes through; raise as it does."""
    if material is None:
        return workspace.ledger.count(wanted)
    found, after, more = 0, 0, True
    while more:
        page = find(workspace, wanted, material=material, after=after)
        found, after, more = found + len(page.found), page.last, page.more
    return found


def happened(ledger: Record, acts: Iterable[Act]) -> list[Happened]:
    """Return acts with what each is about."""
    those = list(acts)
    names = {act.position: assertions_named(act) for act in those}
    mentioned = {act.assertion for act in those if act.assertion is not None}.union(*names.values())
    records = ledger.assertions(mentioned)
    found = []
    for act in those:
        record = records.get(act.assertion or "")
        named = {name: (records[name].kind, records[name].item) for name in names[act.position] if name in records}
        found.append(Happened(act, record.item, record.kind, record.document, named) if record else Happened(act, named=named))
    return found


def _materials(workspace: Recorded, happened: Happened) -> frozenset[str]:
    """Return the materials that what an act is upon belongs to."""
    act = happened.act
    if act.assertion is not None:
        return materials_of(workspace.catalog, [workspace.ledger.assertion(act.assertion)])
    if act.subject is None:
        return frozenset()
    if act.subject.kind == "set":
        opened = workspace.ledger.acts_on(act.subject, act.position)
        named = [(one.content or {}).get("materials") for one in opened]
        return frozenset(next((those for those in reversed(named) if those is not None), ()))
    if act.subject.kind == "assertion":
        return materials_of(workspace.catalog, [workspace.ledger.assertion(act.subject.name)])
    entry = workspace.catalog.entries.get(act.subject.name.partition("/")[0])
    return materials_of(workspace.catalog, [entry.record]) if entry is not None else frozenset()


# --- in words ---------------------------------------------------------------------------------------------------------------


def upon(happened: Happened) -> str:
    """Say what an act is upon: the item, the change set, the paper, the person."""
    act = happened.act
    if happened.item is not None:
        return f"{happened.item_kind} {happened.item}"
    assert act.subject is not None
    if act.subject.name in happened.named:
        return " ".join(happened.named[act.subject.name])
    return act.subject.name if act.subject.kind in ("set", "person") else f"{act.subject.kind} {act.subject.name}"


def reason_of(happened: Happened) -> str | None:
    """Return the reason of an act, with names of items in it."""
    return None if happened.act.reason is None else with_names(happened.act.reason, happened)


def sentence(happened: Happened) -> str:
    """Say in a sentence what was done, without when and why."""
    act, content = happened.act, happened.act.content or {}
    words = f"{act.actor} {DONE.get(act.kind, act.kind)} {upon(happened)}"
    if act.kind == "declare":
        did = "took back the interest declared in" if content.get("gone") else "declared an interest in"
        return f"{act.actor} {did} {content.get('about')}"
    if act.kind == "assign":
        return f"{words} to {content['to']}" if content.get("to") else f"{act.actor} assigned {upon(happened)} to nobody"
    if act.kind == "settle":
        return f"{act.actor} {_SETTLED.get(str(content.get('outcome')), 'settled {}').format(upon(happened), content.get('of'))}"
    if act.kind == "decide":
        holds = f", for {happened.named[content['holds']][1]}" if content.get("holds") in happened.named else ""
        return f"{act.actor} decided about {upon(happened)}: {content.get('decision')}{holds}"
    if act.kind == "sign-off" and act.subject is not None and act.subject.kind == "verdict":
        return f"{words}: {content.get('says')}"
    if act.kind in ("grant", "revoke"):
        return f"{words}: {content.get('role')} in {content.get('scope')}"
    said = [content.get("code"), act.subject.name if act.assertion is not None and act.subject is not None else None]
    more = ", ".join(str(one) for one in said if one)
    return f"{words} ({more})" if more else words


# --- versions of an item ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Version:
    """One content that an item had or was to have: its assertion, counted from 1, and the acts that gave it its statuses.

    ``accepted_at`` and ``accepted_by`` are those of the last act that let it count; None when it never did.
    """

    number: int
    record: AssertionRecord
    status: Status
    proposed_at: datetime
    proposed_by: str
    accepted_at: datetime | None
    accepted_by: str | None
    acts: tuple[Act, ...]


def versions(ledger: Record, item: str) -> list[Version]:
    """Return all contents that an item ever had or was to have, oldest first.

    Raise NotFoundError, with the nearest name, for an item that the ledger never knew.
    """
    upon_each: dict[str, list[Act]] = {}
    for act in ledger.history(item):
        assert act.assertion is not None
        upon_each.setdefault(act.assertion, []).append(act)
    if not upon_each:
        raise NotFoundError.of("item", item, ledger.items())
    records = ledger.assertions(upon_each)
    found = []
    for number, (assertion, acts) in enumerate(upon_each.items(), start=1):
        accepting = [act for act in acts if act.kind in ("accept", "restore")]
        last = accepting[-1] if accepting else None
        found.append(
            Version(
                number, records[assertion], ledger.status(assertion), acts[0].at, acts[0].actor,
                last.at if last else None, last.actor if last else None, tuple(a for a in acts if status_kind(a)),
            )
        )  # fmt: skip
    return found


def version_of(ledger: Record, item: str, named: str | int) -> Version:
    """Return one version of an item by its number or by its assertion; raise NotFoundError for one that is not there."""
    found = versions(ledger, item)
    for version in found:
        if str(named) in (str(version.number), version.record.id):
            return version
    close = nearest(str(named), [version.record.id for version in found])
    hint = f"did you mean {close}?" if close else f"it has versions 1 to {len(found)}"
    raise NotFoundError(f"'{item}' has no version {named}", hint=hint)


def compare(ledger: Record, item: str, before: str | int, after: str | int) -> tuple[Difference, ...]:
    """Return every field in which two versions of an item differ, each named by number or assertion."""
    one, other = version_of(ledger, item, before), version_of(ledger, item, after)
    return differences(one.record.body, other.record.body)


# --- as JSON ----------------------------------------------------------------------------------------------------------------


def as_json(happened: Happened) -> dict[str, Any]:
    """Return an act as plain JSON content."""
    act = happened.act
    return {
        "position": act.position,
        "kind": act.kind,
        "sentence": sentence(happened),
        "by": act.actor,
        "at": act.at.isoformat(),
        "reason": reason_of(happened),
        "door": act.door,
        "item": happened.item,
        "item_kind": happened.item_kind,
        "document": happened.document,
        "assertion": act.assertion,
        "subject": str(act.subject) if act.subject else None,
        "batch": act.batch,
        "content": act.content,
        "digest": act.digest,
    }
