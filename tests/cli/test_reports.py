"""``mechkg matrix``, ``conflicts``, ``what-if`` and ``next``: text, Markdown, JSON and, for the matrix, CSV."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.conftest import Run

SPACE = "cdtese-msc399"


@pytest.mark.parametrize("command", [["matrix"], ["conflicts", "both"], ["what-if"], ["next"]], ids=lambda c: c[0])
def test_every_form(mechkg: Run, case: str, command: list[str]) -> None:
    name, *rest = command
    text = mechkg(name, case, *rest)
    assert text.returncode == 0
    assert max(map(len, text.stdout.splitlines())) <= 110
    assert mechkg(name, case, *rest, "--markdown").stdout.startswith("# ")
    content = json.loads(mechkg(name, case, *rest, "--json").stdout)
    assert content["space"] == "small"
    assert content["graph_version"] > 0
    assert mechkg(name, case, *rest, "--json", "--markdown").returncode == 2
    assert "did you mean 'prompt'" in mechkg(name, case, *rest, "--without", "promt").stderr
    assert "did you mean 'b-seen'" in mechkg(name, case, *rest, "--ignoring", "b-sen").stderr


def test_matrix(mechkg: Run, case: str) -> None:
    assert mechkg("matrix", case, "--csv").stdout == (
        "candidate,no-c,b-seen,no-d\n"
        "turns,explained,explained,silent\n"
        "turns-and-slips,explained,explained,silent\n"
        "strays,conflict,conflict,silent\n"
        "both,conflict,explained,silent\n"
    )
    text = mechkg("matrix", case).stdout
    assert "both            X + .\n" in text


def test_a_matrix_too_wide_for_the_terminal_says_what_is_left_out(mechkg: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from mechkg.cli.output import console

    monkeypatch.setattr(console, "width", 50)
    text = " ".join(mechkg("matrix", SPACE).stdout.split())
    assert "Cut to the width of the terminal:" in text
    assert "--markdown and --json have all." in text


def test_conflicts_of_a_candidate_of_ones_own(mechkg: Run, case: str) -> None:
    text = mechkg("conflicts", case, "--step", "stray", "--step", "turn").stdout
    assert text.startswith("put together on the spot [ad-hoc] is ruled out. These cannot hold together:\n")
    assert "ad-hoc returns if this goes:" in text
    content = json.loads(mechkg("conflicts", case, "both", "--json").stdout)
    assert (content["complete"], content["hopeless"], content["verdict"]) == (True, False, "ruled out")
    assert content["first"]["observations"] == ["no-c"]
    assert len(content["repairs"]) == 4


def test_conflicts_of_one_that_survives(mechkg: Run, case: str) -> None:
    found = mechkg("conflicts", case, "turns")
    assert (found.returncode, found.stdout) == (0, "A turns [turns] survives: it has no conflict set.\n")
    content = json.loads(mechkg("conflicts", case, "turns", "--json").stdout)
    assert (content["first"], content["sets"], content["complete"]) == (None, [], True)


def test_conflicts_that_are_cut_say_so(mechkg: Run) -> None:
    text = " ".join(mechkg("conflicts", SPACE, "eq2", "--budget", "0").stdout.split())
    assert "is ruled out. These cannot hold together:" in text  # the first is there at once
    assert re.search(r"the search was ended by its budget after \d+\.\d s and is incomplete", text)


def test_one_candidate_is_asked_of(mechkg: Run, case: str) -> None:
    for arguments in ([], ["both", "--step", "turn"]):
        found = mechkg("conflicts", case, *arguments)
        assert (found.returncode, found.stdout) == (2, "")


def test_what_if(mechkg: Run, case: str) -> None:
    text = mechkg("what-if", case).stdout
    assert "   - A turns and strays [both]: ruled out → survives\n" in text
    assert " • Nothing else runs [only; silent]\n" in text
    content = json.loads(mechkg("what-if", case, "--without", "only", "--json").stdout)
    assert content["tried"] == 6


def test_next(mechkg: Run, case: str) -> None:
    text = mechkg("next", case).stdout
    assert "If D is seen, A and C are ruled out; if it is not, that speaks against B." in text
    assert "Nothing listed separates\n • A and C: turns and turn\n" in text
    assert mechkg("next", case, "--most", "0").returncode == 2
