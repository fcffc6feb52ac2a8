"""What is said upon something: comments and disputes."""

from __future__ import annotations

from dataclasses import dataclass

from mechkg.curation.threads import Dispute, comments, disputes
from mechkg.model.change_set import Comment
from mechkg.model.ledger_record import Subject
from mechkg.service.history import history
from mechkg.service.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Discussion:
    """Comments and disputes, oldest first."""

    comments: tuple[Comment, ...]
    disputes: tuple[Dispute, ...]


def discussion(workspace: Recorded, subject: Subject) -> Discussion:
    """Return what is said upon a subject; upon an item that includes what is said upon its assertions.

    Raise NotFoundError, with the nearest name where there is one, when there is no such thing.
    """
    acts = history(workspace, subject)
    return Discussion(tuple(comments(acts)), tuple(disputes(acts)))
