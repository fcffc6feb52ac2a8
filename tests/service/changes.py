"""Changes of the shipped corpus that tests propose, chosen for what they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.acting import Asked
from mechkg.service.impact import Impact, impact
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.workspace import Workspace
from tests.curation.staff import CLEO

LIMIT = "detection-limit-of-absorption"
"""An assumption without which absences rule nothing out."""

FREED = ("msc-399-in-toluene", "back-to-pc-and-on")
"""Space and candidate that only such an absence rules out."""

REMARK = "w-05"
"""Something that no verdict hangs on."""


def proposed(workspace: Workspace, *asked: Asked, by: Caller = CLEO, title: str = "A title", **more: Any) -> ChangeSet:
    """Propose what is asked for."""
    return propose(workspace, by, asked, title=title, **more)


def changed(workspace: Workspace, item: str, by: Caller = CLEO, title: str = "A title", **fields: Any) -> ChangeSet:
    """Propose that some fields of an item read so."""
    return proposed(workspace, changed_item(workspace.catalog, item, fields), by=by, title=title)


def impact_on(workspace: Workspace, asked: Sequence[Asked]) -> Impact:
    """Work out what an edit would change, without proposing it."""
    from mechkg.curation.edits import Put, checked
    from mechkg.service.acting import wishes_of

    wishes = wishes_of(workspace.catalog, asked)
    return impact(workspace, checked(wishes), {wish.record.id: wish.record for wish in wishes if isinstance(wish, Put)})
