"""``mechkg benchmark recognition``: figures, and every miss."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

MARKED = Path(__file__).parents[1] / "literature" / "recognition"


def test_recognition_prints_figures_and_every_miss(mechkg: Run) -> None:
    told = mechkg("benchmark", "recognition", str(MARKED / "fresh.yaml"), "--new-paper")
    content = json.loads(mechkg("benchmark", "recognition", str(MARKED / "fresh.yaml"), "--new-paper", "--json").stdout)
    assert told.returncode == 0
    assert f"Names and quantities in {content['passages']} passages" in told.stdout
    assert f"{content['recall']:.3f}" in told.stdout
    assert content["misses"]
    assert all(f"{miss['what']}: {miss['kind']} “{miss['text']}”" in told.stdout for miss in content["misses"])
    assert f"of {content['there']} not found" in told.stdout


def test_too_many_misses_end_with_status_1(mechkg: Run, tmp_path: Path) -> None:
    file = tmp_path / "marked.yaml"
    file.write_text("passages:\n- {paper: p, text: an unheard-of stuff, mentions: [{kind: chemical, text: stuff}]}\n")
    told = mechkg("benchmark", "recognition", str(file))
    assert told.returncode == 1
    assert "not found: chemical “stuff”" in told.stdout


def test_a_file_without_passages_is_refused(mechkg: Run, tmp_path: Path) -> None:
    file = tmp_path / "marked.yaml"
    file.write_text("a: b\n")
    told = mechkg("benchmark", "recognition", str(file))
    assert told.returncode == 2
    assert "no list 'passages'" in told.stderr
