"""The schema keeps the rules of Relay, by the checks of others: those of graphql-eslint, which ``make web`` installs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import mechkg
from mechkg.api.sdl import CURRENT

PACKAGE = Path(mechkg.__file__).parent
WEB = PACKAGE / "web"
ESLINT = WEB / "node_modules" / "eslint" / "bin" / "eslint.js"


def complaints(folder: Path, file: str) -> list[str]:
    """Return what the rules have against a schema in a file below a folder."""
    node = shutil.which("node")
    if node is None or not ESLINT.is_file() or not (WEB / "node_modules" / "@graphql-eslint").is_dir():
        pytest.skip("graphql-eslint is not installed: make web")
    command = [node, ESLINT, "--config", WEB / "eslint.config.mjs", "--format", "json", file]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr
    [checked] = json.loads(done.stdout)
    assert checked["filePath"].endswith(file)
    return [f"{each['ruleId']}, line {each['line']}: {each['message']}" for each in checked["messages"]]


def test_the_rules_of_relay() -> None:
    assert complaints(PACKAGE, "api/schema.graphql") == []


def test_a_rule_that_is_broken_is_told(tmp_path: Path) -> None:
    text = CURRENT.read_text(encoding="utf-8")
    broken = text.replace("type PageInfo {", "type PageInfo {\n  more: Int", 1).replace(
        "hasPreviousPage: Boolean!", "hasPreviousPage: Int", 1
    )
    assert broken != text
    (tmp_path / "broken.graphql").write_text(broken, encoding="utf-8")
    assert any("relay-page-info" in told for told in complaints(tmp_path, "broken.graphql"))
