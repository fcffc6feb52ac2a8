"""Textbook cases: folders of ``cases``, found by name, each a case file and the verdicts that are accepted for it.

``tests/cases/README.md`` says how to add one; nothing here has to be touched. What is expected is compared whole: a verdict, a
conflict, a tie or a change that ``expected.yaml`` does not name fails the test too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from mechkg.assets import rules_dir
from mechkg.cli.main import app
from mechkg.literature.schema import corpus_json_schema
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.hypothesis import Assumption, Constraint, EffectKind, Postulate
from mechkg.model.observation import ObservationKind
from mechkg.model.verdict import Check, Role, VerdictName
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.report import classes, matrix, rate_laws, whole_space
from mechkg.service.check import check
from mechkg.service.open_case import opened
from mechkg.service.workspace import Workspace
from tests.literature.test_schema import allows

FOLDER = Path(__file__).parent / "cases"
KEYS = (
    "verdicts", "roles", "conflicts", "without", "ignoring", "changed", "tied", "rate_laws", "cannot_refute",
    "required", "possible", "excluded", "whole_without",
)  # fmt: skip
STANDINGS = ("required", "possible", "excluded")


def cases() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/case.yaml"))


def read(path: Path) -> dict[str, Any]:
    """Return what stands in a file."""
    reading = read_yaml(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}")
    assert not reading.findings, reading.findings
    return dict(reading.content)


def read_expected(folder: Path) -> dict[str, Any]:
    """Return what is expected of a case; a key that nobody checks is a mistake."""
    expected = read(folder / "expected.yaml")
    assert set(expected) <= set(KEYS), f"unknown: {sorted(set(expected) - set(KEYS))}; known: {', '.join(KEYS)}"
    return expected


@dataclass(frozen=True)
class Case:
    """An open case and what is expected of it."""

    name: str
    workspace: Workspace
    space: str
    expected: Mapping[str, Any]

    @property
    def problem(self) -> Problem:
        return self.workspace.problem(self.space)

    @property
    def assumptions(self) -> tuple[str, ...]:
        return self.problem.space.assumptions

    def check(self, without: Collection[str] = (), ignoring: Collection[str] = ()) -> Check:
        return check(self.workspace, self.space, without=without, ignoring=ignoring)

    def changes(self, found: Check) -> dict[str, VerdictName]:
        """Return the verdicts that are not those of the case as it stands."""
        before = verdicts(self.check())
        return {name: verdict for name, verdict in verdicts(found).items() if before[name] != verdict}


class Shelf:
    """Cases, each opened once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[str, Case] = {}

    def __getitem__(self, name: str) -> Case:
        if name not in self._open:
            workspace, space = self._stack.enter_context(opened(str(FOLDER / name / "case.yaml")))
            self._open[name] = Case(name, workspace, space, read_expected(FOLDER / name))
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


def standings(content: Mapping[str, Any]) -> dict[str, str]:
    return {name: standing for standing in STANDINGS for name in content.get(standing, ())}


# --- each case: what is expected is all there is ----------------------------------------------------------------------


def test_verdicts(case: Case) -> None:
    assert verdicts(case.check()) == case.expected["verdicts"]


def test_the_part_of_each_observation_in_each_candidate(case: Case) -> None:
    found = {c.id: {o: c.role(o) for o in c.observations()} for c in case.check().candidates}
    assert found == case.expected["roles"]


def test_what_rules_candidates_out_and_what_that_rests_on(case: Case) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    for candidate in case.check().candidates:
        for conflict in candidate.conflicts:
            resting = found.setdefault(candidate.id, {}).setdefault(conflict.observation, [])
            resting += [assumption for assumption in conflict.assumptions if assumption not in resting]
    assert found == case.expected.get("conflicts", {})


def test_which_verdicts_change_without_each_assumption(case: Case) -> None:
    found = {name: changes for name in case.assumptions if (changes := case.changes(case.check(without=[name])))}
    assert found == case.expected.get("without", {})


def test_which_verdicts_change_without_each_observation(case: Case) -> None:
    observations = {o for candidate in case.check().candidates for o in candidate.observations()}
    found = {name: changes for name in sorted(observations) if (changes := case.changes(case.check(ignoring=[name])))}
    assert found == case.expected.get("ignoring", {})


def test_which_verdicts_change_with_other_findings(case: Case, tmp_path: Path) -> None:
    text = (FOLDER / case.name / "case.yaml").read_text(encoding="utf-8")
    for number, other in enumerate(case.expected["changed"]):
        changed = text
        for old, new in other["read"].items():
            assert changed.count(old) == 1, f"'{old}' stands {changed.count(old)} times in the case"
            changed = changed.replace(old, new)
        path = tmp_path / f"{number}.yaml"
        path.write_text(changed, encoding="utf-8")
        with opened(str(path)) as (workspace, space):
            assert (other["read"], case.changes(check(workspace, space))) == (other["read"], other["verdicts"])
        assert other["verdicts"]


def test_ties(case: Case) -> None:
    tied = {frozenset(names) for names in classes(matrix(case.check()))}
    assert tied == {frozenset(names) for names in case.expected.get("tied", ())}


def test_rate_laws(case: Case) -> None:
    assert {law: list(names) for law, names in rate_laws(case.problem).items()} == case.expected.get("rate_laws", {})


def test_what_cannot_refute(case: Case) -> None:
    assert list(case.check().powerless) == sorted(case.expected.get("cannot_refute", ()))


def test_the_whole_space(case: Case) -> None:
    assert whole_space(case.problem).standing == standings(case.expected)


def test_the_whole_space_without_each_assumption(case: Case) -> None:
    expected = case.expected.get("whole_without", {})
    assert set(expected) <= set(case.assumptions)
    for name in case.assumptions:
        found = whole_space(case.problem, without=[name]).standing
        assert (name, found) == (name, standings(expected.get(name, case.expected)))


# --- the cases and the expectations themselves ------------------------------------------------------------------------


def test_there_are_cases_and_each_says_what_it_tests(case: Case) -> None:
    assert len(cases()) >= 12
    space = case.problem.space
    assert space.id == case.name
    assert space.note
    assert space.note.startswith("Tests ")
    assert space.question.endswith("?")
    assert set(case.expected["verdicts"].values()) <= set(get_args(VerdictName))
    assert {r for roles in case.expected["roles"].values() for r in roles.values()} <= set(get_args(Role))


def test_each_case_tells_candidates_apart(case: Case) -> None:
    said = set(case.expected["verdicts"].values())
    assert {"survives", "ruled out"} <= said


def test_no_verdict_is_written_into_a_case(case: Case) -> None:
    """A case may state what was seen and what is assumed of chemistry, not that a candidate is out."""
    assumed = [Assumption.model_validate(a) for a in read(FOLDER / case.name / "case.yaml").get("assumptions", ())]
    assert {e.kind for a in assumed for e in a.effects} & {"forbids", "leads-to"} == set()


SCHEMA = corpus_json_schema()


def test_each_case_meets_the_schema_and_a_misspelt_field_does_not(case: Case) -> None:
    content = read(FOLDER / case.name / "case.yaml")
    assert allows(SCHEMA, content)
    [observation, *others] = content["observations"]
    assert not allows(SCHEMA, {**content, "observations": [{**observation, "limti": "1 mmol"}, *others]})


def status(command: str) -> int:
    """Run a command of the shell in this process and return its exit status."""
    with pytest.raises(SystemExit) as ended:
        app(command.split())
    return int(ended.value.code or 0)


def test_the_shell_prints_that_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("corpus schema") == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


@pytest.mark.parametrize(
    ("key", "test"),
    [
        ("verdicts", test_verdicts),
        ("roles", test_the_part_of_each_observation_in_each_candidate),
        ("conflicts", test_what_rules_candidates_out_and_what_that_rests_on),
        ("without", test_which_verdicts_change_without_each_assumption),
        ("ignoring", test_which_verdicts_change_without_each_observation),
        ("rate_laws", test_rate_laws),
        ("required", test_the_whole_space),
        ("excluded", test_the_whole_space),
        ("whole_without", test_the_whole_space_without_each_assumption),
    ],
)
def test_an_expectation_that_is_left_out_is_noticed(shelf: Shelf, key: str, test: Any) -> None:
    case = shelf["a-to-b"]
    test(case)
    for name in case.expected[key]:
        kept = case.expected[key]
        fewer = {n: v for n, v in kept.items() if n != name} if isinstance(kept, dict) else [n for n in kept if n != name]
        with pytest.raises(AssertionError):
            test(Case(case.name, case.workspace, case.space, {**case.expected, key: fewer}))


def test_an_expectation_of_a_change_that_does_not_come_is_noticed(shelf: Shelf, tmp_path: Path) -> None:
    case = shelf["a-to-b"]
    for wrong in (
        {"read": {"limit: 0.005 absorbance": "limit: 0.006 absorbance"}, "verdicts": {"through-x": "survives"}},
        {"read": {"no such text": "limit"}, "verdicts": {"through-x": "survives"}},
    ):
        with pytest.raises(AssertionError):
            test_which_verdicts_change_with_other_findings(
                Case(case.name, case.workspace, case.space, {**case.expected, "changed": [wrong]}), tmp_path
            )


def test_a_misspelt_key_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "expected.yaml").write_text("verdict: {a: survives}\n")
    with pytest.raises(AssertionError, match="unknown: \\['verdict'\\]"):
        read_expected(tmp_path)


# --- the page that tells how to add a case ----------------------------------------------------------------------------

PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
KINDS = {
    "effect": get_args(EffectKind),
    "observation": get_args(ObservationKind),
    "constraint": get_args(Constraint.model_fields["kind"].annotation),
    "postulate": get_args(Postulate.model_fields["kind"].annotation),
    "expected.yaml": KEYS,
}
"""What a table of the page is about -> what must have a line in it."""


def rows(heading: str) -> list[str]:
    """Return the first cell of each row of the table under a heading, without its marks."""
    _, _, rest = PAGE.partition(f"\n### {heading}\n")
    lines = [line for line in rest.partition("\n#")[0].splitlines() if line.startswith("| `")]
    return [name for line in lines for name in re.findall(r"`([^`]+)`", line.split(" | ")[0])]


def test_the_worked_case_of_the_page_is_the_one_that_is_tested() -> None:
    shown = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert [(FOLDER / "a-to-b" / name).read_text(encoding="utf-8") for name in ("case.yaml", "expected.yaml")] == shown[:2]


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("Observations", "observation"),
        ("Effects of assumptions", "effect"),
        ("Claims", "postulate"),
        ("Constraints", "constraint"),
        ("Keys of expected.yaml", "expected.yaml"),
    ],
)
def test_the_page_has_a_line_for_every_word(heading: str, what: str) -> None:
    assert sorted(rows(heading)) == sorted(KINDS[what])


def test_the_page_says_which_observations_no_rule_reads() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in sorted(rules_dir().glob("*.lp")))
    for kind in KINDS["observation"]:
        [line] = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` ")]
        is_read = re.search(rf'(?:reported|observed)\(\w+,"{kind}"', rules) is not None
        assert (kind, "No rule reads it" not in line) == (kind, is_read)


def test_the_page_lists_every_case_with_its_question(shelf: Shelf) -> None:
    assert sorted(rows("The cases")) == cases()
    for name in cases():
        [line] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` ")]
        assert shelf[name].problem.space.question in line


def test_the_commands_of_the_page_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"^ {4,}mechkg (.*)$", PAGE, re.MULTILINE)
    assert len(commands) >= 6
    monkeypatch.chdir(FOLDER.parents[1])
    for command in commands:
        asked, _, target = command.partition(" > ")
        assert (command, status(asked)) == (command, 0)
        printed = capsys.readouterr()
        assert printed.err == ""
        assert json.loads(printed.out) if target else printed.out


def test_the_exit_status_is_as_the_page_says(tmp_path: Path) -> None:
    worked = FOLDER / "a-to-b" / "case.yaml"
    for candidate, expected in (("by-itself", 0), ("in-pairs", 1)):
        assert (candidate, status(f"check {worked} --candidate {candidate}")) == (candidate, expected)
    assert status(f"check {worked} --candidate by-itself --ignoring first-order") == 3
    text = worked.read_text(encoding="utf-8")
    none_fits = tmp_path / "case.yaml"
    none_fits.write_text(text.replace("orders: {a: 1.0}", "orders: {a: 3.0}"), encoding="utf-8")
    assert status(f"check {none_fits}") == 1
