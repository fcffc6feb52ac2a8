"""The tutorial notebook, run cell by cell as Jupyter would, without Jupyter.

``python -m tests.notebook FILE`` runs the notebook over the home (or a server: ``MECHKG_SERVER``) and writes what its cells print
into it, so that readers see what they will get. A test says when what stands there is no longer so.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TUTORIAL = Path(__file__).parents[1] / "queries" / "examples" / "tutorial.ipynb"

_RUNNER = "from tests.notebook import run_here; run_here()"


def read(path: Path) -> dict[str, Any]:
    """Return the content of a notebook."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def sources(content: Mapping[str, Any]) -> list[str]:
    """Return the code cells."""
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def outputs(content: Mapping[str, Any]) -> list[str]:
    """Return what each code cell is shown to print."""
    return [_text(cell["outputs"]) for cell in content["cells"] if cell["cell_type"] == "code"]


def run(cells: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Run cells one after another in a process of their own; return what each prints, its last value included."""
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER],
        input=json.dumps(list(cells)),
        capture_output=True,
        text=True,
        env=dict(environment),
        timeout=300,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def run_here() -> None:
    """Run the cells that come on standard input; write what each printed on standard output."""
    import io
    from contextlib import redirect_stdout

    names: dict[str, Any] = {"__name__": "__main__"}
    printed = []
    for cell in json.load(sys.stdin):
        body = ast.parse(cell).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile(ast.Module(body, []), "cell", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None
            if value is not None:
                print(repr(value))
        printed.append(out.getvalue())
    json.dump(printed, sys.stdout)


def filled(content: dict[str, Any], printed: Sequence[str]) -> dict[str, Any]:
    """Return a notebook whose cells show what they printed."""
    texts = iter(printed)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            text = next(texts)
            shown = {"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}
            cell["outputs"] = [shown] if text else []
            cell["execution_count"] = None
    return content


def _text(those: Sequence[Mapping[str, Any]]) -> str:
    return "".join("".join(one["text"]) for one in those)


if __name__ == "__main__":
    import os

    path = Path(sys.argv[1]) if len(sys.argv) > 1 else TUTORIAL
    notebook = read(path)
    shown = filled(notebook, run(sources(notebook), os.environ))
    path.write_text(json.dumps(shown, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
