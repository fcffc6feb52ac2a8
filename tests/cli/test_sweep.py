"""``mechkg sweep``: what it prints, its exit status, and that it goes on after an interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mechkg.service import sweep_work
from tests.benchmarks.generated_case import case_of
from tests.cli.conftest import Run

SPACE = "cds-topo"


def test_one_space(mechkg: Run, tmp_path: Path) -> None:
    found = mechkg("sweep", SPACE, "--workers", "0", "--output", str(tmp_path / "one"))
    assert found.returncode == 0
    said = " ".join(found.stdout.split())
    assert said.startswith("candidates 30 survive seven required cds-mf-to-qd excluded ")
    assert " One block worked out. Written to " in said
    assert "cases.parquet, blocks.parquet, survivors.parquet, verdicts.parquet." in found.stdout
    whole = json.loads(mechkg("check", SPACE, "--json").stdout)["whole"]
    again = json.loads(mechkg("sweep", "--resume", "--json", "--workers", "0", "--output", str(tmp_path / "one")).stdout)
    [case] = again["cases"]
    assert (again["worked_out"], again["kept_from_before"], again["complete"]) == (0, 1, True)
    assert {name: case[name] for name in ("candidates", "survivors", "standing", "ruled_out_by")} == {
        name: whole[name] for name in ("candidates", "survivors", "standing", "ruled_out_by")
    }


def test_many_settings(mechkg: Run, case: str, tmp_path: Path) -> None:
    found = mechkg("sweep", case, SPACE, "--withdraw-up-to", "1", "--workers", "0", "--output", str(tmp_path / "many"))
    assert found.returncode == 0
    assert any(line.split()[:3] == ["small", "│", "only"] for line in found.stdout.splitlines())
    assert "blocks worked out." in found.stdout
    verdicts = pq.read_table(tmp_path / "many" / "verdicts.parquet").to_pylist()
    there = {(row["space"], tuple(row["withdrawn"]), row["candidate"]): row["verdict"] for row in verdicts}
    flipped = 0
    for name in {withdrawn[0] for space, withdrawn, _ in there if space == "small" and withdrawn}:
        checked = json.loads(mechkg("check", case, "--without", name, "--json").stdout)["candidates"]
        assert {each["id"]: each["verdict"] for each in checked} == {
            candidate: there[space, withdrawn, candidate] for space, withdrawn, candidate in there if withdrawn == (name,)
        }
        flipped += any(each["verdict"] != there["small", (), each["id"]] for each in checked)
    assert flipped


def test_a_list_of_cases_that_is_cut_says_so(mechkg: Run, tmp_path: Path) -> None:
    found = mechkg("sweep", SPACE, "--ignore-up-to", "3", "--workers", "0", "--output", str(tmp_path / "pairs"))
    many = pq.read_table(tmp_path / "pairs" / "cases.parquet").num_rows
    assert many > 20
    assert f"and {many - 20} more, in cases.parquet" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no hypothesis space is named"),
        (["--resume"], "there is no sweep in"),
        (["cds-top", "--workers", "0"], "did you mean 'cds-topo'"),
        ([SPACE, "--workers", "0", "--dask", "tcp://127.0.0.1:9"], "choose one of --workers and --dask"),
        ([SPACE, "--workers", "0", "--without", "nobody"], "there is no assumption called 'nobody'"),
        ([SPACE, "--dask", "nowhere:at:all"], "is no address of a scheduler"),
    ],
)
def test_what_is_refused(mechkg: Run, tmp_path: Path, arguments: list[str], says: str) -> None:
    found = mechkg("sweep", *arguments, "--output", str(tmp_path / "none"))
    assert found.returncode == 2
    assert says in " ".join(found.stderr.split())
    assert not (tmp_path / "none").exists()


def test_the_folder_of_another_sweep(mechkg: Run, tmp_path: Path) -> None:
    arguments = ("--workers", "0", "--output", str(tmp_path / "one"))
    assert mechkg("sweep", SPACE, *arguments).returncode == 0
    found = mechkg("sweep", SPACE, "--withdraw-up-to", "1", *arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert "holds another sweep: withdraw up to was 0, and is now 1" in " ".join(found.stderr.split())


def test_blocks_that_are_given_up_are_told(mechkg: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise OSError("no room")

    monkeypatch.setattr(sweep_work.Blocks, "block", fail)
    arguments = ("sweep", SPACE, "--workers", "0", "--tries", "2", "--output", str(tmp_path / "lost"))
    found = mechkg(*arguments)
    assert found.returncode == 1
    assert f"block 0 of '{SPACE}' was given up after 2 tries: OSError: no room" in found.stderr
    assert json.loads(mechkg(*arguments, "--json").stdout)["given_up"][0]["reason"] == "OSError: no room"


def test_an_interrupt_stops_it_and_it_goes_on(tmp_path: Path) -> None:
    """A space of 2^33 candidates, in a process of its own with two workers, interrupted as a terminal does it: all of them."""
    case, folder = tmp_path / "case.yaml", tmp_path / "sweep"
    case.write_text(case_of(0, 33), encoding="utf-8")
    command = [sys.executable, "-m", "mechkg", "sweep", str(case), "--block", "26", "--workers", "2", "--output", str(folder)]
    environment = {**os.environ, "MECHKG_HOME": str(tmp_path / "home")}
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    log = folder / "progress.db-wal"
    end = time.monotonic() + 60
    while not (log.exists() and log.stat().st_size > 60_000):  # some blocks are taken down
        assert running.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (130, "")
    assert f"Stopped. It goes on by: mechkg sweep --resume --output {folder}" in out
    assert not list(folder.glob("*.parquet"))
    again = subprocess.run(
        [*command[:4], "--resume", "--output", str(folder), "--json", "--workers", "0"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert (again.returncode, again.stderr) == (0, "")
    found = json.loads(again.stdout)
    assert 0 < found["kept_from_before"] < 128
    assert (found["worked_out"] + found["kept_from_before"], found["tried_again"]) == (128, 0)
    assert found["cases"][0]["candidates"] == 1 << 33
