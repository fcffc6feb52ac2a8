"""How fast hypothesis spaces are worked out: all candidates at once against clingo, whole processes, conflict sets, counts.

The generated set is ``random_program`` of the tests: spaces of 60 species, 6 stages and 32 observations under the shipped rules.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mechkg.reasoning.check import check
from mechkg.reasoning.conflict_sets import conflict_set_on, conflict_sets, first_conflict_set, setting_values
from mechkg.reasoning.counting import count_survivors
from mechkg.reasoning.engine import ground
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.report import whole_space
from mechkg.reasoning.rulebook import read_rulebook
from mechkg.reasoning.sweep import sweep
from mechkg.service.kept import FOLDER
from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace
from tests.benchmarks.clingo_enumeration import Enumeration
from tests.benchmarks.clingo_process import facts_from
from tests.benchmarks.generated_case import case_of
from tests.benchmarks.timing import Row, goal, in_turns, seconds, summary
from tests.reasoning.random_spaces import random_program
from tests.reasoning.spaces_of_facts import problem_of, program_of, space_of

HERE = Path(__file__).parent
MECHKG = str(Path(sys.executable).with_name("mechkg"))
SPACE, CANDIDATE = "cdtese-msc399", "eq2"
COMPILED = "compiled"
"""Folder beside a home: the compiled code of what is run there."""


# --- all candidates at once --------------------------------------------------------------------------------------------------


def bench_all_candidates(scratch: Path) -> Iterator[Row]:
    """All 2^20 candidates: the evaluator, and clingo given the same ground program, which comes to the same sweep."""
    for seed in (0, 1, 2):
        yield _all_candidates(seed, 20)


def _all_candidates(seed: int, choices: int) -> Row:
    facts = random_program(seed, choices)
    program, space = program_of(facts), space_of(facts)
    peer = Enumeration(program, space)
    mine = sweep(program, space)
    theirs: list[object] = []
    # clingo takes half a minute: it has one round, the evaluator rounds before and after it
    rounds = [seconds(lambda: sweep(program, space)) for _ in range(10)]
    listed = seconds(lambda: theirs.append(peer.sweep()))
    rounds += [seconds(lambda: sweep(program, space)) for _ in range(10)]
    assert theirs == [mine]
    unread = min(seconds(peer.count) for _ in range(3))
    typical = statistics.median(rounds)
    says = "at least 1000 times faster than clingo, which lists all answer sets and writes down what each says"
    return {
        "space": f"generated, {choices} choices, seed {seed}",
        "candidates": mine.size,
        "survivors": mine.survivors.bit_count(),
        "seconds": summary(rounds),
        "clingo_seconds": round(listed, 3),
        "times_faster": round(listed / typical),
        **goal(says, met=listed / typical >= 1000),
        "clingo_seconds_without_reading_an_answer": round(unread, 3),
        "times_faster_than_that": round(unread / typical),
        "timed": "after grounding; both from the same ground program, both to the same sweep",
    }


def bench_largest(scratch: Path) -> Iterator[Row]:
    """All 2^24 candidates, in a process of their own."""
    for seed in (0, 1, 2):
        rounds = [json.loads(_output(sys.executable, str(HERE / "sweep_process.py"), str(seed), "24")) for _ in range(3)]
        peak = max(r["peak_mb"] for r in rounds)
        times = [r["seconds"] for r in rounds]
        yield {
            "space": f"generated, 24 choices, seed {seed}",
            "candidates": rounds[0]["candidates"],
            "survivors": rounds[0]["survivors"],
            "seconds": summary(times),
            "peak_mb": round(peak),
            **goal("under 1 s and under 300 MB", met=statistics.median(times) < 1 and peak < 300),
            "timed": "the whole sweep, plans and folding included, after grounding; peak memory is that of the whole process",
        }


def bench_count(scratch: Path) -> Iterator[Row]:
    """Candidates of 40 free choices, counted by decision diagram, with what survivors share and the minimal ones."""
    for seed in range(6):
        problem = problem_of(random_program(seed, 40))
        found = count_survivors(_fresh(problem))
        assert found.exact
        rounds = _rounds(problem, count_survivors, 5)
        yield {
            "space": f"generated, 40 choices, seed {seed}",
            "candidates": found.candidates,
            "survivors": found.survivors,
            "seconds": summary(rounds),
            **goal("under 1 s", met=statistics.median(rounds) < 1),
            "timed": "after grounding: exact count by CUDD, and by the solver what survivors share and up to 20 minimal ones",
        }


# --- whole processes ---------------------------------------------------------------------------------------------------------


def bench_whole_process(scratch: Path) -> Iterator[Row]:
    """``mechkg check`` on loaded data, from start to exit, against processes that let clingo list every candidate.

    One of them reads the graph that mechkg reads. The other is handed the facts in the language of clingo, and opens no graph.
    The first check of a space grounds it and keeps facts and ground program in the home folder; later ones find them there.
    """
    for choices in (10, 12, 14, 16, 18, 20):
        yield _whole_process(scratch, choices)


def _whole_process(scratch: Path, choices: int) -> Row:
    space, home = f"generated-{choices}-0", scratch / f"home-{choices}"
    case, facts = scratch / f"{space}.yaml", scratch / f"{space}.lp"
    case.write_text(case_of(0, choices), encoding="utf-8")
    with Workspace.open(home) as workspace:
        load_corpus(workspace, [case])
    facts.write_text(facts_from(str(home), space), encoding="utf-8")
    peer = str(HERE / "clingo_process.py")
    mechkg = (MECHKG, "check", space, "--json")
    # a check of which nothing is kept first; what it keeps is there for the one that follows
    commands = [mechkg, mechkg, (sys.executable, peer, str(home), space), (sys.executable, peer, str(facts))]
    answers: list[dict[str, Any]] = [{} for _ in commands]
    processor: list[list[float]] = [[] for _ in commands]

    def ask(place: int) -> None:
        before = _processor_seconds()
        answers[place] = json.loads(_output(*commands[place], home=home))
        processor[place].append(_processor_seconds() - before)

    def forget_and_ask() -> None:
        shutil.rmtree(home / FOLDER, ignore_errors=True)
        ask(0)

    if not (scratch / COMPILED).exists():
        for place in range(len(commands)):
            ask(place)
            processor[place].clear()
    # with many choices clingo takes so long that one round tells enough
    rounds = 7 if choices <= 14 else 3 if choices <= 16 else 1
    clocks = in_turns([forget_and_ask, *(partial(ask, place) for place in (1, 2, 3))], rounds)
    whole = answers[1]["whole"]
    assert answers[0] == answers[1]
    for answer in answers[2:]:
        assert answer == {name: whole[name] for name in answer}
    facts_alone = random_program(0, choices)
    assert whole["survivors"] == sweep(program_of(facts_alone), space_of(facts_alone)).survivors.bit_count()
    first, typical, read, given = map(statistics.median, clocks)
    first_work, work, read_work, given_work = map(statistics.median, processor)
    return {
        "space": f"generated, {choices} choices, seed 0",
        "seconds": summary(clocks[1]),
        "processor_seconds": summary(processor[1]),
        "clingo_seconds": summary(clocks[2]),
        "clingo_processor_seconds": summary(processor[2]),
        "times_faster": round(read / typical, 2),
        "times_less_work": round(read_work / work, 2),
        **goal(
            "not slower, and no more work, than a process that reads the same graph and lets clingo list every candidate",
            met=typical <= read and work <= read_work,
        ),
        "kept": "facts, names, rules and ground program, from a check before: ledger and graph stay closed, nothing is grounded",
        "seconds_with_nothing_kept": summary(clocks[0]),
        "processor_seconds_with_nothing_kept": summary(processor[0]),
        "times_faster_with_nothing_kept": round(read / first, 2),
        "times_less_work_with_nothing_kept": round(read_work / first_work, 2),
        "clingo_seconds_with_facts_handed_to_it": summary(clocks[3]),
        "times_faster_than_that": round(given / typical, 2),
        "times_less_work_than_that": round(given_work / work, 2),
        "timed": "whole processes, on data loaded before. mechkg check: three named candidates with conflicts and proofs, and "
        "the whole space. clingo: the rule files as they stand, the whole space by listing its candidates, orders taken in. "
        "Both come to the same counts.",
    }


def bench_check_cdtese(scratch: Path) -> Iterator[Row]:
    """``mechkg check`` on the space of the shipped corpus, from start to exit."""
    home = scratch / "home"
    with Workspace.open(home) as workspace:
        load_corpus(workspace)
    command = (MECHKG, "check", SPACE, "--json")

    def forget_and_ask() -> None:
        shutil.rmtree(home / FOLDER, ignore_errors=True)
        _output(*command, home=home)

    forget_and_ask()  # now the code is compiled
    first, later = in_turns([forget_and_ask, lambda: _output(*command, home=home)], 7)
    for kept, rounds in (("nothing", first), ("facts, names, rules and ground program, from a check before", later)):
        yield {"space": SPACE, "kept": kept, "seconds": summary(rounds), "timed": "the whole process, on loaded data"}


# --- one space, step by step -------------------------------------------------------------------------------------------------


def bench_cdtese(scratch: Path) -> Iterator[Row]:
    """The space of the shipped corpus: grounding, verdicts, the whole space, conflict sets."""
    with Workspace.open(scratch) as workspace:
        load_corpus(workspace)
        problem = workspace.problem(SPACE)
        book = read_rulebook()
        [candidate] = problem.candidates([CANDIDATE])

        def timed(what: str, call: Callable[[Problem], object], rounds: int, **more: object) -> Row:
            return {"space": SPACE, "what": what, "seconds": summary(_rounds(problem, call, rounds)), **more}

        rules = [rule.text for rule in book.rules]
        yield timed("grounding", lambda _: ground(rules, book.choices, problem.facts.atoms), 5, facts=len(problem.facts.atoms))
        yield timed("verdicts on the named candidates, with proofs", check, 5, candidates=len(problem.space.candidates))
        found = whole_space(problem)
        yield timed("the whole space", whole_space, 5, candidates=found.candidates, survivors=found.survivors)
        first = first_conflict_set(problem, candidate)
        assert first is not None
        setting = setting_values(problem, candidate)
        [outcome] = problem.outcomes.of([problem.setting(candidate)], quick=True)
        observation = min(outcome.hit, key=problem.rank)
        assert conflict_set_on(problem, setting, observation) == first
        rounds = _rounds(problem, lambda p: conflict_set_on(p, setting, observation), 25)
        yield {
            "space": SPACE,
            "what": f"first conflict set of {CANDIDATE}, its verdict being known",
            "seconds": summary(rounds),
            **goal("under 10 ms", met=statistics.median(rounds) < 0.01),
        }
        yield timed(f"verdict on {CANDIDATE} and its first conflict set", lambda p: first_conflict_set(p, candidate), 9)
        sets = conflict_sets(problem, candidate, budget=60)
        assert sets.complete
        yield timed(
            f"all conflict sets and repairs of {CANDIDATE}",
            lambda p: conflict_sets(p, candidate, budget=60),
            3,
            sets=len(sets.sets),
            repairs=len(sets.repairs),
        )


def _rounds(problem: Problem, call: Callable[[Problem], object], many: int) -> list[float]:
    """Time a call so many times, each with a problem of which nothing but the ground program is known."""
    found = []
    for fresh in [_fresh(problem) for _ in range(many)]:
        found.append(seconds(partial(call, fresh)))
    return found


def _fresh(problem: Problem) -> Problem:
    """Return a problem of which nothing but the ground program is known."""
    fresh = replace(problem)
    fresh.__dict__["program"] = problem.program
    return fresh


# --- processes ---------------------------------------------------------------------------------------------------------------


def _processor_seconds() -> float:
    """Return the processor time of all processes that have ended, which does not hang on what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _output(*command: str, home: Path | None = None) -> bytes:
    environment = dict(os.environ)
    if home is not None:
        # what was compiled before is kept, as it is for every user of an installed package, but not in the checkout
        environment |= {"MECHKG_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home.parent / COMPILED)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment)
    # a check says by its exit status what came of it
    assert done.returncode in ((0, 1) if command[0] == MECHKG else (0,)), f"{command} failed"
    return done.stdout
