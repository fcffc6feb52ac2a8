"""Textbook cases: folders of ``cases``, found by name, each a case file and the verdicts that are accepted for it.

``tests/cases/README.md`` says how to add one; nothing here has to be touched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from mechkg.literature.yaml12 import read_yaml
from mechkg.model.hypothesis import EffectKind
from mechkg.model.observation import ObservationKind
from mechkg.model.verdict import Check, Role, VerdictName
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.rate_laws import printed
from mechkg.reasoning.report import classes, matrix, whole_space
from mechkg.service.check import check
from mechkg.service.open_case import opened
from mechkg.service.workspace import Workspace

FOLDER = Path(__file__).parent / "cases"
KEYS = (
    "verdicts", "without", "ignoring", "conflicts", "roles", "tied", "rate_laws", "cannot_refute",
    "required", "possible", "excluded", "whole_without",
)  # fmt: skip
STANDINGS = ("required", "possible", "excluded")


def cases() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/case.yaml"))


def read_expected(folder: Path) -> dict[str, Any]:
    """Return what is expected of a case; a key that nobody checks is a mistake."""
    reading = read_yaml((folder / "expected.yaml").read_text(encoding="utf-8"), f"{folder.name}/expected.yaml")
    assert not reading.findings, reading.findings
    expected = dict(reading.content)
    assert set(expected) <= set(KEYS), f"unknown: {sorted(set(expected) - set(KEYS))}; known: {', '.join(KEYS)}"
    return expected


@dataclass(frozen=True)
class Case:
    """An open case and what is expected of it."""

    workspace: Workspace
    space: str
    expected: Mapping[str, Any]

    @property
    def problem(self) -> Problem:
        return self.workspace.problem(self.space)

    def check(self, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Check:
        return check(self.workspace, self.space, without=without, ignoring=ignoring)


class Shelf:
    """Cases, each opened once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[str, Case] = {}

    def __getitem__(self, name: str) -> Case:
        if name not in self._open:
            workspace, space = self._stack.enter_context(opened(str(FOLDER / name / "case.yaml")))
            self._open[name] = Case(workspace, space, read_expected(FOLDER / name))
        return self._open[name]


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    with ExitStack() as stack:
        yield Shelf(stack)


@pytest.fixture(params=cases())
def case(request: pytest.FixtureRequest, shelf: Shelf) -> Case:
    return shelf[request.param]


def verdicts(found: Check) -> dict[str, VerdictName]:
    return {candidate.id: candidate.verdict for candidate in found.candidates}


def among(names: Collection[str], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found of these names; one that is not there is None."""
    return {name: found.get(name) for name in names}


def laws(problem: Problem) -> dict[str, list[str]]:
    """Return the candidates whose claims give each rate law."""
    found: dict[str, list[str]] = {}
    for candidate in problem.space.candidates:
        said = {
            printed(problem.facts.laws[p], lambda x: problem.labels.say("species", x))
            for p in candidate.postulates
            if p in problem.facts.laws
        }
        for law in sorted(said):
            found.setdefault(law, []).append(candidate.id)
    return found


# --- each case --------------------------------------------------------------------------------------------------------


def test_verdicts(case: Case) -> None:
    assert verdicts(case.check()) == case.expected["verdicts"]


def test_verdicts_without_an_assumption(case: Case) -> None:
    for assumption, expected in case.expected.get("without", {}).items():
        assert (assumption, among(expected, verdicts(case.check(without=[assumption])))) == (assumption, expected)


def test_verdicts_without_an_observation(case: Case) -> None:
    for observation, expected in case.expected.get("ignoring", {}).items():
        assert (observation, among(expected, verdicts(case.check(ignoring=[observation])))) == (observation, expected)


def test_what_rules_candidates_out(case: Case) -> None:
    expected = case.expected.get("conflicts", {})
    found = {c.id: sorted({conflict.observation for conflict in c.conflicts}) for c in case.check().candidates}
    assert among(expected, found) == {name: sorted(observations) for name, observations in expected.items()}


def test_the_part_of_observations(case: Case) -> None:
    found = case.check()
    for name, expected in case.expected.get("roles", {}).items():
        candidate = found.candidate(name)
        assert candidate is not None, name
        assert (name, {o: candidate.role(o) for o in expected}) == (name, expected)


def test_ties(case: Case) -> None:
    tied = {frozenset(names) for names in classes(matrix(case.check()))}
    for expected in case.expected.get("tied", ()):
        assert frozenset(expected) in tied


def test_rate_laws(case: Case) -> None:
    if expected := case.expected.get("rate_laws"):
        assert laws(case.problem) == expected


def test_what_cannot_refute(case: Case) -> None:
    assert list(case.check().powerless) == sorted(case.expected.get("cannot_refute", ()))


@pytest.mark.parametrize("withdrawn", [False, True], ids=["all-held", "one-withdrawn"])
def test_the_whole_space(case: Case, withdrawn: bool) -> None:
    expected = case.expected.get("whole_without", {}) if withdrawn else {"": case.expected}
    for assumption, standings in expected.items():
        named = {name: standing for standing in STANDINGS for name in standings.get(standing, ())}
        if named:
            found = whole_space(case.problem, without=[assumption] if assumption else [])
            assert (assumption, among(named, found.standing)) == (assumption, named)


# --- the expectations themselves --------------------------------------------------------------------------------------


def test_there_are_cases_and_each_says_what_it_tests(case: Case) -> None:
    assert len(cases()) >= 12
    space = case.problem.space
    assert space.note
    assert space.question.endswith("?")
    assert set(case.expected["verdicts"]) == {c.id for c in space.candidates}
    said = set(case.expected["verdicts"].values())
    assert said <= set(get_args(VerdictName))
    assert {r for roles in case.expected.get("roles", {}).values() for r in roles.values()} <= set(get_args(Role))


def test_a_wrong_expectation_is_noticed(shelf: Shelf) -> None:
    name = cases()[0]
    case = shelf[name]
    swapped = {c: "ruled out" if v == "survives" else "survives" for c, v in case.expected["verdicts"].items()}
    with pytest.raises(AssertionError):
        test_verdicts(Case(case.workspace, case.space, {**case.expected, "verdicts": swapped}))


def test_a_misspelt_key_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "expected.yaml").write_text("verdict: {a: survives}\n")
    with pytest.raises(AssertionError, match="unknown: \\['verdict'\\]"):
        read_expected(tmp_path)


# --- the page that tells how to add a case ----------------------------------------------------------------------------

PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_worked_case_of_the_page_is_the_one_that_is_tested() -> None:
    shown = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert [(FOLDER / "a-to-b" / name).read_text(encoding="utf-8") for name in ("case.yaml", "expected.yaml")] == shown[:2]


@pytest.mark.parametrize("kind", [*get_args(EffectKind), *get_args(ObservationKind)])
def test_the_page_names_every_kind(kind: str) -> None:
    assert f"`{kind}`" in PAGE


@pytest.mark.parametrize("name", cases())
def test_the_page_lists_every_case(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_page_names_every_key() -> None:
    assert [key for key in KEYS if f"`{key}`" not in PAGE] == []
