"""Export what counts as a table: the items of a kind, the sides of disagreements, or compositions by band and work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from mechkg.errors import BadInputError, nearest
from mechkg.graph.ontology import definition_of
from mechkg.graph.rdf import written_as
from mechkg.literature.item_cells import CONTENT, BadCell, Field, cells_of, field_of, fields_of
from mechkg.literature.spreadsheets import Sheet, to_csv, to_xlsx
from mechkg.model.assertion import Claim
from mechkg.model.belief import number
from mechkg.model.corpus import ITEM_TYPES, ItemKind
from mechkg.model.source import Document
from mechkg.model.species import Species
from mechkg.service.catalog import Catalog
from mechkg.service.disagreements import Disagreements, Weighed
from mechkg.service.reading import View

Form = Literal["csv", "xlsx"]
DOCUMENT = "document"

_KEYS = {"id": "Name of the item; a row with a new one adds an item.", DOCUMENT: "Document that the item was read from."}
_CONTENT = "The item as JSON, only where cells cannot tell all of it; it goes before the other columns."


def items_table(view: View, kind: ItemKind, *, document: str | None = None) -> Sheet:
    """Return the items of a kind that count, one row each; of one document where it is named.

    Raises BadInputError for an unknown kind, NotFoundError for an unknown document.
    """
    fields = fields_of(kind)
    catalog = view.catalog
    if document is not None:
        document = catalog.find(document, "document").id
    entries = [e for e in catalog.by_kind.get(kind, ()) if document in (None, e.record.document)]
    rows = [{**cells_of(kind, e.record.body), DOCUMENT: e.record.document} for e in entries]
    used = {column for row in rows for column in row}
    columns = dict(_KEYS)
    for field in fields:
        if field.shape in ("part", "parts", "entries"):
            mine = sorted((c for c in used if c.startswith(f"{field.name}.")), key=_order)
            columns.update({column: _meaning(kind, column) for column in mine})
        elif field.name != "id":
            columns[field.name] = _meaning(kind, field.name)
    if CONTENT in used:
        columns[CONTENT] = _CONTENT
    return Sheet(kind, columns, rows)


def template_table(kind: ItemKind) -> Sheet:
    """Return a table without rows, with a column for each field of a kind; of lists of parts those of the first member."""
    columns = dict(_KEYS)
    if kind == "document":
        del columns[DOCUMENT]

    def write(fields: Iterable[Field], before: str) -> None:
        for field in fields:
            column = before + field.name
            if field.shape == "part":
                write(field.fields, f"{column}.")
            elif field.shape == "parts":
                write(field.fields, f"{column}.1.")
            elif field.shape != "entries" and column != "id":
                columns[column] = _meaning(kind, column)

    write(fields_of(kind), "")
    return Sheet(kind, columns, [])


def disagreements_table(found: Disagreements | Weighed) -> Sheet:
    """Return disagreements, a row for each assertion on each side, with laboratories, methods and belief. Not to be imported."""
    columns = {
        "disagreement": "Name of the disagreement.",
        "title": "What it is about.",
        "state": "open, explained, superseded or resolved.",
        "side": "Value of the side.",
        "belief": "How far the side is to be believed, from 0 to 1.",
        "value": "Value as printed.",
        "works": "Works that it counts for.",
        "laboratories": "Independent laboratories behind the side.",
        "methods": "Methods behind the side.",
        "item": "Item that gives the value.",
        "document": "Document that it was read from.",
        "locator": "Where it stands there.",
        "bands": "Bands taken for one, and how far apart they may be.",
    }
    rows = []
    for weighed in found.found if isinstance(found, Disagreements) else (found,):
        about = weighed.disagreement
        band = f"{', '.join(about.band.positions)} (within {about.band.tolerance})" if about.band else ""
        for side, belief in zip(about.sides, weighed.beliefs, strict=True):
            for value in side.values:
                rows.append(
                    {
                        "disagreement": about.id,
                        "title": about.title,
                        "state": about.state,
                        "side": side.value,
                        "belief": number(belief.value),
                        "value": value.value,
                        "works": "\n".join(value.by),
                        "laboratories": "\n".join(dict.fromkeys(term.laboratory for term in belief.supports)),
                        "methods": "\n".join(belief.methods),
                        "item": value.item,
                        "document": value.document,
                        "locator": value.locator or "",
                        "bands": band,
                    }
                )
    return Sheet("disagreements", columns, rows)


def compositions_table(view: View) -> Sheet:
    """Return reported compositions, a row for each species and band, a column for each work. Not to be imported."""
    catalog = view.catalog
    cells: dict[tuple[str, float, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    works: dict[str, None] = {}
    for entry in catalog.by_kind.get("claim", ()):
        claim = entry.value
        for each in claim.entries if isinstance(claim, Claim) else ():
            if each.absorption is None or not isinstance(claim, Claim):
                continue
            place = (_material(catalog, each.species), each.absorption.to("nm"), each.species or "")
            for work in claim.cites or (entry.record.document,):
                works.setdefault(work)
                if each.formula not in cells[place][work]:
                    cells[place][work].append(each.formula)
    columns = {"material": "Material.", "absorption": "Position of the band.", "species": "Species that the band is taken for."}
    columns |= {work: _title(catalog, work) for work in works}
    rows = []
    for material, position, species in sorted(cells):
        reported = {work: "\n".join(formulas) for work, formulas in cells[material, position, species].items()}
        rows.append({"material": material, "absorption": f"{position:g} nm", "species": species, **reported})
    return Sheet("compositions", columns, rows)


def written(sheets: Sequence[Sheet], form: str) -> bytes:
    """Return tables as a file; raise BadInputError for another form than csv and xlsx, or several tables in one CSV."""
    if form == "xlsx":
        return to_xlsx(sheets)
    if form != "csv":
        close = nearest(form, ("csv", "xlsx"))
        raise BadInputError(f"'{form}' is no form of a table", hint=f"did you mean '{close}'?" if close else "take csv or xlsx")
    if len(sheets) != 1:
        raise BadInputError("a CSV file holds one table", hint="take xlsx, or one kind")
    return to_csv(sheets[0])


def _meaning(kind: ItemKind, column: str) -> str:
    """Return what a column means, and how it is written: by the model, else by the ontology."""
    try:
        field = field_of(kind, column)
    except BadCell:
        return ""
    meaning = field.meaning
    if not meaning and "." not in column:
        model = Document if kind == "document" else ITEM_TYPES[kind]
        name = next((n for n, info in model.model_fields.items() if column in (n, info.alias)), column)
        meaning = definition_of(written_as(model, name).name)
    return f"{meaning} Written as {field.expected}.".strip()


def _order(column: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in column.split(".")]


def _material(catalog: Catalog, species: str | None) -> str:
    value = catalog.entries[species].value if species in catalog.entries else None  # type: ignore[index]
    return value.material if isinstance(value, Species) else ""


def _title(catalog: Catalog, work: str) -> str:
    body = catalog.entries[work].record.body if work in catalog.entries else {}
    authors: Iterable[str] = body.get("authors", ())
    parts = [", ".join(authors), body.get("journal"), body.get("year"), body.get("volume"), body.get("pages")]
    return ", ".join(str(part) for part in parts if part) or work
