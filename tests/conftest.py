"""What every test can count on: no test touches the data of the user who runs it, and no test is skipped in silence."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from mechkg.service.workspace import Workspace

# A run holds millions of values that stay, and with Python's own settings a quarter of its time goes into looking through them.
gc.set_threshold(100_000, 20, 100)


# How long an example takes says more about the machine and what else it does than about the code.
hypothesis.settings.register_profile(
    "mechkg", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("mechkg")

# --- order ------------------------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that have slow tests, so that at the end no process waits for another one's last file."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


# --- the data of the user ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _home_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Point MECHKG_HOME at a folder of this run. A test that wants one of its own sets it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MECHKG_HOME", str(home))
        yield home


# --- skipped tests ----------------------------------------------------------------------------------------------------

# Tests that cannot run where CI runs: beginning of the test's id -> why. All others that are skipped there count as failed,
# for CI installs what tests need.
CANNOT_RUN_IN_CI: dict[str, str] = {
    "tests/graph/test_check_nanopublication.py::test_the_suite": "the suite is not shipped, and not on every machine",
    "tests/api/test_sparql_protocol.py::test_the_suite": "the suite is not shipped, and not on every machine",
    "tests/deploy/test_least_rights.py": "some machines let nobody make a mount namespace, root neither",
    "tests/cli/test_full_disk.py::test_a_server_on_a_full_disk": "some machines let nobody mount, root neither",
    "tests/cli/test_full_disk.py::test_a_home_that_is_read_only": "some machines let nobody mount, root neither",
    "tests/cli/test_full_disk.py::test_what_a_killed_process_left": "some machines let nobody mount, root neither",
}


def _refused(nodeid: str) -> bool:
    return bool(os.environ.get("CI")) and not nodeid.startswith(tuple(CANNOT_RUN_IN_CI))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as skipped too, and is none.
    if report.skipped and not hasattr(report, "wasxfail") and _refused(report.nodeid):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, which CI does not accept: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and _refused(report.nodeid):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped as a whole, which CI does not accept: {_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what did not run, and why."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if not hasattr(report, "wasxfail")]
    if not skipped:
        return
    terminalreporter.section("not run")
    for report in skipped:
        terminalreporter.line(f"{report.nodeid}: {_reason(report)}")


# --- the shipped corpus, loaded once ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with the shipped corpus. Tests read it and leave it as it is."""
    from mechkg.service.load_corpus import load_corpus
    from mechkg.service.workspace import Workspace

    with Workspace.open(tmp_path_factory.mktemp("shipped")) as workspace:
        report = load_corpus(workspace)
        assert [f for f in report.findings if f.severity == "error"] == []
        yield workspace


# --- the shipped corpus, to work on -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def staffed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the shipped corpus and the people of :mod:`tests.curation.staff`, closed; to be copied."""
    from mechkg.service.load_corpus import load_corpus
    from mechkg.service.workspace import Workspace
    from tests.curation.staff import employ

    home = tmp_path_factory.mktemp("staffed")
    with Workspace.open(home) as workspace:
        load_corpus(workspace)
        employ(workspace.ledger)
    return home


@pytest.fixture
def curated(staffed_home: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of its own for one test, with the shipped corpus and people who may change it."""
    from mechkg.service.workspace import Workspace

    shutil.copytree(staffed_home, tmp_path / "curated")
    with Workspace.open(tmp_path / "curated") as workspace:
        yield workspace
