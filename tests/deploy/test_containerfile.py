"""The image of mechkg is made from what is locked and needed, and runs with least rights."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from deploy.container.build_here import CONTAINERFILE, ROOT, context, copied, moved, places_of, stages
from mechkg.cli.main import app
from tests.deploy.composed import instruction
from tests.test_project import SERVER

TEXT = CONTAINERFILE.read_text(encoding="utf-8")
STAGES = stages(TEXT)
LAST = {step.word: step.text for step in STAGES[-1].steps}


@pytest.fixture(scope="module")
def given() -> list[str]:
    """The files that an engine is given."""
    return sorted(context())


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_the_linter_has_nothing_to_say() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([linter, "--no-color", CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (found.stdout, found.returncode) == ("", 0)


def test_stages_are_pinned_and_the_last_has_the_python_that_built() -> None:
    assert [stage.name for stage in STAGES] == ["web", "build", ""]
    pinned = re.compile(r"docker\.io/library/(node:\d+-bookworm-slim|python:3\.\d+-slim-bookworm)")
    assert [stage.image for stage in STAGES if not pinned.fullmatch(stage.image)] == []
    assert STAGES[-1].image == STAGES[1].image
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert f"python:{oldest}-" in STAGES[-1].image  # the one that locks are made for, and that is tested first


def test_what_is_copied_is_there_and_is_given(given: list[str]) -> None:
    for stage in STAGES:
        for step in stage.steps:
            if step.word == "COPY" and "from" not in step.flags:
                *sources, _ = step.text.split()
                assert [source for source in sources if not copied(source, given)] == []
            elif step.word == "COPY":
                assert step.flags["from"] in {earlier.name for earlier in STAGES}
            assert step.word != "ADD"


def test_what_the_wheel_is_made_from_is_given(given: list[str]) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "mechkg", "ontology", "queries"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(tracked.stdout.splitlines()) - set(given) == set()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {project["project"]["readme"], *project["project"]["license-files"]} <= set(given)


def test_nothing_else_is_given(given: list[str]) -> None:
    tops = {path.split("/")[0] for path in given}
    assert tops == {"LICENSE", "README.md", "deploy", "mechkg", "ontology", "pyproject.toml", "queries"}
    assert {path for path in given if path.startswith("deploy/")} == {
        f"deploy/locks/{name}.lock" for name in ("build", "runtime", "server", "test")
    }
    private = re.compile(r"(^|/)(\.|node_modules/|__pycache__/)|\.(db|pem|key|env|pyc)$|sign-in\.toml$|^mechkg/web/static/")
    assert [path for path in given if private.search(path)] == []


def test_patterns_that_ignore_are_read_as_engines_do(tmp_path: Path) -> None:
    for name in ("a/b.py", "a/c.txt", "a/node_modules/d.js", "e.py", "f/.env"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(context(tmp_path, "*\n!a\n**/node_modules\n")) == ["a/b.py", "a/c.txt"]
    assert sorted(context(tmp_path, "*.py\n")) == ["a/b.py", "a/c.txt", "a/node_modules/d.js", "f/.env"]
    assert sorted(context(tmp_path, "**/*.py\n**/.*\na/node_modules/\n")) == ["a/c.txt"]


def test_everything_installed_is_locked() -> None:
    installs = [step.text for step in STAGES[1].steps if step.word == "RUN"]
    parts = [
        part for text in installs for part in text.split("&&") if re.search(r"pip (wheel|install)|--python \S+ install", part)
    ]
    assert len(parts) == 4
    for part in parts:
        assert "--require-hashes -r deploy/locks/" in part or "--no-deps" in part, part
    assert "npm ci --ignore-scripts" in TEXT


def test_what_it_is_made_of_is_what_a_server_needs() -> None:
    assert set(SERVER.split()) == {"postgresql", "sparql", "openid", "crossref", "pdf", "spreadsheets", "counting", "observe"}


# --- who it is --------------------------------------------------------------------------------------------------------


def test_it_runs_as_nobody_in_particular_and_owns_its_data_alone() -> None:
    steps = STAGES[-1].steps
    user, group = LAST["USER"].split(":")
    assert user.isdigit() and int(user) >= 10_000 and group == user
    making = next(step.text for step in steps if step.word == "RUN")
    assert f"--uid {user}" in making and f"--gid {group}" in making and "/usr/sbin/nologin" in making
    assert "--owner=mechkg --group=mechkg --mode=0700 /data /backup" in making
    assert yaml.safe_load(LAST["VOLUME"]) == ["/data", "/backup"]
    order = [step.word for step in steps]
    assert order.index("USER") > max(place for place, word in enumerate(order) if word in ("RUN", "COPY"))


def test_there_is_no_secret_in_it() -> None:
    assert not re.search(r"(?i)password|secret|token|api_?key|\bARG\b", re.sub("#.*", "", TEXT))


def test_neither_pip_nor_what_builds_is_in_it() -> None:
    assert "pip uninstall" in TEXT and "--without-pip /opt/mechkg" in TEXT
    copies = [step for step in STAGES[-1].steps if step.word == "COPY"]
    assert [(step.flags["from"], step.text) for step in copies] == [("build", "/opt/mechkg /opt/mechkg")]


def test_it_starts_and_is_asked_for_its_health_where_it_listens() -> None:
    from typer.testing import CliRunner

    assert instruction("ENTRYPOINT") == ["mechkg"]
    command = instruction("CMD")
    assert command[command.index("--port") + 1] == LAST["EXPOSE"]
    assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0
    check = LAST["HEALTHCHECK"]
    code = yaml.safe_load(check.partition("CMD")[2])[-1]
    assert f"127.0.0.1:{LAST['EXPOSE']}/healthz" in code
    compile(code, "healthcheck", "exec")


# --- the same steps, here ---------------------------------------------------------------------------------------------


def test_steps_are_read_and_moved_as_they_are_carried_out_here(tmp_path: Path) -> None:
    places = places_of(STAGES, tmp_path)
    assert set(places) == {"/web", "/src", "/build", "/opt/mechkg", "/wheels"}
    for stage in STAGES[:-1]:
        for step in stage.steps:
            assert step.word in {"WORKDIR", "COPY", "RUN"}
            if step.word == "RUN":
                left = re.sub(rf"{re.escape(str(tmp_path))}[\w/.-]*", "", moved(step.text, places))
                assert re.findall(r"(?<![\w.*-])/[a-z]\w*", left) == [], "a path that is not led elsewhere"


def test_a_line_that_is_no_instruction_is_refused() -> None:
    with pytest.raises(ValueError, match="not an instruction: run"):
        stages("FROM a\nrun b\n")
    with pytest.raises(ValueError, match="before the first FROM"):
        stages("RUN b\n")
    (stage,) = stages("# c\nFROM a AS b\nRUN x \\\n # inside\n && y\nHEALTHCHECK --interval=1s --start-period=2s CMD z\n")
    assert (stage.image, stage.name) == ("a", "b")
    assert [" ".join(step.text.split()) for step in stage.steps] == ["x && y", "CMD z"]
    assert stage.steps[1].flags == {"interval": "1s", "start-period": "2s"}
