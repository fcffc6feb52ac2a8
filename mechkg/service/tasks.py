"""What waits for a person: reviews, changes that were asked for, disputes, retractions that others rest on, stale signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mechkg.curation.people import ACTS
from mechkg.curation.people import fold as people_of
from mechkg.curation.policy import NEEDS
from mechkg.curation.threads import disputes
from mechkg.errors import ForbiddenError
from mechkg.model.ledger_record import Act, ActKind, AssertionRecord, Subject
from mechkg.model.person import EVERYTHING, Caller, Person
from mechkg.service.acting import materials_of
from mechkg.service.catalog import Catalog
from mechkg.service.naming import called
from mechkg.service.queue import Queued, change_sets, queued_of
from mechkg.service.recorded import Recorded
from mechkg.service.sign_off import signatures

TaskKind = Literal["review", "revise", "rebase", "dispute", "retraction", "signature", "assigned"]
"""review: a change set of others. revise: changes were asked for. rebase: a change set of one's own is stale. dispute: to be
settled. retraction: an item rests on what was retracted. signature: one's own has gone stale. assigned: anything else that
somebody assigned.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: of which kind, what it is upon, in a sentence, since when; ``act`` began it.

    ``upon`` says in words what it is upon.
    """

    kind: TaskKind
    subject: Subject
    sentence: str
    since: datetime
    act: int
    assignee: str | None = None
    upon: str = ""


def tasks(workspace: Recorded, by: Caller) -> list[Task]:
    """Return what waits for the caller, oldest first; only what the caller's role and token allow, and no interest forbids.

    Raise ForbiddenError for somebody unknown.
    """
    ledger = workspace.ledger
    person = people_of(ledger.acts_of_kinds(ACTS)).get(by.person)
    if person is None:
        raise ForbiddenError(f"nobody called '{by.person}' is known here", hint="ask an administrator to enrol you")
    catalog = workspace.catalog
    queued = [queued_of(catalog, found) for found in change_sets(ledger).values() if found.open]
    found = [
        *_of_sets(person, by, queued),
        *_disputes(workspace, person, by),
        *_retractions(workspace, person, by),
        *_signatures(workspace, by),
        *_assigned(workspace, by),
    ]
    told = [replace(task, upon=called(workspace, task.subject)) for task in found]
    return sorted(told, key=lambda task: (task.since, task.act))


def _may(person: Person, by: Caller, kind: ActKind, materials: Collection[str]) -> bool:
    role = NEEDS[kind]
    return all(person.may(role, scope) and by.within.covers(role, scope) for scope in (sorted(materials) or [EVERYTHING]))


def _interested(person: Person, about: Iterable[str], at: datetime) -> bool:
    named = set(about) - {person.id}
    return any(interest.about in named and interest.stands(at) for interest in person.interests)


def _of_sets(person: Person, by: Caller, queued: Iterable[Queued]) -> Iterator[Task]:
    for each in queued:
        found = each.change_set
        subject = Subject("set", found.id)
        if person.id in found.authors:
            if found.status == "changes requested":
                sentence = f"{found.decided_by} asks for changes of '{found.title}': {found.decided}"
                yield Task("revise", subject, sentence, found.changed_at, found.position, found.assignee)
            elif each.stale:
                sentence = f"'{found.title}' was made on what no longer counts: {', '.join(each.stale_items)}"
                yield Task("rebase", subject, sentence, found.changed_at, found.position, found.assignee)
            continue
        about = {*found.materials, *found.authors, *(edit.document for edit in found.edits)}
        if found.status == "open" and _may(person, by, "accept", found.materials):
            if _interested(person, about, found.changed_at):
                continue
            sentence = f"'{found.title}' by {', '.join(found.authors)} waits for a review"
            yield Task("review", subject, sentence, found.changed_at, found.position, found.assignee)


def _disputes(workspace: Recorded, person: Person, by: Caller) -> Iterator[Task]:
    catalog = workspace.catalog
    upon: dict[Subject, list[Act]] = defaultdict(list)
    for act in workspace.ledger.acts_of_kinds(["dispute", "settle"]):
        if act.subject is not None:
            upon[act.subject].append(act)
    by_assertion = {entry.record.id: entry for entry in catalog.entries.values()}
    for subject, acts in upon.items():
        entry = by_assertion.get(subject.name) or catalog.entries.get(subject.name.partition("/")[0])
        if entry is None:
            continue  # it does not count any more, so nothing hangs on the dispute
        materials = materials_of(catalog, [entry.record])
        for dispute in disputes(acts):
            if dispute.outcome is not None or dispute.by == person.id or not _may(person, by, "settle", materials):
                continue
            if not _interested(person, {*materials, entry.record.document}, dispute.at):
                sentence = f"{dispute.by} disputes {entry.kind} '{entry.id}': {dispute.reason}"
                yield Task("dispute", subject, sentence, dispute.at, dispute.position)


def _retractions(workspace: Recorded, person: Person, by: Caller) -> Iterator[Task]:
    for act, gone, entry in calls_for_review(workspace):
        materials = materials_of(workspace.catalog, [entry])
        if _may(person, by, "settle", materials) and not _interested(person, {*materials, entry.document}, act.at):
            sentence = f"{entry.kind} '{entry.item}' rests on '{gone.item}', which {act.actor} retracted: {act.reason}"
            yield Task("retraction", Subject("item", entry.item), sentence, act.at, act.position)


def calls_for_review(workspace: Recorded) -> Iterator[tuple[Act, AssertionRecord, AssertionRecord]]:
    """Yield each retraction with what it retracted and each item that counts and rests on that.

    An item rests on what it names, and on its document. One that was changed since, or of which somebody said that it stands,
    needs no review.
    """
    ledger, catalog = workspace.ledger, workspace.catalog
    acts = [act for act in ledger.acts_of_kinds(["retract"]) if act.assertion is not None]
    records = ledger.assertions(act.assertion for act in acts if act.assertion is not None)
    last = {records[str(act.assertion)].item: act for act in acts if records[str(act.assertion)].item not in catalog.entries}
    if not last:
        return
    accepted = {act.assertion: act.position for act in ledger.acts_of_kinds(["accept", "restore"]) if act.assertion is not None}
    settled = {
        (act.subject.name, (act.content or {}).get("of"))
        for act in ledger.acts_of_kinds(["settle"])
        if act.subject is not None and act.subject.kind == "item"
    }
    counted = {str(act.assertion) for act in last.values()} & accepted.keys()
    resting = _resting_on(catalog, last)
    for item, act in last.items():
        gone = records[str(act.assertion)]
        if gone.id not in counted:  # it was withdrawn before it ever counted
            continue
        for name in resting.get(item, ()):
            record = catalog.entries[name].record
            if accepted.get(record.id, 0) < act.position and (name, act.position) not in settled:
                yield act, gone, record


def _resting_on(catalog: Catalog, items: Collection[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entry in catalog.entries.values():
        named = {name.partition("/")[0] for name in _strings(entry.record.body)} | {entry.record.document}
        for item in named & set(items) - {entry.id}:
            found[item].append(entry.id)
    return found


def _signatures(workspace: Recorded, by: Caller) -> Iterator[Task]:
    if not any(act.actor == by.person for act in workspace.ledger.acts_of_kinds(["sign-off"])):
        return
    for each in signatures(workspace):
        signed = each.signed
        if signed.by == by.person and each.stale:
            now = f"it says '{each.says}' now" if each.says not in (None, signed.says) else "what it rests on has changed"
            if each.says is None:
                now = "it does not count any more"
            sentence = f"your signature upon {called(workspace, signed.subject)} is stale: {now}"
            yield Task("signature", signed.subject, sentence, signed.at, signed.position)


def _assigned(workspace: Recorded, by: Caller) -> Iterator[Task]:
    last = {act.subject: act for act in workspace.ledger.acts_of_kinds(["assign"]) if act.subject is not None}
    for subject, act in last.items():
        if (act.content or {}).get("to") != by.person:
            continue
        if subject.kind == "set":
            found = change_sets(workspace.ledger)[subject.name]
            if not found.open:
                continue
        why = f": {act.reason}" if act.reason else ""
        sentence = f"{act.actor} assigned {called(workspace, subject)} to you{why}"
        yield Task("assigned", subject, sentence, act.at, act.position, by.person)


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
