"""Lists of items of one kind: chosen by filters, in pages, with how many have which value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mechkg.errors import NotFoundError
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import And, Filter, Is, NameField, Says, Sort, YesNo
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import title_of
from mechkg.service.description import Shown
from mechkg.service.equation import equation_of
from mechkg.service.identifiers import iri_of
from mechkg.service.recorded import Recorded

PAGE: Final = 50
MOST_VALUES: Final = 30
"""So many values of a field are counted out; rarer ones are said to be left out."""

PATHS: Final[Mapping[ItemKind, str]] = {
    "species": "species",
    "document": "papers",
    "step": "steps",
    "observation": "observations",
    "claim": "claims",
    "procedure": "procedures",
    "space": "spaces",
    "assumption": "assumptions",
    "chemical": "chemicals",
    "material": "materials",
    "model": "models",
    "zone": "zones",
    "reference": "references",
    "remark": "remarks",
}
"""Kind -> path of its list."""

TITLES: Final[Mapping[ItemKind, str]] = {
    **{kind: path.capitalize() for kind, path in PATHS.items()},
    "space": "Hypothesis spaces",
    "model": "Rival models",
    "zone": "Tested conditions",
}

_FACETS: Final[Mapping[ItemKind, tuple[NameField, ...]]] = {
    "species": ("type", "material", "document"),
    "step": ("type", "status", "material", "document"),
    "observation": ("type", "method", "material", "species_kind", "document"),
    "claim": ("type", "evidence", "direction", "material", "species_kind", "document"),
    "assumption": ("backing", "document"),
    "procedure": ("material", "document"),
    "document": (),
}
_USUAL: Final[tuple[NameField, ...]] = ("type", "document")

PARAMETERS: Final[Mapping[NameField, str]] = {
    "type": "kind",
    "material": "material",
    "document": "paper",
    "method": "method",
    "status": "status",
    "evidence": "evidence",
    "direction": "direction",
    "species_kind": "of",
    "backing": "backing",
}
"""Field -> name of the parameter in an address."""

FIELD_TITLES: Final[Mapping[NameField, str]] = {
    "type": "Kind",
    "material": "Material",
    "document": "Paper",
    "method": "Method",
    "status": "What the source makes of it",
    "evidence": "Rests on",
    "direction": "Direction",
    "species_kind": "About",
    "backing": "Backing",
}

SORTS: Final[Mapping[str, tuple[str, tuple[Sort, ...]]]] = {
    "name": ("name", (Sort("label"),)),
    "newest": ("newest first", (Sort("accepted", descending=True),)),
    "kind": ("kind", (Sort("type"), Sort("label"))),
    "paper": ("paper", (Sort("document"),)),
    "band": ("absorption band", (Sort("absorption"),)),
}
"""Name of an order -> in words, and by what it goes."""

_WITH_BANDS: Final[frozenset[ItemKind]] = frozenset({"species", "claim", "observation"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a field: its name, what to call it, how many items have it, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of a field; ``left_out`` rarer ones are not told."""

    parameter: str
    title: str
    values: tuple[Choice, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Row:
    """An item in a list: what to call it, and what else is shown, in the order of the columns."""

    id: str
    title: Shown
    cells: tuple[tuple[Shown, ...], ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """Which items are asked for: values by parameter, words, only those in a disagreement, in which order, from where on."""

    values: Mapping[str, tuple[str, ...]]
    text: str = ""
    disputed: bool = False
    sort: str = "name"
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list."""

    kind: ItemKind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    all: int
    facets: tuple[Choices, ...]
    disputed: int
    sorts: tuple[tuple[str, str], ...]
    before: str | None
    after: str | None


def parameters(kind: ItemKind) -> tuple[str, ...]:
    """Return the parameters by which items of a kind can be chosen."""
    return tuple(PARAMETERS[field] for field in _FACETS.get(kind, _USUAL))


def browse(view: Recorded, kind: ItemKind, wish: Wish) -> Listing:
    """Return a page of the items of a kind; raise NotFoundError or BadInputError for what cannot be asked for."""
    models = view.catalog.models
    fields = _FACETS.get(kind, _USUAL)
    base: list[Filter] = [Is("kind", (kind,))]
    if wish.text:
        base.append(Says(wish.text))
    if wish.disputed:
        base.append(YesNo("disagreement"))
    chosen = {field: Is(field, wish.values[PARAMETERS[field]]) for field in fields if wish.values.get(PARAMETERS[field])}
    sorts = {name: words for name, (words, _) in SORTS.items() if name != "band" or kind in _WITH_BANDS}
    if wish.sort not in sorts:
        raise NotFoundError.of("order", wish.sort, sorts)
    everything = And((*base, *chosen.values()))
    window: dict[str, Any] = {"last": PAGE, "before": wish.before} if wish.before else {"first": PAGE, "after": wish.after}
    page = models.page(everything, SORTS[wish.sort][1], **window)
    facets = []
    for field in fields:
        others = And((*base, *(given for other, given in chosen.items() if other != field)))
        found = models.facet(field, others)
        have = chosen[field].of if field in chosen else ()
        values = [Choice(v, _called(view, field, v), n, v in have) for v, n in found.values]
        shown = [one for place, one in enumerate(values) if place < MOST_VALUES or one.chosen]
        if len(values) > 1 or have:
            facets.append(Choices(PARAMETERS[field], FIELD_TITLES[field], tuple(shown), len(values) - len(shown)))
    disputed = models.rows(YesNo("disagreement"))
    columns = _COLUMNS.get(kind, _OTHERS)
    row_of = models.columns.row_of
    return Listing(
        kind,
        tuple(title for title, _ in columns),
        tuple(
            Row(e.id, _title(view, e), tuple(cell(view, e) for _, cell in columns), bool(disputed[row_of[e.id]]))
            for e in page.entries
        ),
        page.total,
        models.count(Is("kind", (kind,))),
        tuple(facets),
        models.count(And((*base, *chosen.values(), YesNo("disagreement")))),
        tuple(sorts.items()),
        page.cursors[0] if page.has_previous and page.cursors else None,
        page.cursors[-1] if page.has_next and page.cursors else None,
    )  # fmt: skip


def _called(view: Recorded, field: NameField, value: str) -> str:
    entry = view.catalog.entries.get(value) if field in ("material", "document") else None
    return value if entry is None else short_title(view, entry)


def short_title(view: Recorded, entry: Entry) -> str:
    """Return what to call an item where there is little room: a work by its first author and year."""
    body = entry.record.body
    if entry.kind in ("document", "reference") and body.get("authors"):
        name = str(body["authors"][0]).split()[-1]
        others = " et al." if len(body["authors"]) > 1 else ""
        return " ".join(part for part in (f"{name}{others}", str(body.get("year", ""))) if part)
    return title_of(view, entry)


def _title(view: Recorded, entry: Entry) -> Shown:
    formula = entry.record.body.get("formula") == entry.label
    return Shown(title_of(view, entry), iri_of("item", entry.id), how="formula" if formula else "text")


# --- columns ----------------------------------------------------------------------------------------------------------

Cell = Callable[[Recorded, Entry], tuple[Shown, ...]]


def _field(*names: str) -> Cell:
    def cell(_: Recorded, entry: Entry) -> tuple[Shown, ...]:
        return tuple(Shown(str(entry.record.body[name])) for name in names if entry.record.body.get(name) is not None)

    return cell


def _links(*names: str) -> Cell:
    def cell(view: Recorded, entry: Entry) -> tuple[Shown, ...]:
        given = [entry.record.body.get(name) for name in names]
        those = [n for each in given if each for n in ([each] if isinstance(each, str) else each)]
        known = view.catalog.entries
        return tuple(Shown(title_of(view, known[n]), iri_of("item", n)) if n in known else Shown(n) for n in those)

    return cell


def _paper(view: Recorded, entry: Entry) -> tuple[Shown, ...]:
    document = view.catalog.entries.get(entry.record.document)
    if document is None:
        return (Shown(entry.record.document),)
    return (Shown(short_title(view, document), iri_of("item", document.id), title_of(view, document)),)


def _bands(_: Recorded, entry: Entry) -> tuple[Shown, ...]:
    signature = entry.record.body.get("signature") or {}
    found = []
    for name in ("absorption", "emission"):
        given = signature.get(name) or ()
        found += [Shown(f"{each} ({name})") for each in ([given] if isinstance(given, str) else given)]
    return tuple(found) or ((Shown("silent"),) if signature.get("silent") else ())


def _equation(view: Recorded, entry: Entry) -> tuple[Shown, ...]:
    return (Shown(str(equation_of(view.catalog, entry.record.body))),)


def _formula(_: Recorded, entry: Entry) -> tuple[Shown, ...]:
    formula = entry.record.body.get("formula")
    return (Shown(formula, how="formula"),) if formula else ()


def _authors(_: Recorded, entry: Entry) -> tuple[Shown, ...]:
    names = entry.record.body.get("authors", ())
    return (Shown(", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")),) if names else ()


def _stages(_: Recorded, entry: Entry) -> tuple[Shown, ...]:
    return (Shown(str(len(entry.record.body.get("stages", ())))),)


def _seen(view: Recorded, entry: Entry) -> tuple[Shown, ...]:
    count = sum(other.kind == "observation" for other in view.catalog.referring.get(entry.id, ()))
    return (Shown(str(count)),)


def _stated(view: Recorded, entry: Entry) -> tuple[Shown, ...]:
    return (Shown(str(view.catalog.models.count(Is("document", (entry.id,))))),)


_COLUMNS: Final[Mapping[ItemKind, tuple[tuple[str, Cell], ...]]] = {
    "species": (("Kind", _field("kind")), ("Material", _links("material")), ("Bands", _bands), ("Paper", _paper)),
    "step": (("Equation", _equation), ("Kind", _field("kind")), ("Status", _field("status")), ("Paper", _paper)),
    "observation": (
        ("Kind", _field("kind")), ("Method", _field("method")), ("Where", _field("locator")), ("Paper", _paper),
    ),
    "claim": (("Kind", _field("kind")), ("Rests on", _field("evidence")), ("About", _links("about")), ("Paper", _paper)),
    "document": (("Authors", _authors), ("Journal", _field("journal")), ("Year", _field("year")), ("Assertions", _stated)),
    "procedure": (("Stages", _stages), ("Observations", _seen), ("Where", _field("locator")), ("Paper", _paper)),
    "assumption": (("Backing", _field("backing")), ("Paper", _paper)),
    "reference": (("Journal", _field("journal")), ("Year", _field("year")), ("Paper", _paper)),
    "chemical": (("Formula", _formula), ("Roles", lambda _, e: tuple(Shown(r) for r in e.record.body.get("roles", ()))),
                 ("Paper", _paper)),
    "zone": (("Varied", _field("varied")), ("Outcome", _field("outcome")), ("Paper", _paper)),
}  # fmt: skip
_OTHERS: Final[tuple[tuple[str, Cell], ...]] = (("Kind", _field("kind")), ("Paper", _paper))
