"""Scripts and the notebook that are shown to users run, over a graph that is here and over one on a server, and tell the same."""

from __future__ import annotations

import csv
import io
import os
import runpy
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mechkg
from mechkg.assets import queries_dir
from mechkg.embedded import EmbeddedGraph
from mechkg.service.workspace import Workspace
from tests.client.conftest import AFTER, BEFORE
from tests.notebook import TUTORIAL, outputs, read, run, sources

SCRIPTS = sorted(path.stem for path in (queries_dir() / "examples").glob("*.py"))


AMINE, CONTROLS = "amine-converts-cdse-pc", "controls-comparable"


class Done(NamedTuple):
    """What a script printed, and its exit status."""

    out: str
    err: str
    status: int


Run = Callable[..., Done]


@pytest.fixture(params=["here", "there"])
def script(
    request: pytest.FixtureRequest, workspace: Workspace, address: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """Run a script over the graph that is here, or over the one on the server."""

    class Kept(EmbeddedGraph):
        def close(self) -> None:
            """Leave the workspace open for others."""

    def opened(home: Any = None, *, as_of: Any = None) -> Kept:
        return Kept(workspace, as_of)

    monkeypatch.setattr(mechkg, "open", opened)

    def run(name: str, *arguments: str) -> Done:
        where = ["--url", address] if request.param == "there" else []
        out, err, status = io.StringIO(), io.StringIO(), 0
        monkeypatch.setattr(sys, "argv", [name, *arguments, *where])
        with redirect_stdout(out), redirect_stderr(err):
            try:
                runpy.run_path(str(queries_dir() / "examples" / f"{name}.py"), run_name="__main__")
            except SystemExit as end:
                status = int(end.code or 0)
        return Done(out.getvalue(), err.getvalue(), status)

    return run


def test_each_script_is_run_here() -> None:
    told = Path(__file__).read_text()
    assert SCRIPTS and [name for name in SCRIPTS if f'"{name}"' not in told] == []


def test_what_stays_ruled_out(script: Run) -> None:
    done = script(
        "still_ruled_out", "cdtese-msc399", "eq2", "--without", "amine-converts-cdse-pc", "--without", "controls-comparable"
    )
    assert done.status == 0 and done.err == ""
    lines = done.out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["ruled out"] * 4
    assert lines[0].endswith("as it stands") and lines[3].endswith(f"without {AMINE}, {CONTROLS}")


def test_what_does_not(script: Run) -> None:
    assert script("still_ruled_out", "cdtese-msc399", "eq1", "--without", "only-listed-steps").status == 1
    done = script("still_ruled_out", "cdtese-msc399", "eq22")
    assert done.status == 2 and "did you mean 'eq2'" in done.err
    then = script("still_ruled_out", "cdtese-msc399", "eq2", "--without", "only-listed-steps", "--as-of", BEFORE)
    assert then.status == 0


def test_candidates_of_ones_own(script: Run) -> None:
    done = script("sweep_own_candidates", "cdtese-msc399", "--most", "1")
    assert done.status == 0
    *verdicts, last = done.out.splitlines()
    assert len(verdicts) == 13 and verdicts[0].endswith("no optional step")
    assert any(line.endswith("against  step-1 + step-2") for line in verdicts)
    assert last == "0 of these survive; of all 4096 candidates of the space 176 do"


def test_what_changed_since_a_release(script: Run, workspace: Workspace) -> None:
    done = script("changes_since_release", BEFORE)
    assert done.status == 0
    gone = next(act for act in workspace.ledger.acts(0) if act.kind == "retract")
    item = workspace.ledger.assertion(gone.assertion or "").item
    assert f"- remark {item} (" in done.out
    assert "ada: retract (1 times)" in done.out and "0 verdicts flipped" in done.out
    none = script("changes_since_release", AFTER)
    assert none.status == 0 and none.out.splitlines()[-1].endswith("0 verdicts flipped") and "remark" not in none.out


def test_clusters_across_papers(script: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(script("clusters_across_papers", "--material", "cdse").out)))
    [row] = [row for row in rows if row["cluster"] == "CdSe MSC-350"]
    assert (row["absorption"], row["formulas"]) == ("350 nm", "3")
    assert row["A. N. Beecher 2014"] == "Cd35Se20 (perspective-si: Table S1, row 6)"
    every = list(csv.DictReader(io.StringIO(script("clusters_across_papers").out)))
    assert row in every and len(every) >= len(rows)


# --- the notebook -----------------------------------------------------------------------------------------------------


def test_the_notebook_is_one_that_jupyter_opens() -> None:
    content = read(TUTORIAL)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids) and {cell["cell_type"] for cell in content["cells"]} == {"markdown", "code"}
    for cell in content["cells"]:
        code = cell["cell_type"] == "code"
        assert cell.keys() == {"cell_type", "id", "metadata", "source"} | ({"execution_count", "outputs"} if code else set())


@pytest.mark.slow
@pytest.mark.parametrize("where", ["here", "there"])
def test_the_notebook_prints_what_it_shows(where: str, staffed_home: Path, address: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MECHKG_")}
    if where == "there":
        environment["MECHKG_SERVER"] = address
    else:
        shutil.copytree(staffed_home, tmp_path / "home")
        environment["MECHKG_HOME"] = str(tmp_path / "home")
    content = read(TUTORIAL)
    assert run(sources(content), environment) == outputs(content), "python -m tests.notebook writes what it prints now"
