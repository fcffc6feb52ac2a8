"""No test is skipped in silence, and in CI none is skipped at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_inside():
    pytest.skip("no engine")

@pytest.mark.skip(reason="no data")
def test_mark(): ...

@pytest.mark.xfail(reason="known")
def test_known():
    assert False
"""


def outcome(folder: Path, monkeypatch: pytest.MonkeyPatch, *, ci: bool) -> tuple[int, str]:
    if ci:
        monkeypatch.setenv("CI", "true")
    else:
        monkeypatch.delenv("CI", raising=False)
    shutil.copy(Path(__file__).with_name("conftest.py"), folder)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_skipped_tests_are_listed_with_their_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    status, printed = outcome(tmp_path, monkeypatch, ci=False)
    assert status == 0
    assert "test_it.py::test_inside: no engine" in printed
    assert "test_it.py::test_mark: no data" in printed
    assert "test_known: " not in printed


def test_in_ci_a_skipped_test_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    status, printed = outcome(tmp_path, monkeypatch, ci=True)
    assert status == 1
    assert "1 failed, 1 xfailed, 1 error" in printed  # a mark skips before the test is reached


def test_in_ci_a_skipped_file_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_it.py").write_text("import pytest\npytest.importorskip('a_module_that_is_nowhere')\n")
    status, printed = outcome(tmp_path, monkeypatch, ci=True)
    assert status != 0
    assert "could not import 'a_module_that_is_nowhere'" in printed
