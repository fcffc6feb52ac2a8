"""What scripts call first."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mechkg
from mechkg.errors import ForbiddenError, NotFoundError


def test_a_graph_is_opened_asked_and_curated(staffed_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(staffed_home, home)
    with mechkg.open(home, person="cleo") as graph:
        assert graph.check("cdtese-msc399").candidate("eq2").verdict == "ruled out"  # type: ignore[union-attr]
        before = graph.version
        assert graph.comment("cdte-msc-371", "hello").actor == "cleo"
        with pytest.raises(ForbiddenError):
            graph.retract(graph.assertion("cdte-msc-371").assertion, code="misread", reason="r")
    with mechkg.open(home, as_of=before) as graph:
        assert graph.version == before
        assert not [act for act in graph.history("cdte-msc-371") if act.kind == "comment"]
    with mechkg.open(home, person="cleoo") as graph, pytest.raises(NotFoundError, match="did you mean 'cleo'"):
        graph.comment("cdte-msc-371", "hello")


def test_a_ledger_elsewhere_is_opened(staffed_home: Path, tmp_path: Path) -> None:
    with mechkg.open(tmp_path / "home", ledger=f"sqlite:///{staffed_home / 'ledger.db'}") as graph:
        assert graph.assertions().total > 1000


def test_importing_mechkg_loads_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import mechkg; print(*(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in out if name.partition(".")[0] not in sys.stdlib_module_names} == {"mechkg"}


def test_what_is_public_is_there() -> None:
    assert set(mechkg.__all__) == {"open", "connect", "connect_async", "open_snapshot"}
    assert all(callable(getattr(mechkg, name)) for name in mechkg.__all__)
