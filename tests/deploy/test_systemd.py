"""The units of systemd are valid, confine what they run, and leave it what it needs."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mechkg.cli.main import app
from mechkg.cli.serving import GRACE
from mechkg.cli.workers import RENEW, SLACK
from tests.deploy.settings import unknown

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
PROGRAM = "/opt/mechkg/bin/mechkg"
SERVICES = ["mechkg", "mechkg-backup"]
MOST_EXPOSED = 1.5
"""Of 10, as ``systemd-analyze security`` counts; 5 and more is what it calls medium."""


def said(name: str) -> dict[str, list[str]]:
    """What a unit says, by key; a key may stand several times."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with another program in the place of the one that is not installed here."""
    (tmp_path / "mechkg-program").symlink_to(shutil.which("true") or "/bin/true")
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace(PROGRAM, str(tmp_path / "mechkg-program")))
    return tmp_path


def test_they_are_valid(units: Path) -> None:
    names = sorted(str(file) for file in units.iterdir() if file.suffix in (".service", ".timer"))
    assert len(names) == 3
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    about = [line for line in found.stderr.splitlines() if str(units) in line or "mechkg" in line]
    assert (about, found.returncode) == ([], 0)


def test_what_is_not_valid_is_told(units: Path) -> None:
    unit = units / "mechkg.service"
    unit.write_text(unit.read_text().replace("ProtectHome=yes", "ProtectHomes=yes"))
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert "ProtectHomes" in found.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_they_are_confined(units: Path, name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED * 10:.0f}"]
    found = subprocess.run([*command, units / f"{name}.service"], capture_output=True, text=True, check=False)
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", found.stdout)
    assert level is not None, found.stderr
    assert float(level[1]) <= MOST_EXPOSED and found.returncode == 0


@pytest.mark.parametrize("name", SERVICES)
def test_they_run_what_mechkg_knows(name: str) -> None:
    unit = said(f"{name}.service")
    program, *arguments = unit["ExecStart"][0].split()
    assert program == PROGRAM
    assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0
    assert unknown({line.partition("=")[0] for line in unit["Environment"]}) == set()
    assert unit["EnvironmentFile"] == ["/etc/mechkg/environment"]


def test_the_service_comes_back_and_may_finish_what_it_does() -> None:
    unit = said("mechkg.service")
    assert unit["Restart"] == ["always"] and unit["KillSignal"] == ["SIGTERM"]
    assert float(unit["TimeoutStopSec"][0].removesuffix("s")) >= GRACE + 10
    assert "--host 127.0.0.1" in unit["ExecStart"][0]  # a proxy of the machine is in front
    # when memory runs out for the process that serves, its parent is not to be ended too, for it replaces that process
    assert "--workers 1" in unit["ExecStart"][0] and unit["OOMPolicy"] == ["continue"]
    assert float(unit["TimeoutStopSec"][0].removesuffix("s")) > GRACE + SLACK
    assert unit["ExecReload"] == [f"/bin/kill -{RENEW.name.removeprefix('SIG')} $MAINPID"]


def test_data_are_in_folders_of_the_service() -> None:
    for name in SERVICES:
        unit = said(f"{name}.service")
        folders = {f"/var/lib/{folder}" for folder in unit["StateDirectory"][0].split()}
        assert unit["Environment"] == ["MECHKG_HOME=/var/lib/mechkg"]
        assert "/var/lib/mechkg" in folders
        assert (unit["User"], unit["Group"]) == (["mechkg"], ["mechkg"])
    target = said("mechkg-backup.service")["ExecStart"][0].split()[-1]
    assert str(Path(target).parent) in {f"/var/lib/{name}" for name in said("mechkg-backup.service")["StateDirectory"][0].split()}


def test_the_user_is_made() -> None:
    command = ["systemd-sysusers", "--dry-run", str(FOLDER / "mechkg.sysusers.conf")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    (line,) = [line for line in (FOLDER / "mechkg.sysusers.conf").read_text().splitlines() if not line.startswith("#")]
    assert line.split() == ["u", "mechkg", "-", '"mechkg"', "/var/lib/mechkg"]


def test_processes_that_answer_sparql_may_bound_themselves() -> None:
    unit = said("mechkg.service")
    refused = " ".join(value for value in unit["SystemCallFilter"] if value.startswith("~")).lstrip("~").split()
    assert refused == ["@privileged"]
    allowed = _calls("@system-service")
    assert {"setrlimit", "prlimit64", "setpriority", "kill", "setitimer"} <= allowed - _calls("@privileged")


def _calls(group: str) -> set[str]:
    """The system calls of a group, and of groups in it."""
    told = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True).stdout
    names = {line.strip() for line in told.splitlines()[1:] if line.strip() and not line.strip().startswith("#")}
    inner = {name for name in names if name.startswith("@")}
    return (names - inner).union(*(_calls(name) for name in inner))
