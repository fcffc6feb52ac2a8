"""Each engine is imported in one file, so that swapping or faking it touches nothing else; and code names no chemistry."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mechkg"

MIGRATIONS = {f"curation/migrations/{name}.py" for name in ("env", "versions/v0002_take_over")}

# Module of the engine -> the files that may import it. The ledger has some: its tables are declared beside its acts, and tokens,
# which are no acts, are kept beside those; whole ledgers are read, checked and copied row by row; each migration says in the
# words of the engines what it changes.
HOMES = {
    "pyoxigraph": {"graph/store.py"},
    "owlready2": {"graph/classify.py"},
    "pyshacl": {"graph/shapes.py"},
    "clingo": {"reasoning/engine.py"},
    "graphviz": {"reasoning/drawing.py"},
    "sqlalchemy": {
        *MIGRATIONS,
        *(
            f"curation/{name}.py"
            for name in ("alone", "ledger", "migrate", "news", "rows", "snapshot", "tables", "tokens", "transfer", "verify")
        ),
    },
    "alembic": {*MIGRATIONS, "curation/migrate.py", "curation/migrations/versions/v0003_tell_of_acts.py"},
    "authlib": {"service/openid.py"},
    "httpx2": {"client/http.py", "graph/sparql_http.py", "literature/crossref.py", "service/openid.py"},
    "opentelemetry": {"tracing.py"},
    "prometheus_client": {"api/metrics.py"},
    "pythonjsonlogger": {"cli/logs.py"},
    "yaml": {"literature/yaml12.py"},
    "pypdf": {"literature/pdf_text.py"},
    "jinja2": {"web/pages.py"},
    "openpyxl": {"literature/spreadsheets.py"},
    "distributed": {"service/executors.py"},
    "pyarrow": {"service/sweep_tables.py"},
}

# Names that belong in corpus, ontology and rules. Whoever needs one in Python has met a rule that is not general yet.
CHEMISTRY = re.compile(
    r"\b(?:d?MSC|PC)-?\d|\bCd(?:Te|Se|S)\b|\bZnSe\b|\bCdTeSe\b|octylamine|butylamine|oleylamine|toluene|cyclohexane"
    r"|zhang_?2020|mech_?2023|yu_perspective",
    re.IGNORECASE,
)


def sources() -> list[Path]:
    return [file for file in sorted(PACKAGE.rglob("*.py")) if "node_modules" not in file.parts]


def imported(source: str) -> set[str]:
    """First names of the modules that ``source`` imports, wherever in it, by statement or by import_module("...")."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"}:
                found.add(str(node.args[0].value))
    return {name.partition(".")[0] for name in found}


@pytest.mark.parametrize("engine", HOMES)
def test_an_engine_has_one_home(engine: str) -> None:
    importers = {file.relative_to(PACKAGE).as_posix() for file in sources() if engine in imported(file.read_text())}
    assert importers == HOMES[engine]


def test_no_way_to_import_goes_unseen() -> None:
    seen = imported(
        "import a.b as x\nfrom c.d import e\nfrom . import near\ndef f():\n    import g\n    importlib.import_module('h.i')\n"
    )
    assert seen == {"a", "c", "g", "h"}


# What a call says to people under these names is documentation, as docstrings are: help texts have examples.
FOR_PEOPLE = {"help", "epilog", "description", "examples"}


def documentation(tree: ast.AST) -> Iterator[ast.expr]:
    """Docstrings, and what is handed over under a name FOR_PEOPLE."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
        elif isinstance(node, ast.keyword) and node.arg in FOR_PEOPLE:
            yield node.value


def chemistry(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each name and string in ``source`` that speaks of chemistry; documentation and comments may."""
    let_be = [((it.lineno, it.col_offset), (it.end_lineno, it.end_col_offset)) for it in documentation(ast.parse(source))]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or any(start <= token.start < end for start, end in let_be):
            continue
        if CHEMISTRY.search(token.string):
            yield token.start[0], token.string


def test_no_species_step_or_paper_is_named_in_code() -> None:
    named = [f"{file.relative_to(PACKAGE)}:{line}: {text}" for file in sources() for line, text in chemistry(file.read_text())]
    assert named == []


def test_chemistry_is_found_in_code_and_let_be_in_prose() -> None:
    source = '''"""About MSC-399."""
# and PC-371
def f(toluene=1):
    """Not MSC-371."""
    return "MSC-371"
f"is CdTe {1}"
Option("MSC-371", help="such as MSC-399 "
    "or MSC-371")
'''
    assert [line for line, _ in chemistry(source)] == [3, 5, 6, 7]
