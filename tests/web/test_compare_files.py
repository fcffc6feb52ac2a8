"""A table as a file: readable by what reads such files, the same values in each, and what it was made from is said."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from mechkg.service.comparison import compare
from mechkg.service.comparison_tables import Choice, TableKind, table_kind, table_kinds
from mechkg.service.stated_values import COMPOSITION
from mechkg.service.workspace import Workspace
from mechkg.web.compare_files import FORMS, CompareFile, as_bibtex, as_csv, as_json, as_latex, as_markdown, words_of
from mechkg.web.latex import typeset
from tests.web.latex_reader import check, lines_of, table_rows

MADE = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ADDRESS = "https://example.org/compare/x?rows=position&asOf=7"


def made(workspace: Workspace, kind: TableKind, choice: Choice | None = None) -> CompareFile:
    return CompareFile(compare(workspace, kind, choice, whole=True), workspace.catalog, ADDRESS, MADE)


@pytest.fixture(scope="module")
def s1(shipped: Workspace) -> CompareFile:
    return made(shipped, table_kind("cdse-clusters"))


@pytest.mark.parametrize("end", FORMS)
def test_each_form_says_what_it_is_made_from(s1: CompareFile, end: str) -> None:
    content = FORMS[end][2](s1).decode()
    assert (
        "@article{ref-mule-2021-jacs," in content.replace("\\n", "\n").replace(" ref-", "ref-") or "ref-mule-2021-jacs" in content
    )
    if end != "bib":
        assert ADDRESS in content.replace("\\", "") and "2026-03-04T05:06:07Z" in content
        assert f"ledger position {s1.table.position}" in content
        assert "neighbours no further apart than 3 nm" in content


def test_csv_is_that_of_rfc_4180(shipped: Workspace) -> None:
    for kind in table_kinds():
        file = made(shipped, kind)
        content = as_csv(file)
        assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
        records = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
        assert {len(record) for record in records} == {len(records[0])}
        lines = [record for record in records[1:] if not record[0].startswith("# ")]
        assert len(lines) == sum(len(row.lines) for row in file.table.rows)
        first = 2 if file.table.choice.lines else 1
        for record, (row, line) in zip(lines, ((r, ln) for r in file.table.rows for ln in r.lines), strict=True):
            assert record[0] == row.head.title
            for cell, shown in zip(record[first:], line.cells, strict=False):
                assert cell == "; ".join(dict.fromkeys(words_of(file.table, value) for value, _ in shown.values))


def test_no_cell_of_csv_is_a_formula_of_a_spreadsheet(s1: CompareFile) -> None:
    table = s1.table
    [row, *_] = table.rows
    wicked = replace(s1, table=replace(table, rows=(replace(row, head=replace(row.head, title="=1+1")),)))
    assert b"\r\n'=1+1," in as_csv(wicked)


def test_json_has_every_value(s1: CompareFile) -> None:
    content = orjson.loads(as_json(s1))
    values = [each for row in content["rows"] for line in row["lines"] for cell in line["cells"] for each in cell]
    assert len(values) == s1.table.found
    beecher = next(each for each in values if each["item"] == "a-ts1-6" and each["property"] == COMPOSITION)
    assert beecher["position_nm"] == 350 and beecher["quotes"] and beecher["locator"] == "Table S1, row 6"
    [clash] = beecher["conflicts"]
    assert clash == {
        "disagreement": "cdse-350-composition",
        "side": "Cd35Se20",
        "against": ["(CdSe)13", "(CdSe)35"],
        "standing": "open",
    }
    assert content["release"] is None and content["ledger_position"] == s1.table.position
    assert {each["id"] for each in content["citations"]} == set(s1.works)


def test_markdown_is_a_table(shipped: Workspace) -> None:
    for kind in table_kinds():
        file = made(shipped, kind)
        rows = [line for line in as_markdown(file).decode().splitlines() if line.startswith("|")]
        cells = [re.split(r"(?<!\\)\|", row) for row in rows]
        assert len({len(each) for each in cells}) == 1
        assert len(rows) == 2 + sum(len(row.lines) for row in file.table.rows)


def test_latex_is_read_by_a_strict_reader(shipped: Workspace) -> None:
    for kind in table_kinds():
        file = made(shipped, kind)
        content = as_latex(file).decode()
        rows = table_rows(content)
        lines = [(row, line) for row in file.table.rows for line in row.lines]
        assert len(rows) == len(lines)
        columns = len(file.table.columns) + (2 if file.table.choice.lines else 1)
        for cells, (_, line) in zip(rows, lines, strict=True):
            assert len(cells) == columns
            for cell, shown in zip(cells[-len(line.cells) :], line.cells, strict=True):
                for value, marks in shown.values:
                    assert typeset(words_of(file.table, value)) in cell
                    assert not marks or r"\textsuperscript{" in cell
        cited = {key for keys in re.findall(r"\\cite\{([^}]*)\}", content) for key in keys.split(",")}
        assert cited <= set(file.works)


def test_conflicts_are_notes_of_the_latex_table(s1: CompareFile) -> None:
    content = as_latex(s1).decode()
    assert r"\ce{Cd_{35}Se_{20}}\textsuperscript{a}" in content
    note = next(line for line in lines_of(content) if line.startswith(r"\noindent\textsuperscript{a}"))
    check(note)
    assert r"\ce{Cd_{35}Se_{20}}" in note and "open" in note


def test_latex_compiles_where_there_is_a_latex(shipped: Workspace, tmp_path: Path) -> None:
    """The strict reader above holds everywhere; this one asks LaTeX itself, which CI need not have."""
    names = []
    for kind in table_kinds():
        file = made(shipped, kind)
        (tmp_path / f"{kind.id}.tex").write_bytes(as_latex(file))
        (tmp_path / f"{kind.id}.bib").write_bytes(as_bibtex(file))
        names.append(kind.id)
    document = [
        r"\documentclass{article}",
        r"\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}",
        r"\usepackage{booktabs,longtable,array,textcomp}\usepackage[version=4]{mhchem}",
        r"\begin{document}",
        *(rf"\input{{{name}}}" for name in names),
        r"\end{document}",
    ]
    (tmp_path / "all.tex").write_text("\n".join(document), encoding="utf-8")
    program = shutil.which("pdflatex")
    if program is None:
        return
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "-draftmode", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout[-3000:]


def test_works_are_cited(s1: CompareFile) -> None:
    content = as_bibtex(s1).decode()
    assert re.findall(r"^@\w+\{([^,]+),", content, re.MULTILINE) == list(s1.works)
    assert {"ref-mule-2021-jacs", "perspective-si"} <= set(s1.works)
