"""What the project says of itself is true: dependencies, locks, links."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
EXTRAS = PROJECT["project"]["optional-dependencies"]
(SERVER,) = re.findall(r"^SERVER := (.*)$", MAKEFILE, flags=re.MULTILINE)
LOCKS = {
    "build": PROJECT["dependency-groups"]["build"],
    "runtime": PROJECT["project"]["dependencies"],
    "server": PROJECT["project"]["dependencies"] + [requirement for extra in SERVER.split() for requirement in EXTRAS[extra]],
    "test": PROJECT["project"]["dependencies"]
    + PROJECT["dependency-groups"]["dev"]
    + [requirement for extra in EXTRAS.values() for requirement in extra],
}
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("queries/*.md"), *ROOT.glob("ontology/*.md")]


FOUND_BY_OTHERS = {"httptools", "uvloop", "websockets", "python-multipart"}
"""Dependencies that mechkg does not import: uvicorn and starlette do when they are there."""


def imported_by_mechkg() -> set[str]:
    """First names of all modules imported anywhere in the package."""
    found = set()
    for file in (ROOT / "mechkg").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())) if "node_modules" not in file.parts else ():
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"mechkg"}


def declared(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def pins(lock: str) -> dict[str, list[Requirement]]:
    """What a lock pins, by name. A name may stand twice, for different versions of Python."""
    found: dict[str, list[Requirement]] = {}
    for line in (ROOT / "deploy" / "locks" / f"{lock}.lock").read_text().splitlines():
        if line and line[0] not in " #":
            pin = Requirement(line.removesuffix("\\").strip())
            found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


# --- dependencies -----------------------------------------------------------------------------------------------------


def test_what_is_imported_is_declared() -> None:
    distributions = packages_distributions()
    extras = [requirement for extra in EXTRAS.values() for requirement in extra]
    known = declared(PROJECT["project"]["dependencies"] + extras)
    undeclared = {
        module
        for module in imported_by_mechkg()
        if not {canonicalize_name(name) for name in distributions.get(module, [])} & known
    }
    assert undeclared == set()


def test_what_is_declared_is_imported() -> None:
    distributions = packages_distributions()
    used = {canonicalize_name(name) for module in imported_by_mechkg() for name in distributions.get(module, [])}
    assert declared(PROJECT["project"]["dependencies"]) - used == FOUND_BY_OTHERS


# --- locks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_keeps_to_the_ranges(lock: str) -> None:
    locked = pins(lock)
    for requirement in map(Requirement, LOCKS[lock]):
        for pin in locked[canonicalize_name(requirement.name)]:
            (specifier,) = pin.specifier
            assert specifier.operator == "=="
            assert requirement.specifier.contains(specifier.version, prereleases=True), f"{pin} is outside of {requirement}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / "deploy" / "locks" / f"{lock}.lock").read_text()
    entries = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", ["runtime", "server"])
def test_tests_run_on_the_versions_that_users_get(lock: str) -> None:
    tested = pins("test")
    assert {name: found for name, found in pins(lock).items() if set(map(str, found)) != set(map(str, tested[name]))} == {}


def test_the_npm_lock_is_that_of_the_package_and_names_no_host() -> None:
    package = json.loads((ROOT / "mechkg" / "web" / "package.json").read_text())
    lock = json.loads((ROOT / "mechkg" / "web" / "package-lock.json").read_text())
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    assert lock["packages"][""]["devDependencies"] == package["devDependencies"]
    installed = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    assert [name for name, entry in installed.items() if "integrity" not in entry] == []


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [target for target in targets if target and "://" not in target and not (page.parent / target).exists()]
    assert broken == []


def test_each_target_of_make_that_people_call_says_what_it_does() -> None:
    phony = set(re.findall(r"^\.PHONY: ([a-z-]+)$", MAKEFILE, flags=re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, flags=re.MULTILINE))
    assert phony - explained == {"test-setup"}
    assert {"start", "test", "lint", "bench", "lock", "clean", "help"} <= explained


@pytest.mark.parametrize("script", [".ci/run", "deploy/setup/make-venv", "deploy/setup/debian-install"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
