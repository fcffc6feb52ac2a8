"""Saved hypotheses: a verdict that flips is recorded once, with what it was, what it is, and the act that caused it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.watch import Watch
from mechkg.errors import BadInputError, LedgerError, NotFoundError
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.service import watches
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem, RemoveItem
from mechkg.service.propose import propose
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.verdict_names import verdict_names
from mechkg.service.watches import Hypothesis, catch_up, following, unwatch, watch, watch_of, watches_of
from mechkg.service.workspace import Workspace
from tests.curation.conftest import new_place, place, postgresql, quick_path  # noqa: F401 - fixtures
from tests.curation.staff import ADA, BEN, CLEO, employ
from tests.service.changes import FREED, LIMIT
from tests.small_case import CASE, SPACE

SEEN_C = CASE.replace("kind: absent, at: run/watch, subject: c", "kind: present, at: run/watch, subject: c")
CLASSES = frozenset({"AromaticHydrocarbonSolvent", "HydrocarbonSolvent"})


def load(ledger: Ledger, text: str, folder: Path) -> None:
    """Import the small case, or a variant of it, as the corpus importer does: the service is not told."""
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    [(_, corpus)] = read_corpus([path], CLASSES).files
    import_corpus(ledger, corpus, path.name)


@pytest.fixture
def at(place: str, tmp_path: Path) -> str:  # noqa: F811
    """The place of a ledger, on either database, with people and the small case."""
    with Ledger.open(place) as ledger:
        employ(ledger)
        load(ledger, CASE, tmp_path)
    return place


def opened(where: str) -> Workspace:
    """Open the ledger with a graph in memory, as a process does that finds the graph in use."""
    return Workspace(Ledger.open(where), Store.open(None), None)


@pytest.fixture
def workspace(at: str) -> Iterator[Workspace]:
    with opened(at) as workspace:
        yield workspace


def accepted(workspace: Workspace, *asked: PutItem | RemoveItem) -> Any:
    """Let a change set count; return it."""
    found = propose(workspace, CLEO, asked, title="A change")
    return accept(workspace, BEN, found.id, revision=1)


def changed(workspace: Workspace, item: str, **fields: object) -> PutItem:
    record = workspace.catalog.entries[item].record
    return PutItem(record.kind, record.document, {**record.body, **fields})


def flips(one: Watch) -> list[tuple[str, str | None, str | None, int]]:
    return [(flip.candidate, flip.before, flip.after, flip.cause) for flip in one.flips]


# --- what is watched ----------------------------------------------------------------------------------------------


def test_a_candidate_its_own_and_a_whole_space(workspace: Workspace) -> None:
    named = watch(workspace, CLEO, Hypothesis(SPACE, "both"))
    own = watch(workspace, CLEO, Hypothesis(SPACE, steps=("stray", "slip"), without=("kept",)), title=" My own ")
    whole = watch(workspace, BEN, Hypothesis("A small space"))
    assert named.verdicts == {"both": "ruled out"}
    assert (named.title, named.checked) == (f"both in {SPACE}", workspace.version)
    assert own.title == "My own"
    assert own.verdicts.keys() == {"ad-hoc"}
    assert own.hypothesis == {"space": SPACE, "steps": ["stray", "slip"], "without": ["kept"]}
    assert whole.hypothesis == {"space": SPACE}
    assert whole.verdicts.keys() == {c.id for c in workspace.catalog.space(SPACE).candidates}
    assert [found.id for found in watches_of(workspace.ledger, "cleo")] == [named.id, own.id]
    unwatch(workspace.ledger, CLEO, named.id)
    assert [found.id for found in watches_of(workspace.ledger, "cleo")] == [own.id]
    assert [found.id for found in watches_of(workspace.ledger, "cleo", ended=True)] == [named.id, own.id]
    with pytest.raises(NotFoundError, match=f"there is no watch called '{whole.id}'"):  # which others have is not told
        watch_of(workspace.ledger, "cleo", whole.id)
    with pytest.raises(NotFoundError, match="did you mean"):
        watch_of(workspace.ledger, "cleo", own.id + "0")


@pytest.mark.parametrize(
    ("hypothesis", "error", "words"),
    [
        (Hypothesis("smal"), NotFoundError, "no space called 'smal'"),
        (Hypothesis(SPACE, "stray"), NotFoundError, "did you mean 'strays'"),
        (Hypothesis(SPACE, "both", steps=("stray",)), BadInputError, "not both"),
        (Hypothesis(SPACE, steps=("strai",)), NotFoundError, "did you mean 'stray'"),
        (Hypothesis(SPACE, without=("kep",)), NotFoundError, "did you mean 'kept'"),
    ],
)
def test_what_cannot_be_watched(workspace: Workspace, hypothesis: Hypothesis, error: type[Exception], words: str) -> None:
    before = workspace.ledger.position()
    with pytest.raises(error, match=words):
        watch(workspace, CLEO, hypothesis)
    assert workspace.ledger.position() == before


# --- flips ----------------------------------------------------------------------------------------------


def test_an_accepted_change_set_that_flips_a_verdict_is_named_as_the_cause(workspace: Workspace) -> None:
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))
    other = watch(workspace, BEN, Hypothesis(SPACE, "turns"))
    found = accepted(workspace, RemoveItem("no-c", "misread"))
    cause = next(act for act in workspace.ledger.acts() if act.kind == "accept" and act.subject and act.subject.name == found.id)
    after = watch_of(workspace.ledger, "cleo", one.id)
    assert flips(after)[0][:2] == ("both", "ruled out")
    assert flips(after)[0][2:] == (after.verdicts["both"], cause.position)
    assert after.verdicts["both"] != "ruled out"
    assert after.checked == workspace.version
    assert flips(watch_of(workspace.ledger, "ben", other.id)) == []
    gone = next(a.assertion for a in workspace.ledger.history("no-c") if a.kind == "retract")
    assert gone is not None
    back = restore(workspace, ADA, gone, reason="it was right")
    after = watch_of(workspace.ledger, "cleo", one.id)
    assert flips(after)[1] == ("both", flips(after)[0][2], "ruled out", back.position)
    again = retract(workspace, BEN, gone, code="misread", reason="it was not")
    assert flips(watch_of(workspace.ledger, "cleo", one.id))[2][3] == again.position
    acts = [act for act in workspace.ledger.acts() if act.kind == "flip"]
    assert [act.actor for act in acts] == ["mechkg"] * 3
    assert {act.door for act in acts} == {"system"}


def test_by_whatever_door_it_comes(workspace: Workspace, tmp_path: Path) -> None:
    """An import that does not tell the service: who looks next finds it, and the cause is the first act of the batch."""
    one = watch(workspace, CLEO, Hypothesis(SPACE))
    load(workspace.ledger, SEEN_C, tmp_path)
    [act] = catch_up(workspace)
    first = next(a for a in workspace.ledger.acts() if a.batch == workspace.ledger.batches()[-1].id)
    found = watch_of(workspace.ledger, "cleo", one.id)
    assert found.flips
    assert {flip.cause for flip in found.flips} == {first.position}
    assert {flip.position for flip in found.flips} == {act.position}
    assert catch_up(workspace) == []


def test_changes_that_came_one_after_another_have_each_their_flip(at: str, tmp_path: Path) -> None:
    """A process that died in between leaves them to the next start, which tells them apart."""
    with opened(at) as workspace:
        one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))
    with Ledger.open(at) as ledger:
        for text in (SEEN_C, CASE, SEEN_C):
            load(ledger, text, tmp_path)
        causes = [next(a.position for a in ledger.acts() if a.batch == batch.id) for batch in ledger.batches()[-3:]]
    with opened(at) as workspace:
        assert len(catch_up(workspace)) == 3
        found = watch_of(workspace.ledger, "cleo", one.id)
        assert [flip.cause for flip in found.flips] == causes
        assert next(flip.before for flip in found.flips) == "ruled out"
        assert all(flip.after == later.before for flip, later in zip(found.flips, found.flips[1:], strict=False))
        assert found.verdicts["both"] == found.flips[-1].after
        assert workspace.at(found.checked).version == found.checked


def test_what_can_no_longer_be_asked_has_no_verdict(workspace: Workspace, tmp_path: Path) -> None:
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both", without=("kept",)))
    own = watch(workspace, CLEO, Hypothesis(SPACE, steps=("slip", "turn")))
    load(workspace.ledger, CASE.replace("      - {id: both, title: A turns and strays, steps: [turn, stray]}\n", ""), tmp_path)
    catch_up(workspace)
    assert flips(watch_of(workspace.ledger, "cleo", one.id))[0][:3] == ("both", one.verdicts["both"], None)
    assert flips(watch_of(workspace.ledger, "cleo", own.id)) == []
    load(workspace.ledger, CASE, tmp_path)
    catch_up(workspace)
    assert flips(watch_of(workspace.ledger, "cleo", one.id))[1][:3] == ("both", None, one.verdicts["both"])


# --- no work for nothing ----------------------------------------------------------------------------------------------


def test_nothing_is_worked_out_when_nothing_bears_on_it(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    watch(workspace, CLEO, Hypothesis(SPACE))
    asked: list[str] = []
    real = watches.verdict_names

    def counted(view: Any, space: str, *rest: Any) -> Any:
        asked.append(space)
        return real(view, space, *rest)

    monkeypatch.setattr(watches, "verdict_names", counted)
    before = workspace.ledger.position()
    accepted(
        workspace,
        PutItem("claim", "case-small", {"id": "aside", "kind": "conclusion", "statement": "Aside.", "flag": "external"}),
    )
    propose(workspace, CLEO, [RemoveItem("no-c", "misread")], title="Not accepted")
    assert catch_up(workspace) == []
    assert asked == []
    assert not [act for act in workspace.ledger.acts(before) if act.kind == "flip"]
    accepted(workspace, changed(workspace, "b-seen", window="6 min"))
    assert asked == [SPACE]
    assert catch_up(workspace) == []
    assert asked == [SPACE]  # what was looked at is not looked at again
    assert not [act for act in workspace.ledger.acts(before) if act.kind == "flip"]


def test_an_ended_watch_is_left_alone(workspace: Workspace) -> None:
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))
    unwatch(workspace.ledger, CLEO, one.id)
    accepted(workspace, RemoveItem("no-c", "misread"))
    assert not [act for act in workspace.ledger.acts() if act.kind == "flip"]


def test_how_far_was_looked_is_recorded_now_and_then(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))
    monkeypatch.setattr(watches, "_MANY", 3)
    accepted(workspace, changed(workspace, "b-seen", window="6 min"))
    found = watch_of(workspace.ledger, "cleo", one.id)
    assert found.checked == workspace.version > one.checked
    assert found.flips == ()


# --- several at once ----------------------------------------------------------------------------------------------


def test_several_processes_that_look_at_once_record_each_flip_once(at: str, tmp_path: Path) -> None:
    with opened(at) as workspace:
        mine = [watch(workspace, CLEO, Hypothesis(SPACE)) for _ in range(3)]
    with Ledger.open(at) as ledger:
        for text in (SEEN_C, CASE):
            load(ledger, text, tmp_path)
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def look() -> None:
        try:
            with opened(at) as own:
                start.wait()
                catch_up(own)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Ledger.open(at) as ledger:
        recorded = [act for act in ledger.acts() if act.kind == "flip"]
        assert len(recorded) == 2 * len(mine)
        assert len({(act.subject, (act.content or {})["checked"]) for act in recorded}) == len(recorded)
        for one in mine:
            found = watch_of(ledger, "cleo", one.id)
            assert found.verdicts == one.verdicts
            assert len({flip.cause for flip in found.flips}) == 2
        assert ledger.verify_chain() is None


def test_one_that_is_killed_while_it_looks_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    with Ledger.open(where) as ledger:
        employ(ledger)
        load(ledger, CASE, tmp_path)
    with opened(str(where)) as workspace:
        mine = [watch(workspace, CLEO, Hypothesis(SPACE, "both")) for _ in range(3)]
    with Ledger.open(where) as ledger:
        load(ledger, SEEN_C, tmp_path)
    script = (
        "import os, sys\n"
        "from mechkg.curation import watch\n"
        "from mechkg.service import watches\n"
        "from tests.service.test_watches import opened\n"
        "real = watch.flip\n"
        "def once(*arguments, **named):\n"
        "    real(*arguments, **named)\n"
        "    os.kill(os.getpid(), 9)\n"
        "watch.flip = once\n"
        "watches.catch_up(opened(sys.argv[1]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(where)], check=False, cwd=Path(__file__).parents[2], timeout=120)
    assert killed.returncode == -9
    with opened(str(where)) as workspace:
        assert len([act for act in workspace.ledger.acts() if act.kind == "flip"]) == 1
        assert len(catch_up(workspace)) == 2
        assert all(len(watch_of(workspace.ledger, "cleo", one.id).flips) == 1 for one in mine)


# --- following ----------------------------------------------------------------------------------------------


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_whoever_follows_sees_what_it_did_itself_and_what_others_did(workspace: Workspace, at: str, tmp_path: Path) -> None:
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))

    def number() -> int:
        return len(watch_of(workspace.ledger, "cleo", one.id).flips)

    load(workspace.ledger, SEEN_C, tmp_path)  # before anybody followed
    with following(workspace, pause=0.05):
        until(lambda: number() == 1)
        with Ledger.open(at) as other:
            load(other, CASE, tmp_path)
        until(lambda: number() == 2)
    with following(workspace, pause=600), following(workspace, pause=600):  # two applications over one workspace
        accepted(workspace, RemoveItem("no-c", "misread"))
        until(lambda: number() == 3)
    accepted(workspace, changed(workspace, "b-seen", window="6 min"))  # nobody follows: done on the spot


def test_a_ledger_that_was_away_is_looked_at_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once it is back, what was missed is looked at, though nothing more is accepted."""
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))
    away = [True]

    def look(given: Workspace) -> None:
        if away:
            away.pop()
            raise LedgerError("it cannot be reached")
        catch_up(given)

    load(workspace.ledger, SEEN_C, tmp_path)
    monkeypatch.setattr("mechkg.service.watches.catch_up", look)
    with following(workspace, pause=0.05):
        until(lambda: len(watch_of(workspace.ledger, "cleo", one.id).flips) == 1)
    assert [(told.levelname, "it cannot be reached" in told.message) for told in caplog.records] == [("WARNING", True)]


def test_a_failure_to_look_does_not_undo_what_was_accepted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    one = watch(workspace, CLEO, Hypothesis(SPACE, "both"))

    def fail(*_: Any, **__: Any) -> None:
        raise BadInputError("no")

    with monkeypatch.context() as patch:
        patch.setattr(watches, "catch_up", fail)
        accepted(workspace, RemoveItem("no-c", "misread"))
    assert "no-c" not in workspace.catalog.entries
    catch_up(workspace)
    assert len(watch_of(workspace.ledger, "cleo", one.id).flips) == 1


def test_a_retracted_assumption_can_no_longer_be_leaned_on(curated: Workspace) -> None:
    space, freed = FREED
    assert verdict_names(curated, space, [freed]) == {freed: "ruled out"}
    withdrawn = dict(verdict_names(curated, space, without=[LIMIT]))
    seen = watch(curated, CLEO, Hypothesis(space, freed))
    act = retract(curated, BEN, curated.catalog.entries[LIMIT].record.id, code="other", reason="nothing backs it")
    assert dict(verdict_names(curated, space)) == withdrawn and withdrawn[freed] == "survives"
    (flip,) = watch_of(curated.ledger, "cleo", seen.id).flips
    assert (flip.candidate, flip.before, flip.after, flip.cause) == (freed, "ruled out", "survives", act.position)
    assert LIMIT not in curated.problem(space).space.assumptions
    restore(curated, BEN, curated.ledger.assertion(act.assertion or "").id, reason="it is backed")
    assert verdict_names(curated, space, [freed]) == {freed: "ruled out"}
