"""A graph in a folder of this machine, asked through the use cases themselves; the same questions as of one on a server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args

from mechkg.client.documents import chosen as operation_in
from mechkg.client.failures import error_in, nothing_in
from mechkg.client.graph import BUDGET, AsOf, Graph, moment, subject
from mechkg.client.pages import Page, Pages
from mechkg.client.questions import FileOfRelease
from mechkg.client.snapshot import MANIFEST, download, written_whole
from mechkg.curation.decide import Decision
from mechkg.curation.enrol import enrol
from mechkg.curation.settle import Outcome
from mechkg.errors import BadInputError, RefusedActError
from mechkg.graph.import_release import verify_release
from mechkg.model.answer import Answer
from mechkg.model.asserted import Asserted
from mechkg.model.belief import Belief
from mechkg.model.change_set import ChangeSet, RetractionCode
from mechkg.model.comparison import Comparison
from mechkg.model.disagreement import Disagreement
from mechkg.model.experiment import Plan
from mechkg.model.filter import Filter, Sort
from mechkg.model.happened import Happened, Wanted
from mechkg.model.ledger_record import Act, Door, Subject, SubjectKind
from mechkg.model.person import Caller
from mechkg.model.release import Release
from mechkg.model.report import ConflictSets, Matrix, Report, WhatIf, Whole
from mechkg.model.verdict import Check, Explanation
from mechkg.model.wish import Change, Put, Remove, Wish
from mechkg.service import history as told
from mechkg.service.accept import accept
from mechkg.service.acting import Asked, PutItem, RemoveItem, change_set_of
from mechkg.service.ask import ask
from mechkg.service.assign import assign
from mechkg.service.belief import belief
from mechkg.service.check import check
from mechkg.service.choosing import chosen
from mechkg.service.comment import comment
from mechkg.service.conflicts import conflicts
from mechkg.service.decide import decide
from mechkg.service.declare import declare
from mechkg.service.diff import compare
from mechkg.service.disagreements import disagreements
from mechkg.service.dispute import dispute
from mechkg.service.identifiers import IdentifierKind, is_iri, name_of, read_iri
from mechkg.service.import_release import import_release
from mechkg.service.matrix import matrix
from mechkg.service.next_experiment import next_experiment
from mechkg.service.people import acting
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.recorded import Recorded
from mechkg.service.reject import reject
from mechkg.service.release import all_releases, find_release
from mechkg.service.released_files import released_file, released_files
from mechkg.service.report import report
from mechkg.service.request_changes import request_changes
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.revise import revise
from mechkg.service.settle import settle
from mechkg.service.supersede import supersede
from mechkg.service.values import asserted, comparison
from mechkg.service.what_if import what_if
from mechkg.service.whole_space import whole_space
from mechkg.service.why import why
from mechkg.service.withdraw import withdraw
from mechkg.service.workspace import Workspace

if TYPE_CHECKING:
    from mechkg.api.schema import Schema

T = TypeVar("T")

_SUBJECTS: Final = frozenset(get_args(SubjectKind))


class EmbeddedGraph(Graph):
    """A graph in a folder.

    ``person`` acts, by default the only one who is known there, by a ``door``. Nobody acts where it is ``fixed``, which says what
    stays as it is.
    """

    def __init__(
        self,
        workspace: Workspace,
        as_of: AsOf | None = None,
        *,
        person: str | None = None,
        door: Door = "python",
        fixed: str | None = None,
    ) -> None:
        self._workspace = workspace
        self._as_of = moment(as_of)
        self._person = person
        self._door = door
        self._fixed = fixed
        self._schema: Schema | None = None

    @classmethod
    def open(
        cls, home: Path | str | None = None, *, ledger: str | None = None, as_of: AsOf | None = None, person: str | None = None
    ) -> EmbeddedGraph:
        """Open the graph in ``home``; see :func:`mechkg.open`."""
        return cls(Workspace.open(home, ledger=ledger), as_of, person=person)

    @classmethod
    def snapshot_in(cls, folder: Path | str, as_of: AsOf | None = None) -> EmbeddedGraph:
        """Open the files of a release; see :func:`mechkg.open_snapshot`."""
        folder = Path(folder)
        manifest = verify_release(folder)
        return cls(Workspace.open(_home_of(folder)), as_of, fixed=f"release {manifest.release}")

    @property
    def _view(self) -> Recorded:
        return self._workspace.view(self._as_of)

    def at(self, as_of: AsOf | None) -> EmbeddedGraph:
        return EmbeddedGraph(self._workspace, as_of, person=self._person, door=self._door, fixed=self._fixed)

    @property
    def version(self) -> int:
        return self._view.catalog.version

    def close(self) -> None:
        self._workspace.close()

    # --- items

    def assertion(self, name: str) -> Asserted:
        return asserted(self._view.catalog.find(name_of(name, "item")))

    def _assertions(self, where: Filter, order: Sequence[Sort]) -> Pages[Asserted]:
        def fetch(first: int, after: str | None) -> Page[Asserted]:
            page = self._view.catalog.models.page(where, order, first=first, after=after)
            found = tuple(asserted(entry) for entry in page.entries)
            return Page(found, page.total, page.cursors[-1] if page.has_next and page.cursors else None)

        return Pages(fetch)

    def _search(self, text: str, where: Filter, first: int) -> tuple[Asserted, ...]:
        catalog = self._view.catalog
        found = catalog.models.search(text, given=where, most=max(0, first))
        return tuple(asserted(catalog.entries[hit.item]) for hit in found.hits)

    # --- verdicts

    def check(
        self,
        space: str,
        *,
        candidates: Collection[str] = (),
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
    ) -> Check:
        return check(
            self._view,
            _item(space),
            candidates=_parts(candidates),
            without=_items(without),
            ignoring=_items(ignoring),
            steps=None if steps is None else _items(steps),
            postulates=_parts(postulates),
        )

    def why(
        self,
        space: str,
        candidate: str | None = None,
        *,
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
    ) -> Explanation:
        return why(
            self._view,
            _item(space),
            None if candidate is None else _part(candidate),
            without=_items(without),
            ignoring=_items(ignoring),
            steps=None if steps is None else _items(steps),
            postulates=_parts(postulates),
        )

    def whole_space(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Whole:
        return whole_space(self._view, _item(space), without=_items(without), ignoring=_items(ignoring))[0]

    def matrix(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Matrix:
        return matrix(self._view, _item(space), without=_items(without), ignoring=_items(ignoring))[0]

    def conflicts(
        self,
        space: str,
        candidate: str | None = None,
        *,
        without: Collection[str] = (),
        ignoring: Collection[str] = (),
        steps: Collection[str] | None = None,
        postulates: Collection[str] = (),
        budget: float = BUDGET,
    ) -> ConflictSets:
        return conflicts(
            self._view,
            _item(space),
            None if candidate is None else _part(candidate),
            without=_items(without),
            ignoring=_items(ignoring),
            steps=None if steps is None else _items(steps),
            postulates=_parts(postulates),
            budget=budget,
        )

    def what_if(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> WhatIf:
        return what_if(self._view, _item(space), without=_items(without), ignoring=_items(ignoring))[0]

    def next_experiment(self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Plan:
        return next_experiment(self._view, _item(space), without=_items(without), ignoring=_items(ignoring))[0]

    def report(
        self, space: str, *, without: Collection[str] = (), ignoring: Collection[str] = (), budget: float = BUDGET
    ) -> Report:
        return report(self._view, _item(space), without=_items(without), ignoring=_items(ignoring), budget=budget).found

    # --- the record

    def belief(self, name: str) -> Belief:
        return belief(self._view, _item(name)).belief

    def disagreements(self) -> Pages[Disagreement]:
        return _listed(lambda: sorted((each.disagreement for each in disagreements(self._view).found), key=lambda one: one.id))

    def history(self, of: str) -> tuple[Act, ...]:
        return tuple(told.history(self._view, _subject(of)))

    def changes_since(self, when: AsOf) -> Pages[Happened]:
        def fetch(first: int, after: str | None) -> Page[Happened]:
            view, then = self._view, self._workspace.at(moment(when) or "").ledger
            last, total = then.position(), view.ledger.count(Wanted()) - then.count(Wanted())
            if first == 0:
                return Page((), total, None)
            page = told.find(view, Wanted(), after=last, before=int(after) if after else None, newest=True, most=first)
            return Page(page.found, total, str(page.last) if page.more else None)

        return Pages(fetch)

    def diff(self, before: AsOf, after: AsOf | None = None, *, verdicts: bool = True) -> Comparison:
        other = moment(after) or self._as_of or str(self._workspace.version)
        return comparison(compare(self._workspace.at(moment(before) or ""), self._workspace.at(other), verdicts=verdicts))

    def releases(self) -> Pages[Release]:
        return _listed(lambda: sorted(all_releases(self._view.ledger), key=lambda one: (one.position, one.name)))

    def snapshot(self, release: str, folder: Path | str) -> Path:
        name = find_release(self._workspace.ledger, name_of(release, "release")).name
        files = [FileOfRelease(one.name, one.bytes, one.sha256) for one in released_files(self._workspace, name)]

        def fetch(file: str, into: Path) -> str:
            shutil.copyfile(released_file(self._workspace, name, file).path, into)
            with into.open("rb") as content:
                return hashlib.file_digest(content, "sha256").hexdigest()

        return download(name, files, fetch, Path(folder))

    def ask(self, question: str, **parameters: object) -> Answer:
        return ask(self._view, question, {name: str(value) for name, value in parameters.items()})

    def answer(self, operation: str, variables: Mapping[str, Any] | None = None, *, name: str | None = None) -> dict[str, Any]:
        from mechkg.api.answer import answered, own_schema

        written = operation_in(operation, name)
        caller = self._caller() if written.kind == "mutation" or self._person is not None else None
        if self._schema is None:
            self._schema = own_schema()
        carried_out = answered(self._schema, self._workspace, caller, operation, variables or {}, written.name)
        with ThreadPoolExecutor(1) as thread:  # who asks may be in an event loop already, as in a notebook
            content = thread.submit(asyncio.run, carried_out).result()
        if content.get("errors") and nothing_in(content.get("data")):
            raise error_in(content["errors"])
        return content

    # --- acts

    def _caller(self) -> Caller:
        if self._fixed is not None:
            raise RefusedActError(f"{self._fixed} stays as it is", hint="open the graph that it was made from")
        return replace(acting(self._workspace.ledger, self._person), door=self._door)

    def change_set(self, name: str) -> ChangeSet:
        return change_set_of(self._view, name_of(name, "set"))

    def propose(self, title: str, *wishes: Wish, reason: str | None = None) -> ChangeSet:
        by = self._caller()
        return propose(self._workspace, by, [_asked(self._workspace, one) for one in wishes], title=title, reason=reason)

    def revise(
        self, change_set: str, *wishes: Wish, revision: int, title: str | None = None, reason: str | None = None
    ) -> ChangeSet:
        asked = [_asked(self._workspace, one) for one in wishes]
        name = name_of(change_set, "set")
        return revise(self._workspace, self._caller(), name, asked, revision=revision, title=title, reason=reason)

    def withdraw(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return withdraw(self._workspace, self._caller(), name_of(change_set, "set"), revision=revision, reason=reason)

    def request_changes(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return request_changes(self._workspace, self._caller(), name_of(change_set, "set"), revision=revision, reason=reason)

    def accept(
        self,
        change_set: str,
        *,
        revision: int,
        reason: str | None = None,
        despite: Mapping[str, str] | None = None,
        alone: str | None = None,
    ) -> ChangeSet:
        return accept(
            self._workspace,
            self._caller(),
            name_of(change_set, "set"),
            revision=revision,
            reason=reason,
            despite=despite or None,
            alone=alone,
        )

    def reject(self, change_set: str, *, revision: int, reason: str) -> ChangeSet:
        return reject(self._workspace, self._caller(), name_of(change_set, "set"), revision=revision, reason=reason)

    def retract(self, assertion: str, *, code: RetractionCode, reason: str) -> Act:
        why_gone = chosen("code of why something goes", code, cast("tuple[RetractionCode, ...]", get_args(RetractionCode)))
        return retract(self._workspace, self._caller(), name_of(assertion, "assertion"), code=why_gone, reason=reason)

    def restore(self, assertion: str, *, reason: str) -> Act:
        return restore(self._workspace, self._caller(), name_of(assertion, "assertion"), reason=reason)

    def supersede(self, assertion: str, *, successor: str, reason: str) -> Act:
        those = name_of(assertion, "assertion"), name_of(successor, "assertion")
        return supersede(self._workspace, self._caller(), those[0], successor=those[1], reason=reason)

    def comment(self, upon: str, text: str, *, answers: int | None = None) -> Act:
        return comment(self._workspace, self._caller(), _subject(upon), text, answers=answers)

    def dispute(self, upon: str, reason: str, *, rests_on: Collection[str] = ()) -> Act:
        return dispute(self._workspace, self._caller(), _subject(upon), reason, rests_on=_items(rests_on))

    def settle(self, upon: str, *, of: int, outcome: str, reason: str) -> Act:
        end = chosen("outcome", outcome, cast("tuple[Outcome, ...]", get_args(Outcome)))
        return settle(self._workspace, self._caller(), _subject(upon), reason, outcome=end, of=of)

    def decide(self, disagreement: str, decision: str, reason: str, *, holds: str | None = None) -> Act:
        how = chosen("decision", decision, cast("tuple[Decision, ...]", get_args(Decision)))
        name = name_of(disagreement, "disagreement")
        held = None if holds is None else name_of(holds, "item", "assertion")
        return decide(self._workspace, self._caller(), name, how, reason, holds=held)

    def assign(self, what: str, to: str | None, *, reason: str | None = None) -> Act:
        person = None if to is None else name_of(to, "person")
        return assign(self._workspace, self._caller(), _subject(what), person, reason=reason)

    def declare(self, about: str, why: str, *, until: datetime | None = None, gone: bool = False) -> Act:
        named = name_of(about, "item", "person")
        return declare(self._workspace, self._caller(), named, why, until=until, gone=gone)


# --- lists ------------------------------------------------------------------------------------------------------------


def _listed(those: Any) -> Pages[Any]:
    """Return the list that a call gives, which is short enough to be had at once."""

    def fetch(first: int, after: str | None) -> Page[Any]:
        every = tuple(those())
        start = int(after or 0)
        end = start + first
        return Page(every[start:end], len(every), str(end) if end < len(every) else None)

    return Pages(fetch)


# --- names ------------------------------------------------------------------------------------------------------------


def _item(name: str) -> str:
    return name_of(name, "item")


def _items(names: Collection[str]) -> list[str]:
    return [name_of(name, "item") for name in names]


def _part(name: str) -> str:
    return name_of(name, "part", "verdict").rpartition("/")[2] if is_iri(name) else name


def _parts(names: Collection[str]) -> list[str]:
    return [_part(name) for name in names]


def _subject(of: str) -> Subject:
    if not is_iri(of):
        return Subject.parse(subject(of))
    found = read_iri(of)
    kind: IdentifierKind = found.kind
    if kind not in _SUBJECTS:
        raise BadInputError(f"nothing is said upon a {kind} ('{of}')")
    return Subject(cast("SubjectKind", kind), found.name)


def _asked(workspace: Workspace, wish: Wish) -> Asked:
    match wish:
        case Put(kind=kind, document=document, content=content):
            return PutItem(kind, name_of(document, "item"), content)
        case Change(item=item, fields=fields):
            return changed_item(workspace.catalog, name_of(item, "item"), fields)
        case Remove(item=item, code=code):
            return RemoveItem(name_of(item, "item"), code)


# --- releases in folders ----------------------------------------------------------------------------------------------

_HOME: Final = ".home"
_STAMP: Final = "made_from.json"


def _home_of(folder: Path) -> Path:
    """Return the home made from the files of a release, which lies beside them; it is made anew where they are others.

    Raise BadInputError when nothing can be written there.
    """
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    home = folder / _HOME
    if _stamp_of(home) == digest:
        return home
    try:
        with written_whole(home, unless=lambda: _stamp_of(home) == digest) as temporary:  # another process may be faster
            with Workspace.open(temporary) as workspace:
                by = Caller("snapshot", "system")
                enrol(workspace.ledger, by, by.person, name="Snapshot of a release")
                import_release(workspace, by, folder)
            (temporary / _STAMP).write_text(json.dumps(digest), encoding="utf-8")
    except OSError as error:
        told = f"{folder} cannot be made ready to be asked: {error.strerror}"
        raise BadInputError(told, hint="copy it to where you may write") from error
    return home


def _stamp_of(home: Path) -> str | None:
    """Return the digest of what a home was made from; None for one that is not there, or was not made to the end."""
    try:
        found = json.loads((home / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, str) else None
