"""What is kept of hypothesis spaces: found when nothing changed, never when anything did, and whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mechkg.model.finding import errors
from mechkg.reasoning import engine
from mechkg.reasoning.problem import Problem
from mechkg.service import kept as kept_module
from mechkg.service.check import as_json, check, whole
from mechkg.service.kept import FOLDER, Kept, KeptSpaces
from mechkg.service.load_corpus import load_corpus
from mechkg.service.rebuild import rebuild
from mechkg.service.unopened import Unopened
from mechkg.service.workspace import Workspace
from tests.small_case import CASE, SPACE

ROOT = Path(kept_module.__file__).parents[2]


def load(home: Path, text: str = CASE) -> None:
    case = home.parent / f"{home.name}.yaml"
    case.write_text(text, encoding="utf-8")
    with Workspace.open(home) as workspace:
        assert not errors(list(load_corpus(workspace, [case]).findings))


def answer(view: Unopened | Workspace, space: str = SPACE) -> str:
    """All that a check says."""
    return json.dumps(as_json(check(view, space), whole(view, space)))


def asked(home: Path, space: str = SPACE) -> tuple[str, bool]:
    """What a command says, and whether it had to open the home."""
    with Unopened(home) as view:
        return answer(view, space), "workspace" in vars(view)


def worked_out(home: Path, space: str = SPACE) -> str:
    """What a command says in a home of which nothing was kept."""
    with Workspace.open(home) as workspace:
        workspace.home = None
        return answer(workspace, space)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the small case."""
    load(tmp_path / "home")
    return tmp_path / "home"


def grounded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count from now on how often clingo grounds in this thread; a server of an earlier test may still work in others."""
    times: list[int] = []
    here, original = threading.get_ident(), engine.ground

    def counted(*given: Any) -> Any:
        if threading.get_ident() == here:
            times.append(1)
        return original(*given)

    monkeypatch.setattr(engine, "ground", counted)
    return times


# --- found ----------------------------------------------------------------------------------------------------------------


def test_a_second_command_opens_nothing_and_says_the_same(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = worked_out(home)
    times = grounded(monkeypatch)
    first = asked(home)
    assert times == [1]
    second = asked(home)
    assert (first, second) == ((fresh, True), (fresh, False))
    assert times == [1]


def test_a_second_command_loads_no_engine(home: Path) -> None:
    asked(home)
    script = (
        "import sys; from mechkg.service.unopened import Unopened; from mechkg.service.check import check, whole\n"
        f"with Unopened({str(home)!r}) as view: check(view, {SPACE!r}); whole(view, {SPACE!r})\n"
        "print([name for name in ('clingo', 'pyoxigraph', 'sqlalchemy', 'numpy', 'rdflib', 'pint') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_was_kept_is_what_is_read_anew(home: Path) -> None:
    asked(home)
    with Unopened(home) as view, Workspace.open(home) as workspace:
        workspace.home = None
        kept, fresh = view.problem(SPACE), workspace.problem(SPACE)
        assert kept.program == fresh.program
        assert kept == fresh
        assert {a: view.assumption(a) for a in fresh.space.assumptions} == {
            a: workspace.assumption(a) for a in fresh.space.assumptions
        }


def test_a_home_that_another_process_holds_answers(home: Path) -> None:
    fresh, _ = asked(home)
    with Workspace.open(home) as workspace:
        assert asked(home) == (fresh, False)
        assert answer(workspace) == fresh


def test_an_act_that_touches_no_fact_saves_the_grounding(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(home)
    times = grounded(monkeypatch)
    load(home, "mechkg: 1\nsource: {id: more, title: More}\nchemicals: [{id: e, names: E, flag: external}]\n")
    said, opened = asked(home)
    assert (said, opened) == (worked_out(home), True)
    assert len(times) == 1  # for what is worked out with nothing kept


def test_facts_that_somebody_tries_are_grounded_by_themselves(home: Path) -> None:
    asked(home)
    with Unopened(home) as view:
        problem = view.problem(SPACE)
        fewer = frozenset(atom for atom in problem.facts.atoms if atom.name != "looked_to")
        tried = replace(problem, facts=replace(problem.facts, atoms=fewer))
        assert tried.program.index.keys() < problem.program.index.keys()
        assert len(list((home / FOLDER).glob("program-*"))) == 1


# --- not found ------------------------------------------------------------------------------------------------------------


def test_a_changed_corpus_is_read_anew(home: Path) -> None:
    before, _ = asked(home)
    load(home, CASE.replace("detects, method: absorption, limit", "detects, method: emission, limit"))
    after, opened = asked(home)
    assert opened
    assert after == worked_out(home)
    assert json.loads(after)["candidates"] != json.loads(before)["candidates"]


def test_a_ledger_of_the_same_length_is_another_ledger(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    load(other, CASE.replace("start: 0 min, end: 60 min", "start: 50 min, end: 60 min"))
    mine, _ = asked(home)
    shutil.copytree(home / FOLDER, other / FOLDER)
    theirs, opened = asked(other)
    assert opened
    assert theirs == worked_out(other)
    assert theirs != mine
    assert json.loads(theirs)["graph_version"] == json.loads(mine)["graph_version"]


def test_another_space_of_the_same_ledger_is_not_mistaken(home: Path) -> None:
    start = CASE.index("  - id: small\n")
    second = CASE[start:].replace("id: small", "id: second").replace("optional: [turn, stray, slip]", "optional: [turn, stray]")
    second = second.replace(
        "      - {id: turns-and-slips, title: A turns and slips, steps: [turn, slip], postulates: slow-turn}\n", ""
    )
    load(home, CASE + second)
    for space in (SPACE, "second", SPACE, "second"):
        assert asked(home, space)[0] == worked_out(home, space)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-7] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["space", "names", "rules", "program"])
@pytest.mark.parametrize(
    "harm",
    [
        _flip,
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["altered", "cut", "empty", "longer", "gone", "a folder"],
)
def test_a_damaged_file_is_passed_over_and_written_anew(home: Path, kind: str, harm: Callable[[Path], object]) -> None:
    fresh, _ = asked(home)
    [file] = (home / FOLDER).glob(f"{kind}-*")
    harm(file)
    assert asked(home)[0] == fresh
    if file.is_file():
        assert asked(home) == (fresh, False)


def test_a_file_under_the_name_of_another_is_not_what_was_written(tmp_path: Path) -> None:
    kept = Kept(tmp_path / FOLDER)
    kept.put("space-1", ("one",))
    (tmp_path / FOLDER / "space-1").rename(tmp_path / FOLDER / "space-2")
    assert kept.get("space-2") is None
    assert kept.get("space-1") is None


def test_files_are_read_again_when_one_of_them_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    original = kept_module.digest_of_files
    monkeypatch.setattr(kept_module, "digest_of_files", lambda: read.append(1) or original())
    rules = shutil.copytree(kept_module.rules_dir(), tmp_path / "rules")
    monkeypatch.setattr(kept_module, "rules_dir", lambda: rules)
    first = kept_module._digest_as_they_are()
    assert (kept_module._digest_as_they_are(), len(read)) == (first, 1)
    file = min(rules.glob("*.lp"))
    other = tmp_path / "other.lp"  # of the same size and time
    other.write_bytes(file.read_bytes().swapcase())
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)
    assert kept_module._digest_as_they_are() not in (first, None)
    (rules / "more.lp").write_text("% nothing\n", encoding="utf-8")
    assert kept_module._digest_as_they_are() == original() and len(read) == 3


def test_nothing_is_kept_once_files_were_exchanged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "digest_of_files", lambda: "those of a newer version")
    monkeypatch.setattr(kept_module, "_looked", None)
    assert asked(home) == (worked_out(home), True)
    assert not (home / FOLDER).exists()


def test_nothing_is_kept_of_a_graph_that_moved_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace.open(home) as workspace:
        reading = workspace.reading
        load(home, CASE.replace("detects, method: absorption, limit", "detects, method: emission, limit"))
        workspace.refresh()
        reading.problem(SPACE)  # asked of before, answered from the graph of now
        assert not (home / FOLDER).exists()


def test_what_was_read_from_a_graph_that_was_harmed_goes_with_it(home: Path) -> None:
    with Workspace.open(home) as workspace:
        said = [quad for quad in workspace.store.quads() if "/no-c>" in quad[0]]
        workspace.store.change(remove=said)
    wrong, _ = asked(home)
    assert asked(home) == (wrong, False)
    assert not rebuild(home).same
    assert not (home / FOLDER).exists()
    assert asked(home) == (worked_out(home), True)
    assert asked(home)[0] != wrong


def test_a_graph_made_anew_because_it_was_gone_forgets_what_was_kept(home: Path) -> None:
    asked(home)
    shutil.rmtree(home / "graph")
    Workspace.open(home).close()
    assert not (home / FOLDER).exists()


def test_a_graph_in_memory_forgets_nothing(home: Path) -> None:
    fresh, _ = asked(home)
    with Workspace.open(home), Workspace.open(home) as second:
        assert second.store.where is None
    assert asked(home) == (fresh, False)


# --- derived from ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of code, rules, queries and ontology that may be changed."""
    folder = tmp_path / "checkout"
    unused = shutil.ignore_patterns("__pycache__", "node_modules", "static", "corpus", "api", "web")
    for part in ("mechkg", "queries", "ontology"):
        shutil.copytree(ROOT / part, folder / part, ignore=unused)
    return folder


def run(checkout: Path, script: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=checkout).stdout


def test_every_file_that_has_a_say_is_part_of_the_name(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "__file__", str(checkout / "mechkg/service/kept.py"))
    monkeypatch.setattr(kept_module, "rules_dir", lambda: checkout / "mechkg/reasoning/rules")
    monkeypatch.setattr(kept_module, "queries_dir", lambda: checkout / "queries")
    monkeypatch.setattr(kept_module, "ontology_dir", lambda: checkout / "ontology")
    digest = kept_module.digest_of_files
    seen = [digest()]
    for part in (
        "mechkg/errors.py", "mechkg/reasoning/facts.py", "mechkg/reasoning/engine.py", "mechkg/graph/rdf.py",
        "mechkg/model/step.py", "mechkg/curation/status.py",
        "mechkg/reasoning/rules/2_seen.lp", "mechkg/reasoning/rules/choices.lp", "queries/facts/reported.rq",
        "ontology/observation.ttl",
    ):  # fmt: skip
        with (checkout / part).open("a", encoding="utf-8") as file:
            file.write("\n")
        seen.append(digest())
    (checkout / "queries/facts/step_kind.rq").rename(checkout / "queries/facts/kind_of_step.rq")
    seen.append(digest())
    monkeypatch.setattr(kept_module.sys, "version", "3.99.0")
    seen.append(digest())
    monkeypatch.undo()
    packages = checkout / "packages"
    (packages / "clingo").mkdir(parents=True)
    (packages / "clingo-5.8.0.dist-info").mkdir()
    monkeypatch.setattr(kept_module, "_packages_with", lambda engine: packages)
    seen.append(digest())
    (packages / "clingo-5.8.0.dist-info").rename(packages / "clingo-5.8.1.dist-info")
    seen.append(digest())
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_a_changed_rule_is_heard_of_at_once(checkout: Path, home: Path) -> None:
    script = (
        "import json; from mechkg.service.unopened import Unopened; from mechkg.service.check import as_json, check, whole\n"
        f"with Unopened({str(home)!r}) as view:\n"
        f"    found = json.dumps(as_json(check(view, {SPACE!r}), whole(view, {SPACE!r})))\n"
        "    print(found, 'workspace' in vars(view))"
    )
    first, second = run(checkout, script), run(checkout, script)
    assert first.endswith("True\n")
    assert second == first.replace("True\n", "False\n")
    for file in (checkout / "mechkg/reasoning/rules").glob("*.lp"):
        said = re.sub(r"^(%@ says: .*)$", r"\1, as ruled anew", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        file.write_text(said, encoding="utf-8")
    third = run(checkout, script)
    assert third.endswith("True\n")
    assert "as ruled anew" in third
    shutil.rmtree(home / FOLDER)
    assert run(checkout, script) == third


# --- the folder -----------------------------------------------------------------------------------------------------------


def test_only_the_user_may_read_it(home: Path) -> None:
    asked(home)
    folder = home / FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=3000)
    for number, name in enumerate("abc"):
        kept.put(name, "x" * 800)
        os.utime(tmp_path / name, (number, number))
    assert kept.get("a") is not None  # used now
    kept.put("d", "x" * 800)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "c", "d"]


def test_what_nobody_finished_writing_is_removed_after_a_while(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    old, young = tmp_path / "old.new", tmp_path / "young.new"
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    kept.put("a", "x")
    assert not old.exists()
    assert young.exists()


def test_a_folder_that_cannot_be_made_keeps_nothing(home: Path) -> None:
    (home / FOLDER).write_bytes(b"")
    fresh = worked_out(home)
    assert asked(home) == (fresh, True)
    assert asked(home) == (fresh, True)


WRITERS, ROUNDS = 4, 150


def test_writers_and_readers_do_not_meet_half_way(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from mechkg.service.kept import Kept\n"
        f"kept, me = Kept(Path({str(tmp_path)!r}), most=200_000), int(sys.argv[1])\n"
        f"for number in range({ROUNDS}):\n"
        "    kept.put(f'file-{number % 7}', (me, number, 'x' * 20_000))\n"
        "    found = kept.get(f'file-{number % 5}')\n"
        "    assert found is None or (len(found) == 3 and found[2] == 'x' * 20_000), found\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(number)]) for number in range(WRITERS)]
    assert [writer.wait(60) for writer in writers] == [0] * WRITERS
    kept = Kept(tmp_path)
    names = [file.name for file in tmp_path.iterdir()]
    assert {name for name in names if name.endswith(".new")} == set()
    assert all(kept.get(name)[2] == "x" * 20_000 for name in names)


# --- every space ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shipped corpus."""
    folder = tmp_path_factory.mktemp("shipped") / "home"
    with Workspace.open(folder) as workspace:
        load_corpus(workspace)
    return folder


def test_every_shipped_space_comes_back_as_it_was(shipped: Path) -> None:
    with Workspace.open(shipped) as workspace:
        spaces = [entry.id for entry in workspace.catalog.by_kind["space"]]
        fresh: dict[str, Problem] = {space: workspace.problem(space) for space in spaces}
        programs = {space: problem.program for space, problem in fresh.items()}
    assert len(spaces) > 30
    with Unopened(shipped) as view:
        for space in spaces:
            problem = view.problem(space)
            assert problem == fresh[space]
            assert problem.program == programs[space]
        assert "workspace" not in vars(view)


def test_what_is_kept_of_a_state_is_named_by_its_digest(home: Path) -> None:
    asked(home)
    with Workspace.open(home) as workspace:
        acts = list(workspace.ledger.acts())
    assert KeptSpaces(home, acts[-1].digest).space(SPACE, acts[-1].position) is not None
    assert KeptSpaces(home, acts[-2].digest).space(SPACE, acts[-1].position) is None
