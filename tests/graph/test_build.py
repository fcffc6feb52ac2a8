"""The projector: however the graph came to a position of the ledger, it is the graph of that position."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mechkg.curation.assertions import accept, propose, reject, retract, supersede
from mechkg.curation.ledger import Ledger
from mechkg.errors import LockedGraphError, RefusedActError
from mechkg.graph import build
from mechkg.graph.build import BuildReport, State, bring_up_to_date, read_state, rebuild, supposed
from mechkg.graph.canonical import canonical
from mechkg.graph.namespaces import IMPLIED_GRAPH, MK, ONTOLOGY_GRAPH, STATE_GRAPH
from mechkg.graph.store import Store
from mechkg.graph.terms import Quad
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.ledger_record import Act, AssertionRecord

ME = "a curator"


def record(kind: ItemKind, /, **content: Any) -> AssertionRecord:
    item = ITEM_TYPES[kind].model_validate(content)
    return AssertionRecord.of(kind, item, item.id, "paper")


AMINE = record("chemical", id="amine", names="an amine", classes="PrimaryAmine")
STEP = record("step", id="s1", kind="isomerisation", promoters=[{"chemical": "amine"}], reverse="s2")
BACK = record("step", id="s2", kind="isomerisation")
PLACE = record("procedure", id="p", title="P", stages=[{"id": "a", "action": "mix", "medium": "amine", "duration": "2 h"}])
SEEN = record("observation", id="o", at="p/a", kind="present", subject="s1", quote="was seen", note='a "note"\n')
SEEN_BETTER = record("observation", id="o", at="p/a", kind="present", subject="s1", window="~5 min", quote="was seen")
ALL = [AMINE, STEP, BACK, PLACE, SEEN, SEEN_BETTER]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def take_in(ledger: Ledger, *records: AssertionRecord) -> None:
    for each in records:
        propose(ledger, each, actor=ME)
        accept(ledger, each.id, actor=ME)


def anew(ledger: Ledger) -> str:
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        return canonical(store)


def follows(store: Store, subject: str) -> set[tuple[str, ...]]:
    query = f"SELECT ?p ?o WHERE {{ GRAPH <{IMPLIED_GRAPH}> {{ ?s ?p ?o }} }}"
    return {tuple(row) for row in store.rows(query, {"s": subject})}


# --- what a build does ------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_in_the_graph_with_what_follows(ledger: Ledger) -> None:
    take_in(ledger, AMINE, STEP, PLACE)
    propose(ledger, BACK, actor=ME)
    with Store.open(None) as store:
        report = bring_up_to_date(store, ledger)
        # the proposal is the last act, and changed nothing that counts
        assert (report.position, ledger.position(), report.added, report.rebuilt) == (6, 7, 3, True)
        assert ("promotedBy", "amine") in follows(store, "s1")
        assert ("promotes", "s1") in follows(store, "amine")
        assert ("contains", "amine") in follows(store, "p/a")
        assert ("reverse", "s1") in follows(store, "s2")
        assert len(store.graph(ONTOLOGY_GRAPH)) > 500
        assert store.rows(f"SELECT ?s WHERE {{ ?s <{MK}kind> ?kind }}", {}) == [["s1"]]


def test_said_and_implied_never_mix(ledger: Ledger) -> None:
    take_in(ledger, *ALL[:5])
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        said = {quad[:3] for quad in store.quads() if quad[3].endswith("#assertion>")}
        implied = set(store.graph(IMPLIED_GRAPH))
        assert said
        assert implied
        assert said.isdisjoint(implied)


def test_a_graph_that_is_up_to_date_is_left_alone(ledger: Ledger) -> None:
    take_in(ledger, AMINE)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        store.change([("<urn:mark>",) * 3 + ("<urn:mark>",)])  # type: ignore[list-item]
        assert bring_up_to_date(store, ledger) == BuildReport(2)
        assert store.has_graph("urn:mark")


def test_an_empty_ledger_gives_an_ontology_and_no_items(ledger: Ledger) -> None:
    with Store.open(None) as store:
        assert bring_up_to_date(store, ledger).position == 0
        assert read_state(store).position == 0
        assert store.has_graph(ONTOLOGY_GRAPH)
        take_in(ledger, AMINE)
        assert bring_up_to_date(store, ledger).added == 1


def test_what_is_retracted_goes_with_what_followed_from_it(ledger: Ledger) -> None:
    take_in(ledger, AMINE, STEP)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        retract(ledger, AMINE.id, reason="wrong", actor=ME)
        report = bring_up_to_date(store, ledger)
        assert (report.added, report.removed, report.rebuilt) == (0, 1, False)
        assert ("promotes", "s1") in follows(store, "amine")
        assert ("type", "Amine") not in {(p.rpartition("#")[2], o) for p, o in follows(store, "amine")}
        assert canonical(store) == anew(ledger)


def test_one_assertion_takes_the_place_of_another(ledger: Ledger) -> None:
    take_in(ledger, PLACE, SEEN)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        with ledger.batch("better", ME) as batch:
            propose(batch, SEEN_BETTER)
            accept(batch, SEEN_BETTER.id)
            supersede(batch, SEEN.id, by=SEEN_BETTER.id, reason="time added")
        report = bring_up_to_date(store, ledger)
        assert (report.acts, report.added, report.removed) == (3, 1, 1)
        assert canonical(store) == anew(ledger)


# --- the same graph by any way ----------------------------------------------------------------------------------------

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "accept", "reject", "retract", "supersede", "project"]), st.sampled_from(range(len(ALL)))
    ),
    max_size=40,
)


def act(ledger: Ledger, kind: str, each: AssertionRecord) -> None:
    """Do an act, where the ledger allows it."""
    verbs: dict[str, Callable[[], object]] = {
        "propose": lambda: propose(ledger, each, actor=ME),
        "accept": lambda: accept(ledger, each.id, actor=ME),
        "reject": lambda: reject(ledger, each.id, reason="no", actor=ME),
        "retract": lambda: retract(ledger, each.id, reason="no", actor=ME),
        "supersede": lambda: supersede(ledger, each.id, by=SEEN.id, reason="no", actor=ME),
    }
    try:
        verbs[kind]()
    except RefusedActError:
        return


@pytest.fixture(params=[0, 10**9], ids=["by what changed", "anew"])
def either_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let what follows be worked out from what changed, and anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "_WORTH", request.param)
        yield


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
@pytest.mark.usefixtures("either_way")
def test_catching_up_gives_the_graph_of_a_rebuild(acts: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder, Ledger.open(f"{folder}/ledger.db") as ledger, Store.open(None) as store:
        for kind, number in acts:
            if kind == "project":
                bring_up_to_date(store, ledger)
            else:
                act(ledger, kind, ALL[number])
        bring_up_to_date(store, ledger)
        assert canonical(store) == anew(ledger)


# --- when the graph cannot be caught up -------------------------------------------------------------------------------


# --- what it would say ------------------------------------------------------------------------------------------------


def the_said(store: Store) -> set[Quad]:
    """Return what is said and what follows, without the stamp, the ontology, and who accepted it when."""
    return {quad for quad in store.quads() if not quad[3].endswith(("#pubinfo>", f"{STATE_GRAPH}>", f"{ONTOLOGY_GRAPH}>"))}


SOME = st.sets(st.sampled_from(range(len(ALL))))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOME, SOME, SOME)
@pytest.mark.usefixtures("either_way")
def test_what_a_graph_would_say_is_what_it_says_once_it_is_so(now: set[int], without: set[int], new: set[int]) -> None:
    there = {ALL[n].item: ALL[n] for n in sorted(now)}
    gone = [ALL[n] for n in sorted(without) if there.get(ALL[n].item) is ALL[n]]
    room = there.keys() - {each.item for each in gone}
    coming = {ALL[n].item: ALL[n] for n in sorted(new) if ALL[n].item not in room and ALL[n] not in gone}.values()
    with TemporaryDirectory() as folder, Ledger.open(f"{folder}/ledger.db") as ledger, Store.open(None) as store:
        take_in(ledger, *there.values())
        bring_up_to_date(store, ledger)
        before = canonical(store)
        act = Act(99, "accept", "", ME, datetime(2026, 1, 1, tzinfo=UTC), None, None, "")
        with supposed(store, [each.id for each in gone], [(each, act) for each in coming]):
            would_say = the_said(store)
        assert canonical(store) == before
        for each in gone:
            retract(ledger, each.id, reason="to see", actor=ME)
        take_in(ledger, *coming)
        bring_up_to_date(store, ledger)
        assert the_said(store) == would_say


def test_a_graph_says_again_what_it_said_when_looking_fails(ledger: Ledger) -> None:
    take_in(ledger, AMINE, STEP, BACK)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        before = canonical(store)

        def look() -> None:
            with supposed(store, [BACK.id], []):
                assert canonical(store) != before
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            look()
        assert canonical(store) == before


# --- when the graph cannot be caught up -------------------------------------------------------------------------------


def test_a_graph_of_another_ledger_is_built_anew(ledger: Ledger, tmp_path: Path) -> None:
    take_in(ledger, AMINE, STEP)
    with Ledger.open(tmp_path / "other.db") as other, Store.open(None) as store:
        take_in(other, BACK, PLACE, SEEN)
        bring_up_to_date(store, other)
        assert bring_up_to_date(store, ledger).rebuilt
        assert canonical(store) == anew(ledger)


def test_a_ledger_that_went_another_way_after_a_backup_is_noticed(ledger: Ledger, tmp_path: Path) -> None:
    """Both have the same first acts; the graph is not ahead, and still of another history."""
    with Ledger.open(tmp_path / "other.db") as other, Store.open(None) as store:
        take_in(other, AMINE, STEP)
        bring_up_to_date(store, other)
        take_in(ledger, AMINE, BACK, PLACE)
        assert bring_up_to_date(store, ledger).rebuilt
        assert canonical(store) == anew(ledger)


def test_a_graph_ahead_of_its_ledger_is_built_anew(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "long.db") as long, Ledger.open(tmp_path / "short.db") as short, Store.open(None) as store:
        take_in(long, AMINE, STEP)
        bring_up_to_date(store, long)
        take_in(short, AMINE)
        assert bring_up_to_date(store, short).rebuilt
        assert canonical(store) == anew(short)


def test_a_changed_ontology_is_loaded_and_stamped(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(ledger, AMINE)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        monkeypatch.setattr(build, "ontology_digest", lambda: "another")
        monkeypatch.setattr(build, "_ontology", lambda: (("<urn:a>", "<urn:b>", "<urn:c>"),))
        assert not bring_up_to_date(store, ledger).rebuilt
        assert store.graph(ONTOLOGY_GRAPH) == [("<urn:a>", "<urn:b>", "<urn:c>")]
        assert read_state(store).ontology == "another"


def test_a_graph_made_by_other_code_is_built_anew(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(ledger, AMINE)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        monkeypatch.setattr(build, "mapping_digest", lambda: "another")
        assert bring_up_to_date(store, ledger).rebuilt


def test_what_a_killed_first_build_left_is_built_anew(ledger: Ledger) -> None:
    take_in(ledger, AMINE, STEP)
    with Store.open(None) as store:
        bring_up_to_date(store, ledger)
        store.change([("<urn:left>", "<urn:left>", "<urn:left>", "<urn:left>")], [STATE_GRAPH])
        assert read_state(store) == State()
        assert bring_up_to_date(store, ledger).rebuilt
        assert canonical(store) == anew(ledger)


# --- rebuild ----------------------------------------------------------------------------------------------------------


def test_a_rebuild_gives_the_same_graph_in_the_same_place(ledger: Ledger, tmp_path: Path) -> None:
    place = tmp_path / "graph"
    take_in(ledger, *ALL[:3])
    with Store.open(place) as store:
        bring_up_to_date(store, ledger)
        take_in(ledger, *ALL[3:5])
        bring_up_to_date(store, ledger)
        before = canonical(store)
    assert rebuild(place, ledger).added == 5
    with Store.open(place) as store:
        assert canonical(store) == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("graph")) == ["graph"]


def test_a_graph_in_use_is_not_rebuilt(ledger: Ledger, tmp_path: Path) -> None:
    with Store.open(tmp_path / "graph"), pytest.raises(LockedGraphError):
        rebuild(tmp_path / "graph", ledger)


def test_a_failing_rebuild_leaves_the_old_graph(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(ledger, AMINE)
    rebuild(tmp_path / "graph", ledger)

    def fail(*given: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(build, "quads_of", fail)
        with pytest.raises(OSError, match="disk full"):
            rebuild(tmp_path / "graph", ledger)
    with Store.open(tmp_path / "graph") as store:
        assert canonical(store) == anew(ledger)


# --- kill -9 ----------------------------------------------------------------------------------------------------------

PROJECT = """
import sys
from mechkg.curation.ledger import Ledger
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.store import Store
store, ledger = Store.open(sys.argv[1]), Ledger.open(sys.argv[2])
print("ready", flush=True)
while True:
    line = sys.stdin.readline()
    if not line:
        break
    bring_up_to_date(store, ledger)
    print("done", flush=True)
"""


@pytest.mark.slow
def test_a_projector_killed_at_any_moment_catches_up(ledger: Ledger, tmp_path: Path) -> None:
    """At each round a batch of acts is projected by a process that is killed meanwhile; the stamp never lies about the graph."""
    place, luck = tmp_path / "graph", random.Random(4)
    many = [record("observation", id=f"o{n}", at="p/a", kind="present", subject="s1", window=f"{n} min") for n in range(600)]
    command = [sys.executable, "-c", PROJECT, str(place), str(tmp_path / "ledger.db")]
    accepted: list[AssertionRecord] = []
    whole = killed = 0
    for n in range(12):
        with ledger.batch(f"round {n}", ME) as batch:
            for each in [*(ALL[:4] if n == 0 else ()), *many[50 * n : 50 * n + 50]]:
                propose(batch, each)
                accept(batch, each.id)
                accepted.append(each)
            for each in luck.sample(accepted[4:], 5 if n else 0):
                retract(batch, each.id, reason="tried")
                accepted.remove(each)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            child.stdin.write(b"go\n")
            child.stdin.flush()
            time.sleep(luck.uniform(0, 0.35))
            child.send_signal(signal.SIGKILL)
            finished = b"done" in child.stdout.read()
            child.wait()
        whole, killed = whole + finished, killed + (not finished)
        with Store.open(place) as store:
            state = read_state(store)
            heads = store.rows("SELECT (COUNT(?n) AS ?c) WHERE { ?n <http://www.nanopub.org/nschema#hasAssertion> ?a }", {})
            if state.position:
                assert heads == [[len(ledger.accepted(state.position))]], f"round {n}: the stamp says {state.position}"
        if n % 3 == 2:  # at times it is behind by several batches
            with Store.open(place) as store:
                bring_up_to_date(store, ledger)
                assert canonical(store) == anew(ledger)
    assert killed >= 3, f"only {killed} of {killed + whole} were killed at work"
    with Store.open(place) as store:
        bring_up_to_date(store, ledger)
        assert canonical(store) == anew(ledger)
