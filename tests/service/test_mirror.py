"""Graphs in memory that take turns: each answer is that of a graph derived for its version alone, whoever asks meanwhile."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mechkg.curation.assertions import accept, propose, retract
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import LedgerAt
from mechkg.errors import BadInputError, GraphError
from mechkg.graph.build import bring_up_to_date, read_state
from mechkg.graph.canonical import digest
from mechkg.graph.graph_store import GraphView
from mechkg.graph.store import Store
from mechkg.model.assertion import Remark
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service import mirror as mirror_module
from mechkg.service.mirror import MOST, Mirror

CORPUS = CorpusFile.model_validate({"mechkg": 1, "source": {"id": "paper", "title": "Paper"}})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of which many versions differ in what they say."""
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        import_corpus(ledger, CORPUS, "paper.yaml")
        for number in range(8):
            remark = Remark(id=f"r-{number}", kind="note", text=f"remark {number}")
            record = AssertionRecord.of("remark", remark, remark.id, "paper")
            propose(ledger, record, actor="ada")
            accept(ledger, record.id, actor="ada")
            if number % 3 == 2:
                retract(ledger, record.id, actor="ada", reason="misread")
        yield ledger


def versions(ledger: Ledger) -> list[int]:
    return sorted({ledger.settled(at) for at in range(1, ledger.position() + 1)} - {0})


def derived(ledger: Ledger, version: int) -> Store:
    """A graph derived from nothing."""
    store = Store.open(None)
    bring_up_to_date(store, LedgerAt(ledger, version))
    return store


class Past:
    """Derives graphs for a version alone, and says for which."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.asked: list[int] = []

    def __call__(self, version: int) -> GraphView:
        self.asked.append(version)
        return derived(self.ledger, version)


@pytest.mark.parametrize("seed", range(2))
def test_whoever_asks_is_answered_by_the_version_asked_about(ledger: Ledger, seed: int) -> None:
    """Many threads ask about versions in any order, at once: each is answered as by a graph derived for that version alone."""
    every = versions(ledger)
    expected = {version: digest(derived(ledger, version)) for version in every}
    assert len(set(expected.values())) == len(every)
    mirror, chance = Mirror(ledger, Past(ledger)), random.Random(seed)
    # mostly forward, as the ledger goes, with some who still ask about what was before
    asked = [max(every[0], every[min(n // 4, len(every) - 1)] - chance.choice((0, 0, 0, 1, 3))) for n in range(4 * len(every))]
    asked = [max(v for v in every if v <= version) for version in asked]

    def ask(version: int) -> tuple[int, int, str]:
        return version, *mirror.of(version).ask(lambda graph: (read_state(graph).position, digest(graph)))

    with ThreadPoolExecutor(6) as threads:
        for version, position, found in threads.map(ask, asked):
            assert (position, found) == (version, expected[version])
    mirror.let_go(idle=0)
    assert not mirror.in_use


def test_one_graph_follows_and_what_is_long_gone_is_derived_alone(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    original = mirror_module._Graph
    monkeypatch.setattr(mirror_module, "_Graph", lambda version: opened.append(version) or original(version))
    past = Past(ledger)
    mirror, every = Mirror(ledger, past), versions(ledger)
    for version in every[3:6]:
        assert mirror.ask(version, lambda graph: read_state(graph).position) == version
    assert (opened, past.asked) == ([every[3]], [])
    for version in every[2::-1]:  # each is before all graphs that there are
        assert mirror.ask(version, lambda graph: read_state(graph).position) == version
    assert opened == [every[3], every[2], every[1]] and len(opened) == MOST
    assert past.asked == [every[0]]


def test_a_graph_that_is_asked_stays_at_its_version(ledger: Ledger) -> None:
    mirror, every = Mirror(ledger, Past(ledger)), versions(ledger)
    asking, go = threading.Event(), threading.Event()

    def slow(graph: GraphView) -> tuple[str, str]:
        before = digest(graph)
        asking.set()
        assert go.wait(30)
        return before, digest(graph)

    with ThreadPoolExecutor(1) as threads:
        found = threads.submit(mirror.ask, every[2], slow)
        assert asking.wait(30)
        for version in every[3:]:
            assert mirror.ask(version, lambda graph: read_state(graph).position) == version
        mirror.let_go(idle=0)
        assert mirror.in_use
        go.set()
        assert len(set(found.result(30))) == 1


def test_a_question_or_a_graph_that_fails_spoils_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror, [first, second, *_] = Mirror(ledger, Past(ledger)), versions(ledger)

    def wrong(_: GraphView) -> None:
        raise BadInputError("no")

    with pytest.raises(BadInputError):
        mirror.ask(first, wrong)
    with monkeypatch.context() as patch:
        patch.setattr(mirror_module, "bring_up_to_date", _fails)
        with pytest.raises(GraphError):
            mirror.ask(second, read_state)
    assert not mirror.in_use  # what may be half done is not asked again
    assert mirror.ask(second, lambda graph: digest(graph)) == digest(derived(ledger, second))


def _fails(*_: object) -> None:
    raise GraphError("no")


def test_what_nobody_asks_is_let_go(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(mirror_module.time, "monotonic", lambda: now)
    mirror, [first, *_] = Mirror(ledger, Past(ledger)), versions(ledger)
    mirror.ask(first, read_state)
    now += 59
    mirror.let_go()
    assert mirror.in_use
    now += 2
    mirror.let_go()
    assert not mirror.in_use
