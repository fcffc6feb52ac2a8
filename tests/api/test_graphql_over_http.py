"""GraphQL over HTTP, by the audits of others: those of the npm package graphql-http, which ``make web`` installs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import mechkg
from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace
from tests.api.serving import serving

WEB = Path(mechkg.__file__).parent / "web"


def test_every_audit_passes(shipped: Workspace) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "graphql-http").is_dir():
        pytest.skip("graphql-http is not installed: make web")
    with serving(create_app(shipped)) as address:
        script = Path(__file__).with_name("audit.mjs")
        done = subprocess.run([node, script, WEB, f"{address}/graphql"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
