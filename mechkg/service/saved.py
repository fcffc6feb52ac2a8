"""Settings of the workbench that somebody saved under a name: watches of a space, with what became of their verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.person import Caller
from mechkg.service.check import AD_HOC
from mechkg.service.history import happened, sentence
from mechkg.service.recorded import Recorded
from mechkg.service.watches import Flip, Hypothesis, Watch, watch, watch_of, watches_of
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Change:
    """A verdict that changed, and what was done that changed it, in a sentence; ``change_set`` where that was to accept one."""

    flip: Flip
    cause: str
    change_set: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved setting: what it is of, the titles of the space and of its candidates, and every change, the last one first.

    ``title`` is empty where the space does not count any more.
    """

    watch: Watch
    hypothesis: Hypothesis
    title: str
    candidates: dict[str, str]
    changes: tuple[Change, ...]

    @property
    def setting(self) -> Setting:
        """The premises, and the candidate of one's own."""
        given = self.hypothesis
        return Setting(given.without, given.ignoring, given.steps or (), given.postulates)


def save(workspace: Workspace, by: Caller, space: str, setting: Setting, title: str, candidate: str | None = None) -> Watch:
    """Save a setting of a space and watch it: its own candidate where it has one, else the named one, else all of them.

    Raises as :func:`mechkg.service.watches.watch` does.
    """
    steps = setting.steps if setting.own else None
    named = None if candidate == AD_HOC else candidate
    wanted = Hypothesis(space, named, steps, setting.postulates, setting.without, setting.ignoring)
    return watch(workspace, by, wanted, title=title)


def saved_by(view: Recorded, person: str, space: str | None = None) -> list[Saved]:
    """Return what somebody saved and has not given up, of one space or of all; what changed or was saved last comes first."""
    those = [one for one in watches_of(view.ledger, person) if space in (None, one.hypothesis["space"])]
    those.sort(key=lambda one: (one.flips[-1].at if one.flips else one.since, one.since), reverse=True)
    return [_told(view, one) for one in those]


def saved_as(view: Recorded, person: str, name: str) -> Saved:
    """Return one saved setting; raise NotFoundError with the nearest of their own for any other."""
    return _told(view, watch_of(view.ledger, person, name))


def _told(view: Recorded, found: Watch) -> Saved:
    hypothesis = Hypothesis.of(found.hypothesis)
    space = view.catalog.space(hypothesis.space) if hypothesis.space in view.catalog.entries else None
    titles = {**_titles(space), AD_HOC: "The candidate put together here"}
    return Saved(found, hypothesis, space.title if space else "", titles, tuple(_changes(view, reversed(found.flips))))


def _titles(space: HypothesisSpace | None) -> dict[str, str]:
    return {one.id: one.title for one in space.candidates} if space else {}


def _changes(view: Recorded, flips: Iterable[Flip]) -> Iterable[Change]:
    causes: dict[int, tuple[str, str]] = {}
    for flip in flips:
        if flip.cause not in causes:
            causes[flip.cause] = _cause(view, flip.cause)
        yield Change(flip, *causes[flip.cause])


def _cause(view: Recorded, position: int) -> tuple[str, str]:
    acts = happened(view.ledger, view.ledger.acts(position - 1, position))
    if not acts:
        return "", ""
    subject = acts[0].act.subject
    return sentence(acts[0]), subject.name if subject is not None and subject.kind == "set" else ""
