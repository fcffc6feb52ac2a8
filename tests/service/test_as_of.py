"""What is answered about the past is what was answered then."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.enrol import enrol
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.errors import BadInputError
from mechkg.graph.namespaces import ONTOLOGY_GRAPH
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.service import as_of
from mechkg.service.ask import ask
from mechkg.service.check import as_json, check
from mechkg.service.reading import View
from mechkg.service.report import as_json as report_as_json
from mechkg.service.report import report
from mechkg.service.show import show
from mechkg.service.why import why
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, employ, proposed, put
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
    assert workspace.at(ledger.position()) is workspace.at(last)  # nothing came to count: the same


# --- kept ------------------------------------------------------------------------------------------------------------------


def test_a_few_are_kept_and_two_who_ask_for_one_wait_for_it(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = workspace.ledger
    positions = []
    for n in range(as_of.KEPT + 2):
        accept(ledger, BEN, proposed(ledger, put(f"i-{n}")).id, revision=1)
        positions.append(ledger.position())
    made: list[int] = []
    real = as_of.read_at

    def counted(ledger: Ledger, position: int) -> Any:
        made.append(position)
        return real(ledger, position)

    monkeypatch.setattr(as_of, "read_at", counted)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(workspace.at(positions[0]))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [positions[0]]
    assert len(set(map(id, found))) == 1
    for position in positions:
        workspace.at(position)
    assert made == positions
    workspace.at(positions[-1])
    assert made == positions
    workspace.at(positions[0])  # was let go
    assert made == [*positions, positions[0]]
