"""What ``mechkg start`` prints: the main space in full, a line for each other."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from mechkg.cli import output, spaces
from mechkg.service.check import check
from mechkg.service.workspace import Workspace


def test_the_main_space_in_full_and_a_line_for_each_other(shipped: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    console = Console(file=out, width=110, highlight=False)
    monkeypatch.setattr(output, "console", console)
    monkeypatch.setattr(spaces, "console", console)
    first, *others = shipped.catalog.by_kind["space"]
    monkeypatch.setitem(shipped.catalog.by_kind, "space", [first, *others[:5]])  # type: ignore[arg-type]
    spaces.print_verdicts(shipped)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 110
    assert any(line.startswith("│ eq2 ") and "ruled out" in line for line in lines)
    assert any(line.startswith("Of 4096 candidates in the whole space,") for line in lines)
    for entry in others[:5]:
        [line] = [line for line in lines if line.startswith(f"{entry.id} ")]
        counts = [int(cell or 0) for cell in (part.strip() for part in line.split("│")[1:4])]
        verdicts = [c.verdict for c in check(shipped, entry.id).candidates]
        assert counts == [verdicts.count(v) for v in ("survives", "ruled out", "not covered")]
