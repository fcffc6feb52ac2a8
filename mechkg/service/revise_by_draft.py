"""Revise a change set in the forms in which items are written: as a draft of its edits, put in their place when it is ready."""

from __future__ import annotations

from typing import Any

from mechkg.curation import draft as written
from mechkg.errors import BadInputError, RefusedActError
from mechkg.model.change_set import ChangeSet
from mechkg.model.corpus import SECTIONS
from mechkg.model.draft import Draft
from mechkg.model.person import Caller
from mechkg.service.acting import change_set_of
from mechkg.service.draft import drafts, load_draft, save_draft
from mechkg.service.proposal import read_proposal
from mechkg.service.recorded import Recorded
from mechkg.service.revise import revise
from mechkg.service.workspace import Workspace

_SECTION_OF = {kind: section for section, kind in SECTIONS.items()}


def draft_of(workspace: Workspace, by: Caller, change_set: str) -> Draft:
    """Save what a change set of one's own asks for as a draft, or return the one that was made of it before.

    Raise RefusedActError for one of others or what no draft can say: new items of several papers, and papers themselves.
    """
    found = change_set_of(workspace, change_set)
    if by.person not in found.authors:
        raise RefusedActError(f"cannot revise {change_set}: it is by {', '.join(found.authors)}", hint="comment on it")
    before = drafts_of_set(workspace, by, change_set)
    return before[0] if before else save_draft(workspace, by, _content(workspace, found))


def drafts_of_set(workspace: Workspace, by: Caller, change_set: str) -> list[Draft]:
    """Return the drafts of who asks that were made of a change set, the one saved last first."""
    begins = _title(change_set, "")
    return [
        each
        for each in drafts(workspace, by)
        if isinstance(each.content, dict) and str(each.content.get("title", "")).startswith(begins)
    ]


def revise_by_draft(
    workspace: Workspace, by: Caller, change_set: str, draft: str, *, revision: int, reason: str | None = None
) -> ChangeSet:
    """Put what a draft says in place of the edits of a change set, and put the draft away.

    Raises as :func:`mechkg.service.revise.revise` does, and BadInputError for a draft that says nothing that can be proposed.
    """
    content = load_draft(workspace, by, draft)
    proposal = read_proposal(workspace.catalog, content.content)
    title = proposal.title.removeprefix(_title(change_set, "")).strip() or None
    revised = revise(workspace, by, change_set, proposal.asked, revision=revision, title=title, reason=reason or proposal.reason)
    written.discard(workspace.ledger, by, draft, version=content.version)
    return revised


def _title(change_set: str, title: str) -> str:
    return f"Revision of {change_set}: {title}"


def _content(workspace: Recorded, found: ChangeSet) -> dict[str, Any]:
    names = [name for edit in found.edits for name in (edit.assertion, edit.base) if name is not None]
    records = workspace.ledger.assertions(names)
    content: dict[str, Any] = {"title": _title(found.id, found.title)}
    if found.reason:
        content["reason"] = found.reason
    for edit in found.edits:
        if edit.op == "remove":
            content.setdefault("remove", []).append({"item": edit.item, "code": edit.code})
            continue
        body = records[str(edit.assertion)].body
        if edit.base is not None:
            old = records[edit.base].body
            fields = {key: body.get(key) for key in {**old, **body} if old.get(key) != body.get(key)}
            content.setdefault("change", {})[edit.item] = fields
            continue
        if edit.kind not in _SECTION_OF or content.setdefault("document", edit.document) != edit.document:
            raise BadInputError(
                f"{found.id} cannot be written as one draft: it adds a paper, or items of several",
                hint=f"mechkg curate revise {found.id} FILE does it",
            )
        content.setdefault(_SECTION_OF[edit.kind], []).append(body)
    return content
