"""The command, run as a user runs it: what it prints, and the exit status a script can act on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
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
        (["-c", "eq3"], 2),
        (["--without", "no-such-assumption"], 2),
        (["--step", "no-such-step"], 2),
        (["--step", "step-1"], 2),
        (["--step", "step-1", "--step", "step-2", "--step", "cdse-pc-fragmentation"], 0),
    ],
)
def test_check_tells_the_verdict_by_its_exit_status(mechkg: Run, arguments: list[str], status: int) -> None:
    assert mechkg("check", SPACE, *arguments).returncode == status


def test_check_prints_the_json_that_programs_count_on(mechkg: Run) -> None:
    content = json.loads(mechkg("check", SPACE, "--json").stdout)
    assert content["space"] == SPACE
    assert content["graph_version"] > 0
    by_id = {candidate["id"]: candidate for candidate in content["candidates"]}
    assert by_id["eq2"]["verdict"] == "ruled out"
    assert set(by_id["eq2"]) >= {"id", "steps", "verdict", "conflicts", "explained", "silent"}
    assert set(by_id["eq2"]["conflicts"][0]) >= {"observation", "rule", "assumptions", "sentence"}


def test_why_gives_a_proof_of_a_page_that_ends_in_quotes(mechkg: Run) -> None:
    text = mechkg("why", SPACE, "eq2").stdout
    assert len(text.splitlines()) <= 66
    assert '"Immediately, CdTe MSC-371 was observed (0 min) and increased to 2 min"' in " ".join(text.replace("│", " ").split())
    assert "zhang2020" in text
    assert "Figure 1" in text


@pytest.mark.parametrize(
    ("observation", "status", "words"),
    [
        ("z-f1-o14", 0, "MSC-415 must be seen"),
        ("z-f1-o13", 0, "z-f1-o13 is silent"),
        ("z-f1-o1", 0, "z-f1-o1 is permitted"),
        ("z-f1-o144", 2, "did you mean 'z-f1-o14'"),
    ],
)
def test_why_about_one_observation(mechkg: Run, observation: str, status: int, words: str) -> None:
    found = mechkg("why", SPACE, "eq2", "--observation", observation)
    assert found.returncode == status
    assert words in " ".join((found.stdout + found.stderr).split())


def test_why_in_markdown_and_json(mechkg: Run) -> None:
    assert mechkg("why", SPACE, "eq2", "--markdown").stdout.startswith("# eq2 (Eq 2 alone): ruled out\n\n- ")
    content = json.loads(mechkg("why", SPACE, "eq2", "--json", "--all").stdout)
    assert content["left_out"] == 0
    assert len(content["proofs"]) > 3


def test_an_unknown_name_is_one_line_with_the_nearest_name(mechkg: Run) -> None:
    found = mechkg("why", SPACE, "eq22")
    assert found.returncode == 2
    assert "did you mean 'eq2'?" in " ".join(found.stderr.split())
    assert "Traceback" not in found.stderr


def test_show_finds_a_thing_by_its_printed_name(mechkg: Run) -> None:
    content = json.loads(mechkg("show", "CdTe PC-371", "--json").stdout)
    assert (content["id"], content["kind"]) == ("cdte-pc-371", "species")
    assert {"id": "step-5", "kind": "step"} in content["referring"]


def test_ask_prints_csv(mechkg: Run) -> None:
    lines = mechkg("ask", "steps-promoted-by", "class=PrimaryAmine", "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("step,")
    assert any(line.startswith("step-5,") for line in lines)


def test_ask_without_a_name_lists_the_questions(mechkg: Run) -> None:
    text = mechkg("ask").stdout
    assert "conflicting-compositions" in text
    assert "never-observed-species" in text


def test_counts(mechkg: Run) -> None:
    found = json.loads(mechkg("corpus", "count", "--json").stdout)
    assert found["species"] > 80
    assert found["observation"] > 190
    assert found["quote"] > 900


def test_the_schema_of_corpus_files_is_printed(mechkg: Run) -> None:
    content = json.loads(mechkg("corpus", "schema").stdout)
    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "spaces" in content["properties"]


@pytest.mark.slow
def test_start_loads_prints_and_serves_and_rebuild_finds_the_same(tmp_path: Path) -> None:
    environment = {**os.environ, "MECHKG_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "mechkg", "start", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        try:
            printed = ""
            address = None
            while address is None and (line := child.stdout.readline()):
                printed += line
                address = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert address, f"it never served: {printed}"
            assert re.search(r"eq2 +│ ruled out", printed)
            with urllib.request.urlopen(f"{address[0]}/readyz", timeout=20) as answer:
                assert json.load(answer)["status"] == "ready"
            # while it serves, the shell still answers
            run = [sys.executable, "-m", "mechkg", "check", SPACE, "-c", "eq2"]
            assert subprocess.run(run, env=environment, capture_output=True, timeout=60, check=False).returncode == 1
        finally:
            child.send_signal(signal.SIGINT)
    rebuilt = subprocess.run(
        [sys.executable, "-m", "mechkg", "rebuild"], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert "the same as before" in rebuilt.stdout
