"""Watch a hypothesis: a candidate or a whole space of one's own or of the corpus. When its verdict flips, that is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mechkg.curation.desk import at_desk
from mechkg.curation.ledger import Ledger
from mechkg.errors import NotFoundError, RefusedActError
from mechkg.model.ledger_record import Act, Subject
from mechkg.model.person import Caller


@dataclass(frozen=True, slots=True)
class Flip:
    """A verdict that an act changed: before, after, and the act that caused it."""

    position: int
    at: datetime
    candidate: str
    before: str | None
    after: str | None
    cause: int


@dataclass(frozen=True, slots=True)
class Watch:
    """A hypothesis that somebody watches. ``hypothesis``: space, steps, postulates, withdrawn assumptions, as plain content.

    ``verdicts``: candidate -> verdict when last looked at, at ledger position ``checked``.
    """

    id: str
    by: str
    title: str
    hypothesis: Mapping[str, Any]
    since: datetime
    checked: int
    verdicts: Mapping[str, str] = field(default_factory=dict)
    flips: tuple[Flip, ...] = ()
    ended: bool = False


def watch(
    ledger: Ledger, by: Caller, title: str, hypothesis: Mapping[str, Any], *, verdicts: Mapping[str, str], checked: int
) -> Watch:
    """Begin to watch a hypothesis whose verdicts are these at ledger position ``checked``."""
    with at_desk(ledger, by) as desk:
        desk.require("watch")
        subject = Subject("watch", f"watch-{desk.batch.next_position}")
        content = {"title": title, "hypothesis": dict(hypothesis), "verdicts": dict(verdicts), "checked": checked}
        desk.act("watch", subject, None, content)
        return fold(desk.batch.acts_on(subject))[subject.name]


def unwatch(ledger: Ledger, by: Caller, watch_id: str) -> Watch:
    """End a watch of one's own. Raise NotFoundError for any other, RefusedActError when it has ended."""
    subject = Subject("watch", watch_id)
    with at_desk(ledger, by) as desk:
        found = fold(desk.batch.acts_on(subject)).get(watch_id)
        if found is None or found.by != by.person:  # that others watch something is not told
            raise NotFoundError(f"you have no watch called '{watch_id}'", hint="watches are named watch-N")
        desk.require("watch")
        if found.ended:
            raise RefusedActError(f"cannot end {watch_id}: it has ended")
        desk.act("watch", subject, None, {"ended": True})
        return replace(found, ended=True)


def flip(
    ledger: Ledger, watch_id: str, verdicts: Mapping[str, str], *, checked: int, cause: int, before: Mapping[str, str]
) -> Act | None:
    """Record that the verdicts of a watch read so at ledger position ``checked``, since act ``cause``.

    Writes nothing when somebody else recorded it for this position or a later one; the program itself acts.
    """
    subject = Subject("watch", watch_id)
    with at_desk(ledger, Caller("mechkg", "system")) as desk:
        found = fold(desk.batch.acts_on(subject)).get(watch_id)
        if found is None or found.ended or found.checked >= checked:
            return None
        changed = {
            name: [before.get(name), verdicts.get(name)]
            for name in sorted({*before, *verdicts})
            if before.get(name) != verdicts.get(name)
        }
        return desk.act(
            "flip", subject, None, {"verdicts": dict(verdicts), "checked": checked, "cause": cause, "changed": changed}
        )


def fold(acts: Iterable[Act]) -> dict[str, Watch]:
    """Return every watch, by id, that the acts, oldest first, come to."""
    found: dict[str, Watch] = {}
    for act in acts:
        if act.subject is None or act.subject.kind != "watch":
            continue
        name, content = act.subject.name, act.content or {}
        if act.kind == "watch" and content.get("ended"):
            found[name] = replace(found[name], ended=True)
        elif act.kind == "watch":
            found[name] = Watch(
                name, act.actor, content["title"], content["hypothesis"], act.at, content["checked"], content["verdicts"]
            )
        elif act.kind == "flip":
            flips = tuple(
                Flip(act.position, act.at, candidate, before, after, content["cause"])
                for candidate, (before, after) in content["changed"].items()
            )
            found[name] = replace(
                found[name], checked=content["checked"], verdicts=content["verdicts"], flips=(*found[name].flips, *flips)
            )
    return found
