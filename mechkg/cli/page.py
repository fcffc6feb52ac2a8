"""Prints the pages of reports: headings, sentences, lists, tables, and the kill matrix as marks."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mechkg.service.page import MEANING, SIGNS, Bullets, Grid, Heading, Marks, More, Page, Part

VERDICT_COLOUR = {"survives": "green", "ruled out": "red", "not covered": "yellow"}
_PREDICTED_COLOUR = {
    "must": "green",
    "likely": "green",
    "none": "red",
    "open": "dim",
    "follows": "cyan",
    "need not follow": "dim",
}
_SIGN_COLOUR = {"conflict": "bold red", "explained": "green", "permitted": "cyan", "silent": "dim"}
_WIDEST_NAME = 32
"""A longer name of a candidate is cut in the margin of a matrix."""


def print_page(page: Page, console: Console) -> None:
    """Print a whole page."""
    console.print(f"[bold]{escape(page.title)}[/bold]")
    print_parts(page.intro, console)
    for section in page.sections:
        console.print()
        console.rule(f"[bold]{escape(section.title)}[/bold]", align="left")
        print_parts(section.parts, console)


def print_parts(parts: Iterable[Part], console: Console) -> None:
    """Print parts of a page one after the other."""
    for part in parts:
        if isinstance(part, str | More):
            console.print(escape(str(part)))
        elif isinstance(part, Heading):
            console.print(f"\n[bold]{escape(part.text)}[/bold]")
        elif isinstance(part, Bullets):
            for item in part.items:
                _print_line("•", item.text, 1, console)
                for line in item.beneath:
                    _print_line("-", line, 3, console)
        elif isinstance(part, Grid):
            _print_grid(part, console)
        else:
            _print_marks(part, console)


def _print_line(sign: str, text: str, indent: int, console: Console) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(sign, escape(text))
    console.print(Padding(grid, (0, 0, 0, indent), expand=False))


def _print_grid(grid: Grid, console: Console) -> None:
    table = Table(show_lines=True) if grid.lines else Table(show_edge=False, pad_edge=False)
    for column in grid.columns:
        table.add_column(escape(column), justify="right" if column == "explains" else "left", no_wrap=column == "verdict")
    for row in grid.rows:
        table.add_row(*(_cell(cell) for cell in row))
    console.print(table)


def _cell(text: str) -> str:
    colour = VERDICT_COLOUR.get(text) or _PREDICTED_COLOUR.get(text)
    return f"[{colour}]{escape(text)}[/{colour}]" if colour else escape(text)


def _print_marks(marks: Marks, console: Console) -> None:
    """Print a row of marks per candidate; observations with the same marks share a column; what does not fit is cut."""
    legend = "   ".join(f"[{_SIGN_COLOUR[role]}]{SIGNS[role]}[/] {meaning}" for role, meaning in MEANING.items())
    console.print(legend)
    console.print("A column stands for all observations that play the same part in every candidate; its number says how many.")
    names = [name if len(name) <= _WIDEST_NAME else f"{name[: _WIDEST_NAME - 1]}…" for name in marks.matrix.candidates]
    margin = max([len("observations"), *map(len, names)])
    width = max([len(str(len(kind.observations))) for kind in marks.kinds] + [len(letter(len(marks.kinds) - 1))], default=1)
    shown = marks.kinds[: max(1, (console.width - margin - 1) // (width + 1))]
    letters = [letter(place) for place in range(len(shown))]

    def line(name: str, cells: Iterable[tuple[str, str]], style: str = "") -> Text:
        text = Text(f"{name:<{margin}}", style=style, no_wrap=True)
        for cell, colour in cells:
            text.append(f" {cell:>{width}}", style=colour)
        return text

    console.print()
    console.print(line("", [(name, "bold") for name in letters]))
    console.print(line("observations", [(str(len(kind.observations)), "dim") for kind in shown]))
    for place, name in enumerate(names):
        console.print(line(name, [(SIGNS[kind.roles[place]], _SIGN_COLOUR[kind.roles[place]]) for kind in shown]))
    console.print()
    for name, kind in zip(letters, shown, strict=True):
        more = len(kind.observations) - 1
        _print_line(name.rjust(2), f"{kind.words}{f' and {more} more' if more else ''}", 0, console)
    if len(shown) < len(marks.kinds):
        left = marks.kinds[len(shown) :]
        count = sum(len(kind.observations) for kind in left)
        console.print(
            f"Cut to the width of the terminal: {len(left)} of {len(marks.kinds)} columns, with {count} of "
            f"{len(marks.matrix.observations)} observations, are left out. --markdown and --json have all.",
            style="yellow",
        )


def letter(place: int) -> str:
    """Name a column as spreadsheets do.

    >>> letter(0), letter(25), letter(26), letter(52)
    ('A', 'Z', 'AA', 'BA')
    """
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
