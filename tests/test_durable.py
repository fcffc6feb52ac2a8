"""Names in a folder are written to disk; where that cannot be asked for, nothing else fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mechkg.durable import sync

OPEN = Path("/proc/self/fd")


def test_the_folder_itself_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: written.append((OPEN / str(handle)).resolve()))
    sync(tmp_path)
    assert written == [tmp_path.resolve()]
    assert tmp_path.resolve() not in [handle.resolve() for handle in OPEN.iterdir()], "left open"


def test_a_file_system_that_has_none_of_that(tmp_path: Path) -> None:
    sync(tmp_path / "not there")
