"""``mechkg report``: text, Markdown and JSON, on the screen and into a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_text_fits_what_is_no_terminal(mechkg: Run, case: str) -> None:
    found = mechkg("report", case)
    assert found.returncode == 0
    assert found.stdout.startswith("A small space\nWhat becomes of A?\n")
    assert max(map(len, found.stdout.splitlines())) <= 110 + len(case)
    assert f"mechkg conflicts {case} both" in found.stdout.replace("\n", "")
    for title in ("Verdicts", "Kill matrix", "The whole space", "What if", "The next experiment"):
        assert f"\n{title} ─" in found.stdout


def test_the_whole_of_the_main_space_is_reported_in_the_time_given(mechkg: Run) -> None:
    """Six candidates are ruled out; a search that is cut says so, and the rest is there all the same."""
    content = json.loads(mechkg("report", "cdtese-msc399", "--json", "--budget", "0.1").stdout)
    out = {c["id"] for c in content["candidates"] if c["verdict"] == "ruled out"}
    assert {sets["candidate"] for sets in content["conflicts"]} == out
    assert len(out) == 6
    assert content["budget"] == 0.1
    assert content["whole"]["exact"]
    assert content["whole"]["complete_up_to"] == content["whole"]["choices"] == 12
    assert ["eq2-with-exchange", "mf-coassembly"] in content["experiments"]["not_separated"]
    assert content["what_if"]["tried"] == len(content["what_if"]["unchanged"]) + len(content["what_if"]["flips"])


@pytest.mark.parametrize(("name", "starts"), [("r.md", "# A small space\n"), ("r.json", "{\n"), ("r.txt", "A small space\n")])
def test_into_a_file_whose_name_says_the_form(mechkg: Run, case: str, tmp_path: Path, name: str, starts: str) -> None:
    file = tmp_path / name
    found = mechkg("report", case, "--output", str(file))
    assert found.returncode == 0
    assert "Written to" in found.stdout
    assert file.read_text().startswith(starts)


def test_what_is_printed_does_not_change_from_run_to_run(mechkg: Run, case: str) -> None:
    first, second = (mechkg("report", case, "--markdown").stdout for _ in range(2))
    assert first == second


def test_bad_input(mechkg: Run, case: str, tmp_path: Path) -> None:
    assert mechkg("report", case, "--json", "--markdown").returncode == 2
    assert mechkg("report", case, "--output", str(tmp_path / "none" / "r.md")).returncode == 2
    assert mechkg("report", case, "--budget", "-1").returncode == 2
    assert "did you mean 'prompt'" in mechkg("report", case, "--without", "promt").stderr
