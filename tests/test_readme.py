"""The README shows what the program prints."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from mechkg.cli import output
from mechkg.service.check import check
from mechkg.service.workspace import Workspace

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_verdict_table_is_the_real_one(shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(output, "console", Console(file=out, width=110, highlight=False))
    output.print_check(check(shipped, "cdtese-msc399"))
    _, *table = out.getvalue().splitlines()
    shown = "\n".join(f"    {line.rstrip()}" for line in table)
    assert shown in README


def test_the_first_screen_says_what_it_is_how_to_start_and_what_comes_out() -> None:
    first = README.splitlines()[:60]
    text = "\n".join(first)
    assert "make start" in text
    assert "make test" in text
    assert "ruled out" in text
    assert "survives" in text
