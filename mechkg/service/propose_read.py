"""Put what was read in a paper into the queue, marked as made by a machine: what is complete as proposals, the rest as drafts.

The mark says which reader in which version, the hash of the document, and the place of each quote in it. A draft keeps the mark,
and gives it to the change set that it is proposed as once a curator has added what the sentence does not say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from mechkg.errors import BadInputError
from mechkg.model.change_set import ChangeSet
from mechkg.model.corpus import ITEM_TYPES, SECTIONS
from mechkg.model.draft import Draft
from mechkg.model.person import Caller
from mechkg.service.acting import PutItem
from mechkg.service.draft import drafts, history_of_draft, save_draft
from mechkg.service.propose import propose
from mechkg.service.read_paper import Offered, ReadPaper
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of suggestions: change sets in the queue, and drafts of the one who entered them."""

    proposed: tuple[ChangeSet, ...]
    drafts: tuple[Draft, ...]


def propose_read(
    workspace: Workspace,
    by: Caller,
    found: ReadPaper,
    chosen: Collection[int] | None = None,
    *,
    filled: Mapping[int, Mapping[str, Any]] | None = None,
) -> Entered:
    """Enter the suggestions with these numbers (by default all that are new): a change set or a draft for each.

    ``filled`` gives fields that a sentence left open, by number; what is incomplete even so becomes a draft. With a document that
    is new here, all that is complete is one change set with it, since the drafts need it too. What the caller has as a draft, or
    had, is not saved again unless it is chosen. Raises BadInputError, before anything is entered, for what is not there, is no
    item, or was proposed before; and as :func:`mechkg.service.propose.propose` does.
    """
    ready = _chosen(found, chosen, filled or {})
    if chosen is None:
        had = _drafted(workspace, by)
        ready = [each for each in ready if not each.missing or str(each.body["id"]) not in had]
    for each in ready:
        _check(each)
    if not ready:
        raise BadInputError("nothing is left to propose", hint="what waits, counts, or is a draft of yours is not entered again")
    whole, open_ones = [each for each in ready if not each.missing], [each for each in ready if each.missing]
    groups = [[each] for each in whole]
    if found.new_document:
        groups = [whole]
    proposed = [_proposed(workspace, by, found, group) for group in groups]
    return Entered(tuple(proposed), tuple(_saved(workspace, by, found, each) for each in open_ones))


def _chosen(found: ReadPaper, chosen: Collection[int] | None, filled: Mapping[int, Mapping[str, Any]]) -> list[Offered]:
    """Return what is to be entered, with the fields that are given, in the order of the paper."""
    by_number = {each.number: each for each in found.offered}
    for number in (*(chosen or ()), *filled):
        if number not in by_number:
            raise BadInputError(f"there is no suggestion {number}", hint=f"they are numbered 1 to {len(by_number)}")
    ready = [replace(each, body={**each.body, **filled.get(each.number, {})}) for each in found.offered]
    return [each for each in ready if (each.standing == "new" if chosen is None else each.number in chosen)]


def _check(each: Offered) -> None:
    if each.standing != "new":
        where = f", as '{each.same}'" if each.same else ""
        raise BadInputError(f"suggestion {each.number} is {each.standing} already{where}", hint="it is not proposed twice")
    try:
        ITEM_TYPES[each.suggestion.kind].model_validate(each.body)
    except ValidationError as error:
        wrong = [d for d in error.errors() if d["type"] != "missing" or d["loc"][:1] not in {(name,) for name in each.missing}]
        if wrong:
            told = "; ".join(f"{'.'.join(map(str, d['loc']))}: {d['msg']}" for d in wrong)
            raise BadInputError(f"suggestion {each.number} is no {each.suggestion.kind}: {told}") from error


def _proposed(workspace: Workspace, by: Caller, found: ReadPaper, group: Sequence[Offered]) -> ChangeSet:
    puts = [PutItem(each.suggestion.kind, found.document, each.body) for each in group]
    title = _title(found, group[0]) if len(group) == 1 else f"Read in {found.paper.name}"[:200]
    if found.new_document:
        puts = [PutItem("document", found.document, found.about), *puts]
    return propose(workspace, by, puts, title=title, machine=_machine(found, group))


def _saved(workspace: Workspace, by: Caller, found: ReadPaper, each: Offered) -> Draft:
    """Save a suggestion as a draft: a proposal as in a file, but for the fields that it has not."""
    section = next(section for section, kind in SECTIONS.items() if kind == each.suggestion.kind)
    content = {
        "title": _title(found, each),
        "document": found.document,
        section: [dict(each.body)],
        "machine": _machine(found, [each]) | {"missing": list(each.missing)},
    }
    return save_draft(workspace, by, content)


def _title(found: ReadPaper, each: Offered) -> str:
    return f"Read in {found.paper.name}: {each.title}"[:200]


def _drafted(workspace: Workspace, by: Caller) -> set[str]:
    """Return the ids of what the caller has, or had, as a draft that a machine made."""
    found: set[str] = set()
    for draft in drafts(workspace, by, discarded=True):
        versions = history_of_draft(workspace, by, draft.id) if draft.discarded else [draft]
        for content in (version.content for version in versions):
            if isinstance(content, Mapping) and isinstance(machine := content.get("machine"), Mapping):
                found.update(machine.get("quotes", {}))
    return found


def _machine(found: ReadPaper, group: Sequence[Offered]) -> dict[str, Any]:
    """Return what is kept of how the suggestions came about, with the selectors of each quote."""
    paper = found.paper
    reader = found.offered[0].suggestion
    return {
        "reader": reader.reader,
        "version": reader.version,
        "document": paper.sha256,
        "text": paper.text_sha256,
        "text_by": paper.read_by,
        "quotes": {str(each.body["id"]): each.anchor.to_json() for each in group},
        "why": {str(each.body["id"]): each.suggestion.why for each in group},
    }
