"""Several at once: one wins, the others are told, and the ledger is whole, in threads and in processes, on both databases."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.change_set import fold, subject_of
from mechkg.curation.draft import history, save
from mechkg.curation.enrol import grant, revoke
from mechkg.curation.ledger import Ledger
from mechkg.curation.rebase import rebase
from mechkg.curation.reject import reject
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.curation.revise import revise
from mechkg.curation.watch import flip, watch
from mechkg.curation.withdraw import withdraw
from mechkg.errors import ForbiddenError, MechkgError, RefusedActError, StaleError
from mechkg.model.person import Grant
from tests.curation import busy_curators, invariants
from tests.curation.staff import ADA, BEN, CLEO, counting, employ, proposed, put

Outcome = object


def at_once(place: str, *calls: Callable[[Ledger], object]) -> list[Outcome]:
    """Run the calls at the same moment, each on an opening of its own; return what each returned or raised."""
    start = threading.Barrier(len(calls))
    found: list[Outcome] = [None] * len(calls)

    def run(n: int) -> None:
        with Ledger.open(place) as own:
            own.position()  # connected before the start
            start.wait()
            try:
                found[n] = calls[n](own)
            except MechkgError as error:
                found[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def refused(outcomes: Sequence[Outcome]) -> list[MechkgError]:
    """Return those outcomes that are refusals."""
    return [outcome for outcome in outcomes if isinstance(outcome, MechkgError)]


@pytest.fixture
def busy(place: str) -> str:
    """Return the place of a ledger with people, where ``a-1`` counts."""
    with Ledger.open(place) as ledger:
        employ(ledger)
        accept(ledger, BEN, proposed(ledger, put()).id, revision=1)
    return place


ROUNDS = 3


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda own, name, _: accept(own, ADA, name, revision=1), "already accepted, by"),
        (lambda own, name, _: reject(own, ADA, name, revision=1, reason="no"), "it is (accepted|rejected), by"),
        (lambda own, name, _: withdraw(own, CLEO, name, revision=1, reason="erred"), "it is (accepted|withdrawn), by"),
        (
            lambda own, name, base: revise(own, CLEO, name, [put("a-2", f"after {name}", base)], revision=1, base=0),
            "it is accepted, by ben|revised since, by cleo",
        ),
    ],
    ids=["accept", "reject", "withdraw", "revise"],
)
def test_accept_against(busy: str, other: Callable[..., object], words: str) -> None:
    with Ledger.open(busy) as ledger:
        for n in range(ROUNDS):
            base = ledger.accepted_of("a-2")
            name = proposed(ledger, put("a-2", f"words {n}", base)).id
            outcomes = at_once(
                busy,
                lambda own, name=name: accept(own, BEN, name, revision=1),  # type: ignore[misc]
                lambda own, name=name, base=base: other(own, name, base),  # type: ignore[misc]
            )
            (error,) = refused(outcomes)
            assert isinstance(error, RefusedActError)
            assert re.search(words, str(error))
            found = fold(ledger.acts_on(subject_of(name)))
            assert found is not None
            if found.open:
                reject(ledger, BEN, name, revision=found.revision, reason="to begin anew")
            invariants.check(ledger)


def test_the_same_proposed_by_all_at_once_is_proposed_once(busy: str) -> None:
    calls = [lambda own, by=by: proposed(own, put("a-9"), by=by) for by in (ADA, BEN, CLEO)]  # type: ignore[misc]
    outcomes = at_once(busy, *calls)
    errors = refused(outcomes)
    assert len(errors) == 2
    assert all("the same of 'a-9' is proposed already, by" in str(error) for error in errors)
    with Ledger.open(busy) as ledger:
        assert [act.kind for act in ledger.history("a-9")] == ["propose"]
        invariants.check(ledger)


def test_of_rival_changes_one_counts_and_the_others_are_stale(busy: str) -> None:
    with Ledger.open(busy) as ledger:
        base = ledger.accepted_of("a-1")
        sets = [proposed(ledger, put("a-1", f"rival {n}", base)).id for n in range(4)]
        outcomes = at_once(busy, *(lambda own, s=s: accept(own, BEN, s, revision=1) for s in sets))  # type: ignore[misc]
        errors = refused(outcomes)
        assert [type(error) for error in errors] == [StaleError] * 3
        won = sets[next(n for n, outcome in enumerate(outcomes) if not isinstance(outcome, MechkgError))]
        assert counting(ledger)["a-1"] == f"rival {sets.index(won)}"
        # each loser can be rebased, and then one after the other is accepted
        for name in sets:
            if name != won:
                rebase(ledger, CLEO, name, revision=1, choices={"a-1": {"statement": "ours"}})
                accept(ledger, ADA, name, revision=2)
        invariants.check(ledger)


def test_restore_against_accept(busy: str) -> None:
    with Ledger.open(busy) as ledger:
        for n in range(ROUNDS):
            old = ledger.accepted_of("a-1")
            assert old is not None
            retract(ledger, BEN, old.id, code="misread", reason="misread")
            name = proposed(ledger, put("a-1", f"instead {n}")).id
            outcomes = at_once(
                busy,
                lambda own, old=old: restore(own, ADA, old.id, reason="not misread"),  # type: ignore[misc]
                lambda own, name=name: accept(own, BEN, name, revision=1),  # type: ignore[misc]
            )
            (error,) = refused(outcomes)
            assert isinstance(error, RefusedActError)
            if isinstance(error, StaleError):
                reject(ledger, BEN, name, revision=1, reason="to begin anew")
            else:
                assert "two accepted assertions" in str(error)
            invariants.check(ledger)


def test_a_role_revoked_meanwhile_decides_before_or_not_at_all(busy: str) -> None:
    role = Grant("reviewer")
    with Ledger.open(busy) as ledger:
        for n in range(ROUNDS):
            name = proposed(ledger, put("a-2", f"words {n}", ledger.accepted_of("a-2"))).id
            accepted, revoked = at_once(
                busy,
                lambda own, name=name: accept(own, BEN, name, revision=1),  # type: ignore[misc]
                lambda own: revoke(own, ADA, "ben", role, reason="left"),
            )
            assert not isinstance(revoked, MechkgError)
            acts = invariants.check(ledger)
            last = max(act.position for act in acts if act.kind == "revoke")
            if isinstance(accepted, MechkgError):
                assert isinstance(accepted, ForbiddenError)
                withdraw(ledger, CLEO, name, revision=1, reason="to begin anew")
            else:
                assert accepted.position < last  # type: ignore[attr-defined]
            grant(ledger, ADA, "ben", role)


def test_two_administrators_cannot_both_be_dismissed(busy: str) -> None:
    role = Grant("administrator")
    with Ledger.open(busy) as ledger:
        grant(ledger, ADA, "ben", role)
        outcomes = at_once(
            busy,
            lambda own: revoke(own, ADA, "ben", role, reason="mine"),
            lambda own: revoke(own, BEN, "ada", role, reason="mine"),
        )
        (error,) = refused(outcomes)
        assert isinstance(error, ForbiddenError)


def test_a_flip_is_recorded_once_and_a_draft_saved_by_one_window(busy: str) -> None:
    with Ledger.open(busy) as ledger:
        seen = watch(ledger, CLEO, "mine", {"space": "s"}, verdicts={"c": "survives"}, checked=1)
        flips = at_once(
            busy,
            *[lambda own: flip(own, seen.id, {"c": "ruled out"}, checked=2, cause=2, before={"c": "survives"})] * 4,
        )
        assert sum(outcome is not None for outcome in flips) == 1
        draft = save(ledger, CLEO, "begun")
        calls = [lambda own, n=n: save(own, CLEO, f"window {n}", draft=draft.id, version=1) for n in range(4)]  # type: ignore[misc]
        outcomes = at_once(busy, *calls)
        assert [type(error) for error in refused(outcomes)] == [StaleError] * 3
        assert len(history(ledger, CLEO, draft.id)) == 2
        new = at_once(busy, *[lambda own: save(own, BEN, "new")] * 4)
        assert len({outcome.id for outcome in new}) == 4  # type: ignore[attr-defined]
        invariants.check(ledger)


# --- many -------------------------------------------------------------------------------------------------------------


def test_fifty_curators_at_once(place: str) -> None:
    """Threads, each a person of its own, on a few openings of the ledger, for a few seconds."""
    with Ledger.open(place) as ledger:
        busy_curators.employ_many(ledger, 50)
    openings = [Ledger.open(place) for _ in range(5)]
    until = time.monotonic() + 2.5
    done: Counter[str] = Counter()
    failed: list[BaseException] = []
    lock = threading.Lock()

    def work(n: int) -> None:
        try:
            counted = busy_curators.work(openings[n % len(openings)], f"c-{n}", random.Random(n), until)
        except BaseException as error:
            failed.append(error)
            return
        with lock:
            done.update(counted)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opening in openings:
        opening.close()
    assert failed == []
    with Ledger.open(place) as ledger:
        _hold_to(ledger, done)


def test_processes_at_once_on_one_file(quick_path: Path) -> None:
    place = str(quick_path / "shared.db")
    with Ledger.open(place) as ledger:
        busy_curators.employ_many(ledger, 3)
    script = "import sys; from tests.curation.busy_curators import main; main(*sys.argv[1:])"
    command = [sys.executable, "-c", script, place, "1.5"]
    running = [
        subprocess.Popen([*command, f"c-{n}"], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) for n in range(3)
    ]
    done: Counter[str] = Counter()
    for process in running:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        done.update(dict(busy_curators.read(output)))
    with Ledger.open(place) as ledger:
        _hold_to(ledger, done)


def _hold_to(ledger: Ledger, done: Counter[str]) -> None:
    """Assert that what was acknowledged is there, each act once, and nothing besides."""
    acts = invariants.check(ledger)
    there = Counter(act.kind for act in acts if act.subject is not None and act.subject.kind == "set" and act.assertion is None)
    told = Counter({kind: n for kind, n in done.items() if not kind.startswith("refused ")})
    assert there == told
    assert min(told[kind] for kind in ("propose", "accept", "comment")) > 0
    assert any(kind.startswith("refused ") for kind in done)  # they did get in each other's way
