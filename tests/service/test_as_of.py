"""What is answered about the past is what was answered then."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.assign import assign
from mechkg.curation.change_set import subject_of
from mechkg.curation.comment import comment
from mechkg.curation.declare import declare
from mechkg.curation.enrol import enrol, revoke
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.curation.request_changes import request_changes
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.curation.revise import revise
from mechkg.errors import BadInputError, ForbiddenError, NotFoundError
from mechkg.graph.namespaces import ONTOLOGY_GRAPH
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.model.happened import Wanted
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from mechkg.service import as_of
from mechkg.service.as_of import Past
from mechkg.service.ask import ask
from mechkg.service.check import as_json, check
from mechkg.service.disagreements import disagreements
from mechkg.service.discussion import discussion
from mechkg.service.history import find, history, versions
from mechkg.service.impact import impact_of
from mechkg.service.people import everybody
from mechkg.service.queue import Filter, queue
from mechkg.service.reading import View
from mechkg.service.rebase import merge_of
from mechkg.service.recorded import Recorded
from mechkg.service.release import all_releases
from mechkg.service.report import as_json as report_as_json
from mechkg.service.report import report
from mechkg.service.show import show
from mechkg.service.sign_off import sign_off, signatures
from mechkg.service.tasks import tasks
from mechkg.service.watches import Hypothesis, watch, watches_of
from mechkg.service.why import why
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO, employ, proposed, put
from tests.small_case import CASE, SPACE


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with people and nothing else."""
    with Workspace(Ledger.open(tmp_path / "ledger.db"), Store.open(None), tmp_path) as opened:
        employ(opened.ledger)
        yield opened


def load_case(workspace: Workspace, text: str, folder: Path) -> None:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    [(_, corpus)] = read_corpus([path], frozenset({"AromaticHydrocarbonSolvent", "HydrocarbonSolvent"})).files
    import_corpus(workspace.ledger, corpus, path.name)


def said(view: View) -> set[object]:
    """All that the graph says; the ontology in it, with its nameless nodes, is that of now."""
    return {quad for quad in view.store.quads() if quad[3] != f"<{ONTOLOGY_GRAPH}>"}


def items_of(view: View) -> dict[str, Any]:
    return {
        "version": view.version,
        "items": {e.id: (e.record, e.accepted_at, e.accepted_by) for e in view.catalog.entries.values()},
        "graph": said(view),
    }


# --- the past is as it was ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_every_position_answers_as_it_did_then(workspace: Workspace, seed: int) -> None:
    """After random acts, the graph and the items of each earlier moment are those that were seen at that moment."""
    rng = random.Random(seed)
    seen: list[tuple[int, datetime, dict[str, Any]]] = []
    gone: list[str] = []
    for n in range(14):
        items = [f"i-{k}" for k in range(4)]
        item = rng.choice(items)
        now = workspace.ledger.accepted_of(item)
        kind = rng.choice(["put", "put", "retract", "restore", "only propose"])
        if kind == "put":
            accept(workspace.ledger, BEN, proposed(workspace.ledger, put(item, f"words {n}", now)).id, revision=1)
        elif kind == "only propose":
            proposed(workspace.ledger, put(f"other-{n}"))
        elif kind == "retract" and now is not None:
            retract(workspace.ledger, BEN, now.id, code="misread", reason="misread")
            gone.append(now.id)
        elif kind == "restore" and gone:
            back = workspace.ledger.assertion(gone[-1])
            if workspace.ledger.accepted_of(back.item) is None:
                restore(workspace.ledger, ADA, gone.pop(), reason="it was right")
        seen.append((workspace.ledger.position(), datetime.now(UTC), items_of(workspace)))
    assert len({found["version"] for _, _, found in seen}) > 3
    for position, moment, found in rng.sample(seen, len(seen)):
        assert items_of(workspace.at(position)) == found
        assert items_of(workspace.at(moment)) == found
        assert items_of(workspace.at(str(found["version"]))) == found


def answers(view: View) -> dict[str, Any]:
    """Answers of many kinds."""
    explained = why(view, SPACE, "strays")
    return {
        "check": as_json(check(view, SPACE)),
        "why": [proof.as_json() for proof in explained.proofs],
        "report": report_as_json(report(view, SPACE)),
        "show": [entry.id for entry in show(view, "c").referring],
        "ask": ask(view, "claims-of-paper", {"paper": "case-small"}).rows if "case-small" in view.catalog.entries else [],
    }


def timeless(found: dict[str, Any]) -> Any:
    """Leave out how long it took."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inside) for key, inside in value.items() if key != "seconds"}
        return [strip(inside) for inside in value] if isinstance(value, list | tuple) else value

    return strip(found)


def test_verdicts_and_proofs_and_reports_of_the_past(workspace: Workspace, tmp_path: Path) -> None:
    load_case(workspace, CASE, tmp_path)
    first, then = workspace.version, timeless(answers(workspace))
    load_case(
        workspace, CASE.replace("kind: absent, at: run/watch, subject: c", "kind: present, at: run/watch, subject: c"), tmp_path
    )
    assert workspace.version > first
    now = timeless(answers(workspace))
    verdict = {c["id"]: c["verdict"] for c in then["check"]["candidates"]}
    assert verdict["strays"] == "ruled out"
    assert now["check"]["candidates"] != then["check"]["candidates"]
    assert timeless(answers(workspace.at(first))) == then
    assert timeless(answers(workspace.at(workspace.version))) == now


def test_of_the_corpus(shipped: Workspace) -> None:
    """What the shipped corpus said once its first two files were in is what a ledger says that has only those."""
    boundary = next(act.position for act in shipped.ledger.acts() if act.batch == shipped.ledger.batches()[-1].id) - 1
    past = shipped.at(boundary)
    assert past.version <= boundary < shipped.version
    assert set(past.catalog.entries) < set(shipped.catalog.entries)
    now = shipped.at(shipped.version)
    assert said(now) == said(shipped)
    space = "cdtese-msc399"
    assert as_json(check(now, space)) == as_json(check(shipped, space))


# --- what is meant -------------------------------------------------------------------------------------------------------


def test_what_can_be_meant(workspace: Workspace) -> None:
    ledger = workspace.ledger
    accept(ledger, BEN, proposed(ledger, put()).id, revision=1)
    release(ledger, ADA, "2024.1", at=ledger.position())
    release(ledger, ADA, "7")  # a name that looks like a position is a name
    named = {r.name: r.position for r in as_of.releases(ledger.acts_of_kinds(["release"]))}
    last = ledger.position()
    assert as_of.position_of(ledger, "2024.1") == named["2024.1"]
    assert as_of.position_of(ledger, "7") == named["7"] != 7
    assert as_of.position_of(ledger, f" {last} ") == last
    first = next(ledger.acts())
    assert as_of.position_of(ledger, first.at) == 2  # the first person comes with a role
    assert as_of.position_of(ledger, first.at.isoformat()) == 2
    assert as_of.position_of(ledger, first.at.replace(tzinfo=None)) == 2  # UTC when nothing is said
    elsewhere = (first.at + timedelta(hours=5)).isoformat().replace("+00:00", "+05:00")
    assert as_of.position_of(ledger, elsewhere) == 2
    assert as_of.position_of(ledger, datetime.now(UTC).date().isoformat()) == last
    assert as_of.position_of(ledger, "2001-01-01") == 0
    assert workspace.at("2001-01-01").catalog.entries == {}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("2024.01", r"names no release.*did you mean the release '2024\.1'"),
        ("last Tuesday", "names no release, time or position.*2024-05-01T12:00Z"),
        ("", "names no release"),
        ("999999", "no position 999999.*its last is"),
        (-1, "no position -1"),
        ("9" * 500, "no position"),
        ("2999-01-01", "yet to come"),
        ("2999-01-01T00:00Z", "yet to come"),
    ],
)
def test_what_cannot_be_meant(workspace: Workspace, asked: as_of.AsOf, words: str) -> None:
    accept(workspace.ledger, BEN, proposed(workspace.ledger, put()).id, revision=1)
    release(workspace.ledger, ADA, "2024.1")
    with pytest.raises(BadInputError, match=words):
        workspace.at(asked)


def test_no_half_of_what_was_done_at_once(workspace: Workspace) -> None:
    ledger = workspace.ledger
    before = ledger.position()
    accept(ledger, BEN, proposed(ledger, put("a-1"), put("a-2")).id, revision=1)
    last = ledger.position()
    assert ledger.settled() == last
    with pytest.raises(BadInputError, match=f"in the middle of what was done at once.*ends at position {last}"):
        workspace.at(last - 1)
    assert set(workspace.at(last).catalog.entries) == {"a-1", "a-2"}
    assert workspace.at(before).catalog.entries == {}
    enrol(ledger, ADA, "eve", name="Eve")
    assert workspace.at(ledger.position()).reading is workspace.at(last).reading  # nothing came to count: the same


# --- kept ------------------------------------------------------------------------------------------------------------------


def test_a_few_are_kept_and_two_who_ask_for_one_wait_for_it(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = workspace.ledger
    positions = []
    for n in range(as_of.KEPT + 2):
        accept(ledger, BEN, proposed(ledger, put(f"i-{n}")).id, revision=1)
        positions.append(ledger.position())
    made: list[int] = []
    real = as_of.bring_up_to_date

    def counted(store: Store, ledger: Any) -> Any:
        made.append(ledger.position())
        return real(store, ledger)

    monkeypatch.setattr(as_of, "bring_up_to_date", counted)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(workspace.at(positions[0]).reading)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [positions[0]]
    assert len(set(map(id, found))) == 1
    for position in positions:
        assert len(workspace.at(position).store) > 0
    assert made == positions
    assert len(workspace.at(positions[-1]).store) > 0
    assert made == positions
    assert len(workspace.at(positions[0]).store) > 0  # was let go
    assert made == [*positions, positions[0]]


def test_items_and_what_was_done_need_no_graph(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(workspace.ledger, BEN, proposed(workspace.ledger, put("a-1")).id, revision=1)
    then = workspace.at(workspace.ledger.position())
    monkeypatch.setattr(Store, "open", lambda *_: pytest.fail("a graph was made"))
    assert set(then.catalog.entries) == {"a-1"}
    assert record_of(then)["sets"]


def test_what_was_worked_out_of_the_past_is_kept_on_disk(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_case(workspace, CASE, tmp_path)
    position = workspace.ledger.position()
    load_case(workspace, CASE.replace("names: B,", "names: B new,"), tmp_path)
    first = workspace.at(position)
    said_then = as_json(check(first, SPACE))
    assert len(list((tmp_path / "kept").glob("space-*"))) == 1
    monkeypatch.setattr(Store, "open", lambda *_: pytest.fail("a graph was made"))
    again = Past(workspace.ledger, tmp_path).at(position)
    assert as_json(check(again, SPACE)) == said_then
    assert why(again, SPACE, "strays") == why(first, SPACE, "strays")
    assert again.problem("A small space").space.id == SPACE
    assert again.version == position < workspace.version


# --- the record is as it was ----------------------------------------------------------------------------------------------


def record_of(view: Recorded) -> dict[str, Any]:
    """What is told of the record: everything that people did, and what waits for them."""
    ledger = view.ledger
    people = everybody(ledger)
    sets = queue(view, Filter(waiting=None)).found
    return {
        "people": people,
        "sets": sets,
        "waiting": queue(view, order="changed"),
        "edits": [merge_of(view, each.change_set.id) for each in sets if each.change_set.open],
        "tasks": {name: [t for t in tasks(view, Caller(name, "web")) if t.kind != "signature"] for name in people},
        "signatures": [(s.signed, s.stale, s.says) for s in signatures(view)],
        "said": {each.change_set.id: discussion(view, subject_of(each.change_set.id)) for each in sets},
        "acts": find(view, Wanted()),
        "newest": find(view, Wanted(), newest=True, most=3),
        "versions": {item: versions(ledger, item) for item in ("a-1", "a-2") if ledger.history(item)},
        "watches": [watches_of(ledger, name, ended=True) for name in people],
        "releases": all_releases(ledger),
        "disagreements": disagreements(view).as_json(),
        "last": (ledger.position(), ledger.settled(), list(ledger.acts())[-1:]),
    }


def test_what_was_done_is_told_as_it_was_then(workspace: Workspace, tmp_path: Path) -> None:
    """After each step of a story the record is read; at its end every earlier moment still reads so."""
    ledger = workspace.ledger
    one = proposed(ledger, put("a-1"))
    other = proposed(ledger, put("a-1", "rival words"), put("a-2"))
    signed = f"assertion:{ledger.history('a-1')[0].assertion}"
    story: list[Callable[[], object]] = [
        lambda: comment(ledger, BEN, subject_of(one.id), "which figure?"),
        lambda: request_changes(ledger, BEN, other.id, revision=1, reason="which figure?"),
        lambda: assign(ledger, ADA, subject_of(one.id), "ben"),
        lambda: accept(ledger, BEN, one.id, revision=1),
        lambda: sign_off(workspace, BEN, Subject.parse(signed)),
        lambda: release(ledger, ADA, "first"),
        lambda: revise(ledger, CLEO, other.id, [put("a-2", "now with a figure")], revision=1, base=ledger.settled()),
        lambda: enrol(ledger, ADA, "eve", name="Eve"),
        lambda: accept(ledger, ADA, other.id, revision=2),
        lambda: retract(ledger, BEN, str(ledger.history("a-1")[0].assertion), code="misread", reason="misread"),
        lambda: load_case(workspace, CASE, tmp_path),
        lambda: watch(workspace, CLEO, Hypothesis(SPACE)),
        lambda: declare(ledger, BEN, "paper", "refereed it"),
        lambda: revoke(ledger, ADA, "cleo", Grant("curator"), reason="left"),
    ]
    seen = {}
    for step in story:
        step()
        seen[ledger.position()] = record_of(workspace)
    assert len(seen) == len(story)
    for position, found in seen.items():
        then = workspace.at(position)
        for what, value in record_of(then).items():
            assert value == found[what], (position, what)
    assert record_of(workspace.at("first"))["sets"] != record_of(workspace)["sets"]


def test_what_was_not_there_yet_is_not_found(workspace: Workspace) -> None:
    ledger = workspace.ledger
    before = ledger.position()
    made = proposed(ledger, put("a-1"))
    then = workspace.at(before)
    for unknown in (f"set:{made.id}", f"assertion:{ledger.history('a-1')[0].assertion}", "item:a-1"):
        assert history(workspace, Subject.parse(unknown))
        with pytest.raises(NotFoundError):
            history(then, Subject.parse(unknown))
    with pytest.raises(NotFoundError):
        versions(then.ledger, "a-1")
    assert ledger.assertions(None) and not then.ledger.assertions(None)
    assert then.ledger.accepted_of("a-1") is None
    with pytest.raises(ForbiddenError, match="nobody called 'ada' is known here"):
        tasks(workspace.at(0), ADA)


def test_the_impact_of_what_waited_then(workspace: Workspace) -> None:
    ledger = workspace.ledger
    accept(ledger, BEN, proposed(ledger, put("a-1")).id, revision=1)
    waiting = proposed(ledger, put("a-1", "other words", ledger.accepted_of("a-1")))
    position, (_, then) = ledger.position(), impact_of(workspace, waiting.id)
    accept(ledger, BEN, waiting.id, revision=1)
    found, again = impact_of(workspace.at(position), waiting.id)
    assert found.status == "open" and again == then and again.acceptable
