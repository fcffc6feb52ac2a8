"""Random acts of several people, held after each to the rules written anew: a few dictionaries, and no code of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mechkg.curation.accept import accept
from mechkg.curation.change_set import fold, subject_of
from mechkg.curation.edits import Put, Remove, Wish
from mechkg.curation.enrol import grant, revoke
from mechkg.curation.ledger import Ledger
from mechkg.curation.propose import propose
from mechkg.curation.rebase import rebase
from mechkg.curation.reject import reject
from mechkg.curation.request_changes import request_changes
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.curation.revise import revise
from mechkg.curation.supersede import supersede
from mechkg.curation.withdraw import withdraw
from mechkg.errors import BadInputError, ForbiddenError, MechkgError, NotFoundError, RefusedActError, StaleError
from mechkg.model.person import Caller, Grant
from tests.curation import invariants
from tests.curation.staff import ADA, BEN, claim, employ

ITEMS, VERSIONS = ("i-0", "i-1"), ("v0", "v1", "v2")
RECORDS = {(item, version): claim(item, version) for item in ITEMS for version in VERSIONS}
NAMES = {record.id: key for key, record in RECORDS.items()}

Key = tuple[str, str]
Edits = dict[str, tuple[str | None, str | None]]
"""Item -> version that it is to have (None: removed), version that the edit was made on (None: new)."""


# --- the rules, written anew ------------------------------------------------------------------------------------------


@dataclass
class ModelSet:
    """A change set of the model."""

    author: str
    edits: Edits
    status: str = "open"
    revision: int = 1


@dataclass
class Model:
    """What should be there. Each act returns the kind of refusal, or None and has changed the model."""

    counts: dict[str, str] = field(default_factory=dict)
    past: dict[Key, list[str]] = field(default_factory=dict)
    sets: dict[str, ModelSet] = field(default_factory=dict)
    reviewers: set[str] = field(default_factory=lambda: {"ada", "ben"})

    def may(self, person: str, reviewing: bool) -> bool:
        """Whether a person may review, or write, in everything."""
        return person in self.reviewers or (not reviewing and person == "cleo")

    def last(self, item: str, version: str | None) -> str | None:
        """What was done last to a version."""
        return self.past.get((item, version or ""), [None])[-1]  # type: ignore[list-item]

    def _done(self, item: str, version: str, kind: str) -> None:
        self.past.setdefault((item, version), []).append(kind)

    def _stale(self, edits: Edits) -> bool:
        return any(self.counts.get(item) != base for item, (_, base) in edits.items())

    def propose(self, name: str, person: str, edits: Edits) -> type[MechkgError] | None:
        if any(new == base for new, base in edits.values()):
            return BadInputError
        if not self.may(person, reviewing=False):
            return ForbiddenError
        if self._stale(edits):
            return StaleError
        if any(self.last(item, new) == "propose" for item, (new, _) in edits.items()):
            return RefusedActError
        self.sets[name] = ModelSet(person, edits)
        for item, (new, _) in edits.items():
            if new is not None:
                self._done(item, new, "propose")
        return None

    def _blocked(self, found: ModelSet, revision: int, *statuses: str) -> bool:
        return found.status not in statuses or revision != found.revision

    def _take_back(self, found: ModelSet, kind: str, kept: Edits) -> None:
        for item, (new, _) in found.edits.items():
            if new is not None and kept.get(item, (None, None))[0] != new:
                self._done(item, new, kind)

    def revise(self, name: str, person: str, revision: int, edits: Edits) -> type[MechkgError] | None:
        if any(new == base for new, base in edits.values()):
            return BadInputError
        found = self.sets[name]
        if not self.may(person, reviewing=False):
            return ForbiddenError
        if self._blocked(found, revision, "open", "changes requested") or person != found.author:
            return RefusedActError
        if self._stale(edits):
            return StaleError
        fresh = {i: e for i, e in edits.items() if e[0] is not None and found.edits.get(i, (None, None))[0] != e[0]}
        if any(self.last(item, new) == "propose" for item, (new, _) in fresh.items()):
            return RefusedActError
        self._take_back(found, "retract", edits)
        for item, (new, _) in fresh.items():
            self._done(item, str(new), "propose")
        found.edits, found.status, found.revision = edits, "open", found.revision + 1
        return None

    def rebase(self, name: str, person: str, revision: int) -> type[MechkgError] | None:
        """On what counts now, each clash settled for the author's side."""
        found = self.sets[name]
        edits: Edits = {}
        for item, (new, _) in found.edits.items():
            now = self.counts.get(item)
            if new != now:
                edits[item] = (new, now)
        if not edits:
            return RefusedActError
        return self.revise(name, person, revision, edits)

    def accept(self, name: str, person: str, revision: int, alone: bool) -> type[MechkgError] | None:
        found = self.sets[name]
        if not self.may(person, reviewing=True):
            return ForbiddenError
        if person == found.author and found.status in ("open", "changes requested"):
            if self.reviewers != {"ada"}:
                return ForbiddenError
            if not alone:
                return RefusedActError
        if self._blocked(found, revision, "open"):
            return RefusedActError
        if self._stale(found.edits):
            return StaleError
        for item, (new, base) in found.edits.items():
            if base is not None:
                self._done(item, base, "retract" if new is None else "supersede")
                del self.counts[item]
            if new is not None:
                self._done(item, new, "accept")
                self.counts[item] = new
        found.status = "accepted"
        return None

    def end(self, name: str, person: str, revision: int, kind: str) -> type[MechkgError] | None:
        """Reject, withdraw or request changes."""
        found = self.sets[name]
        if not self.may(person, reviewing=kind != "withdraw"):
            return ForbiddenError
        waits = found.status in ("open", "changes requested")
        if kind != "withdraw" and person == found.author and waits and self.reviewers != {"ada"}:
            return ForbiddenError
        statuses = ["open"] if kind == "request changes" else ["open", "changes requested"]
        if self._blocked(found, revision, *statuses) or (kind == "withdraw" and person != found.author):
            return RefusedActError
        if kind == "request changes":
            found.status = "changes requested"
            return None
        found.status = {"reject": "rejected", "withdraw": "withdrawn"}[kind]
        self._take_back(found, "reject" if kind == "reject" else "retract", {})
        return None

    def retract(self, person: str, key: Key) -> type[MechkgError] | None:
        if not self.may(person, reviewing=True):
            return ForbiddenError
        if self.counts.get(key[0]) != key[1]:
            return RefusedActError
        del self.counts[key[0]]
        self._done(*key, "retract")
        return None

    def restore(self, person: str, key: Key) -> type[MechkgError] | None:
        if not self.may(person, reviewing=True):
            return ForbiddenError
        if self.past.get(key, [])[-2:] not in (["accept", "retract"], ["restore", "retract"]) or key[0] in self.counts:
            return RefusedActError
        self.counts[key[0]] = key[1]
        self._done(*key, "restore")
        return None

    def supersede(self, person: str, key: Key, by: Key) -> type[MechkgError] | None:
        if not self.may(person, reviewing=True):
            return ForbiddenError
        if self.counts.get(key[0]) != key[1] or self.counts.get(by[0]) != by[1] or key == by:
            return RefusedActError
        del self.counts[key[0]]
        self._done(*key, "supersede")
        return None


# --- the acts, drawn at random ----------------------------------------------------------------------------------------

people = st.sampled_from(["ada", "ben", "cleo", "ada", "ben", "cleo", "cleo", "dan", "eve"])
deciders = st.sampled_from(["ada", "ben", "ada", "ben", "ada", "cleo"])
keys = st.sampled_from(list(RECORDS))
# what an item is to become, and what the edit says that it was made on: mostly what counts
wishes = st.dictionaries(
    st.sampled_from(ITEMS),
    st.tuples(st.sampled_from([*VERSIONS, *VERSIONS, None]), st.sampled_from(["now"] * 8 + [None, "v0"])),
    min_size=1,
)
revisions = st.sampled_from([0] * 8 + [-1, 1])
which = st.integers(0, 3)


class People(RuleBasedStateMachine):
    """Several people at one ledger, and the model beside it."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.ledger = Ledger.open(place)
        employ(self.ledger)
        self.model = Model()
        self.seen: dict[int, tuple[dict[str, str], dict[str, tuple[str, int]]]] = {}

    def teardown(self) -> None:
        """Look at the whole ledger once more, and close it."""
        invariants.check(self.ledger)
        self.ledger.close()

    def _expect(self, run: Callable[[], object], refused: Callable[[Model], type[MechkgError] | None]) -> None:
        after = deepcopy(self.model)
        expected = refused(after)
        position = self.ledger.position()
        if expected is None:
            run()
            self.model = after
            assert self.ledger.position() > position
            return
        with pytest.raises(MechkgError) as caught:
            run()
        assert type(caught.value) is expected, f"{caught.value!r}, and the model says {expected.__name__}"
        assert self.ledger.position() == position

    def _edits(self, wished: dict[str, tuple[str | None, str | None]]) -> Edits | None:
        """Return the edits in full; None when they remove what was never there, which cannot be put into words."""
        edits = {item: (new, self.model.counts.get(item) if base == "now" else base) for item, (new, base) in wished.items()}
        return None if any(new is None and base is None for new, base in edits.values()) else edits

    def _wishes(self, edits: Edits) -> list[Wish]:
        return [
            Remove(RECORDS[item, str(base)], "misread") if new is None
            else Put(RECORDS[item, new], RECORDS[item, base].id if base else None)
            for item, (new, base) in edits.items()
        ]  # fmt: skip

    def _set(self, which: int) -> str:
        """Return one of the last change sets, the last one first."""
        names = list(self.model.sets)
        return names[max(0, len(names) - 1 - which)]

    @rule(person=people, wished=wishes)
    def propose(self, person: str, wished: dict[str, Any]) -> None:
        """Propose."""
        edits = self._edits(wished)
        if edits is None:
            return
        name = f"set-{self.ledger.position() + 1}"
        run = lambda: propose(self.ledger, Caller(person, "web"), self._wishes(edits), title="t", base=self.ledger.settled())  # noqa: E731
        self._expect(run, lambda model: model.propose(name, person, edits))

    @precondition(lambda self: self.model.sets)
    @rule(person=people, which=which, revision=revisions, wished=wishes)
    def revise(self, person: str, which: int, revision: int, wished: dict[str, Any]) -> None:
        """Revise."""
        edits, name = self._edits(wished), self._set(which)
        if edits is None:
            return
        seen = self.model.sets[name].revision + revision
        self._expect(
            lambda: revise(self.ledger, Caller(person, "web"), name, self._wishes(edits), revision=seen, base=0),
            lambda model: model.revise(name, person, seen, edits),
        )

    @precondition(lambda self: self.model.sets)
    @rule(own=st.booleans(), person=people, which=which, revision=revisions)
    def rebase(self, own: bool, person: str, which: int, revision: int) -> None:
        """Rebase, everything settled for the author's side."""
        name = self._set(which)
        found = self.model.sets[name]
        who, seen = found.author if own else person, found.revision + revision
        choices: Any = {item: {"statement": "ours", "": "ours"} for item in ITEMS}
        self._expect(
            lambda: rebase(self.ledger, Caller(who, "web"), name, revision=seen, choices=choices),
            lambda model: model.rebase(name, who, seen),
        )

    @precondition(lambda self: self.model.sets)
    @rule(person=deciders, which=which, revision=revisions, alone=st.booleans())
    def accept(self, person: str, which: int, revision: int, alone: bool) -> None:
        """Accept."""
        name = self._set(which)
        seen = self.model.sets[name].revision + revision
        why = "nobody else is here" if alone else None
        self._expect(
            lambda: accept(self.ledger, Caller(person, "web"), name, revision=seen, alone=why),
            lambda model: model.accept(name, person, seen, alone),
        )

    @precondition(lambda self: self.model.sets)
    @rule(person=people, which=which, revision=revisions, kind=st.sampled_from(["reject", "withdraw", "request changes"]))
    def end(self, person: str, which: int, revision: int, kind: str) -> None:
        """Reject, withdraw, request changes."""
        name = self._set(which)
        seen = self.model.sets[name].revision + revision
        verb: Any = {"reject": reject, "withdraw": withdraw, "request changes": request_changes}[kind]
        self._expect(
            lambda: verb(self.ledger, Caller(person, "web"), name, revision=seen, reason="words"),
            lambda model: model.end(name, person, seen, kind),
        )

    @rule(
        wished=st.fixed_dictionaries({item: st.tuples(st.sampled_from(VERSIONS), st.just("now")) for item in ITEMS}), by=deciders
    )
    def propose_and_accept(self, wished: dict[str, Any], by: str) -> None:
        """What most sequences consist of, so that much comes to count."""
        self.propose("cleo", {item: (new, "now") for item, (new, _) in wished.items()})
        if self.model.sets:
            self.accept(by, 0, 0, alone=False)

    @precondition(lambda self: self.model.counts)
    @rule(person=deciders, key=keys, strayed=st.sampled_from([False, False, False, True]), back=st.booleans())
    def retract(self, person: str, key: Key, strayed: bool, back: bool) -> None:
        """Retract what counts of an item, or a version that may not count; and regret it, or not."""
        item = key[0] if key[0] in self.model.counts else next(iter(self.model.counts))
        key = key if strayed else (item, self.model.counts[item])
        run = lambda: retract(self.ledger, Caller(person, "web"), RECORDS[key].id, code="other", reason="words")  # noqa: E731
        self._expect(run, lambda model: model.retract(person, key))
        if back and self.model.last(*key) == "retract":
            again = lambda: restore(self.ledger, Caller(person, "web"), RECORDS[key].id, reason="words")  # noqa: E731
            self._expect(again, lambda model: model.restore(person, key))

    @precondition(lambda self: any(kinds[-1] == "retract" for kinds in self.model.past.values()))
    @rule(person=deciders, key=keys, strayed=st.sampled_from([False, False, False, True]))
    def restore(self, person: str, key: Key, strayed: bool) -> None:
        """Restore what was retracted, after it counted or before, or what never was."""
        retracted = [k for k, kinds in self.model.past.items() if kinds[-1] == "retract"]
        key = key if strayed else retracted[VERSIONS.index(key[1]) % len(retracted)]
        run = lambda: restore(self.ledger, Caller(person, "web"), RECORDS[key].id, reason="words")  # noqa: E731
        self._expect(run, lambda model: model.restore(person, key))

    @precondition(lambda self: len(self.model.counts) == 2)
    @rule(person=deciders, key=keys, by=keys)
    def supersede(self, person: str, key: Key, by: Key) -> None:
        """Supersede one item by another."""
        key = (key[0], self.model.counts[key[0]])
        by = (by[0], self.model.counts[by[0]])
        run = lambda: supersede(  # noqa: E731
            self.ledger, Caller(person, "web"), RECORDS[key].id, successor=RECORDS[by].id, reason="words"
        )
        self._expect(run, lambda model: model.supersede(person, key, by))

    @rule(hires=st.sampled_from([True, True, True, True, False]))
    def staff(self, hires: bool) -> None:
        """Ben becomes a reviewer, or is one no longer."""
        role = Grant("reviewer")
        if hires and "ben" in self.model.reviewers:
            return

        def refused(model: Model) -> type[MechkgError] | None:
            if hires == ("ben" in model.reviewers):
                return RefusedActError if hires else NotFoundError
            (model.reviewers.add if hires else model.reviewers.discard)("ben")
            return None

        if hires:
            self._expect(lambda: grant(self.ledger, ADA, "ben", role), refused)
        else:
            self._expect(lambda: revoke(self.ledger, ADA, BEN.person, role, reason="left"), refused)

    # --- what should be there

    def _there(self, at: int | None = None) -> tuple[dict[str, str], dict[str, tuple[str, int]]]:
        """What counts, and where the change sets stand, as the ledger has it at a position."""
        counts = dict(NAMES[name] for name in self.ledger.accepted(at))
        sets = {}
        for name in self.model.sets:
            found = fold(self.ledger.acts_on(subject_of(name), at))
            if found is not None:
                sets[name] = (found.status, found.revision)
        return counts, sets

    @invariant()
    def everything_agrees(self) -> None:
        """What counts, every version and every change set are as the model says; and were so at positions of the past."""
        now = self._there()
        sets = {name: (found.status, found.revision) for name, found in self.model.sets.items()}
        assert now == (self.model.counts, sets)
        after = {"propose": "proposed", "reject": "rejected", "supersede": "superseded", "retract": "retracted"}
        statuses = {RECORDS[key].id: after.get(kinds[-1], "accepted") for key, kinds in self.model.past.items()}
        assert self.ledger.statuses() == statuses
        self.seen[self.ledger.position()] = now
        for name, found in list(self.model.sets.items())[-2:]:
            kept = fold(self.ledger.acts_on(subject_of(name)))
            assert kept is not None
            assert kept.authors == (found.author,)
            assert {
                edit.item: (NAMES[edit.assertion][1] if edit.assertion else None, NAMES[edit.base][1] if edit.base else None)
                for edit in kept.edits
            } == found.edits
        positions = list(self.seen)
        for at in {positions[0], positions[len(positions) // 2]}:
            assert self._there(at) == self.seen[at]


def test_random_acts_of_people_keep_the_rules(new_place: Callable[[], str], request: pytest.FixtureRequest) -> None:
    examples = 6 if "postgresql" in request.node.name else 20
    run_state_machine_as_test(
        lambda: People(new_place()),
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)),
    )
