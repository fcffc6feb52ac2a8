"""A case file that stands on its own is checked without touching the user's graph; a mistake in it gives no verdict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.check import check, whole
from mechkg.service.open_case import opened
from mechkg.service.page import as_markdown
from mechkg.service.report import as_json, report
from mechkg.service.report_page import page
from tests.service.test_load_corpus import GOOD

CASES = Path(__file__).parents[1] / "cases"
A_TO_B = (CASES / "a-to-b" / "case.yaml").read_text(encoding="utf-8")

CASE = (
    GOOD.replace("kind: present", "kind: absent").replace(
        "{id: first, action: mix, duration: 1 min}", "{id: first, action: mix, duration: 1 min, holds: pc-1}"
    )
    + """\
assumptions:
  - {id: prompt, statement: It is prompt., backing: silent, effects: [{kind: converts, step: turn, within: 5 min}]}
  - id: limit
    statement: It would be seen.
    backing: silent
    effects: [{kind: detects, method: absorption, limit: 0.005 absorbance}]
spaces:
  - id: case
    title: A case
    question: Does PC-1 turn into MSC-1?
    optional: [turn]
    assumptions: [prompt, limit]
    procedures: [run]
    candidates: [{id: "yes", title: It does, steps: [turn]}]
"""
).replace("products: [msc-1]}", "products: [msc-1], promoters: [{chemical: solvent, medium_class: HydrocarbonSolvent}]}")


def test_a_case_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    with opened(str(path)) as (workspace, space):
        [found] = check(workspace, space).candidates
        assert found.verdict == "ruled out"
        assert [(c.observation, c.rule, set(c.assumptions)) for c in found.conflicts] == [
            ("seen", "absent-but-expected", {"prompt", "limit"})
        ]
        assert check(workspace, space, without=["prompt"]).candidates[0].conflicts == ()


def test_a_mistake_in_a_case_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE.replace("optional: [turn]", "optional: [turns]").replace("steps: [turn]}]", "steps: [turns]}]"))
    with pytest.raises(BadInputError, match=r"case\.yaml:\d+.*did you mean 'turn'"), opened(str(path)):
        pass


def test_a_case_that_is_not_there_or_has_no_space(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no case file"), opened(str(tmp_path / "none.yaml")):
        pass
    path = tmp_path / "case.yaml"
    path.write_text(GOOD)
    with pytest.raises(NotFoundError, match="holds 0 hypothesis spaces"), opened(str(path)):
        pass


# --- bad input: a clear error, never a verdict ------------------------------------------------------------------------


def changed(*changes: tuple[str, str]) -> str:
    """Return the worked case with the first of each old text replaced."""
    text = A_TO_B
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, part: str) -> int:
    """Return the number of the line in which ``part`` first stands."""
    return text[: text.index(part)].count("\n") + 1


ONE_OF = "{kind: one-of, postulates: [slow-turn, slow-pairs, slow-x]}"
TOGETHER = "{kind: all-or-none, postulates: [slow-turn, slow-pairs, slow-x]}"
SPARE = ("  - {id: a-to-x,", "  - {id: spare, kind: elementary, reactants: [b], products: [a], flag: external}\n  - {id: a-to-x,")

BAD = {
    "a step with an unknown species": (
        [("reactants: [x], products: [b]", "reactants: [xx], products: [b]")],
        "[xx]",
        "'reactants.of' of 'x-to-b' names 'xx'; there is no such species or chemical",
        "did you mean 'x'?",
    ),
    "an unbalanced step": (
        [("names: [A],", "names: [A], formula: C2H4,"), ("names: [B],", "names: [B], formula: C4H8,")],
        "{id: turn,",
        "the step 'turn' is not balanced: 2 more C on the right, 4 more H on the right",
        "correct formulas or coefficients",
    ),
    "an unbalanced charge": (
        [("names: [A],", "names: [A], formula: NO2,"), ("names: [B],", "names: [B], formula: NO2-,")],
        "{id: turn,",
        "the step 'turn' is not balanced",
        "correct formulas or coefficients",
    ),
    "an observation at a stage that does not exist": (
        [("at: cuvette/watch", "at: cuvette/wach")],
        "cuvette/wach",
        "'at' of 'first-order' names 'cuvette/wach'; there is no such stage",
        "did you mean 'cuvette/watch'?",
    ),
    "an observation of a procedure instead of a stage": (
        [("at: cuvette/watch", "at: cuvette")],
        "at: cuvette\n",
        "'at' of 'first-order' names the procedure 'cuvette'; a stage is needed",
        "it has cuvette/watch",
    ),
    "a candidate with an unknown step": (
        [("title: A turns by itself, steps: turn", "title: A turns by itself, steps: turm")],
        "steps: turm",
        "candidate 'by-itself' uses 'turm', which is not among the optional steps",
        "did you mean 'turn'?",
    ),
    "a candidate with a step that is not of the space": (
        [SPARE, ("title: A turns by itself, steps: turn", "title: A turns by itself, steps: spare")],
        "steps: spare",
        "candidate 'by-itself' uses 'spare', which is not among the optional steps",
        "",
    ),
    "a candidate with an unknown claim": (
        [("steps: turn, postulates: slow-turn}\n      - {id: in", "steps: turn, postulates: slow-turm}\n      - {id: in")],
        "slow-turm",
        "candidate 'by-itself' makes the claim 'slow-turm', which the space does not have",
        "did you mean 'slow-turn'?",
    ),
    "a candidate that breaks a constraint": (
        [("steps: turn, postulates: slow-turn}\n      - {id: in", "steps: turn}\n      - {id: in")],
        "{id: by-itself",
        "candidate 'by-itself' breaks a constraint of its space",
        "just one of 'slow-turn', 'slow-pairs' and 'slow-x' is needed",
    ),
    "constraints that contradict each other": (
        [(ONE_OF, f"{ONE_OF}\n      - {{kind: at-most-one, postulates: [slow-turn, slow-x]}}\n      - {TOGETHER}")],
        "{kind: one-of",
        "the space is empty, for its constraints contradict each other; these cannot be met together: "
        "one-of: 'slow-turn', 'slow-pairs' and 'slow-x'; all-or-none: 'slow-turn', 'slow-pairs' and 'slow-x' (see also line ",
        "",
    ),
    "a constraint that established steps break": (
        [
            ("optional: [turn,", "background: [turn, turn-in-pairs]\n    optional: [turn,"),
            (ONE_OF, "{kind: at-most-one, steps: [turn, turn-in-pairs]}"),
        ],
        "{kind: at-most-one",
        "this one cannot be met ('turn' and 'turn-in-pairs' being established): at-most-one: 'turn' and 'turn-in-pairs'",
        "",
    ),
    "a constraint with an unknown step": (
        [("{kind: all-or-none, steps: turn,", "{kind: all-or-none, steps: tur,")],
        "steps: tur,",
        "a constraint of kind 'all-or-none' names the step 'tur', which the space neither takes as established nor leaves open",
        "did you mean 'turn'?",
    ),
    "a claim about a step that is not of the space": (
        [SPARE, ("kind: rate-determining, step: turn}", "kind: rate-determining, step: spare}")],
        "step: spare",
        "the postulate 'slow-turn' is about the step 'spare', which the space neither takes as established nor leaves open",
        "",
    ),
    "an effect on an unknown species": (
        [("species: x, level", "species: y, level")],
        "species: y",
        "'effects.species' of 'level-of-x' names 'y'; there is no such species or chemical",
        "",
    ),
    "an effect that lacks a part": (
        [(", level: 0.02 absorbance", "")],
        "effects: [",
        "an effect of kind 'level' needs level",
        "",
    ),
    "an unknown assumption": (
        [("assumptions: [level-of-x]", "assumptions: [level-of-xx]")],
        "[level-of-xx]",
        "'assumptions' of 'a-to-b' names 'level-of-xx'; there is no such assumption",
        "did you mean 'level-of-x'?",
    ),
    "an id like a pattern": (
        [("{id: turn,", '{id: "turn.*",')],
        "turn.*",
        "'turn.*'; a name has lower-case letters, digits, dots and hyphens only",
        "did you mean 'turn'?",
    ),
    "an id given twice": (
        [("{id: b, names", "{id: a, names")],
        "names: [B]",
        "the id 'a' is given twice, first to a chemical in line 10",
        "give each item an id of its own",
    ),
    "an id given to two kinds of things": (
        [("- id: first-order", "- id: turn")],
        "- id: turn\n",
        "the id 'turn' is given twice, first to a step in line 16",
        "give each item an id of its own",
    ),
    "a candidate given twice": (
        [("{id: in-pairs,", "{id: by-itself,")],
        "{id: by-itself, title: A turns by",
        "two candidates have the same id, 'by-itself' (see also line ",
        "",
    ),
    "a unit that is none": (
        [("limit: 0.005 absorbance", "limit: 0.005 absorbence")],
        "absorbence",
        "'absorbence' is not a known unit",
        "did you mean 'absorbance'?",
    ),
    "a unit of another dimension": (
        [("limit: 0.005 absorbance", "limit: 5 min")],
        "limit: 5 min",
        "'no-x' gives limit as 5 min, in 'min'; a unit of plain number or concentration",
        "concentration: mmol/kg, mol/L, mmol/L",
    ),
    "a duration in a unit of length": (
        [("duration: 60 min", "duration: 60 nm")],
        "duration: 60 nm",
        "'cuvette' gives stages.duration as 60 nm, in 'nm'; a unit of time is needed",
        "time: min, h, s",
    ),
    "a level that the limit cannot be compared with": (
        [("limit: 0.005 absorbance", "limit: 5 nmol/L")],
        "effects: [",
        "the level of 'x' as 0.02 absorbance, which cannot be compared with the detection limit of 'no-x', 5 nmol/L",
        "give both in units of one kind",
    ),
    "a negative limit": (
        [("limit: 0.005 absorbance", "limit: -0.005 absorbance")],
        "limit: -0.005",
        "'no-x' gives limit as -0.005 absorbance; it must be more than zero",
        "",
    ),
    "a limit of nothing": (
        [("limit: 0.005 absorbance", "limit: 0 absorbance")],
        "limit: 0 ",
        "'no-x' gives limit as 0 absorbance; it must be more than zero",
        "",
    ),
    "a negative level": (
        [("level: 0.02 absorbance", "level: -0.02 absorbance")],
        "level: -0.02",
        "'level-of-x' gives effects.level as -0.02 absorbance; it must be more than zero",
        "",
    ),
    "a window that ends before it begins": (
        [("window: {start: 0 min, end: 60 min}", "window: {start: 70 min, end: 60 min}")],
        "start: 70",
        "'no-x' gives window.end as 60 min; the window begins later, at 70 min",
        "",
    ),
    "a window that ends after its stage": (
        [("window: {start: 0 min, end: 60 min}", "window: {start: 0 min, end: 2 h}")],
        "end: 2 h",
        "'no-x' gives window.end as 2 h; the stage 'cuvette/watch' lasts 60 min",
        "a window counts from the start of its stage",
    ),
    "a temperature below absolute zero": (
        [("temperature: 25 °C", "temperature: -300 °C")],
        "-300",
        "'cuvette' gives stages.temperature as -300 °C; that is below absolute zero",
        "",
    ),
    "an order that is no number": (
        [("orders: {a: 1.0}", "orders: {a: .nan}")],
        "orders: {",
        "'orders.a' of 'first-order': input should be a finite number",
        "",
    ),
    "an unknown kind": (
        [("kind: absent", "kind: absnt")],
        "absnt",
        "'kind' of 'no-x' is 'absnt', which is not one of the known values",
        "did you mean 'absent'?",
    ),
    "an unknown field": (
        [("limit: 0.005", "limti: 0.005")],
        "limti",
        "'limti' is not a field of an observation ('no-x')",
        "did you mean 'limit'?",
    ),
    "text that is not YAML": ([("spaces:", "spaces: [")], "  - id: a-to-b", "this is not YAML", ""),
}
"""What is wrong -> what is changed in the worked case; the text whose line is named; the error; and the help it gives."""


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_with_its_line(tmp_path: Path, name: str) -> None:
    changes, place, error, help_ = BAD[name]
    text = changed(*changes)
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError) as raised, opened(str(path)) as (workspace, space):
        check(workspace, space)
    assert error in raised.value.message
    assert help_ in raised.value.message
    assert f"{path}:{line_of(text, place)}: error: " in raised.value.message


@pytest.mark.parametrize(
    "name", ["a candidate with an unknown step", "constraints that contradict each other", "a negative limit"]
)
def test_the_shell_says_the_same(tmp_path: Path, name: str) -> None:
    changes, place, error, help_ = BAD[name]
    text = changed(*changes)
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mechkg", "check", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    said = " ".join(done.stderr.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert f":{line_of(text, place)}: error: " in said
    assert error in said
    assert help_ in said


# --- a space too large to go through: a stated limit ------------------------------------------------------------------


def large(choices: int) -> str:
    """Return a case with so many free choices, in which two steps are required and the others decide nothing."""
    every = range(choices)
    lines = ["mechkg: 1", "source: {id: case-large}", "chemicals:", "  - {id: a, names: A, flag: external}"]
    lines += [f"  - {{id: b{n}, names: B{n}, signature: {{absorption: {400 + n} nm}}, flag: external}}" for n in every]
    lines += ["steps:"]
    lines += [f"  - {{id: s{n}, kind: elementary, reactants: [a], products: [b{n}], flag: external}}" for n in every]
    lines += [
        "procedures:",
        "  - {id: run, title: Run, flag: external, stages: [{id: watch, action: monitor, charge: [a], duration: 1 h}]}",
        "observations:",
        "  - {id: b0-seen, kind: present, at: run/watch, subject: b0, method: absorption, window: 5 min, flag: external}",
        "  - {id: b1-seen, kind: present, at: run/watch, subject: b1, method: absorption, window: 5 min, flag: external}",
        "assumptions:",
        "  - {id: only, statement: Nothing else runs., backing: silent, effects: [{kind: closed-steps}]}",
        "spaces:",
        "  - id: large",
        "    title: Large",
        "    question: Which of so many?",
        f"    optional: [{', '.join(f's{n}' for n in every)}]",
        "    assumptions: only",
        "    procedures: run",
        "    candidates: [{id: one, title: One, steps: s0}, {id: two, title: Two, steps: [s0, s1]}]",
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("choices", "diagrams"), [(25, True), (34, True), (34, False)])
def test_a_space_too_large_to_go_through_says_how_it_was_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choices: int, diagrams: bool
) -> None:
    if not diagrams:
        monkeypatch.setitem(sys.modules, "dd", None)
        monkeypatch.setitem(sys.modules, "dd.cudd", None)
    path = tmp_path / "large.yaml"
    path.write_text(large(choices))
    with opened(str(path)) as (workspace, space):
        assert [c.verdict for c in check(workspace, space).candidates] == ["ruled out", "survives"]
        assert whole(workspace, space) is None
        found = report(workspace, space, budget=1.0)
    counted = as_json(found)["whole"]
    assert (counted["choices"], counted["candidates"]) == (choices, 2**choices)
    assert counted["standing"] == {f"s{n}": "required" if n < 2 else "possible" for n in range(choices)}
    assert counted["minimal_survivors"] == [["s0", "s1"]]
    said = as_markdown(page(found))
    if diagrams:
        assert (counted["exact"], counted["survivors"]) == (True, 2 ** (choices - 2))
        assert counted["method"] == "decision diagram"
        assert "counted exactly by a decision diagram" in said
    else:
        assert counted["exact"] is False
        assert 0 < counted["survivors"] < 2 ** (choices - 2)
        assert "no package for decision diagrams is installed" in counted["method"]
        assert "At least 10 000 survive. This is a lower bound" in said
