"""A server begins without what its first answer does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = """
import sys
import mechkg.cli.serving, mechkg.service.workspace
from mechkg.api.app import read_schema
read_schema()
from mechkg.model.quantity import units
late = {"networkx", "alembic", "pypdf", "openpyxl", "authlib", "httpx2", "distributed"}
print(*sorted(late & set(sys.modules)), units.cache_info().currsize)
"""


@pytest.mark.slow
def test_what_takes_long_to_load_is_loaded_when_it_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]
