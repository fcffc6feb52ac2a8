"""What is not Python is in the wheel, and is found there."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mechkg import assets

ROOT = Path(__file__).parents[1]
# Folder in a checkout -> folder in the wheel.
PACKED = {
    "ontology": "mechkg/_assets/ontology",
    "queries": "mechkg/_assets/queries",
    "mechkg/corpus": "mechkg/corpus",
    "mechkg/reasoning/rules": "mechkg/reasoning/rules",
    "mechkg/web/static": "mechkg/web/static",
}


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("mechkg-*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found if not path.name.startswith(".")}


@pytest.mark.parametrize("folder", PACKED)
def test_a_folder_is_packed_whole(folder: str, names: set[str]) -> None:
    there = files(ROOT / folder)
    assert there, f"{folder} is empty"
    assert {f"{PACKED[folder]}/{name}" for name in there} - names == set()


def test_all_modules_are_packed_and_nothing_else_is(names: set[str]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mechkg").rglob("*.py") if "node_modules" not in path.parts}
    assert modules | {"mechkg/py.typed"} <= names
    assert {name for name in names if not re.match(r"mechkg(-[^/]*\.dist-info)?/", name)} == set()
    of_the_build = re.compile(r"node_modules|/package(-lock)?\.json$|\.jsx$|/build\.mjs$|mechkg/web/explorer\.css$")
    assert {name for name in names if of_the_build.search(name)} == set()


def test_an_installed_wheel_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    pip("install", "--no-deps", "--no-index", "--target", tmp_path, wheel)
    installed = runpy.run_path(str(tmp_path / "mechkg" / "assets.py"))
    for name in ("ontology_dir", "queries_dir", "corpus_dir", "rules_dir", "static_dir"):
        there = installed[name]()
        assert there.is_relative_to(tmp_path), name
        assert files(there) == files(getattr(assets, name)()), name
