"""Comparison tables across papers: which there are, and one of them with free choice of rows, columns and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from markupsafe import Markup

from mechkg.model.disagreement import Disagreement, Side
from mechkg.service.comparison import Cell, Comparison, Mark, Option, side_that_holds
from mechkg.service.comparison_tables import DIMENSIONS, SHOWN, SORTS, Choice, TableKind
from mechkg.service.stated_values import COMPOSITION, Stated, property_title
from mechkg.web.compare_files import FORMS, chosen_words, printed, standing_words
from mechkg.web.frame import Frame
from mechkg.web.pages import render
from mechkg.web.typeset import formula, formulas

SIGNS: Mapping[str, tuple[str, str]] = {
    "open": ("⚠", "open"),
    "explained": ("≈", "explained"),
    "holds": ("✓", "holds"),
    "gave way": ("✕", "gave way"),
}
"""How a value in a conflict stands -> sign and word."""

FIRST_PROPERTIES = 16
MOST_OPTIONS = 200
MOST_CONFLICTS = 60
"""So many conflicts are told in full beneath a table; all are among the disagreements."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cell shows of values that say the same: the first of them is linked, the others are numbered."""

    value: Stated
    more: tuple[Stated, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What the page shows: the table, and of when it is (empty for now)."""

    table: Comparison
    made: datetime
    as_of: str = ""

    @property
    def choice(self) -> Choice:
        """How the table is arranged."""
        return self.table.choice

    @property
    def kind(self) -> TableKind:
        """The table by definition."""
        return self.table.kind

    @property
    def path(self) -> str:
        """Path of the table as it is by definition."""
        return f"/compare/{quote(self.kind.id, safe='')}"

    @property
    def arranged(self) -> str:
        """How it is arranged, and what of it is shown."""
        return chosen_words(self.table)

    @property
    def heading(self) -> str:
        """What the first columns are about."""
        words = DIMENSIONS[self.choice.rows].capitalize()
        return f"{words}, {DIMENSIONS[self.choice.lines]}" if self.choice.lines else words

    @property
    def has_whole(self) -> bool:
        """Whether any value is said of more than one thing."""
        return any(value.whole for row in self.table.rows for value, _ in row.values)

    @property
    def forms(self) -> list[tuple[str, str]]:
        """The same as files: what each is called, and where it is."""
        return [(words, f"{self.path}.{end}{self._query()}") for end, (words, _, _) in FORMS.items()]

    @property
    def permanent(self) -> str:
        """Address of the table as it is now, with all that was chosen, whatever comes later."""
        return f"{self.path}?{urlencode([*self._all(), ('asOf', str(self.table.position))])}"

    def at(self, when: str) -> str:
        """Return the address of the same table as of another moment; empty for now."""
        return self.path + self._query(as_of=when)

    def href(self, **change: Sequence[str] | str) -> str:
        """Return the address with something else chosen."""
        return self.path + self._query(change)

    @property
    def selects(self) -> list[tuple[str, str, list[tuple[str, str]], str]]:
        """What the form offers to arrange the table: parameter, label, options, what is chosen."""
        dimensions: list[tuple[str, str]] = [(name, words.capitalize()) for name, words in DIMENSIONS.items()]
        return [
            ("rows", "Rows", dimensions, self.choice.rows),
            ("lines", "Lines in a row", [("", "None"), *dimensions], self.choice.lines),
            ("columns", "Columns", dimensions, self.choice.columns),
            ("sort", "Sorted", [(name, words.capitalize()) for name, words in SORTS.items()], self.choice.sort),
            ("shown", "Show", [(name, words.capitalize()) for name, words in SHOWN.items()], self.choice.shown),
        ]

    @property
    def filters(self) -> list[tuple[str, str, tuple[Option, ...], tuple[str, ...], int]]:
        """What the form offers to narrow the table: parameter, label, options, what is chosen, how many options are left out."""
        found = []
        for name, label in (("material", "Material"), ("thing", "Species or step"), ("paper", "Paper"), ("method", "Method")):
            options, have = self.table.options[name], getattr(self.choice, name)
            shown = sorted(options[:MOST_OPTIONS], key=lambda option: option.title.casefold())
            known = {option.name for option in shown}
            shown += [option for option in options[MOST_OPTIONS:] if option.name in have]
            shown += [Option(value, value, 0) for value in have if value not in known]
            found.append((name, label, tuple(shown), have, max(0, len(options) - MOST_OPTIONS)))
        return found

    @property
    def properties(self) -> tuple[list[Option], list[Option]]:
        """Properties to choose from: those shown at once, and the rest."""
        options = {option.name: option for option in self.table.options["property"]}
        first = [options.pop(name, Option(name, property_title(name), 0)) for name in self.choice.properties]
        rest = list(options.values())
        room = max(0, FIRST_PROPERTIES - len(first))
        return first + rest[:room], sorted(rest[room:], key=lambda option: option.title.casefold())

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The filters that are set, in words, each with the address without it."""
        found = []
        for name, label in (("material", "Material"), ("thing", "Of"), ("paper", "Paper"), ("method", "Method")):
            have: tuple[str, ...] = getattr(self.choice, name)
            titles = {option.name: option.title for option in self.table.options[name]}
            found += [(f"{label}: {titles.get(v, v)}", self.href(**{name: [o for o in have if o != v]})) for v in have]
        if self.choice.shown != "all":
            found.append((SHOWN[self.choice.shown].capitalize(), self.href(shown="all")))
        return found

    def entries(self, cell: Cell) -> list[Entry]:
        """Return what a cell shows: values that say the same once."""
        found: dict[tuple[str, str, tuple[str, ...], bool], list[tuple[Stated, tuple[Mark, ...]]]] = {}
        for value, marks in cell.values:
            works = () if "paper" in (self.choice.rows, self.choice.lines, self.choice.columns) else value.works
            found.setdefault((value.property_id, value.text, works, value.whole), []).append((value, marks))
        return [
            Entry(those[0][0], tuple(value for value, _ in those[1:]), _unique(mark for _, marks in those for mark in marks))
            for those in found.values()
        ]

    def before(self, value: Stated) -> str:
        """Return the property, where neither row nor column says it."""
        axes = (self.choice.rows, self.choice.lines, self.choice.columns)
        return property_title(value.property_id) if "property" not in axes and len(self.choice.properties) != 1 else ""

    def after(self, value: Stated) -> str:
        """Return the works, where neither row nor column says them."""
        axes = {self.choice.rows, self.choice.lines, self.choice.columns}
        return "" if axes & {"paper", "item"} else ", ".join(self.table.papers[work] for work in value.works)

    def typeset(self, value: Stated) -> Markup:
        """Return a value as a chemist prints it, formulas in it typeset."""
        return formula(value.text) if value.property_id == COMPOSITION else formulas(printed(value.text))

    def sign(self, mark: Mark) -> tuple[str, str]:
        """Return sign and word of a conflict."""
        return SIGNS[mark.standing]

    def against(self, mark: Mark) -> str:
        """Say what a value contradicts."""
        return f"contradicts {', '.join(side.value for side in mark.against)}" if mark.against else ""

    def standing(self, mark: Mark) -> str:
        """Say what a value contradicts, and how that stands."""
        return standing_words(mark)

    def called(self, name: str) -> str:
        """Return what to call a work."""
        return self.table.papers.get(name, name)

    def titled(self, found: Disagreement) -> str:
        """Return what a conflict is about, by the names of people."""
        return found.title.replace(found.subject, self.table.names.get(found.subject, found.subject), 1)

    def holds(self, found: Disagreement) -> Side | None:
        """Return the side that a conflict was decided for."""
        return side_that_holds(found)

    def why(self, found: Disagreement) -> str:
        """Say why the sides cannot all be right."""
        said = f"{property_title(found.property_id).capitalize()}: the sides leave no value that all of them allow."
        if found.band:
            taken = ", ".join(found.band.positions)
            said += f" {taken} are taken for one band, as neighbours are no further apart than {found.band.tolerance}."
        if found.conditions:
            said += f" Under the same conditions: {', '.join(f'{name} {value}' for name, value in found.conditions)}."
        if found.looser:
            pairs = "; ".join(f"{one} and {other}" for one, other in found.looser)
            said += f" Not against each other, only less exact: {pairs}."
        return said

    def item(self, name: str) -> str:
        """Return where an item is described."""
        return f"/id/{quote(name, safe='')}" + (f"?{urlencode({'asOf': self.as_of})}" if self.as_of else "")

    @property
    def conflicts(self) -> tuple[Disagreement, ...]:
        """The conflicts that are told in full: those that values shown are part of, of many the first."""
        shown = {mark.disagreement.id for row in self.table.rows for _, marks in row.values for mark in marks}
        return tuple(each for each in self.table.conflicts if each.id in shown)[:MOST_CONFLICTS]

    def decision(self, found: Disagreement) -> str:
        """Return where a conflict is weighed and decided; as of another moment, where it is described as it was."""
        name = quote(found.id, safe="")
        return f"/disagreement/{name}?{urlencode({'asOf': self.as_of})}" if self.as_of else f"/conflicts/{name}"

    def _all(self) -> list[tuple[str, str]]:
        """Return everything that is chosen, to be sent on."""
        choice = self.choice
        pairs = [(name, getattr(choice, name)) for name in ("rows", "lines", "columns", "shown", "sort")]
        pairs.append(("tolerance", self.table.tolerance))
        for parameter, those in self._several().items():
            pairs += [(parameter, value) for value in those or ("",)]
        return pairs

    def _several(self) -> dict[str, tuple[str, ...]]:
        choice = self.choice
        return {
            "property": choice.properties,
            "material": choice.material,
            "thing": choice.thing,
            "paper": choice.paper,
            "method": choice.method,
        }

    def _query(self, change: Mapping[str, Sequence[str] | str] | None = None, as_of: str | None = None) -> str:
        """Return the part of an address that says in what the choice differs from the definition."""
        usual = self.kind.choice
        pairs: list[tuple[str, str]] = []
        for name in ("rows", "lines", "columns", "shown", "sort", "tolerance"):
            value = (change or {}).get(name, getattr(self.choice, name))
            if value != getattr(usual, name):
                pairs.append((name, str(value)))
        for name, have in self._several().items():
            those = tuple((change or {}).get(name, have))
            if those != getattr(usual, "properties" if name == "property" else name):
                pairs += [(name, value) for value in those or ("",)]
        when = self.as_of if as_of is None else as_of
        if when:
            pairs.append(("asOf", when))
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True, slots=True)
class CompareIndexPage:
    """What the page shows: tables with the values and conflicts in each, how many are open; maps (path, title, question)."""

    tables: tuple[tuple[TableKind, int, int, int], ...]
    maps: tuple[tuple[str, str, str], ...]


def _unique(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple({mark.disagreement.id: mark for mark in marks}.values())


def compare_page(page: ComparePage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("compare_page.html", page, frame)


def compare_index_page(page: CompareIndexPage, frame: Frame | None = None) -> str:
    """Return the list of tables and maps as HTML."""
    return render("compare_index_page.html", page, frame)
