"""``mechkg check``: the table, the exit status a script can act on, and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SPACE = "cdtese-msc399"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 0),
        (["-c", "eq1"], 0),
        (["-c", "eq2"], 1),
        (["-c", "eq2", "--without", "amine-converts-cdse-pc"], 1),
        (["-c", "eq2", "-c", "pc-pc"], 1),
        (["-c", "eq2", "-c", "eq1"], 0),
        (["-c", "eq3"], 2),
        (["--without", "no-such-assumption"], 2),
        (["--ignoring", "no-such-observation"], 2),
        (["--step", "no-such-step"], 2),
        (["--postulate", "no-such-claim"], 2),
        (["--step", "step-1"], 2),
        (["--step", "step-1", "--step", "step-2", "--step", "cdse-pc-fragmentation"], 0),
        (["--step", "step-1", "--step", "step-2"], 1),
    ],
)
def test_it_tells_the_verdict_by_its_exit_status(mechkg: Run, arguments: list[str], status: int) -> None:
    assert mechkg("check", SPACE, *arguments).returncode == status


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 0),
        (["-c", "turns"], 0),
        (["-c", "both"], 1),
        (["-c", "both", "--without", "prompt"], 0),
        (["-c", "both", "--ignoring", "no-c"], 0),
        (["-c", "turns", "--ignoring", "b-seen"], 3),  # nothing is left that bears on it
        (["-c", "strays", "-c", "both"], 1),
        (["--step", "turn", "--postulate", "slow-turn"], 0),
    ],
)
def test_of_a_case_file_too(mechkg: Run, case: str, arguments: list[str], status: int) -> None:
    assert mechkg("check", case, *arguments).returncode == status


def test_the_table_says_what_a_candidate_is_and_what_rules_it_out(mechkg: Run, case: str) -> None:
    text = mechkg("check", case, "--without", "limit", "--ignoring", "b-seen").stdout
    assert "A turns and strays" in text
    assert "Withdrawn: limit\n" in text
    assert "Left out of account: b-seen\n" in text
    assert "Absences without method or detection limit, which rule nothing out: no-c, no-d\n" in text
    text = mechkg("check", case).stdout
    assert "- C missing where it must be seen (no-c)" in text
    assert "Of 16 candidates in the whole space, four survive. Every survivor has turning [turn].\n" in text


def test_lines_fit_the_width_of_what_is_no_terminal(mechkg: Run) -> None:
    text = mechkg("check", SPACE).stdout
    assert max(map(len, text.splitlines())) <= 110


def test_json_that_programs_count_on(mechkg: Run) -> None:
    content = json.loads(mechkg("check", SPACE, "--json").stdout)
    assert content["space"] == SPACE
    assert content["graph_version"] > 0
    by_id = {candidate["id"]: candidate for candidate in content["candidates"]}
    assert by_id["eq2"]["verdict"] == "ruled out"
    assert set(by_id["eq2"]) >= {"id", "steps", "postulates", "verdict", "conflicts", "explained", "permitted", "silent"}
    assert set(by_id["eq2"]["conflicts"][0]) >= {"observation", "rule", "assumptions", "sentence"}
    assert content["whole"]["survivors"] < content["whole"]["candidates"]


def test_constraints_that_contradict_each_other_are_an_error_that_names_them(mechkg: Run, case: str) -> None:
    from pathlib import Path

    empty = Path(case).with_name("empty.yaml")
    text = Path(case).read_text()
    constraints = "{kind: one-of, steps: [turn, stray]}, {kind: all-or-none, steps: [turn, stray]}"
    empty.write_text(text.replace("    assumptions: [only,", f"    constraints: [{constraints}]\n    assumptions: [only,"))
    found = mechkg("check", str(empty))
    said = " ".join(found.stderr.split())
    assert (found.returncode, found.stdout) == (2, "")
    assert "the space is empty" in said
    assert "one-of: 'turn' and 'stray'; all-or-none: 'turn' and 'stray'" in said


def test_what_is_worth_a_look_in_a_case_file_is_told_beside_the_verdicts(mechkg: Run, case: str, tmp_path: Path) -> None:
    text = Path(case).read_text(encoding="utf-8")
    claim = "      - {id: half, statement: Half of it., kind: predicts, predicts: [{what: share, value: 0.5}]}\n"
    doubtful = tmp_path / "doubtful.yaml"
    doubtful.write_text(text.replace("    assumptions: [only", f"{claim}    assumptions: [only"), encoding="utf-8")
    found = mechkg("check", str(doubtful), "--json")
    assert "'half' predicts 'share', which no ratio in this file measures" in found.stderr
    assert json.loads(found.stdout)["space"] == "small"
    assert mechkg("check", case).stderr == ""
