"""``mechkg why``: text, Markdown, JSON and drawing of a proof; and why something does not follow."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Run

SPACE = "cdtese-msc399"


def flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_a_proof_of_a_page_that_ends_in_quotes(mechkg: Run) -> None:
    text = mechkg("why", SPACE, "eq2").stdout
    assert len(text.splitlines()) <= 66
    assert max(map(len, text.splitlines())) <= 110
    assert '"Immediately, CdTe MSC-371 was observed (0 min) and increased to 2 min"' in flat(text)
    assert "zhang2020" in text
    assert "Figure 1" in text


def test_an_assumption_is_said_in_full_once_and_the_brackets_are_explained(mechkg: Run) -> None:
    text = flat(mechkg("why", SPACE, "eq2").stdout)
    assert text.count("In all absorption spectra of these papers a band") == 1
    assert "assumed, as above: [detection-limit-of-absorption; stated]" in text
    assert "behind the name of an assumption how it is backed" in text


def test_the_full_form_has_more_lines(mechkg: Run, case: str) -> None:
    short, full = (mechkg("why", case, "both", *more).stdout for more in ([], ["--full"]))
    assert len(full.splitlines()) > len(short.splitlines())


@pytest.fixture(scope="module")
def roles(mechkg: Run) -> dict[str, str]:
    """For each part an observation can play for eq2, one that plays it."""
    found = json.loads(mechkg("check", SPACE, "-c", "eq2", "--json").stdout)["candidates"][0]
    return {role: found[role][0] for role in ("explained", "permitted", "silent")} | {
        "conflict": found["conflicts"][0]["observation"]
    }


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("explained", "is explained: it had to be so"),
        ("permitted", "is permitted: it may be so, and need not"),
        ("silent", "is silent: no rule connects it with the candidate"),
    ],
)
def test_about_an_observation_that_is_no_conflict(mechkg: Run, roles: dict[str, str], role: str, words: str) -> None:
    found = mechkg("why", SPACE, "eq2", "--observation", roles[role])
    assert found.returncode == 0
    assert f"For eq2, {roles[role]} {words}." in found.stdout
    assert f"--not 'conflict({roles[role]})'" in found.stdout


def test_about_an_observation_that_is_one(mechkg: Run) -> None:
    assert "MSC-415 must be seen" in flat(mechkg("why", SPACE, "eq2", "--observation", "z-f1-o14").stdout)
    found = mechkg("why", SPACE, "eq2", "--observation", "z-f1-o144")
    assert found.returncode == 2
    assert "did you mean 'z-f1-o14'" in flat(found.stderr)


def test_markdown_and_json(mechkg: Run, case: str) -> None:
    assert mechkg("why", case, "both", "--markdown").stdout.startswith("# both (A turns and strays): ruled out\n\n- ")
    content = json.loads(mechkg("why", SPACE, "eq2", "--json", "--all").stdout)
    assert content["left_out"] == 0
    assert len(content["proofs"]) > 3
    brief = json.loads(mechkg("why", SPACE, "eq2", "--json").stdout)
    assert (len(brief["proofs"]), brief["left_out"]) == (1, len(content["proofs"]) - 1)


def test_a_candidate_of_ones_own(mechkg: Run, case: str) -> None:
    text = mechkg("why", case, "--step", "turn", "--step", "stray").stdout
    assert text.startswith("ad-hoc (put together on the spot): ruled out\n")
    for arguments in ([], ["both", "--step", "turn"]):
        assert mechkg("why", case, *arguments).returncode == 2


def test_a_drawing(mechkg: Run, case: str, tmp_path: Path) -> None:
    file = tmp_path / "proof.svg"
    found = mechkg("why", case, "both", "--svg", str(file))
    assert found.stdout.startswith(f"Drawn in {file}"[:40])
    text = "".join(ElementTree.parse(file).getroot().itertext())
    assert "Straying is prompt in water" in text
    assert mechkg("why", case, "both", "--svg", str(tmp_path / "none" / "proof.svg")).returncode == 2


def test_a_drawing_without_the_extra_says_what_to_install(
    mechkg: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    found = mechkg("why", case, "both", "--svg", str(tmp_path / "proof.svg"))
    assert found.returncode == 2
    assert "drawing" in found.stderr
    assert "mechkg.missing_extra" in found.stderr
    assert not (tmp_path / "proof.svg").exists()


def test_why_not(mechkg: Run, case: str) -> None:
    text = mechkg("why", case, "strays", "--about", "B", "--at", "run/watch").stdout
    assert "No B can be there in run, dispersed in 3 mL water, because\n└── turning is not part of this candidate\n" in text
    content = json.loads(mechkg("why", case, "turns", "--not", "conflict(no-c)", "--json").stdout)
    assert [(a["asked"], a["holds"]) for a in content["answers"]] == [
        ('conflict("no-c","_","_","_")', False),
        ('expected("c","run/watch","_")', False),
    ]
    markdown = mechkg("why", case, "turns", "--not", "on(stray)", "--markdown").stdout
    assert markdown == "# A turns [turns]\n\n- Straying is not part of this candidate: it was not chosen\n"
    assert "The same holds in" in mechkg("why", case, "both", "--not", "possible(_, run/watch)").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--about", "B"],
        ["--not", "on(turn)", "--observation", "no-c"],
        ["--not", "posible(b, run/watch)"],
        ["--about", "B", "--at", "run/wach"],
        ["--json", "--markdown"],
    ],
)
def test_what_cannot_be_asked_is_bad_input(mechkg: Run, case: str, arguments: list[str]) -> None:
    found = mechkg("why", case, "both", *arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr
