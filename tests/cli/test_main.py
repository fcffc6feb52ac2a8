"""The command, run as a user runs it: what it prints, and the exit status a script can act on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

SPACE = "cdtese-msc399"


def test_a_process_of_its_own_tells_the_verdict_by_its_exit_status(process: Run) -> None:
    assert process("check", SPACE, "-c", "eq2").returncode == 1


def test_an_unknown_name_is_one_line_with_the_nearest_name(process: Run) -> None:
    found = process("why", SPACE, "eq22")
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


def _ready(address: str) -> dict[str, Any]:
    """What a server says of itself once it is ready; until then, what first questions wait for is all that may be missing."""
    found: dict[str, Any]
    end = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=20) as answer:
                found = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            with error:
                found = json.load(error)
        assert found["missing"] == ["warm"] and time.monotonic() < end
        time.sleep(0.2)


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
            assert _ready(address[0])["status"] == "ready"
            assert f"{address[0]}/graphql" in child.stdout.readline()
            assert "Sign in as " in child.stdout.readline()
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with browser.open(child.stdout.readline().strip(), timeout=20) as answer:
                assert answer.url == f"{address[0]}/"  # the front page, signed in
            with browser.open(f"{address[0]}/me", timeout=20) as answer:
                assert json.load(answer)["grants"] == [{"role": "administrator", "scope": "all"}]
            # while it serves, the shell still answers
            run = [sys.executable, "-m", "mechkg", "check", SPACE, "-c", "eq2"]
            assert subprocess.run(run, env=environment, capture_output=True, timeout=60, check=False).returncode == 1
        finally:
            child.send_signal(signal.SIGINT)
    rebuilt = subprocess.run(
        [sys.executable, "-m", "mechkg", "rebuild"], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert "the same as before" in rebuilt.stdout
