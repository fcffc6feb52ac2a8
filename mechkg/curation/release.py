"""Release: give what counts at a position of the ledger a name for good."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller
from mechkg.model.release import Release

__all__ = ["Release", "release", "releases"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}")


def release(ledger: Ledger, by: Caller, name: str, *, at: int | None = None, note: str | None = None) -> Release:
    """Name the state of what counts at position ``at``, now by default. It cannot be changed or taken back.

    Raise BadInputError for a name or position that is none, or a position in the middle of what was done at once;
    RefusedActError for a name that is taken.
    """
    if not _NAME.fullmatch(name):
        raise BadInputError(f"'{name}' is no name of a release", hint="letters, digits, dots, hyphens and underlines, at most 64")
    with at_desk(ledger, by) as desk:
        desk.require("release")
        last = desk.batch.next_position - 1
        position = last if at is None else at
        if not 1 <= position <= last:
            raise BadInputError(f"the ledger has no position {position}", hint=f"its last is {last}")
        named, *after = islice(ledger.acts(position - 1), 2)
        if after and (after[0].at, after[0].actor) == (named.at, named.actor):
            end = ledger.position_at(named.at)
            raise BadInputError(
                f"position {position} is in the middle of what {named.actor} did at once", hint=f"that ends at position {end}"
            )
        digest = named.digest
        act = desk.act("release", Subject("release", name), note, {"position": position, "digest": digest})
        return releases([act])[0]


def releases(acts: Iterable[Act]) -> list[Release]:
    """Return the releases among acts, oldest first."""
    return [
        Release(act.subject.name, act.content["position"], act.content["digest"], act.actor, act.at, act.reason)
        for act in acts
        if act.kind == "release" and act.subject is not None and act.content is not None
    ]
