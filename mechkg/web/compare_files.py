"""A comparison table as a file to be cited: CSV, LaTeX, Markdown, JSON, and the works in it as BibTeX.

Each says what it was made from: source, time (UTC), position of the ledger or release, what was chosen, and whom to cite.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from mechkg.literature.spreadsheets import guarded
from mechkg.model.disagreement import Disagreement
from mechkg.service.catalog import Catalog
from mechkg.service.citation import bibtex
from mechkg.service.comparison import Cell, Comparison, Line, Mark, Row, side_that_holds
from mechkg.service.comparison_tables import DIMENSIONS, SHOWN
from mechkg.service.stated_values import Stated, property_title
from mechkg.web.latex import escaped, typeset

WIDE: Final = 0.94
"""Share of the width of a line that all columns of a LaTeX table have together."""


@dataclass(frozen=True, slots=True)
class CompareFile:
    """A table to be written: ``address`` leads to it, ``made`` is when (UTC), ``catalog`` what counted."""

    table: Comparison
    catalog: Catalog
    address: str
    made: datetime

    @property
    def state(self) -> str:
        """What it was made from."""
        release = self.table.release
        return f"ledger position {self.table.position}" + (f", release {release.name}" if release else "")

    @property
    def about(self) -> list[tuple[str, str]]:
        """What a reader of the file has to know, by name."""
        table = self.table
        return [
            ("table", table.kind.title),
            ("question", table.kind.question),
            ("source", self.address),
            ("made", f"{self.made:%Y-%m-%dT%H:%M:%SZ}"),
            ("version", self.state),
            ("chosen", chosen_words(table)),
            ("bands taken for one", f"neighbours no further apart than {table.tolerance}"),
        ]

    @property
    def works(self) -> dict[str, str]:
        """The works in the table that are known, as BibTeX."""
        known = (self.catalog.entries[name] for name in self.table.works if name in self.catalog.entries)
        return {entry.id: bibtex(entry.id, entry.record.body) for entry in known if entry.kind in ("document", "reference")}


def chosen_words(table: Comparison) -> str:
    """Say how a table is arranged and what of it is shown."""
    choice = table.choice
    lines = f", lines by {DIMENSIONS[choice.lines]}" if choice.lines else ""
    said = [f"rows by {DIMENSIONS[choice.rows]}{lines}, columns by {DIMENSIONS[choice.columns]}", SHOWN[choice.shown]]
    said += [
        f"{name}: {', '.join(values)}"
        for name, values in (
            ("properties", tuple(map(property_title, choice.properties))),
            ("material", choice.material),
            ("of", choice.thing),
            ("paper", choice.paper),
            ("method", choice.method),
        )
        if values
    ]
    return "; ".join(said)


def printed(text: str) -> str:
    """Return a value as a chemist prints it.

    >>> printed("~ 100 degC"), printed("0.92 nm"), printed("100.0 +- 15.1 kJ/mol")
    ('~100 °C', '0.92 nm', '100.0 ± 15.1 kJ/mol')
    """
    return text.replace("degC", "°C").replace("+-", "±").replace("~ ", "~")


def words_of(table: Comparison, value: Stated) -> str:
    """Return a value with what neither its row nor its column says of it."""
    choice = table.choice
    axes = (choice.rows, choice.lines, choice.columns)
    before = f"{property_title(value.property_id)}: " if "property" not in axes and len(choice.properties) != 1 else ""
    after = "" if {"paper", "item"} & set(axes) else ", ".join(table.papers.get(work, work) for work in value.works)
    return f"{before}{printed(value.text)}{f' ({after})' if after else ''}"


def standing_words(mark: Mark) -> str:
    """Say what a value contradicts, and how that stands."""
    against = ", ".join(side.value for side in mark.against)
    return f"contradicts {against}: {mark.standing}" if against else mark.standing


# --- the forms --------------------------------------------------------------------------------------------------------


def as_json(file: CompareFile) -> bytes:
    """Return the table with every value, where it stands, what it contradicts."""
    table = file.table
    content = {
        **{name.replace(" ", "_"): text for name, text in file.about},
        "ledger_position": table.position,
        "counts_since": table.version,
        "release": table.release.name if table.release else None,
        "tolerance": table.tolerance,
        "columns": [{"key": head.key, "title": head.title} for head in table.columns],
        "rows": [
            {
                "key": row.head.key,
                "title": row.head.title,
                "note": row.head.note,
                "lines": [
                    {"key": line.head.key, "title": line.head.title, "cells": [_cell_json(cell) for cell in line.cells]}
                    for line in row.lines
                ],
            }
            for row in table.rows
        ],
        "conflicts": [_conflict_json(each) for each in table.conflicts],
        "citations": [{"id": name, "bibtex": text} for name, text in file.works.items()],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def as_csv(file: CompareFile) -> bytes:
    """Return the table by RFC 4180, one record per line of it; the last records, which begin with #, tell of what it is made."""
    table = file.table
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    heads = [DIMENSIONS[table.choice.rows], *([DIMENSIONS[table.choice.lines]] if table.choice.lines else [])]
    records = [[*heads, *(head.title for head in table.columns), "conflicts", "assertions", "where"]]
    for row, line in _lines(table):
        those = [each for cell in line.cells for each in cell.values]
        marks = dict.fromkeys(f"{value.text} {standing_words(mark)}" for value, given in those for mark in given)
        records.append(
            [
                row.head.title,
                *([line.head.title] if table.choice.lines else []),
                *("; ".join(_distinct(table, cell)) for cell in line.cells),
                "; ".join(marks),
                "; ".join(dict.fromkeys(value.item for value, _ in those)),
                "; ".join(dict.fromkeys(f"{value.document}, {value.locator}" for value, _ in those if value.locator)),
            ]
        )
    width = len(records[0])
    about = [*file.about, *((f"cite {name}", " ".join(text.split())) for name, text in file.works.items())]
    records += [[f"# {name}", text, *[""] * (width - 2)] for name, text in about]
    writer.writerows([guarded(cell) for cell in record] for record in records)
    return out.getvalue().encode()


def as_markdown(file: CompareFile) -> bytes:
    """Return the table as Markdown, as GitHub and Pandoc read it."""
    table = file.table
    notes = _Notes()
    heads = [DIMENSIONS[table.choice.rows], *([DIMENSIONS[table.choice.lines]] if table.choice.lines else [])]
    heads += [head.title for head in table.columns]
    lines = [f"# {_md(table.kind.title)}", "", _md(table.kind.question), ""]
    lines += [f"| {' | '.join(map(_md, heads))} |", f"|{' --- |' * len(heads)}"]
    for row, line in _lines(table):
        names = [row.head.title, *([line.head.title] if table.choice.lines else [])]
        cells = [_texts(table, cell, notes, _md, lambda mark: f" <sup>{mark}</sup>", "; ") for cell in line.cells]
        lines.append(f"| {' | '.join([*map(_md, names), *cells])} |")
    lines += [""]
    lines += [f"{mark}. {conflict_words(each, table, _md)}" for mark, each in notes.said(table.conflicts)]
    lines += ["", *(f"- {name}: {_md(text)}" for name, text in file.about), ""]
    if file.works:
        lines += ["```bibtex", *file.works.values(), "```", ""]
    return "\n".join(lines).encode()


def as_latex(file: CompareFile) -> bytes:
    r"""Return the table for ``\input`` into a paper: longtable and booktabs, formulas by mhchem, works as ``\cite``."""
    table = file.table
    notes = _Notes()
    cites = set(file.works)
    heads = [DIMENSIONS[table.choice.rows], *([DIMENSIONS[table.choice.lines]] if table.choice.lines else [])]
    heads += [head.title for head in table.columns]
    body: list[str] = []
    for row in table.rows:
        if body:
            body.append(r"\addlinespace")
        for number, line in enumerate(row.lines):
            names = [typeset(row.head.title) if number == 0 else ""]
            if table.choice.lines:
                names.append(typeset(line.head.title) + _cite(line.head.key if table.choice.lines == "paper" else "", cites))
            cells = [_texts(table, cell, notes, typeset, _superscript, "; ") for cell in line.cells]
            body.append(f"{' & '.join([*names, *cells])} \\\\")
    share = WIDE / len(heads)
    spec = "".join(rf">{{\raggedright\arraybackslash}}p{{{share - 0.02:.3f}\linewidth}}" for _ in heads)
    head = f"{' & '.join(typeset(text) for text in heads)} \\\\"
    lines = [
        "% " + "\n% ".join(f"{name}: {' '.join(text.split())}" for name, text in file.about),
        r"% needs \usepackage{booktabs,longtable,array,textcomp} and \usepackage[version=4]{mhchem}; \usepackage[utf8]{inputenc}",
        r"{\footnotesize",
        rf"\begin{{longtable}}{{@{{}}{spec}@{{}}}}",
        rf"\caption{{{typeset(table.kind.title)}. {escaped(file.state.capitalize())}, {file.made:%Y-%m-%d} (UTC).}}",
        rf"\label{{tab:{table.kind.id}}}\\",
        r"\toprule", head, r"\midrule", r"\endfirsthead", r"\toprule", head, r"\midrule", r"\endhead",
        r"\bottomrule", r"\endfoot",
        *body,
        r"\end{longtable}",
        *(
            rf"\noindent\textsuperscript{{{mark}}}~{conflict_words(each, table, typeset)}\par"
            for mark, each in notes.said(table.conflicts)
        ),
        "}",
        "",
        "% works in the table, for the file of your bibliography:",
        *(f"% {line}" for text in file.works.values() for line in text.splitlines()),
        "",
    ]  # fmt: skip
    return "\n".join(lines).encode()


def as_bibtex(file: CompareFile) -> bytes:
    """Return the works in the table."""
    return ("\n\n".join(file.works.values()) + "\n").encode()


FORMS: Final[Mapping[str, tuple[str, str, Callable[[CompareFile], bytes]]]] = {
    "csv": ("CSV", "text/csv; charset=utf-8; header=present", as_csv),
    "tex": ("LaTeX", "application/x-tex; charset=utf-8", as_latex),
    "md": ("Markdown", "text/markdown; charset=utf-8", as_markdown),
    "json": ("JSON", "application/json", as_json),
    "bib": ("BibTeX", "application/x-bibtex; charset=utf-8", as_bibtex),
}
"""End of the name of a file -> what it is called, its media type, and how it is written."""


# --- parts ------------------------------------------------------------------------------------------------------------


class _Notes:
    """Letters of the conflicts, in the order in which they are met."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def letter(self, mark: Mark) -> str:
        return self._letters.setdefault(mark.disagreement.id, _letter(len(self._letters)))

    def said(self, conflicts: tuple[Disagreement, ...]) -> Iterator[tuple[str, Disagreement]]:
        named = {each.id: each for each in conflicts}
        return ((letter, named[name]) for name, letter in self._letters.items())


def conflict_words(found: Disagreement, table: Comparison, write: Callable[[str], str]) -> str:
    """Say in a sentence what contradicts what, and what was decided; ``write`` turns words and values into those of a form."""
    title = found.title.replace(found.subject, table.names.get(found.subject, found.subject), 1)
    sides = " / ".join(write(side.value) for side in found.sides)
    held = side_that_holds(found)
    decided = f", {write(held.value)} holds" if held is not None else ""
    reason = write(f" ({found.reason})") if found.reason else ""
    return f"{write(title)}: {sides}; {found.state}{decided}{reason}"


def _letter(number: int) -> str:
    """Return a, b, …, z, aa, ab, …"""
    return ("" if number < 26 else _letter(number // 26 - 1)) + chr(ord("a") + number % 26)


def _lines(table: Comparison) -> Iterator[tuple[Row, Line]]:
    return ((row, line) for row in table.rows for line in row.lines)


def _distinct(table: Comparison, cell: Cell) -> list[str]:
    return list(dict.fromkeys(words_of(table, value) for value, _ in cell.values))


def _texts(
    table: Comparison, cell: Cell, notes: _Notes, write: Callable[[str], str], raise_: Callable[[str], str], between: str
) -> str:
    found: dict[str, dict[str, None]] = {}
    for value, marks in cell.values:
        found.setdefault(words_of(table, value), {}).update(dict.fromkeys(notes.letter(mark) for mark in marks))
    return between.join(write(words) + (raise_(",".join(letters)) if letters else "") for words, letters in found.items())


def _cite(works: str, known: set[str]) -> str:
    keys = [name for name in works.split() if name in known]
    return rf"~\cite{{{','.join(keys)}}}" if keys else ""


def _superscript(mark: str) -> str:
    return rf"\textsuperscript{{{mark}}}"


def _md(text: str) -> str:
    """Return text that Markdown prints as it stands.

    >>> _md("a|b *c* <d>")
    'a\\\\|b \\\\*c\\\\* &lt;d>'
    """
    found = text.replace("\\", "\\\\").replace("<", "&lt;").replace("\n", " ")
    for sign in "|*_`[]#":
        found = found.replace(sign, f"\\{sign}")
    return found


def _cell_json(cell: Cell) -> list[dict[str, Any]]:
    return [
        {
            "property": value.property_id,
            "value": value.text,
            "of": list(value.subjects),
            "material": value.material or None,
            "position_nm": value.position if value.placed else None,
            "said_of_all_that_the_item_lists": value.whole,
            "item": value.item,
            "assertion": value.assertion,
            "document": value.document,
            "works": list(value.works),
            "method": value.method or None,
            "locator": value.locator or None,
            "quotes": list(value.quotes),
            "conflicts": [
                {
                    "disagreement": mark.disagreement.id,
                    "side": mark.side,
                    "against": [side.value for side in mark.against],
                    "standing": mark.standing,
                }
                for mark in marks
            ],
        }
        for value, marks in cell.values
    ]


def _conflict_json(found: Disagreement) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "property": found.property_id,
        "state": found.state,
        "decision": found.decision,
        "reason": found.reason,
        "decided_by": found.decided_by,
        "holds": held.value if (held := side_that_holds(found)) else None,
        "bands": list(found.band.positions) if found.band else [],
        "sides": [{"value": side.value, "items": [value.item for value in side.values]} for side in found.sides],
    }
